//! Bad lines: those that are not in a table as they stand, with the place and the reason.

use std::fmt;

use delimark::{RaggedReason, Record};

use crate::values::ValueError;

/// A line that is left out of a table, or has a value in it that is.
#[derive(Clone, Debug)]
pub struct BadLine {
    /// The number of the line in the chunk, from 1.
    pub line_number: u64,
    /// The offset of the line in the chunk.
    pub start: usize,
    /// The bytes of the line, without its ending.
    pub length: usize,
    /// The column in the schema; none where it is the line that is wrong.
    pub column: Option<usize>,
    /// The place of the value in the line.
    pub value: Option<(usize, usize)>,
    /// The reason.
    pub reason: BadLineReason,
    /// True if the line is not in the table; else only its value is not.
    pub is_left_out: bool,
}

/// The reason why a line, or a value of it, is left out of a table. It reads on behind "the line",
/// or, with a column, behind "the value".
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum BadLineReason {
    /// It could not be split.
    Ragged(RaggedReason),
    /// It is not of the format; with the place of what is wrong in the line.
    Mismatch {
        /// The place.
        offset: usize,
        /// The reason, in words.
        reason: String,
    },
    /// A value is not of its column's type.
    Value(ValueError),
    /// It is in a batch with a line that lacks a value which must be there.
    Refused {
        /// The number of that line in the chunk.
        line_number: u64,
    },
}

impl fmt::Display for BadLineReason {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Ragged(reason) => reason.fmt(formatter),
            Self::Mismatch { offset, reason } => {
                write!(formatter, "is in another format: at its byte {offset}, {reason}")
            }
            Self::Value(error) => error.fmt(formatter),
            Self::Refused { .. } => {
                formatter.write_str("is in a batch in which a value is missing that must be there")
            }
        }
    }
}

impl BadLine {
    /// Makes the line of a record that is left out as a whole.
    pub(crate) fn left_out(record: &Record<'_>, reason: BadLineReason) -> Self {
        Self {
            line_number: record.line_number(),
            start: record.offset() as usize,
            length: record.as_bytes().len(),
            column: None,
            value: None,
            reason,
            is_left_out: true,
        }
    }
}
