//! The backend for 64-bit Arm: four 16-byte vectors a block, positions by bit scan.

#![expect(unsafe_code, reason = "intrinsics, under a token that proves the CPU features")]

use std::arch::aarch64::{
    uint8x16_t, uint8x16x4_t, vaddlvq_u8, vceqq_u8, vdupq_n_u8, vget_lane_u64, vld4q_u8, vorrq_u8,
    vreinterpret_u64_u8, vreinterpretq_u16_u8, vshrn_n_u16, vsriq_n_u8, vsubq_u8,
};
use std::arch::asm;

use crate::arch::compile::backend;
use crate::kernel::emit::bit_scan;
use crate::kernel::primitives::{Block, Primitives, Slots};

backend!(Neon, is_aarch64_feature_detected, "neon");

#[derive(Clone, Copy)]
struct Needles {
    delimiter: uint8x16_t,
    newline: uint8x16_t,
}

// SAFETY: `bit_scan` writes the positions of the bits, the lowest first, and counts them.
unsafe impl Primitives for Neon {
    type Needles = Needles;
    type Needle = uint8x16_t;
    /// The newlines that were found at each byte of a vector, for two vectors of a block each:
    /// one alone would overflow.
    type NewlineAccumulator = [uint8x16_t; 2];

    #[inline(always)]
    fn needles(self, delimiter: u8) -> Needles {
        // SAFETY: the token proves NEON.
        unsafe { needles(delimiter) }
    }

    #[inline(always)]
    fn needle(self, byte: u8) -> uint8x16_t {
        // SAFETY: the token proves NEON.
        unsafe { needle(byte) }
    }

    #[inline(always)]
    fn find(self, block: &Block, needle: uint8x16_t) -> u64 {
        // SAFETY: the token proves NEON.
        unsafe { find(block, needle) }
    }

    #[inline(always)]
    fn newline_accumulator(self) -> [uint8x16_t; 2] {
        // SAFETY: the token proves NEON.
        unsafe { [vdupq_n_u8(0); 2] }
    }

    #[inline(always)]
    fn search(self, block: &Block, needles: Needles, accumulator: &mut [uint8x16_t; 2]) -> u64 {
        // SAFETY: the token proves NEON.
        unsafe { search(block, needles, accumulator) }
    }

    #[inline(always)]
    fn newline_count(self, accumulator: [uint8x16_t; 2]) -> usize {
        // SAFETY: the token proves NEON.
        unsafe { newline_count(accumulator) }
    }

    #[inline(always)]
    fn emit(self, separators: u64, base: u32, slots: &mut Slots) -> usize {
        bit_scan(separators, base, slots)
    }

    #[inline(always)]
    fn prefetch(self, address: *const u8) {
        // SAFETY: a prefetch reads nothing; any address will do.
        unsafe {
            asm!(
                "prfm pldl1keep, [{}]", in(reg) address,
                options(readonly, preserves_flags, nostack)
            );
        }
    }
}

#[inline]
#[target_feature(enable = "neon")]
fn needles(delimiter: u8) -> Needles {
    Needles { delimiter: needle(delimiter), newline: needle(b'\n') }
}

#[inline]
#[target_feature(enable = "neon")]
fn needle(byte: u8) -> uint8x16_t {
    vdupq_n_u8(byte)
}

#[inline]
#[target_feature(enable = "neon")]
fn find(block: &Block, needle: uint8x16_t) -> u64 {
    // SAFETY: the array has the 64 bytes that are read.
    let uint8x16x4_t(first, second, third, fourth) = unsafe { vld4q_u8(block.as_ptr()) };
    mask([first, second, third, fourth].map(|bytes| vceqq_u8(bytes, needle)))
}

#[inline]
#[target_feature(enable = "neon")]
fn search(block: &Block, needles: Needles, [even, odd]: &mut [uint8x16_t; 2]) -> u64 {
    // SAFETY: the array has the 64 bytes that are read.
    let uint8x16x4_t(first, second, third, fourth) = unsafe { vld4q_u8(block.as_ptr()) };
    let first = separators(first, needles, even);
    let second = separators(second, needles, odd);
    let third = separators(third, needles, even);
    let fourth = separators(fourth, needles, odd);
    mask([first, second, third, fourth])
}

/// Makes a mask from vectors that hold every fourth byte each, as `ld4` loads them, and are 0 or -1
/// in each.
///
/// A byte's bit is then next to those of the other three vectors at the same place: three shifts
/// with insertion gather four bits a byte, two more instructions all 64. The other known way loads
/// the bytes in order, keeps one bit of each and adds neighbours, `addp`, until eight bytes are
/// one. Instructions a block, in the loops of `index` (with up to seven separators) and `count`, by
/// rustc 1.95:
///
/// | way                | `index` | `count` |
/// |--------------------|--------:|--------:|
/// | `ld4`, `sri`       |      76 |      30 |
/// | `ld4`, intrinsics  |      80 |      34 |
/// | `addp`             |      81 |      35 |
/// | `addp`, intrinsics |      89 |      43 |
#[inline]
#[target_feature(enable = "neon")]
fn mask([first, second, third, fourth]: [uint8x16_t; 4]) -> u64 {
    let lower = insert_shifted::<1>(second, first);
    let upper = insert_shifted::<1>(fourth, third);
    let nibbles = insert_shifted::<2>(upper, lower);
    let doubled = vsriq_n_u8::<4>(nibbles, nibbles);
    let mask = vshrn_n_u16::<4>(vreinterpretq_u16_u8(doubled));
    vget_lane_u64::<0>(vreinterpret_u64_u8(mask))
}

/// Sets every bit of each byte that is a separator, and counts the newlines.
#[inline]
#[target_feature(enable = "neon")]
fn separators(bytes: uint8x16_t, needles: Needles, accumulator: &mut uint8x16_t) -> uint8x16_t {
    let newlines = vceqq_u8(bytes, needles.newline);
    let delimiters = vceqq_u8(bytes, needles.delimiter);
    // What compares equal is -1.
    *accumulator = vsubq_u8(*accumulator, newlines);
    vorrq_u8(delimiters, newlines)
}

/// Keeps this many upper bits of each byte, and fills up with the upper bits of the other's.
///
/// The intrinsic comes to the same, but becomes more instructions where LLVM knows that every byte
/// is 0 or -1: then it takes the insertion apart.
#[inline]
#[target_feature(enable = "neon")]
fn insert_shifted<const BITS: u8>(kept: uint8x16_t, inserted: uint8x16_t) -> uint8x16_t {
    let mut result = kept;
    // SAFETY: the instruction changes the register that it is given, and nothing else.
    unsafe {
        asm!(
            "sri {:v}.16b, {:v}.16b, #{}", inout(vreg) result, in(vreg) inserted, const BITS,
            options(pure, nomem, preserves_flags, nostack)
        );
    }
    result
}

/// Adds up the bytes of a newline accumulator.
#[inline]
#[target_feature(enable = "neon")]
fn newline_count(accumulator: [uint8x16_t; 2]) -> usize {
    accumulator.into_iter().map(|half| usize::from(vaddlvq_u8(half))).sum()
}
