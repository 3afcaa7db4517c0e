//! Temporary files that go with this process, also where a signal ends it and no destructor runs.

use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};

use tempfile::NamedTempFile;

/// The paths of the files that are there.
static LIVE: Mutex<Vec<PathBuf>> = Mutex::new(Vec::new());

/// A temporary file.
#[derive(Debug)]
pub(crate) struct Scratch {
    file: NamedTempFile,
}

/// Nobody makes a temporary file while this is there.
#[cfg(unix)]
pub(super) struct Cleared {
    _live: MutexGuard<'static, Vec<PathBuf>>,
}

impl Scratch {
    /// Makes an empty one, whose name begins and ends like this.
    pub(crate) fn new(prefix: &str, suffix: &str) -> io::Result<Self> {
        // Whoever removes all of them sees this one, or it is not made.
        let mut live = live();
        let file = tempfile::Builder::new().prefix(prefix).suffix(suffix).tempfile()?;
        live.push(file.path().to_owned());
        Ok(Self { file })
    }

    pub(crate) fn path(&self) -> &Path {
        self.file.path()
    }

    pub(crate) fn write_all(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.file.write_all(bytes)
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        let mut live = live();
        remove(self.path());
        live.retain(|path| path != self.file.path());
    }
}

/// Removes all of them.
#[cfg(unix)]
pub(super) fn clear() -> Cleared {
    let live = live();
    live.iter().for_each(|path| remove(path));
    Cleared { _live: live }
}

fn live() -> MutexGuard<'static, Vec<PathBuf>> {
    LIVE.lock().unwrap_or_else(PoisonError::into_inner)
}

fn remove(path: &Path) {
    // It may be gone already; there is nobody to tell.
    let _ = fs::remove_file(path);
}
