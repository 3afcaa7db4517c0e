//! The backend for CPUs before AVX2: four 16-byte vectors a block, positions by bit scan.

#![expect(unsafe_code, reason = "intrinsics, under a token that proves the CPU features")]

use std::arch::x86_64::{
    __m128i, _MM_HINT_T0, _mm_add_epi64, _mm_cmpeq_epi8, _mm_cvtsi128_si64, _mm_extract_epi64,
    _mm_loadu_si128, _mm_movemask_epi8, _mm_or_si128, _mm_prefetch, _mm_sad_epu8, _mm_set1_epi8,
    _mm_setzero_si128, _mm_sub_epi8,
};

use crate::arch::compile::backend;
use crate::kernel::emit::bit_scan;
use crate::kernel::primitives::{Block, Primitives, Slots};

backend!(Sse42, is_x86_feature_detected, "sse4.2", "popcnt");

#[derive(Clone, Copy)]
struct Needles {
    delimiter: __m128i,
    newline: __m128i,
}

// SAFETY: `bit_scan` writes the positions of the bits, the lowest first, and counts them.
unsafe impl Primitives for Sse42 {
    type Needles = Needles;
    type Needle = __m128i;
    /// The newlines that were found at each byte of a vector, for two vectors of a block each:
    /// one alone would overflow.
    type NewlineAccumulator = [__m128i; 2];

    #[inline(always)]
    fn needles(self, delimiter: u8) -> Needles {
        // SAFETY: the token proves SSE4.2.
        unsafe { needles(delimiter) }
    }

    #[inline(always)]
    fn needle(self, byte: u8) -> __m128i {
        // SAFETY: the token proves SSE4.2.
        unsafe { needle(byte) }
    }

    #[inline(always)]
    fn find(self, block: &Block, needle: __m128i) -> u64 {
        // SAFETY: the token proves SSE4.2.
        unsafe { find(block, needle) }
    }

    #[inline(always)]
    fn newline_accumulator(self) -> [__m128i; 2] {
        // SAFETY: the token proves SSE4.2.
        unsafe { [_mm_setzero_si128(); 2] }
    }

    #[inline(always)]
    fn search(self, block: &Block, needles: Needles, accumulator: &mut [__m128i; 2]) -> u64 {
        // SAFETY: the token proves SSE4.2.
        unsafe { search(block, needles, accumulator) }
    }

    #[inline(always)]
    fn newline_count(self, accumulator: [__m128i; 2]) -> usize {
        // SAFETY: the token proves SSE4.2.
        unsafe { newline_count(accumulator) }
    }

    #[inline(always)]
    fn emit(self, separators: u64, base: u32, slots: &mut Slots) -> usize {
        bit_scan(separators, base, slots)
    }

    #[inline(always)]
    fn prefetch(self, address: *const u8) {
        // SAFETY: a prefetch reads nothing; any address will do.
        unsafe { _mm_prefetch::<_MM_HINT_T0>(address.cast()) }
    }
}

#[inline]
#[target_feature(enable = "sse4.2")]
fn needles(delimiter: u8) -> Needles {
    Needles { delimiter: needle(delimiter), newline: needle(b'\n') }
}

#[inline]
#[target_feature(enable = "sse4.2")]
fn needle(byte: u8) -> __m128i {
    _mm_set1_epi8(byte.cast_signed())
}

#[inline]
#[target_feature(enable = "sse4.2")]
fn find(block: &Block, needle: __m128i) -> u64 {
    let mut found = 0;
    for (index, quarter) in block.as_chunks::<16>().0.iter().enumerate() {
        // SAFETY: the array has the 16 bytes that are read.
        let bytes = unsafe { _mm_loadu_si128(quarter.as_ptr().cast()) };
        let equal = _mm_cmpeq_epi8(bytes, needle);
        found |= u64::from(_mm_movemask_epi8(equal).cast_unsigned()) << (16 * index);
    }
    found
}

#[inline]
#[target_feature(enable = "sse4.2")]
fn search(block: &Block, needles: Needles, accumulator: &mut [__m128i; 2]) -> u64 {
    let mut found = 0;
    for (index, quarter) in block.as_chunks::<16>().0.iter().enumerate() {
        // SAFETY: the array has the 16 bytes that are read.
        let bytes = unsafe { _mm_loadu_si128(quarter.as_ptr().cast()) };
        let newlines = _mm_cmpeq_epi8(bytes, needles.newline);
        let delimiters = _mm_cmpeq_epi8(bytes, needles.delimiter);
        let separators = _mm_or_si128(delimiters, newlines);
        found |= u64::from(_mm_movemask_epi8(separators).cast_unsigned()) << (16 * index);
        // What compares equal is -1.
        accumulator[index / 2] = _mm_sub_epi8(accumulator[index / 2], newlines);
    }
    found
}

/// Adds up the bytes of a newline accumulator.
#[inline]
#[target_feature(enable = "sse4.2")]
fn newline_count(accumulator: [__m128i; 2]) -> usize {
    let [first, second] = accumulator.map(|half| _mm_sad_epu8(half, _mm_setzero_si128()));
    let sums = _mm_add_epi64(first, second);
    let total = _mm_cvtsi128_si64(sums) + _mm_extract_epi64::<1>(sums);
    total as usize
}
