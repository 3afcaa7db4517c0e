//! Steps that run on every CPU, eight bytes at a time.

use super::{Instructions, LOOKED_AT};
use crate::values::{Block, Value, usual_integer, usual_milliseconds};

/// Proves nothing: every CPU has what it takes.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Portable;

const ONES: u64 = u64::from_le_bytes([1; 8]);

/// The bytes before a value that are read with its first number.
const BEFORE: usize = 3;

/// A number of an address by the count of its digits: the bytes that they are in a word of four
/// that ends with them, and the least number that is written with so many.
const NUMBERS: [(u32, u32); 4] = [(0, 1), (0xff00_0000, 0), (0xffff_0000, 10), (0xffff_ff00, 100)];

/// The most bytes that a view itself holds.
const INLINE_BYTES: usize = 12;

impl Instructions for Portable {
    #[inline(always)]
    fn ipv4<const HAS_ROOM: bool>(self, value: Value<'_, HAS_ROOM>) -> ([u8; 4], bool) {
        match ipv4(value) {
            Some(numbers) => (numbers, true),
            None => ([0; 4], false),
        }
    }

    #[inline(always)]
    fn integers(self, block: Block<'_>) -> ([u64; 4], u32) {
        one_by_one(block.values().map(usual_integer))
    }

    #[inline(always)]
    fn milliseconds(self, block: Block<'_>) -> ([u64; 4], u32) {
        one_by_one(block.values().map(usual_milliseconds))
    }

    #[inline(always)]
    fn may_have_blank<const HAS_ROOM: bool>(self, value: Value<'_, HAS_ROOM>) -> bool {
        let mut left = value.len();
        let Some(bytes) = value.with_before::<LOOKED_AT>(0).filter(|_| left <= LOOKED_AT) else {
            return true;
        };
        let mut found = 0;
        for word in bytes.as_chunks::<8>().0 {
            // Bytes behind the value count as none.
            let kept = if left >= 8 { u64::MAX } else { (1 << (8 * left)) - 1 };
            found |= equal_bytes(u64::from_le_bytes(*word), b' ') & kept;
            left = left.saturating_sub(8);
        }
        found != 0
    }

    #[inline(always)]
    fn view(self, bytes: &[u8; 16], length: usize, offset: u32) -> u128 {
        let [_, _, _, _, b0, b1, b2, b3, rest @ ..] = *bytes;
        view_of((u32::from_le_bytes([b0, b1, b2, b3]), u64::from_le_bytes(rest)), length, offset)
    }
}

/// Returns four numbers, and a bit for each that is one.
#[inline(always)]
fn one_by_one(found: [(u64, bool); 4]) -> ([u64; 4], u32) {
    let usual = (0..).zip(found).map(|(index, (_, is_usual))| u32::from(is_usual) << index).sum();
    (found.map(|(number, _)| number), usual)
}

/// Returns a word with the highest bit set of each byte that is this one.
#[inline(always)]
fn equal_bytes(word: u64, byte: u8) -> u64 {
    let different = word ^ (ONES * u64::from(byte));
    // A byte that is 0 stays below 128 when 127 is added, and carries into no other.
    let low = (different & (ONES * 0x7f)) + ONES * 0x7f;
    !(low | different) & (ONES * 0x80)
}

/// Returns a bit for each byte of a word that is a point, the first byte's the lowest.
#[inline(always)]
fn points(word: u64) -> u32 {
    // Each factor brings the bit of another byte to the highest byte.
    ((equal_bytes(word, b'.') >> 7).wrapping_mul(0x0102_0408_1020_4080) >> 56) as u32
}

/// Reads the four numbers of an address; nothing where they are not written in the usual way.
///
/// Each is read from where it ends, with the three bytes before it, which takes fewer instructions
/// than to shift a word of sixteen bytes to each.
#[inline(always)]
fn ipv4<const HAS_ROOM: bool>(value: Value<'_, HAS_ROOM>) -> Option<[u8; 4]> {
    // The longest is `255.255.255.255`.
    let 7..=15 = value.len() else {
        return None;
    };
    let bytes: &[u8; BEFORE + 16] = value.with_before(BEFORE)?;
    let [low, high] = *bytes[BEFORE..].as_chunks::<8>().0 else {
        unreachable!("sixteen bytes are twice eight");
    };
    let points = points(u64::from_le_bytes(low)) | points(u64::from_le_bytes(high)) << 8;
    let length = value.len() as u32;
    // A point behind the end, so that all numbers end in one.
    let mut points = (points & ((1 << length) - 1)) | 1 << length;
    let mut numbers = [0; 4];
    let mut unusual = 0;
    let mut start = 0;
    for byte in &mut numbers {
        // 32 where there is none left, and so are the digits too many.
        let end = points.trailing_zeros();
        points &= points.wrapping_sub(1);
        let &(kept, least) = NUMBERS.get((end - start) as usize)?;
        // The offset is that of the first of four: below 16, which spares a check.
        let first = (end as usize).wrapping_sub(1) & 15;
        let [b0, b1, b2, b3] = [0, 1, 2, 3].map(|index| bytes[first + index]);
        let word = (u32::from_le_bytes([b0, b1, b2, b3]) ^ 0x3030_3030) & kept;
        let (hundreds, tens, ones) = ((word >> 8) & 0xff, (word >> 16) & 0xff, word >> 24);
        let number = (hundreds * 10 + tens) * 10 + ones;
        unusual |= (word.wrapping_add(0x0606_0606) | word) & 0xf0f0_f0f0;
        unusual |= u32::from(number < least) | u32::from(number > 255);
        *byte = number as u8;
        start = end + 1;
    }
    (points | unusual == 0).then_some(numbers)
}

/// Makes the view of a value that begins with these bytes, at an offset in the first buffer.
///
/// Without a branch on the length: a column has values on either side of 12 bytes, in no order.
#[inline(always)]
fn view_of((prefix, rest): (u32, u64), length: usize, offset: u32) -> u128 {
    let of_view = &PARTS[length.min(INLINE_BYTES + 1)];
    let low = length as u64 | u64::from(prefix & of_view.prefix) << 32;
    let high = (rest & of_view.rest) | (u64::from(offset) << 32 & of_view.place);
    u128::from(low) | u128::from(high) << 64
}

/// The bits of a view that are in use, by what is there.
#[derive(Clone, Copy)]
struct Parts {
    /// The first four bytes of the value.
    prefix: u32,
    /// The eight bytes behind them.
    rest: u64,
    /// The place of the value, where it has no room in the view.
    place: u64,
}

/// The parts by the length of a value; the last ones are those of all that have no room.
const PARTS: [Parts; INLINE_BYTES + 2] = {
    let mut parts = [Parts { prefix: u32::MAX, rest: 0, place: u64::MAX }; INLINE_BYTES + 2];
    let mut length = 0;
    while length <= INLINE_BYTES {
        let bits = (1_u128 << (8 * length)) - 1;
        parts[length] = Parts { prefix: bits as u32, rest: (bits >> 32) as u64, place: 0 };
        length += 1;
    }
    parts
};
