//! The backend for CPUs with AVX2: two 32-byte vectors a block, positions by bit scan.

#![expect(unsafe_code, reason = "intrinsics, under a token that proves the CPU features")]

use std::arch::x86_64::{
    __m256i, _MM_HINT_T0, _mm_add_epi64, _mm_cvtsi128_si64, _mm_extract_epi64, _mm_prefetch,
    _mm256_castsi256_si128, _mm256_cmpeq_epi8, _mm256_extracti128_si256, _mm256_loadu_si256,
    _mm256_movemask_epi8, _mm256_or_si256, _mm256_sad_epu8, _mm256_set1_epi8, _mm256_setzero_si256,
    _mm256_sub_epi8,
};

use super::missing_features;
use crate::kernel::emit::{Slots, bit_scan};
use crate::kernel::{self, Block, Entry, Primitives};

/// Proves that the CPU has the features: only code compiled for them can make one.
#[derive(Clone, Copy)]
struct Avx2 {
    _proof: (),
}

impl Avx2 {
    #[target_feature(enable = "avx2,bmi1,bmi2,popcnt")]
    fn new() -> Self {
        Self { _proof: () }
    }
}

#[derive(Clone, Copy)]
struct Needles {
    delimiter: __m256i,
    newline: __m256i,
}

// SAFETY: `bit_scan` initialises every slot that it counts.
unsafe impl Primitives for Avx2 {
    type Needles = Needles;
    /// The newlines that were found at each byte of a vector.
    type Tally = __m256i;

    #[inline(always)]
    fn needles(self, delimiter: u8) -> Needles {
        // SAFETY: the token proves AVX2.
        unsafe { needles(delimiter) }
    }

    #[inline(always)]
    fn tally(self) -> __m256i {
        // SAFETY: the token proves AVX2.
        unsafe { _mm256_setzero_si256() }
    }

    #[inline(always)]
    fn search(self, block: &Block, needles: Needles, tally: &mut __m256i) -> u64 {
        // SAFETY: the token proves AVX2.
        unsafe { search(block, needles, tally) }
    }

    #[inline(always)]
    fn total(self, tally: __m256i) -> usize {
        // SAFETY: the token proves AVX2.
        unsafe { total(tally) }
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
#[target_feature(enable = "avx2")]
fn needles(delimiter: u8) -> Needles {
    Needles {
        delimiter: _mm256_set1_epi8(delimiter.cast_signed()),
        newline: _mm256_set1_epi8(b'\n'.cast_signed()),
    }
}

#[inline]
#[target_feature(enable = "avx2")]
fn search(block: &Block, needles: Needles, tally: &mut __m256i) -> u64 {
    let mut found = 0;
    for (index, half) in block.as_chunks::<32>().0.iter().enumerate() {
        // SAFETY: the array has the 32 bytes that are read.
        let bytes = unsafe { _mm256_loadu_si256(half.as_ptr().cast()) };
        let newlines = _mm256_cmpeq_epi8(bytes, needles.newline);
        let delimiters = _mm256_cmpeq_epi8(bytes, needles.delimiter);
        let separators = _mm256_or_si256(delimiters, newlines);
        found |= u64::from(_mm256_movemask_epi8(separators).cast_unsigned()) << (32 * index);
        // What compares equal is -1.
        *tally = _mm256_sub_epi8(*tally, newlines);
    }
    found
}

/// Adds up the bytes of a tally.
#[inline]
#[target_feature(enable = "avx2")]
fn total(tally: __m256i) -> usize {
    let sums = _mm256_sad_epu8(tally, _mm256_setzero_si256());
    let sums = _mm_add_epi64(_mm256_castsi256_si128(sums), _mm256_extracti128_si256::<1>(sums));
    let total = _mm_cvtsi128_si64(sums) + _mm_extract_epi64::<1>(sums);
    total as usize
}

/// Is there when the CPU has the features; otherwise lists those it lacks.
pub(crate) fn entry() -> Result<Entry, Vec<&'static str>> {
    let missing = missing_features!("avx2", "bmi1", "bmi2", "popcnt");
    if missing.is_empty() { Ok(Entry { index, count }) } else { Err(missing) }
}

fn index(delimiter: u8, bytes: &[u8], separators: &mut Vec<u32>) -> usize {
    #[target_feature(enable = "avx2,bmi1,bmi2,popcnt")]
    fn compiled(delimiter: u8, bytes: &[u8], separators: &mut Vec<u32>) -> usize {
        kernel::index(Avx2::new(), delimiter, bytes, separators)
    }
    // SAFETY: only `entry` hands this function out, after it has found the features.
    unsafe { compiled(delimiter, bytes, separators) }
}

fn count(delimiter: u8, bytes: &[u8]) -> (u64, u64) {
    #[target_feature(enable = "avx2,bmi1,bmi2,popcnt")]
    fn compiled(delimiter: u8, bytes: &[u8]) -> (u64, u64) {
        kernel::count(Avx2::new(), delimiter, bytes)
    }
    // SAFETY: only `entry` hands this function out, after it has found the features.
    unsafe { compiled(delimiter, bytes) }
}
