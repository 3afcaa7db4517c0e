//! A case and what is expected of it: worked out from the fields that its input is joined from,
//! never by looking for separators in the bytes.

use serde::Serialize;

use super::dialect::{Dialect, Escape, LineEnding, Ragged};

/// A test of one thing.
pub(super) struct Case {
    pub(super) id: String,
    pub(super) rule: &'static str,
    pub(super) title: String,
    pub(super) dialect: Dialect,
    pub(super) input: Vec<u8>,
    pub(super) records: Vec<Record>,
    pub(super) ragged: Vec<RaggedLine>,
    pub(super) counts: Option<Counts>,
    pub(super) error: Option<Fault>,
}

/// A record that is handed out.
pub(super) struct Record {
    pub(super) line: u64,
    pub(super) offset: u64,
    pub(super) fields: Vec<Vec<u8>>,
}

/// A record with another number of fields than there are columns, or with an open line.
#[derive(Clone, Copy, Serialize)]
pub(super) struct RaggedLine {
    line: u64,
    offset: u64,
    found: usize,
    /// The offset of its open quote.
    #[serde(skip_serializing_if = "Option::is_none")]
    quote: Option<u64>,
}

/// Counts of the whole input, as counting alone gives them.
#[derive(Clone, Copy, Default, Serialize)]
pub(super) struct Counts {
    records: u64,
    fields: u64,
}

/// The reason why reading stops.
#[derive(Clone, Copy, Serialize)]
#[serde(tag = "kind", rename_all = "kebab-case")]
pub(super) enum Fault {
    Ragged {
        #[serde(flatten)]
        at: RaggedLine,
        expected: u32,
    },
    OpenQuote {
        line: u64,
        offset: u64,
        quote: u64,
    },
    LineTooLong {
        line: u64,
        offset: u64,
    },
    Dialect,
}

/// A line of an input in the making.
#[derive(Clone)]
pub(super) struct Line {
    /// As they are written, with their quotes.
    fields: Vec<Vec<u8>>,
    end: End,
    /// The offset in the line of its open quote.
    open_quote: Option<u64>,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum End {
    Newline,
    CarriageReturnNewline,
    Input,
}

impl Line {
    pub(super) fn new(fields: Vec<Vec<u8>>) -> Self {
        Self { fields, end: End::Newline, open_quote: None }
    }

    /// Ends the line in `\r\n`.
    pub(super) fn crlf(self) -> Self {
        Self { end: End::CarriageReturnNewline, ..self }
    }

    /// Ends the line with the input.
    pub(super) fn unterminated(self) -> Self {
        Self { end: End::Input, ..self }
    }

    /// Leaves the line open, with its last quote at this offset in it.
    pub(super) fn open(self, quote: usize) -> Self {
        Self { open_quote: Some(quote as u64), ..self }
    }

    /// Makes sure that joining the fields is the only way to read the line.
    fn check(&self, id: &str, dialect: &Dialect) {
        let mut open_quote = None;
        let mut offset = 0;
        for field in &self.fields {
            assert!(open_quote.is_none(), "{id}: a field is open and not the last");
            for (place, byte) in field.iter().enumerate() {
                let is_separator = match byte {
                    b'\n' => true,
                    _ => *byte == dialect.delimiter && open_quote.is_none(),
                };
                assert!(!is_separator, "{id}: a field has a separator in it");
                if dialect.quote == Some(*byte) && !dialect.escapes(&field[..place]) {
                    open_quote = open_quote.xor(Some(offset + place as u64));
                }
            }
            offset += field.len() as u64 + 1;
        }
        assert_eq!(open_quote, self.open_quote, "{id}: the place of the open quote");
        let strips = dialect.line_ending == LineEnding::Auto && self.end == End::Newline;
        let last = self.fields.last().expect("a line has a field");
        let ends_in_carriage_return = last.ends_with(b"\r");
        assert!(!(strips && ends_in_carriage_return), "{id}: that is a line in \\r\\n");
        let is_empty = self.fields == [b""];
        assert!(!(is_empty && self.end == End::Input), "{id}: nothing is no line");
    }
}

/// Makes a line of fields, which may be strings or bytes.
///
/// The path is that from a topic: program and test have the suite at different places.
macro_rules! line {
    ($($field:expr),+) => {
        super::super::case::Line::new(vec![$(Vec::from(AsRef::<[u8]>::as_ref(&$field))),+])
    };
}
pub(super) use line;

/// Makes data of this many bytes.
pub(super) fn x(bytes: usize) -> Vec<u8> {
    vec![b'x'; bytes]
}

/// Makes a case whose input is joined from these lines.
pub(super) fn joined(
    id: impl Into<String>,
    rule: &'static str,
    title: impl Into<String>,
    dialect: Dialect,
    lines: impl IntoIterator<Item = Line>,
) -> Case {
    let mut case = literal(id, rule, title, dialect, b"");
    let mut counts = Counts::default();
    let mut is_whole = true;
    for line in lines {
        assert!(is_whole, "{}: a line behind an unterminated one", case.id);
        is_whole = line.end != End::Input;
        line.check(&case.id, &dialect);
        counts.records += 1;
        counts.fields += line.fields.len() as u64;
        case.push(counts.records, line);
    }
    Case { counts: Some(counts), ..case }
}

/// Makes a case with this input; what is expected follows by hand.
pub(super) fn literal(
    id: impl Into<String>,
    rule: &'static str,
    title: impl Into<String>,
    dialect: Dialect,
    input: &[u8],
) -> Case {
    Case {
        id: id.into(),
        rule,
        title: title.into(),
        dialect,
        input: input.to_vec(),
        records: Vec::new(),
        ragged: Vec::new(),
        counts: None,
        error: None,
    }
}

/// Makes a case whose dialect is not legal.
pub(super) fn refused(
    id: impl Into<String>,
    rule: &'static str,
    title: impl Into<String>,
    dialect: Dialect,
    input: &[u8],
) -> Case {
    Case { error: Some(Fault::Dialect), ..literal(id, rule, title, dialect, input) }
}

impl Case {
    /// Expects a record.
    pub(super) fn record<const FIELDS: usize>(
        mut self,
        line: u64,
        offset: u64,
        fields: [&[u8]; FIELDS],
    ) -> Self {
        let fields = fields.map(<[u8]>::to_vec).to_vec();
        self.records.push(Record { line, offset, fields });
        self
    }

    /// Expects a ragged record that is left out.
    pub(super) fn left_out(mut self, line: u64, offset: u64, found: usize) -> Self {
        self.ragged.push(RaggedLine { line, offset, found, quote: None });
        self
    }

    /// Expects a record with an open line that is left out.
    pub(super) fn left_out_open(
        mut self,
        line: u64,
        offset: u64,
        found: usize,
        quote: u64,
    ) -> Self {
        self.ragged.push(RaggedLine { line, offset, found, quote: Some(quote) });
        self
    }

    /// Expects these counts.
    pub(super) fn counts(self, records: u64, fields: u64) -> Self {
        Self { counts: Some(Counts { records, fields }), ..self }
    }

    /// Expects a stop at a ragged record.
    pub(super) fn stops_at_ragged(
        self,
        line: u64,
        offset: u64,
        found: usize,
        expected: u32,
    ) -> Self {
        let at = RaggedLine { line, offset, found, quote: None };
        Self { error: Some(Fault::Ragged { at, expected }), ..self }
    }

    /// Expects a stop at a record with an open line.
    pub(super) fn stops_at_open_quote(self, line: u64, offset: u64, quote: u64) -> Self {
        Self { error: Some(Fault::OpenQuote { line, offset, quote }), ..self }
    }

    /// Expects a stop at a line over the limit.
    pub(super) fn stops_at_long_line(self, line: u64, offset: u64) -> Self {
        Self { error: Some(Fault::LineTooLong { line, offset }), ..self }
    }

    /// Puts a line at the end of the input, and what becomes of it at the end of what is expected.
    fn push(&mut self, number: u64, line: Line) {
        let start = self.input.len();
        self.input.extend(line.fields.join(&self.dialect.delimiter));
        if line.end == End::CarriageReturnNewline {
            self.input.push(b'\r');
        }
        let length = self.input.len() - start;
        if line.end != End::Input {
            self.input.push(b'\n');
        }
        if self.error.is_none() {
            self.expect(number, start as u64, length as u64, line);
        }
    }

    fn expect(&mut self, number: u64, offset: u64, length: u64, line: Line) {
        let Dialect { delimiter, columns, ragged, line_ending, line_limit, .. } = self.dialect;
        let found = line.fields.len();
        let open_quote = line.open_quote.map(|quote| offset + quote);
        let at = RaggedLine { line: number, offset, found, quote: open_quote };
        let odd = columns.filter(|&columns| columns as usize != found);
        match (ragged, open_quote, odd) {
            _ if length > line_limit => {
                self.error = Some(Fault::LineTooLong { line: number, offset });
                return;
            }
            (Ragged::Error, Some(quote), _) => {
                self.error = Some(Fault::OpenQuote { line: number, offset, quote });
                return;
            }
            (Ragged::Error, None, Some(expected)) => {
                self.error = Some(Fault::Ragged { at, expected });
                return;
            }
            (Ragged::Report, Some(_), _) | (Ragged::Report, _, Some(_)) => {
                return self.ragged.push(at);
            }
            _ => {}
        }
        let mut fields = line.fields;
        if line.end == End::CarriageReturnNewline && line_ending == LineEnding::Lf {
            fields.last_mut().expect("a line has a field").push(b'\r');
        }
        if let (Ragged::Rest, Some(columns)) = (ragged, odd)
            && found > columns as usize
        {
            let rest = fields.split_off(columns as usize - 1).join(&delimiter);
            fields.push(rest);
        }
        let fields = fields.into_iter().map(|field| self.dialect.without_quotes(field)).collect();
        self.records.push(Record { line: number, offset, fields });
    }
}

impl Dialect {
    /// Tells whether what is behind these bytes of a field is escaped.
    ///
    /// They are all of the field before it: what is behind a delimiter is not escaped, since no
    /// backslash is right before it.
    fn escapes(&self, before: &[u8]) -> bool {
        let backslashes = before.iter().rev().take_while(|&&byte| byte == b'\\').count();
        self.escape == Escape::Backslash && backslashes % 2 == 1
    }

    /// Takes the quotes off a field that begins and ends with one.
    fn without_quotes(&self, field: Vec<u8>) -> Vec<u8> {
        match &field[..] {
            [first, inner @ .., last] if [Some(*first), Some(*last)] == [self.quote; 2] => {
                inner.to_vec()
            }
            _ => field,
        }
    }
}
