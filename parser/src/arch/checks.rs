//! Plain loops over bytes and bits that every backend's primitives are compared with.

#![expect(unsafe_code, reason = "slots are read to see what was written")]

use std::mem::MaybeUninit;
use std::panic::{AssertUnwindSafe, catch_unwind};

use crate::kernel::Entry;
use crate::kernel::emit::Room;
use crate::kernel::primitives::{
    ACCUMULATOR_BLOCKS, BLOCK_BYTES, Masks, Primitives, QUAD_BLOCKS, QUAD_BYTES, search_tail,
};
use crate::kernel::quotes::{Counted, Indexed, Quoting};

/// Makes a test of each check, in the module of a backend's tests, which has to have a `token`.
///
/// A backend that cannot run here has nothing to check; [`it_runs_where_it_has_to`] fails where it
/// is expected to.
macro_rules! check_primitives {
    () => {
        crate::arch::checks::check_primitives! {
            search_marks_separators_and_counts_newlines,
            search_of_a_tail_ends_with_it,
            find_marks_every_byte,
            prefix_xor_marks_from_every_odd_bit_to_the_next,
            an_accumulator_holds_its_most_newlines,
            emit_writes_every_number_of_positions,
            emit_writes_a_full_block,
            emit_quad_writes_every_number_of_positions,
            emit_quad_writes_full_blocks,
            a_room_adds_to_what_the_buffer_holds,
            a_room_holds_what_it_was_made_for,
            a_room_has_an_end,
        }

        #[test]
        fn it_runs_where_it_has_to() {
            crate::arch::checks::it_runs_where_it_has_to(module_path!(), token().is_some());
        }

        #[test]
        fn the_scan_agrees_with_a_loop() {
            if let Ok(entry) = super::entry() {
                crate::arch::checks::the_scan_agrees_with_a_loop(entry);
            }
        }

        #[test]
        fn the_quoted_scan_agrees_with_a_loop() {
            if let Ok(entry) = super::entry() {
                crate::arch::checks::the_quoted_scan_agrees_with_a_loop(entry);
            }
        }
    };
    ($($check:ident),+ $(,)?) => {
        $(#[test]
        fn $check() {
            if let Some(primitives) = token() {
                crate::arch::checks::$check(primitives);
            }
        })+
    };
}
pub(super) use check_primitives;

/// Delimiters at the ends of what a byte can be, one that fills up a tail, and one that differs
/// from a newline in the highest bit alone.
const DELIMITERS: [u8; 6] = [b'|', 0, 0x7f, 0x80, 0xff, b'\n' ^ 0x80];

/// Offsets of a block: the first, one in the middle, and those where a sign could go wrong.
const BASES: [u32; 4] = [0, 4096, 1 << 31, u32::MAX - (BLOCK_BYTES as u32 - 1)];

/// Fails where the variable that names the backends to expect, separated by commas, names one that
/// cannot run. The module of its tests is in that of the backend's name.
pub(super) fn it_runs_where_it_has_to(module: &str, is_available: bool) {
    let name = module.rsplit("::").nth(1).expect("the tests are a module of the backend's");
    let expected = std::env::var("DELIMARK_EXPECT_BACKENDS").unwrap_or_default();
    let is_expected = expected.split(',').any(|expected| expected == name);
    assert!(is_available || !is_expected, "{name} cannot run here");
}

pub(super) fn search_marks_separators_and_counts_newlines<P: Primitives>(primitives: P) {
    for delimiter in DELIMITERS {
        let needles = primitives.needles(delimiter);
        for others in [b'x', delimiter, b'\n'] {
            for index in 0..BLOCK_BYTES {
                for byte in 0..=u8::MAX {
                    let mut block = [others; BLOCK_BYTES];
                    block[index] = byte;
                    let mut accumulator = primitives.newline_accumulator();
                    let found = primitives.search(&block, needles, &mut accumulator);
                    let newlines = primitives.newline_count(accumulator);
                    assert_eq!(
                        (found, newlines),
                        (separators(delimiter, &block), newline_count(&block)),
                        "{byte:#x} at {index} of {others:#x}, delimiter {delimiter:#x}"
                    );
                }
            }
        }
    }
}

pub(super) fn search_of_a_tail_ends_with_it<P: Primitives>(primitives: P) {
    for delimiter in DELIMITERS {
        let needles = primitives.needles(delimiter);
        for byte in [b'x', delimiter, b'\n'] {
            for length in 0..BLOCK_BYTES {
                let tail = &[byte; BLOCK_BYTES][..length];
                assert_eq!(
                    search_tail(primitives, tail, needles),
                    (separators(delimiter, tail), newline_count(tail)),
                    "{length} times {byte:#x}, delimiter {delimiter:#x}"
                );
            }
        }
    }
}

pub(super) fn find_marks_every_byte<P: Primitives>(primitives: P) {
    for wanted in DELIMITERS.into_iter().chain(*b"\n\"\\") {
        let needle = primitives.needle(wanted);
        for others in [b'x', wanted] {
            for index in 0..BLOCK_BYTES {
                for byte in 0..=u8::MAX {
                    let mut block = [others; BLOCK_BYTES];
                    block[index] = byte;
                    let equal = (0..).zip(block).filter(|&(_, byte)| byte == wanted);
                    let expected = equal.fold(0, |mask, (index, _)| mask | 1_u64 << index);
                    let found = primitives.find(&block, needle);
                    assert_eq!(found, expected, "{byte:#x} at {index}, {wanted:#x} wanted");
                }
            }
        }
    }
}

pub(super) fn prefix_xor_marks_from_every_odd_bit_to_the_next<P: Primitives>(primitives: P) {
    let parities = |mask: u64| {
        let mut parity = 0;
        (0..u64::BITS).fold(0, |parities, index| {
            parity ^= mask >> index & 1;
            parities | parity << index
        })
    };
    let pairs = (0..u64::BITS).flat_map(|first| (0..u64::BITS).map(move |last| (first, last)));
    let masks = pairs.map(|(first, last)| 1_u64 << first | 1 << last);
    for mask in masks.chain([0, u64::MAX, u64::MAX / 3, 0x0123_4567_89ab_cdef]) {
        assert_eq!(primitives.prefix_xor(mask), parities(mask), "{mask:#x}");
    }
}

pub(super) fn an_accumulator_holds_its_most_newlines<P: Primitives>(primitives: P) {
    let needles = primitives.needles(b'|');
    let count = |block: [u8; BLOCK_BYTES]| {
        let mut accumulator = primitives.newline_accumulator();
        for _ in 0..ACCUMULATOR_BLOCKS {
            primitives.search(&block, needles, &mut accumulator);
        }
        primitives.newline_count(accumulator)
    };
    assert_eq!(count([b'\n'; BLOCK_BYTES]), ACCUMULATOR_BLOCKS * BLOCK_BYTES);
    assert_eq!(count([b'|'; BLOCK_BYTES]), 0);
    for index in 0..BLOCK_BYTES {
        let mut block = [b'|'; BLOCK_BYTES];
        block[index] = b'\n';
        assert_eq!(count(block), ACCUMULATOR_BLOCKS, "newlines at {index}");
        block = [b'\n'; BLOCK_BYTES];
        block[index] = b'|';
        let others = ACCUMULATOR_BLOCKS * (BLOCK_BYTES - 1);
        assert_eq!(count(block), others, "newlines everywhere but at {index}");
    }
}

pub(super) fn emit_writes_every_number_of_positions<P: Primitives>(primitives: P) {
    for count in 0..BLOCK_BYTES {
        // Neighbours, and bits that are spread over the mask; from each of its bits on.
        for step in [1, 5, 27] {
            for first in 0..BLOCK_BYTES {
                let bits = (0..count).map(|hit| (hit * step + first) % BLOCK_BYTES);
                check_emit(primitives, bits.fold(0, |mask, bit| mask | 1 << bit));
            }
        }
    }
}

/// A test of its own because the emulator of AVX-512 fails it, see `ci/avx512`.
pub(super) fn emit_writes_a_full_block<P: Primitives>(primitives: P) {
    check_emit(primitives, u64::MAX);
}

#[track_caller]
fn check_emit<P: Primitives>(primitives: P, mask: u64) {
    for base in BASES {
        let written = written(|slots| primitives.emit(mask, base, slots));
        assert_eq!(written, positions(&[mask], base), "{mask:#x} at {base}");
    }
}

pub(super) fn emit_quad_writes_every_number_of_positions<P: Primitives>(primitives: P) {
    const HALF_BITS: usize = BLOCK_BYTES / 2;
    for count in 0..HALF_BITS {
        for others in [0, 1, 6, 7, 20] {
            for half in 0..2 * QUAD_BLOCKS {
                let half_mask = |index: usize| {
                    let count = if index == half { count } else { others };
                    let lowest = (1_u64 << count) - 1;
                    // At the end of one half and at the start of the next.
                    if index.is_multiple_of(2) { lowest << (HALF_BITS - count) } else { lowest }
                };
                let block_mask =
                    |index: usize| half_mask(2 * index) | half_mask(2 * index + 1) << HALF_BITS;
                check_emit_quad(primitives, [0, 1, 2, 3].map(block_mask));
            }
        }
    }
}

/// A test of its own because the emulator of AVX-512 fails it, see `ci/avx512`.
pub(super) fn emit_quad_writes_full_blocks<P: Primitives>(primitives: P) {
    for full in 0..1 << QUAD_BLOCKS {
        let mask = |index: u32| if full >> index & 1 == 1 { u64::MAX } else { 1 << index };
        check_emit_quad(primitives, [0, 1, 2, 3].map(mask));
    }
}

#[track_caller]
fn check_emit_quad<P: Primitives>(primitives: P, masks: Masks) {
    for base in [0, 4096, 1 << 31, u32::MAX - (QUAD_BYTES as u32 - 1)] {
        let written = written(|slots| primitives.emit_quad(&masks, base, slots));
        assert_eq!(written, positions(&masks, base), "{masks:x?} at {base}");
    }
}

pub(super) fn a_room_adds_to_what_the_buffer_holds<P: Primitives>(primitives: P) {
    let mut buffer = vec![7, 8];
    let mut room = Room::new(&mut buffer, 3 * BLOCK_BYTES);
    room.emit(primitives, 0b101, 64);
    room.emit(primitives, 0, 128);
    room.emit(primitives, 1 << 63, 192);
    room.emit_quad(primitives, &[0, 1, 0, 0b10], 256);
    room.commit();
    assert_eq!(buffer, [7, 8, 64, 66, 255, 320, 449]);

    let mut abandoned = Room::new(&mut buffer, BLOCK_BYTES);
    abandoned.emit(primitives, 0b1111, 0);
    assert_eq!(buffer.len(), 7, "what was not committed is no part of the buffer");
}

pub(super) fn a_room_holds_what_it_was_made_for<P: Primitives>(primitives: P) {
    // All but the lowest bit: the emulator of AVX-512 fails full blocks.
    const MASK: u64 = !1;
    const BLOCKS: usize = 64;
    let mut buffer = Vec::new();
    for _ in 0..2 {
        let length = buffer.len();
        let mut room = Room::new(&mut buffer, BLOCKS * BLOCK_BYTES);
        for block in 0..BLOCKS {
            room.emit(primitives, MASK, (block * BLOCK_BYTES) as u32);
        }
        room.commit();
        assert!(buffer[length..] == positions(&[MASK; BLOCKS], 0));
    }
}

/// More than the room was made for ends in a panic, where that can be caught, never after the
/// buffer.
pub(super) fn a_room_has_an_end<P: Primitives>(primitives: P) {
    let mut buffer = Vec::with_capacity(QUAD_BYTES);
    let capacity = buffer.capacity();
    let mut room = Room::new(&mut buffer, 0);
    let blocks_that_fit = capacity / BLOCK_BYTES;
    for _ in 0..blocks_that_fit {
        room.emit(primitives, !1, 0);
    }
    if cfg!(panic = "unwind") {
        let past_the_end = catch_unwind(AssertUnwindSafe(|| {
            for _ in 0..capacity {
                room.emit(primitives, !1, 0);
            }
        }));
        assert!(past_the_end.is_err(), "more than {capacity} positions have been written");
    }
    assert!(buffer.is_empty());
}

pub(super) fn the_scan_agrees_with_a_loop(entry: Entry) {
    /// Counting goes over four parts at once, each as long as an accumulator lasts.
    const COUNTED_BYTES: usize = ACCUMULATOR_BLOCKS / 4 * 4 * BLOCK_BYTES;
    // Separators at every second byte, at some, and none for a while.
    let byte = |index: usize| match index % 2048 {
        0..512 => [b'|', b'x', b'\n', b'x'][index % 4],
        512..1024 => [b'|', b'x', b'x', b'\n', b'x', b'x', b'x'][index * index % 7],
        1900..1910 => b'\n',
        _ => b'x',
    };
    let input: Vec<u8> = (0..3 * COUNTED_BYTES + 2 * BLOCK_BYTES).map(byte).collect();
    let edges = [64, 256, 512, 4096, 4096 + 256, 8192, COUNTED_BYTES, 3 * COUNTED_BYTES + 64];
    for length in edges.into_iter().flat_map(|edge| [edge - 1, edge, edge + 1]).chain([0, 1]) {
        let bytes = &input[..length];
        let is_separator = |byte: &u8| matches!(byte, b'|' | b'\n');
        let expected: Vec<u32> =
            (0..).zip(bytes).filter(|(_, byte)| is_separator(byte)).map(|(at, _)| at).collect();
        // What the buffer holds stays.
        let mut found = vec![u32::MAX];
        assert_eq!((entry.index)(b'|', bytes, &mut found), newline_count(bytes), "{length} bytes");
        assert_eq!(found.remove(0), u32::MAX);
        assert!(found == expected, "{length} bytes");
        let counts = (expected.len() as u64, newline_count(bytes) as u64);
        assert_eq!((entry.count)(b'|', bytes), counts, "{length} bytes");
    }
}

pub(super) fn the_quoted_scan_agrees_with_a_loop(entry: Entry) {
    let byte = |index: usize| match index % 2048 {
        // Quotes at all places of blocks, whole quoted blocks, runs of backslashes.
        0..512 => [b'|', b'"', b'x', b'|', b'"', b'x', b'x'][index % 7],
        512..1024 => [b'x', b'\\', b'"', b'|', b'\\', b'\\', b'"'][index * index % 7],
        1024..1400 => b'|',
        1400..1403 => b'"',
        1403..1900 => [b'\\', b'\\', b'\\', b'"', b'|'][index % 5],
        1900..1910 => b'\n',
        _ => b'x',
    };
    let input: Vec<u8> = (0..3 * 4096 + 2 * BLOCK_BYTES).map(byte).collect();
    for has_escapes in [false, true] {
        let quoting = Quoting::new(b'|', b'"', has_escapes);
        for edge in [64, 256, 512, 4096, 4096 + 256, 8192, 3 * 4096] {
            for length in edge - 3..=edge + 3 {
                let bytes = &input[..length];
                let (expected, newlines_inside, ends_inside) =
                    quoted_separators(has_escapes, bytes);
                let mut found = vec![u32::MAX];
                let newline_count = newline_count(bytes);
                let indexed = Indexed { newline_count, ends_inside };
                assert_eq!((entry.index_quoted)(quoting, bytes, &mut found), indexed);
                assert_eq!(found.remove(0), u32::MAX);
                assert!(found == expected, "{length} bytes, escapes: {has_escapes}");
                let counted = Counted {
                    separator_count: (expected.len() + newlines_inside) as u64,
                    newline_count: newline_count as u64,
                    has_newline_inside: newlines_inside > 0,
                };
                assert_eq!((entry.count_quoted)(quoting, bytes), counted, "{length} bytes");
            }
        }
    }
}

/// Finds separators outside quotes that no newline closes, as the loop over blocks does; also
/// counts the newlines inside, and tells whether the end is.
fn quoted_separators(has_escapes: bool, bytes: &[u8]) -> (Vec<u32>, usize, bool) {
    let mut separators = Vec::new();
    let (mut is_inside, mut is_escaped, mut newlines_inside) = (false, false, 0);
    for (index, &byte) in (0..).zip(bytes) {
        if matches!(byte, b'|' | b'\n') && !is_inside {
            separators.push(index);
        }
        newlines_inside += usize::from(byte == b'\n' && is_inside);
        is_inside ^= byte == b'"' && !is_escaped;
        is_escaped = has_escapes && byte == b'\\' && !is_escaped;
    }
    (separators, newlines_inside, is_inside)
}

/// Returns the mask of the separators in a block or less.
fn separators(delimiter: u8, bytes: &[u8]) -> u64 {
    let is_separator = |byte: u8| byte == delimiter || byte == b'\n';
    (0..).zip(bytes).fold(0, |mask, (index, &byte)| mask | u64::from(is_separator(byte)) << index)
}

fn newline_count(bytes: &[u8]) -> usize {
    bytes.iter().filter(|&&byte| byte == b'\n').count()
}

/// Returns the positions of the set bits of masks that follow one another.
fn positions(masks: &[u64], base: u32) -> Vec<u32> {
    let bits = (0..).zip(masks).flat_map(|(block, mask)| {
        (0..u64::BITS).filter(move |bit| mask >> bit & 1 == 1).map(move |bit| block * 64 + bit)
    });
    bits.map(|bit| base + bit).collect()
}

/// Returns what an emitter has written, once it is clear that it wrote nothing outside its slots.
#[track_caller]
fn written<const COUNT: usize>(
    emit: impl FnOnce(&mut [MaybeUninit<u32>; COUNT]) -> usize,
) -> Vec<u32> {
    /// No offset of these tests.
    const UNTOUCHED: u32 = 0xdead_beef;
    /// More than the widest vector on either side.
    const GUARD: usize = 32;
    let mut memory = vec![MaybeUninit::new(UNTOUCHED); GUARD + COUNT + GUARD];
    let slots = memory[GUARD..].first_chunk_mut().expect("the slots are inside the guards");
    let count = emit(slots);
    // SAFETY: all were initialised above, and emitters write nothing uninitialised.
    let read = |slot: MaybeUninit<u32>| unsafe { slot.assume_init() };
    let memory: Vec<u32> = memory.into_iter().map(read).collect();
    let (before, rest) = memory.split_at(GUARD);
    let (slots, behind) = rest.split_at(COUNT);
    let guards = || before.iter().chain(behind);
    assert!(guards().all(|&slot| slot == UNTOUCHED), "written outside of the slots");
    slots[..count].to_vec()
}
