//! The limit on what compressed data may ask to have kept of what was decompressed.

use std::fmt;
use std::str::FromStr;

use crate::byte_size::ByteSize;

/// The largest window of Zstandard data that is decompressed: a power of two of bytes, all of which
/// are kept in memory.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct WindowLimit {
    log: u32,
}

impl WindowLimit {
    /// Returns the base-2 logarithm of the limit in bytes.
    #[cfg(feature = "compression")]
    pub(crate) fn log(self) -> u32 {
        self.log
    }
}

impl Default for WindowLimit {
    /// Returns 32 MiB, which leaves room for chunks and threads in 64 MiB.
    fn default() -> Self {
        Self { log: 25 }
    }
}

impl FromStr for WindowLimit {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let ByteSize(bytes) = text.parse().map_err(|error| format!("{error}"))?;
        let log = bytes.checked_ilog2().filter(|log| (10..=31).contains(log));
        let log = log.filter(|_| bytes.is_power_of_two());
        let log = log.ok_or_else(|| {
            format!("'{text}' is not a power of two from 1KiB to 2GiB, such as 128MiB")
        })?;
        Ok(Self { log })
    }
}

impl fmt::Display for WindowLimit {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (unit_log, unit) = match self.log {
            30.. => (30, "GiB"),
            20.. => (20, "MiB"),
            _ => (10, "KiB"),
        };
        write!(formatter, "{}{unit}", 1_u64 << (self.log - unit_log))
    }
}

/// Says that compressed data ask for a window over the limit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct WindowTooLarge {
    pub(crate) limit: WindowLimit,
}

impl fmt::Display for WindowTooLarge {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "the zstd data need a window over the limit of {}", self.limit)
    }
}

impl std::error::Error for WindowTooLarge {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn powers_of_two_are_limits() {
        for text in ["1KiB", "512KiB", "1MiB", "32MiB", "128MiB", "1GiB", "2GiB"] {
            let limit: WindowLimit = text.parse().unwrap();
            assert_eq!(limit.to_string(), text);
        }
        assert_eq!("33554432".parse(), Ok(WindowLimit::default()));
    }

    #[test]
    fn other_sizes_are_refused() {
        for text in ["0", "512", "48MiB", "4GiB"] {
            let error = text.parse::<WindowLimit>().unwrap_err();
            assert!(error.contains("is not a power of two from 1KiB to 2GiB"), "{error}");
        }
        assert!("x".parse::<WindowLimit>().unwrap_err().contains("is not a size"));
    }
}
