//! Texts as places in the two buffers of a batch: what was read, and what stages have put together
//! beside it.

use bytes::Bytes;
use delimark::Span;

/// A text: a place in one of the two buffers.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Text {
    /// There is none.
    #[default]
    Absent,
    /// A place in what was read.
    Read(Span),
    /// A place in what stages have put together.
    Made(Span),
}

/// The two buffers that texts are places of.
#[derive(Clone, Debug, Default)]
pub(crate) struct Buffers {
    pub(crate) read: Bytes,
    pub(crate) made: Bytes,
}

impl Buffers {
    /// Returns the bytes of a text.
    #[inline]
    pub(crate) fn get(&self, text: Text) -> Option<&[u8]> {
        match text {
            Text::Absent => None,
            Text::Read(span) => Some(&self.read[span.range()]),
            Text::Made(span) => Some(&self.made[span.range()]),
        }
    }

    /// Returns a text, which shares its buffer.
    #[inline]
    pub(crate) fn share(&self, text: Text) -> Option<Bytes> {
        match text {
            Text::Absent => None,
            Text::Read(span) => Some(self.read.slice(span.range())),
            Text::Made(span) => Some(self.made.slice(span.range())),
        }
    }
}
