//! Sizes as people type them, with units.

use std::fmt;
use std::str::FromStr;

/// A number of bytes, written plainly or in KiB, MiB or GiB.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ByteSize(pub usize);

const UNITS: [(&str, usize); 4] = [("KiB", 1 << 10), ("MiB", 1 << 20), ("GiB", 1 << 30), ("B", 1)];

impl FromStr for ByteSize {
    type Err = ByteSizeError;

    fn from_str(text: &str) -> Result<Self, ByteSizeError> {
        let (number, unit_bytes) = UNITS
            .into_iter()
            .find_map(|(unit, bytes)| Some((text.strip_suffix(unit)?.trim_end(), bytes)))
            .unwrap_or((text, 1));
        let bytes = number.parse::<usize>().ok().and_then(|count| count.checked_mul(unit_bytes));
        bytes.map(Self).ok_or_else(|| ByteSizeError { text: text.to_owned() })
    }
}

/// Says that a text is not a size.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ByteSizeError {
    text: String,
}

impl fmt::Display for ByteSizeError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "'{}' is not a size such as 4096, 512KiB, 16MiB or 1GiB", self.text)
    }
}

impl std::error::Error for ByteSizeError {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_numbers_with_and_without_unit() {
        for (text, bytes) in [
            ("4096", 4096),
            ("7B", 7),
            ("512KiB", 512 << 10),
            ("16 MiB", 16 << 20),
            ("1GiB", 1 << 30),
        ] {
            assert_eq!(text.parse(), Ok(ByteSize(bytes)));
        }
    }

    #[test]
    fn rejects_what_is_no_size() {
        for text in ["", "MiB", "-1", "1.5MiB", "16MB", "99999999999GiB"] {
            assert!(text.parse::<ByteSize>().is_err(), "{text}");
        }
    }
}
