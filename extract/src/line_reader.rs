//! Reads whole lines into buffers that are lent: what cuts pipes and files into chunks, here and in
//! the pipeline to columns.

use std::io::{self, Read};

use delimark::{BurstLimits, SourceError};

/// A buffer for whole lines.
pub trait LineBuffer {
    /// Returns all of its bytes, also those in which there is nothing yet.
    fn bytes(&self) -> &[u8];

    /// Returns the same to be written.
    fn bytes_mut(&mut self) -> &mut [u8];

    /// Makes it at least so long, and keeps what is in it.
    fn enlarge(&mut self, bytes: usize);
}

impl LineBuffer for Vec<u8> {
    fn bytes(&self) -> &[u8] {
        self
    }

    fn bytes_mut(&mut self) -> &mut [u8] {
        self
    }

    fn enlarge(&mut self, bytes: usize) {
        if bytes > self.len() {
            self.resize(bytes, 0);
        }
    }
}

/// Says when there is enough to be handed out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Filling {
    /// When a line is whole, with all that came with it: nobody knows when more comes.
    Available,
    /// When there is as much as was asked for, as a file has it.
    Full,
}

/// Reads an input as pieces of whole lines.
pub struct LineReader {
    reader: Box<dyn Read + Send>,
    /// The bytes that were read and are not handed out yet.
    begun: Vec<u8>,
    /// The offset of the next byte to hand out.
    offset: u64,
    has_ended: bool,
    /// The error that ended it, until it is told: whole lines before it come first.
    failure: Option<io::Error>,
    /// The bytes that were asked for at last, and those that came.
    last_read: Option<(usize, usize)>,
}

impl LineReader {
    /// Reads what this reader yields.
    #[must_use]
    pub fn new(reader: Box<dyn Read + Send>) -> Self {
        let begun = Vec::new();
        Self { reader, begun, offset: 0, has_ended: false, failure: None, last_read: None }
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

    /// Returns the offset of the next byte in the input.
    #[must_use]
    pub fn offset(&self) -> u64 {
        self.offset
    }

    /// Returns the number of bytes that were read and are not handed out yet.
    #[must_use]
    pub fn begun_bytes(&self) -> usize {
        self.begun.len()
    }

    /// Returns the bytes that were asked for at last, and those that came; none where the last
    /// lines were there already.
    #[must_use]
    pub fn last_read(&self) -> Option<(usize, usize)> {
        self.last_read
    }

    /// Puts the next lines at the start of a buffer, and returns how many bytes they have; 0 at the
    /// end. The last line of an input may have no newline.
    ///
    /// # Errors
    ///
    /// The input cannot be read, or the next line is longer than the limit: then
    /// [`skip_line`](Self::skip_line) passes over it. After an error of the kind `WouldBlock`,
    /// which says that there is no whole line yet, it can be called again.
    pub fn read_lines(
        &mut self,
        buffer: &mut impl LineBuffer,
        limits: BurstLimits,
        filling: Filling,
    ) -> Result<usize, SourceError> {
        self.last_read = None;
        let mut length = self.begun.len();
        buffer.enlarge(length);
        buffer.bytes_mut()[..length].copy_from_slice(&self.begun);
        self.begun.clear();
        let mut searched = 0;
        loop {
            let wanted = limits.bytes_to_hold(searched);
            if filling == Filling::Available || length >= wanted || self.has_ended {
                let filled = &buffer.bytes()[..length];
                match limits.find_end(filled, searched) {
                    Ok(Some(end)) => return Ok(self.hand_out(filled, end)),
                    Ok(None) if self.has_ended => {
                        return match self.failure.take() {
                            Some(error) => Err(self.input_error(length, error)),
                            None => Ok(self.hand_out(filled, length)),
                        };
                    }
                    Ok(None) => searched = length,
                    Err(error) => {
                        self.begun.extend_from_slice(filled);
                        return Err(error.at(self.offset));
                    }
                }
            }
            let wanted = limits.bytes_to_hold(searched);
            buffer.enlarge(wanted);
            let room = &mut buffer.bytes_mut()[length..wanted];
            let asked = room.len();
            match read(&mut self.reader, room) {
                Ok(count) => {
                    length += count;
                    self.has_ended = count == 0;
                    self.last_read = Some((asked, count));
                }
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => {
                    self.begun.extend_from_slice(&buffer.bytes()[..length]);
                    return Err(self.input_error(length, error));
                }
                Err(error) => {
                    self.failure = Some(error);
                    self.has_ended = true;
                }
            }
        }
    }

    /// Keeps what was read beyond the lines that are handed out.
    fn hand_out(&mut self, filled: &[u8], end: usize) -> usize {
        self.begun.extend_from_slice(&filled[end..]);
        self.offset += end as u64;
        end
    }

    fn input_error(&self, bytes_read: usize, error: io::Error) -> SourceError {
        SourceError::Input { offset: self.offset + bytes_read as u64, error }
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
                self.skip(newline + 1);
                break;
            }
            self.offset += self.begun.len() as u64;
            self.begun.clear();
            // What a long line took is not needed for what is passed over.
            self.begun.shrink_to(SKIPPED_BYTES);
            if self.has_ended {
                break;
            }
            self.read_more(SKIPPED_BYTES)?;
        }
        Ok(self.offset - start)
    }

    /// Returns the first bytes of what is left, as many as tell what they begin, and maybe more.
    ///
    /// # Errors
    ///
    /// The input cannot be read.
    pub fn peek(
        &mut self,
        bytes_at_once: usize,
        is_enough: impl Fn(&[u8]) -> bool,
    ) -> Result<&[u8], SourceError> {
        while !self.has_ended && !is_enough(&self.begun) {
            self.read_more(bytes_at_once)?;
        }
        Ok(&self.begun)
    }

    /// Reads once, after what is there already.
    fn read_more(&mut self, bytes: usize) -> Result<(), SourceError> {
        let length = self.begun.len();
        self.begun.resize(length + bytes, 0);
        let count = read(&mut self.reader, &mut self.begun[length..]);
        self.begun.truncate(length + *count.as_ref().unwrap_or(&0));
        let count = count.map_err(|error| self.input_error(length, error))?;
        self.has_ended = count == 0;
        Ok(())
    }

    /// Passes over bytes that were looked at.
    ///
    /// # Panics
    ///
    /// So many were not looked at.
    pub fn skip(&mut self, bytes: usize) {
        self.begun.drain(..bytes);
        self.offset += bytes as u64;
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

    /// A reader of a few bytes at a time, with interruptions between them, and an error at the end.
    struct Dripping {
        bytes: Vec<u8>,
        at_once: usize,
        is_interrupted: bool,
        fails: bool,
    }

    impl Read for Dripping {
        fn read(&mut self, room: &mut [u8]) -> io::Result<usize> {
            self.is_interrupted = !self.is_interrupted;
            if self.is_interrupted {
                return Err(io::ErrorKind::Interrupted.into());
            }
            if self.bytes.is_empty() && self.fails {
                return Err(io::Error::other("the disk is gone"));
            }
            let count = self.at_once.min(room.len()).min(self.bytes.len());
            room[..count].copy_from_slice(&self.bytes[..count]);
            self.bytes.drain(..count);
            Ok(count)
        }
    }

    fn reader(at_once: usize, fails: bool) -> LineReader {
        let bytes = INPUT.to_vec();
        LineReader::new(Box::new(Dripping { bytes, at_once, is_interrupted: false, fails }))
    }

    const INPUT: &[u8] = b"a|b\n\nlonger than ten\nc\nexactly10!\nlonger than ten, too\n\nend";

    /// Returns the lines, the places of those over the limit, and the error at the end.
    fn read_all(
        reader: &mut LineReader,
        limits: BurstLimits,
        filling: Filling,
    ) -> (Vec<u8>, Vec<(u64, u64)>, Option<SourceError>) {
        let (mut lines, mut skipped, mut buffer) = (Vec::new(), Vec::new(), Vec::new());
        loop {
            let offset = reader.offset();
            match reader.read_lines(&mut buffer, limits, filling) {
                Ok(0) => return (lines, skipped, None),
                Ok(length) => {
                    lines.extend_from_slice(&buffer[..length]);
                    assert_eq!(reader.offset(), offset + length as u64);
                }
                Err(SourceError::LineTooLong { offset }) => {
                    skipped.push((offset, reader.skip_line().unwrap()));
                }
                Err(error) => return (lines, skipped, Some(error)),
            }
        }
    }

    #[test]
    fn lines_are_the_same_however_they_come() {
        for at_once in [1, 2, 3, 7, 1000] {
            for burst_bytes in [1, 5, 11, 1000] {
                for filling in [Filling::Available, Filling::Full] {
                    let limits = BurstLimits::new(burst_bytes, 10);
                    let (lines, skipped, error) =
                        read_all(&mut reader(at_once, false), limits, filling);
                    assert_eq!(lines, b"a|b\n\nc\nexactly10!\n\nend", "{at_once} {burst_bytes}");
                    assert_eq!(skipped, [(5, 16), (34, 21)], "{at_once} {burst_bytes}");
                    assert!(error.is_none());
                }
            }
        }
    }

    #[test]
    fn whole_lines_come_before_an_error() {
        for at_once in [1, 3, 1000] {
            for filling in [Filling::Available, Filling::Full] {
                let limits = BurstLimits::new(1000, 1000);
                let (lines, _, error) = read_all(&mut reader(at_once, true), limits, filling);
                assert_eq!(lines, INPUT[..INPUT.len() - 3]);
                let Some(SourceError::Input { offset, error }) = error else { panic!("{error:?}") };
                assert_eq!(offset, INPUT.len() as u64);
                assert_eq!(error.to_string(), "the disk is gone");
            }
        }
    }

    #[test]
    fn files_fill_their_buffers_and_pipes_do_not_wait() {
        let limits = BurstLimits::new(30, 1000);
        let mut buffer = Vec::new();
        let mut file = reader(4, false);
        assert_eq!(file.read_lines(&mut buffer, limits, Filling::Full).unwrap(), 23);
        let mut pipe = reader(4, false);
        assert_eq!(pipe.read_lines(&mut buffer, limits, Filling::Available).unwrap(), 4);
        assert_eq!(pipe.last_read(), Some((30, 4)));
    }

    /// Yields a byte and then none for now, in turns.
    struct Hesitating(io::Cursor<&'static [u8]>, bool);

    impl Read for Hesitating {
        fn read(&mut self, room: &mut [u8]) -> io::Result<usize> {
            self.1 = !self.1;
            let length = room.len().min(1);
            if self.1 {
                Err(io::ErrorKind::WouldBlock.into())
            } else {
                self.0.read(&mut room[..length])
            }
        }
    }

    #[test]
    fn nothing_is_lost_where_there_is_no_more_for_now() {
        for filling in [Filling::Available, Filling::Full] {
            let reader = Hesitating(io::Cursor::new(INPUT), false);
            let mut reader = LineReader::new(Box::new(reader));
            let (mut lines, mut buffer) = (Vec::new(), Vec::new());
            loop {
                match reader.read_lines(&mut buffer, BurstLimits::new(8, 100), filling) {
                    Ok(0) => break,
                    Ok(length) => lines.extend_from_slice(&buffer[..length]),
                    Err(SourceError::Input { error, .. }) => {
                        assert_eq!(error.kind(), io::ErrorKind::WouldBlock);
                    }
                    Err(error) => panic!("{error:?}"),
                }
            }
            assert_eq!(lines, INPUT);
        }
    }

    #[test]
    fn what_was_looked_at_comes_again() {
        let mut reader = reader(2, false).with_offset(100);
        let start = reader.peek(8, |bytes| bytes.len() >= 3).unwrap().to_vec();
        assert_eq!(start, &INPUT[..start.len()]);
        reader.skip(1);
        assert_eq!(reader.offset(), 101);
        let limits = BurstLimits::new(30, 1000);
        let (lines, ..) = read_all(&mut reader, limits, Filling::Available);
        assert_eq!(lines, INPUT[1..]);
        let mut buffer = Vec::new();
        assert_eq!(reader.read_lines(&mut buffer, limits, Filling::Full).unwrap(), 0);
    }
}
