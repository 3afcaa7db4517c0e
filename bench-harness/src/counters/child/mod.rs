//! Counts taken from outside: a child process goes once through a small part of the data while a
//! tool looks on. For machines without hardware counters, and to check those that have them.
//!
//! Both tools start `delimark pass`, which [`pass`] is the inside of. They count what happens in
//! one function, check the child's answer against the reference's, and check that the backend ran
//! that was asked for, before they believe a count.

mod callgrind;
mod engine;
mod expectation;
mod pass;
mod profile;
mod single_step;
mod window;

use std::ffi::OsString;
use std::path::PathBuf;

pub use self::callgrind::Callgrind;
pub use self::engine::engine;
pub use self::expectation::PassReport;
pub use self::pass::{COUNTED_FUNCTION, pass, stepped_pass};
pub use self::single_step::SingleStep;
pub use self::window::WindowFile;
use crate::model::Model;
use crate::results::Count;

/// What a child process is to count.
#[derive(Clone, Debug)]
pub struct Job {
    /// The program `delimark`.
    pub program: PathBuf,
    /// The engine's name.
    pub engine: String,
    /// What the engine is asked.
    pub model: Model,
    /// What it goes through.
    pub window: WindowFile,
}

impl Job {
    /// The command line of the child, the program aside.
    fn arguments(&self) -> Vec<OsString> {
        let dialect = self.window.workload().input().dialect;
        let mut arguments: Vec<OsString> = vec![
            "pass".into(),
            "--engine".into(),
            self.engine.clone().into(),
            "--model".into(),
            self.model.name().into(),
            "--warm-up".into(),
            self.window.warm_up_path().into(),
            "--input".into(),
            self.window.path().into(),
            "--delimiter".into(),
            format!("\\x{:02x}", dialect.delimiter()).into(),
        ];
        if let Some(columns) = dialect.columns() {
            arguments.extend(["--columns".into(), columns.to_string().into()]);
        }
        arguments
    }

    fn count(&self, value: u64, source: &str, event: String) -> Count {
        Count {
            value: value as f64,
            source: source.to_owned(),
            event: Some(event),
            window: Some(self.window.window()),
        }
    }
}

/// What a tool counted, each with its name of [`name`](crate::results::counter::name).
pub type Counts = Vec<(&'static str, Count)>;
