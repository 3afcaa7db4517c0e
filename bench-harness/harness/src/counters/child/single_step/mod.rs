//! Counts instructions by stepping over each of them, with `ptrace`: exact for any backend that
//! this processor can run, and possible where there is neither a hardware counter nor Valgrind.
//!
//! The child stops itself right before and right after the pass, and is stepped from one stop to
//! the other. It does so twice, first with an engine that does nothing: what that takes is the
//! stops' own, the same to the instruction each time, and is taken off. To watch the instruction
//! pointer instead would cost another system call for each step. As with callgrind, an instruction
//! with a repeat prefix counts once a round.

#[cfg(all(target_os = "linux", any(target_arch = "x86_64", target_arch = "aarch64")))]
#[path = "linux/mod.rs"]
mod stepper;
#[cfg(not(all(target_os = "linux", any(target_arch = "x86_64", target_arch = "aarch64"))))]
#[path = "other.rs"]
mod stepper;

use super::{Counts, Job};

/// The stepper, tried out.
#[derive(Clone, Copy, Debug)]
pub struct SingleStep {
    /// Only [`find`](Self::find) makes one.
    _tried: (),
}

impl SingleStep {
    /// Steps over an instruction of another program, to see whether that is allowed.
    ///
    /// # Errors
    ///
    /// It is not: the reason, with the command that would allow it where there is one.
    pub fn find() -> Result<Self, String> {
        stepper::try_out()?;
        Ok(Self { _tried: () })
    }

    /// Has a child go through the window, and counts.
    ///
    /// # Errors
    ///
    /// Why there is no count.
    pub fn count(&self, job: &Job) -> Result<Counts, String> {
        stepper::count(job)
    }
}
