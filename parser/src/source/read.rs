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
    /// The bytes of the buffer that were lent last, and are free now.
    lent: usize,
    /// The bytes of the buffer that hold input.
    filled: usize,
    /// The offset in the input of the buffer's first byte.
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
        Self { reader, buffer, lent: 0, filled: 0, offset: 0, ended: false }
    }

    /// Gives the buffer back.
    #[must_use]
    pub fn into_buffer(self) -> Vec<u8> {
        self.buffer
    }

    /// Moves what has not been lent to the front.
    fn discard_lent(&mut self) {
        self.buffer.copy_within(self.lent..self.filled, 0);
        self.offset += self.lent as u64;
        self.filled -= self.lent;
        self.lent = 0;
    }

    /// Reads once behind what is there.
    fn fill(&mut self) -> Result<(), SourceError> {
        loop {
            match self.reader.read(&mut self.buffer[self.filled..]) {
                Ok(count) => {
                    self.filled += count;
                    self.ended = count == 0;
                    return Ok(());
                }
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => {
                    let offset = self.offset + self.filled as u64;
                    return Err(SourceError::Input { offset, error });
                }
            }
        }
    }

    fn lend(&mut self, length: usize) -> Burst<'_> {
        self.lent = length;
        Burst { bytes: &self.buffer[..length], offset: self.offset }
    }
}

impl<R: Read> Source for ReadSource<R> {
    fn next_burst(&mut self, limits: BurstLimits) -> Result<Option<Burst<'_>>, SourceError> {
        self.discard_lent();
        let mut searched = 0;
        loop {
            let found = memchr::memrchr(b'\n', &self.buffer[searched..self.filled]);
            if let Some(index) = found {
                return Ok(Some(self.lend(searched + index + 1)));
            }
            if self.filled > limits.line_bytes() {
                return Err(SourceError::LineTooLong { offset: self.offset });
            }
            if self.ended {
                let length = self.filled;
                return Ok((length > 0).then(|| self.lend(length)));
            }
            searched = self.filled;
            if self.filled == self.buffer.len() || self.buffer.len() < limits.burst_bytes() {
                self.buffer.resize(limits.longer_than(self.filled), 0);
            }
            self.fill()?;
        }
    }
}
