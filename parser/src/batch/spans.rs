//! Columns: as slices, and as places in the burst for whoever copies or converts by place.

use std::iter::FusedIterator;

use super::span::Span;
use super::{Batch, Layout, Records, UniformBounds, start_after};

/// One column of a batch, see [`Batch::column`].
#[derive(Clone, Debug)]
pub struct Column<'a> {
    records: Records<'a>,
    index: usize,
}

impl<'a> Column<'a> {
    #[inline]
    pub(crate) fn new(records: Records<'a>, index: usize) -> Self {
        Self { records, index }
    }
}

impl<'a> Iterator for Column<'a> {
    type Item = Option<&'a [u8]>;

    #[inline]
    fn next(&mut self) -> Option<Self::Item> {
        self.records.next().map(|record| record.field(self.index))
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        self.records.size_hint()
    }
}

impl ExactSizeIterator for Column<'_> {}
impl FusedIterator for Column<'_> {}

/// Places of a column, see [`Batch::spans`].
#[derive(Clone, Debug)]
pub struct Spans<'a> {
    rows: SpanRows<'a>,
    column: usize,
}

#[derive(Clone, Debug)]
enum SpanRows<'a> {
    Uniform(UniformRows<'a>),
    Listed(Records<'a>),
}

impl<'a> Spans<'a> {
    #[inline]
    pub(crate) fn new(batch: &Batch<'a>, column: usize) -> Self {
        let rows = match batch.uniform() {
            Some(uniform) => SpanRows::Uniform(uniform.rows()),
            None => SpanRows::Listed(batch.records()),
        };
        Self { rows, column }
    }
}

impl Iterator for Spans<'_> {
    type Item = Option<Span>;

    #[inline]
    fn next(&mut self) -> Option<Option<Span>> {
        match &mut self.rows {
            SpanRows::Uniform(rows) => rows.next().map(|row| row.get(self.column)),
            SpanRows::Listed(records) => {
                records.next().map(|record| record.field_span(self.column))
            }
        }
    }

    #[inline]
    fn size_hint(&self) -> (usize, Option<usize>) {
        match &self.rows {
            SpanRows::Uniform(rows) => rows.size_hint(),
            SpanRows::Listed(records) => records.size_hint(),
        }
    }
}

impl ExactSizeIterator for Spans<'_> {}
impl FusedIterator for Spans<'_> {}

/// A batch whose records all have the same columns, see [`Batch::uniform`].
#[derive(Clone, Copy, Debug)]
pub struct Uniform<'a> {
    layout: Layout<'a>,
    columns: u32,
}

impl<'a> Uniform<'a> {
    #[inline]
    pub(crate) fn new(layout: Layout<'a>, columns: u32) -> Self {
        Self { layout, columns }
    }

    /// Returns the number of columns that every row has, at least 1.
    #[inline]
    #[must_use]
    pub fn columns(&self) -> u32 {
        self.columns
    }

    /// Returns the rows, in the order of the input.
    #[inline]
    #[must_use]
    pub fn rows(&self) -> UniformRows<'a> {
        let bounds = UniformBounds::new(self.layout.bounds, self.columns);
        UniformRows { layout: self.layout, bounds }
    }

    /// Returns a row, counted from 0, without going through those before it.
    ///
    /// # Examples
    ///
    /// ```
    /// # use delimark::{Dialect, Scanner, Span};
    /// let mut scanner = Scanner::new(Dialect::new(b'|')?)?;
    /// let mut batches = scanner.scan(b"GET|/|200\nPUT|/a|201\n");
    /// let batch = batches.next()?.expect("the input is not empty");
    /// let table = batch.uniform().expect("both lines have three columns");
    /// let row = table.row(1).expect("there are two rows");
    /// assert_eq!(row.span(1), Span { start: 14, end: 16 });
    /// assert!(table.row(2).is_none());
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[inline]
    #[must_use]
    pub fn row(&self, index: usize) -> Option<UniformRow<'a>> {
        let columns = self.columns as usize;
        let start = index.checked_mul(columns)?;
        let bounds = self.layout.bounds.get(start..)?.get(..=columns)?;
        Some(UniformRow { layout: self.layout, bounds })
    }

    /// Places of one column, counted from 0, in every row.
    ///
    /// # Panics
    ///
    /// There are not this many columns.
    #[inline]
    #[must_use]
    pub fn spans(&self, column: usize) -> UniformSpans<'a> {
        assert!(column < self.columns as usize, "column {column} of {}", self.columns);
        UniformSpans { rows: self.rows(), column }
    }

    /// Appends the places of one column, counted from 0, in every row to a list.
    ///
    /// This is what [`spans`](Self::spans) comes to, in fewer instructions: the room is made once.
    ///
    /// # Panics
    ///
    /// There are not this many columns.
    ///
    /// # Examples
    ///
    /// ```
    /// # use delimark::{Dialect, Scanner, Span};
    /// let mut scanner = Scanner::new(Dialect::new(b'|')?)?;
    /// let mut batches = scanner.scan(b"GET|/|200\nPUT|/a|201\n");
    /// let batch = batches.next()?.expect("the input is not empty");
    /// let table = batch.uniform().expect("both lines have three columns");
    /// let mut spans = Vec::new();
    /// table.append_spans(1, &mut spans);
    /// assert_eq!(spans, [Span { start: 4, end: 5 }, Span { start: 14, end: 16 }]);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[inline]
    pub fn append_spans(&self, column: usize, spans: &mut Vec<Span>) {
        let columns = self.columns as usize;
        assert!(column < columns, "column {column} of {columns}");
        let bounds = self.layout.bounds;
        let may_be_shorter = column + 1 == columns && self.layout.carriage_returns_before > 0;
        if may_be_shorter || columns == 1 || self.layout.quote.byte().is_some() {
            spans.extend(self.spans(column));
            return;
        }
        // Each row has the end of its column's field after the bound before it. All rows but the
        // last have as many bounds behind that as there are columns, which spares two checks each.
        let span = |row: &[u32]| Span { start: start_after(row[0]), end: row[1] };
        let rows = bounds[column..].chunks_exact(columns);
        let last = rows.remainder();
        spans.extend(rows.map(span));
        spans.extend((last.len() > 1).then(|| span(last)));
    }
}

/// The rows of a table, see [`Uniform::rows`].
#[derive(Clone, Debug)]
pub struct UniformRows<'a> {
    layout: Layout<'a>,
    bounds: UniformBounds<'a>,
}

impl<'a> Iterator for UniformRows<'a> {
    type Item = UniformRow<'a>;

    #[inline]
    fn next(&mut self) -> Option<UniformRow<'a>> {
        self.bounds.next().map(|bounds| UniformRow { layout: self.layout, bounds })
    }

    #[inline]
    fn size_hint(&self) -> (usize, Option<usize>) {
        self.bounds.size_hint()
    }
}

impl ExactSizeIterator for UniformRows<'_> {}
impl FusedIterator for UniformRows<'_> {}

/// A row of a table: a record whose columns are known to be there.
#[derive(Clone, Copy, Debug)]
pub struct UniformRow<'a> {
    layout: Layout<'a>,
    /// The bound before the first field, and the end of each.
    bounds: &'a [u32],
}

impl UniformRow<'_> {
    /// Returns the place of a field, counted from 0, in [`Batch::as_bytes`].
    ///
    /// The bytes themselves are looked at only for the last column, which a `\r` may end, and for
    /// quotes, where the dialect has them.
    ///
    /// # Panics
    ///
    /// There are not this many columns.
    #[inline]
    #[must_use]
    pub fn span(&self, column: usize) -> Span {
        let ends = &self.bounds[1..];
        let end = ends[column];
        let start = start_after(self.bounds[column]);
        let is_last = column + 1 == ends.len();
        let carriage_return = is_last && self.layout.ends_in_carriage_return(end) && start < end;
        let field = Span { start, end: end - u32::from(carriage_return) };
        self.layout.quote.byte().map_or(field, |quote| field.without(quote, self.layout.bytes))
    }

    #[inline]
    fn get(&self, column: usize) -> Option<Span> {
        (column + 1 < self.bounds.len()).then(|| self.span(column))
    }
}

/// Places of a column of a table, see [`Uniform::spans`].
#[derive(Clone, Debug)]
pub struct UniformSpans<'a> {
    rows: UniformRows<'a>,
    column: usize,
}

impl Iterator for UniformSpans<'_> {
    type Item = Span;

    #[inline]
    fn next(&mut self) -> Option<Span> {
        self.rows.next().map(|row| row.span(self.column))
    }

    #[inline]
    fn size_hint(&self) -> (usize, Option<usize>) {
        self.rows.size_hint()
    }

    /// Visits the places without asking for each whether it is the last of its row, or quoted.
    #[inline]
    fn fold<B, F>(self, initial: B, mut visit: F) -> B
    where
        F: FnMut(B, Span) -> B,
    {
        let Self { rows, column } = self;
        let columns = rows.bounds.columns as usize;
        let mut folded = initial;
        if column + 1 == columns || rows.layout.quote.byte().is_some() {
            for row in rows {
                folded = visit(folded, row.span(column));
            }
            return folded;
        }
        let mut rest = rows.bounds.rest.get(column..).unwrap_or_default();
        while let [before, end, ..] = *rest {
            folded = visit(folded, Span { start: start_after(before), end });
            rest = rest.get(columns..).unwrap_or_default();
        }
        folded
    }
}

impl ExactSizeIterator for UniformSpans<'_> {}
impl FusedIterator for UniformSpans<'_> {}
