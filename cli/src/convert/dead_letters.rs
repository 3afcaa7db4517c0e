//! Dead letters of `delimark convert`: to a file, or the first of them to standard error.

use std::fs::File;
use std::io::{self, BufWriter};

use delimark_pipeline::{DeadLetter, DeadLetters, JsonDeadLetters};

use crate::progress_line::ProgressLine;
use crate::tell;

/// The lines that are listed on standard error.
const LISTED: u64 = 10;

/// Takes dead letters, and remembers how many there were.
pub(super) struct Letters {
    file: Option<Keeping>,
    line: ProgressLine,
    listed: u64,
    unlisted: u64,
}

/// A file of dead letters.
enum Keeping {
    /// Its earlier content is still there.
    Opened(File),
    Begun(JsonDeadLetters<BufWriter<File>>),
}

impl Keeping {
    /// Empties the file at the first letter, or at the end: if nothing comes of the conversion, the
    /// letters of an earlier one are kept.
    fn begin(&mut self) -> io::Result<&mut JsonDeadLetters<BufWriter<File>>> {
        if let Self::Opened(file) = self {
            file.set_len(0).or_else(|error| match error.kind() {
                // Pipes and devices have no length.
                io::ErrorKind::InvalidInput => Ok(()),
                _ => Err(error),
            })?;
            *self = Self::Begun(JsonDeadLetters::new(BufWriter::new(file.try_clone()?)));
        }
        match self {
            Self::Begun(letters) => Ok(letters),
            Self::Opened(_) => unreachable!("it was begun"),
        }
    }
}

impl Letters {
    pub(super) fn new(file: Option<File>, line: ProgressLine) -> Self {
        Self { file: file.map(Keeping::Opened), line, listed: 0, unlisted: 0 }
    }

    /// Returns how many were neither kept nor listed.
    pub(super) fn unlisted(&self) -> u64 {
        self.unlisted
    }
}

impl DeadLetters for Letters {
    fn take(&mut self, input: &str, letter: &DeadLetter) -> io::Result<()> {
        if let Some(file) = &mut self.file {
            return file.begin()?.take(input, letter);
        }
        if self.listed < LISTED {
            self.line.suspend(|| tell(format_args!("{input}: {letter}")));
            self.listed += 1;
        } else {
            self.unlisted += 1;
        }
        Ok(())
    }

    fn flush(&mut self) -> io::Result<()> {
        self.file.as_mut().map_or(Ok(()), |file| file.begin()?.flush())
    }
}
