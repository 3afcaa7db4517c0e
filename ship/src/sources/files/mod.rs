//! Files that are followed across rotations.
//!
//! A file is known by its place on the device and by its bytes, not by its name, so nothing that is
//! done to names matters: a file that was renamed is read to its end and then left, and a new one
//! under its name is read from its first byte. Files that only the names of rotated logs show to
//! have been the source's (`access.log.1`) are looked for, too: a log may be rotated twice between
//! two looks.
//!
//! Of a log that is copied and truncated, the copy is read from where the log was read up to.
//!
//! Files are asked for news at intervals. The kernel's own news (inotify) would be more to watch
//! and to lose: not all file systems have it, its queue overflows under load, and at an interval of
//! 50 ms asking costs less than reading.

mod followed;
mod listing;
mod prints;
mod unpacked;

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::fs::File;
use std::io;
use std::path::PathBuf;
use std::time::{Duration, Instant};

pub(crate) use self::followed::{FileState, Lag};
use self::followed::{Followed, Look};
use self::listing::{Candidate, Listing};
use self::prints::{FileId, read_at};
use self::unpacked::Unpacked;
use crate::config::{FilesConfig, Misplaced, ReadFrom};
use crate::event::{Event, Events};
use crate::sources::cutter::Read;

/// The beginnings of compressed files: gzip, zstd, bzip2, xz and lz4.
const COMPRESSED: [&[u8]; 5] =
    [b"\x1f\x8b", b"\x28\xb5\x2f\xfd", b"BZh", b"\xfd7zXZ", b"\x04\x22\x4d\x18"];

/// Files that are followed.
#[derive(Debug)]
pub(crate) struct Files {
    config: FilesConfig,
    max_line_bytes: usize,
    listing: Listing,
    followed: BTreeMap<FileId, Followed>,
    /// Files that a checkpoint knows, and that have not been seen yet.
    remembered: Vec<FileState>,
    /// Compressed files, which were read before they were.
    compressed: BTreeMap<FileId, PathBuf>,
    /// Those in which there are lines that were not read before.
    unpacked: VecDeque<Unpacked>,
    /// Files that cannot be read, as was told.
    unreadable: BTreeSet<FileId>,
    /// Files that were rotated away and had nothing new for long.
    retiring: VecDeque<FileId>,
    /// True before the first listing of a source that no checkpoint knows.
    is_new: bool,
    last_scan: Option<Instant>,
    last_look: Option<Instant>,
    /// The file that is read next, so that each has its turn.
    turn: Option<FileId>,
}

impl Files {
    /// Checks the patterns of a source.
    pub(crate) fn check(config: &FilesConfig) -> Result<(), Misplaced> {
        Listing::new(config).map(drop)
    }

    /// Follows the files of a source, from where a checkpoint says that they were read up to.
    pub(crate) fn new(
        config: &FilesConfig,
        max_line_bytes: usize,
        states: Option<Vec<FileState>>,
    ) -> Result<Self, Misplaced> {
        Ok(Self {
            config: config.clone(),
            max_line_bytes,
            listing: Listing::new(config)?,
            followed: BTreeMap::new(),
            is_new: states.is_none(),
            remembered: states.unwrap_or_default(),
            compressed: BTreeMap::new(),
            unpacked: VecDeque::new(),
            unreadable: BTreeSet::new(),
            retiring: VecDeque::new(),
            last_scan: None,
            last_look: None,
            turn: None,
        })
    }

    /// Takes another configuration, and goes on with the files that it names, too.
    pub(crate) fn reconfigure(
        &mut self,
        config: &FilesConfig,
        max_line_bytes: usize,
    ) -> Result<(), Misplaced> {
        self.listing = Listing::new(config)?;
        self.config = config.clone();
        self.max_line_bytes = max_line_bytes;
        (self.last_scan, self.last_look) = (None, None);
        Ok(())
    }

    /// Returns where each file was read up to.
    pub(crate) fn states(&self) -> Vec<FileState> {
        let followed = self.followed.values().map(Followed::state);
        let unpacked = self.unpacked.iter().map(|file| file.state().clone());
        followed.chain(self.remembered.iter().cloned()).chain(unpacked).collect()
    }

    /// Returns how far each open file is behind.
    pub(crate) fn lags(&self) -> impl Iterator<Item = Lag> {
        self.followed.values().filter(|file| file.file().is_some()).map(Followed::lag)
    }

    /// Reads some lines of one file; nothing where no file has any.
    pub(crate) fn next(&mut self, events: &dyn Events) -> Option<Read> {
        let scan_interval = Duration::from_millis(self.config.scan_milliseconds);
        if self.last_scan.is_none_or(|last| last.elapsed() >= scan_interval) {
            self.scan(events);
            self.last_scan = Some(Instant::now());
            self.last_look = None;
        }
        if let Some(read) = self.retire(events).or_else(|| self.unpack(events)) {
            return Some(read);
        }
        let poll_interval = Duration::from_millis(self.config.poll_milliseconds);
        if self.last_look.is_some_and(|last| last.elapsed() < poll_interval) {
            return None;
        }
        let turn = self.turn.take();
        let behind = |id: &&FileId| turn.is_some_and(|turn| **id > turn);
        let ids: Vec<FileId> = self.followed.keys().filter(behind).copied().collect();
        let first: Vec<FileId> = self.followed.keys().filter(|id| !behind(id)).copied().collect();
        for id in ids.into_iter().chain(first) {
            if let Some(read) = self.look(id, events) {
                self.turn = Some(id);
                return Some(read);
            }
        }
        self.last_look = Some(Instant::now());
        None
    }

    /// Looks at one file.
    fn look(&mut self, id: FileId, events: &dyn Events) -> Option<Read> {
        let file = self.followed.get_mut(&id)?;
        match file.read(self.max_line_bytes, false) {
            Ok(Look::Nothing) => None,
            Ok(Look::Read(read)) => Some(read),
            Ok(Look::Truncated) => {
                if let Err(error) = self.follow_copies(id, events) {
                    self.give_up(id, &error, events);
                }
                None
            }
            Err(error) => {
                self.give_up(id, &error, events);
                None
            }
        }
    }

    /// Lets go of a file that cannot be read; the next scan tries it again.
    fn give_up(&mut self, id: FileId, error: &io::Error, events: &dyn Events) {
        let Some(file) = self.followed.get_mut(&id) else { return };
        file.close();
        let path = file.path.display().to_string();
        self.tell_unreadable(id, path, error, events);
    }

    /// Tells that a file cannot be read, once until it can.
    fn tell_unreadable(
        &mut self,
        id: FileId,
        path: String,
        error: &io::Error,
        events: &dyn Events,
    ) {
        if self.unreadable.insert(id) {
            events.take(&Event::Unreadable { path, error: error.to_string() });
        }
    }

    /// Looks for new files, and for those that have gone.
    fn scan(&mut self, events: &dyn Events) {
        for file in self.followed.values_mut() {
            file.is_listed = false;
        }
        let candidates = self.listing.list();
        if candidates.is_empty() && self.last_scan.is_none() {
            let paths: Vec<&str> =
                self.config.paths.iter().map(|path| path.get_ref().as_str()).collect();
            events.take(&Event::NothingFound { paths: paths.join(" ") });
        }
        let present: BTreeSet<FileId> = candidates.iter().map(|found| found.id).collect();
        self.compressed.retain(|id, _| present.contains(id));
        self.unreadable.retain(|id| present.contains(id));
        // Known files first: whether a new one is a copy of one of them shows only then.
        let (known, new): (Vec<_>, Vec<_>) =
            candidates.into_iter().partition(|candidate| self.is_known(candidate.id));
        for candidate in known.iter().chain(&new) {
            if self.compressed.contains_key(&candidate.id) {
                continue;
            }
            match self.meet(candidate, events) {
                Ok(()) => {
                    self.unreadable.remove(&candidate.id);
                }
                Err(error) => {
                    let path = candidate.path.display().to_string();
                    self.tell_unreadable(candidate.id, path, &error, events);
                }
            }
        }
        self.is_new = false;
        self.forget(&present, events);
    }

    fn is_known(&self, id: FileId) -> bool {
        self.followed.contains_key(&id) || self.remembered.iter().any(|state| state.id() == id)
    }

    /// Meets a file of a listing: a known one, or one to follow from now on.
    fn meet(&mut self, candidate: &Candidate, events: &dyn Events) -> io::Result<()> {
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

    /// Remembers a copy of a file, whose lines come from the file itself.
    fn keep_copy(&mut self, candidate: &Candidate, opened: File) -> io::Result<()> {
        let path = candidate.path.clone();
        let mut copy = Followed::new(candidate.id, path, opened, candidate.size, None)?;
        (copy.is_copy, copy.is_away) = (true, true);
        copy.close();
        self.followed.insert(candidate.id, copy);
        Ok(())
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
        let (offset, lines) = if skips { (last_newline(&opened)?, None) } else { (0, Some(0)) };
        let mut file = Followed::new(candidate.id, candidate.path.clone(), opened, offset, lines)?;
        file.is_away = candidate.is_rotated;
        if skips && candidate.is_rotated {
            file.close();
        } else {
            events.take(&Event::Followed { path, offset });
        }
        self.followed.insert(candidate.id, file);
        Ok(())
    }

    /// Finds out whether a new file is a copy of one that was read already, as `copytruncate` of
    /// logrotate makes it.
    fn copied_from(&mut self, candidate: &Candidate, opened: &File) -> io::Result<Copy> {
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
    fn follow_copies(&mut self, id: FileId, events: &dyn Events) -> io::Result<()> {
        let Some(file) = self.followed.get(&id) else { return Ok(()) };
        let (path, offset, lines) = (file.path.clone(), file.offset(), file.lines());
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
                let mut copy =
                    Followed::new(candidate.id, candidate.path.clone(), opened, offset, lines)?;
                copy.is_away = true;
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

    /// Finds files that were rotated away and read, and forgets those that are not there.
    fn forget(&mut self, present: &BTreeSet<FileId>, events: &dyn Events) {
        let wait = Duration::from_millis(self.config.rotated_wait_milliseconds);
        self.followed.retain(|_, file| file.is_listed || file.file().is_some());
        let is_done = |file: &Followed| {
            (file.is_away || !file.is_listed) && file.file().is_some() && file.is_idle(wait)
        };
        let done = self.followed.iter().filter(|(_, file)| is_done(file));
        self.retiring = done.map(|(id, _)| *id).collect();
        for state in std::mem::take(&mut self.remembered) {
            if present.contains(&state.id()) && !self.followed.contains_key(&state.id()) {
                self.remembered.push(state);
            } else if !state.is_copy && !self.find_unpacked(&state, events) {
                let path = state.path.display().to_string();
                events.take(&Event::Gone { path, offset: state.offset });
            }
        }
    }

    /// Looks for what a file became that was compressed, and tells whether it was found.
    fn find_unpacked(&mut self, state: &FileState, events: &dyn Events) -> bool {
        for path in self.compressed.values() {
            // One that cannot be decompressed is not what this file became.
            if let Ok(Some(file)) = Unpacked::find(path, state) {
                let path = path.display().to_string();
                events.take(&Event::Resumed { path, offset: state.offset });
                self.unpacked.push_back(file);
                return true;
            }
        }
        false
    }

    /// Reads files that were compressed before all of them was read.
    fn unpack(&mut self, events: &dyn Events) -> Option<Read> {
        while let Some(file) = self.unpacked.front_mut() {
            match file.read(self.max_line_bytes) {
                Ok(Some(read)) => return Some(read),
                Ok(None) => {}
                Err(error) => {
                    let path = file.path().display().to_string();
                    events.take(&Event::Unreadable { path, error: error.to_string() });
                }
            }
            self.unpacked.pop_front();
        }
        None
    }

    /// Reads the rest of files that were rotated away, newline or not, and lets go of them.
    fn retire(&mut self, events: &dyn Events) -> Option<Read> {
        while let Some(id) = self.retiring.front().copied() {
            let read = self.followed.get_mut(&id).map(|file| file.read(self.max_line_bytes, true));
            match read {
                Some(Ok(Look::Read(read))) => return Some(read),
                Some(Err(error)) => self.give_up(id, &error, events),
                Some(Ok(Look::Truncated | Look::Nothing)) | None => {}
            }
            if let Some(file) = self.followed.get_mut(&id) {
                file.close();
            }
            self.retiring.pop_front();
        }
        None
    }
}

/// What a new file has to do with one that was read.
enum Copy {
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

/// Returns the offset behind the last newline of a file.
fn last_newline(file: &File) -> io::Result<u64> {
    let mut end = file.metadata()?.len();
    while end > 0 {
        let length = end.min(64 << 10);
        let start = end - length;
        if let Some(at) = memchr::memrchr(b'\n', &read_at(file, start, length as usize)?) {
            return Ok(start + at as u64 + 1);
        }
        end = start;
    }
    Ok(0)
}

#[cfg(test)]
mod tests;
