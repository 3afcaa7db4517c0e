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
    quote: Option<u8>,
    quote_escape: QuoteEscape,
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

    /// Makes a dialect with this delimiter, no quotes, any number of columns, and `\r\n` accepted
    /// as `\n`.
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
            quote: None,
            quote_escape: QuoteEscape::None,
            columns: None,
            ragged: RaggedPolicy::Error,
            line_ending: LineEnding::Auto,
            line_limit_bytes: Self::DEFAULT_LINE_LIMIT_BYTES,
        })
    }

    /// Names the byte that quotes fields: delimiters between two of them are data.
    ///
    /// A field that begins and ends with the byte is handed out without both. A newline ends a
    /// record inside quotes, too: a line whose last quote has no second one is *ragged*, whatever
    /// its columns, and the next line begins outside.
    ///
    /// # Errors
    ///
    /// `\n`, `\r` and the delimiter are refused as quotes, and a backslash as either where it is
    /// the escape.
    ///
    /// # Examples
    ///
    /// ```
    /// use delimark::{Dialect, QuoteEscape, Scanner};
    ///
    /// let dialect = Dialect::new(b' ')?.with_quote(b'"', QuoteEscape::Backslash)?;
    /// let mut scanner = Scanner::new(dialect)?;
    /// let mut batches = scanner.scan(br#"10.0.0.1 "GET /\"a\" HTTP/1.1" 200"#);
    /// let batch = batches.next()?.expect("there is a line");
    /// assert!(batch.column(1).eq([Some(&br#"GET /\"a\" HTTP/1.1"#[..])]));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub const fn with_quote(
        mut self,
        quote: u8,
        escape: QuoteEscape,
    ) -> Result<Self, DialectError> {
        let kind = match (quote, escape) {
            (b'\n' | b'\r', _) => ErrorKind::QuoteEndsLines(quote),
            _ if quote == self.delimiter => ErrorKind::QuoteDelimits(quote),
            (b'\\', QuoteEscape::Backslash) => ErrorKind::EscapeHasMeaning,
            (_, QuoteEscape::Backslash) if self.delimiter == b'\\' => ErrorKind::EscapeHasMeaning,
            _ => {
                self.quote = Some(quote);
                self.quote_escape = escape;
                return Ok(self);
            }
        };
        Err(DialectError { kind })
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

    /// Chooses what happens to ragged records. Without a column count only a line with an open
    /// quote is ragged.
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

    /// Returns the byte that quotes fields, if one does.
    #[must_use]
    pub const fn quote(&self) -> Option<u8> {
        self.quote
    }

    /// Returns the way in which a quote is written inside quotes.
    #[must_use]
    pub const fn quote_escape(&self) -> QuoteEscape {
        self.quote_escape
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

/// The way in which a quote is written inside quotes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum QuoteEscape {
    /// Not as itself: every quote opens or closes. So nginx writes, `\x22` inside quotes.
    #[default]
    None,
    /// Behind a backslash, which is written as two: a quote behind an odd number of backslashes
    /// neither opens nor closes. So Apache writes. The backslashes stay in the field.
    Backslash,
}

impl QuoteEscape {
    /// Every way.
    pub const ALL: [Self; 2] = [Self::None, Self::Backslash];

    /// Returns the way's name on the command line and in reports.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::Backslash => "backslash",
        }
    }
}

impl fmt::Display for QuoteEscape {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.pad(self.name())
    }
}

impl FromStr for QuoteEscape {
    type Err = DialectError;

    fn from_str(name: &str) -> Result<Self, DialectError> {
        Self::ALL
            .into_iter()
            .find(|escape| escape.name() == name)
            .ok_or_else(|| DialectError { kind: ErrorKind::QuoteEscape(name.to_owned()) })
    }
}

/// The policy for a ragged record: one whose number of columns is not the one expected, or whose
/// line ends inside quotes.
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
    QuoteEndsLines(u8),
    QuoteDelimits(u8),
    EscapeHasMeaning,
    QuoteEscape(String),
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
            ErrorKind::QuoteEndsLines(byte) => {
                let byte = byte.escape_ascii();
                write!(formatter, "'{byte}' belongs to the line ending and cannot be a quote")
            }
            ErrorKind::QuoteDelimits(byte) => {
                let byte = byte.escape_ascii();
                write!(formatter, "'{byte}' is the delimiter and cannot be the quote as well")
            }
            ErrorKind::EscapeHasMeaning => formatter.write_str(
                "a backslash that escapes quotes can be neither the delimiter nor the quote",
            ),
            ErrorKind::QuoteEscape(name) => {
                write!(formatter, "unknown escape '{name}' (expected one of: none, backslash)")
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
