//! The benchmark harness of Delimark; a library so that its tests can reach its parts.

use std::process::ExitCode;

pub mod build_info;
mod command;
pub mod environment;
pub mod exit;
pub mod extract;
pub mod report;
pub mod results;
pub mod statistics;

/// Runs the verb that the command line names and returns its exit code.
#[must_use]
pub fn main() -> ExitCode {
    command::main().into()
}
