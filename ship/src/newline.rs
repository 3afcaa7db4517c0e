//! Newlines: one byte in most encodings, two in UTF-16, whose order nothing but the bytes tells.

use std::ops::Range;

use encoding_rs::{Encoding, UTF_16BE, UTF_16LE};

/// How newlines are written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Newline {
    /// A byte of its own.
    #[default]
    Byte,
    /// Two bytes in UTF-16, the lower or the higher one first. In the other order they would be
    /// U+0A00, which no script has: so a newline is known without what stands at the file's
    /// beginning, wherever reading begins.
    Utf16,
}

impl Newline {
    /// Returns how newlines are written in an encoding.
    pub(crate) fn of(encoding: Option<&'static Encoding>) -> Self {
        if encoding.is_some_and(is_utf16) { Self::Utf16 } else { Self::Byte }
    }

    /// Returns the places of newlines, in order. The offset of the bytes in their input tells where
    /// a letter of two bytes begins.
    pub(crate) fn iter(self, bytes: &[u8], offset: u64) -> impl Iterator<Item = Range<usize>> {
        memchr::memchr_iter(b'\n', bytes).filter_map(move |at| self.around(bytes, offset, at))
    }

    /// Returns the place of the last newline.
    pub(crate) fn last(self, bytes: &[u8], offset: u64) -> Option<Range<usize>> {
        memchr::memrchr_iter(b'\n', bytes).find_map(|at| self.around(bytes, offset, at))
    }

    /// Returns how many of the bytes are whole letters.
    pub(crate) fn whole(self, bytes: &[u8], offset: u64) -> usize {
        match self {
            Self::Byte => bytes.len(),
            Self::Utf16 => bytes.len() - ((offset as usize + bytes.len()) & 1).min(bytes.len()),
        }
    }

    /// Returns the place of the newline that a byte `\n` belongs to, if it does.
    fn around(self, bytes: &[u8], offset: u64, at: usize) -> Option<Range<usize>> {
        if self == Self::Byte {
            return Some(at..at + 1);
        }
        let is_first = (offset as usize + at).is_multiple_of(2);
        let start = if is_first { at } else { at.checked_sub(1)? };
        let pair = bytes.get(start..start + 2)?;
        matches!(pair, [b'\n', 0] | [0, b'\n']).then_some(start..start + 2)
    }
}

/// Tells whether an encoding is UTF-16, in either order.
pub(crate) fn is_utf16(encoding: &'static Encoding) -> bool {
    encoding == UTF_16LE || encoding == UTF_16BE
}

/// Finds out the order of some UTF-16: by the mark at the beginning, by a newline, or by the zeros
/// that letters of Latin have; the given one where nothing tells.
pub(crate) fn utf16_order(
    bytes: &[u8],
    offset: u64,
    otherwise: &'static Encoding,
) -> &'static Encoding {
    if offset == 0 && bytes.starts_with(b"\xff\xfe") {
        return UTF_16LE;
    }
    if offset == 0 && bytes.starts_with(b"\xfe\xff") {
        return UTF_16BE;
    }
    if let Some(newline) = Newline::Utf16.iter(bytes, offset).next() {
        return if bytes[newline.start] == 0 { UTF_16BE } else { UTF_16LE };
    }
    let zeros = |rest: usize| {
        let is_of = |index: &usize| (offset as usize + index) % 2 == rest;
        (0..bytes.len()).filter(is_of).filter(|&index| bytes[index] == 0).count()
    };
    match zeros(1).cmp(&zeros(0)) {
        std::cmp::Ordering::Greater => UTF_16LE,
        std::cmp::Ordering::Less => UTF_16BE,
        std::cmp::Ordering::Equal => otherwise,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Returns where newlines begin.
    fn places(bytes: &[u8], offset: u64) -> Vec<usize> {
        Newline::Utf16.iter(bytes, offset).map(|place| place.start).collect()
    }

    #[test]
    fn newlines_of_both_orders_are_found_and_letters_with_their_bytes_are_not() {
        assert_eq!(places(b"a\0\n\0b\0", 0), [2]);
        assert_eq!(places(b"\0a\0\n\0b", 0), [2]);
        // At an odd offset letters begin at odd places.
        assert_eq!(places(b"\0\n\0b\0", 1), [1]);
        // U+040A and U+0A05, in both orders: a byte \n, and no newline.
        for letters in [&b"\x0a\x04\x05\x0a"[..], b"\x04\x0a\x0a\x05", b"a\x0a\0\x04"] {
            assert!(places(letters, 0).is_empty(), "{letters:?}");
        }
        // Half a newline is none yet.
        assert!(places(b"a\0\n", 0).is_empty());
        assert_eq!(Newline::Utf16.last(b"\n\0\n\0a\0", 0), Some(2..4));
        assert_eq!(Newline::Byte.last(b"\n\0\n\0a\0", 0), Some(2..3));
        assert_eq!((Newline::Utf16.whole(b"abc", 0), Newline::Utf16.whole(b"abc", 1)), (2, 3));
    }

    #[test]
    fn the_order_is_found_out_by_a_mark_a_newline_or_zeros() {
        for (bytes, offset, expected) in [
            (&b"\xff\xfe\0\x04"[..], 0, UTF_16LE),
            (b"\xfe\xff\x04\0", 0, UTF_16BE),
            (b"\x04\x04\0\n", 8, UTF_16BE),
            (b"\x04\x04\n\0", 8, UTF_16LE),
            (b"a\0b\0", 8, UTF_16LE),
            (b"\0a\0b", 8, UTF_16BE),
            (b"\x04\x04", 8, UTF_16BE),
        ] {
            assert_eq!(utf16_order(bytes, offset, UTF_16BE), expected, "{bytes:?}");
        }
    }
}
