//! Writing the positions of four blocks together, for backends that gain by it.

use std::mem::MaybeUninit;

use super::emit::Room;
use super::{BLOCK_BYTES, Block, GROUP_BLOCKS, Primitives, scan_blocks, search_ahead};

/// The blocks of a quad.
pub(crate) const QUAD_BLOCKS: usize = 4;
pub(crate) const QUAD_BYTES: usize = QUAD_BLOCKS * BLOCK_BYTES;
const GROUP_QUADS: usize = GROUP_BLOCKS / QUAD_BLOCKS;

/// The separators of a quad, a mask a block.
pub(crate) type Masks = [u64; QUAD_BLOCKS];

/// Room for every position that a quad can have.
pub(crate) type QuadSlots = [MaybeUninit<u32>; QUAD_BYTES];

/// Searches a group and writes the positions of its separators by quads, the search ahead; those of
/// the last blocks, where they are less than a quad, one by one.
#[inline(always)]
pub(crate) fn scan_quads<P: Primitives>(
    primitives: P,
    lead_quads: usize,
    group: &[Block],
    needles: P::Needles,
    tally: &mut P::Tally,
    room: &mut Room<'_>,
    mut base: u32,
) {
    let mut found = [[0; QUAD_BLOCKS]; GROUP_QUADS];
    let (quads, rest) = group.as_chunks::<QUAD_BLOCKS>();
    for (index, quad) in quads.iter().enumerate() {
        found[index] = quad.each_ref().map(|block| search_ahead(primitives, block, needles, tally));
        if let Some(behind) = index.checked_sub(lead_quads) {
            emit(primitives, &found[behind], room, base);
            base += QUAD_BYTES as u32;
        }
    }
    for found in &found[quads.len().saturating_sub(lead_quads)..quads.len()] {
        emit(primitives, found, room, base);
        base += QUAD_BYTES as u32;
    }
    scan_blocks(primitives, rest, needles, tally, room, base);
}

/// Writes the positions of a quad, unless it has none.
///
/// Lines of 200 bytes have some in every quad and fields of kilobytes in hardly any, so the branch
/// is foreseen in either. From memory, AVX2 on Zen 3: 22.2 GB/s instead of 16.4 on the shape
/// `long`, and no difference on `nginx12`.
#[inline(always)]
fn emit<P: Primitives>(primitives: P, separators: &Masks, room: &mut Room<'_>, base: u32) {
    let [first, second, third, fourth] = separators;
    if (first | second) | (third | fourth) != 0 {
        room.emit_quad(primitives, separators, base);
    }
}
