//! Reasons why a queue takes or gives nothing.

use std::fmt;
use std::io;
use std::path::{Path, PathBuf};

/// The reason why a queue takes or gives nothing.
#[derive(Debug)]
pub struct QueueError {
    kind: Kind,
}

#[derive(Debug)]
enum Kind {
    Full { waiting: u64, needed: u64, limit: u64 },
    NoDiskRoom { free: u64, reserve: u64 },
    Oversized { needed: u64, limit: u64 },
    Locked { folder: PathBuf },
    Limits { bytes: u64, least: u64 },
    Foreign { file: PathBuf },
    Unsynced { folder: PathBuf },
    Io { action: &'static str, path: PathBuf, error: io::Error },
}

impl QueueError {
    /// The limit of bytes is reached.
    pub(super) fn full(waiting: u64, needed: u64, limit: u64) -> Self {
        Kind::Full { waiting, needed, limit }.into()
    }

    /// The disk has no more room than is kept for what else has to be written.
    pub(super) fn no_disk_room(free: u64, reserve: u64) -> Self {
        Kind::NoDiskRoom { free, reserve }.into()
    }

    /// One append would not fit even an empty queue.
    pub(super) fn oversized(needed: u64, limit: u64) -> Self {
        Kind::Oversized { needed, limit }.into()
    }

    /// Another process has the queue.
    pub(super) fn locked(folder: &Path) -> Self {
        Kind::Locked { folder: folder.to_owned() }.into()
    }

    /// The limits leave no room for anything.
    pub(super) fn limits(bytes: u64, least: u64) -> Self {
        Kind::Limits { bytes, least }.into()
    }

    /// A file has a segment's name, and is none.
    pub(super) fn foreign(file: &Path) -> Self {
        Kind::Foreign { file: file.to_owned() }.into()
    }

    /// An earlier sync failed, and what the disk has is not known.
    pub(super) fn unsynced(folder: &Path) -> Self {
        Kind::Unsynced { folder: folder.to_owned() }.into()
    }

    /// The system did not do something with a file.
    pub(super) fn io(action: &'static str, path: &Path, error: io::Error) -> Self {
        Kind::Io { action, path: path.to_owned(), error }.into()
    }

    /// Returns true if waiting helps: the queue is at its limit, or the disk is full.
    #[must_use]
    pub fn is_full(&self) -> bool {
        match &self.kind {
            Kind::Full { .. } | Kind::NoDiskRoom { .. } => true,
            Kind::Io { error, .. } => is_full(error),
            _ => false,
        }
    }
}

/// Returns true if the disk has no room, so that waiting may help.
pub(crate) fn is_full(error: &io::Error) -> bool {
    matches!(error.kind(), io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded)
}

impl From<Kind> for QueueError {
    fn from(kind: Kind) -> Self {
        Self { kind }
    }
}

impl fmt::Display for QueueError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.kind {
            Kind::NoDiskRoom { free, reserve } => write!(
                formatter,
                "the disk is full: {free} bytes are free, and {reserve} are kept for the \
                 checkpoint and dead letters"
            ),
            Kind::Full { waiting, needed, limit } => write!(
                formatter,
                "the queue is full: {waiting} of at most {limit} bytes are taken, and {needed} \
                 more do not fit; they do once its sink has sent what waits"
            ),
            Kind::Oversized { needed, limit } => write!(
                formatter,
                "{needed} bytes at once never fit a queue of at most {limit}: raise its limit, or \
                 append less at once"
            ),
            Kind::Locked { folder } => write!(
                formatter,
                "{}: another process has this queue; give each its own folder",
                folder.display()
            ),
            Kind::Limits { bytes, least } => {
                write!(formatter, "a queue of {bytes} bytes is too small: at least {least}")
            }
            Kind::Foreign { file } => write!(
                formatter,
                "{}: this is no segment of a queue, or of another version: move it away",
                file.display()
            ),
            Kind::Unsynced { folder } => write!(
                formatter,
                "{}: a sync failed, so what the disk has is not known: open the queue again",
                folder.display()
            ),
            Kind::Io { action, path, error } => {
                write!(formatter, "{}: cannot {action}: {error}", path.display())
            }
        }
    }
}

impl std::error::Error for QueueError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match &self.kind {
            Kind::Io { error, .. } => Some(error),
            _ => None,
        }
    }
}
