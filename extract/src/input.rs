//! The way into an input: what can be mapped is mapped, all else is read.

use std::fs::{File, Metadata};
use std::io::{self, Seek};
use std::os::fd::AsFd;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};

use delimark::ReadSource;

use crate::output::enlarge_pipe;
use crate::truncation::{GuardedMap, TruncationCheck};

/// Names an input.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum InputName {
    /// A file.
    File(PathBuf),
    /// The standard input that the process was started with.
    StandardInput,
}

impl InputName {
    /// Takes `-` for standard input and all else for a file.
    #[must_use]
    pub fn new(path: &Path) -> Self {
        if path == Path::new("-") { Self::StandardInput } else { Self::File(path.to_owned()) }
    }
}

impl std::fmt::Display for InputName {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::File(path) => write!(formatter, "{}", path.display()),
            Self::StandardInput => formatter.write_str("standard input"),
        }
    }
}

/// Says whether files may be mapped.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Access {
    /// Map what can be mapped.
    Map,
    /// Read everything.
    Read,
}

/// An open input.
#[derive(Debug)]
pub enum Input {
    /// A file in memory, and the check that it still is what was mapped.
    Map(GuardedMap, TruncationCheck),
    /// Anything else.
    Read(ReadSource<File>),
}

impl Input {
    /// Opens an input.
    ///
    /// # Errors
    ///
    /// The file cannot be opened, or it is a directory.
    pub fn open(name: &InputName, access: Access) -> io::Result<Self> {
        let mut file = match name {
            InputName::File(path) => File::open(path)?,
            InputName::StandardInput => File::from(io::stdin().as_fd().try_clone_to_owned()?),
        };
        let metadata = file.metadata()?;
        if metadata.is_dir() {
            return Err(io::ErrorKind::IsADirectory.into());
        }
        // The kernel's own files, /proc/self/maps for one, are regular and say that they are
        // empty. Standard input may have been read from before it came here.
        let is_mappable = metadata.is_file() && metadata.len() > 0 && file.stream_position()? == 0;
        // Some file systems map nothing, and maps may run out; what they hold can still be read.
        if access == Access::Map
            && is_mappable
            && let Ok((map, check)) = GuardedMap::open(file.try_clone()?)
        {
            return Ok(Self::Map(map, check));
        }
        enlarge_pipe(&file);
        Ok(Self::Read(ReadSource::new(file)))
    }
}

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
