//! The backend for CPUs with AVX2: two 32-byte vectors a block, positions of eight half blocks side
//! by side.

#![expect(unsafe_code, reason = "intrinsics, under a token that proves the CPU features")]

use std::arch::x86_64::{
    __m128i, __m256i, _MM_HINT_T0, _mm_add_epi64, _mm_clmulepi64_si128, _mm_cvtsi64_si128,
    _mm_cvtsi128_si64, _mm_extract_epi64, _mm_prefetch, _mm_set1_epi8, _mm_setzero_si128,
    _mm_storel_epi64, _mm_storeu_si128, _mm256_add_epi32, _mm256_castps_si256,
    _mm256_castsi256_si128, _mm256_cmpeq_epi8, _mm256_cvtepi32_ps, _mm256_extracti128_si256,
    _mm256_loadu_si256, _mm256_movemask_epi8, _mm256_or_si256, _mm256_sad_epu8, _mm256_set1_epi8,
    _mm256_set1_epi32, _mm256_setr_epi32, _mm256_setzero_si256, _mm256_slli_epi32,
    _mm256_srli_epi32, _mm256_sub_epi8, _mm256_sub_epi32, _mm256_testz_si256,
    _mm256_unpackhi_epi32, _mm256_unpackhi_epi64, _mm256_unpacklo_epi32, _mm256_unpacklo_epi64,
};

use crate::arch::compile::backend;
use crate::kernel::emit::bit_scan;
use crate::kernel::primitives::{Block, Masks, Primitives, QuadSlots, Slots};

backend!(Avx2, is_x86_feature_detected, "avx2", "bmi1", "bmi2", "popcnt", "pclmulqdq");

#[derive(Clone, Copy)]
struct Needles {
    delimiter: __m256i,
    newline: __m256i,
}

// SAFETY: `bit_scan` writes the positions of the bits, the lowest first, and counts them;
// `emit_quad` stores each lane's positions, in their order, where those of the lane before end.
unsafe impl Primitives for Avx2 {
    type Needles = Needles;
    type Needle = __m256i;
    /// The newlines that were found at each byte of a vector.
    type NewlineAccumulator = __m256i;

    #[inline(always)]
    fn needles(self, delimiter: u8) -> Needles {
        // SAFETY: the token proves AVX2.
        unsafe { needles(delimiter) }
    }

    #[inline(always)]
    fn needle(self, byte: u8) -> __m256i {
        // SAFETY: the token proves AVX2.
        unsafe { needle(byte) }
    }

    #[inline(always)]
    fn find(self, block: &Block, needle: __m256i) -> u64 {
        // SAFETY: the token proves AVX2.
        unsafe { find(block, needle) }
    }

    #[inline(always)]
    fn prefix_xor(self, mask: u64) -> u64 {
        // SAFETY: the token proves PCLMULQDQ.
        unsafe { prefix_xor(mask) }
    }

    #[inline(always)]
    fn newline_accumulator(self) -> __m256i {
        // SAFETY: the token proves AVX2.
        unsafe { _mm256_setzero_si256() }
    }

    #[inline(always)]
    fn search(self, block: &Block, needles: Needles, accumulator: &mut __m256i) -> u64 {
        // SAFETY: the token proves AVX2.
        unsafe { search(block, needles, accumulator) }
    }

    #[inline(always)]
    fn newline_count(self, accumulator: __m256i) -> usize {
        // SAFETY: the token proves AVX2.
        unsafe { newline_count(accumulator) }
    }

    #[inline(always)]
    fn emit(self, separators: u64, base: u32, slots: &mut Slots) -> usize {
        bit_scan(separators, base, slots)
    }

    /// Measured, see [`emit_quad`].
    const LEAD_QUADS: Option<usize> = Some(4);

    #[inline(always)]
    fn emit_quad(self, separators: &Masks, base: u32, slots: &mut QuadSlots) -> usize {
        // SAFETY: the token proves AVX2.
        unsafe { emit_quad(separators, base, slots) }
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
    Needles { delimiter: needle(delimiter), newline: needle(b'\n') }
}

#[inline]
#[target_feature(enable = "avx2")]
fn needle(byte: u8) -> __m256i {
    _mm256_set1_epi8(byte.cast_signed())
}

#[inline]
#[target_feature(enable = "avx2")]
fn find(block: &Block, needle: __m256i) -> u64 {
    let mut found = 0;
    for (index, half) in block.as_chunks::<32>().0.iter().enumerate() {
        // SAFETY: the array has the 32 bytes that are read.
        let bytes = unsafe { _mm256_loadu_si256(half.as_ptr().cast()) };
        let equal = _mm256_cmpeq_epi8(bytes, needle);
        found |= u64::from(_mm256_movemask_epi8(equal).cast_unsigned()) << (32 * index);
    }
    found
}

#[inline]
#[target_feature(enable = "pclmulqdq")]
fn prefix_xor(mask: u64) -> u64 {
    let product =
        _mm_clmulepi64_si128::<0>(_mm_cvtsi64_si128(mask.cast_signed()), _mm_set1_epi8(-1));
    _mm_cvtsi128_si64(product).cast_unsigned()
}

#[inline]
#[target_feature(enable = "avx2")]
fn search(block: &Block, needles: Needles, accumulator: &mut __m256i) -> u64 {
    let mut found = 0;
    for (index, half) in block.as_chunks::<32>().0.iter().enumerate() {
        // SAFETY: the array has the 32 bytes that are read.
        let bytes = unsafe { _mm256_loadu_si256(half.as_ptr().cast()) };
        let newlines = _mm256_cmpeq_epi8(bytes, needles.newline);
        let delimiters = _mm256_cmpeq_epi8(bytes, needles.delimiter);
        let separators = _mm256_or_si256(delimiters, newlines);
        found |= u64::from(_mm256_movemask_epi8(separators).cast_unsigned()) << (32 * index);
        // What compares equal is -1.
        *accumulator = _mm256_sub_epi8(*accumulator, newlines);
    }
    found
}

/// Half blocks whose positions are found side by side, one a lane.
const LANES: usize = 8;
const LANE_BYTES: i32 = 32;

/// Positions of a lane that are found whether they exist or not. 32 bytes of log seldom have more.
const STEPS: usize = 6;

/// Writes the positions of eight half blocks side by side.
///
/// A step finds the lowest separator of each lane and takes it away. Turning rows and columns
/// makes a row of each lane, and each row is written where the one before it ends, over what that
/// one has too many. There is no branch but the one on a lane with more than [`STEPS`].
///
/// All emitters in one run, kernel alone, lines of 12 fields and 200 bytes in bursts of 64 KiB, on
/// Zen 3, GB/s; the masks alone are 18 from memory and 49 from the caches,
/// where they, too, go from block to block:
///
/// | emitter                                               | memory | L2 cache |
/// |-------------------------------------------------------|-------:|---------:|
/// | bit scan, 6, 7, 8 writes (see [`bit_scan`])    | 9.7, 10.1, 9.2 | 12.6, 11.3, 9.6 |
/// | bit scan, 5 writes for each half block                |    8.3 |      8.5 |
/// | bit scan, all masks of a group first                  |    9.8 |     12.6 |
/// | hit by hit over a group, no branch on a count         |    5.8 |      8.7 |
/// | side by side, 4 steps, the search 2 quads ahead       |    9.1 |     12.3 |
/// | 5 steps, 2 quads ahead                                |   13.3 |     18.2 |
/// | 8 steps, 4 quads ahead                                |   15.9 |     17.1 |
/// | 6 steps, the search not ahead                         |    9.0 |      9.5 |
/// | 6 steps, 1 quad, 2 quads ahead                        | 15.6, 16.2 | 18.3, 19.2 |
/// | **6 steps, 4 quads ahead**                            | **16.6** | **19.6** |
/// | 6 steps, a whole group ahead                          |   11.7 |     19.8 |
///
/// The masks go through memory, so a search that is not ahead waits for its own stores. The same
/// with four lanes of SSE is worth 10 % over its bit scan, and was left out.
///
/// Writing is the cost, not finding: on Sapphire Rapids the masks alone ran at 27 GB/s, with
/// positions bit by bit at 12, two blocks at once at 10.5, and at 5.9 where the hits of many blocks
/// were counted first. On Zen 3, writing side by side made the model `index` 1.5 times as fast.
/// With its check of rows and its consumer it is at 12 to 13 GB/s, 0.4 of the read limit; 0.8 would
/// take the speed of the masks alone.
#[inline]
#[target_feature(enable = "avx2,popcnt")]
fn emit_quad(separators: &Masks, base: u32, slots: &mut QuadSlots) -> usize {
    let (starts, count) = starts(separators);
    let bases = bases(base);
    // SAFETY: the masks have the 32 bytes that are read.
    let mut lanes = unsafe { _mm256_loadu_si256(separators.as_ptr().cast()) };
    let mut steps = [_mm256_setzero_si256(); STEPS];
    for step in &mut steps {
        *step = take_lowest(&mut lanes, bases);
    }
    let [first, second, third, fourth, fifth, sixth] = steps;
    if _mm256_testz_si256(lanes, lanes) == 0 {
        emit_dense(separators, bases, &starts, slots);
        return count;
    }
    let fours = rows_of_four([first, second, third, fourth]);
    let twos = rows_of_two([fifth, sixth]);
    for lane in 0..LANES {
        // SAFETY: a lane starts after those before it, which have 32 positions each at most; so
        // this far after its start there are slots.
        let row = unsafe { slots.as_mut_ptr().add(starts[lane]) };
        // SAFETY: as above.
        let row_end = unsafe { row.add(4) };
        // SAFETY: there are four slots, as above.
        unsafe { _mm_storeu_si128(row.cast(), fours[lane]) };
        // SAFETY: there are two more, as above.
        unsafe { _mm_storel_epi64(row_end.cast(), twos[lane]) };
    }
    count
}

/// Writes any number of positions: as [`emit_quad`], by fours until none is left.
///
/// All fours of a place go before those of the place before it, so that what a row has too many is
/// written over by the rows after it.
#[inline(never)]
#[target_feature(enable = "avx2,popcnt")]
fn emit_dense(separators: &Masks, bases: __m256i, starts: &[usize; LANES], slots: &mut QuadSlots) {
    // SAFETY: the masks have the 32 bytes that are read.
    let mut lanes = unsafe { _mm256_loadu_si256(separators.as_ptr().cast()) };
    let mut fours = [[_mm_setzero_si128(); LANES]; LANE_BYTES as usize / 4];
    let mut places = 0;
    while _mm256_testz_si256(lanes, lanes) == 0 {
        let mut steps = [_mm256_setzero_si256(); 4];
        for step in &mut steps {
            *step = take_lowest(&mut lanes, bases);
        }
        fours[places] = rows_of_four(steps);
        places += 1;
    }
    for place in (0..places).rev() {
        for lane in 0..LANES {
            // SAFETY: a lane starts after those before it, which have 32 positions each at most,
            // and has 32 slots of its own from there on.
            let row = unsafe { slots.as_mut_ptr().add(starts[lane] + 4 * place) };
            // SAFETY: as above.
            unsafe { _mm_storeu_si128(row.cast(), fours[place][lane]) };
        }
    }
}

/// Returns how many separators there are before each lane, and in all.
#[inline]
#[target_feature(enable = "popcnt")]
fn starts(separators: &Masks) -> ([usize; LANES], usize) {
    let mut starts = [0; LANES];
    let mut count = 0;
    for (mask, starts) in separators.iter().zip(starts.as_chunks_mut().0) {
        let lower = (*mask as u32).count_ones() as usize;
        *starts = [count, count + lower];
        count += lower + (mask >> 32).count_ones() as usize;
    }
    (starts, count)
}

/// Returns what [`take_lowest`] adds in each lane: its start, less the excess of an exponent.
#[inline]
#[target_feature(enable = "avx2")]
fn bases(base: u32) -> __m256i {
    const SIGN_AND_BIAS: i32 = 256 + 127;
    let offsets = _mm256_setr_epi32(0, 1, 2, 3, 4, 5, 6, 7);
    let offsets = _mm256_slli_epi32::<{ LANE_BYTES.ilog2() as i32 }>(offsets);
    let first = _mm256_set1_epi32(base.cast_signed().wrapping_sub(SIGN_AND_BIAS));
    _mm256_add_epi32(first, offsets)
}

/// Takes the lowest set bit of each lane away and returns its position; of a lane without any, it
/// returns anything.
///
/// There is no instruction that counts zeros in lanes. But as a float, a power of two has its
/// logarithm in the exponent. All are made negative since the highest, alone, is so anyway.
#[inline]
#[target_feature(enable = "avx2")]
fn take_lowest(lanes: &mut __m256i, bases: __m256i) -> __m256i {
    let negated = _mm256_sub_epi32(_mm256_setzero_si256(), *lanes);
    let lowest_negated = _mm256_or_si256(*lanes, negated);
    *lanes = _mm256_add_epi32(*lanes, lowest_negated);
    let float = _mm256_castps_si256(_mm256_cvtepi32_ps(lowest_negated));
    _mm256_add_epi32(_mm256_srli_epi32::<23>(float), bases)
}

/// Turns four steps of eight lanes into eight rows of four.
#[inline]
#[target_feature(enable = "avx2")]
fn rows_of_four([first, second, third, fourth]: [__m256i; 4]) -> [__m128i; LANES] {
    let lower = [_mm256_unpacklo_epi32(first, second), _mm256_unpacklo_epi32(third, fourth)];
    let upper = [_mm256_unpackhi_epi32(first, second), _mm256_unpackhi_epi32(third, fourth)];
    halves([
        _mm256_unpacklo_epi64(lower[0], lower[1]),
        _mm256_unpackhi_epi64(lower[0], lower[1]),
        _mm256_unpacklo_epi64(upper[0], upper[1]),
        _mm256_unpackhi_epi64(upper[0], upper[1]),
    ])
}

/// Turns two steps of eight lanes into eight rows of two, in the lower half of a vector each.
#[inline]
#[target_feature(enable = "avx2")]
fn rows_of_two([first, second]: [__m256i; 2]) -> [__m128i; LANES] {
    let lower = _mm256_unpacklo_epi32(first, second);
    let upper = _mm256_unpackhi_epi32(first, second);
    halves([lower, _mm256_unpackhi_epi64(lower, lower), upper, _mm256_unpackhi_epi64(upper, upper)])
}

/// Returns the lower halves, then the upper ones.
#[inline]
#[target_feature(enable = "avx2")]
fn halves([first, second, third, fourth]: [__m256i; 4]) -> [__m128i; LANES] {
    [
        _mm256_castsi256_si128(first),
        _mm256_castsi256_si128(second),
        _mm256_castsi256_si128(third),
        _mm256_castsi256_si128(fourth),
        _mm256_extracti128_si256::<1>(first),
        _mm256_extracti128_si256::<1>(second),
        _mm256_extracti128_si256::<1>(third),
        _mm256_extracti128_si256::<1>(fourth),
    ]
}

/// Adds up the bytes of a newline accumulator.
#[inline]
#[target_feature(enable = "avx2")]
fn newline_count(accumulator: __m256i) -> usize {
    let sums = _mm256_sad_epu8(accumulator, _mm256_setzero_si256());
    let sums = _mm_add_epi64(_mm256_castsi256_si128(sums), _mm256_extracti128_si256::<1>(sums));
    let total = _mm_cvtsi128_si64(sums) + _mm_extract_epi64::<1>(sums);
    total as usize
}
