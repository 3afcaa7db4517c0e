//! Steps with vectors of 16 and 32 bytes.

#![expect(unsafe_code, reason = "intrinsics, under a token that proves the CPU features")]

use std::arch::x86_64::{
    __m128i, __m256i, _mm_and_si128, _mm_cmpeq_epi8, _mm_cmpgt_epi32, _mm_cvtsi32_si128,
    _mm_cvtsi128_si32, _mm_insert_epi32, _mm_loadu_si128, _mm_madd_epi16, _mm_maddubs_epi16,
    _mm_movemask_epi8, _mm_or_si128, _mm_packs_epi32, _mm_packus_epi16, _mm_set1_epi8,
    _mm_set1_epi16, _mm_set1_epi32, _mm_setr_epi8, _mm_shuffle_epi8, _mm_storeu_si128,
    _mm_subs_epu8, _mm_testz_si128, _mm_xor_si128, _mm256_add_epi64, _mm256_and_si256,
    _mm256_broadcastsi128_si256, _mm256_castsi256_pd, _mm256_cmpeq_epi8, _mm256_cmpeq_epi64,
    _mm256_cmpgt_epi64, _mm256_loadu_si256, _mm256_madd_epi16, _mm256_maddubs_epi16,
    _mm256_movemask_epi8, _mm256_movemask_pd, _mm256_mul_epu32, _mm256_or_si256, _mm256_set1_epi8,
    _mm256_set1_epi16, _mm256_set1_epi32, _mm256_set1_epi64x, _mm256_setr_epi32,
    _mm256_setr_epi64x, _mm256_setzero_si256, _mm256_shuffle_epi8, _mm256_slli_epi64,
    _mm256_sllv_epi64, _mm256_srli_epi64, _mm256_storeu_si256, _mm256_sub_epi32, _mm256_sub_epi64,
    _mm256_subs_epu8, _mm256_xor_si256,
};

use super::{Instructions, LOOKED_AT};
use crate::values::{Block, Value};

/// Proves that the CPU has AVX2, BMI1, BMI2 and POPCNT.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Avx2 {
    _proof: (),
}

impl Avx2 {
    /// Returns the token, where the CPU has the features.
    pub(crate) fn detect() -> Option<Self> {
        let has_all = is_x86_feature_detected!("avx2")
            && is_x86_feature_detected!("bmi1")
            && is_x86_feature_detected!("bmi2")
            && is_x86_feature_detected!("popcnt");
        has_all.then_some(Self { _proof: () })
    }

    /// Tells whether all bytes are ASCII.
    pub(crate) fn are_ascii(self, bytes: &[u8]) -> bool {
        // SAFETY: the token proves AVX2.
        unsafe { are_ascii(bytes) }
    }
}

impl Instructions for Avx2 {
    #[inline(always)]
    fn ipv4<const HAS_ROOM: bool>(self, value: Value<'_, HAS_ROOM>) -> ([u8; 4], bool) {
        match value.with_before(0) {
            // SAFETY: the token proves AVX2.
            Some(bytes) => unsafe { ipv4(bytes, value.len()) },
            None => ([0; 4], false),
        }
    }

    #[inline(always)]
    fn integers(self, block: Block<'_>) -> ([u64; 4], u32) {
        // SAFETY: the token proves AVX2.
        unsafe { integers(block) }
    }

    #[inline(always)]
    fn milliseconds(self, block: Block<'_>) -> ([u64; 4], u32) {
        // SAFETY: the token proves AVX2.
        unsafe { milliseconds(block) }
    }

    #[inline(always)]
    fn may_have_blank<const HAS_ROOM: bool>(self, value: Value<'_, HAS_ROOM>) -> bool {
        let length = value.len();
        let Some(bytes) = value.with_before(0) else {
            return true;
        };
        // SAFETY: the token proves AVX2.
        let blanks = unsafe { blanks(bytes) };
        // All bits of those that are longer.
        let of_value = (1_u64 << length.min(LOOKED_AT + 1)) - 1;
        (blanks | 1 << LOOKED_AT) & of_value != 0
    }

    #[inline(always)]
    fn view(self, bytes: &[u8; 16], length: usize, offset: u32) -> u128 {
        // SAFETY: the token proves AVX2.
        unsafe { view(bytes, length, offset) }
    }
}

/// Looks at 128 bytes for each branch, which takes a third of the instructions of the standard
/// library's 16.
#[target_feature(enable = "avx2")]
fn are_ascii(bytes: &[u8]) -> bool {
    let (blocks, rest) = bytes.as_chunks::<128>();
    for block in blocks {
        let mut all = 0;
        for byte in block {
            all |= byte;
        }
        if !all.is_ascii() {
            return false;
        }
    }
    rest.is_ascii()
}

/// Loads 16 bytes.
#[target_feature(enable = "avx2")]
#[inline]
fn load(bytes: &[u8; 16]) -> __m128i {
    // SAFETY: 16 bytes are there to read, wherever they begin.
    unsafe { _mm_loadu_si128(bytes.as_ptr().cast()) }
}

/// Returns the last eight bytes of four values less the digit 0, and their lengths.
#[target_feature(enable = "avx2")]
#[inline]
fn last_eights(block: Block<'_>) -> (__m256i, __m256i) {
    let [s0, s1, s2, s3] = block.spans().map(|span| [span.start as i32, span.end as i32]);
    let spans = _mm256_setr_epi32(s0[0], s0[1], s1[0], s1[1], s2[0], s2[1], s3[0], s3[1]);
    let lengths = _mm256_srli_epi64::<32>(_mm256_sub_epi32(spans, _mm256_slli_epi64::<32>(spans)));
    let last = |value: Value<'_, true>| value.last_eight().unwrap_or_default() as i64;
    let [w0, w1, w2, w3] = block.values().map(last);
    let words = _mm256_setr_epi64x(w0, w1, w2, w3);
    (_mm256_xor_si256(words, _mm256_set1_epi8(b'0' as i8)), lengths)
}

/// Puts the digit 0 in the place of the bytes before the value.
#[target_feature(enable = "avx2")]
#[inline]
fn keep_last(digits: __m256i, lengths: __m256i) -> __m256i {
    // All bytes of those with eight; of longer ones what is left has no meaning.
    let others = _mm256_slli_epi64::<3>(_mm256_sub_epi64(_mm256_set1_epi64x(8), lengths));
    _mm256_and_si256(digits, _mm256_sllv_epi64(_mm256_set1_epi8(-1), others))
}

/// Returns the numbers that eight digits each are, and a bit for each of four where all are digits
/// and nothing is wrong.
#[target_feature(enable = "avx2")]
#[inline]
fn numbers(digits: __m256i, wrong: __m256i) -> ([u64; 4], u32) {
    let not_digits = _mm256_subs_epu8(digits, _mm256_set1_epi8(9));
    let wrong = _mm256_or_si256(not_digits, wrong);
    let usual = _mm256_cmpeq_epi64(wrong, _mm256_setzero_si256());
    // Pairs of digits, then pairs of these: two numbers of four digits in each 64 bits.
    let pairs = _mm256_maddubs_epi16(digits, _mm256_set1_epi16(u16::from_le_bytes([10, 1]) as i16));
    let fours = _mm256_madd_epi16(pairs, _mm256_set1_epi32(100 | 1 << 16));
    let high = _mm256_mul_epu32(fours, _mm256_set1_epi64x(10_000));
    let numbers = _mm256_add_epi64(high, _mm256_srli_epi64::<32>(fours));
    let mut found = [0; 4];
    // SAFETY: 32 bytes are there to write.
    unsafe { _mm256_storeu_si256(found.as_mut_ptr().cast(), numbers) };
    (found, _mm256_movemask_pd(_mm256_castsi256_pd(usual)) as u32)
}

#[target_feature(enable = "avx2")]
#[inline]
fn integers(block: Block<'_>) -> ([u64; 4], u32) {
    let (digits, lengths) = last_eights(block);
    let digits = keep_last(digits, lengths);
    let is_empty = _mm256_cmpeq_epi64(lengths, _mm256_setzero_si256());
    let is_long = _mm256_cmpgt_epi64(lengths, _mm256_set1_epi64x(8));
    numbers(digits, _mm256_or_si256(is_empty, is_long))
}

#[target_feature(enable = "avx2")]
#[inline]
fn milliseconds(block: Block<'_>) -> ([u64; 4], u32) {
    let (digits, lengths) = last_eights(block);
    let digits = keep_last(digits, lengths);
    let is_short = _mm256_cmpgt_epi64(_mm256_set1_epi64x(5), lengths);
    let is_long = _mm256_cmpgt_epi64(lengths, _mm256_set1_epi64x(8));
    // The point is the fifth byte.
    let point = _mm256_set1_epi64x(i64::from(b'.' ^ b'0') << 32);
    let fifth = _mm256_and_si256(digits, _mm256_set1_epi64x(0xff << 32));
    let has_other = _mm256_xor_si256(fifth, point);
    let wrong = _mm256_or_si256(_mm256_or_si256(is_short, is_long), has_other);
    // A digit 0 at the front instead.
    let order = _mm256_broadcastsi128_si256(_mm_setr_epi8(
        -1, 0, 1, 2, 3, 5, 6, 7, -1, 8, 9, 10, 11, 13, 14, 15,
    ));
    numbers(_mm256_shuffle_epi8(digits, order), wrong)
}

/// Returns a bit for each byte that is a blank.
#[target_feature(enable = "avx2")]
#[inline]
fn blanks(bytes: &[u8; LOOKED_AT]) -> u64 {
    // SAFETY: 32 bytes are there to read, wherever they begin.
    let bytes: __m256i = unsafe { _mm256_loadu_si256(bytes.as_ptr().cast()) };
    let equal = _mm256_cmpeq_epi8(bytes, _mm256_set1_epi8(b' ' as i8));
    u64::from(_mm256_movemask_epi8(equal) as u32)
}

/// The bits of a view by the length of its value: of the bytes, and of its length and place.
#[repr(C, align(32))]
#[derive(Clone, Copy)]
struct ViewMasks {
    bytes: [u8; 16],
    place: [u8; 16],
}

/// The bits by the length of a value; the last ones are those of all that have no room.
const VIEW_MASKS: [ViewMasks; 14] = {
    let long = {
        let [mut bytes, mut place] = [[0; 16]; 2];
        let mut index = 0;
        while index < 4 {
            place[index] = 0xff;
            bytes[index + 4] = 0xff;
            place[index + 12] = 0xff;
            index += 1;
        }
        ViewMasks { bytes, place }
    };
    let mut masks = [long; 14];
    let mut length = 0;
    while length < 13 {
        let [mut bytes, mut place] = [[0; 16]; 2];
        let mut index = 0;
        while index < 4 {
            place[index] = 0xff;
            index += 1;
        }
        let mut index = 0;
        while index < length {
            bytes[index + 4] = 0xff;
            index += 1;
        }
        masks[length] = ViewMasks { bytes, place };
        length += 1;
    }
    masks
};

/// The value is where the view has it already, since it was read with the four bytes before it: the
/// place of the length.
#[target_feature(enable = "avx2")]
#[inline]
fn view(bytes: &[u8; 16], length: usize, offset: u32) -> u128 {
    let masks = &VIEW_MASKS[length.min(VIEW_MASKS.len() - 1)];
    let place = _mm_insert_epi32::<3>(_mm_cvtsi32_si128(length as i32), offset as i32);
    let view = _mm_or_si128(
        _mm_and_si128(load(bytes), load(&masks.bytes)),
        _mm_and_si128(place, load(&masks.place)),
    );
    let mut number = 0_u128;
    // SAFETY: 16 bytes are there to write.
    unsafe { _mm_storeu_si128((&raw mut number).cast(), view) };
    number
}

/// An address by the places of its points.
#[repr(C, align(64))]
#[derive(Clone, Copy)]
struct Ipv4Shape {
    /// The byte of the value that each of four bytes for a number is: none, hundreds, tens, ones.
    shuffle: [u8; 16],
    /// The least number that is written with so many digits, as four bytes each.
    least: [u8; 16],
    /// A bit for each point, and one behind the end.
    points: u32,
}

/// The number of bits of [`shape_number`].
const SHAPE_BITS: usize = 8;

/// Returns another number for each of the 81 shapes.
const fn shape_number(points: u32) -> usize {
    (6639_u32.wrapping_mul(points) >> 13) as usize & ((1 << SHAPE_BITS) - 1)
}

/// The shapes by their numbers; the others have no points, and are none.
static IPV4_SHAPES: [Ipv4Shape; 1 << SHAPE_BITS] = {
    let none = Ipv4Shape { shuffle: [0x80; 16], least: [0; 16], points: 0 };
    let mut shapes = [none; 1 << SHAPE_BITS];
    let mut code = 0;
    while code < 81 {
        let digits = [code % 3 + 1, code / 3 % 3 + 1, code / 9 % 3 + 1, code / 27 + 1];
        let mut shape = none;
        let mut start = 0;
        let mut number = 0;
        while number < 4 {
            let count = digits[number];
            let mut digit = 0;
            while digit < count {
                shape.shuffle[4 * number + 4 - count + digit] = (start + digit) as u8;
                digit += 1;
            }
            shape.least[4 * number] = [0, 10, 100][count - 1];
            start += count + 1;
            shape.points |= 1 << (start - 1);
            number += 1;
        }
        assert!(shapes[shape_number(shape.points)].points == 0, "two shapes have one number");
        shapes[shape_number(shape.points)] = shape;
        code += 1;
    }
    shapes
};

/// Finds the points, brings the digits to where their weights are, and adds up.
///
/// This is the way of Wojciech Mula and Daniel Lemire, with a check for zeros that lead.
#[target_feature(enable = "avx2,bmi1,bmi2")]
#[inline]
fn ipv4(bytes: &[u8; 16], length: usize) -> ([u8; 4], bool) {
    let bytes = load(bytes);
    let points = _mm_movemask_epi8(_mm_cmpeq_epi8(bytes, _mm_set1_epi8(b'.' as i8))) as u32;
    // Longer than any address, and the shape has another end.
    let end = 1_u32.wrapping_shl(length.min(31) as u32);
    let points = (points & (end - 1)) | end;
    let shape = &IPV4_SHAPES[shape_number(points)];
    let digits = _mm_xor_si128(bytes, _mm_set1_epi8(b'0' as i8));
    let digits = _mm_shuffle_epi8(digits, load(&shape.shuffle));
    let not_digits = _mm_subs_epu8(digits, _mm_set1_epi8(9));
    let weights = _mm_setr_epi8(0, 100, 10, 1, 0, 100, 10, 1, 0, 100, 10, 1, 0, 100, 10, 1);
    let pairs = _mm_maddubs_epi16(digits, weights);
    let numbers = _mm_madd_epi16(pairs, _mm_set1_epi16(1));
    let too_small = _mm_cmpgt_epi32(load(&shape.least), numbers);
    let too_large = _mm_cmpgt_epi32(numbers, _mm_set1_epi32(255));
    let wrong = _mm_or_si128(_mm_or_si128(not_digits, too_large), too_small);
    let is_usual = (_mm_testz_si128(wrong, wrong) == 1) & (shape.points == points);
    let words = _mm_packs_epi32(numbers, numbers);
    let packed = _mm_packus_epi16(words, words);
    (_mm_cvtsi128_si32(packed).to_le_bytes(), is_usual)
}
