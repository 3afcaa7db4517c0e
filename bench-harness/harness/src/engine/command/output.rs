//! The output of commands: a file that is kept in memory and used again, so that no disk and no
//! reader is on the clock, and every byte can be looked at afterwards.

use std::fs::File;
use std::io::{self, Read, Seek};

use delimark_runner::model::Answer;

use crate::workload::ExtractedText;

/// The bytes that are looked at at once.
const CHUNK_BYTES: usize = 1 << 20;

/// A file without a name.
pub(super) struct OutputFile {
    file: File,
    /// True where the command opens it again, as `/dev/stdout`, with a place of its own in it.
    is_reopened: bool,
    /// True until a command has written to it to the end.
    is_new: bool,
}

impl OutputFile {
    /// Makes one: in memory where the system has such files, in the folder for temporary ones
    /// elsewhere.
    pub(super) fn new() -> io::Result<Self> {
        Ok(Self { file: new_file()?, is_reopened: false, is_new: true })
    }

    /// Returns the file for a command to write to, from the start. The bytes before are overwritten
    /// and not taken away: their memory need not be found again. Only where the command opens the
    /// file again its length has to tell how much was written.
    pub(super) fn for_child(&mut self) -> io::Result<File> {
        if self.is_new || self.is_reopened {
            self.file.set_len(0)?;
        }
        self.file.rewind()?;
        self.file.try_clone()
    }

    /// Returns its length: no less than the output of the last command.
    pub(super) fn length(&self) -> io::Result<u64> {
        Ok(self.file.metadata()?.len())
    }

    /// Reads the output of the last command as a text that has nothing yet; the command moved the
    /// place that it shares with this process.
    pub(super) fn answer(&mut self, mut text: ExtractedText) -> io::Result<Answer> {
        let (place, length) = (self.file.stream_position()?, self.length()?);
        // The first command finds it empty, so nobody else wrote what is behind the place.
        self.is_reopened |= self.is_new && length != place;
        self.is_new = false;
        let written = if self.is_reopened { length } else { place };
        self.file.rewind()?;
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

    use delimark::Dialect;

    use super::*;

    fn new_text() -> ExtractedText {
        ExtractedText::new(&Dialect::new(b'|').unwrap(), 2)
    }

    #[test]
    fn what_is_left_of_a_longer_output_does_not_count() {
        let mut output = OutputFile::new().unwrap();
        for text in ["a|b\nc|d\n", "e|f\n"] {
            output.for_child().unwrap().write_all(text.as_bytes()).unwrap();
            let mut expected = new_text();
            expected.push(text.as_bytes());
            assert_eq!(output.answer(new_text()).unwrap(), expected.answer());
        }
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn what_is_written_by_another_way_in_counts() {
        use std::os::fd::AsRawFd;
        let mut output = OutputFile::new().unwrap();
        for text in ["a|b\nc|d\n", "e|f\n", "g|h\n"] {
            let file = output.for_child().unwrap();
            std::fs::write(format!("/proc/self/fd/{}", file.as_raw_fd()), text).unwrap();
            let mut expected = new_text();
            expected.push(text.as_bytes());
            assert_eq!(output.answer(new_text()).unwrap(), expected.answer());
        }
    }
}
