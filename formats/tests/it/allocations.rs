//! Matching allocates nothing, for lines of the usual form, for others, and for mismatches.

use std::alloc::{GlobalAlloc, Layout, System};
use std::cell::Cell;

use delimark::{RaggedPolicy, Scanner};
use delimark_formats::Preset;

thread_local! {
    static ALLOCATIONS: Cell<u64> = const { Cell::new(0) };
}

struct Counting;

#[global_allocator]
static ALLOCATOR: Counting = Counting;

#[expect(unsafe_code, reason = "an allocator that counts")]
// SAFETY: every call goes to the system's allocator as it came.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        ALLOCATIONS.with(|count| count.set(count.get() + 1));
        // SAFETY: the caller keeps the contract, which is the same.
        unsafe { System.alloc(layout) }
    }

    unsafe fn dealloc(&self, pointer: *mut u8, layout: Layout) {
        // SAFETY: the caller keeps the contract, which is the same.
        unsafe { System.dealloc(pointer, layout) }
    }
}

#[test]
fn the_counter_counts() {
    let before = ALLOCATIONS.get();
    drop(std::hint::black_box(vec![1_u8; 100]));
    assert_eq!(ALLOCATIONS.get() - before, 1);
}

#[test]
fn matching_allocates_nothing() {
    for preset in Preset::ALL {
        let format = preset.format();
        let example = preset.example();
        let lines = [
            example.to_owned(),
            example.replace(" - [", " john doe ["),
            example.replace(['[', '/'], "x"),
            String::new(),
        ];
        for line in lines {
            let dialect = format.dialect().with_ragged(RaggedPolicy::Keep);
            let mut scanner = Scanner::new(dialect).expect("the backend can run");
            let mut batches = scanner.scan(line.as_bytes());
            let Some(batch) = batches.next().expect("no line is too long") else { continue };
            let record = batch.record(0).expect("there is a line");
            let mut places = vec![None; format.columns().len()];
            let before = ALLOCATIONS.get();
            let matched = format.match_record(batch.as_bytes(), &record, &mut places);
            assert_eq!(ALLOCATIONS.get() - before, 0, "{}: {matched:?}: {line}", preset.name());
        }
    }
}
