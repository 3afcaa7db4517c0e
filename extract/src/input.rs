//! The way into an input: what can be mapped is mapped, all else is read, and what is compressed is
//! decompressed.

use std::fmt;
use std::fs::{File, Metadata};
use std::io::{self, Read, Seek, SeekFrom};
use std::os::fd::AsFd;
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};

#[cfg(feature = "compression")]
use crate::compression::{Compression, MAGIC_BYTES};
use crate::escape::Printable;
use crate::output::enlarge_pipe;
use crate::truncation::{GuardedMap, TruncationCheck};
use crate::waiting::{Deadline, Interrupt, Waiting};
use crate::window_limit::WindowLimit;

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

impl fmt::Display for InputName {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::File(path) => Printable(path.as_os_str().as_bytes()).fmt(formatter),
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

/// The way in which inputs are opened.
#[derive(Clone, Copy, Debug)]
pub struct InputOptions {
    /// The permission to map files.
    pub access: Access,
    /// The largest window of Zstandard data.
    pub window_limit: WindowLimit,
}

/// An open input.
#[derive(Debug)]
pub struct Input {
    pub(crate) content: Content,
    identity: Option<FileIdentity>,
    /// The bytes of a regular file.
    bytes: Option<u64>,
}

/// A reader of an input, see [`Input::into_reader`].
pub struct InputReader {
    /// Yields the bytes.
    pub reader: Box<dyn Read + Send>,
    /// Calls off a thread that waits for them.
    pub interrupt: Interrupt,
    /// Sets until when to wait for them; none where they are compressed.
    pub deadline: Option<Deadline>,
    /// The number of bytes, for a regular file that is not compressed.
    pub bytes: Option<u64>,
    /// True if more may come at any time: it is no regular file.
    pub is_stream: bool,
}

/// The content of an input.
pub(crate) enum Content {
    /// A file in memory from an offset on, and the check that it still is what was mapped.
    Map { map: GuardedMap, start: usize, check: TruncationCheck },
    /// Anything else.
    Read {
        reader: Box<dyn Read + Send>,
        interrupt: Interrupt,
        deadline: Deadline,
        is_compressed: bool,
    },
}

impl fmt::Debug for Content {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self {
            Self::Map { .. } => "Map",
            Self::Read { .. } => "Read",
        })
    }
}

impl Input {
    /// Opens an input. Standard input is read from where it stands, and what is left behind it is
    /// for whoever opens it next.
    ///
    /// # Errors
    ///
    /// The file cannot be opened, or it is a directory.
    pub fn open(name: &InputName, options: InputOptions) -> io::Result<Self> {
        let mut file = match name {
            InputName::File(path) => File::open(path)?,
            InputName::StandardInput => File::from(io::stdin().as_fd().try_clone_to_owned()?),
        };
        let metadata = file.metadata()?;
        if metadata.is_dir() {
            return Err(io::ErrorKind::IsADirectory.into());
        }
        let identity = FileIdentity::new(&metadata);
        let bytes = metadata.is_file().then_some(metadata.len());
        if options.access == Access::Map
            && metadata.is_file()
            && let Some(content) = map(&mut file, metadata.len())?
        {
            return Ok(Self { content, identity, bytes });
        }
        if !metadata.is_file() {
            enlarge_pipe(&file);
        }
        Ok(Self { content: read(file, options.window_limit)?, identity, bytes })
    }

    /// Returns a reader of the input from where it stands, decompressed, and the bytes that it will
    /// yield where they are known. What is mapped is opened with [`Access::Read`] instead.
    ///
    /// # Errors
    ///
    /// The input was opened with [`Access::Map`], and is mapped.
    pub fn into_reader(self) -> io::Result<InputReader> {
        match self.content {
            Content::Map { .. } => Err(io::ErrorKind::Unsupported.into()),
            Content::Read { reader, interrupt, deadline, is_compressed } => {
                let (bytes, is_stream) =
                    (self.bytes.filter(|_| !is_compressed), self.bytes.is_none());
                let deadline = (!is_compressed).then_some(deadline);
                Ok(InputReader { reader, interrupt, deadline, bytes, is_stream })
            }
        }
    }

    /// Identifies the file that was opened; `None` for what is no regular file.
    #[must_use]
    pub fn identity(&self) -> Option<FileIdentity> {
        self.identity
    }
}

/// Maps a file from where it stands to its end, and takes it as read. Returns nothing for a file
/// that is to be read instead.
fn map(file: &mut File, bytes: u64) -> io::Result<Option<Content>> {
    let start = file.stream_position()?;
    // The kernel's own files, /proc/self/maps for one, are regular and say that they are empty.
    let Some(start) = usize::try_from(start).ok().filter(|&start| (start as u64) < bytes) else {
        return Ok(None);
    };
    // Some file systems map nothing, and maps may run out; what they hold can still be read.
    let Ok((map, check)) = GuardedMap::open(file.try_clone()?) else {
        return Ok(None);
    };
    let Some(rest) = map.as_bytes().get(start..).filter(|rest| !rest.is_empty()) else {
        return Ok(None);
    };
    #[cfg(feature = "compression")]
    if Compression::of(rest).is_some() {
        return Ok(None);
    }
    file.seek(SeekFrom::Start((start + rest.len()) as u64))?;
    Ok(Some(Content::Map { map, start, check }))
}

#[cfg(not(feature = "compression"))]
fn read(file: File, _: WindowLimit) -> io::Result<Content> {
    let (interrupt, deadline) = (Interrupt::default(), Deadline::default());
    let file = Waiting::new(file).with_interrupt(interrupt.clone());
    let reader = Box::new(file.with_deadline(deadline.clone()));
    Ok(Content::Read { reader, interrupt, deadline, is_compressed: false })
}

/// Reads a file, decompressed where its first bytes say so.
#[cfg(feature = "compression")]
fn read(file: File, window_limit: WindowLimit) -> io::Result<Content> {
    let (interrupt, deadline) = (Interrupt::default(), Deadline::default());
    let file = Waiting::new(file).with_interrupt(interrupt.clone());
    let mut file = file.with_deadline(deadline.clone());
    let mut start = Vec::with_capacity(MAGIC_BYTES);
    let mut failure = None;
    // A byte at a time, so that nothing is waited for that could not tell.
    while Compression::may_begin(&start) {
        let mut byte = [0];
        match file.read(&mut byte) {
            Ok(0) => break,
            Ok(_) => start.push(byte[0]),
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => {
                failure = Some(error);
                break;
            }
        }
    }
    let compression = Compression::of(&start);
    let rest = io::Cursor::new(start).chain(Failing(failure)).chain(file);
    let reader: Box<dyn Read + Send> = match compression {
        Some(compression) => compression.reader(rest, window_limit)?,
        None => Box::new(rest),
    };
    Ok(Content::Read { reader, interrupt, deadline, is_compressed: compression.is_some() })
}

/// Yields nothing but an error that there was, once.
#[cfg(feature = "compression")]
struct Failing(Option<io::Error>);

#[cfg(feature = "compression")]
impl Read for Failing {
    fn read(&mut self, _: &mut [u8]) -> io::Result<usize> {
        self.0.take().map_or(Ok(0), Err)
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
