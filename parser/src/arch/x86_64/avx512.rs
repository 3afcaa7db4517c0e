//! The backend for CPUs with AVX-512 VBMI2: one 64-byte vector a block, positions by compression.

#![expect(unsafe_code, reason = "intrinsics, under a token that proves the CPU features")]

use std::arch::x86_64::{
    __m512i, _MM_HINT_T0, _mm_clmulepi64_si128, _mm_cvtsi64_si128, _mm_cvtsi128_si64, _mm_prefetch,
    _mm_set1_epi8, _mm512_add_epi32, _mm512_castsi512_si128, _mm512_cmpeq_epi8_mask,
    _mm512_cvtepu8_epi32, _mm512_extracti32x4_epi32, _mm512_loadu_si512,
    _mm512_maskz_compress_epi8, _mm512_set1_epi8, _mm512_set1_epi32, _mm512_storeu_si512,
};
use std::mem::MaybeUninit;

use crate::arch::compile::backend;
use crate::kernel::primitives::{BLOCK_BYTES, Block, Primitives, Slots};

backend!(
    Avx512,
    is_x86_feature_detected,
    "avx512f",
    "avx512bw",
    "avx512vl",
    "avx512vbmi2",
    "bmi1",
    "bmi2",
    "popcnt",
    "pclmulqdq"
);

#[derive(Clone, Copy)]
struct Needles {
    delimiter: __m512i,
    newline: __m512i,
}

// SAFETY: the compression keeps the order of the indices; `emit` stores 16 at a time until it has
// stored as many as it counts.
unsafe impl Primitives for Avx512 {
    type Needles = Needles;
    type Needle = __m512i;
    type NewlineAccumulator = usize;

    #[inline(always)]
    fn needles(self, delimiter: u8) -> Needles {
        // SAFETY: the token proves AVX-512.
        unsafe { needles(delimiter) }
    }

    #[inline(always)]
    fn needle(self, byte: u8) -> __m512i {
        // SAFETY: the token proves AVX-512.
        unsafe { needle(byte) }
    }

    #[inline(always)]
    fn find(self, block: &Block, needle: __m512i) -> u64 {
        // SAFETY: the token proves AVX-512.
        unsafe { find(block, needle) }
    }

    #[inline(always)]
    fn prefix_xor(self, mask: u64) -> u64 {
        // SAFETY: the token proves PCLMULQDQ.
        unsafe { prefix_xor(mask) }
    }

    #[inline(always)]
    fn newline_accumulator(self) -> usize {
        0
    }

    #[inline(always)]
    fn search(self, block: &Block, needles: Needles, accumulator: &mut usize) -> u64 {
        // SAFETY: the token proves AVX-512.
        unsafe { search(block, needles, accumulator) }
    }

    #[inline(always)]
    fn newline_count(self, accumulator: usize) -> usize {
        accumulator
    }

    #[inline(always)]
    fn emit(self, separators: u64, base: u32, slots: &mut Slots) -> usize {
        // SAFETY: the token proves AVX-512.
        unsafe { emit(separators, base, slots) }
    }

    #[inline(always)]
    fn prefetch(self, address: *const u8) {
        // SAFETY: a prefetch reads nothing; any address will do.
        unsafe { _mm_prefetch::<_MM_HINT_T0>(address.cast()) }
    }
}

#[inline]
#[target_feature(enable = "avx512bw")]
fn needles(delimiter: u8) -> Needles {
    Needles { delimiter: needle(delimiter), newline: needle(b'\n') }
}

#[inline]
#[target_feature(enable = "avx512bw")]
fn needle(byte: u8) -> __m512i {
    _mm512_set1_epi8(byte.cast_signed())
}

#[inline]
#[target_feature(enable = "avx512bw")]
fn find(block: &Block, needle: __m512i) -> u64 {
    _mm512_cmpeq_epi8_mask(load(block), needle)
}

#[inline]
#[target_feature(enable = "pclmulqdq")]
fn prefix_xor(mask: u64) -> u64 {
    let product =
        _mm_clmulepi64_si128::<0>(_mm_cvtsi64_si128(mask.cast_signed()), _mm_set1_epi8(-1));
    _mm_cvtsi128_si64(product).cast_unsigned()
}

#[inline]
#[target_feature(enable = "avx512bw,popcnt")]
fn search(block: &Block, needles: Needles, accumulator: &mut usize) -> u64 {
    let bytes = load(block);
    let newlines = _mm512_cmpeq_epi8_mask(bytes, needles.newline);
    let delimiters = _mm512_cmpeq_epi8_mask(bytes, needles.delimiter);
    *accumulator += newlines.count_ones() as usize;
    delimiters | newlines
}

/// Packs the indices of the set bits together, widens them and adds the base.
///
/// The first 16 are stored whether they exist or not: few blocks have more, so the branch on
/// more is foreseen. The compression goes to a register because Zen 4 takes the form that stores
/// to memory apart into microcode.
#[inline]
#[target_feature(enable = "avx512bw,avx512vl,avx512vbmi2,popcnt")]
fn emit(separators: u64, base: u32, slots: &mut Slots) -> usize {
    const INDICES: [u8; BLOCK_BYTES] = {
        let mut indices = [0; BLOCK_BYTES];
        let mut index = 0;
        while index < BLOCK_BYTES {
            indices[index] = index as u8;
            index += 1;
        }
        indices
    };
    let count = separators.count_ones() as usize;
    let packed = _mm512_maskz_compress_epi8(separators, load(&INDICES));
    let base = _mm512_set1_epi32(base.cast_signed());
    let [first, second, third, fourth] = slots.as_chunks_mut::<16>().0 else {
        unreachable!("64 slots are 4 times 16")
    };
    store(first, widen::<0>(packed), base);
    if count > 16 {
        store(second, widen::<1>(packed), base);
        if count > 32 {
            store(third, widen::<2>(packed), base);
            if count > 48 {
                store(fourth, widen::<3>(packed), base);
            }
        }
    }
    count
}

#[inline]
#[target_feature(enable = "avx512f")]
fn load(block: &Block) -> __m512i {
    // SAFETY: the array has the 64 bytes that are read.
    unsafe { _mm512_loadu_si512(block.as_ptr().cast()) }
}

/// Widens one quarter of the packed indices.
#[inline]
#[target_feature(enable = "avx512f")]
fn widen<const QUARTER: i32>(packed: __m512i) -> __m512i {
    let indices = if QUARTER == 0 {
        _mm512_castsi512_si128(packed)
    } else {
        _mm512_extracti32x4_epi32::<QUARTER>(packed)
    };
    _mm512_cvtepu8_epi32(indices)
}

#[inline]
#[target_feature(enable = "avx512f")]
fn store(slots: &mut [MaybeUninit<u32>; 16], indices: __m512i, base: __m512i) {
    let positions = _mm512_add_epi32(indices, base);
    // SAFETY: the array has the 64 bytes that are written.
    unsafe { _mm512_storeu_si512(slots.as_mut_ptr().cast(), positions) }
}
