//! A conformance case: what is put to a parser, and what it should come to.

use std::fmt;

use delimark_results::display;
use delimark_runner::case::{Request, frame};
use serde::{Deserialize, Serialize};

/// A case of the suite.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Case {
    /// Its name, unique in the suite; the first letter tells the class.
    pub id: String,
    /// The demand on a parser: to accept, to reject, or either.
    pub class: Class,
    /// The rule of the specification that it tests.
    pub rule: String,
    /// A short sentence about it.
    pub title: String,
    /// The file that it is from, as an index into [`Suite::files`](super::Suite::files).
    pub file: usize,
    /// The question: a dialect and limits.
    pub request: Request,
    /// The bytes to take apart.
    pub input: Vec<u8>,
    /// The expected outcome.
    pub expected: Expected,
}

impl Case {
    /// Returns the case as it is sent to an engine.
    #[must_use]
    pub fn frame(&self) -> Vec<u8> {
        frame(&self.request, &self.input)
    }
}

/// The demand on a parser: to accept, to reject, or either.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Class {
    /// It has to accept the input, and to find these records.
    Accept,
    /// It has to reject the input.
    Reject,
    /// It may do either; what it does is noted.
    Free,
}

impl Class {
    /// Reads the class off the first letters of an id.
    #[must_use]
    pub fn of_id(id: &str) -> Option<Self> {
        match id.get(..2)? {
            "y_" => Some(Self::Accept),
            "n_" => Some(Self::Reject),
            "i_" => Some(Self::Free),
            _ => None,
        }
    }
}

/// The expected outcome of a case.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Expected {
    /// The fields of each record; where there is an error, of those before it.
    pub records: Vec<Vec<Vec<u8>>>,
    /// The line of each record, from 1.
    pub lines: Vec<u64>,
    /// The offset of each record's first byte.
    pub offsets: Vec<u64>,
    /// The lines left out and listed.
    pub ragged: Vec<RaggedFacts>,
    /// The counts, whatever the columns and the limit.
    pub counts: Option<CountFacts>,
    /// The error that ends the records.
    pub error: Option<ErrorFacts>,
}

/// A line with another number of fields than expected, or that ends inside quotes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Serialize)]
pub struct RaggedFacts {
    /// The line, from 1.
    pub line: u64,
    /// The offset of its first byte; an engine that does not know it leaves it out.
    pub offset: Option<u64>,
    /// The fields it has.
    pub found: u64,
    /// The offset of its open quote, where that is the reason; an engine that does not know it
    /// leaves it out.
    pub quote: Option<u64>,
}

/// The counts of records and fields.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Serialize)]
pub struct CountFacts {
    /// Lines, an unterminated last one included.
    pub records: u64,
    /// Fields of all lines together.
    pub fields: u64,
}

/// The error that stopped a parser. Engines leave out what they do not know.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize, Serialize)]
#[serde(default)]
pub struct ErrorFacts {
    /// `ragged`, `open-quote`, `line-too-long` or `dialect`.
    pub kind: Option<String>,
    /// The line, from 1.
    pub line: Option<u64>,
    /// The offset of the line's first byte.
    pub offset: Option<u64>,
    /// The fields of a ragged line.
    pub found: Option<u64>,
    /// The fields that it should have.
    pub expected: Option<u64>,
    /// The offset of a line's open quote.
    pub quote: Option<u64>,
}

impl fmt::Display for RaggedFacts {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { line, offset, found, quote } = self;
        write!(formatter, "line {line}")?;
        if let Some(offset) = offset {
            write!(formatter, " at byte {offset}")?;
        }
        write!(formatter, " with {found} fields")?;
        match quote {
            Some(quote) => write!(formatter, " and an open quote at byte {quote}"),
            None => Ok(()),
        }
    }
}

impl fmt::Display for CountFacts {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{} records, {} fields", self.records, self.fields)
    }
}

impl fmt::Display for ErrorFacts {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { kind, line, offset, found, expected, quote } = self;
        formatter.write_str(&display::text(kind.as_deref().unwrap_or("an error")))?;
        let facts = [
            ("line", line),
            ("byte", offset),
            ("found", found),
            ("expected", expected),
            ("open quote at byte", quote),
        ];
        for (name, value) in facts {
            if let Some(value) = value {
                write!(formatter, ", {name} {value}")?;
            }
        }
        Ok(())
    }
}
