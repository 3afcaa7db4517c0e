//! The views of a scanned burst: batch, record, field. All borrow; none copies.

mod ragged;
mod record;
mod span;
mod spans;

use std::iter::FusedIterator;

pub use self::ragged::{RaggedReason, RaggedRecord, RaggedRecords};
pub use self::record::{Fields, Record};
pub use self::span::Span;
pub use self::spans::{Column, Spans, Uniform, UniformRow, UniformRows, UniformSpans};
use crate::kernel::quotes::OpenQuote;
use crate::kernel::rows::{self, RecordSpan};
use crate::source::Place;

/// The records of one burst of input.
///
/// A batch borrows the bytes from the source and the separators from the scanner, so it lives
/// until the next one is asked for.
#[derive(Clone, Copy, Debug)]
pub struct Batch<'a> {
    pub(crate) layout: Layout<'a>,
    pub(crate) rows: Rows<'a>,
    pub(crate) left_out: &'a [RecordSpan],
}

/// The burst and what its records have in common.
///
/// The bounds are what fields are cut by without a check: after the first they ascend, and none is
/// above the length of the burst. The kernel's promise ([`Primitives`]) makes it so: positions are
/// those of bits that were found in blocks of this burst, one block after the other, and what is
/// pushed behind them is the length. A map that changes cannot break it, since it is read once.
///
/// [`Primitives`]: crate::kernel::primitives::Primitives
#[derive(Clone, Copy, Debug)]
pub(crate) struct Layout<'a> {
    pub(crate) bytes: &'a [u8],
    /// The bound before the first field, [`BEFORE_FIRST`], and every separator: a field is between
    /// two neighbours.
    pub(crate) bounds: &'a [u32],
    /// The offset of the burst's first byte in the input.
    pub(crate) offset: u64,
    /// The number of lines before the burst.
    pub(crate) lines_before: u64,
    pub(crate) line_count: u64,
    /// The most fields a record is split into; the last one takes the rest.
    pub(crate) fields_limit: u32,
    pub(crate) columns_expected: Option<u32>,
    pub(crate) quote: Quote,
    pub(crate) open_quotes: &'a [OpenQuote],
    /// The first offset at which a line's end may have no `\r` of its own before it: that of the
    /// end of the burst, which ends no line by a newline; 0 where every `\r` is data.
    ///
    /// Finding out once a burst whether there is any took as many instructions as it saved
    /// `fields`, and 5 % more of `index`, which needs none.
    pub(crate) carriage_returns_before: usize,
}

/// The bound before the first field of a burst: one less than its offset.
pub(crate) const BEFORE_FIRST: u32 = u32::MAX;

/// Returns where the field after a bound starts.
#[inline(always)]
fn start_after(bound: u32) -> u32 {
    bound.wrapping_add(1)
}

/// The byte that quotes fields, if one does.
///
/// It is no `Option`: that would lend its mark to an `Option<Record>`, and the loop over records
/// would look at it each time.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Quote(u16);

impl Quote {
    const NONE: u16 = 0x100;

    #[inline]
    pub(crate) fn new(byte: Option<u8>) -> Self {
        Self(byte.map_or(Self::NONE, u16::from))
    }

    #[inline(always)]
    pub(crate) fn byte(self) -> Option<u8> {
        (self.0 != Self::NONE).then_some(self.0 as u8)
    }
}

/// The places of the records among the separators.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Rows<'a> {
    /// Record `r` ends at separator `columns * (r + 1) - 1`.
    Uniform { columns: u32 },
    /// Each record says where it is.
    Listed(&'a [RecordSpan]),
}

impl<'a> Batch<'a> {
    /// Returns the records, in the order of the input.
    #[inline]
    #[must_use]
    pub fn records(&self) -> Records<'a> {
        let rows = match self.rows {
            Rows::Uniform { columns } => RowsLeft::Uniform {
                bounds: UniformBounds::new(self.layout.bounds, columns),
                ordinal: 0,
            },
            Rows::Listed(spans) => RowsLeft::Listed(spans.iter()),
        };
        Records { layout: self.layout, rows }
    }

    /// Returns one record, counted from 0 as [`records`](Self::records) yields them; `None` after
    /// the last.
    ///
    /// Takes the same time wherever the record is.
    #[inline]
    #[must_use]
    pub fn record(&self, row: usize) -> Option<Record<'a>> {
        match self.rows {
            Rows::Uniform { columns } => {
                let columns = columns as usize;
                let first = row.checked_mul(columns)?;
                let bounds = self.layout.bounds.get(first..)?.get(..=columns)?;
                Some(Record::new(&self.layout, bounds, bounds[columns], row as u32))
            }
            Rows::Listed(spans) => spans.get(row).map(|&span| self.layout.record(span)),
        }
    }

    /// Returns the number of records; those left out as ragged are not counted.
    #[must_use]
    pub fn record_count(&self) -> usize {
        match self.rows {
            Rows::Uniform { columns } => self.separators().len() / columns as usize,
            Rows::Listed(spans) => spans.len(),
        }
    }

    /// Returns the number of lines scanned, those left out as ragged included.
    #[must_use]
    pub fn line_count(&self) -> u64 {
        self.layout.line_count
    }

    /// Returns one column of every record, in input order; `None` where it is too short.
    ///
    /// # Examples
    ///
    /// ```
    /// # use delimark::{Dialect, Scanner};
    /// let mut scanner = Scanner::new(Dialect::new(b'|')?)?;
    /// let mut batches = scanner.scan(b"a|b\nc\n");
    /// let batch = batches.next()?.expect("the input is not empty");
    /// assert!(batch.column(1).eq([Some(&b"b"[..]), None]));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[inline]
    #[must_use]
    pub fn column(&self, index: usize) -> Column<'a> {
        Column::new(self.records(), index)
    }

    /// Returns the places of one column in [`as_bytes`](Self::as_bytes), one for every record, in
    /// the order of the input; `None` where a record is too short.
    ///
    /// # Examples
    ///
    /// ```
    /// # use delimark::{Dialect, Scanner, Span};
    /// let mut scanner = Scanner::new(Dialect::new(b'|')?)?;
    /// let mut batches = scanner.scan(b"a|bb\r\nc\n");
    /// let batch = batches.next()?.expect("the input is not empty");
    /// assert!(batch.spans(1).eq([Some(Span { start: 2, end: 4 }), None]));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[inline]
    #[must_use]
    pub fn spans(&self, column: usize) -> Spans<'a> {
        Spans::new(self, column)
    }

    /// Returns the records as a table, where all of them have the same columns, as logs mostly do:
    /// every field is there, and where it is takes no search.
    ///
    /// # Examples
    ///
    /// ```
    /// # use delimark::{Dialect, Scanner, Span};
    /// let mut scanner = Scanner::new(Dialect::new(b'|')?)?;
    /// let mut batches = scanner.scan(b"GET|/|200\nPUT|/a|201\r\n");
    /// let batch = batches.next()?.expect("the input is not empty");
    /// let table = batch.uniform().expect("both lines have three columns");
    /// assert_eq!((table.columns(), table.rows().len()), (3, 2));
    ///
    /// // The first two columns with what is between them, copied in one piece.
    /// let mut output = Vec::new();
    /// for row in table.rows() {
    ///     let piece = row.span(0).start as usize..row.span(1).end as usize;
    ///     output.extend_from_slice(&batch.as_bytes()[piece]);
    ///     output.push(b'\n');
    /// }
    /// assert_eq!(output, b"GET|/\nPUT|/a\n");
    ///
    /// let statuses: Vec<_> =
    ///     table.spans(2).map(|span| &batch.as_bytes()[span.range()]).collect();
    /// assert_eq!(statuses, [b"200", b"201"]);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[inline]
    #[must_use]
    pub fn uniform(&self) -> Option<Uniform<'a>> {
        self.uniform_columns().map(|columns| Uniform::new(self.layout, columns))
    }

    /// Returns the records left out under [`RaggedPolicy::Report`](crate::RaggedPolicy::Report).
    #[must_use]
    pub fn ragged(&self) -> RaggedRecords<'a> {
        RaggedRecords { layout: self.layout, spans: self.left_out.iter() }
    }

    /// Returns the bytes that were scanned: whole lines, left-out ones included.
    #[must_use]
    pub fn as_bytes(&self) -> &'a [u8] {
        self.layout.bytes
    }

    /// Returns the offset of [`as_bytes`](Self::as_bytes) in the input.
    #[must_use]
    pub fn offset(&self) -> u64 {
        self.layout.offset
    }

    /// Returns the place of [`as_bytes`](Self::as_bytes) in the input: its offset and
    /// the lines before it.
    #[must_use]
    pub fn place(&self) -> Place {
        Place { offset: self.layout.offset, lines_before: self.layout.lines_before }
    }

    /// Returns the ends of all fields of the burst, those of left-out records included: ascending
    /// offsets into [`as_bytes`](Self::as_bytes) of each delimiter and newline. An unterminated
    /// last line ends at the offset after its last byte. A `\r` before the newline is not read.
    #[must_use]
    pub fn separators(&self) -> &'a [u32] {
        &self.layout.bounds[1..]
    }

    /// Returns the number of columns that every record of this batch has, where they all agree.
    #[must_use]
    pub fn uniform_columns(&self) -> Option<u32> {
        match self.rows {
            Rows::Uniform { columns } => Some(columns),
            Rows::Listed(_) => None,
        }
    }
}

impl<'a> Layout<'a> {
    /// Returns the record with these bounds, where all have the same columns.
    #[inline(always)]
    fn uniform_record(&self, bounds: &'a [u32], ordinal: u32) -> Record<'a> {
        Record::new(self, bounds, bounds[bounds.len() - 1], ordinal)
    }

    #[inline]
    fn record(&self, span: RecordSpan) -> Record<'a> {
        let first = span.first as usize;
        let fields = span.field_count().min(self.fields_limit) as usize;
        let bounds = &self.bounds[first..=first + fields];
        let end = self.bounds[span.last as usize + 1];
        Record::new(self, bounds, end, span.ordinal)
    }

    /// Tells whether the byte before the end of a line is a `\r` that belongs to the line ending.
    ///
    /// A mapped file can change under the scan, so a `\r` may stand where a delimiter was: whoever
    /// asks shortens the last field only, and only if it has a byte. That comes last, since it is
    /// seldom needed.
    #[inline(always)]
    pub(crate) fn ends_in_carriage_return(self, end: u32) -> bool {
        let end = end as usize;
        end < self.carriage_returns_before && self.bytes.get(end.wrapping_sub(1)) == Some(&b'\r')
    }

    pub(crate) fn ragged(&self, span: RecordSpan) -> RaggedRecord<'a> {
        RaggedRecord {
            record: self.record(span),
            fields_expected: self.columns_expected,
            quote_offset: rows::find_open(self.open_quotes, span.ordinal)
                .map(|quote| self.offset + u64::from(quote.offset)),
        }
    }
}

/// The records of a batch, see [`Batch::records`].
#[derive(Clone, Debug)]
pub struct Records<'a> {
    layout: Layout<'a>,
    rows: RowsLeft<'a>,
}

#[derive(Clone, Debug)]
enum RowsLeft<'a> {
    Uniform { bounds: UniformBounds<'a>, ordinal: u32 },
    Listed(std::slice::Iter<'a, RecordSpan>),
}

/// The bounds of each record, where all have the same columns: the last of one is the first of the
/// next.
#[derive(Clone, Debug)]
struct UniformBounds<'a> {
    rest: &'a [u32],
    columns: u32,
}

impl<'a> UniformBounds<'a> {
    #[inline]
    fn new(bounds: &'a [u32], columns: u32) -> Self {
        Self { rest: bounds, columns }
    }
}

impl<'a> Iterator for UniformBounds<'a> {
    type Item = &'a [u32];

    #[inline]
    fn next(&mut self) -> Option<&'a [u32]> {
        let columns = self.columns as usize;
        let bounds = self.rest.get(..=columns)?;
        self.rest = &self.rest[columns..];
        Some(bounds)
    }

    #[inline]
    fn size_hint(&self) -> (usize, Option<usize>) {
        let left = self.rest.len().saturating_sub(1) / self.columns as usize;
        (left, Some(left))
    }
}

impl ExactSizeIterator for UniformBounds<'_> {}

impl<'a> Iterator for Records<'a> {
    type Item = Record<'a>;

    // Always, as `Fields::fold`: by itself the compiler leaves one of the two a call, with all that
    // is known of a record in memory, since it makes a loop for each kind of rows.
    #[inline(always)]
    fn next(&mut self) -> Option<Record<'a>> {
        match &mut self.rows {
            RowsLeft::Uniform { bounds, ordinal } => {
                let record = self.layout.uniform_record(bounds.next()?, *ordinal);
                *ordinal += 1;
                Some(record)
            }
            RowsLeft::Listed(spans) => spans.next().map(|&span| self.layout.record(span)),
        }
    }

    /// Visits the records without asking before each of which kind the rows are.
    #[inline(always)]
    fn fold<B, F>(self, initial: B, mut visit: F) -> B
    where
        F: FnMut(B, Self::Item) -> B,
    {
        let Self { layout, rows } = self;
        match rows {
            RowsLeft::Uniform { bounds, ordinal } => {
                let mut folded = initial;
                for (bounds, ordinal) in bounds.zip(ordinal..) {
                    folded = visit(folded, layout.uniform_record(bounds, ordinal));
                }
                folded
            }
            RowsLeft::Listed(spans) => {
                spans.fold(initial, |folded, &span| visit(folded, layout.record(span)))
            }
        }
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        match &self.rows {
            RowsLeft::Uniform { bounds, .. } => bounds.size_hint(),
            RowsLeft::Listed(spans) => spans.size_hint(),
        }
    }
}

impl ExactSizeIterator for Records<'_> {}
impl FusedIterator for Records<'_> {}
