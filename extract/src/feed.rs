//! Cuts an input into chunks of whole lines, which threads take in turns.

use std::io::Read;
use std::sync::Arc;

use delimark::{BurstLimits, SourceError};
use memmap2::MmapMut;

use crate::allowance::{Allowance, Share};
use crate::line_reader::{Filling, LineBuffer, LineReader};

/// Hands out an input, chunk by chunk, and numbers the chunks.
pub(crate) struct Feed<'m> {
    content: FeedContent<'m>,
    limits: BurstLimits,
    skips_long_lines: bool,
    /// The number of the next chunk.
    number: u64,
    ended: bool,
}

enum FeedContent<'m> {
    /// The rest of an input in memory, and its offset there.
    Memory {
        rest: &'m [u8],
        offset: u64,
    },
    Reader(LineReader),
}

/// A part of an input, which may be the reason that it has no more of them.
pub(crate) struct Chunk<'b> {
    /// The number of chunks before it.
    pub(crate) number: u64,
    /// True if it is one line that is longer than a chunk.
    pub(crate) is_long: bool,
    pub(crate) content: ChunkContent<'b>,
}

pub(crate) enum ChunkContent<'b> {
    /// Whole lines, none of them over the limit, and the offset of the first.
    Lines { bytes: &'b [u8], offset: u64 },
    /// The offset of a line over the limit, which was skipped.
    LongLine { offset: u64 },
    /// The reason that there is no more.
    Failure(SourceError),
}

/// A buffer for chunks of a reader, which is used again and again.
pub(crate) struct ChunkBuffer {
    bytes: Vec<u8>,
    /// The place of lines that are longer than a chunk. A map, since what an allocator gets back it
    /// keeps, for each thread by itself.
    long: Option<MmapMut>,
    /// The bytes of a chunk whose lines are of the usual length.
    usual_bytes: usize,
    share: Share,
}

/// Bytes of lines longer than a chunk that are held at once, in all threads together: one line near
/// to the limit that is usual.
const BYTES_OF_LONG_LINES: usize = 16 << 20;

impl Default for ChunkBuffer {
    fn default() -> Self {
        Self::of(&Allowance::new(BYTES_OF_LONG_LINES))
    }
}

impl ChunkBuffer {
    fn of(allowance: &Arc<Allowance>) -> Self {
        Self { bytes: Vec::new(), long: None, usual_bytes: 0, share: Share::of(allowance) }
    }

    /// Makes another one, for a thread beside this one's: their long lines share an allowance.
    pub(crate) fn another(&self) -> Self {
        Self::of(self.share.allowance())
    }

    /// Lets go of what long lines took, for which another thread may wait.
    pub(crate) fn give_share_back(&mut self) {
        self.long = None;
        self.share.give_back();
    }

    /// Waits until there is room for so many bytes, and moves what there is.
    fn enlarge_long(&mut self, bytes: usize) {
        self.share.enlarge(bytes);
        match MmapMut::map_anon(bytes) {
            Ok(mut map) => {
                let filled = LineBuffer::bytes(self);
                map[..filled.len()].copy_from_slice(filled);
                self.long = Some(map);
            }
            // There may be no maps left where there is memory.
            Err(_) => {
                let map = self.long.take();
                if let Some(map) = map {
                    self.bytes.clear();
                    self.bytes.extend_from_slice(&map);
                }
                self.bytes.enlarge(bytes);
            }
        }
    }
}

impl LineBuffer for ChunkBuffer {
    fn bytes(&self) -> &[u8] {
        self.long.as_deref().unwrap_or(&self.bytes)
    }

    fn bytes_mut(&mut self) -> &mut [u8] {
        self.long.as_deref_mut().unwrap_or(&mut self.bytes)
    }

    fn enlarge(&mut self, bytes: usize) {
        if bytes <= self.bytes().len() {
            return;
        }
        if bytes > self.usual_bytes { self.enlarge_long(bytes) } else { self.bytes.enlarge(bytes) }
    }
}

impl<'m> Feed<'m> {
    /// Hands out bytes in memory in chunks of about this size, of lines up to a limit.
    pub(crate) fn of_memory(bytes: &'m [u8], chunk_bytes: usize, line_bytes: usize) -> Self {
        let content = FeedContent::Memory { rest: bytes, offset: 0 };
        Self::new(content, chunk_bytes, line_bytes)
    }

    /// Hands out what a reader yields.
    pub(crate) fn of_reader(
        reader: Box<dyn Read + Send>,
        chunk_bytes: usize,
        line_bytes: usize,
    ) -> Self {
        Self::new(FeedContent::Reader(LineReader::new(reader)), chunk_bytes, line_bytes)
    }

    fn new(content: FeedContent<'m>, chunk_bytes: usize, line_bytes: usize) -> Self {
        let limits = BurstLimits::new(chunk_bytes, line_bytes);
        Self { content, limits, skips_long_lines: false, number: 0, ended: false }
    }

    /// Hands out the places of lines over the limit, instead of ending there.
    pub(crate) fn with_long_lines_skipped(mut self, are_skipped: bool) -> Self {
        self.skips_long_lines = are_skipped;
        self
    }

    /// Returns the next chunk, in this buffer or in the input itself; `None` at the end, and after
    /// a failure. A long line waits until there is room for it.
    pub(crate) fn next<'b>(&mut self, buffer: &'b mut ChunkBuffer) -> Option<Chunk<'b>>
    where
        'm: 'b,
    {
        if self.ended {
            return None;
        }
        let content = match self.lines(buffer) {
            Ok(Some((bytes, offset))) => ChunkContent::Lines { bytes, offset },
            Ok(None) => {
                self.ended = true;
                return None;
            }
            Err(SourceError::LineTooLong { offset }) if self.skips_long_lines => {
                match self.skip_line() {
                    Ok(()) => ChunkContent::LongLine { offset },
                    Err(error) => self.fail(error),
                }
            }
            Err(error) => self.fail(error),
        };
        let number = self.number;
        self.number += 1;
        let is_long = match content {
            ChunkContent::Lines { bytes, .. } => bytes.len() > self.limits.burst_bytes(),
            _ => false,
        };
        Some(Chunk { number, is_long, content })
    }

    fn fail<'b>(&mut self, error: SourceError) -> ChunkContent<'b> {
        self.ended = true;
        ChunkContent::Failure(error)
    }

    /// Returns the next lines, and the offset of the first.
    fn lines<'b>(
        &mut self,
        buffer: &'b mut ChunkBuffer,
    ) -> Result<Option<(&'b [u8], u64)>, SourceError>
    where
        'm: 'b,
    {
        buffer.usual_bytes = self.limits.burst_bytes();
        let offset = self.offset();
        let bytes: &'b [u8] = match &mut self.content {
            FeedContent::Memory { rest, offset } => {
                let bytes = self.limits.split(rest).map_err(|error| error.at(*offset))?;
                *rest = &rest[bytes.len()..];
                *offset += bytes.len() as u64;
                bytes
            }
            FeedContent::Reader(reader) => {
                let length = reader.read_lines(buffer, self.limits, Filling::Available)?;
                &LineBuffer::bytes(buffer)[..length]
            }
        };
        Ok((!bytes.is_empty()).then_some((bytes, offset)))
    }

    /// Passes over a line over the limit, the next one.
    fn skip_line(&mut self) -> Result<(), SourceError> {
        match &mut self.content {
            FeedContent::Memory { rest, .. } => {
                let length = memchr::memchr(b'\n', rest).map_or(rest.len(), |index| index + 1);
                self.skip(length);
                Ok(())
            }
            FeedContent::Reader(reader) => reader.skip_line().map(drop),
        }
    }

    /// Returns the first bytes of what is left, as many as tell what they begin, and maybe more.
    pub(crate) fn peek(&mut self, enough: impl Fn(&[u8]) -> bool) -> Result<&[u8], SourceError> {
        match &mut self.content {
            FeedContent::Memory { rest, .. } => Ok(rest),
            FeedContent::Reader(reader) => reader.peek(self.limits.burst_bytes(), enough),
        }
    }

    /// Returns the offset of the next byte in the input.
    pub(crate) fn offset(&self) -> u64 {
        match &self.content {
            FeedContent::Memory { offset, .. } => *offset,
            FeedContent::Reader(reader) => reader.offset(),
        }
    }

    /// Passes over bytes that were looked at.
    pub(crate) fn skip(&mut self, bytes: usize) {
        match &mut self.content {
            FeedContent::Memory { rest, offset } => {
                *rest = &rest[bytes..];
                *offset += bytes as u64;
            }
            FeedContent::Reader(reader) => reader.skip(bytes),
        }
    }

    /// Returns the next line with its ending; `None` at the end.
    pub(crate) fn first_line(&mut self) -> Result<Option<Vec<u8>>, SourceError> {
        let (offset, line_bytes) = (self.offset(), self.limits.line_bytes());
        let is_enough = |bytes: &[u8]| bytes.len() > line_bytes || bytes.contains(&b'\n');
        let rest = self.peek(is_enough)?;
        let newline = memchr::memchr(b'\n', &rest[..rest.len().min(line_bytes + 1)]);
        let length = newline.map_or(rest.len(), |index| index + 1);
        if newline.is_none() && length > line_bytes {
            return Err(SourceError::LineTooLong { offset });
        }
        let line = rest[..length].to_vec();
        self.skip(length);
        Ok((!line.is_empty()).then_some(line))
    }
}

#[cfg(test)]
mod tests {
    use std::io;

    use super::*;

    /// Yields a few bytes at a time, and interruptions between them.
    struct Dripping {
        bytes: Vec<u8>,
        at_once: usize,
        is_interrupted: bool,
    }

    impl Read for Dripping {
        fn read(&mut self, room: &mut [u8]) -> io::Result<usize> {
            self.is_interrupted = !self.is_interrupted;
            if self.is_interrupted {
                return Err(io::ErrorKind::Interrupted.into());
            }
            let count = self.at_once.min(room.len()).min(self.bytes.len());
            room[..count].copy_from_slice(&self.bytes[..count]);
            self.bytes.drain(..count);
            Ok(count)
        }
    }

    /// Lists the chunks as offset and bytes; a long line has none, and a failure ends the list.
    fn chunks(mut feed: Feed<'_>) -> Vec<(u64, Option<Vec<u8>>)> {
        let mut buffer = ChunkBuffer::default();
        let mut found = Vec::new();
        while let Some(chunk) = feed.next(&mut buffer) {
            assert_eq!(chunk.number, found.len() as u64);
            found.push(match chunk.content {
                ChunkContent::Lines { bytes, offset } => (offset, Some(bytes.to_vec())),
                ChunkContent::LongLine { offset } => (offset, None),
                ChunkContent::Failure(SourceError::LineTooLong { offset }) => (offset, None),
                ChunkContent::Failure(error) => panic!("{error:?}"),
            });
        }
        assert!(feed.next(&mut buffer).is_none());
        found
    }

    /// Joins chunks that follow each other: where they are cut does not matter.
    fn joined(chunks: Vec<(u64, Option<Vec<u8>>)>) -> Vec<(u64, Option<Vec<u8>>)> {
        let mut joined: Vec<(u64, Option<Vec<u8>>)> = Vec::new();
        for (offset, bytes) in chunks {
            match (joined.last_mut(), bytes) {
                (Some((_, Some(before))), Some(bytes)) => before.extend(bytes),
                (_, bytes) => joined.push((offset, bytes)),
            }
        }
        joined
    }

    const INPUT: &[u8] = b"a|b\n\nlonger than ten\nc\nexactly10!\nlonger than ten, too\n\nend";

    #[test]
    fn readers_and_memory_yield_the_same() {
        let text = |bytes: &[u8]| Some(bytes.to_vec());
        let skipped = [
            (0, text(b"a|b\n\n")),
            (5, None),
            (21, text(b"c\nexactly10!\n")),
            (34, None),
            (55, text(b"\nend")),
        ];
        for chunk_bytes in [1, 2, 5, 11, 1000] {
            for is_skipped in [true, false] {
                let expected = if is_skipped { &skipped[..] } else { &skipped[..2] };
                let feed = Feed::of_memory(INPUT, chunk_bytes, 10);
                let of_memory = chunks(feed.with_long_lines_skipped(is_skipped));
                assert_eq!(joined(of_memory), expected, "chunks of {chunk_bytes}");
                for at_once in [1, 2, 3, 7, 1000] {
                    let bytes = INPUT.to_vec();
                    let reader = Box::new(Dripping { bytes, at_once, is_interrupted: false });
                    let feed = Feed::of_reader(reader, chunk_bytes, 10);
                    let of_reader = chunks(feed.with_long_lines_skipped(is_skipped));
                    assert_eq!(joined(of_reader), expected, "{chunk_bytes} and {at_once}");
                }
            }
        }
    }

    #[test]
    fn what_was_looked_at_comes_again_unless_it_is_passed_over() {
        let reader = |at_once| {
            let bytes = INPUT.to_vec();
            Box::new(Dripping { bytes, at_once, is_interrupted: false })
        };
        for at_once in [1, 4, 1000] {
            for mut feed in [Feed::of_memory(INPUT, 5, 20), Feed::of_reader(reader(at_once), 5, 20)]
            {
                assert!(feed.peek(|bytes| bytes.len() >= 3).unwrap().starts_with(b"a|b"));
                feed.skip(2);
                assert_eq!(feed.first_line().unwrap().as_deref(), Some(&b"b\n"[..]));
                assert_eq!(feed.first_line().unwrap().as_deref(), Some(&b"\n"[..]));
                assert_eq!(joined(chunks(feed)), [(5, Some(INPUT[5..].to_vec()))]);
            }
        }
        let mut feed = Feed::of_memory(INPUT, 5, 2);
        let error = feed.first_line().unwrap_err();
        assert!(matches!(error, SourceError::LineTooLong { offset: 0 }));
        let mut feed = Feed::of_reader(reader(1), 5, 60);
        feed.skip(0);
        while feed.first_line().unwrap().is_some() {}
        assert!(chunks(feed).is_empty());
    }
}
