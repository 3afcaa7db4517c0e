//! Records and their fields.

use std::iter::FusedIterator;
use std::ops::Range;

use super::span::{Span, without_quotes};
use super::{Layout, Quote, start_after};

/// One record: a line split into fields.
///
/// # Examples
///
/// ```
/// # use delimark::{Dialect, Scanner};
/// let mut scanner = Scanner::new(Dialect::new(b'|')?)?;
/// let mut batches = scanner.scan(b"GET|/|200\r\n");
/// let batch = batches.next()?.expect("the input is not empty");
/// let record = batch.records().next().expect("there is one line");
///
/// assert_eq!(record.len(), 3);
/// assert_eq!(record.field(1), Some(&b"/"[..]));
/// assert_eq!(record.as_bytes(), b"GET|/|200");
/// assert!(record.fields().eq([&b"GET"[..], b"/", b"200"]));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Copy, Debug)]
pub struct Record<'a> {
    /// The burst.
    bytes: &'a [u8],
    /// The bound before the first field, and the end of each; the last one is not used.
    bounds: &'a [u32],
    /// The end of the last field.
    end: u32,
    ordinal: u32,
    burst_offset: u64,
    lines_before: u64,
    quote: Quote,
}

impl<'a> Record<'a> {
    #[inline]
    pub(super) fn new(layout: &Layout<'a>, bounds: &'a [u32], end: u32, ordinal: u32) -> Self {
        // By value: through a reference the layout is read from memory again, three instructions a
        // record.
        let carriage_return =
            layout.ends_in_carriage_return(end) && start_after(bounds[bounds.len() - 2]) < end;
        Self {
            bytes: layout.bytes,
            bounds,
            end: end - u32::from(carriage_return),
            ordinal,
            burst_offset: layout.offset,
            lines_before: layout.lines_before,
            quote: layout.quote,
        }
    }

    /// Returns the number of fields, at least 1.
    #[inline]
    #[must_use]
    #[expect(clippy::len_without_is_empty, reason = "no record is without a field")]
    pub fn len(&self) -> usize {
        self.bounds.len() - 1
    }

    /// Returns where the first field starts.
    #[inline(always)]
    fn start(&self) -> u32 {
        start_after(self.bounds[0])
    }

    /// Returns one field, counted from 0; `None` after the last.
    #[expect(unsafe_code, reason = "see `Layout`")]
    #[inline]
    #[must_use]
    pub fn field(&self, index: usize) -> Option<&'a [u8]> {
        let span = self.field_span(index)?;
        // SAFETY: a field of this record is between two neighbours of its bounds; taking the
        // quotes off leaves less.
        Some(unsafe { span.of(self.bytes) })
    }

    /// Returns the place of a field, counted from 0, in
    /// [`Batch::as_bytes`](super::Batch::as_bytes); `None` after the last.
    ///
    /// From the start of one field to the end of another are the fields between them as they stand
    /// in the input.
    #[inline]
    #[must_use]
    pub fn field_range(&self, index: usize) -> Option<Range<usize>> {
        self.field_span(index).map(Span::range)
    }

    /// Returns the place of a field as [`field_range`](Self::field_range) does, with the quotes
    /// around it if it has any.
    #[inline]
    #[must_use]
    pub fn raw_field_range(&self, index: usize) -> Option<Range<usize>> {
        let unquoted = Self { quote: Quote::new(None), ..*self };
        unquoted.field_span(index).map(Span::range)
    }

    #[inline]
    pub(crate) fn field_span(&self, index: usize) -> Option<Span> {
        let [_, ends @ ..] = self.bounds else {
            return None;
        };
        let end = *ends.get(index)?;
        let end = if index + 1 == ends.len() { self.end } else { end };
        let start = start_after(self.bounds[index]);
        // With the place before this in a function of its own, it took two instructions more.
        Some(
            self.quote.byte().map_or(Span { start, end }, |quote| {
                Span { start, end }.without(quote, self.bytes)
            }),
        )
    }

    /// Returns every field, in order.
    #[inline]
    #[must_use]
    pub fn fields(&self) -> Fields<'a> {
        Fields {
            bytes: self.bytes,
            ends: self.bounds[1..self.bounds.len() - 1].iter(),
            start: self.start(),
            last_end: Some(self.end),
            quote: self.quote,
        }
    }

    /// Returns the line without its line ending.
    #[expect(unsafe_code, reason = "see `Layout`")]
    #[inline]
    #[must_use]
    pub fn as_bytes(&self) -> &'a [u8] {
        let line = Span { start: self.start(), end: self.end };
        // SAFETY: it is from the first of the bounds to the last.
        unsafe { line.of(self.bytes) }
    }

    /// Returns the number of the line in the input, from 1.
    #[inline]
    #[must_use]
    pub fn line_number(&self) -> u64 {
        self.lines_before + u64::from(self.ordinal) + 1
    }

    /// Returns the offset of the line's first byte in the input.
    #[inline]
    #[must_use]
    pub fn offset(&self) -> u64 {
        self.burst_offset + u64::from(self.start())
    }
}

/// The fields of a record, see [`Record::fields`].
#[derive(Clone, Debug)]
pub struct Fields<'a> {
    bytes: &'a [u8],
    /// The end of each field but the last.
    ends: std::slice::Iter<'a, u32>,
    start: u32,
    /// The end of the last field, until it has been handed out.
    last_end: Option<u32>,
    quote: Quote,
}

impl<'a> Iterator for Fields<'a> {
    type Item = &'a [u8];

    #[expect(unsafe_code, reason = "see `Layout`")]
    #[inline]
    fn next(&mut self) -> Option<&'a [u8]> {
        let end = match self.ends.next() {
            Some(&end) => end,
            None => self.last_end.take()?,
        };
        let span = Span { start: self.start, end };
        self.start = start_after(end);
        // SAFETY: the start is after the bound before this end.
        let field = unsafe { span.of(self.bytes) };
        Some(self.quote.byte().map_or(field, |quote| without_quotes(field, quote)))
    }

    #[inline]
    fn size_hint(&self) -> (usize, Option<usize>) {
        let left = self.ends.len() + usize::from(self.last_end.is_some());
        (left, Some(left))
    }

    /// Visits the fields without asking before each whether it is the last, or quoted where none
    /// can be.
    ///
    /// Two of them in a step took 6 % more instructions of `fields`: the compiler counts them
    /// apart.
    #[expect(unsafe_code, reason = "see `Layout`")]
    #[inline(always)]
    fn fold<B, F>(self, initial: B, mut visit: F) -> B
    where
        F: FnMut(B, Self::Item) -> B,
    {
        let Self { bytes, ends, mut start, last_end, quote } = self;
        let mut field_to = |end| {
            let span = Span { start, end };
            start = start_after(end);
            // SAFETY: the start is after the bound before this end.
            unsafe { span.of(bytes) }
        };
        let mut folded = initial;
        if let Some(quote) = quote.byte() {
            for &end in ends {
                folded = visit(folded, without_quotes(field_to(end), quote));
            }
            return match last_end {
                Some(end) => visit(folded, without_quotes(field_to(end), quote)),
                None => folded,
            };
        }
        for &end in ends {
            folded = visit(folded, field_to(end));
        }
        match last_end {
            Some(end) => visit(folded, field_to(end)),
            None => folded,
        }
    }
}

impl ExactSizeIterator for Fields<'_> {}
impl FusedIterator for Fields<'_> {}
