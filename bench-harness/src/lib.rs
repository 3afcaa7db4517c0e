//! The benchmark harness of Delimark; a library so that its tests can reach its parts.

use std::process::ExitCode;

pub mod attribution;
pub mod build_info;
pub mod checkout;
mod command;
pub mod comparison;
pub mod conformance;
pub mod counters;
pub mod demo;
pub mod engine;
pub mod environment;
pub mod exit;
pub mod extract;
mod figures;
pub mod gate;
pub mod host;
pub mod measure;
pub mod report;
pub mod results;
pub mod revision;
pub mod study;
pub mod supervised;
pub mod workload;

pub use delimark_guest::{allocations, model};
pub use delimark_judge::statistics;

#[global_allocator]
static ALLOCATOR: allocations::Counting = allocations::Counting;

/// Runs the verb that the command line names and returns its exit code.
#[must_use]
pub fn main() -> ExitCode {
    command::main().into()
}
