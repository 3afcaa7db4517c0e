//! Byte strings as vectors and engines write them in JSON: a code point for a byte, and long runs
//! counted. They stay as they were written, since a short text can stand for any number of bytes.

use std::fmt;

use serde::Deserialize;
use serde::de::value::{MapAccessDeserializer, SeqAccessDeserializer};
use serde::de::{self, Deserializer, MapAccess, SeqAccess, Visitor};

/// The largest whole number that every reader of JSON takes as it is, 2^53 - 1.
pub(super) const LARGEST: u64 = 9_007_199_254_740_991;

/// A byte string that may be longer than the memory of this machine.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ByteString {
    pieces: Vec<Piece>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
struct Piece {
    unit: Vec<u8>,
    times: u64,
    is_run: bool,
}

impl ByteString {
    /// Returns the number of bytes; `u64::MAX` where it is even more.
    #[must_use]
    pub fn len(&self) -> u64 {
        let lengths = self.pieces.iter().map(|piece| piece.times.saturating_mul(piece.unit_len()));
        lengths.fold(0, u64::saturating_add)
    }

    /// Returns true where there is no byte.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Returns every byte, one after the other.
    pub fn bytes(&self) -> impl Iterator<Item = u8> {
        self.pieces.iter().flat_map(|piece| {
            // A piece without bytes could be repeated for a very long time.
            let times = if piece.unit.is_empty() { 0 } else { piece.times };
            (0..times).flat_map(|_| piece.unit.iter().copied())
        })
    }

    /// Returns all bytes in memory; `None` where they are more than this.
    #[must_use]
    pub fn to_vec(&self, bytes_most: u64) -> Option<Vec<u8>> {
        (self.len() <= bytes_most).then(|| self.bytes().collect())
    }

    /// Returns the rule of vectors that it breaks, if it does: an engine may write runs of several
    /// bytes and empty ones, but a vector has one form.
    pub(super) fn breaks(&self) -> Option<&'static str> {
        let is_run = |piece: &&Piece| piece.is_run;
        if self.pieces.is_empty() {
            Some("a list of strings and repeats is never empty")
        } else if self.pieces.iter().filter(is_run).any(|run| run.unit.len() != 1) {
            Some("a repeat is of one byte")
        } else if self.pieces.iter().any(|piece| !(1..=LARGEST).contains(&piece.times)) {
            Some("a repeat has its byte from 1 to 9007199254740991 times")
        } else {
            None
        }
    }

    /// Returns true where these are exactly its bytes.
    #[must_use]
    pub fn is(&self, bytes: &[u8]) -> bool {
        self.len() == bytes.len() as u64 && self.bytes().eq(bytes.iter().copied())
    }
}

impl Piece {
    fn new(text: &str, times: u64) -> Result<Self, NotAByte> {
        let unit = text.chars().map(|letter| u8::try_from(letter).map_err(|_| NotAByte(letter)));
        Ok(Self { unit: unit.collect::<Result<_, _>>()?, times, is_run: false })
    }

    fn unit_len(&self) -> u64 {
        self.unit.len() as u64
    }
}

/// Says that a letter is no byte.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct NotAByte(char);

impl fmt::Display for NotAByte {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let code = u32::from(self.0);
        write!(formatter, "U+{code:04X} stands for no byte: the last that does is U+00FF")
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Run {
    repeat: String,
    times: u64,
}

impl<'de> Deserialize<'de> for Piece {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct AsPiece;

        impl<'de> Visitor<'de> for AsPiece {
            type Value = Piece;

            fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                formatter.write_str("a string, or a repeat with its times")
            }

            fn visit_str<E: de::Error>(self, text: &str) -> Result<Piece, E> {
                Piece::new(text, 1).map_err(E::custom)
            }

            fn visit_map<A: MapAccess<'de>>(self, fields: A) -> Result<Piece, A::Error> {
                let run = Run::deserialize(MapAccessDeserializer::new(fields))?;
                let piece = Piece::new(&run.repeat, run.times).map_err(de::Error::custom)?;
                Ok(Piece { is_run: true, ..piece })
            }
        }

        deserializer.deserialize_any(AsPiece)
    }
}

impl<'de> Deserialize<'de> for ByteString {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct AsByteString;

        impl<'de> Visitor<'de> for AsByteString {
            type Value = ByteString;

            fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                formatter.write_str("a byte string: a string, or a list of strings and repeats")
            }

            fn visit_str<E: de::Error>(self, text: &str) -> Result<ByteString, E> {
                let piece = Piece::new(text, 1).map_err(E::custom)?;
                Ok(ByteString { pieces: vec![piece] })
            }

            fn visit_seq<A: SeqAccess<'de>>(self, pieces: A) -> Result<ByteString, A::Error> {
                let pieces = Vec::deserialize(SeqAccessDeserializer::new(pieces))?;
                Ok(ByteString { pieces })
            }
        }

        deserializer.deserialize_any(AsByteString)
    }
}

#[cfg(test)]
mod tests {
    use super::ByteString;

    fn parse(json: &str) -> Result<ByteString, serde_json::Error> {
        serde_json::from_str(json)
    }

    #[test]
    fn code_points_are_bytes() {
        for (json, bytes) in [
            (r#""""#, &b""[..]),
            (r#""a\u0000ÿ""#, b"a\0\xff"),
            ("[]", b""),
            (r#"["a",{"repeat":"xy","times":2},"b"]"#, b"axyxyb"),
            (r#"[{"repeat":"","times":18446744073709551615}]"#, b""),
        ] {
            let parsed = parse(json).unwrap();
            assert!(parsed.is(bytes), "{json}");
            assert_eq!(parsed.to_vec(6).as_deref(), Some(bytes), "{json}");
            assert_eq!(parsed.is_empty(), bytes.is_empty(), "{json}");
            assert!(!parsed.is(b"other"), "{json}");
        }
    }

    #[test]
    fn what_is_no_byte_string_is_refused() {
        for json in ["1", "null", r#""€""#, r#"[{"repeat":"x"}]"#, r#"[{"repeat":"x","times":-1}]"#]
        {
            assert!(parse(json).is_err(), "{json}");
        }
    }

    #[test]
    fn a_string_of_any_length_costs_no_memory() {
        let run = r#"{"repeat":"xx","times":18446744073709551615}"#;
        let endless = parse(&format!("[{run},{run}]")).unwrap();
        assert_eq!(endless.len(), u64::MAX);
        assert_eq!(endless.to_vec(1 << 30), None);
        assert!(!endless.is(b"xx"));
        assert_eq!(endless.bytes().take(3).collect::<Vec<_>>(), b"xxx");
    }
}
