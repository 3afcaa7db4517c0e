//! Cuts what a reader yields into chunks of whole lines.

use std::io::{self, Read};
use std::time::Instant;

use delimark::{BurstLimits, SourceError};
use delimark_extract::{Deadline, Filling, LineReader};

use crate::chunk::{Chunk, ChunkPool};

/// The bytes of chunks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ChunkSizes {
    /// The fewest bytes to ask for at once.
    pub least: usize,
    /// The most.
    pub most: usize,
}

impl ChunkSizes {
    /// For files, which yield whatever is asked for: as much as stays in the second-level cache
    /// until its values are read. On Sapphire Rapids with 2 MiB of it, 12 typed columns of a log
    /// took 195 ns a line from a path with 256 KiB, 192 with 512, 193 with 1 MiB, 220 with 2 and
    /// 287 with 4. What a record batch has of rows is at most what a chunk has.
    pub const FILE: Self = Self { least: 1 << 20, most: 1 << 20 };

    /// For pipes and sockets: what is there is taken at once, and more is asked for as long as more
    /// comes.
    pub const STREAM: Self = Self { least: 4 << 10, most: 64 << 10 };
}

/// Reads an input as chunks.
///
/// A reader that yields less than it was asked for has no more at the moment: its lines go on
/// without waiting for others, and the next time less is asked for.
pub struct ChunkReader {
    lines: LineReader,
    pool: ChunkPool,
    sizes: ChunkSizes,
    /// The bytes to ask for.
    chunk_bytes: usize,
    line_bytes: usize,
    /// The number of times that each power of two was the size to ask for.
    asked: [u64; usize::BITS as usize],
    /// Sets until when to wait for bytes.
    deadline: Option<Deadline>,
}

/// The outcome of waiting for a chunk.
#[derive(Debug)]
pub enum Arrival {
    /// A chunk.
    Chunk(Chunk),
    /// No whole line in time.
    Late,
    /// The end of the input.
    End,
}

impl ChunkReader {
    /// Reads chunks into buffers of a pool, of lines up to a limit.
    #[must_use]
    pub fn new(
        reader: Box<dyn Read + Send>,
        pool: ChunkPool,
        sizes: ChunkSizes,
        line_bytes: usize,
    ) -> Self {
        let asked = [0; usize::BITS as usize];
        let lines = LineReader::new(reader);
        let chunk_bytes = sizes.least;
        Self { lines, pool, sizes, chunk_bytes, line_bytes, asked, deadline: None }
    }

    /// Lets a chunk be waited for until a point in time, by the deadline of the reader below.
    #[must_use]
    pub fn with_deadline(mut self, deadline: Option<Deadline>) -> Self {
        self.deadline = deadline;
        self
    }

    /// Takes bytes that were read before as the start of the input.
    #[must_use]
    pub fn with_start(mut self, bytes: Vec<u8>) -> Self {
        self.lines = self.lines.with_start(bytes);
        self
    }

    /// Says where in a longer input it begins.
    #[must_use]
    pub fn with_offset(mut self, offset: u64) -> Self {
        self.lines = self.lines.with_offset(offset);
        self
    }

    /// Returns the offset of the next chunk.
    #[must_use]
    pub fn offset(&self) -> u64 {
        self.lines.offset()
    }

    /// Returns the sizes that were asked for, in bytes, and how often each was.
    pub fn sizes_asked(&self) -> impl Iterator<Item = (usize, u64)> {
        let asked = (0..).zip(self.asked).filter(|(_, count)| *count > 0);
        asked.map(|(power, count)| (1 << power, count))
    }

    /// Waits for the next chunk, until a point in time where there is one and the reader has a
    /// [deadline](Self::with_deadline).
    ///
    /// # Errors
    ///
    /// Those of [`next_chunk`](Self::next_chunk).
    pub fn next_chunk_by(&mut self, end: Option<Instant>) -> Result<Arrival, SourceError> {
        let Some(deadline) = self.deadline.clone().filter(|_| end.is_some()) else {
            return Ok(self.next_chunk()?.map_or(Arrival::End, Arrival::Chunk));
        };
        deadline.set(end);
        let next = self.next_chunk();
        deadline.set(None);
        match next {
            Err(SourceError::Input { error, .. }) if error.kind() == io::ErrorKind::WouldBlock => {
                Ok(Arrival::Late)
            }
            next => Ok(next?.map_or(Arrival::End, Arrival::Chunk)),
        }
    }

    /// Reads the next chunk; `None` at the end.
    ///
    /// # Errors
    ///
    /// The input cannot be read, or a line is longer than the limit. After
    /// [`skip_line`](Self::skip_line) it goes on behind that line.
    pub fn next_chunk(&mut self) -> Result<Option<Chunk>, SourceError> {
        let limits = BurstLimits::new(self.chunk_bytes, self.line_bytes);
        let is_stream = self.sizes.least < self.sizes.most;
        let filling = if is_stream { Filling::Available } else { Filling::Full };
        let bytes = limits.burst_bytes().max(self.lines.begun_bytes());
        let mut buffer = self.pool.take(bytes);
        let offset = self.lines.offset();
        let length = self.lines.read_lines(&mut buffer, limits, filling)?;
        self.asked[self.chunk_bytes.ilog2() as usize] += 1;
        self.adapt();
        Ok((length > 0).then(|| buffer.fill(length, offset)))
    }

    /// Asks for more where all came that was asked for, and for less where most of it did not.
    fn adapt(&mut self) {
        match self.lines.last_read() {
            Some((asked, came)) if came == asked => {
                self.chunk_bytes = (self.chunk_bytes * 2).min(self.sizes.most);
            }
            Some((asked, came)) if came < asked / 2 => {
                self.chunk_bytes = (self.chunk_bytes / 2).max(self.sizes.least);
            }
            _ => {}
        }
    }

    /// Passes over the next line, which is longer than the limit. Returns its bytes, the newline
    /// included.
    ///
    /// # Errors
    ///
    /// The input cannot be read.
    pub fn skip_line(&mut self) -> Result<u64, SourceError> {
        self.lines.skip_line()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Yields a few bytes at a time.
    struct Dripping {
        bytes: Vec<u8>,
        at_once: usize,
    }

    impl Read for Dripping {
        fn read(&mut self, room: &mut [u8]) -> io::Result<usize> {
            let count = self.at_once.min(room.len()).min(self.bytes.len());
            room[..count].copy_from_slice(&self.bytes[..count]);
            self.bytes.drain(..count);
            Ok(count)
        }
    }

    const INPUT: &[u8] = b"a|b\n\nlonger than ten\nc\nexactly10!\nlonger than ten, too\n\nend";

    fn reader(at_once: usize, sizes: ChunkSizes, line_bytes: usize) -> ChunkReader {
        let reader = Box::new(Dripping { bytes: INPUT.to_vec(), at_once });
        ChunkReader::new(reader, ChunkPool::new(1 << 20), sizes, line_bytes)
    }

    #[test]
    fn chunks_are_whole_lines_that_follow_each_other() {
        for at_once in [1, 2, 3, 7, 1000] {
            for sizes in [
                ChunkSizes { least: 1, most: 1 },
                ChunkSizes { least: 8, most: 8 },
                ChunkSizes { least: 1, most: 64 },
                ChunkSizes { least: 100, most: 100 },
            ] {
                let mut reader = reader(at_once, sizes, 100);
                let mut all = Vec::new();
                while let Some(chunk) = reader.next_chunk().unwrap() {
                    assert_eq!(chunk.offset(), all.len() as u64);
                    all.extend_from_slice(chunk.as_ref());
                    assert!(all.ends_with(b"\n") || all.len() == INPUT.len());
                    assert!(!chunk.as_ref().is_empty());
                }
                assert_eq!(all, INPUT, "{at_once} {sizes:?}");
                assert!(reader.next_chunk().unwrap().is_none());
            }
        }
    }

    #[test]
    fn long_lines_are_told_and_can_be_skipped() {
        for at_once in [1, 2, 5, 1000] {
            for size in [1, 5, 11, 1000] {
                let mut reader = reader(at_once, ChunkSizes { least: size, most: size }, 10);
                let mut skipped = Vec::new();
                let mut all = Vec::new();
                loop {
                    match reader.next_chunk() {
                        Ok(Some(chunk)) => all.extend_from_slice(chunk.as_ref()),
                        Ok(None) => break,
                        Err(SourceError::LineTooLong { offset }) => {
                            let bytes = reader.skip_line().unwrap();
                            skipped.push((offset, bytes));
                        }
                        Err(error) => panic!("{error:?}"),
                    }
                }
                assert_eq!(skipped, [(5, 16), (34, 21)], "{at_once} {size}");
                assert_eq!(all, b"a|b\n\nc\nexactly10!\n\nend", "{at_once} {size}");
            }
        }
    }

    #[test]
    fn streams_are_asked_for_what_they_have() {
        let sizes = ChunkSizes { least: 4, most: 64 };
        let mut slow = reader(1, sizes, 100);
        while slow.next_chunk().unwrap().is_some() {}
        let (smallest, _) = slow.sizes_asked().next().unwrap();
        assert_eq!(smallest, 4);
        assert!(slow.sizes_asked().all(|(size, _)| size <= 8), "it never has more than a byte");
        let mut fast = reader(1000, sizes, 100);
        while fast.next_chunk().unwrap().is_some() {}
        assert_eq!(fast.sizes_asked().last().unwrap().0, 64);
    }
}
