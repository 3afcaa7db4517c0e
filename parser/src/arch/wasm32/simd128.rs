//! The backend for WebAssembly with SIMD: four 16-byte vectors a block, positions by bit scan.

#![expect(unsafe_code, reason = "loads through pointers, and the primitives' promise")]

use std::arch::wasm32::{
    i8x16_sub, u8x16_bitmask, u8x16_eq, u8x16_splat, u16x8_extadd_pairwise_u8x16,
    u32x4_extadd_pairwise_u16x8, u32x4_extract_lane, u64x2_splat, v128, v128_load, v128_or,
};

use crate::arch::compile::backend;
use crate::kernel::emit::bit_scan;
use crate::kernel::primitives::{Block, Primitives, Slots};

// An engine refuses a module with instructions that it does not have.
backend!(Simd128);

#[derive(Clone, Copy)]
struct Needles {
    delimiter: v128,
    newline: v128,
}

// SAFETY: `bit_scan` writes the positions of the bits, the lowest first, and counts them.
unsafe impl Primitives for Simd128 {
    type Needles = Needles;
    type Needle = v128;
    /// The newlines that were found at each byte of a vector, for two vectors of a block each:
    /// one alone would overflow.
    type NewlineAccumulator = [v128; 2];

    #[inline(always)]
    fn needles(self, delimiter: u8) -> Needles {
        Needles { delimiter: self.needle(delimiter), newline: self.needle(b'\n') }
    }

    #[inline(always)]
    fn needle(self, byte: u8) -> v128 {
        u8x16_splat(byte)
    }

    #[inline(always)]
    fn find(self, block: &Block, needle: v128) -> u64 {
        let mut found = 0;
        for (index, quarter) in block.as_chunks::<16>().0.iter().enumerate() {
            // SAFETY: the array has the 16 bytes that are read.
            let bytes = unsafe { v128_load(quarter.as_ptr().cast()) };
            found |= u64::from(u8x16_bitmask(u8x16_eq(bytes, needle))) << (16 * index);
        }
        found
    }

    #[inline(always)]
    fn newline_accumulator(self) -> [v128; 2] {
        [u64x2_splat(0); 2]
    }

    #[inline(always)]
    fn search(self, block: &Block, needles: Needles, accumulator: &mut [v128; 2]) -> u64 {
        let mut found = 0;
        for (index, quarter) in block.as_chunks::<16>().0.iter().enumerate() {
            // SAFETY: the array has the 16 bytes that are read.
            let bytes = unsafe { v128_load(quarter.as_ptr().cast()) };
            let newlines = u8x16_eq(bytes, needles.newline);
            let delimiters = u8x16_eq(bytes, needles.delimiter);
            let separators = v128_or(delimiters, newlines);
            found |= u64::from(u8x16_bitmask(separators)) << (16 * index);
            // What compares equal is -1.
            accumulator[index / 2] = i8x16_sub(accumulator[index / 2], newlines);
        }
        found
    }

    #[inline(always)]
    fn newline_count(self, accumulator: [v128; 2]) -> usize {
        accumulator.into_iter().map(sum_of_bytes).sum()
    }

    #[inline(always)]
    fn emit(self, separators: u64, base: u32, slots: &mut Slots) -> usize {
        bit_scan(separators, base, slots)
    }

    /// There is no such instruction.
    #[inline(always)]
    fn prefetch(self, _address: *const u8) {}
}

#[inline(always)]
fn sum_of_bytes(vector: v128) -> usize {
    let sums = u32x4_extadd_pairwise_u16x8(u16x8_extadd_pairwise_u8x16(vector));
    let total = u32x4_extract_lane::<0>(sums)
        + u32x4_extract_lane::<1>(sums)
        + u32x4_extract_lane::<2>(sums)
        + u32x4_extract_lane::<3>(sums);
    total as usize
}
