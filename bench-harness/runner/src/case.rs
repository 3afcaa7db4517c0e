//! A conformance case on its way to an engine: the dialect in one line of text, then the input.
//!
//! ```text
//! delimiter=124 columns=3 ragged=report line_ending=auto line_limit=16777216
//! the bytes of the input, as they are, to the end
//! ```
//!
//! The words are always there, in this order, with one space between them; `columns=any` stands
//! for any number of columns. Two more, ` quote=34 escape=backslash`, follow where the dialect
//! names a quote, and only there. The dialect need not be legal: refusing it is a case, too.

use std::fmt;

use delimark::{Dialect, DialectError, LineEnding, QuoteEscape, RaggedPolicy};

/// A dialect as it is asked for, legal or not.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Request {
    /// The byte between two fields.
    pub delimiter: u8,
    /// The columns that every record should have; `None` for any number.
    pub columns: Option<u32>,
    /// The treatment of records with another number, or with an open quote.
    pub ragged: RaggedPolicy,
    /// The rule whether a `\r` right before `\n` belongs to the line ending.
    pub line_ending: LineEnding,
    /// The most bytes a line may have, its `\n` not counted.
    pub line_limit: u64,
    /// The byte that quotes fields, if one does.
    pub quote: Option<u8>,
    /// The way in which a quote is written inside quotes; without a quote, none.
    pub escape: QuoteEscape,
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
            quote: None,
            escape: QuoteEscape::None,
        }
    }

    /// Makes the dialect.
    ///
    /// # Errors
    ///
    /// It is not legal.
    pub fn dialect(&self) -> Result<Dialect, DialectError> {
        let mut dialect = Dialect::new(self.delimiter)?
            .with_ragged(self.ragged)
            .with_line_ending(self.line_ending)
            .with_line_limit(usize::try_from(self.line_limit).unwrap_or(usize::MAX))?;
        if let Some(quote) = self.quote {
            dialect = dialect.with_quote(quote, self.escape)?;
        }
        match self.columns {
            Some(columns) => dialect.with_columns(columns),
            None => Ok(dialect),
        }
    }

    /// Reads the first line of a frame.
    fn parse(line: &str) -> Option<Self> {
        let (line, quoting) = match line.split_once(" quote=") {
            Some((line, quoting)) => (line, Some(quoting.split_once(" escape=")?)),
            None => (line, None),
        };
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
            quote: quoting.map(|(quote, _)| quote.parse()).transpose().ok()?,
            escape: quoting.map_or(Ok(QuoteEscape::None), |(_, escape)| escape.parse()).ok()?,
        };
        words.next().is_none().then_some(request)
    }
}

impl fmt::Display for Request {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { delimiter, columns, ragged, line_ending, line_limit, quote, escape } = self;
        write!(formatter, "delimiter={delimiter} columns=")?;
        match columns {
            Some(columns) => write!(formatter, "{columns}")?,
            None => formatter.write_str("any")?,
        }
        write!(formatter, " ragged={ragged} line_ending={line_ending} line_limit={line_limit}")?;
        match quote {
            Some(quote) => write!(formatter, " quote={quote} escape={escape}"),
            None => Ok(()),
        }
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
    use delimark::QuoteEscape;

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
    fn quotes_are_said_where_there_are_any() {
        let plain = Request::new(b'|');
        assert!(!plain.to_string().contains("quote") && !plain.to_string().contains("escape"));
        for escape in QuoteEscape::ALL {
            for quote in [0, b'"', b'\n', 0xff] {
                let request = Request { quote: Some(quote), escape, ..plain };
                let words = request.to_string();
                assert!(words.ends_with(&format!(" quote={quote} escape={escape}")), "{words}");
                assert_eq!(parse(&frame(&request, b" quote=1")), Some((request, &b" quote=1"[..])));
            }
        }
    }

    #[test]
    fn a_quote_is_a_part_of_the_dialect() {
        let request = Request { quote: Some(b'"'), ..Request::new(b'|') };
        let dialect = request.dialect().unwrap();
        assert_eq!((dialect.quote(), dialect.quote_escape()), (Some(b'"'), QuoteEscape::None));
        let escaped = Request { escape: QuoteEscape::Backslash, ..request };
        assert_eq!(escaped.dialect().unwrap().quote_escape(), QuoteEscape::Backslash);
        assert!(Request { quote: Some(b'|'), ..request }.dialect().is_err());
        assert!(Request { delimiter: b'\\', ..escaped }.dialect().is_err());
    }

    #[test]
    fn what_is_no_frame_is_refused() {
        let good = "delimiter=1 columns=any ragged=keep line_ending=lf line_limit=9";
        assert!(parse(format!("{good}\n").as_bytes()).is_some());
        let quoted = format!("{good} quote=34 escape=none");
        assert!(parse(format!("{quoted}\n").as_bytes()).is_some());
        let bad = ["", "delimiter=1", good, &format!("{good} more=1\n"), &format!(" {good}\n")];
        for frame in bad {
            assert_eq!(parse(frame.as_bytes()), None, "{frame:?}");
        }
        let quoting =
            ["quote=34", "escape=none", "quote=256 escape=none", "quote=34 escape=doubled"];
        for quoting in quoting {
            assert_eq!(parse(format!("{good} {quoting}\n").as_bytes()), None, "{quoting}");
        }
        assert_eq!(parse(format!("{quoted} more=1\n").as_bytes()), None);
    }
}
