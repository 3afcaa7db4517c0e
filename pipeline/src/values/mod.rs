//! Values: the bytes of one field, read as numbers, times and addresses, eight bytes at a time.

mod address;
mod decimal;
mod digits;
mod integer;
mod timestamp;

use std::fmt;

pub(crate) use self::address::parse_address;
pub(crate) use self::decimal::{parse_decimal, parse_float};
pub(crate) use self::integer::{parse_integer, parse_unsigned};
pub(crate) use self::timestamp::{TimestampParser, parse_date};

/// The bytes of a value within its burst: those around them may be read along, which saves looking
/// at each byte for the end.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Value<'a> {
    burst: &'a [u8],
    start: usize,
    end: usize,
}

impl<'a> Value<'a> {
    /// Makes a value of a place in a burst.
    #[inline(always)]
    pub(crate) fn new(burst: &'a [u8], start: usize, end: usize) -> Self {
        Self { burst, start, end }
    }

    /// Makes a value of all of these bytes.
    #[cfg(test)]
    pub(crate) fn of(bytes: &'a [u8]) -> Self {
        Self { burst: bytes, start: 0, end: bytes.len() }
    }

    #[inline(always)]
    pub(crate) fn len(self) -> usize {
        self.end - self.start
    }

    #[inline(always)]
    pub(crate) fn as_bytes(self) -> &'a [u8] {
        &self.burst[self.start..self.end]
    }

    /// Returns this many bytes before the value, and as many more as there is room for; zeros
    /// before and behind the burst. Near its ends they are copied.
    #[inline(always)]
    pub(crate) fn with_before<'c, const N: usize>(
        self,
        before: usize,
        copy: &'c mut [u8; N],
    ) -> &'c [u8; N]
    where
        'a: 'c,
    {
        let bytes = self.start.checked_sub(before).and_then(|start| self.burst.get(start..));
        bytes.and_then(<[u8]>::first_chunk).unwrap_or_else(|| self.copy_with_before(before, copy))
    }

    #[cold]
    fn copy_with_before<const N: usize>(self, before: usize, copy: &mut [u8; N]) -> &[u8; N] {
        let start = self.start.saturating_sub(before);
        let missing = before - (self.start - start);
        let bytes = &self.burst[start..];
        let count = bytes.len().min(N - missing);
        copy[missing..missing + count].copy_from_slice(&bytes[..count]);
        copy
    }

    /// Returns the last eight bytes, with those before the value where it is shorter, and zeros
    /// before the burst.
    #[inline(always)]
    pub(crate) fn last_eight(self) -> u64 {
        let last = match self.burst.get(..self.end).and_then(<[u8]>::last_chunk) {
            Some(last) => *last,
            None => self.last_near_start(),
        };
        u64::from_le_bytes(last)
    }

    #[cold]
    fn last_near_start(self) -> [u8; 8] {
        let mut last = [0; 8];
        last[8 - self.end..].copy_from_slice(&self.burst[..self.end]);
        last
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
