//! After warm-up nothing is allocated, whatever the dialect and the input.

use std::alloc::{GlobalAlloc, Layout, System};
use std::cell::Cell;
use std::ptr;

use delimark::{Backend, Decoder, Dialect, RaggedPolicy, ReadSource};

use crate::check::scanner;

thread_local! {
    static ALLOCATIONS: Cell<u64> = const { Cell::new(0) };
    /// The most bytes that an allocation gets.
    static LIMIT_BYTES: Cell<usize> = const { Cell::new(usize::MAX) };
}

struct Counting;

#[global_allocator]
static ALLOCATOR: Counting = Counting;

#[expect(unsafe_code, reason = "an allocator that counts")]
// SAFETY: every call goes to the system's allocator as it came, or fails.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        ALLOCATIONS.with(|count| count.set(count.get() + 1));
        if layout.size() > LIMIT_BYTES.get() {
            return ptr::null_mut();
        }
        // SAFETY: the caller keeps the contract, which is the same.
        unsafe { System.alloc(layout) }
    }

    unsafe fn dealloc(&self, pointer: *mut u8, layout: Layout) {
        // SAFETY: the caller keeps the contract, which is the same.
        unsafe { System.dealloc(pointer, layout) }
    }

    unsafe fn realloc(&self, pointer: *mut u8, layout: Layout, size: usize) -> *mut u8 {
        ALLOCATIONS.with(|count| count.set(count.get() + 1));
        if size > LIMIT_BYTES.get() {
            return ptr::null_mut();
        }
        // SAFETY: the caller keeps the contract, which is the same.
        unsafe { System.realloc(pointer, layout, size) }
    }
}

fn allocations_of(work: impl FnOnce()) -> u64 {
    let before = ALLOCATIONS.get();
    work();
    ALLOCATIONS.get() - before
}

#[test]
fn the_counter_counts() {
    assert_eq!(allocations_of(|| drop(std::hint::black_box(vec![1_u8; 100]))), 1);
}

#[test]
fn nothing_is_allocated_after_warm_up() {
    let uniform = b"first|second|third\n".repeat(20_000);
    let mut ragged = b"first|second|third\nshort\n".repeat(10_000);
    ragged.extend_from_slice(b"a last line without a newline");
    for backend in Backend::available() {
        for policy in [RaggedPolicy::Report, RaggedPolicy::Keep, RaggedPolicy::Rest] {
            for columns in [None, Some(3)] {
                let dialect = Dialect::new(b'|').unwrap().with_ragged(policy);
                let dialect = match columns {
                    Some(columns) => dialect.with_columns(columns).unwrap(),
                    None => dialect,
                };
                let mut scanner = scanner(dialect, backend, 1 << 16);
                let mut fields = 0;
                let mut scan = |input: &[u8]| {
                    let mut batches = scanner.scan(input);
                    while let Some(batch) = batches.next().unwrap() {
                        batch.records().for_each(|record| fields += record.fields().count());
                    }
                };
                scan(&uniform);
                scan(&ragged);
                let allocations = allocations_of(|| {
                    scan(&uniform);
                    scan(&ragged);
                });
                assert_eq!(allocations, 0, "{backend} {policy} {columns:?}");
                assert!(fields > 0);
            }
        }
    }
}

#[test]
fn readers_are_read_into_one_buffer() {
    let input = b"first|second|third\n".repeat(50_000);
    let mut scanner = scanner(Dialect::new(b'|').unwrap(), Backend::best(), 1 << 16);
    let mut buffer = Vec::new();
    let mut scan = || {
        let source = ReadSource::with_buffer(&input[..], std::mem::take(&mut buffer));
        let mut batches = scanner.scan_source(source);
        while batches.next().unwrap().is_some() {}
        buffer = batches.into_source().into_buffer();
    };
    scan();
    assert_eq!(allocations_of(scan), 0);
}

#[test]
fn chunks_are_kept_in_one_buffer() {
    let input = b"first|second|third\n".repeat(20_000);
    let mut decoder = Decoder::new(scanner(Dialect::new(b'|').unwrap(), Backend::best(), 1 << 16));
    let mut records = 0;
    let mut decode = || {
        for chunk in input.chunks(1000) {
            decoder.push(chunk, |batch| records += batch.record_count()).unwrap();
        }
        decoder.finish(|batch| records += batch.record_count()).unwrap();
    };
    decode();
    assert_eq!(allocations_of(decode), 0);
    assert_eq!(records, 40_000);
}

#[test]
fn a_line_that_memory_lacks_for_is_an_error() {
    let mut decoder = Decoder::new(scanner(Dialect::new(b'|').unwrap(), Backend::best(), 1 << 16));
    decoder.push(b"a|b\n", |_| ()).unwrap();
    let line = vec![b'x'; 1 << 20];
    LIMIT_BYTES.set(1 << 19);
    let error = decoder.push(&line, |_| ());
    LIMIT_BYTES.set(usize::MAX);
    let error = error.unwrap_err();
    assert!(error.is_out_of_memory());
    assert_eq!(error.to_string(), "there is no memory for line 2 at byte 4");
    assert!(decoder.finish(|_| panic!("nothing comes behind an error")).is_err());
    decoder.push(b"a|b\n", |_| ()).unwrap();
}
