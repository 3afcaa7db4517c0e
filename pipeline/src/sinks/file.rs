//! Files that are there when they are whole: written beside their place, and moved there at the
//! end.

use std::fs::{self, File, TryLockError};
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};

/// The folder for files that are not whole yet. A folder of its own, since some readers take every
/// file beside the others for one of theirs, whatever its name begins with.
const UNFINISHED: &str = ".delimark-unfinished";

/// Bytes that are written at once.
const BUFFER_BYTES: usize = 256 << 10;

/// A file that is being written, or standard output.
#[derive(Debug)]
pub(crate) struct Destination {
    writer: BufWriter<File>,
    bytes: u64,
    paths: Option<Paths>,
}

#[derive(Debug)]
struct Paths {
    unfinished: PathBuf,
    finished: PathBuf,
}

impl Destination {
    /// Opens a file for a path, or standard output.
    pub(crate) fn open(path: Option<&Path>) -> io::Result<Self> {
        let Some(path) = path else {
            let writer =
                BufWriter::with_capacity(BUFFER_BYTES, delimark_extract::standard_output()?);
            return Ok(Self { writer, bytes: 0, paths: None });
        };
        // A link stays one: what it leads to is written.
        let path = &fs::canonicalize(path).unwrap_or_else(|_| path.to_owned());
        if fs::metadata(path).is_ok_and(|metadata| !metadata.is_file()) {
            // Nothing can be put in the place of a device or a pipe.
            let file = File::options().write(true).open(path)?;
            let writer = BufWriter::with_capacity(BUFFER_BYTES, file);
            return Ok(Self { writer, bytes: 0, paths: None });
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
        let writer = BufWriter::with_capacity(BUFFER_BYTES, file);
        let paths = Paths { unfinished, finished: path.to_owned() };
        Ok(Self { writer, bytes: 0, paths: Some(paths) })
    }

    /// Returns the bytes written so far.
    pub(crate) fn bytes(&self) -> u64 {
        self.bytes
    }

    /// Puts the file under its name, and returns its bytes.
    pub(crate) fn publish(mut self) -> io::Result<u64> {
        self.writer.flush()?;
        let Some(paths) = self.paths.take() else {
            return Ok(self.bytes);
        };
        // Without this the name may survive a crash of the machine, and the bytes may not.
        self.writer.get_ref().sync_all()?;
        fs::rename(&paths.unfinished, &paths.finished)?;
        remove_if_empty(&paths.unfinished);
        Ok(self.bytes)
    }
}

impl Drop for Destination {
    fn drop(&mut self) {
        if let Some(paths) = self.paths.take() {
            let _ = fs::remove_file(&paths.unfinished);
            remove_if_empty(&paths.unfinished);
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
