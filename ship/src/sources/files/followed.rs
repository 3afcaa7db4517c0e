//! A file that is followed: whole lines are read off it as they are written, and it is noticed when
//! it is truncated.

use std::fs::File;
use std::io;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant, SystemTime};

use bytes::BytesMut;
use serde::{Deserialize, Serialize};

use super::prints::{FileId, Prints, StoredPrints, fill_at, number_after};
use crate::sources::cutter::{Cutter, LineRules, READ_BYTES, Read};

/// A file, and how far it was read.
#[derive(Debug)]
pub(super) struct Followed {
    pub(super) id: FileId,
    pub(super) path: PathBuf,
    cutter: Cutter,
    /// None for a file that was rotated away and has been read: others need the descriptor.
    file: Option<File>,
    prints: Prints,
    /// Size and time of the file when there was no whole line in the rest of it.
    waits_since: Option<(u64, SystemTime)>,
    last_read: Instant,
    /// True if patterns name it.
    pub(super) is_listed: bool,
    /// True if it was rotated away.
    pub(super) is_away: bool,
    /// True if it is a copy of a file that is read itself.
    pub(super) is_copy: bool,
}

/// The place up to which a file was read, as a checkpoint has it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct FileState {
    pub(super) path: PathBuf,
    pub(super) device: u64,
    pub(super) inode: u64,
    /// The number that tells its lines from those of others; a copy has that of its original.
    pub(super) identity: u64,
    pub(super) prints: StoredPrints,
    pub(super) offset: u64,
    pub(super) lines: Option<u64>,
    pub(super) is_in_long_line: bool,
    /// True if it is a copy of a file that is read itself.
    pub(super) is_copy: bool,
}

impl FileState {
    /// Goes on over bytes that were read.
    pub(super) fn pass(&mut self, bytes: &[u8], cutter: &Cutter) {
        self.prints.pass(bytes);
        (self.offset, self.lines) = (cutter.offset, cutter.lines);
        self.is_in_long_line = cutter.is_in_long_line;
    }

    pub(super) fn id(&self) -> FileId {
        FileId { device: self.device, inode: self.inode }
    }
}

/// How far a file is behind.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Lag {
    /// Its path.
    pub(crate) path: String,
    /// The bytes that are written and not read.
    pub(crate) bytes: u64,
    /// The time since something was read, if there are such bytes.
    pub(crate) seconds: f64,
}

/// What a look at a file has shown.
#[derive(Debug)]
pub(super) enum Look {
    /// There is nothing new.
    Nothing,
    /// Lines.
    Read(Read),
    /// It was truncated: what it has now are other lines.
    Truncated,
}

impl Followed {
    /// Follows a file from an offset on, which is 0 or behind a newline.
    pub(super) fn new(
        id: FileId,
        path: PathBuf,
        file: File,
        offset: u64,
        lines: Option<u64>,
    ) -> io::Result<Self> {
        let prints = Prints::read(&file, offset)?;
        Ok(Self {
            id,
            cutter: Cutter::new(path.to_string_lossy().into(), id.number(), offset, lines),
            path,
            file: Some(file),
            prints,
            waits_since: None,
            last_read: Instant::now(),
            is_listed: true,
            is_away: false,
            is_copy: false,
        })
    }

    /// Follows a file from where a checkpoint says that it was read up to.
    pub(super) fn resume(
        id: FileId,
        path: &Path,
        file: File,
        state: &FileState,
    ) -> io::Result<Self> {
        let mut own = Self::new(id, path.to_owned(), file, state.offset, state.lines)?;
        own.cutter.is_in_long_line = state.is_in_long_line;
        own.cutter.identity = state.identity;
        Ok(own)
    }

    /// Follows a copy of a file from where that was read up to. Its lines are those of the file,
    /// and may have come from there already before a crash.
    pub(super) fn copy(
        id: FileId,
        path: PathBuf,
        file: File,
        original: &Cutter,
    ) -> io::Result<Self> {
        let mut own = Self::new(id, path, file, original.offset, original.lines)?;
        own.cutter.identity = original.identity;
        own.is_away = true;
        Ok(own)
    }

    pub(super) fn state(&self) -> FileState {
        FileState {
            path: self.path.clone(),
            device: self.id.device,
            inode: self.id.inode,
            identity: self.cutter.identity,
            prints: self.prints.stored(),
            offset: self.cutter.offset,
            lines: self.cutter.lines,
            is_in_long_line: self.cutter.is_in_long_line,
            is_copy: self.is_copy,
        }
    }

    pub(super) fn offset(&self) -> u64 {
        self.cutter.offset
    }

    pub(super) fn cutter(&self) -> &Cutter {
        &self.cutter
    }

    pub(super) fn prints(&self) -> &Prints {
        &self.prints
    }

    pub(super) fn file(&self) -> Option<&File> {
        self.file.as_ref()
    }

    /// Lets go of the file; [`reopen`](Self::reopen) takes it up again.
    pub(super) fn close(&mut self) {
        self.file = None;
    }

    /// Takes a file up again that was closed.
    pub(super) fn reopen(&mut self, file: File) {
        (self.file, self.waits_since, self.last_read) = (Some(file), None, Instant::now());
    }

    /// Tells whether nothing was read for so long.
    pub(super) fn is_idle(&self, time: Duration) -> bool {
        self.last_read.elapsed() >= time
    }

    /// Begins again at the first byte of a file that was truncated.
    pub(super) fn restart(&mut self) {
        self.prints = Prints::default();
        self.cutter.restart();
        self.succeed(self.cutter.identity);
        self.waits_since = None;
    }

    /// Tells its lines from those that were in the same place before.
    pub(super) fn succeed(&mut self, former_identity: u64) {
        self.cutter.identity = number_after(former_identity);
    }

    /// Returns how far it is behind.
    pub(super) fn lag(&self) -> Lag {
        let size = self.file.as_ref().and_then(|file| file.metadata().ok());
        let bytes = size.map_or(0, |metadata| metadata.len().saturating_sub(self.cutter.offset));
        let seconds = if bytes > 0 { self.last_read.elapsed().as_secs_f64() } else { 0.0 };
        Lag { path: self.path.display().to_string(), bytes, seconds }
    }

    /// Reads whole lines, if there are any; at the end of a file that was rotated away, which
    /// `is_final` says, also what has no newline.
    pub(super) fn read(&mut self, rules: LineRules, is_final: bool) -> io::Result<Look> {
        let Some(file) = &self.file else { return Ok(Look::Nothing) };
        let metadata = file.metadata()?;
        let size = metadata.len();
        let offset = self.cutter.offset;
        if size < offset {
            return Ok(Look::Truncated);
        }
        let version = (size, metadata.modified()?);
        if !is_final && (size == offset || self.waits_since == Some(version)) {
            // Emptied and filled up to the same size again is another time, and other bytes.
            let is_same = self.waits_since.is_some_and(|waiting| waiting == version);
            if is_same || self.prints.has_head(file)? {
                self.waits_since = Some(version);
                return Ok(Look::Nothing);
            }
            return Ok(Look::Truncated);
        }
        let there = usize::try_from(size - offset).unwrap_or(usize::MAX);
        // A letter more than a line may have shows that it has.
        let mut buffer = BytesMut::zeroed(there.min(READ_BYTES.max(rules.max_bytes + 2)));
        let count = fill_at(file, offset, &mut buffer)?;
        buffer.truncate(count);
        // Asked after reading: what was read before a truncation is of the file as it was.
        if !self.prints.has_head(file)? {
            return Ok(Look::Truncated);
        }
        let bytes = buffer.freeze();
        let (read, taken) = self.cutter.cut(&bytes, rules, is_final);
        if taken == 0 {
            self.waits_since = Some(version);
            return Ok(Look::Nothing);
        }
        self.prints.extend(offset, &bytes[..taken]);
        self.last_read = Instant::now();
        self.waits_since = None;
        Ok(Look::Read(read))
    }
}
