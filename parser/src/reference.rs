//! The format's definition, a byte at a time: slow, plain, and the oracle for every backend.
//!
//! It shares no code with the scan, only the [`Dialect`]. Tests and benchmarks compare answers
//! with it, never with the scalar backend.

use crate::dialect::{Dialect, LineEnding, QuoteEscape, RaggedPolicy};

/// The next event of an input.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Event<'e, 'a> {
    /// A record that is handed out.
    Record(Line<'e, 'a>),
    /// A record that is left out under [`RaggedPolicy::Report`].
    Ragged(Line<'e, 'a>),
}

/// A line with its place in the input, split into fields.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Line<'e, 'a> {
    /// The number of the line, from 1.
    pub number: u64,
    /// The offset of its first byte.
    pub offset: u64,
    /// Its fields, at least one.
    pub fields: &'e [&'a [u8]],
    /// The offset of its last quote, where the line ends inside quotes.
    pub open_quote: Option<u64>,
}

/// The reason why the input was not read to its end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stop {
    /// A ragged record under [`RaggedPolicy::Error`].
    Ragged {
        /// The number of the line, from 1.
        line_number: u64,
        /// The offset of its first byte.
        offset: u64,
        /// The number of its fields.
        found: u32,
    },
    /// A line that ends inside quotes, under [`RaggedPolicy::Error`].
    OpenQuote {
        /// The number of the line, from 1.
        line_number: u64,
        /// The offset of its first byte.
        offset: u64,
        /// The offset of its last quote.
        quote_offset: u64,
    },
    /// A line longer than [`Dialect::line_limit_bytes`].
    LineTooLong {
        /// The number of the line, from 1.
        line_number: u64,
        /// The offset of its first byte.
        offset: u64,
    },
}

/// Reads an input from its first byte to its last, and tells of each record.
///
/// # Errors
///
/// Returns why it stopped early; everything before that place has been told.
///
/// # Examples
///
/// ```
/// use delimark::Dialect;
/// use delimark::reference::{Event, parse};
///
/// let mut fields = 0;
/// parse(b"a|b\nc\n", &Dialect::new(b'|')?, |event| match event {
///     Event::Record(line) | Event::Ragged(line) => fields += line.fields.len(),
/// })
/// .expect("no column count is expected");
/// assert_eq!(fields, 3);
/// # Ok::<(), delimark::DialectError>(())
/// ```
pub fn parse<'a>(
    input: &'a [u8],
    dialect: &Dialect,
    mut tell: impl FnMut(Event<'_, 'a>),
) -> Result<(), Stop> {
    let mut fields: Vec<&[u8]> = Vec::new();
    let mut line_number = 1;
    let mut line_start = 0;
    let mut field_start = 0;
    let mut quotes = Quotes::default();
    for (position, &byte) in input.iter().enumerate() {
        if byte == b'\n' {
            let mut end = position;
            let ends_in_carriage_return = end > line_start && input[end - 1] == b'\r';
            if dialect.line_ending() == LineEnding::Auto && ends_in_carriage_return {
                end -= 1;
            }
            fields.push(without_quotes(&input[field_start..end], dialect));
            let line = Line {
                number: line_number,
                offset: line_start as u64,
                fields: &fields,
                open_quote: quotes.open,
            };
            end_line(line, position - line_start, dialect, &mut tell)?;
            fields.clear();
            line_number += 1;
            line_start = position + 1;
            field_start = line_start;
            quotes = Quotes::default();
            continue;
        }
        let is_outside = quotes.open.is_none();
        if byte == dialect.delimiter() && is_outside && !is_in_rest(fields.len(), dialect) {
            fields.push(without_quotes(&input[field_start..position], dialect));
            field_start = position + 1;
        }
        quotes.pass(position, byte, dialect);
    }
    if line_start < input.len() {
        fields.push(without_quotes(&input[field_start..], dialect));
        let line = Line {
            number: line_number,
            offset: line_start as u64,
            fields: &fields,
            open_quote: quotes.open,
        };
        end_line(line, input.len() - line_start, dialect, &mut tell)?;
    }
    Ok(())
}

/// The quotes of a line so far.
#[derive(Default)]
struct Quotes {
    /// The offset of the quote that has no second one yet.
    open: Option<u64>,
    /// True behind a backslash that takes the next byte's meaning.
    is_escaped: bool,
}

impl Quotes {
    /// Goes past a byte of the line.
    fn pass(&mut self, position: usize, byte: u8, dialect: &Dialect) {
        let is_escaped = std::mem::take(&mut self.is_escaped);
        if is_escaped {
            return;
        }
        if byte == b'\\' && dialect.quote_escape() == QuoteEscape::Backslash {
            self.is_escaped = true;
        } else if dialect.quote() == Some(byte) {
            self.open = if self.open.is_some() { None } else { Some(position as u64) };
        }
    }
}

/// Takes the quotes off a field that begins and ends with one.
fn without_quotes<'a>(field: &'a [u8], dialect: &Dialect) -> &'a [u8] {
    match field {
        [first, inner @ .., last]
            if Some(*first) == dialect.quote() && Some(*last) == dialect.quote() =>
        {
            inner
        }
        _ => field,
    }
}

/// Tells whether this is the last column under [`RaggedPolicy::Rest`], with delimiters as data.
fn is_in_rest(fields_before: usize, dialect: &Dialect) -> bool {
    dialect.ragged() == RaggedPolicy::Rest
        && dialect.columns().is_some_and(|columns| fields_before + 1 == columns as usize)
}

/// Decides what becomes of a line of this many bytes.
fn end_line<'a>(
    line: Line<'_, 'a>,
    length_bytes: usize,
    dialect: &Dialect,
    tell: &mut impl FnMut(Event<'_, 'a>),
) -> Result<(), Stop> {
    let Line { number: line_number, offset, fields, open_quote } = line;
    if length_bytes > dialect.line_limit_bytes() {
        return Err(Stop::LineTooLong { line_number, offset });
    }
    let found = fields.len() as u32;
    let has_other_columns = dialect.columns().is_some_and(|columns| found != columns);
    let is_ragged = has_other_columns || open_quote.is_some();
    match dialect.ragged() {
        RaggedPolicy::Error if is_ragged => {
            return Err(match open_quote {
                Some(quote_offset) => Stop::OpenQuote { line_number, offset, quote_offset },
                None => Stop::Ragged { line_number, offset, found },
            });
        }
        RaggedPolicy::Report if is_ragged => tell(Event::Ragged(line)),
        _ => tell(Event::Record(line)),
    }
    Ok(())
}
