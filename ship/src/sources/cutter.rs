//! Cuts bytes, of which there are more and more, into whole lines; a line that is too long is a
//! dead letter, and never in memory as a whole.

use std::sync::Arc;

use bytes::Bytes;
use delimark::Span;

use crate::entry::Origin;
use crate::lines::Lines;
use crate::newline::Newline;
use crate::stages::Dead;

/// The bytes that are read at once, if lines may not be longer.
pub(super) const READ_BYTES: usize = 256 << 10;

/// What was read at once.
#[derive(Debug, Default)]
pub(crate) struct Read {
    /// Whole lines, in runs that stand one behind the other.
    pub(crate) lines: Vec<Lines>,
    /// Lines that are too long.
    pub(crate) dead: Vec<Dead>,
}

/// What a line of an input is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct LineRules {
    /// The most bytes of a line.
    pub(crate) max_bytes: usize,
    /// How newlines are written.
    pub(crate) newline: Newline,
}

/// Cuts the bytes of one input.
#[derive(Clone, Debug)]
pub(super) struct Cutter {
    origin: Arc<str>,
    /// The number that tells the input from others.
    pub(super) identity: u64,
    /// The offset of the byte behind the last whole line.
    pub(super) offset: u64,
    /// The lines before it, as far as they are known.
    pub(super) lines: Option<u64>,
    /// True if what comes next belongs to a line that is too long.
    pub(super) is_in_long_line: bool,
}

impl Cutter {
    /// Cuts what comes behind an offset of an input, which a number tells from others.
    pub(super) fn new(origin: Arc<str>, identity: u64, offset: u64, lines: Option<u64>) -> Self {
        Self { origin, identity, offset, lines, is_in_long_line: false }
    }

    /// Begins again with the first line.
    pub(super) fn restart(&mut self) {
        (self.offset, self.lines, self.is_in_long_line) = (0, Some(0), false);
    }

    /// Cuts the bytes from the offset on, and returns how many belong to whole lines; all do if
    /// they are the last ones.
    pub(super) fn cut(&mut self, bytes: &Bytes, rules: LineRules, is_final: bool) -> (Read, usize) {
        let (read, taken) = self.cut_lines(bytes, rules, is_final);
        self.offset += taken as u64;
        (read, taken)
    }

    fn cut_lines(&mut self, bytes: &Bytes, rules: LineRules, is_final: bool) -> (Read, usize) {
        let mut read = Read::default();
        let mut start = 0;
        // Of half a letter it is not known yet whether it is a newline.
        let whole = if is_final { bytes.len() } else { rules.newline.whole(bytes, self.offset) };
        if self.is_in_long_line {
            let Some(newline) = rules.newline.iter(bytes, self.offset).next() else {
                return (read, whole);
            };
            self.is_in_long_line = false;
            start = newline.end;
            self.lines = self.lines.map(|lines| lines + 1);
        }
        let rest = self.offset + start as u64;
        let last = rules.newline.last(&bytes[start..], rest);
        let mut end = last.map_or(start, |newline| start + newline.end);
        if is_final {
            end = bytes.len();
        }
        if end == start && bytes.len() - start > rules.max_bytes {
            read.dead.push(self.too_long(start, rules.max_bytes));
            self.is_in_long_line = true;
            return (read, whole);
        }
        self.cut_runs(bytes, (start, end), rules, &mut read);
        (read, end)
    }

    /// Cuts whole lines into runs, between lines that are too long.
    fn cut_runs(
        &mut self,
        bytes: &Bytes,
        (start, end): (usize, usize),
        rules: LineRules,
        read: &mut Read,
    ) {
        let whole = bytes.slice(start..end);
        let first_line = self.lines.map(|lines| lines + 1);
        let offset = self.offset + start as u64;
        let mut lines = Lines::cut(whole, rules.newline, self.origin.clone(), first_line, offset);
        lines.identity = self.identity;
        let is_long = |span: &Span| span.range().len() > rules.max_bytes;
        if !lines.spans.iter().any(is_long) {
            self.lines = self.lines.map(|count| count + lines.len() as u64);
            if !lines.is_empty() {
                read.lines.push(lines);
            }
            return;
        }
        // Where each line begins that comes behind a long one.
        let starts = lines.spans.iter().skip(1).map(|span| start + span.start as usize);
        let starts: Vec<usize> = starts.chain([end]).collect();
        let long: Vec<_> =
            lines.spans.iter().zip(starts).filter(|(span, _)| is_long(span)).collect();
        let mut from = start;
        for (span, behind) in long {
            let long_start = start + span.start as usize;
            self.cut_runs(bytes, (from, long_start), rules, read);
            read.dead.push(self.too_long(long_start, rules.max_bytes));
            self.lines = self.lines.map(|lines| lines + 1);
            from = behind;
        }
        self.cut_runs(bytes, (from, end), rules, read);
    }

    fn too_long(&self, start: usize, max_line_bytes: usize) -> Dead {
        let origin = Origin {
            source: self.origin.clone(),
            line: self.lines.map(|lines| lines + 1),
            offset: self.offset + start as u64,
        };
        let reason = format!("is longer than {max_line_bytes} bytes (max_line_bytes)");
        Dead { origin, reason, line: None }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Cuts a text that arrives in pieces; shows lines, and the numbers of those that are too long.
    fn cut(text: &str, piece: usize, max: usize) -> (Vec<(u64, u64, String)>, Vec<u64>) {
        let rules = LineRules { max_bytes: max, newline: Newline::Byte };
        cut_bytes(text.as_bytes(), piece, rules)
    }

    fn cut_bytes(
        text: &[u8],
        piece: usize,
        rules: LineRules,
    ) -> (Vec<(u64, u64, String)>, Vec<u64>) {
        let mut cutter = Cutter::new("a".into(), 0, 0, Some(0));
        let (mut lines, mut long) = (Vec::new(), Vec::new());
        let mut arrived = 0;
        loop {
            arrived = (arrived + piece).min(text.len());
            let start = cutter.offset as usize;
            let bytes = Bytes::copy_from_slice(&text[start..arrived]);
            let (read, _) = cutter.cut(&bytes, rules, arrived == text.len());
            long.extend(read.dead.iter().filter_map(|dead| dead.origin.line));
            for mut run in read.lines {
                let offsets: Vec<u64> = (0..run.len()).map(|row| run.offset_of(row)).collect();
                if rules.newline == Newline::Utf16 {
                    run.decode(encoding_rs::UTF_16LE);
                }
                for (index, span) in run.spans.iter().enumerate() {
                    let line = String::from_utf8_lossy(&run.bytes[span.range()]).into_owned();
                    lines.push((run.first_line.unwrap() + index as u64, offsets[index], line));
                }
            }
            if arrived == text.len() {
                return (lines, long);
            }
        }
    }

    #[test]
    fn pieces_of_any_size_give_the_same_lines() {
        let text = "a\n\nlong enough\nbc\nalso too long\n\nd";
        let line = |number, offset, text: &str| (number, offset, text.to_owned());
        let expected = vec![
            line(1, 0, "a"),
            line(2, 2, ""),
            line(4, 15, "bc"),
            line(6, 32, ""),
            line(7, 33, "d"),
        ];
        for piece in 1..text.len() {
            assert_eq!(cut(text, piece, 4), (expected.clone(), vec![3, 5]), "pieces of {piece}");
        }
        let (lines, long) = cut(text, 5, 100);
        assert_eq!((lines.len(), long.len()), (7, 0));
    }

    #[test]
    fn pieces_of_any_size_give_the_same_lines_of_utf_16() {
        let text = "\u{feff}a\n\nЊ long enough\nbc\n\u{a05}\nend";
        for to_bytes in [u16::to_le_bytes, u16::to_be_bytes] {
            let bytes: Vec<u8> = text.encode_utf16().flat_map(to_bytes).collect();
            let expected = vec![
                (1, 0, "a".to_owned()),
                (2, 6, String::new()),
                (4, 36, "bc".to_owned()),
                (5, 42, "\u{a05}".to_owned()),
                (6, 46, "end".to_owned()),
            ];
            let rules = LineRules { max_bytes: 8, newline: Newline::Utf16 };
            for piece in 1..bytes.len() {
                let found = cut_bytes(&bytes, piece, rules);
                assert_eq!(found, (expected.clone(), vec![3]), "pieces of {piece}");
            }
        }
    }
}
