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
    pub(crate) fields: u32,
    pub(crate) columns: Vec<FixedColumn>,
    pub(crate) checks: Vec<FixedCheck>,
}

/// One column of a [`FixedLayout`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FixedColumn {
    pub(crate) first: usize,
    pub(crate) last: usize,
    /// The bytes at the start of the first field that are not the column's.
    pub(crate) before: u32,
    /// The bytes at the end of the last field that are not the column's.
    pub(crate) after: u32,
}

/// What has to stand in a run of fields besides the column's value.
#[derive(Clone, Debug)]
pub(crate) struct FixedCheck {
    pub(crate) first: usize,
    pub(crate) last: usize,
    /// The byte before and behind it is a quote, which is no part of the field.
    pub(crate) quote: Option<u8>,
    pub(crate) prefix: Box<[u8]>,
    pub(crate) suffix: Box<[u8]>,
    /// There is nothing but the prefix.
    pub(crate) is_whole: bool,
}

impl FixedLayout {
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

    /// Tells whether all literals of the format stand where they should in a row.
    ///
    /// # Panics
    ///
    /// The row has fewer than [`fields`](Self::fields) columns, or is not of this burst.
    #[inline]
    #[must_use]
    pub fn matches(&self, burst: &[u8], row: &UniformRow<'_>) -> bool {
        self.checks.iter().all(|check| {
            check.matches(burst, row.span(check.first).start, row.span(check.last).end)
        })
    }
}

impl FixedCheck {
    #[inline]
    fn matches(&self, burst: &[u8], start: u32, end: u32) -> bool {
        let (start, end) = (start as usize, end as usize);
        if let Some(quote) = self.quote {
            let is_quoted =
                start > 0 && burst[start - 1] == quote && burst.get(end) == Some(&quote);
            if !is_quoted {
                return false;
            }
        }
        let literals = self.prefix.len() + self.suffix.len();
        let bytes = &burst[start..end];
        literals <= bytes.len()
            && (!self.is_whole || literals == bytes.len())
            && begins_with(bytes, &self.prefix)
            && begins_with(&bytes[bytes.len() - self.suffix.len()..], &self.suffix)
    }
}

/// Compares byte by byte: literals mostly have one, for which a call takes longer.
#[inline]
fn begins_with(bytes: &[u8], literal: &[u8]) -> bool {
    bytes.iter().zip(literal).all(|(byte, expected)| byte == expected)
}

impl FixedColumn {
    /// Returns the index of the first field of the column.
    #[must_use]
    pub fn first(&self) -> usize {
        self.first
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
