//! Files that are there when they are whole: written beside their place, and moved there at the
//! end.

use std::fs::{self, File, TryLockError};
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};

#[cfg(feature = "object-store")]
use super::object::{ObjectPlace, Upload};

/// The folder for files that are not whole yet. A folder of its own, since some readers take every
/// file beside the others for one of theirs, whatever its name begins with.
const UNFINISHED: &str = ".delimark-unfinished";

/// Bytes that are written at once.
const BUFFER_BYTES: usize = 256 << 10;

/// The place of one file.
#[derive(Debug)]
pub(crate) enum Place {
    /// Standard output.
    Standard,
    /// A path.
    Path(PathBuf),
    /// An object in a store.
    #[cfg(feature = "object-store")]
    Object(ObjectPlace),
}

impl Place {
    /// Returns the path or address; none of standard output.
    pub(crate) fn name(&self) -> Option<PathBuf> {
        match self {
            Self::Standard => None,
            Self::Path(path) => Some(path.clone()),
            #[cfg(feature = "object-store")]
            Self::Object(place) => Some(place.address().into()),
        }
    }
}

/// A file that is being written.
#[derive(Debug)]
pub(crate) struct Destination {
    writer: BufWriter<Target>,
    bytes: u64,
}

#[derive(Debug)]
enum Target {
    /// Standard output, a pipe or a device.
    Stream(File),
    /// A file that gets its name at the end.
    File(UnfinishedFile),
    #[cfg(feature = "object-store")]
    Object(Upload),
}

#[derive(Debug)]
struct UnfinishedFile {
    file: File,
    unfinished: PathBuf,
    finished: PathBuf,
    is_finished: bool,
}

impl Destination {
    /// Opens a place to be written to.
    pub(crate) fn open(place: &Place) -> io::Result<Self> {
        let target = match place {
            Place::Standard => Target::Stream(delimark_extract::standard_output()?),
            Place::Path(path) => Target::open_path(path)?,
            #[cfg(feature = "object-store")]
            Place::Object(place) => Target::Object(Upload::begin(place)?),
        };
        Ok(Self { writer: BufWriter::with_capacity(BUFFER_BYTES, target), bytes: 0 })
    }

    /// Returns the bytes written so far.
    pub(crate) fn bytes(&self) -> u64 {
        self.bytes
    }

    /// Hands on what was written so far, where somebody may be reading it: not of a file that has
    /// no name yet.
    pub(crate) fn hand_on(&mut self) -> io::Result<()> {
        match self.writer.get_ref() {
            Target::Stream(_) => self.writer.flush(),
            _ => Ok(()),
        }
    }

    /// Puts the file under its name, and returns its bytes.
    pub(crate) fn publish(mut self) -> io::Result<u64> {
        self.writer.flush()?;
        let Ok(target) = self.writer.into_inner() else { unreachable!("it was flushed") };
        match target {
            Target::Stream(_) => {}
            Target::File(file) => file.publish()?,
            #[cfg(feature = "object-store")]
            Target::Object(upload) => upload.publish()?,
        }
        Ok(self.bytes)
    }
}

impl Target {
    fn open_path(path: &Path) -> io::Result<Self> {
        // A link stays one: what it leads to is written.
        let path = &fs::canonicalize(path).unwrap_or_else(|_| path.to_owned());
        if fs::metadata(path).is_ok_and(|metadata| !metadata.is_file()) {
            // Nothing can be put in the place of a device or a pipe.
            return Ok(Self::Stream(File::options().write(true).open(path)?));
        }
        let name = path.file_name().ok_or(io::ErrorKind::InvalidInput)?;
        let folder = path.parent().unwrap_or(Path::new("")).join(UNFINISHED);
        match fs::create_dir(&folder) {
            Err(error) if error.kind() != io::ErrorKind::AlreadyExists => return Err(error),
            _ => {}
        }
        let unfinished = folder.join(name);
        // Not truncated before it is known that nobody else writes it.
        let file = File::options().create(true).write(true).truncate(false).open(&unfinished)?;
        match file.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => {
                let message = "another process is writing it at this moment";
                return Err(io::Error::new(io::ErrorKind::ResourceBusy, message));
            }
            Err(TryLockError::Error(error)) => return Err(error),
        }
        file.set_len(0)?;
        let finished = path.to_owned();
        Ok(Self::File(UnfinishedFile { file, unfinished, finished, is_finished: false }))
    }
}

impl Write for Target {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        match self {
            Self::Stream(file) | Self::File(UnfinishedFile { file, .. }) => file.write(bytes),
            #[cfg(feature = "object-store")]
            Self::Object(upload) => upload.write(bytes),
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        match self {
            Self::Stream(file) | Self::File(UnfinishedFile { file, .. }) => file.flush(),
            #[cfg(feature = "object-store")]
            Self::Object(upload) => upload.flush(),
        }
    }
}

impl UnfinishedFile {
    fn publish(mut self) -> io::Result<()> {
        // Without this the name may survive a crash of the machine, and the bytes may not.
        self.file.sync_all()?;
        fs::rename(&self.unfinished, &self.finished)?;
        self.is_finished = true;
        remove_if_empty(&self.unfinished);
        Ok(())
    }
}

impl Drop for UnfinishedFile {
    fn drop(&mut self) {
        if !self.is_finished {
            let _ = fs::remove_file(&self.unfinished);
            remove_if_empty(&self.unfinished);
        }
    }
}

/// Removes the folder of unfinished files after the last of them.
fn remove_if_empty(unfinished: &Path) {
    if let Some(folder) = unfinished.parent() {
        let _ = fs::remove_dir(folder);
    }
}

impl Write for Destination {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let count = self.writer.write(bytes)?;
        self.bytes += count as u64;
        Ok(count)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.writer.flush()
    }
}
