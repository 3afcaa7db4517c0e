//! Cuts what a reader yields into chunks of whole lines.

use std::io::{self, Read};

use delimark::{BurstLimits, SourceError};

use crate::chunk::{Chunk, ChunkPool, PoolBuffer};

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
    reader: Box<dyn Read + Send>,
    pool: ChunkPool,
    sizes: ChunkSizes,
    /// The bytes to ask for.
    chunk_bytes: usize,
    line_bytes: usize,
    /// The start of a line whose end has not been read.
    begun: Vec<u8>,
    /// The offset of the next chunk.
    offset: u64,
    has_ended: bool,
    /// The error that ended it, until it is told: whole lines before it come first.
    failure: Option<io::Error>,
    /// The number of times that each power of two was the size to ask for.
    asked: [u64; usize::BITS as usize],
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
        Self {
            reader,
            pool,
            sizes,
            chunk_bytes: sizes.least,
            line_bytes,
            begun: Vec::new(),
            offset: 0,
            has_ended: false,
            failure: None,
            asked: [0; usize::BITS as usize],
        }
    }

    /// Takes bytes that were read before as the start of the input.
    #[must_use]
    pub fn with_start(mut self, bytes: Vec<u8>) -> Self {
        self.begun = bytes;
        self
    }

    /// Says where in a longer input it begins.
    #[must_use]
    pub fn with_offset(mut self, offset: u64) -> Self {
        self.offset = offset;
        self
    }

    /// Returns the offset of the next chunk.
    #[must_use]
    pub fn offset(&self) -> u64 {
        self.offset
    }

    /// Returns the sizes that were asked for, in bytes, and how often each was.
    pub fn sizes_asked(&self) -> impl Iterator<Item = (usize, u64)> {
        let asked = (0..).zip(self.asked).filter(|(_, count)| *count > 0);
        asked.map(|(power, count)| (1 << power, count))
    }

    /// Reads the next chunk; `None` at the end.
    ///
    /// # Errors
    ///
    /// The input cannot be read, or a line is longer than the limit. After
    /// [`skip_line`](Self::skip_line) it goes on behind that line.
    pub fn next_chunk(&mut self) -> Result<Option<Chunk>, SourceError> {
        if let Some(error) = self.failure.take_if(|_| !self.begun.contains(&b'\n')) {
            let offset = self.offset + self.begun.len() as u64;
            self.begun.clear();
            return Err(SourceError::Input { offset, error });
        }
        let limits = BurstLimits::new(self.chunk_bytes, self.line_bytes);
        let mut buffer = self.pool.take(self.chunk_bytes.max(self.begun.len()));
        self.asked[self.chunk_bytes.ilog2() as usize] += 1;
        let mut length = self.begun.len();
        buffer.as_mut()[..length].copy_from_slice(&self.begun);
        self.begun.clear();
        let mut searched = 0;
        loop {
            let is_full = length == buffer.as_bytes().len();
            let filled = &buffer.as_bytes()[..length];
            // A chunk is cut after the last newline, or behind the first one of a long line.
            match limits.find_end(filled, searched) {
                Ok(Some(end)) if is_full || self.has_ended => {
                    return Ok(Some(self.cut(buffer, end, length)));
                }
                Ok(None) if self.failure.is_some() => {
                    self.begun.extend_from_slice(filled);
                    return self.next_chunk();
                }
                Ok(None) if self.has_ended => {
                    let chunk = (length > 0).then(|| self.cut(buffer, length, length));
                    return Ok(chunk);
                }
                Ok(Some(_)) => {}
                Ok(None) => searched = length,
                Err(error) => {
                    self.begun.extend_from_slice(filled);
                    return Err(error.at(self.offset));
                }
            }
            if is_full {
                buffer.enlarge(limits.bytes_to_hold(length).max(length + 1));
            }
            let room = &mut buffer.as_mut()[length..];
            let asked = room.len();
            match read(&mut self.reader, room) {
                Ok(count) => {
                    length += count;
                    self.has_ended = count == 0;
                    self.adapt(count, asked);
                    let filled = &buffer.as_bytes()[..length];
                    // Nothing more comes at the moment: what is whole goes on.
                    if self.sizes.least < self.sizes.most
                        && count < asked
                        && let Some(last) = memchr::memrchr(b'\n', &filled[length - count..])
                    {
                        let end = length - count + last + 1;
                        return Ok(Some(self.cut(buffer, end, length)));
                    }
                }
                Err(error) => {
                    self.failure = Some(error);
                    self.has_ended = true;
                }
            }
        }
    }

    /// Asks for more where all came that was asked for, and for less where most of it did not.
    fn adapt(&mut self, count: usize, asked: usize) {
        if count == asked {
            self.chunk_bytes = (self.chunk_bytes * 2).min(self.sizes.most);
        } else if count < asked / 2 {
            self.chunk_bytes = (self.chunk_bytes / 2).max(self.sizes.least);
        }
    }

    /// Makes a chunk of what is before `end`, and keeps the rest of what was read.
    fn cut(&mut self, buffer: PoolBuffer, end: usize, length: usize) -> Chunk {
        self.begun.extend_from_slice(&buffer.as_bytes()[end..length]);
        let offset = self.offset;
        self.offset += end as u64;
        buffer.fill(end, offset)
    }

    /// Passes over the next line, which is longer than the limit. Returns its bytes, the newline
    /// included.
    ///
    /// # Errors
    ///
    /// The input cannot be read.
    pub fn skip_line(&mut self) -> Result<u64, SourceError> {
        let start = self.offset;
        loop {
            if let Some(newline) = memchr::memchr(b'\n', &self.begun) {
                self.begun.drain(..=newline);
                self.offset += newline as u64 + 1;
                break;
            }
            self.offset += self.begun.len() as u64;
            self.begun.clear();
            if self.has_ended {
                break;
            }
            self.begun.resize(SKIPPED_BYTES, 0);
            let count = read(&mut self.reader, &mut self.begun);
            self.begun.truncate(*count.as_ref().unwrap_or(&0));
            match count {
                Ok(count) => self.has_ended = count == 0,
                Err(error) => return Err(SourceError::Input { offset: self.offset, error }),
            }
        }
        Ok(self.offset - start)
    }
}

/// Bytes that are read at once to be passed over.
const SKIPPED_BYTES: usize = 64 << 10;

/// Reads once.
fn read(reader: &mut Box<dyn Read + Send>, room: &mut [u8]) -> io::Result<usize> {
    loop {
        match reader.read(room) {
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            result => return result,
        }
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
