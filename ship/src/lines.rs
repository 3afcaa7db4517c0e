//! Lines as a source hands them over: many at a time, in one buffer that they share.

use std::sync::Arc;

use bytes::Bytes;
use delimark::Span;

/// Some lines of one input.
#[derive(Clone, Debug)]
pub(crate) struct Lines {
    /// The bytes that all places are places of: less than 4 GiB.
    pub(crate) bytes: Bytes,
    /// The place of each line, without its newline.
    pub(crate) spans: Vec<Span>,
    /// True if these are the lines of the bytes, each with a newline, the last perhaps without.
    pub(crate) are_whole: bool,
    /// The file, or the address of the sender.
    pub(crate) origin: Arc<str>,
    /// The number of the first line, from 1, as far as it is known.
    pub(crate) first_line: Option<u64>,
    /// The offset of the bytes in the input.
    pub(crate) offset: u64,
    /// A number that tells the input from others, and stays the same when it is renamed.
    pub(crate) identity: u64,
    /// What the source itself knows of each line: fields, by their names.
    pub(crate) fields: Vec<(&'static str, Vec<Option<Span>>)>,
    /// The time of each line in nanoseconds since 1970, where the source knows it; else empty.
    pub(crate) times: Vec<Option<i64>>,
}

impl Lines {
    /// Makes lines of bytes that are cut at newlines.
    ///
    /// # Panics
    ///
    /// There are 4 GiB of them.
    #[must_use]
    pub(crate) fn cut(
        bytes: Bytes,
        origin: Arc<str>,
        first_line: Option<u64>,
        offset: u64,
    ) -> Self {
        let length = u32::try_from(bytes.len()).expect("a buffer is less than 4 GiB");
        // A line of an access log has about 100 bytes or more.
        let mut spans = Vec::with_capacity(bytes.len() / 100 + 1);
        let mut start = 0;
        for newline in memchr::memchr_iter(b'\n', &bytes) {
            let end = newline as u32;
            spans.push(Span { start, end });
            start = end + 1;
        }
        if start < length {
            spans.push(Span { start, end: length });
        }
        let (fields, times) = (Vec::new(), Vec::new());
        let (are_whole, identity) = (true, 0);
        Self { bytes, spans, are_whole, origin, first_line, offset, identity, fields, times }
    }

    /// Returns the lines.
    #[must_use]
    pub(crate) fn len(&self) -> usize {
        self.spans.len()
    }

    /// Tells whether there is none.
    #[must_use]
    pub(crate) fn is_empty(&self) -> bool {
        self.spans.is_empty()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn texts(bytes: &'static [u8]) -> Vec<&'static [u8]> {
        let lines = Lines::cut(Bytes::from_static(bytes), "a".into(), Some(1), 0);
        lines.spans.iter().map(|span| &bytes[span.range()]).collect()
    }

    #[test]
    fn lines_end_at_newlines_and_at_the_end() {
        assert_eq!(texts(b"a\n\nbc\n"), [&b"a"[..], b"", b"bc"]);
        assert_eq!(texts(b"a\nb"), [b"a", b"b"]);
        assert!(texts(b"").is_empty());
    }
}
