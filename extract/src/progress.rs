//! How far an extraction got with its input, for whoever watches it from another thread.

use std::sync::atomic::{AtomicU64, Ordering};

/// The bytes of an input, and those that were taken of it.
#[derive(Debug, Default)]
pub struct Progress {
    done: AtomicU64,
    total: AtomicU64,
}

impl Progress {
    /// Returns the bytes of the current input that were taken so far.
    #[must_use]
    pub fn bytes_done(&self) -> u64 {
        self.done.load(Ordering::Relaxed)
    }

    /// Returns all bytes of the current input, where their number is known beforehand.
    #[must_use]
    pub fn bytes_total(&self) -> Option<u64> {
        Some(self.total.load(Ordering::Relaxed)).filter(|&total| total > 0)
    }

    /// Begins an input of this many bytes, or of an unknown number.
    pub fn begin(&self, total: Option<usize>) {
        self.done.store(0, Ordering::Relaxed);
        self.total.store(total.unwrap_or(0) as u64, Ordering::Relaxed);
    }

    /// Adds bytes that were taken.
    pub fn add(&self, bytes: usize) {
        self.done.fetch_add(bytes as u64, Ordering::Relaxed);
    }
}
