//! The report of scans: how much they read, and which lines do not fit.

use std::fmt;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use delimark_extract::Progress;

/// Counts what the scans of an engine read, until it is [taken](Self::take).
#[derive(Debug, Default)]
pub struct ScanReport {
    lines: AtomicU64,
    rows: AtomicU64,
    filtered: AtomicU64,
    left_out: AtomicU64,
    null_values: AtomicU64,
    bytes: AtomicU64,
    notes: Mutex<Vec<BadLineNote>>,
    progress: Arc<Progress>,
}

/// The figures of a report.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ScanCounts {
    /// The bytes of lines that were read, decompressed.
    pub bytes: u64,
    /// The lines.
    pub lines: u64,
    /// The rows that they became.
    pub rows: u64,
    /// The lines that did not meet the conditions that were asked of their bytes.
    pub filtered: u64,
    /// The lines that do not fit, and are in no row.
    pub left_out: u64,
    /// The values that do not fit, and are null in their rows.
    pub null_values: u64,
    /// The first lines that do not fit, and the first of those values.
    pub notes: Vec<BadLineNote>,
}

/// A line that does not fit, or a value of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BadLineNote {
    /// The name of the file.
    pub file: String,
    /// The offset of the line in it, in bytes; of what it is decompressed.
    pub offset: u64,
    /// The reason, which reads on behind the place.
    pub reason: String,
}

impl fmt::Display for BadLineNote {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { file, offset, reason } = self;
        write!(formatter, "{file}: the line at byte {offset}{reason}")
    }
}

impl ScanReport {
    /// The lines that are kept to be listed.
    pub(crate) const LISTED: usize = 10;

    /// Returns the progress of the statement that runs: the bytes read, as they stand in files.
    #[must_use]
    pub fn progress(&self) -> &Arc<Progress> {
        &self.progress
    }

    /// Returns what came together, and begins again.
    #[must_use]
    pub fn take(&self) -> ScanCounts {
        let take = |count: &AtomicU64| count.swap(0, Ordering::Relaxed);
        let mut notes = self.notes.lock().unwrap_or_else(PoisonError::into_inner);
        ScanCounts {
            bytes: take(&self.bytes),
            lines: take(&self.lines),
            rows: take(&self.rows),
            filtered: take(&self.filtered),
            left_out: take(&self.left_out),
            null_values: take(&self.null_values),
            notes: std::mem::take(&mut *notes),
        }
    }

    /// Adds figures; of the notes the first, as many as are listed.
    pub(crate) fn add(&self, counts: ScanCounts) {
        let add = |count: &AtomicU64, more| count.fetch_add(more, Ordering::Relaxed);
        add(&self.bytes, counts.bytes);
        add(&self.lines, counts.lines);
        add(&self.rows, counts.rows);
        add(&self.filtered, counts.filtered);
        add(&self.left_out, counts.left_out);
        add(&self.null_values, counts.null_values);
        if !counts.notes.is_empty() {
            let mut notes = self.notes.lock().unwrap_or_else(PoisonError::into_inner);
            notes.extend(counts.notes);
            // Threads come by them in any order.
            notes.sort_by(|one, other| (&one.file, one.offset).cmp(&(&other.file, other.offset)));
            notes.truncate(Self::LISTED);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_lines_are_listed_whichever_thread_is_first() {
        let report = ScanReport::default();
        let note = |offset| BadLineNote { file: "a".to_owned(), offset, reason: String::new() };
        for chunk in [100..110, 0..8] {
            let notes = chunk.map(note).collect();
            report.add(ScanCounts { notes, ..ScanCounts::default() });
        }
        let offsets: Vec<u64> = report.take().notes.iter().map(|note| note.offset).collect();
        assert_eq!(offsets, [0, 1, 2, 3, 4, 5, 6, 7, 100, 101]);
    }
}
