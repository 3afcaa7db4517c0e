//! Where bytes come from: sources lend the input in bursts of whole lines.

mod cut;
mod map;
mod read;
mod slice;

use std::io;

pub use cut::cut_at_newlines;
pub use map::MapSource;
pub use read::ReadSource;
pub use slice::SliceSource;

/// Lends an input, burst by burst.
pub trait Source {
    /// Lends the next burst, or nothing at the end of the input.
    ///
    /// A burst is not empty and ends in `\n`, but for the last one of an input that does not. It
    /// starts where the burst before ended. Any burst holds no line above the limit.
    ///
    /// # Errors
    ///
    /// A line is longer than the limit, or the input cannot be read.
    fn next_burst(&mut self, limits: BurstLimits) -> Result<Option<Burst<'_>>, SourceError>;
}

/// A piece of the input: whole lines.
#[derive(Clone, Copy, Debug)]
pub struct Burst<'a> {
    /// The bytes, newlines included.
    pub bytes: &'a [u8],
    /// The offset of the first byte in the input.
    pub offset: u64,
}

/// How much a source lends at once.
#[derive(Clone, Copy, Debug)]
pub struct BurstLimits {
    burst_bytes: usize,
    line_bytes: usize,
}

impl BurstLimits {
    /// Sets the bytes to lend at once, and the most that a line may have, its `\n` not counted.
    /// Scanners do this; it is public so that sources can be tested.
    #[must_use]
    pub fn new(burst_bytes: usize, line_bytes: usize) -> Self {
        // A burst no longer than the longest line with its newline cannot hold a longer one.
        Self { burst_bytes: burst_bytes.clamp(1, line_bytes + 1), line_bytes }
    }

    /// The bytes to lend at once; more only where a single line needs it.
    #[must_use]
    pub fn burst_bytes(&self) -> usize {
        self.burst_bytes
    }

    /// The most bytes that a line may have, its `\n` not counted.
    #[must_use]
    pub fn line_bytes(&self) -> usize {
        self.line_bytes
    }

    /// Finds where a burst of these bytes ends, the first of which have been searched in vain:
    /// behind the last newline, or behind the first one where a line alone fills a burst.
    fn find_end(&self, bytes: &[u8], searched: usize) -> Option<usize> {
        let rest = &bytes[searched..];
        let newline = if bytes.len() > self.burst_bytes {
            memchr::memchr(b'\n', rest)
        } else {
            memchr::memrchr(b'\n', rest)
        };
        newline.map(|index| searched + index + 1)
    }

    /// How many bytes to look at next, when so many held no newline.
    fn longer_than(&self, bytes: usize) -> usize {
        bytes.saturating_mul(2).clamp(self.burst_bytes, self.line_bytes + 1)
    }
}

/// Why a source has no next burst.
#[derive(Debug)]
#[non_exhaustive]
pub enum SourceError {
    /// The line at this offset is longer than [`BurstLimits::line_bytes`].
    LineTooLong {
        /// The offset of the line's first byte in the input.
        offset: u64,
    },
    /// The input could not be read.
    Input {
        /// How many bytes had been read before.
        offset: u64,
        /// What the operating system said.
        error: io::Error,
    },
}
