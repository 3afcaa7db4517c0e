//! The lines that a child goes through: a small part of a workload, in files, with the reference's
//! answers.

use std::path::Path;
use std::sync::Arc;

use anyhow::{Context, Result};
use delimark_results::Window;

use crate::supervised::Scratch;
use crate::workload::{FileOptions, Workload};

/// Two parts of a workload, each in a temporary file: the first to warm up on, and the second,
/// which is counted. They are not the same lines, since a branch predictor learns those.
///
/// A copy shares the files, which go with the last one.
#[derive(Clone, Debug)]
pub struct WindowFile {
    parts: Arc<Parts>,
}

#[derive(Debug)]
struct Parts {
    warm_up: Scratch,
    counted: Scratch,
    /// The second part.
    workload: Workload,
}

impl WindowFile {
    /// Takes the first whole lines of a workload, about that number of bytes for each part; the
    /// second is never the longer one, so that no buffer grows in it. A workload with less is cut
    /// into halves, and one of a single line is both.
    ///
    /// # Errors
    ///
    /// The files cannot be written.
    pub fn cut(workload: &Workload, part_bytes: usize) -> Result<Self> {
        let bytes = workload.bytes();
        let warm_up = lines_of_least(bytes, part_bytes.min(bytes.len() / 2));
        let counted = match &bytes[warm_up.len()..] {
            [] => bytes,
            rest => lines_of_most(rest, warm_up.len()),
        };
        let dialect = workload.input().dialect;
        let warm_up = write(warm_up).context("the lines to warm up on cannot be written")?;
        let counted = write(counted).context("the lines to count cannot be written")?;
        let options = FileOptions { dialect, memory_limit_bytes: u64::MAX };
        let workload = Workload::from_file(counted.path(), options)?;
        Ok(Self { parts: Arc::new(Parts { warm_up, counted, workload }) })
    }

    /// Returns the size of what is counted.
    #[must_use]
    pub fn window(&self) -> Window {
        let facts = self.parts.workload.facts();
        Window { bytes: facts.bytes, records: facts.records }
    }

    /// Returns the lines that are counted, with the reference's answers.
    #[must_use]
    pub fn workload(&self) -> &Workload {
        &self.parts.workload
    }

    /// Returns the file with the lines that are counted.
    #[must_use]
    pub fn path(&self) -> &Path {
        self.parts.counted.path()
    }

    /// Returns the file with the lines that come before them.
    #[must_use]
    pub fn warm_up_path(&self) -> &Path {
        self.parts.warm_up.path()
    }
}

/// Returns the first lines up to a number of bytes, and what is missing to the end of the last one.
fn lines_of_least(bytes: &[u8], least: usize) -> &[u8] {
    let begin = least.saturating_sub(1).min(bytes.len());
    let newline = memchr::memchr(b'\n', &bytes[begin..]);
    newline.map_or(bytes, |newline| &bytes[..=begin + newline])
}

/// Returns the lines that fit into a number of bytes, or the first one if none does.
fn lines_of_most(bytes: &[u8], most: usize) -> &[u8] {
    if bytes.len() <= most {
        return bytes;
    }
    match memchr::memrchr(b'\n', &bytes[..most]) {
        Some(newline) => &bytes[..=newline],
        None => lines_of_least(bytes, 1),
    }
}

fn write(bytes: &[u8]) -> std::io::Result<Scratch> {
    let mut file = Scratch::new("delimark-", ".log")?;
    file.write_all(bytes)?;
    Ok(file)
}

#[cfg(test)]
mod tests {
    use super::{lines_of_least, lines_of_most};

    const BYTES: &[u8] = b"ab\ncd\n\nef";

    #[test]
    fn lines_are_whole_and_no_fewer_than_asked_for() {
        for (least, expected) in [
            (0, &b"ab\n"[..]),
            (3, b"ab\n"),
            (4, b"ab\ncd\n"),
            (7, b"ab\ncd\n\n"),
            (8, BYTES),
            (99, BYTES),
        ] {
            assert_eq!(lines_of_least(BYTES, least), expected, "{least}");
        }
        assert_eq!(lines_of_least(b"", 5), b"");
    }

    #[test]
    fn lines_are_whole_and_no_more_than_asked_for_but_one() {
        for (most, expected) in [
            (0, &b"ab\n"[..]),
            (5, b"ab\n"),
            (6, b"ab\ncd\n"),
            (8, b"ab\ncd\n\n"),
            (9, BYTES),
            (99, BYTES),
        ] {
            assert_eq!(lines_of_most(BYTES, most), expected, "{most}");
        }
    }
}
