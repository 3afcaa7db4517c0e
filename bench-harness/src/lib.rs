//! The benchmark suite of Delimark: its verbs, and what only they need. A library so that its tests
//! can reach its parts.

use std::process::ExitCode;

use delimark_runner::allocations;

pub mod build_info;
mod command;
pub mod demo;
pub mod exit;
pub mod revision;

#[global_allocator]
static ALLOCATOR: allocations::Counting = allocations::Counting;

/// Runs the verb that the command line names and returns its exit code.
#[must_use]
pub fn main() -> ExitCode {
    command::main().into()
}
