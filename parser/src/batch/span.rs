//! The place of a field in its burst, and the bytes there.

use std::ops::Range;

/// A piece of [`Batch::as_bytes`](super::Batch::as_bytes).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Span {
    /// The offset of its first byte.
    pub start: u32,
    /// The offset after its last byte.
    pub end: u32,
}

impl Span {
    /// Returns it as the range that slices take.
    #[inline]
    #[must_use]
    pub fn range(self) -> Range<usize> {
        self.start as usize..self.end as usize
    }

    /// Returns the bytes of a burst that are here.
    ///
    /// Without asking whether they are: two branches less a field, which were 9 % of the
    /// instructions of `fields` with AVX-512 and 7 % with AVX2.
    ///
    /// # Safety
    ///
    /// The start is not above the end, and the end not above the length of the burst.
    #[expect(unsafe_code, reason = "places that the kernel found are not checked again")]
    #[inline(always)]
    pub(super) unsafe fn of(self, burst: &[u8]) -> &[u8] {
        debug_assert!(self.start <= self.end && self.end as usize <= burst.len());
        // SAFETY: the caller promises that the range is inside.
        unsafe { burst.get_unchecked(self.range()) }
    }

    /// Takes the quotes off a field that begins and ends with one.
    #[inline(always)]
    pub(crate) fn without(self, quote: u8, bytes: &[u8]) -> Self {
        let field = &bytes[self.range()];
        let is_quoted = without_quotes(field, quote).len() < field.len();
        Self { start: self.start + u32::from(is_quoted), end: self.end - u32::from(is_quoted) }
    }
}

/// Takes the quotes off a field that begins and ends with one.
#[inline(always)]
pub(crate) fn without_quotes(field: &[u8], quote: u8) -> &[u8] {
    if let Some(rest) = field.strip_prefix(&[quote])
        && let Some(inner) = rest.strip_suffix(&[quote])
    {
        return inner;
    }
    field
}
