//! A file that was compressed before all of it was read, while nobody followed it: the rest of it
//! is read out of what it became.

use std::io::{self, Read as _};
use std::path::{Path, PathBuf};

use bytes::{Buf, BytesMut};
use delimark_extract::{Access, Input, InputName, InputOptions, WindowLimit};

use super::followed::FileState;
use crate::sources::cutter::{Cutter, LineRules, READ_BYTES, Read};

/// The rest of a file that was compressed.
pub(super) struct Unpacked {
    path: PathBuf,
    reader: Box<dyn io::Read + Send>,
    cutter: Cutter,
    waiting: BytesMut,
    /// Where it was read up to.
    state: FileState,
    has_ended: bool,
}

impl std::fmt::Debug for Unpacked {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.debug_struct("Unpacked").field("path", &self.path).finish_non_exhaustive()
    }
}

impl Unpacked {
    /// Opens a compressed file, if what is in it begins as a file did that was read up to a place.
    pub(super) fn find(path: &Path, state: &FileState) -> io::Result<Option<Self>> {
        let (access, window_limit) = (Access::Read, WindowLimit::default());
        let input = Input::open(&InputName::new(path), InputOptions { access, window_limit })?;
        let mut reader = input.into_reader()?.reader;
        // Without a byte that was read there is nothing to know it by.
        let Some(tail) = skip(&mut *reader, state)? else { return Ok(None) };
        if !state.prints.has_tail(&tail) {
            return Ok(None);
        }
        let origin = state.path.to_string_lossy().into();
        let mut cutter = Cutter::new(origin, state.identity, state.offset, state.lines);
        cutter.is_in_long_line = state.is_in_long_line;
        let (path, state) = (path.to_owned(), state.clone());
        let waiting = BytesMut::new();
        Ok(Some(Self { path, reader, cutter, waiting, state, has_ended: false }))
    }

    pub(super) fn path(&self) -> &Path {
        &self.path
    }

    /// Returns where it was read up to.
    pub(super) fn state(&self) -> &FileState {
        &self.state
    }

    /// Reads some lines; nothing where there are no more.
    pub(super) fn read(&mut self, rules: LineRules) -> io::Result<Option<Read>> {
        while !self.has_ended {
            let mut piece = BytesMut::zeroed(READ_BYTES);
            let count = self.reader.read(&mut piece)?;
            self.has_ended = count == 0;
            self.waiting.extend_from_slice(&piece[..count]);
            let mut bytes = self.waiting.split().freeze();
            let (read, taken) = self.cutter.cut(&bytes, rules, self.has_ended);
            self.state.pass(&bytes[..taken], &self.cutter);
            bytes.advance(taken);
            self.waiting.extend_from_slice(&bytes);
            if !read.lines.is_empty() || !read.dead.is_empty() {
                return Ok(Some(read));
            }
        }
        Ok(None)
    }
}

/// Goes to the place up to which a file was read, and returns the last bytes before it; nothing
/// where the first bytes are others, or there are fewer.
fn skip(reader: &mut dyn io::Read, state: &FileState) -> io::Result<Option<Vec<u8>>> {
    let head_bytes = state.prints.head_bytes();
    let mut head = Vec::new();
    reader.take(head_bytes as u64).read_to_end(&mut head)?;
    if head_bytes == 0 || !state.prints.is_head(&head) {
        return Ok(None);
    }
    let mut left = state.offset.saturating_sub(head_bytes as u64);
    let mut tail = head;
    let mut piece = vec![0; READ_BYTES];
    while left > 0 {
        let wanted = usize::try_from(left).unwrap_or(usize::MAX).min(piece.len());
        let count = reader.read(&mut piece[..wanted])?;
        if count == 0 {
            return Ok(None);
        }
        left -= count as u64;
        tail.extend_from_slice(&piece[..count]);
        let surplus = tail.len().saturating_sub(state.prints.tail_bytes());
        tail.drain(..surplus);
    }
    Ok(Some(tail))
}
