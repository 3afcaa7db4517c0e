//! Anything that can be read as a source.

use std::io::{self, Read, Seek, SeekFrom};
use std::ops::Range;

use super::{Burst, BurstLimits, Source, SourceError, lines_in_range};

/// Lends what a reader yields from one buffer that is used again and again.
///
/// The buffer grows only for a line that does not fit, up to the line limit. Lines are lent as
/// soon as they are whole: a slow pipe is not waited for until the buffer is full.
#[derive(Debug)]
pub struct ReadSource<R> {
    reader: R,
    buffer: Vec<u8>,
    /// The offset in the buffer of the bytes that have not been lent.
    start: usize,
    /// The end of the bytes that hold input.
    end: usize,
    /// The offset in the input of the byte at `start`.
    offset: u64,
    /// The range of offsets in which lines begin that are lent.
    range: Range<u64>,
    ended: bool,
}

impl<R: Read> ReadSource<R> {
    /// Lends what this reader yields. The reader needs no buffer of its own.
    #[must_use]
    pub fn new(reader: R) -> Self {
        Self::with_buffer(reader, Vec::new())
    }

    /// Makes a source as [`new`](Self::new) does, with a buffer that another source has left, see
    /// [`into_buffer`](Self::into_buffer): file after file is read without an allocation.
    #[must_use]
    pub fn with_buffer(reader: R, buffer: Vec<u8>) -> Self {
        Self { reader, buffer, start: 0, end: 0, offset: 0, range: 0..u64::MAX, ended: false }
    }

    /// Counts offsets as those of an input that has this many bytes before those of the reader.
    #[must_use]
    pub fn with_offset(mut self, offset: u64) -> Self {
        self.offset = offset;
        self
    }

    /// Lends only the lines whose first byte is in this range of offsets, and reads little more:
    /// to the end of the burst that the last of them is in.
    ///
    /// The reader may yield the input from its beginning on, or from any byte before the range
    /// that [`with_offset`](Self::with_offset) names. Whether a line begins with the first byte
    /// of a range, the byte before it tells: a reader that begins with the range begins with a
    /// line. Lines are counted from the first one that is lent.
    ///
    /// # Examples
    ///
    /// A server's answer to `Range: bytes=4-11`, for the lines that begin at 5 to 8:
    ///
    /// ```
    /// use delimark::{Dialect, ReadSource, Scanner};
    ///
    /// let body = &b"c|d\ne|f\n"[..];
    /// let mut scanner = Scanner::new(Dialect::new(b'|')?)?;
    /// let source = ReadSource::new(body).with_offset(4).with_range(5..9);
    /// let mut batches = scanner.scan_source(source);
    /// let batch = batches.next()?.expect("a line begins at 8");
    /// assert_eq!((batch.offset(), batch.as_bytes()), (8, &b"e|f\n"[..]));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[must_use]
    pub fn with_range(mut self, range: Range<u64>) -> Self {
        self.range = range;
        self
    }

    /// Seeks to a range of a file, and lends the lines whose first byte is in it, see
    /// [`lines_in_range`](crate::lines_in_range): [`with_range`](Self::with_range) for whatever can
    /// seek.
    ///
    /// # Errors
    ///
    /// The reader cannot seek there.
    ///
    /// # Examples
    ///
    /// ```
    /// use std::io::Cursor;
    ///
    /// use delimark::{Dialect, ReadSource, Scanner};
    ///
    /// let mut scanner = Scanner::new(Dialect::new(b'|')?)?;
    /// let mut lines = 0;
    /// // Wherever it is cut, every line is in one range.
    /// for range in [0..3, 3..4, 4..100] {
    ///     let file = Cursor::new(b"a|b\nc|d\ne|f\n");
    ///     let mut batches = scanner.scan_source(ReadSource::new(file).seek_to_range(range)?);
    ///     while let Some(batch) = batches.next()? {
    ///         lines += batch.line_count();
    ///     }
    /// }
    /// assert_eq!(lines, 3);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn seek_to_range(mut self, range: Range<u64>) -> io::Result<Self>
    where
        R: Seek,
    {
        let offset = range.start.saturating_sub(1);
        self.reader.seek(SeekFrom::Start(offset))?;
        Ok(self.with_offset(offset).with_range(range))
    }

    /// Gives the buffer back.
    #[must_use]
    pub fn into_buffer(self) -> Vec<u8> {
        self.buffer
    }

    /// Reads once, so that there are at most this many bytes to lend.
    fn fill(&mut self, length: usize) -> Result<(), SourceError> {
        if self.start + length > self.buffer.len() {
            self.buffer.copy_within(self.start..self.end, 0);
            self.end -= self.start;
            self.start = 0;
            if length > self.buffer.len() {
                self.buffer.resize(length, 0);
            }
        }
        let free = &mut self.buffer[self.end..self.start + length];
        loop {
            match self.reader.read(free) {
                Ok(count) => {
                    self.end += count;
                    self.ended = count == 0;
                    return Ok(());
                }
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => {
                    let offset = self.offset + (self.end - self.start) as u64;
                    return Err(SourceError::Input { offset, error });
                }
            }
        }
    }

    /// Lends the next bytes, up to the end of the last line that begins in the range.
    fn lend(&mut self, length: usize) -> Burst<'_> {
        let burst = &self.buffer[self.start..self.start + length];
        let length = match self.range.end - self.offset {
            left if left < length as u64 => lines_in_range(burst, 0..left as usize).end,
            _ => length,
        };
        let burst = Burst { bytes: &burst[..length], offset: self.offset };
        self.start += length;
        self.offset += length as u64;
        burst
    }

    /// Drops what is before the first line that begins in the range.
    fn skip_to_range(&mut self, burst_bytes: usize) -> Result<(), SourceError> {
        while self.offset < self.range.start {
            let rest = &self.buffer[self.start..self.end];
            // The byte before the range tells whether a line begins with it. What no address can
            // reach is not held.
            let before = self.range.start - 1 - self.offset;
            let before = usize::try_from(before).unwrap_or(usize::MAX);
            let newline = rest.get(before..).and_then(|rest| memchr::memchr(b'\n', rest));
            let dropped = newline.map_or(rest.len(), |index| before + index + 1);
            self.start += dropped;
            self.offset += dropped as u64;
            if newline.is_some() || self.ended {
                break;
            }
            // No line begins with the next byte either.
            self.range.start = self.range.start.max(self.offset + 1);
            self.fill(burst_bytes)?;
        }
        Ok(())
    }
}

impl<R: Read> Source for ReadSource<R> {
    fn next_burst(&mut self, limits: BurstLimits) -> Result<Option<Burst<'_>>, SourceError> {
        if self.offset.max(self.range.start) >= self.range.end {
            return Ok(None);
        }
        self.skip_to_range(limits.burst_bytes())?;
        if self.offset >= self.range.end {
            return Ok(None);
        }
        let mut searched = 0;
        loop {
            let rest = &self.buffer[self.start..self.end];
            let end = limits.find_end(rest, searched);
            if let Some(length) = end.map_err(|error| error.at(self.offset))? {
                return Ok(Some(self.lend(length)));
            }
            searched = rest.len();
            if self.ended {
                return Ok((searched > 0).then(|| self.lend(searched)));
            }
            self.fill(limits.bytes_to_hold(searched))?;
        }
    }
}
