//! Rules for lines that the parser does not know: comments, runs of blanks, lines over the limit, a
//! header.

use std::ops::Range;

/// The lines that are records, and the form they come in.
#[derive(Clone, Debug, Default)]
pub struct LineRules {
    /// The bytes that a comment begins with; lines that do are left out.
    pub comment: Option<Vec<u8>>,
    /// True if runs of blanks and tabs are one space, and none at a line's ends.
    pub squeezes_blanks: bool,
    /// True if lines over the limit are left out and listed; else they end the input.
    pub reports_long_lines: bool,
    /// True if the first line of an input names its columns.
    pub has_header: bool,
    /// True if the first lines of an input say what its format is.
    pub needs_first_lines: bool,
}

/// Finds the lines that are comments.
#[derive(Debug)]
pub(crate) struct Comments {
    /// A newline and the bytes that a comment begins with.
    finder: memchr::memmem::Finder<'static>,
}

impl Comments {
    /// Finds lines that begin with these bytes.
    pub(crate) fn new(start: &[u8]) -> Self {
        let needle = [b"\n", start].concat();
        Self { finder: memchr::memmem::Finder::new(&needle).into_owned() }
    }

    /// Returns true if bytes at the start of a line begin a comment.
    pub(crate) fn is_comment(&self, line: &[u8]) -> bool {
        line.starts_with(&self.finder.needle()[1..])
    }

    /// Returns the bytes up to the first comment that is not at their start; all if there is none.
    pub(crate) fn before_comment<'a>(&self, lines: &'a [u8]) -> &'a [u8] {
        self.finder.find(lines).map_or(lines, |newline| &lines[..=newline])
    }
}

/// Returns the length of the first line with its ending.
pub(crate) fn line_length(lines: &[u8]) -> usize {
    memchr::memchr(b'\n', lines).map_or(lines.len(), |newline| newline + 1)
}

/// Appends lines with one space for each run of blanks and tabs, and none at a line's ends.
pub(crate) fn squeeze(lines: &[u8], has_carriage_returns: bool, output: &mut Vec<u8>) {
    let mut rest = lines;
    while !rest.is_empty() {
        let (line, behind) = rest.split_at(line_length(rest));
        rest = behind;
        let (content, ending) = split_ending(line, has_carriage_returns);
        let start = output.len();
        for word in words(content) {
            if output.len() > start {
                output.push(b' ');
            }
            output.extend_from_slice(&content[word]);
        }
        output.extend_from_slice(ending);
    }
}

/// Returns where in a line the byte is that is at this index of the line squeezed.
pub(crate) fn index_before_squeeze(line: &[u8], squeezed: usize) -> usize {
    let mut left = squeezed;
    for word in words(line) {
        if left <= word.len() {
            return word.start + left;
        }
        left -= word.len() + 1;
    }
    line.len()
}

fn split_ending(line: &[u8], has_carriage_returns: bool) -> (&[u8], &[u8]) {
    let ending = match line {
        [.., b'\r', b'\n'] if has_carriage_returns => 2,
        [.., b'\n'] => 1,
        _ => 0,
    };
    line.split_at(line.len() - ending)
}

/// Returns the places of what is between blanks and tabs.
fn words(content: &[u8]) -> impl Iterator<Item = Range<usize>> {
    let mut next = 0;
    std::iter::from_fn(move || {
        let is_blank = |byte: &u8| matches!(byte, b' ' | b'\t');
        next += content[next..].iter().take_while(|byte| is_blank(byte)).count();
        let rest = &content[next..];
        let length = memchr::memchr2(b' ', b'\t', rest).unwrap_or(rest.len());
        let word = next..next + length;
        next = word.end;
        (length > 0).then_some(word)
    })
}

/// Finds lines by their numbers, in ascending order.
pub(crate) struct LineCursor<'a> {
    lines: &'a [u8],
    /// The lines before the current one.
    index: u64,
    /// The place of the current line.
    start: usize,
}

impl<'a> LineCursor<'a> {
    /// Begins with the first line.
    pub(crate) fn new(lines: &'a [u8]) -> Self {
        Self { lines, index: 0, start: 0 }
    }

    /// Returns the place of the line after this many, with its ending.
    pub(crate) fn find(&mut self, index: u64) -> Range<usize> {
        while self.index < index && self.start < self.lines.len() {
            self.start += line_length(&self.lines[self.start..]);
            self.index += 1;
        }
        self.start..self.start + line_length(&self.lines[self.start..])
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn comments_are_found_at_the_starts_of_lines() {
        let comments = Comments::new(b"#");
        assert!(comments.is_comment(b"# x\n"));
        assert!(!comments.is_comment(b" # x\n"));
        assert_eq!(comments.before_comment(b"a#b\nc\n#d\n#e\nf"), b"a#b\nc\n");
        assert_eq!(comments.before_comment(b"#a\n#b\n"), b"#a\n");
        assert_eq!(comments.before_comment(b"a\nb"), b"a\nb");
        assert_eq!(Comments::new(b"--").before_comment(b"-\n-a\n--b\n"), b"-\n-a\n");
    }

    #[test]
    fn runs_of_blanks_are_one_space_and_none_at_the_ends() {
        for (lines, with, without) in [
            (&b"a   b\t \tc\n"[..], &b"a b c\n"[..], &b"a b c\n"[..]),
            (b"  a b  \n", b"a b\n", b"a b\n"),
            (b" a \r\n\t\n\nb", b"a\r\n\n\nb", b"a \r\n\n\nb"),
            (b"\r\n \r \n", b"\r\n\r\n", b"\r\n\r\n"),
        ] {
            for (has_carriage_returns, expected) in [(true, with), (false, without)] {
                let mut output = b"x".to_vec();
                squeeze(lines, has_carriage_returns, &mut output);
                let expected = [b"x", expected].concat();
                assert_eq!(output.escape_ascii().to_string(), expected.escape_ascii().to_string());
            }
        }
    }

    #[test]
    fn indices_lead_back() {
        let line = b"  ab \t c   d ";
        let mut squeezed = Vec::new();
        squeeze(line, true, &mut squeezed);
        assert_eq!(squeezed, b"ab c d");
        for (index, byte) in squeezed.iter().enumerate().filter(|(_, byte)| **byte != b' ') {
            assert_eq!(line[index_before_squeeze(line, index)], *byte);
        }
    }

    #[test]
    fn lines_are_found_by_number() {
        let mut cursor = LineCursor::new(b"a\nbc\n\nd");
        assert_eq!([0, 0, 1, 3].map(|index| cursor.find(index)), [0..2, 0..2, 2..5, 6..7]);
        assert_eq!(cursor.find(9), 7..7);
    }
}
