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

mod copies;
mod followed;
mod listing;
mod meeting;
mod prints;
mod unpacked;

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::io;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

pub(crate) use self::followed::{FileState, Lag};
use self::followed::{Followed, Look};
use self::listing::Listing;
use self::prints::FileId;
use self::unpacked::Unpacked;
use crate::config::{FilesConfig, Misplaced};
use crate::event::{Event, Events};
use crate::sources::cutter::{LineRules, Read};

/// The scans in a row after which a file that they did not show has gone. One may miss a file whose
/// name is changed while names are listed, as all are where rotated logs are numbered.
const MISSES: u32 = 3;

/// Files that are followed.
#[derive(Debug)]
pub(crate) struct Files {
    config: FilesConfig,
    rules: LineRules,
    listing: Listing,
    followed: BTreeMap<FileId, Followed>,
    /// Files that a checkpoint knows, and that have not been seen yet.
    remembered: Vec<FileState>,
    /// The scans in a row that did not show a file.
    missed: BTreeMap<FileId, u32>,
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

    /// Tells whether the patterns of a source name a path, be there such a file or not.
    pub(crate) fn names(config: &FilesConfig, path: &Path) -> Result<bool, Misplaced> {
        Ok(Listing::new(config)?.names(path))
    }

    /// Follows the files of a source, from where a checkpoint says that they were read up to.
    pub(crate) fn new(
        config: &FilesConfig,
        rules: LineRules,
        states: Option<Vec<FileState>>,
    ) -> Result<Self, Misplaced> {
        Ok(Self {
            config: config.clone(),
            rules,
            listing: Listing::new(config)?,
            followed: BTreeMap::new(),
            is_new: states.is_none(),
            remembered: states.unwrap_or_default(),
            missed: BTreeMap::new(),
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
        rules: LineRules,
    ) -> Result<(), Misplaced> {
        self.listing = Listing::new(config)?;
        self.config = config.clone();
        self.rules = rules;
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
        match file.read(self.rules, false) {
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

    /// Finds files that were rotated away and read, and forgets those that are not there.
    fn forget(&mut self, present: &BTreeSet<FileId>, events: &dyn Events) {
        let wait = Duration::from_millis(self.config.rotated_wait_milliseconds);
        let missed = std::mem::take(&mut self.missed);
        let mut missed_again = BTreeMap::new();
        let mut may_come_back = |id: FileId| {
            let count = missed.get(&id).map_or(1, |count| count + 1);
            missed_again.insert(id, count);
            count < MISSES
        };
        self.followed
            .retain(|id, file| file.is_listed || file.file().is_some() || may_come_back(*id));
        let is_done = |file: &Followed| {
            (file.is_away || !file.is_listed) && file.file().is_some() && file.is_idle(wait)
        };
        let done = self.followed.iter().filter(|(_, file)| is_done(file));
        self.retiring = done.map(|(id, _)| *id).collect();
        for state in std::mem::take(&mut self.remembered) {
            let is_there = present.contains(&state.id());
            if is_there && !self.followed.contains_key(&state.id()) {
                self.remembered.push(state);
                continue;
            }
            if !state.is_copy && self.find_unpacked(&state, events) {
                continue;
            }
            if !is_there && may_come_back(state.id()) {
                self.remembered.push(state);
            } else if !state.is_copy {
                let path = state.path.display().to_string();
                events.take(&Event::Gone { path, offset: state.offset });
            }
        }
        self.missed = missed_again;
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
            match file.read(self.rules) {
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
            let read = self.followed.get_mut(&id).map(|file| file.read(self.rules, true));
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

#[cfg(test)]
mod tests;
