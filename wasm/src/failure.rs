//! Why an input was not gone through to its end, with its place in the whole of it.

use std::fmt;

use delimark::ScanError;

/// A line that stopped a scan or an extraction, or a lack of memory that did.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Failure {
    /// It has another number of fields than expected, where that is an error.
    Ragged {
        /// Its number, from 1.
        line: u64,
        /// The offset of its first byte.
        offset: u64,
        /// How many fields it has.
        found: u32,
        /// How many it should have.
        expected: u32,
    },
    /// It is longer than the limit.
    LineTooLong {
        /// Its number, from 1.
        line: u64,
        /// The offset of its first byte.
        offset: u64,
    },
    /// A field is not UTF-8, which JSON cannot carry.
    NotUtf8 {
        /// The number of its line, from 1.
        line: u64,
        /// The offset of the first byte that is wrong.
        offset: u64,
        /// The number of the field, from 1.
        field: u32,
    },
    /// The module's memory cannot grow by as much as is needed.
    OutOfMemory,
}

impl Failure {
    /// Takes over what a scan says of a part of the input that begins behind so much.
    ///
    /// # Panics
    ///
    /// It is the source that failed; bytes in memory do not.
    #[must_use]
    pub fn of(error: &ScanError, lines_before: u64, bytes_before: u64) -> Self {
        let line = error.line_number().expect("a slice does not fail to be read") + lines_before;
        let offset = error.offset() + bytes_before;
        match (error.fields_found(), error.fields_expected()) {
            (Some(found), Some(expected)) => Self::Ragged { line, offset, found, expected },
            _ => Self::LineTooLong { line, offset },
        }
    }

    /// The kind's name.
    #[must_use]
    pub const fn kind(&self) -> &'static str {
        match self {
            Self::Ragged { .. } => "ragged",
            Self::LineTooLong { .. } => "line-too-long",
            Self::NotUtf8 { .. } => "not-utf8",
            Self::OutOfMemory => "memory",
        }
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Ragged { line, offset, found, expected } => {
                let fields = if *found == 1 { "field" } else { "fields" };
                write!(
                    formatter,
                    "line {line} at byte {offset} has {found} {fields}, {expected} are expected"
                )
            }
            Self::LineTooLong { line, offset } => {
                write!(formatter, "line {line} at byte {offset} is longer than the limit")
            }
            Self::NotUtf8 { line, offset, field } => {
                write!(formatter, "field {field} of line {line} is not UTF-8 at byte {offset}")
            }
            Self::OutOfMemory => formatter.write_str(
                "the module has no memory for that; hand the input over in smaller chunks",
            ),
        }
    }
}

impl std::error::Error for Failure {}
