//! Slots that threads write to while they scan, one for each, once apart from each other and once
//! side by side, which shows what false sharing costs.
//!
//! Measured with AVX2 on a virtual machine with two Zen 3 cores, 27 rounds, padded ÷ not padded,
//! with 95 % intervals: two threads 1.09 × (1.07–1.12) from caches and 1.10 × (1.08–1.15) over a
//! file; one thread, which has nobody to share with, 1.00 × (0.99–1.02). The harness was compiled
//! with `opt-level = 2`, at 3.5 GB/s a thread. `delimark-bench run --models file-map` measures it
//! again.

use std::sync::atomic::AtomicU64;

/// A slot for each thread, twice.
pub(super) struct Slots {
    padded: Vec<Padded>,
    packed: Vec<AtomicU64>,
}

/// Neighbours share no cache line, nor a pair of lines: some processors fetch and keep pairs.
#[derive(Default)]
#[repr(align(128))]
struct Padded(AtomicU64);

impl Slots {
    pub(super) fn new(threads: usize) -> Self {
        Self {
            padded: (0..threads).map(|_| Padded::default()).collect(),
            packed: (0..threads).map(|_| AtomicU64::default()).collect(),
        }
    }

    /// Returns the slot of a thread, with cache lines to itself or not.
    pub(super) fn get(&self, thread: usize, padded: bool) -> &AtomicU64 {
        if padded { &self.padded[thread].0 } else { &self.packed[thread] }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn slots_are_apart_only_where_they_are_padded() {
        let slots = Slots::new(2);
        let distance_bytes = |padded| {
            let [first, second] =
                [0, 1].map(|thread| std::ptr::from_ref(slots.get(thread, padded)).addr());
            second - first
        };
        assert_eq!(distance_bytes(false), 8);
        assert_eq!(distance_bytes(true), 128);
    }
}
