//! Work for the other cores: it computes, and goes through memory that no cache holds.

use std::hint::black_box;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::{self, JoinHandle};

/// More than the last cache of most processors.
const MEMORY_BYTES: usize = 64 << 20;

/// Keeps all cores but one busy while it lives.
pub(super) struct Burner {
    is_over: Arc<AtomicBool>,
    threads: Vec<JoinHandle<()>>,
}

impl Burner {
    pub(super) fn start() -> Self {
        let is_over = Arc::new(AtomicBool::new(false));
        let cores = thread::available_parallelism().map_or(2, usize::from);
        let threads = (1..cores.max(2)).map(|_| {
            let is_over = Arc::clone(&is_over);
            thread::spawn(move || burn(&is_over))
        });
        Self { threads: threads.collect(), is_over }
    }
}

impl Drop for Burner {
    fn drop(&mut self) {
        self.is_over.store(true, Ordering::Relaxed);
        for thread in self.threads.drain(..) {
            // It has nothing to say, not even where it panics.
            let _ = thread.join();
        }
    }
}

fn burn(is_over: &AtomicBool) {
    let mut memory = vec![1_u64; MEMORY_BYTES / 8];
    while !is_over.load(Ordering::Relaxed) {
        for word in &mut memory {
            *word = word.wrapping_mul(0x5851_f42d_4c95_7f2d).wrapping_add(1);
        }
        black_box(&memory);
    }
}
