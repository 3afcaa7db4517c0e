//! Byte strings as vectors and engines write them in JSON: a code point for a byte, and long runs
//! counted. They stay as they were written, since a short text can stand for any number of bytes.

use std::fmt;

use serde::Deserialize;
use serde::de::{self, Deserializer};

/// A byte string that may be longer than the memory of this machine.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ByteString {
    pieces: Vec<Piece>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
struct Piece {
    unit: Vec<u8>,
    times: u64,
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

    /// Returns true where these are exactly its bytes.
    #[must_use]
    pub fn is(&self, bytes: &[u8]) -> bool {
        self.len() == bytes.len() as u64 && self.bytes().eq(bytes.iter().copied())
    }
}

impl Piece {
    fn new(text: &str, times: u64) -> Result<Self, NotAByte> {
        let unit = text.chars().map(|letter| u8::try_from(letter).map_err(|_| NotAByte(letter)));
        Ok(Self { unit: unit.collect::<Result<_, _>>()?, times })
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
#[serde(untagged, expecting = "a byte string: a string, or a list of strings and repeats")]
enum Written {
    Text(String),
    Pieces(Vec<WrittenPiece>),
}

#[derive(Deserialize)]
#[serde(untagged, expecting = "a string, or a repeat with its times")]
enum WrittenPiece {
    Text(String),
    Run(Run),
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Run {
    repeat: String,
    times: u64,
}

impl<'de> Deserialize<'de> for ByteString {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let pieces = match Written::deserialize(deserializer)? {
            Written::Text(text) => Piece::new(&text, 1).map(|piece| vec![piece]),
            Written::Pieces(pieces) => pieces
                .iter()
                .map(|piece| match piece {
                    WrittenPiece::Text(text) => Piece::new(text, 1),
                    WrittenPiece::Run(run) => Piece::new(&run.repeat, run.times),
                })
                .collect(),
        };
        pieces.map(|pieces| Self { pieces }).map_err(de::Error::custom)
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
