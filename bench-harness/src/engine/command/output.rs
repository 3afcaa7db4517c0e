//! Where commands write: a file that is kept in memory and used again, so that no disk and no
//! reader is on the clock, and every byte can be looked at behind it.

use std::fs::File;
use std::io::{self, Read, Seek};

use crate::model::Answer;
use crate::workload::ExtractedText;

/// How much is looked at at once.
const CHUNK_BYTES: usize = 1 << 20;

/// A file without a name.
pub(super) struct OutputFile {
    file: File,
}

impl OutputFile {
    /// Makes one: in memory where the system has such files, in the folder for temporary ones
    /// elsewhere.
    pub(super) fn new() -> io::Result<Self> {
        Ok(Self { file: new_file()? })
    }

    /// What a command writes to, from the start. What is there already is overwritten and not taken
    /// away: its memory need not be found again.
    pub(super) fn for_child(&mut self) -> io::Result<File> {
        self.file.rewind()?;
        self.file.try_clone()
    }

    /// What the last command wrote, which moved the place that it shares with this process.
    pub(super) fn answer(&mut self, delimiter: u8) -> io::Result<Answer> {
        let written = self.file.stream_position()?;
        self.file.rewind()?;
        let mut text = ExtractedText::new(delimiter);
        let mut rest = (&self.file).take(written);
        let mut chunk = vec![0; CHUNK_BYTES];
        loop {
            match rest.read(&mut chunk)? {
                0 => return Ok(text.answer()),
                length => text.push(&chunk[..length]),
            }
        }
    }
}

#[cfg(target_os = "linux")]
fn new_file() -> io::Result<File> {
    use rustix::fs::{MemfdFlags, memfd_create};
    Ok(memfd_create("delimark-output", MemfdFlags::CLOEXEC)?.into())
}

#[cfg(not(target_os = "linux"))]
fn new_file() -> io::Result<File> {
    tempfile::tempfile()
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use super::*;

    #[test]
    fn what_is_left_of_a_longer_output_does_not_count() {
        let mut output = OutputFile::new().unwrap();
        for text in ["a|b\nc|d\n", "e|f\n"] {
            output.for_child().unwrap().write_all(text.as_bytes()).unwrap();
            let mut expected = ExtractedText::new(b'|');
            expected.push(text.as_bytes());
            assert_eq!(output.answer(b'|').unwrap(), expected.answer());
        }
    }
}
