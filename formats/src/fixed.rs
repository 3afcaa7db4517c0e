//! The short way: columns that are whole fields, or runs of them, where every record is alike.

use delimark::{Span, UniformRow};

/// The places of all columns in records with the usual number of fields, for formats by which a
/// column is one field, or a run of fields, less a fixed number of bytes on either side.
///
/// For a batch whose records all have [`fields`](Self::fields) fields, as nearly all have, this is
/// what [`LogFormat::match_record`](crate::LogFormat::match_record) comes to, without looking for
/// anything.
///
/// # Examples
///
/// ```
/// use delimark::Scanner;
/// use delimark_formats::LogFormat;
///
/// let format = LogFormat::nginx("$remote_addr [$time_local] $status")?;
/// let fixed = format.fixed_layout().expect("each column is a run of fields");
/// let time = fixed.columns()[1];
/// assert_eq!((fixed.fields(), time.first(), time.last()), (4, 1, 2));
///
/// let mut scanner = Scanner::new(format.dialect())?;
/// let mut batches = scanner.scan(b"10.0.0.1 [01/Mar/2026:10:00:00 +0000] 200\n");
/// let batch = batches.next()?.expect("there is a line");
/// let table = batch.uniform().filter(|table| table.columns() == fixed.fields());
/// for row in table.expect("all lines have four fields").rows() {
///     assert!(fixed.matches(batch.as_bytes(), &row));
///     let span = time.span(row.span(time.first()), row.span(time.last()));
///     assert_eq!(&batch.as_bytes()[span.range()], b"01/Mar/2026:10:00:00 +0000");
/// }
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug)]
pub struct FixedLayout {
    fields: u32,
    columns: Vec<FixedColumn>,
    pieces: Vec<FixedPiece>,
}

/// One column of a [`FixedLayout`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FixedColumn {
    first: usize,
    last: usize,
    /// The bytes at the start of the first field that are not the column's.
    before: u32,
    /// The bytes at the end of the last field that are not the column's.
    after: u32,
}

/// A run of fields, with what has to stand in it.
#[derive(Clone, Debug)]
pub(crate) struct FixedPiece {
    pub(crate) first: usize,
    pub(crate) last: usize,
    /// The byte before it, where the parser has taken quotes off the field.
    pub(crate) quote: Option<u8>,
    pub(crate) prefix: Box<[u8]>,
    pub(crate) suffix: Box<[u8]>,
    /// There is a column between prefix and suffix; otherwise the prefix is all.
    pub(crate) has_column: bool,
    /// The value goes on in the next field where this one ends in a comma.
    pub(crate) is_list: bool,
}

impl FixedLayout {
    /// Makes a layout of the runs that all fields of a record are in.
    pub(crate) fn new(fields: u32, pieces: Vec<FixedPiece>) -> Self {
        let columns = pieces.iter().filter(|piece| piece.has_column).map(|piece| FixedColumn {
            first: piece.first,
            last: piece.last,
            before: piece.prefix.len() as u32,
            after: piece.suffix.len() as u32,
        });
        Self { fields, columns: columns.collect(), pieces }
    }

    /// Returns the number of fields of the records that it is for.
    #[must_use]
    pub fn fields(&self) -> u32 {
        self.fields
    }

    /// Returns the columns, in the order of the format's.
    #[must_use]
    pub fn columns(&self) -> &[FixedColumn] {
        &self.columns
    }

    /// Tells whether the format has literals beside its delimiters, or else every row
    /// [matches](Self::matches).
    #[must_use]
    pub fn has_literals(&self) -> bool {
        self.pieces.iter().any(|piece| !piece.is_bare_column())
    }

    /// Tells whether all literals of the format stand where they should in a row.
    ///
    /// # Panics
    ///
    /// The row has fewer than [`fields`](Self::fields) columns, or is not of this burst.
    #[inline]
    #[must_use]
    pub fn matches(&self, burst: &[u8], row: &UniformRow<'_>) -> bool {
        self.pieces.iter().all(|piece| {
            piece.is_bare_column() || {
                let (start, end) = (row.span(piece.first).start, row.span(piece.last).end);
                piece.matches(burst, Span { start, end })
            }
        })
    }

    /// Finds the columns of a record with [`fields`](Self::fields) fields, if its literals stand
    /// where they should.
    #[inline]
    pub(crate) fn find(
        &self,
        burst: &[u8],
        field: impl Fn(usize) -> Span,
        places: &mut [Option<Span>],
    ) -> bool {
        let mut places = places.iter_mut();
        self.pieces.iter().all(|piece| {
            let mut run = field(piece.first);
            if piece.last > piece.first {
                run.end = field(piece.last).end;
            }
            if !piece.is_bare_column() && !piece.matches(burst, run) {
                return false;
            }
            if piece.has_column
                && let Some(place) = places.next()
            {
                let (before, after) = (piece.prefix.len() as u32, piece.suffix.len() as u32);
                *place = Some(Span { start: run.start + before, end: run.end - after });
            }
            true
        })
    }
}

impl FixedPiece {
    /// Tells whether the piece is a column and nothing else.
    #[inline]
    fn is_bare_column(&self) -> bool {
        self.quote.is_none()
            && self.has_column
            && !self.is_list
            && self.prefix.is_empty()
            && self.suffix.is_empty()
    }

    #[inline]
    fn matches(&self, burst: &[u8], run: Span) -> bool {
        // Before a field with its quotes, if it has any, stands a delimiter or a newline.
        if self.quote.is_some() && burst[..run.start as usize].last().copied() != self.quote {
            return false;
        }
        let bytes = &burst[run.range()];
        if self.is_list && bytes.last() == Some(&b',') {
            return false;
        }
        let literals = self.prefix.len() + self.suffix.len();
        let has_length =
            if self.has_column { literals <= bytes.len() } else { literals == bytes.len() };
        has_length
            && is_same(&bytes[..self.prefix.len()], &self.prefix)
            && is_same(&bytes[bytes.len() - self.suffix.len()..], &self.suffix)
    }
}

/// Compares byte by byte: literals mostly have one, for which a call takes longer.
#[inline]
pub(crate) fn is_same(bytes: &[u8], literal: &[u8]) -> bool {
    bytes.iter().zip(literal).all(|(byte, expected)| byte == expected)
}

impl FixedColumn {
    /// Returns the index of the first field of the column.
    #[must_use]
    pub fn first(&self) -> usize {
        self.first
    }

    /// Tells whether the column is in one field.
    #[inline]
    #[must_use]
    pub fn is_one_field(&self) -> bool {
        self.first == self.last
    }

    /// Tells whether all bytes of its fields are the column's.
    #[inline]
    #[must_use]
    pub fn is_whole(&self) -> bool {
        self.before == 0 && self.after == 0
    }

    /// Returns the index of the last field of the column.
    #[must_use]
    pub fn last(&self) -> usize {
        self.last
    }

    /// Returns the place of the column, from the places of its first and its last field, in a row
    /// that [matches](FixedLayout::matches).
    #[inline]
    #[must_use]
    pub fn span(&self, first: Span, last: Span) -> Span {
        Span { start: first.start + self.before, end: last.end - self.after }
    }
}
