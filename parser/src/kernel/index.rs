//! The loop that writes the position of every separator.

use super::emit::Room;
use super::primitives::{
    ACCUMULATOR_BLOCKS, BLOCK_BYTES, Block, Masks, Primitives, QUAD_BLOCKS, QUAD_BYTES, search_tail,
};

const GROUP_BLOCKS: usize = 64;
const _: () = assert!(GROUP_BLOCKS <= ACCUMULATOR_BLOCKS);
const GROUP_BYTES: usize = GROUP_BLOCKS * BLOCK_BYTES;
const GROUP_QUADS: usize = GROUP_BLOCKS / QUAD_BLOCKS;

/// The distance ahead of the search at which the input is asked for.
///
/// From memory, the kernel alone with AVX2 on Zen 3: none 12.5 GB/s, 1 KiB 14.6, 2 KiB 16.4, 4 KiB
/// 17.3, 8 to 128 KiB 15.5 to 17. On Sapphire Rapids, 2 to 8 KiB doubled the speed.
const PREFETCH_DISTANCE_BYTES: usize = 4096;

/// Appends the offset of every separator in `bytes` to `separators`; returns how many of them
/// are newlines.
#[inline(always)]
pub(crate) fn index<P: Primitives>(
    primitives: P,
    delimiter: u8,
    bytes: &[u8],
    separators: &mut Vec<u32>,
) -> usize {
    let mut search = PlainSearch {
        primitives,
        needles: primitives.needles(delimiter),
        accumulator: primitives.newline_accumulator(),
        newline_count: 0,
    };
    write_found(primitives, &mut search, bytes, separators);
    search.newline_count
}

/// A search that goes through an input block by block, in order, and remembers what it has to.
pub(crate) trait Search {
    /// Returns the mask of a block's separators, bit `i` for byte `i`.
    fn search(&mut self, block: &Block) -> u64;

    /// Returns that of the last bytes, less than a block.
    fn search_tail(&mut self, tail: &[u8]) -> u64;

    /// Ends a group of [`GROUP_BLOCKS`] or less.
    fn end_group(&mut self) {}
}

/// The search where nothing is quoted.
struct PlainSearch<P: Primitives> {
    primitives: P,
    needles: P::Needles,
    /// The newlines of the group.
    accumulator: P::NewlineAccumulator,
    /// The newlines of the groups before.
    newline_count: usize,
}

impl<P: Primitives> Search for PlainSearch<P> {
    #[inline(always)]
    fn search(&mut self, block: &Block) -> u64 {
        self.primitives.search(block, self.needles, &mut self.accumulator)
    }

    #[inline(always)]
    fn search_tail(&mut self, tail: &[u8]) -> u64 {
        let (found, newlines) = search_tail(self.primitives, tail, self.needles);
        self.newline_count += newlines;
        found
    }

    #[inline(always)]
    fn end_group(&mut self) {
        self.newline_count += self.primitives.newline_count(self.accumulator);
        self.accumulator = self.primitives.newline_accumulator();
    }
}

/// Appends the offset of every separator that a search finds in `bytes`.
#[inline(always)]
pub(crate) fn write_found<P: Primitives>(
    primitives: P,
    search: &mut impl Search,
    bytes: &[u8],
    separators: &mut Vec<u32>,
) {
    // Offsets are 32 bits wide; sources never lend more than the line limit.
    assert!(u32::try_from(bytes.len()).is_ok(), "a burst is shorter than 4 GiB");
    let mut base = 0;
    let (blocks, tail) = bytes.as_chunks::<BLOCK_BYTES>();
    for group in blocks.chunks(GROUP_BLOCKS) {
        let mut room = Room::new(separators, GROUP_BYTES);
        if let Some(lead_quads) = P::LEAD_QUADS {
            scan_quads(primitives, lead_quads, group, search, &mut room, base);
        } else {
            scan_blocks(primitives, group, search, &mut room, base);
        }
        room.commit();
        base += (group.len() * BLOCK_BYTES) as u32;
        search.end_group();
    }
    if !tail.is_empty() {
        let found = search.search_tail(tail);
        let mut room = Room::new(separators, BLOCK_BYTES);
        room.emit(primitives, found, base);
        room.commit();
    }
}

/// Writes the positions of each block as soon as it is searched.
#[inline(always)]
fn scan_blocks<P: Primitives>(
    primitives: P,
    blocks: &[Block],
    search: &mut impl Search,
    room: &mut Room<'_>,
    mut base: u32,
) {
    for block in blocks {
        let found = search_ahead(primitives, block, search);
        room.emit(primitives, found, base);
        base += BLOCK_BYTES as u32;
    }
}

/// Searches a group and writes the positions of its separators by quads, the search ahead; those of
/// the last blocks, where they are less than a quad, one by one.
#[inline(always)]
fn scan_quads<P: Primitives>(
    primitives: P,
    lead_quads: usize,
    group: &[Block],
    search: &mut impl Search,
    room: &mut Room<'_>,
    mut base: u32,
) {
    let mut found = [[0; QUAD_BLOCKS]; GROUP_QUADS];
    let (quads, rest) = group.as_chunks::<QUAD_BLOCKS>();
    for (index, quad) in quads.iter().enumerate() {
        found[index] = quad.each_ref().map(|block| search_ahead(primitives, block, search));
        if let Some(behind) = index.checked_sub(lead_quads) {
            emit_quad(primitives, &found[behind], room, base);
            base += QUAD_BYTES as u32;
        }
    }
    for found in &found[quads.len().saturating_sub(lead_quads)..quads.len()] {
        emit_quad(primitives, found, room, base);
        base += QUAD_BYTES as u32;
    }
    scan_blocks(primitives, rest, search, room, base);
}

/// Searches a block and asks for one some way ahead.
#[inline(always)]
fn search_ahead<P: Primitives>(primitives: P, block: &Block, search: &mut impl Search) -> u64 {
    primitives.prefetch(block.as_ptr().wrapping_add(PREFETCH_DISTANCE_BYTES));
    search.search(block)
}

/// Writes the positions of a quad, unless it has none.
///
/// Lines of 200 bytes have some in every quad and fields of kilobytes in hardly any, so the branch
/// is foreseen in either. From memory, AVX2 on Zen 3: 22.2 GB/s instead of 16.4 on the shape
/// `long`, and no difference on `nginx12`.
#[inline(always)]
fn emit_quad<P: Primitives>(primitives: P, separators: &Masks, room: &mut Room<'_>, base: u32) {
    let [first, second, third, fourth] = separators;
    if (first | second) | (third | fourth) != 0 {
        room.emit_quad(primitives, separators, base);
    }
}
