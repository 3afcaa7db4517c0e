//! The reason why an extraction stopped, with the place in its input.

use std::{fmt, io};

use delimark::{RaggedReason, ScanError};

use crate::json_lines::NotUtf8;
use crate::rejected::Rejected;
#[cfg(unix)]
use crate::truncation::Truncated;
#[cfg(unix)]
use crate::window_limit::WindowTooLarge;

/// The reason that an input was not extracted to its end.
#[derive(Debug)]
pub struct ExtractError {
    kind: ErrorKind,
}

#[derive(Debug)]
enum ErrorKind {
    Scan {
        error: ScanError,
    },
    NotUtf8 {
        error: NotUtf8,
    },
    OutOfMemory,
    Mismatch {
        line_number: u64,
        offset: u64,
        reason: Box<str>,
    },
    #[cfg(unix)]
    Truncated {
        error: Truncated,
        offset: u64,
    },
    Header {
        error: Box<dyn std::error::Error + Send + Sync>,
    },
    Output {
        error: io::Error,
    },
    RaggedLines {
        error: io::Error,
    },
}

impl ExtractError {
    pub(crate) fn not_utf8(error: NotUtf8) -> Self {
        Self { kind: ErrorKind::NotUtf8 { error } }
    }

    pub(crate) fn out_of_memory() -> Self {
        Self { kind: ErrorKind::OutOfMemory }
    }

    /// Says that a record is not in the log format, in an input with this many lines before those
    /// that it was found in.
    pub(crate) fn mismatch(rejected: Rejected, lines_before: u64) -> Self {
        let Rejected { line_number, offset, reason } = rejected;
        let line_number = lines_before + line_number;
        Self { kind: ErrorKind::Mismatch { line_number, offset, reason } }
    }

    #[cfg(unix)]
    pub(crate) fn truncated(error: Truncated, offset: u64) -> Self {
        Self { kind: ErrorKind::Truncated { error, offset } }
    }

    /// Says that the header of an input is not what is needed.
    pub(crate) fn header(error: Box<dyn std::error::Error + Send + Sync>) -> Self {
        Self { kind: ErrorKind::Header { error } }
    }

    /// Says that the output cannot be written.
    #[must_use]
    pub fn output(error: io::Error) -> Self {
        Self { kind: ErrorKind::Output { error } }
    }

    /// Says that the ragged lines cannot be written where they are wanted.
    #[must_use]
    pub fn ragged_lines(error: io::Error) -> Self {
        Self { kind: ErrorKind::RaggedLines { error } }
    }

    /// Returns true for a ragged record under the policy `error`, and for one that is not in the
    /// log format.
    #[must_use]
    pub fn is_ragged(&self) -> bool {
        match &self.kind {
            ErrorKind::Scan { error } => error.is_ragged(),
            ErrorKind::Mismatch { .. } => true,
            _ => false,
        }
    }

    /// Returns true for a line over the limit.
    #[must_use]
    pub fn is_line_too_long(&self) -> bool {
        matches!(&self.kind, ErrorKind::Scan { error } if error.is_line_too_long())
    }

    /// Returns true for a field that is not UTF-8, which JSON cannot carry.
    #[must_use]
    pub fn is_not_utf8(&self) -> bool {
        matches!(&self.kind, ErrorKind::NotUtf8 { .. })
    }

    /// Returns true for a lack of memory, for a line or for what would be written.
    #[must_use]
    pub fn is_out_of_memory(&self) -> bool {
        match &self.kind {
            ErrorKind::Scan { error } => error.is_out_of_memory(),
            kind => matches!(kind, ErrorKind::OutOfMemory),
        }
    }

    /// Returns true for a mapped file that shrank, or lost a page, while it was being read.
    #[cfg(unix)]
    #[must_use]
    pub fn is_truncated(&self) -> bool {
        matches!(&self.kind, ErrorKind::Truncated { .. })
    }

    /// Returns true for Zstandard data with a window over the limit.
    #[cfg(unix)]
    #[must_use]
    pub fn is_window_too_large(&self) -> bool {
        let cause = std::error::Error::source(self);
        let cause = cause.and_then(|cause| cause.downcast_ref::<io::Error>()?.get_ref());
        cause.and_then(|cause| cause.downcast_ref::<WindowTooLarge>()).is_some()
    }

    /// Returns the number of the line at fault, from 1; `None` where it is no line's.
    #[must_use]
    pub fn line_number(&self) -> Option<u64> {
        match &self.kind {
            ErrorKind::Scan { error } => error.line_number(),
            ErrorKind::NotUtf8 { error } => Some(error.line_number()),
            ErrorKind::Mismatch { line_number, .. } => Some(*line_number),
            _ => None,
        }
    }

    /// Returns the offset in the input of the line at fault, or of the byte that is not UTF-8;
    /// `None` where it is not the input's fault.
    #[must_use]
    pub fn offset(&self) -> Option<u64> {
        match &self.kind {
            ErrorKind::Scan { error } => Some(error.offset()),
            ErrorKind::NotUtf8 { error } => Some(error.offset()),
            ErrorKind::Mismatch { offset, .. } => Some(*offset),
            _ => None,
        }
    }

    /// Returns the number of the field that is not UTF-8, from 1; `None` for other errors.
    #[must_use]
    pub fn field_number(&self) -> Option<usize> {
        match &self.kind {
            ErrorKind::NotUtf8 { error } => Some(error.field_number()),
            _ => None,
        }
    }

    /// Returns the reason why a record is ragged; `None` for other errors.
    #[must_use]
    pub fn ragged_reason(&self) -> Option<RaggedReason> {
        match &self.kind {
            ErrorKind::Scan { error } => error.ragged_reason(),
            _ => None,
        }
    }

    /// Returns the number of fields in a ragged record; `None` for other errors.
    #[must_use]
    pub fn fields_found(&self) -> Option<u32> {
        match &self.kind {
            ErrorKind::Scan { error } => error.fields_found(),
            _ => None,
        }
    }

    /// Returns the number of fields that a ragged record should have; `None` for other errors.
    #[must_use]
    pub fn fields_expected(&self) -> Option<u32> {
        match &self.kind {
            ErrorKind::Scan { error } => error.fields_expected(),
            _ => None,
        }
    }

    /// Returns true if the next input would fail in the same way: it is not the input's fault.
    #[must_use]
    pub fn is_final(&self) -> bool {
        matches!(self.kind, ErrorKind::Output { .. } | ErrorKind::RaggedLines { .. })
    }

    /// Returns true if the reader of the output has left: there is no need for more of it.
    #[must_use]
    pub fn has_reader_left(&self) -> bool {
        matches!(
            &self.kind,
            ErrorKind::Output { error } if error.kind() == io::ErrorKind::BrokenPipe
        )
    }
}

impl From<ScanError> for ExtractError {
    fn from(error: ScanError) -> Self {
        Self { kind: ErrorKind::Scan { error } }
    }
}

impl fmt::Display for ExtractError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.kind {
            ErrorKind::Scan { error } => error.fmt(formatter),
            ErrorKind::NotUtf8 { error } => error.fmt(formatter),
            ErrorKind::OutOfMemory => {
                formatter.write_str("there is no memory for what would be written")
            }
            ErrorKind::Mismatch { line_number, offset, reason } => {
                write!(formatter, "line {line_number} at byte {offset} {reason}")
            }
            #[cfg(unix)]
            ErrorKind::Truncated { error, offset } => {
                write!(formatter, "{error}; what stands before byte {offset} has been written")
            }
            ErrorKind::Header { error } => error.fmt(formatter),
            ErrorKind::Output { .. } => formatter.write_str("standard output cannot be written"),
            ErrorKind::RaggedLines { .. } => {
                formatter.write_str("the file of ragged lines cannot be written")
            }
        }
    }
}

impl std::error::Error for ExtractError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match &self.kind {
            ErrorKind::Scan { error } => error.source(),
            ErrorKind::NotUtf8 { .. } | ErrorKind::OutOfMemory => None,
            ErrorKind::Mismatch { .. } => None,
            #[cfg(unix)]
            ErrorKind::Truncated { error, .. } => error.source(),
            ErrorKind::Header { error } => error.source(),
            ErrorKind::Output { error } | ErrorKind::RaggedLines { error } => Some(error),
        }
    }
}
