//! Anything that can be read as a source.

use std::io::{self, Read};

use super::{Burst, BurstLimits, Source, SourceError};

/// Lends what a reader yields from one buffer that is used again and again.
///
/// The buffer grows only for a line that does not fit, up to the line limit. Lines are lent as
/// soon as they are whole: a slow pipe is not waited for until the buffer is full.
#[derive(Debug)]
pub struct ReadSource<R> {
    reader: R,
    buffer: Vec<u8>,
    /// Where in the buffer the bytes start that have not been lent.
    start: usize,
    /// Where the bytes end that hold input.
    end: usize,
    /// The offset in the input of the byte at `start`.
    offset: u64,
    ended: bool,
}

impl<R: Read> ReadSource<R> {
    /// Lends what this reader yields. The reader needs no buffer of its own.
    #[must_use]
    pub fn new(reader: R) -> Self {
        Self::with_buffer(reader, Vec::new())
    }

    /// As [`new`](Self::new), with a buffer that another source has left, see
    /// [`into_buffer`](Self::into_buffer): file after file is read without an allocation.
    #[must_use]
    pub fn with_buffer(reader: R, buffer: Vec<u8>) -> Self {
        Self { reader, buffer, start: 0, end: 0, offset: 0, ended: false }
    }

    /// Gives the buffer back.
    #[must_use]
    pub fn into_buffer(self) -> Vec<u8> {
        self.buffer
    }

    /// Reads once, so that there are at most so many bytes to lend.
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

    fn lend(&mut self, length: usize) -> Burst<'_> {
        let bytes = &self.buffer[self.start..self.start + length];
        let burst = Burst { bytes, offset: self.offset };
        self.start += length;
        self.offset += length as u64;
        burst
    }
}

impl<R: Read> Source for ReadSource<R> {
    fn next_burst(&mut self, limits: BurstLimits) -> Result<Option<Burst<'_>>, SourceError> {
        let mut searched = 0;
        loop {
            let rest = &self.buffer[self.start..self.end];
            let window = limits.longer_than(searched).min(rest.len());
            if let Some(length) = limits.find_end(&rest[..window], searched) {
                return Ok(Some(self.lend(length)));
            }
            if window > limits.line_bytes() {
                return Err(SourceError::LineTooLong { offset: self.offset });
            }
            let is_all = window == rest.len();
            if is_all && self.ended {
                return Ok((window > 0).then(|| self.lend(window)));
            }
            searched = window;
            if is_all {
                self.fill(limits.longer_than(searched))?;
            }
        }
    }
}
