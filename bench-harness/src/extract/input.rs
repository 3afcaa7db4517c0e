//! The way into an input: what can be mapped is mapped, all else is read.

use std::fs::File;
use std::io::{self, Seek};
use std::os::fd::AsFd;
use std::path::{Path, PathBuf};

use delimark::ReadSource;

use super::pipe;
use delimark_extract::truncation::{GuardedMap, Witness};

/// Names an input.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum InputName {
    /// A file.
    File(PathBuf),
    /// What the process was started with.
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
    /// A file in memory, and who tells whether it still is what was mapped.
    Map(GuardedMap, Witness),
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
        // Some file systems map nothing; what they hold can still be read.
        if access == Access::Map
            && is_mappable
            && let Ok((map, witness)) = GuardedMap::open(file.try_clone()?)
        {
            return Ok(Self::Map(map, witness));
        }
        pipe::enlarge(&file);
        Ok(Self::Read(ReadSource::new(file)))
    }
}
