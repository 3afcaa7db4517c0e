//! Lines as a source hands them over: many at a time, in one buffer that they share.

use std::sync::Arc;

use bytes::Bytes;
use delimark::Span;
use encoding_rs::Encoding;

use crate::newline::{Newline, is_utf16, utf16_order};

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
    /// The bytes that the lines take in the input, as long as they are in its own encoding.
    pub(crate) read_bytes: u64,
    /// The offset of each line in the input, where it does not follow from the place; else empty.
    pub(crate) offsets: Vec<u64>,
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
        newline: Newline,
        origin: Arc<str>,
        first_line: Option<u64>,
        offset: u64,
    ) -> Self {
        let length = u32::try_from(bytes.len()).expect("a buffer is less than 4 GiB");
        // A line of an access log has about 100 bytes or more.
        let mut spans = Vec::with_capacity(bytes.len() / 100 + 1);
        let mut start = 0;
        for place in newline.iter(&bytes, offset) {
            spans.push(Span { start, end: place.start as u32 });
            start = place.end as u32;
        }
        if start < length {
            spans.push(Span { start, end: length });
        }
        let (fields, times) = (Vec::new(), Vec::new());
        Self {
            bytes,
            spans,
            are_whole: true,
            origin,
            first_line,
            offset,
            read_bytes: u64::from(length),
            offsets: Vec::new(),
            identity: 0,
            fields,
            times,
        }
    }

    /// Returns the offset of a line in the input.
    pub(crate) fn offset_of(&self, row: usize) -> u64 {
        let by_place = || self.offset + u64::from(self.spans[row].start);
        self.offsets.get(row).copied().unwrap_or_else(by_place)
    }

    /// Turns lines of another encoding into UTF-8. What is no text becomes U+FFFD, and a mark of
    /// the order of bytes at the beginning of the input is left out.
    ///
    /// # Panics
    ///
    /// The source knows fields of the lines.
    pub(crate) fn decode(&mut self, encoding: &'static Encoding) {
        assert!(self.fields.is_empty(), "places of fields would be lost");
        let encoding = if is_utf16(encoding) {
            utf16_order(&self.bytes, self.offset, encoding)
        } else {
            encoding
        };
        let mut decoded = String::with_capacity(self.bytes.len() * 3 / 2);
        let offsets = (0..self.len()).map(|row| self.offset_of(row)).collect();
        for span in &mut self.spans {
            let bytes = &self.bytes[span.range()];
            let is_first = self.offset == 0 && span.start == 0;
            let (line, _) = if is_first {
                encoding.decode_with_bom_removal(bytes)
            } else {
                encoding.decode_without_bom_handling(bytes)
            };
            let start = decoded.len() as u32;
            decoded.push_str(&line);
            *span = Span { start, end: decoded.len() as u32 };
            decoded.push('\n');
        }
        self.offsets = offsets;
        self.bytes = Bytes::from(decoded);
    }

    /// Returns the offset in the input behind the lines.
    pub(crate) fn end_offset(&self) -> u64 {
        self.offset + self.read_bytes
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
        let lines = Lines::cut(Bytes::from_static(bytes), Newline::Byte, "a".into(), Some(1), 0);
        lines.spans.iter().map(|span| &bytes[span.range()]).collect()
    }

    #[test]
    fn lines_of_other_encodings_become_utf_8_and_keep_their_offsets() {
        for (encoding, bytes, expected) in [
            (encoding_rs::WINDOWS_1252, &b"caf\xe9|1\nx\n"[..], "café|1"),
            (encoding_rs::GB18030, b"\xd6\xd0|\xce\xc4\nx\n", "中|文"),
            (encoding_rs::SHIFT_JIS, b"\x83\x5c|\x83\x7c\nx\n", "ソ|ポ"),
            (encoding_rs::SHIFT_JIS, b"a\xff|\nx\n", "a\u{fffd}|"),
            (encoding_rs::UTF_16LE, b"\x0a\x04|\0\n\0x\0\n\0", "Њ|"),
            (encoding_rs::UTF_16LE, b"\x04\x0a\0|\0\n\0x", "Њ|"),
            (encoding_rs::UTF_16LE, b"\x3d\xd8\x00\xde\n\0x\0", "😀"),
            (encoding_rs::UTF_16LE, b"a\0\x3d\xd8\n\0x\0", "a\u{fffd}"),
        ] {
            let newline = Newline::of(Some(encoding));
            let bytes = Bytes::from_static(bytes);
            let mut lines = Lines::cut(bytes, newline, "a".into(), Some(1), 100);
            let second = lines.offset_of(1);
            lines.decode(encoding);
            let text = |row: usize| str::from_utf8(&lines.bytes[lines.spans[row].range()]).unwrap();
            assert_eq!((text(0), text(1)), (expected, "x"));
            assert_eq!((lines.offset_of(0), lines.offset_of(1)), (100, second));
        }
    }

    #[test]
    fn a_mark_at_the_beginning_tells_the_order_and_is_no_text() {
        for bytes in [&b"\xff\xfea\0\n\0b\0"[..], b"\xfe\xff\0a\0\n\0b"] {
            let bytes = Bytes::from_static(bytes);
            let mut lines = Lines::cut(bytes, Newline::Utf16, "a".into(), Some(1), 0);
            lines.decode(encoding_rs::UTF_16LE);
            assert_eq!((&lines.bytes[..], lines.end_offset()), (&b"a\nb\n"[..], 8));
            assert_eq!(lines.offset_of(1), 6);
        }
    }

    #[test]
    fn lines_end_at_newlines_and_at_the_end() {
        assert_eq!(texts(b"a\n\nbc\n"), [&b"a"[..], b"", b"bc"]);
        assert_eq!(texts(b"a\nb"), [b"a", b"b"]);
        assert!(texts(b"").is_empty());
    }
}
