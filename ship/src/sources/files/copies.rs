//! Copies: what `copytruncate` of logrotate makes of a log, and people who want to be safe. A copy
//! has what was read already, and perhaps more.

use std::fs::File;
use std::io;

use super::Files;
use super::followed::{FileState, Followed};
use super::listing::Candidate;
use super::prints::{FileId, read_at};
use crate::event::{Event, Events};

impl Files {
    /// Remembers a copy of a file, whose lines come from the file itself.
    pub(super) fn keep_copy(&mut self, candidate: &Candidate, opened: File) -> io::Result<()> {
        let path = candidate.path.clone();
        let mut copy = Followed::new(candidate.id, path, opened, candidate.size, None)?;
        (copy.is_copy, copy.is_away) = (true, true);
        copy.close();
        self.followed.insert(candidate.id, copy);
        Ok(())
    }

    /// Finds out whether a new file is a copy of one that was read already, as `copytruncate` of
    /// logrotate makes it.
    pub(super) fn copied_from(&mut self, candidate: &Candidate, opened: &File) -> io::Result<Copy> {
        let name = candidate.path.as_os_str().as_encoded_bytes();
        for file in self.followed.values() {
            let own = file.path.as_os_str().as_encoded_bytes();
            let Some(original) = file.file().filter(|_| name.starts_with(own)) else { continue };
            if file.offset() == 0 {
                continue;
            }
            if !file.prints().has_head(original)? {
                // It was truncated, which the next look at it shows, and then its copies are met.
                if file.prints().has_head(opened)? {
                    return Ok(Copy::Growing);
                }
                continue;
            }
            if candidate.size >= file.offset() {
                if file.prints().are_of(opened, file.offset())? {
                    return Ok(Copy::Whole);
                }
            } else if is_beginning_of(opened, candidate.size, original)? {
                return Ok(Copy::Growing);
            }
        }
        let is_copy = |state: &FileState| -> io::Result<bool> {
            let own = state.path.as_os_str().as_encoded_bytes();
            Ok(name.starts_with(own)
                && state.offset > 0
                && state.offset <= candidate.size
                && state.prints.are_of(opened, state.offset)?)
        };
        for index in 0..self.remembered.len() {
            if is_copy(&self.remembered[index])? {
                return Ok(Copy::Remembered(self.remembered.remove(index)));
            }
        }
        Ok(Copy::None)
    }

    /// Looks for copies of a file that was truncated, goes on with what was not read in the largest
    /// of them, and begins again with the file itself.
    pub(super) fn follow_copies(&mut self, id: FileId, events: &dyn Events) -> io::Result<()> {
        let Some(file) = self.followed.get(&id) else { return Ok(()) };
        let (path, offset, read) = (file.path.clone(), file.offset(), file.cutter().clone());
        let own = path.as_os_str().as_encoded_bytes().to_vec();
        let mut copy_path = None;
        for candidate in self.listing.list() {
            let name = candidate.path.as_os_str().as_encoded_bytes();
            let known = self.followed.get(&candidate.id);
            if known.is_some_and(|known| !known.is_copy) || !name.starts_with(&own) || offset == 0 {
                continue;
            }
            let Some(opened) = candidate.open()? else { continue };
            let Some(original) = self.followed.get(&id) else { continue };
            let is_whole = candidate.size >= offset && original.prints().are_of(&opened, offset)?;
            if is_whole && copy_path.is_none() {
                copy_path = Some(candidate.path.display().to_string());
                let copy = Followed::copy(candidate.id, candidate.path.clone(), opened, &read)?;
                self.followed.insert(candidate.id, copy);
            } else if candidate.size > 0 && original.prints().has_head(&opened)? {
                // All that it has was read in the file itself.
                self.keep_copy(&candidate, opened)?;
            }
        }
        if let Some(file) = self.followed.get_mut(&id) {
            file.restart();
        }
        let path = path.display().to_string();
        events.take(&Event::Truncated { path, offset, copy: copy_path });
        Ok(())
    }
}

/// What a new file has to do with one that was read.
pub(super) enum Copy {
    None,
    /// It has the first bytes of the file, and is met again later.
    Growing,
    /// It has all that was read so far: what is not read yet comes from the file itself until that
    /// is truncated.
    Whole,
    /// It has all that was read before this process began, and the file has been truncated.
    Remembered(FileState),
}

/// Tells whether a file has the same bytes before its end as another one there.
fn is_beginning_of(file: &File, size: u64, other: &File) -> io::Result<bool> {
    let length = size.min(1 << 10);
    let start = size - length;
    let length = length as usize;
    Ok(read_at(file, 0, length)? == read_at(other, 0, length)?
        && read_at(file, start, length)? == read_at(other, start, length)?)
}
