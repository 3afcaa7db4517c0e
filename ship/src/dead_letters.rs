//! The file of dead letters: lines that no sink takes, with place and reason, shared by all who
//! have some.

use std::fs::{self, File};
use std::io::{self, Write};
use std::path::Path;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use delimark_pipeline::{DeadLetter, DeadLetters, JsonDeadLetters};

use crate::stages::Dead;
use crate::whole_lines::cut_torn_line;

/// The bytes of letters that wait to be written, from which no more are taken.
const WAITING_BYTES: usize = 64 << 10;

/// The dead letters of an agent. Clones write to the same file.
#[derive(Clone, Debug)]
pub(crate) struct DeadLetterFile {
    shared: Arc<Mutex<Shared>>,
}

#[derive(Debug)]
struct Shared {
    file: File,
    /// Letters that are not in the file yet, whole ones.
    waiting: Vec<u8>,
}

impl DeadLetterFile {
    /// Opens a file to append to, and creates it with its folder where it is missing. A part of a
    /// letter at its end, which a full disk and a kill left, is cut off: it comes again.
    ///
    /// # Errors
    ///
    /// It cannot be opened.
    pub(crate) fn open(path: &Path) -> io::Result<Self> {
        if let Some(folder) = path.parent() {
            fs::create_dir_all(folder)?;
        }
        let mut file = File::options().create(true).read(true).append(true).open(path)?;
        cut_torn_line(&mut file)?;
        Ok(Self { shared: Arc::new(Mutex::new(Shared { file, waiting: Vec::new() })) })
    }

    /// Keeps a line.
    ///
    /// # Errors
    ///
    /// The disk fails or is full.
    pub(crate) fn keep(&self, dead: &Dead) -> io::Result<()> {
        let letter = DeadLetter {
            line_number: dead.origin.line.unwrap_or_default(),
            offset: dead.origin.offset,
            column: None,
            value: None,
            reason: dead.reason.clone(),
            line: dead.line.as_ref().map(|line| line.to_vec()),
            is_left_out: true,
        };
        self.lock().take(&dead.origin.source, &letter)
    }

    /// Makes sure that all that were kept survive a loss of power.
    ///
    /// # Errors
    ///
    /// The disk fails or is full.
    pub(crate) fn sync(&self) -> io::Result<()> {
        let mut shared = self.lock();
        shared.write()?;
        // A device has nothing to sync, and says so with an error.
        if shared.file.metadata()?.is_file() { shared.file.sync_data() } else { Ok(()) }
    }

    fn lock(&self) -> MutexGuard<'_, Shared> {
        // A letter that a panic cut off is one bad line: the others are whole.
        self.shared.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Shared {
    fn take(&mut self, input: &str, letter: &DeadLetter) -> io::Result<()> {
        if self.waiting.len() >= WAITING_BYTES {
            self.write()?;
        }
        JsonDeadLetters::new(&mut self.waiting).take(input, letter)
    }

    /// Writes what waits, all or nothing: half a letter would spoil the one behind it.
    fn write(&mut self) -> io::Result<()> {
        if self.waiting.is_empty() {
            return Ok(());
        }
        let metadata = self.file.metadata()?;
        if let Err(error) = self.file.write_all(&self.waiting) {
            if metadata.is_file() {
                self.file.set_len(metadata.len())?;
            }
            return Err(error);
        }
        self.waiting.clear();
        Ok(())
    }
}

impl DeadLetters for DeadLetterFile {
    fn take(&mut self, input: &str, letter: &DeadLetter) -> io::Result<()> {
        self.lock().take(input, letter)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.sync()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::entry::Origin;

    #[test]
    fn half_a_letter_is_cut_off_and_whole_ones_stay() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("new/dead.jsonl");
        let origin = Origin { source: "a.log".into(), line: Some(1), offset: 0 };
        let dead = Dead { origin, reason: "is long".to_owned(), line: None };
        let letters = DeadLetterFile::open(&path).unwrap();
        letters.keep(&dead).unwrap();
        letters.sync().unwrap();
        let whole = fs::read_to_string(&path).unwrap();
        fs::write(&path, format!("{whole}{{\"input\":\"a.l")).unwrap();
        let letters = DeadLetterFile::open(&path).unwrap();
        letters.keep(&dead).unwrap();
        letters.sync().unwrap();
        assert_eq!(fs::read_to_string(&path).unwrap(), whole.repeat(2));
    }

    #[test]
    fn a_device_is_written_to_as_it_is() {
        let letters = DeadLetterFile::open(Path::new("/dev/null")).unwrap();
        letters.sync().unwrap();
    }
}
