//! The scan itself, once, generic over a backend; it names no instruction set.
//!
//! ```text
//! for each group of 64 blocks:                                    (1)
//!     make room for a separator at every byte of the group
//!     for each block of 64 bytes:                                 (2)
//!         prefetch some way ahead                                 (3)
//!         search it: a mask of its separators, and a tally of newlines (4)
//!         write the index of each separator, at once or four blocks together (5)
//! search the last, partial block in a padded copy                 (6)
//! ```
//!
//! 1. One capacity check a group instead of one a block. The buffer grows with the separators
//!    found, not with the bytes: a line of a gigabyte without a delimiter needs no room.
//! 2. The scan never restarts at a newline or a field; doing that costs two thirds of the speed.
//! 3. The hardware prefetcher stops at page borders. The distance is
//!    [`PREFETCH_DISTANCE_BYTES`].
//! 4. A branch on "this block has a newline" is a coin toss on lines of 200 bytes. Counting is
//!    enough: [`rows`] finds out whether every record has the same columns from the count and a
//!    look at every N-th separator, without a tag in the positions. How to count is the backend's:
//!    a mask of newlines costs as much as that of separators, a vector of counts half of it.
//! 5. Writing costs more than searching. How to write is the backend's, see [`emit`] and [`quads`].
//! 6. Nothing is ever read past the end of the slice.

pub(crate) mod emit;
pub(crate) mod quads;
pub(crate) mod rows;

use std::array;

use emit::{Room, Slots};
use quads::{Masks, QuadSlots, scan_quads};

/// The bytes that are searched at once: one bit each in a `u64`.
pub(crate) const BLOCK_BYTES: usize = 64;

/// A block of input.
pub(crate) type Block = [u8; BLOCK_BYTES];

/// The most blocks that go through one tally: two newlines a block and byte fit into a byte.
pub(crate) const TALLY_BLOCKS: usize = 127;

const GROUP_BLOCKS: usize = 64;
const _: () = assert!(GROUP_BLOCKS <= TALLY_BLOCKS);
const GROUP_BYTES: usize = GROUP_BLOCKS * BLOCK_BYTES;

/// How far ahead of the search the input is asked for.
///
/// From memory, the kernel alone with AVX2 on Zen 3: none 12.5 GB/s, 1 KiB 14.6, 2 KiB 16.4, 4 KiB
/// 17.3, 8 to 128 KiB 15.5 to 17. On Sapphire Rapids, 2 to 8 KiB doubled the speed.
const PREFETCH_DISTANCE_BYTES: usize = 4096;

/// What a backend brings: how to search a block and how to write what was found.
///
/// An implementor is a token that only exists where the CPU features it needs do.
///
/// # Safety
///
/// `emit` and `emit_quad` initialise at least as many slots, from the first on, as they return.
#[expect(unsafe_code, reason = "the emitter relies on what they return")]
pub(crate) unsafe trait Primitives: Copy {
    /// The two bytes that are searched for, in the form that the search wants.
    type Needles: Copy;

    /// Prepares the search for a delimiter and `\n`.
    fn needles(self, delimiter: u8) -> Self::Needles;

    /// A count of newlines, in the form that the search can add to.
    type Tally: Copy;

    /// Starts to count.
    fn tally(self) -> Self::Tally;

    /// Returns the mask of a block's separators, bit `i` for byte `i`, and counts its newlines.
    fn search(self, block: &Block, needles: Self::Needles, tally: &mut Self::Tally) -> u64;

    /// Reads a tally that has been through [`TALLY_BLOCKS`] searches at most.
    fn total(self, tally: Self::Tally) -> usize;

    /// Writes `base + i` for each set bit `i`, in order; returns how many. Slots past those may
    /// be overwritten with anything.
    fn emit(self, separators: u64, base: u32, slots: &mut Slots) -> usize;

    /// How many quads the search is ahead of [`emit_quad`](Self::emit_quad); none where positions
    /// are written block by block.
    const LEAD_QUADS: Option<usize> = None;

    /// As [`emit`](Self::emit) for the blocks of a quad, in order.
    #[inline(always)]
    fn emit_quad(self, separators: &Masks, base: u32, slots: &mut QuadSlots) -> usize {
        let mut written = 0;
        for (index, &separators) in separators.iter().enumerate() {
            let slots = slots[written..].first_chunk_mut();
            let slots = slots.expect("no block has more separators than bytes");
            written += self.emit(separators, base + (index * BLOCK_BYTES) as u32, slots);
        }
        written
    }

    /// Asks for the cache line at an address, which need not be valid.
    fn prefetch(self, address: *const u8);
}

/// The scan as compiled for one backend. Holding one means that the CPU can run it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Entry {
    /// Appends the offset of every separator, returns how many are newlines.
    pub(crate) index: fn(delimiter: u8, bytes: &[u8], separators: &mut Vec<u32>) -> usize,
    /// Returns how many separators there are, and how many of them are newlines.
    pub(crate) count: fn(delimiter: u8, bytes: &[u8]) -> (u64, u64),
}

/// Appends the offset of every separator in `bytes` to `separators`; returns how many of them
/// are newlines.
#[inline(always)]
pub(crate) fn index<P: Primitives>(
    primitives: P,
    delimiter: u8,
    bytes: &[u8],
    separators: &mut Vec<u32>,
) -> usize {
    // Offsets are 32 bits wide; sources never lend more than the line limit.
    assert!(u32::try_from(bytes.len()).is_ok(), "a burst is shorter than 4 GiB");
    let needles = primitives.needles(delimiter);
    let mut newline_count = 0;
    let mut base = 0;
    let (blocks, tail) = bytes.as_chunks::<BLOCK_BYTES>();
    for group in blocks.chunks(GROUP_BLOCKS) {
        let mut room = Room::new(separators, GROUP_BYTES);
        let mut tally = primitives.tally();
        if let Some(lead_quads) = P::LEAD_QUADS {
            scan_quads(primitives, lead_quads, group, needles, &mut tally, &mut room, base);
        } else {
            scan_blocks(primitives, group, needles, &mut tally, &mut room, base);
        }
        room.commit();
        base += (group.len() * BLOCK_BYTES) as u32;
        newline_count += primitives.total(tally);
    }
    if !tail.is_empty() {
        let (found, newlines) = search_tail(primitives, tail, needles);
        let mut room = Room::new(separators, BLOCK_BYTES);
        room.emit(primitives, found, base);
        room.commit();
        newline_count += newlines;
    }
    newline_count
}

/// Writes the positions of each block as soon as it is searched.
#[inline(always)]
fn scan_blocks<P: Primitives>(
    primitives: P,
    blocks: &[Block],
    needles: P::Needles,
    tally: &mut P::Tally,
    room: &mut Room<'_>,
    mut base: u32,
) {
    for block in blocks {
        let found = search_ahead(primitives, block, needles, tally);
        room.emit(primitives, found, base);
        base += BLOCK_BYTES as u32;
    }
}

/// Searches a block and asks for one some way ahead.
#[inline(always)]
fn search_ahead<P: Primitives>(
    primitives: P,
    block: &Block,
    needles: P::Needles,
    tally: &mut P::Tally,
) -> u64 {
    primitives.prefetch(block.as_ptr().wrapping_add(PREFETCH_DISTANCE_BYTES));
    primitives.search(block, needles, tally)
}

/// Parts of the input that are counted side by side, where the order of what is found is no matter.
///
/// A core that reads in one place waits for memory. From memory on Zen 3, GB/s in one run, reading
/// alone in eight parts being 30.9:
///
/// | parts                 | AVX2 | SSE4.2 |
/// |-----------------------|-----:|-------:|
/// | 1, asking 4 KiB ahead | 19.1 |   21.8 |
/// | 2                     | 25.0 |   23.6 |
/// | **4**                 | 30.9 |   25.5 |
/// | 4, asking 1 KiB ahead | 30.4 |   24.2 |
/// | 8                     | 30.6 |   21.6 |
///
/// Asking ahead in eight places while searching in one gave 20.3 and 19.3; it made finding
/// positions an eighth faster in huge pages and a tenth slower in small ones.
const COUNTED_PARTS: usize = 4;

/// Counts the separators and the newlines among them.
#[inline(always)]
pub(crate) fn count<P: Primitives>(primitives: P, delimiter: u8, bytes: &[u8]) -> (u64, u64) {
    let needles = primitives.needles(delimiter);
    let (blocks, tail) = bytes.as_chunks::<BLOCK_BYTES>();
    let (found, newlines) = search_tail(primitives, tail, needles);
    let mut separator_count = u64::from(found.count_ones());
    let mut newline_count = newlines as u64;
    let part_blocks = blocks.len() / COUNTED_PARTS;
    let (even, rest) = blocks.split_at(part_blocks * COUNTED_PARTS);
    let parts: [&[Block]; COUNTED_PARTS] =
        array::from_fn(|part| &even[part * part_blocks..][..part_blocks]);
    for start in (0..part_blocks).step_by(TALLY_BLOCKS / COUNTED_PARTS) {
        let end = part_blocks.min(start + TALLY_BLOCKS / COUNTED_PARTS);
        let mut tally = primitives.tally();
        for index in start..end {
            for part in parts {
                let found = primitives.search(&part[index], needles, &mut tally);
                separator_count += u64::from(found.count_ones());
            }
        }
        newline_count += primitives.total(tally) as u64;
    }
    let mut tally = primitives.tally();
    for block in rest {
        let found = primitives.search(block, needles, &mut tally);
        separator_count += u64::from(found.count_ones());
    }
    newline_count += primitives.total(tally) as u64;
    (separator_count, newline_count)
}

/// Searches less than a block in a copy that is filled up with zeros; also counts its newlines.
#[inline(always)]
fn search_tail<P: Primitives>(primitives: P, tail: &[u8], needles: P::Needles) -> (u64, usize) {
    let mut block = [0; BLOCK_BYTES];
    block[..tail.len()].copy_from_slice(tail);
    let mut tally = primitives.tally();
    let found = primitives.search(&block, needles, &mut tally);
    // A zero is no newline, but it can be the delimiter.
    let inside = (1 << tail.len()) - 1;
    (found & inside, primitives.total(tally))
}
