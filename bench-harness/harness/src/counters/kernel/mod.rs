//! The part of a kernel that counting needs: a trait, so that tests put a scripted one in its
//! place.

use super::Event;
use super::refusal::Refusal;

#[cfg(target_os = "linux")]
#[path = "linux.rs"]
mod this;
#[cfg(not(target_os = "linux"))]
#[path = "other.rs"]
mod this;

pub use self::this::ThisKernel;

/// A kernel that may let this program count.
pub trait Kernel {
    /// Begins a group of counters that count together or not at all.
    ///
    /// # Errors
    ///
    /// The kernel lets nobody count, or not this program.
    fn group(&mut self) -> Result<Box<dyn CounterGroup>, Refusal>;
}

/// Counters of what this thread does outside of the kernel.
pub trait CounterGroup {
    /// Adds a counter.
    ///
    /// # Errors
    ///
    /// The kernel has no such counter, has it not for this program, or has none free.
    fn add(&mut self, event: Event) -> Result<(), Refusal>;

    /// Has all begin.
    ///
    /// # Errors
    ///
    /// Those of the kernel.
    fn enable(&mut self) -> Result<(), Refusal>;

    /// Has all end.
    ///
    /// # Errors
    ///
    /// Those of the kernel.
    fn disable(&mut self) -> Result<(), Refusal>;

    /// Reads all.
    ///
    /// # Errors
    ///
    /// Those of the kernel.
    fn read(&mut self) -> Result<Reading, Refusal>;
}

/// The counts of a group.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reading {
    /// The time for which the group was meant to count.
    pub enabled_ns: u64,
    /// The time for which it had the processor's counters: less where others wanted them, too.
    pub running_ns: u64,
    /// The counts, in the order in which the counters were added.
    pub values: Vec<u64>,
}
