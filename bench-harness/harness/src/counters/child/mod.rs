//! Counts taken from outside: a child process goes once through a small part of the data while a
//! tool looks on. For machines without hardware counters, and to check those that have them.
//!
//! Both tools start `delimark-bench pass`, which [`pass`] is the inside of, or a `delimark-runner`.
//! They count what happens in one function, check the child's answer against the reference's, and
//! check that the backend ran that was asked for, before they believe a count.

mod callgrind;
mod engine;
mod expectation;
mod job;
mod pass;
mod profile;
mod single_step;
mod window;

use delimark_results::Count;

pub use self::callgrind::Callgrind;
pub use self::engine::engine;
pub use self::expectation::PassReport;
pub use self::job::{Child, Job, Watcher};
pub use self::pass::{COUNTED_FUNCTION, pass, stepped_pass};
pub use self::single_step::SingleStep;
pub use self::window::WindowFile;

/// The counts of a tool, each with its name of [`name`](delimark_results::counter::name).
pub type Counts = Vec<(&'static str, Count)>;
