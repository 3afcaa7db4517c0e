//! The reason why a scan stopped before the end of its input.

use std::sync::Arc;
use std::{fmt, io};

use crate::batch::{RaggedReason, RaggedRecord};
use crate::source::{Place, SourceError};

/// The reason that a scan stopped: a ragged record, a line over the limit, the source, or a lack of
/// memory.
///
/// Every whole line before the place it names has been handed out. A scan does not go on after an
/// error, not even one that passes, such as a reader that would block.
#[derive(Clone, Debug)]
pub struct ScanError {
    kind: ErrorKind,
}

#[derive(Clone, Debug)]
enum ErrorKind {
    Ragged { line_number: u64, offset: u64, reason: RaggedReason },
    LineTooLong { line_number: u64, offset: u64, limit_bytes: usize },
    Source { offset: u64, error: Arc<io::Error> },
    OutOfMemory { line_number: u64, offset: u64 },
}

impl ScanError {
    pub(crate) fn ragged(ragged: RaggedRecord<'_>) -> Self {
        let kind = ErrorKind::Ragged {
            line_number: ragged.record().line_number(),
            offset: ragged.record().offset(),
            reason: ragged.reason(),
        };
        Self { kind }
    }

    pub(crate) fn from_source(error: SourceError, line_number: u64, limit_bytes: usize) -> Self {
        let kind = match error {
            SourceError::LineTooLong { offset } => {
                ErrorKind::LineTooLong { line_number, offset, limit_bytes }
            }
            SourceError::Input { offset, error } => {
                ErrorKind::Source { offset, error: Arc::new(error) }
            }
        };
        Self { kind }
    }

    /// Makes the error of a line that would have to be kept, without memory for it.
    pub(crate) fn out_of_memory(Place { offset, lines_before }: Place) -> Self {
        Self { kind: ErrorKind::OutOfMemory { line_number: lines_before + 1, offset } }
    }

    /// Tells whether a record was ragged, see [`RaggedPolicy::Error`](crate::RaggedPolicy::Error).
    #[must_use]
    pub fn is_ragged(&self) -> bool {
        matches!(self.kind, ErrorKind::Ragged { .. })
    }

    /// Tells whether a line was over
    /// [`Dialect::line_limit_bytes`](crate::Dialect::line_limit_bytes).
    #[must_use]
    pub fn is_line_too_long(&self) -> bool {
        matches!(self.kind, ErrorKind::LineTooLong { .. })
    }

    /// Tells whether a [`Decoder`](crate::Decoder) had no memory to keep the beginning of a line.
    #[must_use]
    pub fn is_out_of_memory(&self) -> bool {
        matches!(self.kind, ErrorKind::OutOfMemory { .. })
    }

    /// Returns the number of the line at fault, from 1; `None` when the source failed.
    #[must_use]
    pub fn line_number(&self) -> Option<u64> {
        match self.kind {
            ErrorKind::Ragged { line_number, .. }
            | ErrorKind::LineTooLong { line_number, .. }
            | ErrorKind::OutOfMemory { line_number, .. } => Some(line_number),
            ErrorKind::Source { .. } => None,
        }
    }

    /// Returns the offset of the line's first byte in the input, or how far the source got.
    #[must_use]
    pub fn offset(&self) -> u64 {
        match self.kind {
            ErrorKind::Ragged { offset, .. }
            | ErrorKind::LineTooLong { offset, .. }
            | ErrorKind::Source { offset, .. }
            | ErrorKind::OutOfMemory { offset, .. } => offset,
        }
    }

    /// Returns the reason why the record is ragged; `None` for other errors.
    #[must_use]
    pub fn ragged_reason(&self) -> Option<RaggedReason> {
        match self.kind {
            ErrorKind::Ragged { reason, .. } => Some(reason),
            _ => None,
        }
    }

    /// Returns the number of fields the ragged record should have; `None` for other errors.
    #[must_use]
    pub fn fields_expected(&self) -> Option<u32> {
        match self.ragged_reason()? {
            RaggedReason::FieldCount { expected, .. } => Some(expected),
            RaggedReason::OpenQuote { .. } => None,
        }
    }

    /// Returns the number of fields in the ragged record; `None` for other errors.
    #[must_use]
    pub fn fields_found(&self) -> Option<u32> {
        match self.ragged_reason()? {
            RaggedReason::FieldCount { found, .. } => Some(found),
            RaggedReason::OpenQuote { .. } => None,
        }
    }
}

impl fmt::Display for ScanError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.kind {
            ErrorKind::Ragged { line_number, offset, reason } => {
                write!(formatter, "line {line_number} at byte {offset} {reason}")
            }
            ErrorKind::LineTooLong { line_number, offset, limit_bytes } => write!(
                formatter,
                "line {line_number} at byte {offset} is longer than the limit of \
                 {limit_bytes} bytes"
            ),
            ErrorKind::Source { offset, .. } => {
                write!(formatter, "the input could not be read at byte {offset}")
            }
            ErrorKind::OutOfMemory { line_number, offset } => {
                write!(formatter, "there is no memory for line {line_number} at byte {offset}")
            }
        }
    }
}

impl std::error::Error for ScanError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match &self.kind {
            ErrorKind::Source { error, .. } => Some(&**error),
            _ => None,
        }
    }
}
