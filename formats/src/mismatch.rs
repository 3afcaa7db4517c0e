//! Mismatches: a record that is not as the format says, with the place and what was expected.

use std::fmt;

/// The reason why a record is not of a format.
///
/// # Examples
///
/// ```
/// use delimark::Scanner;
/// use delimark_formats::LogFormat;
///
/// let format = LogFormat::nginx("$remote_addr [$time_local] $status")?;
/// let mut scanner = Scanner::new(format.dialect())?;
/// let mut batches = scanner.scan(b"10.0.0.1 01/Mar/2026:10:00:00 +0000 200\n");
/// let batch = batches.next()?.expect("there is a line");
/// let record = batch.record(0).expect("there is a line");
///
/// let mut places = vec![None; format.columns().len()];
/// let mismatch = format.match_record(batch.as_bytes(), &record, &mut places).unwrap_err();
/// assert_eq!(
///     mismatch.to_string(),
///     "byte 9: expected '[' before time_local, found '01/Mar/2026:10:00:00 +0000'",
/// );
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Mismatch<'a> {
    offset: usize,
    reason: Reason<'a>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Reason<'a> {
    /// Another literal.
    Literal { expected: &'a [u8], place: Place<'a>, found: &'a [u8] },
    /// No more fields.
    TooFew { found: usize, expected: usize, column: Option<&'a str> },
    /// Fields behind the last column.
    TooMany { found: usize, expected: usize },
    /// Two columns that share fields in more than one way.
    Ambiguous { found: usize, first: &'a str, second: &'a str },
    /// A format that has no columns yet.
    NoColumns,
}

/// The place of a literal in a format.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Place<'a> {
    /// Before this column.
    Before(&'a str),
    /// After this column.
    After(&'a str),
    /// No column is near.
    Between,
}

impl<'a> Mismatch<'a> {
    pub(crate) fn literal(
        offset: usize,
        expected: &'a [u8],
        place: Place<'a>,
        found: &'a [u8],
    ) -> Self {
        Self { offset, reason: Reason::Literal { expected, place, found } }
    }

    pub(crate) fn too_few(
        offset: usize,
        found: usize,
        expected: usize,
        column: Option<&'a str>,
    ) -> Self {
        Self { offset, reason: Reason::TooFew { found, expected, column } }
    }

    pub(crate) fn too_many(offset: usize, found: usize, expected: usize) -> Self {
        Self { offset, reason: Reason::TooMany { found, expected } }
    }

    pub(crate) fn ambiguous(offset: usize, found: usize, first: &'a str, second: &'a str) -> Self {
        Self { offset, reason: Reason::Ambiguous { found, first, second } }
    }

    pub(crate) fn no_columns() -> Self {
        Self { offset: 0, reason: Reason::NoColumns }
    }

    /// Returns the place of the first byte that is wrong, counted from the line's start.
    #[must_use]
    pub fn offset(&self) -> usize {
        self.offset
    }

    /// Returns the reason without the place, for messages that count it from elsewhere.
    #[must_use]
    pub fn reason(&self) -> impl fmt::Display + use<'a> {
        self.reason
    }
}

/// The most bytes of a line that a message quotes.
const QUOTED_BYTES: usize = 40;

impl fmt::Display for Mismatch<'_> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { offset, reason } = self;
        write!(formatter, "byte {offset}: {reason}")
    }
}

impl fmt::Display for Reason<'_> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Reason::Literal { expected, place, found } => {
                match expected {
                    [] => formatter.write_str("expected nothing more")?,
                    expected => write!(formatter, "expected '{}'", expected.escape_ascii())?,
                }
                match place {
                    Place::Before(column) => write!(formatter, " before {column}")?,
                    Place::After(column) => write!(formatter, " after {column}")?,
                    Place::Between => {}
                }
                match found {
                    [] => formatter.write_str(", found the end of the line"),
                    found if found.len() <= QUOTED_BYTES => {
                        write!(formatter, ", found '{}'", found.escape_ascii())
                    }
                    found => {
                        write!(formatter, ", found '{}...'", found[..QUOTED_BYTES].escape_ascii())
                    }
                }
            }
            Reason::TooFew { found, expected, column } => {
                let s = if *found == 1 { "" } else { "s" };
                write!(
                    formatter,
                    "the line ends with {found} field{s}, at least {expected} are expected"
                )?;
                column.map_or(Ok(()), |column| write!(formatter, "; {column} is missing"))
            }
            Reason::TooMany { found, expected } => {
                write!(formatter, "the line has {found} fields, {expected} are expected")
            }
            Reason::Ambiguous { found, first, second } => write!(
                formatter,
                "the line has {found} fields, of which it is not known how many are {first} and \
                 how many {second}"
            ),
            Reason::NoColumns => {
                formatter.write_str("no line '#Fields:' has named the columns yet")
            }
        }
    }
}

impl std::error::Error for Mismatch<'_> {}
