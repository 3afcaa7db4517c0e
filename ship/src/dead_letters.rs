//! The file of dead letters: lines that no sink takes, with place and reason, shared by all who
//! have some.

use std::fs::{self, File};
use std::io::{self, BufWriter};
use std::path::Path;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use delimark_pipeline::{DeadLetter, DeadLetters, JsonDeadLetters};

use crate::stages::Dead;

/// The dead letters of an agent. Clones write to the same file.
#[derive(Clone, Debug)]
pub(crate) struct DeadLetterFile {
    shared: Arc<Mutex<Shared>>,
}

#[derive(Debug)]
struct Shared {
    file: File,
    letters: JsonDeadLetters<BufWriter<File>>,
}

impl DeadLetterFile {
    /// Opens a file to append to, and creates it with its folder where it is missing.
    ///
    /// # Errors
    ///
    /// It cannot be opened.
    pub(crate) fn open(path: &Path) -> io::Result<Self> {
        if let Some(folder) = path.parent() {
            fs::create_dir_all(folder)?;
        }
        let file = File::options().create(true).append(true).open(path)?;
        let letters = JsonDeadLetters::new(BufWriter::new(file.try_clone()?));
        Ok(Self { shared: Arc::new(Mutex::new(Shared { file, letters })) })
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
        self.lock().letters.take(&dead.origin.source, &letter)
    }

    /// Makes sure that all that were kept survive a loss of power.
    ///
    /// # Errors
    ///
    /// The disk fails or is full.
    pub(crate) fn sync(&self) -> io::Result<()> {
        let mut shared = self.lock();
        shared.letters.flush()?;
        shared.file.sync_data()
    }

    fn lock(&self) -> MutexGuard<'_, Shared> {
        // A letter that a panic cut off is one bad line: the others are whole.
        self.shared.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl DeadLetters for DeadLetterFile {
    fn take(&mut self, input: &str, letter: &DeadLetter) -> io::Result<()> {
        self.lock().letters.take(input, letter)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.sync()
    }
}
