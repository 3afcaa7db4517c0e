//! The shape of a line: the delimiter, the columns expected, and the policy for lines that differ.

use std::fmt;
use std::num::NonZeroU32;
use std::str::FromStr;

/// The rules by which bytes become records and fields.
///
/// # Examples
///
/// ```
/// use delimark::{Dialect, RaggedPolicy};
///
/// let dialect = Dialect::new(b'|')?.with_columns(12)?.with_ragged(RaggedPolicy::Report);
/// assert_eq!(dialect.delimiter(), b'|');
/// assert!(Dialect::new(b'\n').is_err());
/// # Ok::<(), delimark::DialectError>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Dialect {
    delimiter: u8,
    columns: Option<NonZeroU32>,
    ragged: RaggedPolicy,
    line_ending: LineEnding,
    line_limit_bytes: usize,
}

impl Dialect {
    /// The longest line accepted unless [`with_line_limit`](Self::with_line_limit) says otherwise.
    pub const DEFAULT_LINE_LIMIT_BYTES: usize = 16 << 20;

    /// The highest line limit: a line has to fit a buffer wherever addresses have 32 bits.
    pub const MAXIMUM_LINE_LIMIT_BYTES: usize = 1 << 30;

    /// Makes a dialect with this delimiter, any number of columns, and `\r\n` accepted as `\n`.
    ///
    /// # Errors
    ///
    /// `\n` and `\r` belong to the line ending and are refused as delimiters.
    pub const fn new(delimiter: u8) -> Result<Self, DialectError> {
        if matches!(delimiter, b'\n' | b'\r') {
            return Err(DialectError { kind: ErrorKind::Delimiter(delimiter) });
        }
        Ok(Self {
            delimiter,
            columns: None,
            ragged: RaggedPolicy::Error,
            line_ending: LineEnding::Auto,
            line_limit_bytes: Self::DEFAULT_LINE_LIMIT_BYTES,
        })
    }

    /// Expects this many columns in every record; any other count makes a record *ragged*.
    ///
    /// # Errors
    ///
    /// Zero is refused: even an empty line has one empty field.
    pub const fn with_columns(mut self, columns: u32) -> Result<Self, DialectError> {
        self.columns = NonZeroU32::new(columns);
        match self.columns {
            Some(_) => Ok(self),
            None => Err(DialectError { kind: ErrorKind::ZeroColumns }),
        }
    }

    /// Chooses what happens to ragged records. Without a column count no record is ragged.
    #[must_use]
    pub const fn with_ragged(mut self, policy: RaggedPolicy) -> Self {
        self.ragged = policy;
        self
    }

    /// Chooses whether a `\r` right before `\n` belongs to the line ending.
    #[must_use]
    pub const fn with_line_ending(mut self, line_ending: LineEnding) -> Self {
        self.line_ending = line_ending;
        self
    }

    /// Limits the bytes of a line, its `\n` not counted.
    ///
    /// # Errors
    ///
    /// The limit is at least 1 and at most [`MAXIMUM_LINE_LIMIT_BYTES`](
    /// Self::MAXIMUM_LINE_LIMIT_BYTES).
    pub const fn with_line_limit(mut self, bytes: usize) -> Result<Self, DialectError> {
        if bytes == 0 || bytes > Self::MAXIMUM_LINE_LIMIT_BYTES {
            return Err(DialectError { kind: ErrorKind::LineLimit(bytes) });
        }
        self.line_limit_bytes = bytes;
        Ok(self)
    }

    /// Returns the byte between two fields.
    #[must_use]
    pub const fn delimiter(&self) -> u8 {
        self.delimiter
    }

    /// Returns the number of columns every record should have, if that is known.
    #[must_use]
    pub const fn columns(&self) -> Option<u32> {
        match self.columns {
            Some(columns) => Some(columns.get()),
            None => None,
        }
    }

    /// Returns the policy for records with another number of columns.
    #[must_use]
    pub const fn ragged(&self) -> RaggedPolicy {
        self.ragged
    }

    /// Returns the reading of a `\r` right before `\n`.
    #[must_use]
    pub const fn line_ending(&self) -> LineEnding {
        self.line_ending
    }

    /// Returns the most bytes a line may have, its `\n` not counted.
    #[must_use]
    pub const fn line_limit_bytes(&self) -> usize {
        self.line_limit_bytes
    }
}

/// The policy for a record whose number of columns is not the one expected.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum RaggedPolicy {
    /// Stop with an error that names the line, its byte offset and the count found. The records
    /// before it are handed out first.
    #[default]
    Error,
    /// Leave the record out, list it in [`Batch::ragged`](crate::Batch::ragged), go on.
    Report,
    /// Hand the record out as it is, with as many fields as it has.
    Keep,
    /// Let the last column take the rest of the line, delimiters included, as
    /// [`splitn`](slice::splitn) does. A record with too few columns is handed out as it is.
    Rest,
}

impl RaggedPolicy {
    /// Every policy.
    pub const ALL: [Self; 4] = [Self::Error, Self::Report, Self::Keep, Self::Rest];

    /// Returns the policy's name on the command line and in reports.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Error => "error",
            Self::Report => "report",
            Self::Keep => "keep",
            Self::Rest => "rest",
        }
    }
}

impl fmt::Display for RaggedPolicy {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.pad(self.name())
    }
}

impl FromStr for RaggedPolicy {
    type Err = DialectError;

    fn from_str(name: &str) -> Result<Self, DialectError> {
        Self::ALL
            .into_iter()
            .find(|policy| policy.name() == name)
            .ok_or_else(|| DialectError { kind: ErrorKind::RaggedPolicy(name.to_owned()) })
    }
}

/// The reading of a `\r` right before `\n`: part of the line ending, or of the last field.
///
/// A `\r` anywhere else, at the end of an unterminated last line too, is data.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum LineEnding {
    /// Lines end in `\n` or `\r\n`; each line decides for itself.
    #[default]
    Auto,
    /// Lines end in `\n`; a `\r` before it stays in the last field.
    Lf,
}

impl LineEnding {
    /// Every line ending.
    pub const ALL: [Self; 2] = [Self::Auto, Self::Lf];

    /// Returns the line ending's name on the command line and in reports.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Auto => "auto",
            Self::Lf => "lf",
        }
    }
}

impl fmt::Display for LineEnding {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.pad(self.name())
    }
}

impl FromStr for LineEnding {
    type Err = DialectError;

    fn from_str(name: &str) -> Result<Self, DialectError> {
        Self::ALL
            .into_iter()
            .find(|line_ending| line_ending.name() == name)
            .ok_or_else(|| DialectError { kind: ErrorKind::LineEnding(name.to_owned()) })
    }
}

/// A dialect that cannot be: which rule it breaks, and with what.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DialectError {
    kind: ErrorKind,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum ErrorKind {
    Delimiter(u8),
    ZeroColumns,
    LineLimit(usize),
    RaggedPolicy(String),
    LineEnding(String),
}

impl fmt::Display for DialectError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.kind {
            ErrorKind::Delimiter(byte) => {
                let byte = byte.escape_ascii();
                write!(formatter, "'{byte}' belongs to the line ending and cannot be a delimiter")
            }
            ErrorKind::ZeroColumns => {
                formatter.write_str("a record has at least 1 column, but 0 were asked for")
            }
            ErrorKind::LineLimit(bytes) => write!(
                formatter,
                "a line limit is 1 to {} bytes, but {bytes} were asked for",
                Dialect::MAXIMUM_LINE_LIMIT_BYTES
            ),
            ErrorKind::RaggedPolicy(name) => {
                write!(
                    formatter,
                    "unknown policy '{name}' (expected one of: error, report, keep, rest)"
                )
            }
            ErrorKind::LineEnding(name) => {
                write!(formatter, "unknown line ending '{name}' (expected one of: auto, lf)")
            }
        }
    }
}

impl std::error::Error for DialectError {}
