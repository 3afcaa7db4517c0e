//! Cuts an input into chunks of whole lines, which threads take in turns.

use std::io::{self, Read};

use delimark::{BurstLimits, SourceError};

/// Hands out an input, chunk by chunk, and numbers the chunks.
pub(crate) struct Feed<'m> {
    content: FeedContent<'m>,
    /// The offset of the next byte in the input.
    offset: u64,
    limits: BurstLimits,
    skips_long_lines: bool,
    /// The number of the next chunk.
    number: u64,
    ended: bool,
}

enum FeedContent<'m> {
    /// The rest of an input in memory.
    Memory(&'m [u8]),
    /// A reader, and the bytes that were read and are not handed out yet.
    Reader { reader: Box<dyn Read + Send>, begun: Vec<u8>, has_ended: bool },
}

/// A part of an input, which may be the reason that it has no more of them.
pub(crate) struct Chunk<'b> {
    /// The number of chunks before it.
    pub(crate) number: u64,
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
#[derive(Default)]
pub(crate) struct ChunkBuffer {
    /// All initialised; what lies after `length` is room.
    bytes: Vec<u8>,
    length: usize,
}

impl ChunkBuffer {
    fn filled(&self) -> &[u8] {
        &self.bytes[..self.length]
    }

    fn set(&mut self, bytes: &[u8]) {
        self.length = 0;
        self.room(bytes.len())[..bytes.len()].copy_from_slice(bytes);
        self.length = bytes.len();
    }

    /// Returns the room after what is filled, up to this many bytes in all.
    fn room(&mut self, bytes: usize) -> &mut [u8] {
        if bytes > self.bytes.len() {
            self.bytes.resize(bytes, 0);
        }
        &mut self.bytes[self.length..bytes]
    }
}

impl<'m> Feed<'m> {
    /// Hands out bytes in memory in chunks of about this size, of lines up to a limit.
    pub(crate) fn of_memory(bytes: &'m [u8], chunk_bytes: usize, line_bytes: usize) -> Self {
        Self::new(FeedContent::Memory(bytes), chunk_bytes, line_bytes)
    }

    /// Hands out what a reader yields.
    pub(crate) fn of_reader(
        reader: Box<dyn Read + Send>,
        chunk_bytes: usize,
        line_bytes: usize,
    ) -> Self {
        let content = FeedContent::Reader { reader, begun: Vec::new(), has_ended: false };
        Self::new(content, chunk_bytes, line_bytes)
    }

    fn new(content: FeedContent<'m>, chunk_bytes: usize, line_bytes: usize) -> Self {
        let limits = BurstLimits::new(chunk_bytes, line_bytes);
        Self { content, offset: 0, limits, skips_long_lines: false, number: 0, ended: false }
    }

    /// Hands out the places of lines over the limit, instead of ending there.
    pub(crate) fn with_long_lines_skipped(mut self, are_skipped: bool) -> Self {
        self.skips_long_lines = are_skipped;
        self
    }

    /// Returns the next chunk, in this buffer or in the input itself; `None` at the end, and after
    /// a failure.
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
        Some(Chunk { number, content })
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
        let offset = self.offset;
        let bytes: &'b [u8] = match &mut self.content {
            FeedContent::Memory(rest) => {
                let bytes = self.limits.split(rest).map_err(|error| error.at(offset))?;
                *rest = &rest[bytes.len()..];
                bytes
            }
            FeedContent::Reader { reader, begun, has_ended } => {
                buffer.set(begun);
                begun.clear();
                let mut searched = 0;
                let length = loop {
                    let found = self.limits.find_end(buffer.filled(), searched);
                    match found {
                        Ok(Some(length)) => break length,
                        Ok(None) if *has_ended => break buffer.length,
                        Ok(None) => {}
                        Err(error) => {
                            begun.extend_from_slice(buffer.filled());
                            return Err(error.at(offset));
                        }
                    }
                    searched = buffer.length;
                    let room = buffer.room(self.limits.bytes_to_hold(searched));
                    match read(reader, room) {
                        Ok(count) => {
                            buffer.length += count;
                            *has_ended = count == 0;
                        }
                        Err(error) => {
                            let offset = offset + buffer.length as u64;
                            return Err(SourceError::Input { offset, error });
                        }
                    }
                };
                begun.extend_from_slice(&buffer.bytes[length..buffer.length]);
                &buffer.bytes[..length]
            }
        };
        self.offset += bytes.len() as u64;
        Ok((!bytes.is_empty()).then_some((bytes, offset)))
    }

    /// Passes over a line over the limit, the next one.
    fn skip_line(&mut self) -> Result<(), SourceError> {
        match &mut self.content {
            FeedContent::Memory(rest) => {
                let length = memchr::memchr(b'\n', rest).map_or(rest.len(), |index| index + 1);
                *rest = &rest[length..];
                self.offset += length as u64;
            }
            FeedContent::Reader { reader, begun, has_ended } => loop {
                if let Some(newline) = memchr::memchr(b'\n', begun) {
                    begun.drain(..=newline);
                    self.offset += newline as u64 + 1;
                    break;
                }
                self.offset += begun.len() as u64;
                begun.clear();
                if *has_ended {
                    break;
                }
                begun.resize(self.limits.burst_bytes().max(SKIPPED_BYTES), 0);
                let read = read(reader, begun);
                begun.truncate(*read.as_ref().unwrap_or(&0));
                match read {
                    Ok(count) => *has_ended = count == 0,
                    Err(error) => return Err(SourceError::Input { offset: self.offset, error }),
                }
            },
        }
        Ok(())
    }

    /// Returns the first bytes of what is left, as many as tell what they begin, and maybe more.
    pub(crate) fn peek(&mut self, enough: impl Fn(&[u8]) -> bool) -> Result<&[u8], SourceError> {
        match &mut self.content {
            FeedContent::Memory(rest) => Ok(rest),
            FeedContent::Reader { reader, begun, has_ended } => {
                while !*has_ended && !enough(begun) {
                    let length = begun.len();
                    begun.resize(length + self.limits.burst_bytes(), 0);
                    let read = read(reader, &mut begun[length..]);
                    begun.truncate(length + read.as_ref().unwrap_or(&0));
                    match read {
                        Ok(count) => *has_ended = count == 0,
                        Err(error) => {
                            let offset = self.offset + begun.len() as u64;
                            return Err(SourceError::Input { offset, error });
                        }
                    }
                }
                Ok(begun)
            }
        }
    }

    /// Returns the offset of the next byte in the input.
    pub(crate) fn offset(&self) -> u64 {
        self.offset
    }

    /// Passes over bytes that were looked at.
    pub(crate) fn skip(&mut self, bytes: usize) {
        match &mut self.content {
            FeedContent::Memory(rest) => *rest = &rest[bytes..],
            FeedContent::Reader { begun, .. } => drop(begun.drain(..bytes)),
        }
        self.offset += bytes as u64;
    }

    /// Returns the next line with its ending; `None` at the end.
    pub(crate) fn first_line(&mut self) -> Result<Option<Vec<u8>>, SourceError> {
        let (offset, line_bytes) = (self.offset, self.limits.line_bytes());
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
