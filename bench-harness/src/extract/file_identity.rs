//! Tells files apart whatever they are called, so that no output destroys an input.

use std::fs::{File, Metadata};
use std::io;
use std::os::fd::AsFd;
use std::os::unix::fs::MetadataExt;
use std::path::Path;

use super::input::InputName;

/// A regular file: links, hard ones too, and open handles lead to the same one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FileIdentity {
    device: u64,
    inode: u64,
}

impl FileIdentity {
    /// Identifies an input; `None` for what is absent or no regular file.
    #[must_use]
    pub fn of_input(name: &InputName) -> Option<Self> {
        match name {
            InputName::File(path) => Self::of_path(path),
            InputName::StandardInput => Self::of_handle(&io::stdin()),
        }
    }

    /// Identifies the file at a path; `None` for what is absent or no regular file.
    #[must_use]
    pub fn of_path(path: &Path) -> Option<Self> {
        path.metadata().ok().and_then(|metadata| Self::new(&metadata))
    }

    /// Identifies an open file; `None` for what is no regular file.
    #[must_use]
    pub fn of_handle(handle: &impl AsFd) -> Option<Self> {
        let file = File::from(handle.as_fd().try_clone_to_owned().ok()?);
        file.metadata().ok().and_then(|metadata| Self::new(&metadata))
    }

    fn new(metadata: &Metadata) -> Option<Self> {
        let identity = Self { device: metadata.dev(), inode: metadata.ino() };
        metadata.is_file().then_some(identity)
    }
}
