//! Writing positions: the one place that fills memory before it counts as initialised.

use std::mem::MaybeUninit;

use super::primitives::{Masks, Primitives, QUAD_BYTES, Slots};

/// Positions that [`bit_scan`] writes without asking whether there are that many.
///
/// A wasted write costs less than a mispredicted branch, up to a point. With AVX2 masks, lines of
/// 12 fields and 200 bytes, from memory, on Zen 3: 5 writes 7.8 GB/s, 6 8.2, 7 8.6, 8 7.5. On
/// Sapphire Rapids 6 and 8 were 12.0 and 11.3. Slower everywhere: 4 and a branch on more, both
/// halves of the mask apart, all masks of a burst before the first position. As WebAssembly under
/// Node on Zen 3, 4, 5, 6 and 8 were slower than 7, too. Faster, with wide vectors:
/// [`Primitives::emit_quad`].
const UNCONDITIONAL: usize = 7;

/// Spare capacity at the end of a position buffer, and how much of it has been filled.
pub(crate) struct Room<'a> {
    positions: &'a mut Vec<u32>,
    written: usize,
}

impl<'a> Room<'a> {
    /// Makes room for as many positions as there are bytes, and for a quad of slack.
    #[inline(always)]
    pub(crate) fn new(positions: &'a mut Vec<u32>, bytes: usize) -> Self {
        positions.reserve(bytes + QUAD_BYTES);
        Self { positions, written: 0 }
    }

    /// Writes the positions of one block after those written before.
    #[inline(always)]
    pub(crate) fn emit<P: Primitives>(&mut self, primitives: P, separators: u64, base: u32) {
        self.written += primitives.emit(separators, base, self.slots());
    }

    /// Writes the positions of one quad after those written before.
    #[inline(always)]
    pub(crate) fn emit_quad<P: Primitives>(
        &mut self,
        primitives: P,
        separators: &Masks,
        base: u32,
    ) {
        self.written += primitives.emit_quad(separators, base, self.slots());
    }

    /// Returns the slots after those written before.
    #[inline(always)]
    fn slots<const COUNT: usize>(&mut self) -> &mut [MaybeUninit<u32>; COUNT] {
        const { assert!(COUNT <= QUAD_BYTES) };
        let spare = &mut self.positions.spare_capacity_mut()[self.written..];
        spare.first_chunk_mut().expect("a quad of slack follows the last position")
    }

    /// Makes what was written part of the buffer.
    #[expect(unsafe_code, reason = "only the emitter knows how much of the room it filled")]
    #[inline(always)]
    pub(crate) fn commit(self) {
        let length = self.positions.len() + self.written;
        // SAFETY: `Primitives` promises that the slots it counts are initialised; each was at
        // `written` or after it when it was counted, inside the capacity that was sliced.
        unsafe { self.positions.set_len(length) }
    }
}

/// Writes the positions of the set bits by counting trailing zeros.
///
/// [`UNCONDITIONAL`] are written whether they exist or not, since a branch on the number of
/// separators in a block is hard to predict; only a block with more takes a loop.
#[inline(always)]
pub(crate) fn bit_scan(mut mask: u64, base: u32, slots: &mut Slots) -> usize {
    let count = mask.count_ones() as usize;
    let (first, rest) = slots.split_at_mut(UNCONDITIONAL);
    for slot in first {
        slot.write(base.wrapping_add(mask.trailing_zeros()));
        mask &= mask.wrapping_sub(1);
    }
    if count > UNCONDITIONAL {
        for slot in &mut rest[..count - UNCONDITIONAL] {
            slot.write(base.wrapping_add(mask.trailing_zeros()));
            mask &= mask.wrapping_sub(1);
        }
    }
    count
}
