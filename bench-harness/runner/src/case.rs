//! A conformance case on its way to an engine: the dialect in one line of text, then the input.
//!
//! ```text
//! delimiter=124 columns=3 ragged=report line_ending=auto line_limit=16777216
//! the bytes of the input, as they are, to the end
//! ```
//!
//! The words are always there, in this order, with one space between them; `columns=any` stands
//! for any number of columns. The dialect need not be legal: refusing it is a case, too.

use std::fmt;

use delimark::{Dialect, DialectError, LineEnding, RaggedPolicy};

/// A dialect as it is asked for, legal or not.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Request {
    /// The byte between two fields.
    pub delimiter: u8,
    /// The columns that every record should have; `None` for any number.
    pub columns: Option<u32>,
    /// The treatment of records with another number.
    pub ragged: RaggedPolicy,
    /// The rule whether a `\r` right before `\n` belongs to the line ending.
    pub line_ending: LineEnding,
    /// The most bytes a line may have, its `\n` not counted.
    pub line_limit: u64,
}

impl Request {
    /// Makes the request of a vector that says nothing more.
    #[must_use]
    pub fn new(delimiter: u8) -> Self {
        Self {
            delimiter,
            columns: None,
            ragged: RaggedPolicy::Error,
            line_ending: LineEnding::Auto,
            line_limit: Dialect::DEFAULT_LINE_LIMIT_BYTES as u64,
        }
    }

    /// Makes the dialect.
    ///
    /// # Errors
    ///
    /// It is not legal.
    pub fn dialect(&self) -> Result<Dialect, DialectError> {
        let dialect = Dialect::new(self.delimiter)?
            .with_ragged(self.ragged)
            .with_line_ending(self.line_ending)
            .with_line_limit(usize::try_from(self.line_limit).unwrap_or(usize::MAX))?;
        match self.columns {
            Some(columns) => dialect.with_columns(columns),
            None => Ok(dialect),
        }
    }

    /// Reads the first line of a frame.
    fn parse(line: &str) -> Option<Self> {
        let mut words = line.split(' ');
        let mut value = |name: &str| words.next()?.strip_prefix(name)?.strip_prefix('=');
        let request = Self {
            delimiter: value("delimiter")?.parse().ok()?,
            columns: match value("columns")? {
                "any" => None,
                columns => Some(columns.parse().ok()?),
            },
            ragged: value("ragged")?.parse().ok()?,
            line_ending: value("line_ending")?.parse().ok()?,
            line_limit: value("line_limit")?.parse().ok()?,
        };
        words.next().is_none().then_some(request)
    }
}

impl fmt::Display for Request {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { delimiter, columns, ragged, line_ending, line_limit } = self;
        write!(formatter, "delimiter={delimiter} columns=")?;
        match columns {
            Some(columns) => write!(formatter, "{columns}")?,
            None => formatter.write_str("any")?,
        }
        write!(formatter, " ragged={ragged} line_ending={line_ending} line_limit={line_limit}")
    }
}

/// Writes a case down.
#[must_use]
pub fn frame(request: &Request, input: &[u8]) -> Vec<u8> {
    let mut frame = format!("{request}\n").into_bytes();
    frame.extend_from_slice(input);
    frame
}

/// Reads a case that [`frame`] wrote; `None` for anything else.
#[must_use]
pub fn parse(frame: &[u8]) -> Option<(Request, &[u8])> {
    let newline = frame.iter().position(|&byte| byte == b'\n')?;
    let request = Request::parse(str::from_utf8(&frame[..newline]).ok()?)?;
    Some((request, &frame[newline + 1..]))
}

#[cfg(test)]
mod tests {
    use super::{Request, frame, parse};

    #[test]
    fn a_frame_is_read_as_it_was_written() {
        for columns in [None, Some(0), Some(3)] {
            let request = Request { columns, line_limit: 0, ..Request::new(b'\n') };
            let frame = frame(&request, b"a\n\0\xff\n");
            assert_eq!(parse(&frame), Some((request, &b"a\n\0\xff\n"[..])));
        }
    }

    #[test]
    fn what_is_no_frame_is_refused() {
        let good = "delimiter=1 columns=any ragged=keep line_ending=lf line_limit=9";
        assert!(parse(format!("{good}\n").as_bytes()).is_some());
        let bad = ["", "delimiter=1", good, &format!("{good} more=1\n"), &format!(" {good}\n")];
        for frame in bad {
            assert_eq!(parse(frame.as_bytes()), None, "{frame:?}");
        }
    }
}
