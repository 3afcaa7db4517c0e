//! The allocator of the programs that measure: the system's, with an account for each thread.
//!
//! A program makes [`Counting`] its global allocator; without that, nothing is counted.

#![expect(unsafe_code, reason = "an allocator is unsafe to write")]

use std::alloc::{GlobalAlloc, Layout, System};
use std::cell::Cell;

thread_local! {
    static ACCOUNT: Account = const { Account::new() };
}

/// The counts of this thread's use of the heap, in one place, so that it is looked up once a call.
struct Account {
    /// Allocations and reallocations.
    count: Cell<u64>,
    /// The bytes that are allocated, less those that are freed; below 0 in a thread that frees what
    /// others allocated.
    bytes: Cell<i64>,
    /// The most that [`bytes`](Self::bytes) was since somebody began to watch.
    peak_bytes: Cell<i64>,
}

impl Account {
    const fn new() -> Self {
        Self { count: Cell::new(0), bytes: Cell::new(0), peak_bytes: Cell::new(0) }
    }

    #[inline]
    fn grow(&self, by_bytes: i64) {
        self.count.set(self.count.get() + 1);
        let bytes = self.bytes.get() + by_bytes;
        self.bytes.set(bytes);
        self.peak_bytes.set(self.peak_bytes.get().max(bytes));
    }
}

/// A stretch of time in which the heap is watched; stretches of one thread do not overlap.
///
/// Watching is not what costs: keeping account adds one to two nanoseconds to an allocation and its
/// deallocation, which take some 30, of whichever engine, watched or not.
#[derive(Debug)]
pub struct Watch {
    count: u64,
    bytes: i64,
}

/// A thread's use of the heap.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct HeapUse {
    /// Allocations and reallocations.
    pub allocations: u64,
    /// The most that was in use at once beyond what was in use at the start, bytes.
    pub peak_bytes: u64,
}

impl Watch {
    /// Begins.
    #[must_use]
    pub fn start() -> Self {
        ACCOUNT.with(|account| {
            account.peak_bytes.set(account.bytes.get());
            Self { count: account.count.get(), bytes: account.bytes.get() }
        })
    }

    /// Returns the counts of this thread until now.
    #[must_use]
    pub fn heap_use(&self) -> HeapUse {
        ACCOUNT.with(|account| HeapUse {
            allocations: account.count.get() - self.count,
            peak_bytes: account.peak_bytes.get().abs_diff(self.bytes),
        })
    }
}

/// The system's allocator, which keeps account.
#[derive(Debug)]
pub struct Counting;

// SAFETY: every call goes to the system's allocator as it came.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        ACCOUNT.with(|account| account.grow(layout.size() as i64));
        // SAFETY: the caller keeps the contract, which is the same.
        unsafe { System.alloc(layout) }
    }

    unsafe fn alloc_zeroed(&self, layout: Layout) -> *mut u8 {
        ACCOUNT.with(|account| account.grow(layout.size() as i64));
        // SAFETY: the caller keeps the contract, which is the same.
        unsafe { System.alloc_zeroed(layout) }
    }

    unsafe fn realloc(&self, pointer: *mut u8, layout: Layout, size: usize) -> *mut u8 {
        ACCOUNT.with(|account| account.grow(size as i64 - layout.size() as i64));
        // SAFETY: the caller keeps the contract, which is the same.
        unsafe { System.realloc(pointer, layout, size) }
    }

    unsafe fn dealloc(&self, pointer: *mut u8, layout: Layout) {
        ACCOUNT.with(|account| account.bytes.set(account.bytes.get() - layout.size() as i64));
        // SAFETY: the caller keeps the contract, which is the same.
        unsafe { System.dealloc(pointer, layout) }
    }
}

#[cfg(test)]
mod tests {
    use std::hint::black_box;

    use super::*;

    #[global_allocator]
    static ALLOCATOR: Counting = Counting;

    #[test]
    fn the_peak_is_what_was_in_use_at_once() {
        let kept = black_box(vec![0_u8; 4000]);
        let watch = Watch::start();
        assert_eq!(watch.heap_use(), HeapUse { allocations: 0, peak_bytes: 0 });
        drop(black_box(vec![0_u8; 1000]));
        drop(black_box(vec![0_u8; 3000]));
        let first = Vec::<u8>::with_capacity(1500);
        let second = Vec::<u8>::with_capacity(1600);
        drop(black_box((first, second)));
        assert_eq!(watch.heap_use(), HeapUse { allocations: 4, peak_bytes: 3100 });
        // Memory from before does not hide what comes after it.
        drop(kept);
        let mut grown = Vec::<u8>::with_capacity(10);
        grown.reserve_exact(7200);
        black_box(&grown);
        assert_eq!(watch.heap_use(), HeapUse { allocations: 6, peak_bytes: 3200 });
    }

    #[test]
    fn what_other_threads_do_is_theirs() {
        let watch = Watch::start();
        let thread = std::thread::spawn(|| {
            let watch = Watch::start();
            let made = vec![0_u8; 100_000];
            (made, watch.heap_use())
        });
        let (made, its) = thread.join().expect("it does not panic");
        assert_eq!(its, HeapUse { allocations: 1, peak_bytes: 100_000 });
        assert!(watch.heap_use().peak_bytes < 100_000);
        drop(made);
    }
}
