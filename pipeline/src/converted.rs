//! The outcome of a chunk: record batches, and all that is not in them.

use arrow_array::RecordBatch;
use delimark::ScanError;

use crate::bad_line::BadLine;

/// The way with a value that is not of its column's type.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum BadValues {
    /// Its line is left out, and listed.
    #[default]
    LeaveOut,
    /// It is null in the table, and its line is listed.
    Null,
}

/// The table that a chunk comes to.
#[derive(Debug, Default)]
pub struct Converted {
    /// The record batches, in the order of the lines.
    pub batches: Vec<RecordBatch>,
    /// The lines that are not in them as they stand, in the order of the lines.
    pub bad: Vec<BadLine>,
    /// The number of lines.
    pub lines: u64,
    /// The number of rows of all batches.
    pub rows: u64,
    /// The number of lines that are comments.
    pub comments: u64,
    /// The number of lines that do not meet the filter.
    pub filtered: u64,
    /// The number of lines that are left out, all of them among `bad`.
    pub left_out: u64,
    /// The number of them whose record batch has a row that lacks a value which must be there.
    pub refused: u64,
    /// The bytes that were split into lines.
    pub split_bytes: u64,
    /// The bytes of bursts whose lines were all of the usual kind, so that nothing was searched.
    pub usual_bytes: u64,
    /// The reason why the rest of the chunk is not in it, if there is one.
    pub stop: Option<ConvertStop>,
}

impl Converted {
    /// Panics where a line is neither in a batch, nor a comment, nor filtered, nor left out and
    /// listed.
    pub(crate) fn assert_nothing_lost(&self) {
        let Self { lines, rows, comments, filtered, left_out, .. } = self;
        assert_eq!(
            *lines,
            rows + comments + filtered + left_out,
            "{lines} lines became {rows} rows, {comments} comments, {filtered} filtered and \
             {left_out} left out"
        );
    }
}

/// The reason why no more of a chunk is converted.
#[derive(Debug)]
#[non_exhaustive]
pub enum ConvertStop {
    /// The lines could not be split.
    Scan(ScanError),
    /// A line names other columns than the schema is of.
    Drift {
        /// The number of the line in the chunk, from 1.
        line_number: u64,
        /// The offset of the line in the chunk.
        start: usize,
        /// The names, or what is wrong with them.
        found: String,
    },
}
