//! Counts of what a pass does besides taking time: by the kernel's counters, by the kernel's
//! account of a thread, and by tools that look at a child process.
//!
//! | source | what it counts | where |
//! |---|---|---|
//! | perf-event | what the processor did, all of it and nothing else | Linux with counters |
//! | callgrind | what a simulated processor would do | where Valgrind runs |
//! | single-step | instructions, one by one | Linux that allows `ptrace` |
//! | rusage | page faults and context switches | Unix |
//! | allocator | allocations and their peak | everywhere, see [`delimark_runner::allocations`] |

pub mod child;
mod flaw;
mod kernel;
mod ledger;
mod perf_event;
mod refusal;
mod tool;
mod usage;

pub use delimark_results::Event;

pub use self::kernel::{CounterGroup, Kernel, Reading, ThisKernel};
pub use self::ledger::Ledger;
pub use self::perf_event::PerfEvent;
pub use self::refusal::{Circumstances, Refusal};
pub use self::tool::{Tool, ToolKind};
pub use self::usage::Usage;
