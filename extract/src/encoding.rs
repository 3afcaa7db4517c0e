//! Encodings in which bytes are not what they seem: told by a byte order mark, or by NUL bytes.

use std::fmt;

/// The bytes that are looked at for UTF-16 without a byte order mark.
const SAMPLE_BYTES: usize = 1 << 10;

/// An encoding that deserves a note.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Encoding {
    /// UTF-8 with a byte order mark, which is no part of the first field.
    MarkedUtf8,
    /// UTF-16 with a mark.
    MarkedUtf16,
    /// UTF-32 with a mark.
    MarkedUtf32,
    /// UTF-16 by the looks of it: each second byte is NUL.
    Utf16,
}

impl Encoding {
    /// Recognises the encoding of an input that begins with these bytes, in which NUL is no
    /// delimiter or is.
    pub(crate) fn of(start: &[u8], delimiter: u8) -> Option<Self> {
        match start {
            [0xef, 0xbb, 0xbf, ..] => Some(Self::MarkedUtf8),
            [0xff, 0xfe, 0, 0, ..] | [0, 0, 0xfe, 0xff, ..] => Some(Self::MarkedUtf32),
            [0xff, 0xfe, ..] | [0xfe, 0xff, ..] => Some(Self::MarkedUtf16),
            _ if delimiter != 0 && has_nul_in_each_pair(start) => Some(Self::Utf16),
            _ => None,
        }
    }

    /// Returns true if these bytes are enough to recognise an encoding.
    pub(crate) fn is_enough(start: &[u8]) -> bool {
        start.len() >= 4 || start.contains(&b'\n')
    }

    /// Returns how many bytes at the start of the input are no part of it.
    pub(crate) fn mark_bytes(self) -> usize {
        if self == Self::MarkedUtf8 { 3 } else { 0 }
    }
}

/// Tells whether the first line has one NUL in nearly every pair of bytes, always the same one.
fn has_nul_in_each_pair(start: &[u8]) -> bool {
    let sample = &start[..start.len().min(SAMPLE_BYTES)];
    let nul_count =
        |parity: usize| sample.iter().skip(parity).step_by(2).filter(|&&byte| byte == 0).count();
    let (even, odd) = (nul_count(0), nul_count(1));
    let pairs = sample.len() / 2;
    pairs >= 2 && even.min(odd) == 0 && even.max(odd) * 4 >= pairs * 3
}

impl fmt::Display for Encoding {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let converted = "is taken byte by byte; to convert it: iconv -f UTF-16 -t UTF-8";
        match self {
            Self::MarkedUtf8 => {
                formatter.write_str("the byte order mark that it begins with is left out")
            }
            Self::MarkedUtf16 => {
                write!(formatter, "it begins with a byte order mark of UTF-16, and {converted}")
            }
            Self::MarkedUtf32 => formatter.write_str(
                "it begins with a byte order mark of UTF-32, and is taken byte by byte; to convert \
                 it: iconv -f UTF-32 -t UTF-8",
            ),
            Self::Utf16 => {
                write!(formatter, "each second byte is NUL: it seems to be UTF-16, and {converted}")
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn marks_and_nuls_tell() {
        for (start, expected) in [
            (&b""[..], None),
            (b"a|b\n", None),
            (b"\xef\xbb\xbf", Some(Encoding::MarkedUtf8)),
            (b"\xef\xbb", None),
            (b"\xff\xfea\0", Some(Encoding::MarkedUtf16)),
            (b"\xfe\xff\0a", Some(Encoding::MarkedUtf16)),
            (b"\xff\xfe\0\0", Some(Encoding::MarkedUtf32)),
            (b"\0\0\xfe\xff", Some(Encoding::MarkedUtf32)),
            (b"a\0|\0b\0\n\0", Some(Encoding::Utf16)),
            (b"\0a\0|\0b\0\n", Some(Encoding::Utf16)),
            (b"a\0", None),
            (b"a|\0\0\0\0\0\0\0\0\n", None),
            (b"\0\0\0\0\0\0\0\0", None),
            (b"some text with a NUL\0 in it", None),
        ] {
            assert_eq!(Encoding::of(start, b'|'), expected, "{}", start.escape_ascii());
        }
        assert_eq!(Encoding::of(b"a\0b\0c\0d\0", 0), None);
    }
}
