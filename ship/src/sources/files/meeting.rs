//! Meetings: what becomes of each file of a listing. It is known, or a checkpoint knows it, or it
//! is new.

use std::fs::File;
use std::io;

use super::Files;
use super::copies::Copy;
use super::followed::{FileState, Followed};
use super::listing::Candidate;
use super::prints::read_at;
use crate::config::ReadFrom;
use crate::event::{Event, Events};
use crate::newline::Newline;

/// The beginnings of compressed files: gzip, zstd, bzip2, xz and lz4.
const COMPRESSED: [&[u8]; 5] =
    [b"\x1f\x8b", b"\x28\xb5\x2f\xfd", b"BZh", b"\xfd7zXZ", b"\x04\x22\x4d\x18"];

impl Files {
    /// Meets a file of a listing: a known one, or one to follow from now on.
    pub(super) fn meet(&mut self, candidate: &Candidate, events: &dyn Events) -> io::Result<()> {
        if let Some(file) = self.followed.get_mut(&candidate.id) {
            file.is_listed = true;
            file.is_away |= candidate.is_rotated || file.path != candidate.path;
            file.path.clone_from(&candidate.path);
            if file.file().is_some() || candidate.size == file.offset() {
                return Ok(());
            }
            // Closed, and with other bytes since: more of them, or another file in its place.
            let Some(opened) = candidate.open()? else { return Ok(()) };
            if file.is_copy {
                return self.keep_copy(candidate, opened);
            }
            if file.prints().are_of(&opened, file.offset())? {
                file.reopen(opened);
                return Ok(());
            }
            self.followed.remove(&candidate.id);
        }
        let Some(opened) = candidate.open()? else { return Ok(()) };
        match self.remembered_state(candidate, &opened)? {
            Some(state) if state.is_copy => match self.copied_from(candidate, &opened)? {
                Copy::Whole => self.keep_copy(candidate, opened),
                Copy::Remembered(original) => self.resume(candidate, opened, &original, events),
                Copy::None | Copy::Growing => self.resume(candidate, opened, &state, events),
            },
            Some(state) => self.resume(candidate, opened, &state, events),
            None => self.meet_new(candidate, opened, events),
        }
    }

    /// Takes what a checkpoint says of a file.
    fn remembered_state(
        &mut self,
        candidate: &Candidate,
        opened: &File,
    ) -> io::Result<Option<FileState>> {
        let is_it = |state: &FileState| state.id() == candidate.id;
        let Some(index) = self.remembered.iter().position(is_it) else { return Ok(None) };
        let state = self.remembered.remove(index);
        let is_same =
            state.offset <= candidate.size && state.prints.are_of(opened, state.offset)?;
        // Another file in the same place, or the same one truncated: its state is kept, since there
        // may be a copy of what it was.
        if is_same {
            return Ok(Some(state));
        }
        self.remembered.push(state);
        Ok(None)
    }

    fn resume(
        &mut self,
        candidate: &Candidate,
        opened: File,
        state: &FileState,
        events: &dyn Events,
    ) -> io::Result<()> {
        let mut file = Followed::resume(candidate.id, &candidate.path, opened, state)?;
        file.is_away = candidate.is_rotated || state.path != candidate.path;
        if file.is_away && candidate.size == state.offset {
            file.close();
        } else {
            let path = candidate.path.display().to_string();
            events.take(&Event::Resumed { path, offset: state.offset });
        }
        self.followed.insert(candidate.id, file);
        Ok(())
    }

    /// Meets a file that nothing is known of.
    fn meet_new(
        &mut self,
        candidate: &Candidate,
        opened: File,
        events: &dyn Events,
    ) -> io::Result<()> {
        let path = candidate.path.display().to_string();
        let head = read_at(&opened, 0, 6)?;
        if COMPRESSED.iter().any(|start| head.starts_with(start)) {
            self.compressed.insert(candidate.id, candidate.path.clone());
            return Ok(());
        }
        // A name such as access.log.1 may be that of a copy that is not whole yet.
        if candidate.is_rotated && candidate.size == 0 {
            return Ok(());
        }
        match self.copied_from(candidate, &opened)? {
            Copy::None => {}
            Copy::Growing => return Ok(()),
            Copy::Whole => return self.keep_copy(candidate, opened),
            Copy::Remembered(state) => {
                return self.resume(candidate, opened, &state, events);
            }
        }
        let skips = self.is_new && (candidate.is_rotated || self.config.read_from == ReadFrom::End);
        let (offset, lines) =
            if skips { (last_newline(&opened, self.rules.newline)?, None) } else { (0, Some(0)) };
        let mut file = Followed::new(candidate.id, candidate.path.clone(), opened, offset, lines)?;
        file.is_away = candidate.is_rotated;
        // It was truncated since the checkpoint.
        if let Some(former) = self.remembered.iter().find(|state| state.id() == candidate.id) {
            file.succeed(former.identity);
        }
        if skips && candidate.is_rotated {
            file.close();
        } else {
            events.take(&Event::Followed { path, offset });
        }
        self.followed.insert(candidate.id, file);
        Ok(())
    }
}

/// Returns the offset behind the last newline of a file.
fn last_newline(file: &File, newline: Newline) -> io::Result<u64> {
    let size = file.metadata()?.len();
    let mut end = if newline == Newline::Utf16 { size & !1 } else { size };
    while end > 0 {
        let length = end.min(64 << 10);
        let start = end - length;
        let bytes = read_at(file, start, length as usize)?;
        if let Some(place) = newline.last(&bytes, start) {
            return Ok(start + place.end as u64);
        }
        end = start;
    }
    Ok(0)
}
