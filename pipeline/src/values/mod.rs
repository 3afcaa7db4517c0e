//! Values: the bytes of one field, read as numbers, times and addresses, eight bytes at a time.

mod address;
mod decimal;
mod digits;
mod integer;
mod timestamp;

use std::fmt;

use delimark::Span;

pub(crate) use self::address::{parse_address, usual_address};
pub(crate) use self::decimal::{parse_decimal, parse_float, usual_milliseconds};
pub(crate) use self::integer::{parse_integer, parse_unsigned, usual_integer};
pub(crate) use self::timestamp::{TimestampParser, parse_date};
use crate::schema::Nulls;

/// The bytes before a value that has room.
const ROOM_BEFORE: usize = 8;

/// The bytes from the first one of a value on, where it has room.
const ROOM_FROM_START: usize = 32;

/// The bytes of a value within its burst: those around them may be read along, which saves looking
/// at each byte for the end.
///
/// One that has room is at least eight bytes from the start of the burst, and its first byte is 32
/// from the end.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Value<'a, const HAS_ROOM: bool = false> {
    burst: &'a [u8],
    start: usize,
    end: usize,
}

impl<'a> Value<'a> {
    /// Makes a value of a place in a burst.
    ///
    /// # Panics
    ///
    /// The burst does not have it.
    #[cfg(test)]
    pub(crate) fn new(burst: &'a [u8], start: usize, end: usize) -> Self {
        assert!(start <= end && end <= burst.len());
        Self { burst, start, end }
    }

    /// Makes a value of a place in a burst, if it has it.
    #[inline(always)]
    pub(crate) fn at(burst: &'a [u8], span: Span) -> Option<Self> {
        let (start, end) = (span.start as usize, span.end as usize);
        (start <= end && end <= burst.len()).then_some(Self { burst, start, end })
    }

    /// Makes a value of all of these bytes.
    pub(crate) fn of(bytes: &'a [u8]) -> Self {
        Self { burst: bytes, start: 0, end: bytes.len() }
    }
}

impl<'a, const HAS_ROOM: bool> Value<'a, HAS_ROOM> {
    #[inline(always)]
    pub(crate) fn len(self) -> usize {
        self.end - self.start
    }

    /// Returns the offset of the value in its burst.
    #[inline(always)]
    pub(crate) fn start(self) -> u32 {
        self.start as u32
    }

    /// Tells whether the value stands for nothing.
    #[inline(always)]
    pub(crate) fn is_null(self, nulls: Nulls) -> bool {
        let is_dash = |[first]: &[u8; 1]| nulls.dash & (self.len() == 1) & (*first == b'-');
        self.with_before(0).is_some_and(is_dash) | (nulls.empty & (self.len() == 0))
    }

    /// Returns this many bytes before the value, and as many more as there is room for; nothing
    /// near the ends of the burst.
    #[inline(always)]
    #[expect(unsafe_code, reason = "room was looked for once, for many values")]
    pub(crate) fn with_before<const N: usize>(self, before: usize) -> Option<&'a [u8; N]> {
        if HAS_ROOM && before <= ROOM_BEFORE && N - before <= ROOM_FROM_START {
            // SAFETY: only `Roomy` makes such values, and has found this much room around them.
            let bytes = unsafe { self.burst.get_unchecked(self.start - before..) };
            // SAFETY: as above.
            return Some(unsafe { &*bytes.as_ptr().cast() });
        }
        // Beyond the end where it begins before the burst.
        self.burst.get(self.start.wrapping_sub(before)..).and_then(<[u8]>::first_chunk)
    }

    /// Returns the last eight bytes, with those before the value where it is shorter; nothing near
    /// the start of the burst.
    #[inline(always)]
    #[expect(unsafe_code, reason = "room was looked for once, for many values")]
    pub(crate) fn last_eight(self) -> Option<u64> {
        let last: &[u8; 8] = if HAS_ROOM {
            // SAFETY: only `Roomy` makes such values, which are inside, and begin at 8 or later.
            let bytes = unsafe { self.burst.get_unchecked(self.end - ROOM_BEFORE..self.end) };
            // SAFETY: there are eight.
            unsafe { &*bytes.as_ptr().cast() }
        } else {
            self.burst.get(..self.end).and_then(<[u8]>::last_chunk)?
        };
        Some(u64::from_le_bytes(*last))
    }
}

/// The values of a column in a burst, which all have room.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Roomy<'a> {
    burst: &'a [u8],
    spans: &'a [Span],
}

impl<'a> Roomy<'a> {
    /// Looks for room around all of these places: one check of many spares two for each.
    #[inline(always)]
    pub(crate) fn new(burst: &'a [u8], spans: &'a [Span]) -> Option<Self> {
        let last_start = burst.len().checked_sub(ROOM_FROM_START)? as u32;
        let (first_start, last_end) = (ROOM_BEFORE as u32, burst.len() as u32);
        // Without a branch, so that it is done with vectors.
        let mut has_none = false;
        for &Span { start, end } in spans {
            has_none |= (start < first_start) | (start > last_start);
            has_none |= (end < start) | (end > last_end);
        }
        (!has_none).then_some(Self { burst, spans })
    }

    /// Returns the values four by four, and those that are left.
    #[inline(always)]
    pub(crate) fn blocks(
        self,
    ) -> (impl Iterator<Item = Block<'a>>, impl Iterator<Item = Value<'a, true>>) {
        let Self { burst, spans } = self;
        let (blocks, rest) = spans.as_chunks();
        let blocks = blocks.iter().map(move |spans| Block { burst, spans });
        (blocks, Roomy { burst, spans: rest }.values())
    }

    /// Returns the values.
    #[inline(always)]
    pub(crate) fn values(self) -> impl ExactSizeIterator<Item = Value<'a, true>> {
        let Self { burst, spans } = self;
        let value =
            move |span: &Span| Value { burst, start: span.start as usize, end: span.end as usize };
        spans.iter().map(value)
    }
}

/// Four values that have room.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Block<'a> {
    burst: &'a [u8],
    spans: &'a [Span; 4],
}

impl<'a> Block<'a> {
    /// Returns their places.
    #[inline(always)]
    pub(crate) fn spans(self) -> &'a [Span; 4] {
        self.spans
    }

    /// Returns them one by one.
    #[inline(always)]
    pub(crate) fn values(self) -> [Value<'a, true>; 4] {
        let Self { burst, spans } = self;
        spans.map(|span| Value { burst, start: span.start as usize, end: span.end as usize })
    }
}

/// The reason why a value is not of its column's type. It reads on behind "the value".
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum ValueError {
    /// It is no whole number.
    NotInteger,
    /// It is no number.
    NotNumber,
    /// It is a number that the type has no room for.
    OutOfRange,
    /// It is a number with more digits after the point than the type keeps.
    TooPrecise {
        /// The digits that the type keeps.
        scale: u8,
    },
    /// It is not written as the column's times are.
    NotTime,
    /// It is written as a time, and there is no such day or hour.
    NoSuchTime,
    /// It is a time before the year 0 or after 9999, which has no form of four digits.
    OutOfYears,
    /// It is no IP address.
    NotAddress,
    /// It is neither true nor false.
    NotBoolean,
    /// It has a byte that is not UTF-8.
    NotUtf8 {
        /// The offset of that byte in the value.
        offset: usize,
    },
    /// It is not there, where the column needs one.
    Missing,
}

impl fmt::Display for ValueError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NotInteger => formatter.write_str("is no whole number"),
            Self::NotNumber => formatter.write_str("is no number"),
            Self::OutOfRange => formatter.write_str("is a number out of the type's range"),
            Self::TooPrecise { scale } => {
                write!(formatter, "has more than {scale} digits after the point")
            }
            Self::NotTime => formatter.write_str("is not written as the format's times are"),
            Self::NoSuchTime => formatter.write_str("is a day or hour that does not exist"),
            Self::OutOfYears => formatter.write_str("is not in the years 0 to 9999"),
            Self::NotAddress => formatter.write_str("is no IP address"),
            Self::NotBoolean => formatter.write_str("is neither true nor false"),
            Self::NotUtf8 { offset } => write!(formatter, "is not UTF-8 at its byte {offset}"),
            Self::Missing => formatter.write_str("is missing, which the schema does not allow"),
        }
    }
}

impl std::error::Error for ValueError {}
