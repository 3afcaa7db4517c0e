//! Sources of bytes: they lend the input in bursts of whole lines.

mod cut;
mod map;
mod read;
mod slice;

use std::{fmt, io};

pub use cut::{cut_at_newlines, lines_in_range};
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

/// A place in an input: where a piece of it begins.
///
/// The default is the beginning of the input.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Place {
    /// The number of bytes before it.
    pub offset: u64,
    /// The number of lines before it.
    pub lines_before: u64,
}

/// A piece of the input: whole lines.
#[derive(Clone, Copy, Debug)]
pub struct Burst<'a> {
    /// The bytes, newlines included.
    pub bytes: &'a [u8],
    /// The offset of the first byte in the input.
    pub offset: u64,
}

/// The limits of what a source lends at once.
#[derive(Clone, Copy, Debug)]
pub struct BurstLimits {
    burst_bytes: usize,
    line_bytes: usize,
}

impl BurstLimits {
    /// The most that a line may ever have: places in a burst are 32-bit numbers.
    pub(crate) const LINE_BYTES_MAXIMUM: usize = 1 << 30;

    /// Sets the bytes to lend at once, and the most that a line may have, its `\n` not counted.
    /// Scanners do this; it is public so that sources can be tested.
    ///
    /// A line may not have more than any dialect allows, see
    /// [`Dialect::MAXIMUM_LINE_LIMIT_BYTES`](crate::Dialect::MAXIMUM_LINE_LIMIT_BYTES), whatever is
    /// given here.
    #[must_use]
    pub fn new(burst_bytes: usize, line_bytes: usize) -> Self {
        let line_bytes = line_bytes.min(Self::LINE_BYTES_MAXIMUM);
        // A burst no longer than the longest line with its newline cannot hold a longer one.
        Self { burst_bytes: burst_bytes.clamp(1, line_bytes + 1), line_bytes }
    }

    /// Returns the bytes to lend at once; more only where a single line needs it.
    #[must_use]
    pub fn burst_bytes(&self) -> usize {
        self.burst_bytes
    }

    /// Returns the most bytes that a line may have, its `\n` not counted.
    #[must_use]
    pub fn line_bytes(&self) -> usize {
        self.line_bytes
    }

    /// Returns the first burst of what is left of an input in memory: all of it where it is short,
    /// and nothing where nothing is left.
    ///
    /// # Errors
    ///
    /// The first line is longer than the limit.
    ///
    /// # Examples
    ///
    /// A source over a list of buffers, each of whole lines:
    ///
    /// ```
    /// use delimark::{Burst, BurstLimits, Dialect, Scanner, Source, SourceError as Error};
    ///
    /// struct Buffers {
    ///     buffers: Vec<Vec<u8>>,
    ///     lent: usize,
    ///     offset: u64,
    /// }
    ///
    /// impl Source for Buffers {
    ///     fn next_burst(&mut self, limits: BurstLimits) -> Result<Option<Burst<'_>>, Error> {
    ///         while self.buffers.last().is_some_and(|buffer| buffer.len() == self.lent) {
    ///             self.buffers.pop();
    ///             self.lent = 0;
    ///         }
    ///         let Some(buffer) = self.buffers.last() else { return Ok(None) };
    ///         let offset = self.offset;
    ///         let bytes = limits.split(&buffer[self.lent..]).map_err(|error| error.at(offset))?;
    ///         self.lent += bytes.len();
    ///         self.offset += bytes.len() as u64;
    ///         Ok(Some(Burst { bytes, offset }))
    ///     }
    /// }
    ///
    /// let buffers = vec![b"e|f\n".to_vec(), b"a|b\nc|d\n".to_vec()];
    /// let mut scanner = Scanner::new(Dialect::new(b'|')?)?;
    /// let mut batches = scanner.scan_source(Buffers { buffers, lent: 0, offset: 0 });
    /// let mut offsets = Vec::new();
    /// while let Some(batch) = batches.next()? {
    ///     offsets.extend(batch.records().map(|record| record.offset()));
    /// }
    /// assert_eq!(offsets, [0, 4, 8]);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn split<'a>(&self, rest: &'a [u8]) -> Result<&'a [u8], LineTooLong> {
        let length = self.find_end(rest, 0)?;
        Ok(&rest[..length.unwrap_or(rest.len())])
    }

    /// Finds where the first burst of what has been read so far ends, for sources that read on
    /// where it does not: after the last newline that is near enough, or after the first one
    /// where a line alone fills a burst.
    ///
    /// `None` if there is no newline: read until there are [`bytes_to_hold`](Self::bytes_to_hold),
    /// or less if no more comes at the moment, and call again, with all that was there now as
    /// `searched_bytes`. At the end of the input, all that is left is the last burst.
    ///
    /// # Errors
    ///
    /// The first line is longer than the limit.
    ///
    /// # Panics
    ///
    /// More bytes have been searched than there are.
    pub fn find_end(
        &self,
        bytes: &[u8],
        searched_bytes: usize,
    ) -> Result<Option<usize>, LineTooLong> {
        let mut searched = searched_bytes;
        loop {
            let window = self.bytes_to_hold(searched).clamp(searched, bytes.len());
            let rest = &bytes[searched..window];
            let newline = if window > self.burst_bytes {
                memchr::memchr(b'\n', rest)
            } else {
                memchr::memrchr(b'\n', rest)
            };
            if let Some(index) = newline {
                return Ok(Some(searched + index + 1));
            }
            if window > self.line_bytes {
                return Err(LineTooLong);
            }
            if window == bytes.len() {
                return Ok(None);
            }
            searched = window;
        }
    }

    /// Returns how many bytes a source holds before it looks for the end of a burst, when this many
    /// held no newline.
    #[must_use]
    pub fn bytes_to_hold(&self, searched_bytes: usize) -> usize {
        searched_bytes.saturating_mul(2).clamp(self.burst_bytes, self.line_bytes + 1)
    }
}

/// Says that a line is longer than [`BurstLimits::line_bytes`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LineTooLong;

impl LineTooLong {
    /// Adds where the line begins.
    #[must_use]
    pub fn at(self, offset: u64) -> SourceError {
        SourceError::LineTooLong { offset }
    }
}

impl fmt::Display for LineTooLong {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("a line is longer than the limit")
    }
}

impl std::error::Error for LineTooLong {}

/// The reason why a source has no next burst.
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
        /// The number of bytes read before.
        offset: u64,
        /// The operating system's error.
        error: io::Error,
    },
}
