//! The backend for every CPU: eight bytes at a time in ordinary registers.

#![expect(unsafe_code, reason = "the primitives' promise is about uninitialised memory")]

use crate::arch::compile::backend;
use crate::kernel::emit::bit_scan;
use crate::kernel::primitives::{BLOCK_BYTES, Block, Primitives, Slots};

const LOW_BITS: u64 = 0x7f7f_7f7f_7f7f_7f7f;
const HIGH_BITS: u64 = !LOW_BITS;
const EVERY_BYTE: u64 = 0x0101_0101_0101_0101;

// The code is portable.
backend!(Scalar);

#[derive(Clone, Copy)]
struct Needles {
    delimiter: u64,
    newline: u64,
}

// SAFETY: `bit_scan` writes the positions of the bits, the lowest first, and counts them.
unsafe impl Primitives for Scalar {
    type Needles = Needles;
    type Needle = u64;
    type NewlineAccumulator = usize;

    #[inline(always)]
    fn needles(self, delimiter: u8) -> Needles {
        Needles { delimiter: self.needle(delimiter), newline: self.needle(b'\n') }
    }

    #[inline(always)]
    fn needle(self, byte: u8) -> u64 {
        u64::from(byte) * EVERY_BYTE
    }

    #[inline(always)]
    fn find(self, block: &Block, needle: u64) -> u64 {
        let mut others = 0;
        for (index, bytes) in block.as_chunks().0.iter().enumerate() {
            let unequal = nonzero_bytes(u64::from_le_bytes(*bytes) ^ needle);
            others |= one_bit_a_byte(unequal & HIGH_BITS) << (8 * index);
        }
        !others
    }

    #[inline(always)]
    fn newline_accumulator(self) -> usize {
        0
    }

    #[inline(always)]
    fn search(self, block: &Block, needles: Needles, accumulator: &mut usize) -> u64 {
        // What is searched for is rare, and the test for it is one for anything else.
        let mut others = 0;
        let mut bytes_without_newline = 0;
        for (index, bytes) in block.as_chunks().0.iter().enumerate() {
            let word = u64::from_le_bytes(*bytes);
            let no_newlines = nonzero_bytes(word ^ needles.newline);
            let no_delimiters = nonzero_bytes(word ^ needles.delimiter);
            bytes_without_newline += (no_newlines >> 7) & EVERY_BYTE;
            others |= one_bit_a_byte(no_newlines & no_delimiters & HIGH_BITS) << (8 * index);
        }
        // Each byte counts to eight at most, so their sum fits the highest one.
        let no_newlines = bytes_without_newline.wrapping_mul(EVERY_BYTE) >> 56;
        *accumulator += BLOCK_BYTES - no_newlines as usize;
        !others
    }

    #[inline(always)]
    fn newline_count(self, accumulator: usize) -> usize {
        accumulator
    }

    #[inline(always)]
    fn emit(self, separators: u64, base: u32, slots: &mut Slots) -> usize {
        bit_scan(separators, base, slots)
    }

    #[inline(always)]
    fn prefetch(self, _address: *const u8) {}
}

/// Sets the high bit of each byte that is not zero, and of no other: no carry crosses a byte. The
/// other bits can be anything.
#[inline(always)]
fn nonzero_bytes(word: u64) -> u64 {
    ((word & LOW_BITS) + LOW_BITS) | word
}

/// Gathers the high bits of eight bytes, the first byte's into bit 0; no other bit may be set.
///
/// The factor moves the bit of byte `i` to bit `56 + i`; no two products meet, so none carries.
#[inline(always)]
fn one_bit_a_byte(high_bits: u64) -> u64 {
    high_bits.wrapping_mul(0x0002_0408_1020_4081) >> 56
}
