//! Why an extraction stopped, apart because what follows depends on it.

use std::{fmt, io};

use delimark::ScanError;

use super::json_lines::NotUtf8;
use delimark_extract::truncation::Truncated;

/// The reason that an input was not extracted to its end.
#[derive(Debug)]
pub struct ExtractError {
    kind: ErrorKind,
}

#[derive(Debug)]
enum ErrorKind {
    Scan { error: ScanError },
    NotUtf8 { error: NotUtf8 },
    Truncated { error: Truncated, offset: u64 },
    Output { error: io::Error },
    RaggedLines { error: io::Error },
}

impl ExtractError {
    pub(super) fn scan(error: ScanError) -> Self {
        Self { kind: ErrorKind::Scan { error } }
    }

    pub(super) fn not_utf8(error: NotUtf8) -> Self {
        Self { kind: ErrorKind::NotUtf8 { error } }
    }

    pub(super) fn truncated(error: Truncated, offset: u64) -> Self {
        Self { kind: ErrorKind::Truncated { error, offset } }
    }

    pub(super) fn output(error: io::Error) -> Self {
        Self { kind: ErrorKind::Output { error } }
    }

    pub(super) fn ragged_lines(error: io::Error) -> Self {
        Self { kind: ErrorKind::RaggedLines { error } }
    }

    /// True for a ragged record under the policy `error`.
    #[must_use]
    pub fn is_ragged(&self) -> bool {
        matches!(&self.kind, ErrorKind::Scan { error } if error.is_ragged())
    }

    /// True if the next input would fail in the same way: it is not the input's fault.
    #[must_use]
    pub fn is_final(&self) -> bool {
        matches!(self.kind, ErrorKind::Output { .. } | ErrorKind::RaggedLines { .. })
    }

    /// True if the reader of the output has left: there is no need for more of it.
    #[must_use]
    pub fn has_reader_left(&self) -> bool {
        matches!(
            &self.kind,
            ErrorKind::Output { error } if error.kind() == io::ErrorKind::BrokenPipe
        )
    }
}

impl fmt::Display for ExtractError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.kind {
            ErrorKind::Scan { error } if error.is_line_too_long() => {
                write!(formatter, "{error}; --line-limit sets another")
            }
            ErrorKind::Scan { error } => error.fmt(formatter),
            ErrorKind::NotUtf8 { error } => {
                write!(formatter, "{error}; JSON needs it: --invalid-utf8 replace goes on")
            }
            ErrorKind::Truncated { error, offset } => write!(
                formatter,
                "{error}; what stands before byte {offset} has been written; \
                 --read takes such files as they come"
            ),
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
            ErrorKind::NotUtf8 { error } => error.source(),
            ErrorKind::Truncated { error, .. } => error.source(),
            ErrorKind::Output { error } | ErrorKind::RaggedLines { error } => Some(error),
        }
    }
}
