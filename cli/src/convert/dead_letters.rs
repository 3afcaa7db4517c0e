//! Dead letters of `delimark convert`: to a file, or the first of them to standard error.

use std::fs::File;
use std::io::{self, BufWriter};

use delimark_extract::escape::Printable;
use delimark_pipeline::{DeadLetter, DeadLetters, JsonDeadLetters};

use crate::progress_line::ProgressLine;
use crate::tell;

/// The lines that are listed on standard error, of each kind of reason.
const LISTED: u64 = 10;

/// Takes dead letters, and remembers how many there were.
pub(super) struct Letters {
    file: Option<JsonDeadLetters<BufWriter<File>>>,
    line: ProgressLine,
    listed: u64,
    unlisted: u64,
}

impl Letters {
    pub(super) fn new(file: Option<File>, line: ProgressLine) -> Self {
        let file = file.map(|file| JsonDeadLetters::new(BufWriter::new(file)));
        Self { file, line, listed: 0, unlisted: 0 }
    }

    /// Returns how many were neither kept nor listed.
    pub(super) fn unlisted(&self) -> u64 {
        self.unlisted
    }
}

impl DeadLetters for Letters {
    fn take(&mut self, input: &str, letter: &DeadLetter) -> io::Result<()> {
        if let Some(file) = &mut self.file {
            return file.take(input, letter);
        }
        if self.listed < LISTED {
            let input = Printable(input.as_bytes());
            self.line.suspend(|| tell(format_args!("{input}: {letter}")));
            self.listed += 1;
        } else {
            self.unlisted += 1;
        }
        Ok(())
    }

    fn flush(&mut self) -> io::Result<()> {
        self.file.as_mut().map_or(Ok(()), DeadLetters::flush)
    }
}
