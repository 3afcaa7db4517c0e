//! The job of a child process while a tool looks on, as a command line and what it reads. The
//! tools need not know the kind of program.

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::path::PathBuf;

use delimark_results::Count;
use delimark_runner::model::Model;

use super::WindowFile;
use crate::runtime::{dialect_request, task};

/// The job of a child process: one pass to count.
#[derive(Clone, Debug)]
pub struct Job {
    /// The program.
    pub program: PathBuf,
    /// The kind of program.
    pub child: Child,
    /// The engine's name.
    pub engine: String,
    /// The backend that it has to execute, where the name leaves that open: see
    /// [`Engine::executes`](crate::engine::Engine::executes).
    pub executed: Option<String>,
    /// The model that the engine is asked for.
    pub model: Model,
    /// The part of the input that it goes through.
    pub window: WindowFile,
}

/// The programs that have the counted function in them.
#[derive(Clone, Debug)]
pub enum Child {
    /// This program, by its verb `pass`: any engine of this process.
    Harness,
    /// A `delimark-runner`, of this revision or another: the backend that the engine's name ends
    /// with.
    Runner {
        /// Variables to add to its environment.
        environment: BTreeMap<String, String>,
    },
}

/// Who looks on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Watcher {
    /// A tool that finds the counted function by its name.
    ByName,
    /// One that steps from stop to stop.
    ByStops,
}

impl Job {
    /// Returns the command line, the program aside.
    pub(super) fn arguments(&self, watcher: Watcher) -> Vec<OsString> {
        match self.child {
            Child::Harness => self.arguments_of_pass(watcher),
            Child::Runner { .. } => vec![self.backend().into()],
        }
    }

    /// Returns the variables to add to the environment.
    pub(super) fn environment(&self) -> BTreeMap<String, String> {
        match &self.child {
            Child::Harness => BTreeMap::new(),
            Child::Runner { environment } => environment.clone(),
        }
    }

    /// Returns all that it reads on standard input.
    pub(super) fn input(&self, watcher: Watcher) -> Vec<u8> {
        match (&self.child, watcher) {
            (Child::Harness, Watcher::ByName) => Vec::new(),
            (Child::Harness, Watcher::ByStops) => b"\n".to_vec(),
            (Child::Runner { .. }, _) => self.requests(watcher).into_bytes(),
        }
    }

    fn arguments_of_pass(&self, watcher: Watcher) -> Vec<OsString> {
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
        if let Some(quote) = dialect.quote() {
            arguments.extend(["--quote".into(), format!("\\x{quote:02x}").into()]);
            arguments.extend(["--quote-escape".into(), dialect.quote_escape().name().into()]);
        }
        if let Some(columns) = dialect.columns() {
            arguments.extend(["--columns".into(), columns.to_string().into()]);
        }
        if let Some(executed) = &self.executed {
            arguments.extend(["--executed".into(), executed.into()]);
        }
        if watcher == Watcher::ByStops {
            arguments.push("--stops".into());
        }
        arguments
    }

    /// Returns the requests to a runner: what it is, a pass to warm up, and the one that is
    /// counted.
    fn requests(&self, watcher: Watcher) -> String {
        let input = self.window.workload().input();
        let task = task(self.model, input.projection);
        let counted = match watcher {
            Watcher::ByName => "count",
            Watcher::ByStops => "step",
        };
        let (warm_up, path) = (self.window.warm_up_path(), self.window.path());
        format!(
            "about\n{}\nload {}\nrun {task}\nload {}\n{counted} {task}\n",
            dialect_request(&input.dialect),
            warm_up.display(),
            path.display()
        )
    }

    /// Returns the backend at the end of the engine's name.
    pub(super) fn backend(&self) -> &str {
        self.engine.rsplit('/').next().unwrap_or(&self.engine)
    }

    pub(super) fn count(&self, value: u64, source: &str, event: String) -> Count {
        Count {
            value: value as f64,
            source: source.to_owned(),
            event: Some(event),
            window: Some(self.window.window()),
        }
    }
}
