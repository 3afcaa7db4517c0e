//! Inputs of `delimark convert`, of which the first bytes may have been looked at.

use std::io::{self, Read};

use anyhow::{Context, bail};
use delimark_extract::{Deadline, InputName, InputReader, Interrupt};
use delimark_pipeline::{ChunkSizes, ReplayReader};

/// An input whose first bytes may have been looked at.
pub(super) struct Opened<'n> {
    pub(super) name: &'n InputName,
    pub(super) reader: Box<dyn Read + Send>,
    pub(super) interrupt: Interrupt,
    /// Sets until when to wait for bytes, where that can be set.
    pub(super) deadline: Option<Deadline>,
    /// True if more may come at any time.
    pub(super) is_stream: bool,
    /// The number of bytes, for a file that can be read anywhere.
    pub(super) bytes: Option<u64>,
    /// The bytes read so far, without the header.
    pub(super) start: Vec<u8>,
    /// The bytes and the lines of the header.
    pub(super) header_bytes: u64,
    pub(super) header_lines: u64,
    pub(super) sizes: ChunkSizes,
}

const UTF8_MARK: &[u8] = b"\xef\xbb\xbf";

/// Bytes that tell what a log is, and in which a header has room.
pub(super) const FIRST_BYTES: usize = 64 << 10;

impl<'n> Opened<'n> {
    pub(super) fn new(name: &'n InputName, input: InputReader, is_replay: bool) -> Self {
        let InputReader { reader, interrupt, deadline, bytes, is_stream } = input;
        let sizes = if bytes.is_some() { ChunkSizes::FILE } else { ChunkSizes::STREAM };
        let (reader, bytes): (Box<dyn Read + Send>, _) = match is_replay {
            // The bytes of dead letters are not those of lines.
            true => (Box::new(ReplayReader::new(reader)), None),
            false => (reader, bytes),
        };
        Self {
            name,
            reader,
            interrupt,
            deadline: deadline.filter(|_| !is_replay),
            is_stream,
            bytes,
            start: Vec::new(),
            header_bytes: 0,
            header_lines: 0,
            sizes,
        }
    }

    /// Reads the first lines, or a part of them.
    pub(super) fn look(&mut self) -> io::Result<&[u8]> {
        // One piece has to do for a pipe, which may have no more for long.
        let is_pipe = self.bytes.is_none();
        self.read_start(FIRST_BYTES, |start| is_pipe && start.contains(&b'\n'))
    }

    /// Reads so many bytes, or all that there are. An error comes up again where these bytes end,
    /// so that the lines before it are converted.
    pub(super) fn read_first(&mut self, bytes: usize) -> &[u8] {
        if let Err(error) = self.read_start(bytes, |_| false) {
            self.reader = Box::new(Failing(Some(error)));
        }
        &self.start
    }

    /// Passes over a byte order mark, and says so; UTF-16 is taken as it is.
    pub(super) fn skip_mark(&mut self) -> Option<&'static str> {
        if self.header_bytes > 0 {
            return None;
        }
        match self.read_first(UTF8_MARK.len()) {
            start if start.starts_with(UTF8_MARK) => {
                self.start.drain(..UTF8_MARK.len());
                self.header_bytes += UTF8_MARK.len() as u64;
                Some("left out the byte order mark at its start")
            }
            [0xff, 0xfe, ..] | [0xfe, 0xff, ..] => {
                Some("it seems to be UTF-16, which is taken as it is: iconv -f UTF-16 -t UTF-8")
            }
            _ => None,
        }
    }

    fn read_start(&mut self, bytes: usize, is_enough: impl Fn(&[u8]) -> bool) -> io::Result<&[u8]> {
        let mut buffer = vec![0; FIRST_BYTES];
        while self.start.len() < bytes && !is_enough(&self.start) {
            let asked = (bytes - self.start.len()).min(buffer.len());
            match self.reader.read(&mut buffer[..asked]) {
                Ok(0) => break,
                Ok(count) => self.start.extend_from_slice(&buffer[..count]),
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(error),
            }
        }
        Ok(&self.start)
    }

    /// Takes the first line away, without its ending.
    pub(super) fn take_header(&mut self) -> anyhow::Result<Vec<u8>> {
        let start = self.look().context("cannot be read")?;
        let length = match start.iter().position(|&byte| byte == b'\n') {
            Some(index) => index + 1,
            None if start.is_empty() => bail!("it is empty, and has no header"),
            None if start.len() >= FIRST_BYTES => {
                bail!("its header is longer than {} KiB", FIRST_BYTES >> 10)
            }
            None => start.len(),
        };
        let mut header: Vec<u8> = self.start.drain(..length).collect();
        self.header_bytes += length as u64;
        self.header_lines += 1;
        for ending in [b'\n', b'\r'] {
            header.pop_if(|byte| *byte == ending);
        }
        Ok(header)
    }
}

/// Yields nothing but an error, once.
struct Failing(Option<io::Error>);

impl Read for Failing {
    fn read(&mut self, _: &mut [u8]) -> io::Result<usize> {
        self.0.take().map_or(Ok(0), Err)
    }
}
