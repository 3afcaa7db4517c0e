//! Memory maps that outlive the truncation of their files.
//!
//! Reading a mapped page that its file no longer has raises `SIGBUS`, which ends a process that
//! does not handle it. The handler here puts pages of zeros in the place of the map's missing
//! ones, so the read goes on. Zeros are not the file's bytes: whoever reads a map asks its
//! [`TruncationCheck`] before believing what was read.
//!
//! A handler may take no lock and call nothing that does, so the guarded ranges stand in a fixed
//! table of atomics. It never waits: an entry that changes while it is read guards no map that
//! anybody can be reading.

mod slots;
#[cfg(test)]
mod tests;

use std::fs::File;
use std::{fmt, io};

use delimark::{Burst, BurstLimits, MapSource, Source, SourceError};

pub use self::slots::GUARDED_MAPS_MAXIMUM;
use self::slots::{TakenSlot, install_handler};

/// Lends a mapped file, and goes on lending when the file shrinks.
///
/// Any number of threads may hold maps of their own, or share one.
#[derive(Debug)]
pub struct GuardedMap {
    map: MapSource,
    slot: TakenSlot,
}

/// Tells whether a map has shown its file so far; it may outlive the map.
#[derive(Debug)]
pub struct TruncationCheck {
    file: File,
    bytes_mapped: u64,
    slot: TakenSlot,
}

impl GuardedMap {
    /// Maps a file.
    ///
    /// # Errors
    ///
    /// The file cannot be mapped, the signal not be handled, or [`GUARDED_MAPS_MAXIMUM`] maps are
    /// guarded already.
    pub fn open(file: File) -> io::Result<(Self, TruncationCheck)> {
        install_handler()?;
        let slot = TakenSlot::take()?;
        let map = MapSource::from_file(&file)?;
        let range = map.as_bytes().as_ptr_range();
        slot.set_range(range.start.addr(), range.end.addr());
        let bytes_mapped = map.as_bytes().len() as u64;
        let check = TruncationCheck { file, bytes_mapped, slot: slot.clone() };
        Ok((Self { map, slot }, check))
    }

    /// Returns the whole file as it is mapped.
    #[must_use]
    pub fn as_bytes(&self) -> &[u8] {
        self.map.as_bytes()
    }
}

impl Source for GuardedMap {
    fn next_burst(&mut self, limits: BurstLimits) -> Result<Option<Burst<'_>>, SourceError> {
        self.map.next_burst(limits)
    }
}

impl Drop for GuardedMap {
    fn drop(&mut self) {
        // Before the map itself goes: what is mapped at these addresses next is not ours.
        self.slot.set_range(0, 0);
    }
}

impl TruncationCheck {
    /// Verifies what was read from the map until now.
    ///
    /// Asks for the file's size as well, since a file that loses part of its last page shows
    /// zeros there without a signal. A file that shrank and grew again in between goes unseen
    /// if no page was missing when it was read.
    ///
    /// # Errors
    ///
    /// The file is shorter than it was, or a page of it could not be had.
    pub fn verify(&self) -> Result<(), Truncated> {
        let bytes_now = self.file.metadata().map_err(Truncated::unknown)?.len();
        if bytes_now < self.bytes_mapped {
            return Err(Truncated::shrank(self.bytes_mapped, bytes_now));
        }
        if self.slot.has_faulted() {
            return Err(Truncated::page());
        }
        Ok(())
    }
}

/// Says that bytes read from a map may not be the file's.
#[derive(Debug)]
pub struct Truncated {
    kind: ErrorKind,
}

#[derive(Debug)]
enum ErrorKind {
    Shrank { bytes_before: u64, bytes_now: u64 },
    Page,
    Unknown { error: io::Error },
}

impl Truncated {
    fn shrank(bytes_before: u64, bytes_now: u64) -> Self {
        Self { kind: ErrorKind::Shrank { bytes_before, bytes_now } }
    }

    fn page() -> Self {
        Self { kind: ErrorKind::Page }
    }

    fn unknown(error: io::Error) -> Self {
        Self { kind: ErrorKind::Unknown { error } }
    }
}

impl fmt::Display for Truncated {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.kind {
            ErrorKind::Shrank { bytes_before, bytes_now } => write!(
                formatter,
                "the file shrank from {bytes_before} to {bytes_now} bytes while it was being read"
            ),
            ErrorKind::Page => formatter
                .write_str("a page was missing: the file shrank for a while, or the disk failed"),
            ErrorKind::Unknown { .. } => formatter.write_str("the file's size cannot be had"),
        }
    }
}

impl std::error::Error for Truncated {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match &self.kind {
            ErrorKind::Unknown { error } => Some(error),
            ErrorKind::Shrank { .. } | ErrorKind::Page => None,
        }
    }
}
