//! The terms between the kernel and a backend: the block, and what a backend does with one.

use std::mem::MaybeUninit;

/// The bytes that are searched at once: one bit each in a `u64`.
pub(crate) const BLOCK_BYTES: usize = 64;

/// A block of input.
pub(crate) type Block = [u8; BLOCK_BYTES];

/// Room for every position that one block can have.
pub(crate) type Slots = [MaybeUninit<u32>; BLOCK_BYTES];

/// The blocks of a quad, whose positions some backends write together.
pub(crate) const QUAD_BLOCKS: usize = 4;
pub(crate) const QUAD_BYTES: usize = QUAD_BLOCKS * BLOCK_BYTES;

/// The separators of a quad, a mask a block.
pub(crate) type Masks = [u64; QUAD_BLOCKS];

/// Room for every position that a quad can have.
pub(crate) type QuadSlots = [MaybeUninit<u32>; QUAD_BYTES];

/// The most blocks that one newline accumulator takes: two newlines a block and byte fit into a
/// byte.
pub(crate) const ACCUMULATOR_BLOCKS: usize = 127;

/// A backend's part of the scan: searching a block and writing what was found.
///
/// An implementor is a token that only exists where the CPU features it needs do.
///
/// # Safety
///
/// `emit` and `emit_quad` initialise as many slots, from the first on, as there are bits set, with
/// the positions of these bits in ascending order, and return how many that are. Fields are cut at
/// these positions without a check.
#[expect(unsafe_code, reason = "the emitter relies on what they return, and whoever cuts fields")]
pub(crate) unsafe trait Primitives: Copy {
    /// The two bytes that are searched for, in the form that the search wants.
    type Needles: Copy;

    /// Prepares the search for a delimiter and `\n`.
    fn needles(self, delimiter: u8) -> Self::Needles;

    /// One byte that is searched for, in the form that the search wants.
    type Needle: Copy;

    /// Prepares the search for a byte.
    fn needle(self, byte: u8) -> Self::Needle;

    /// Returns the mask of a block's bytes that are this one, bit `i` for byte `i`.
    fn find(self, block: &Block, needle: Self::Needle) -> u64;

    /// Returns a mask whose every bit is the parity of the bits up to it: of quotes, the bytes from
    /// one that opens to before one that closes.
    ///
    /// The carry-less product with all ones is the same in one instruction, where there is one.
    #[inline(always)]
    fn prefix_xor(self, mut mask: u64) -> u64 {
        for distance in [1, 2, 4, 8, 16, 32] {
            mask ^= mask << distance;
        }
        mask
    }

    /// A count of newlines, in the form that the search can add to.
    type NewlineAccumulator: Copy;

    /// Returns an accumulator that has counted nothing.
    fn newline_accumulator(self) -> Self::NewlineAccumulator;

    /// Returns the mask of a block's separators, bit `i` for byte `i`, and counts its newlines.
    fn search(
        self,
        block: &Block,
        needles: Self::Needles,
        accumulator: &mut Self::NewlineAccumulator,
    ) -> u64;

    /// Reads an accumulator that has been through [`ACCUMULATOR_BLOCKS`] searches at most.
    fn newline_count(self, accumulator: Self::NewlineAccumulator) -> usize;

    /// Writes `base + i` for each set bit `i`, in order; returns how many. Slots past those may
    /// be overwritten with anything.
    fn emit(self, separators: u64, base: u32, slots: &mut Slots) -> usize;

    /// Quads that the search is ahead of [`emit_quad`](Self::emit_quad); none where positions
    /// are written block by block.
    const LEAD_QUADS: Option<usize> = None;

    /// Writes as [`emit`](Self::emit) does, for the blocks of a quad, in order.
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

/// Copies less than a block into one that is filled up with zeros; also returns the mask of the
/// bytes that are no filling, since a zero can be what is searched for.
#[inline(always)]
pub(crate) fn padded(tail: &[u8]) -> (Block, u64) {
    let mut block = [0; BLOCK_BYTES];
    block[..tail.len()].copy_from_slice(tail);
    (block, (1 << tail.len()) - 1)
}

/// Searches less than a block in a copy; also counts its newlines.
#[inline(always)]
pub(crate) fn search_tail<P: Primitives>(
    primitives: P,
    tail: &[u8],
    needles: P::Needles,
) -> (u64, usize) {
    let (block, inside) = padded(tail);
    let mut accumulator = primitives.newline_accumulator();
    let found = primitives.search(&block, needles, &mut accumulator);
    (found & inside, primitives.newline_count(accumulator))
}
