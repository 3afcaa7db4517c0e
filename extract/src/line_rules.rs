//! Rules for lines that the parser does not know: comments, runs of blanks, lines over the limit, a
//! header.

use std::ops::Range;

use crate::comments::line_length;

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

/// Bytes that are looked at at once for blanks that do not stay.
const BLOCK_BYTES: usize = 32;

/// Bytes that are gone through one by one before blocks are tried again.
const STEP_BYTES: usize = 16;

/// Appends lines with one space for each run of blanks and tabs, and none at a line's ends.
///
/// Blocks in which every blank is a space between two words are copied as they are, which is four
/// times as fast as going through all bytes.
pub(crate) fn squeeze(lines: &[u8], has_carriage_returns: bool, output: &mut Vec<u8>) {
    output.reserve(lines.len());
    let mut next = 0;
    // True after blanks that stay if a word follows.
    let mut is_pending = false;
    let mut is_line_start = true;
    while next < lines.len() {
        let block = lines[next..].first_chunk::<{ BLOCK_BYTES + 1 }>();
        if let Some(block) = block
            && !is_pending
            && !(is_line_start && is_blank(block[0]))
            && is_squeezed(block)
        {
            output.extend_from_slice(&block[..BLOCK_BYTES]);
            is_line_start = block[BLOCK_BYTES - 1] == b'\n';
            next += BLOCK_BYTES;
            continue;
        }
        let end = lines.len().min(next + STEP_BYTES);
        for index in next..end {
            let byte = lines[index];
            if is_blank(byte) {
                is_pending = !is_line_start;
                continue;
            }
            let is_ending = byte == b'\n'
                || (has_carriage_returns && byte == b'\r' && lines.get(index + 1) == Some(&b'\n'));
            if is_pending && !is_ending {
                output.push(b' ');
            }
            is_pending = false;
            is_line_start = byte == b'\n';
            output.push(byte);
        }
        next = end;
    }
}

#[inline(always)]
fn is_blank(byte: u8) -> bool {
    (byte == b' ') | (byte == b'\t')
}

/// Tells whether all blanks of a block but its last byte are single spaces within a line. Without a
/// branch, so that it compiles to vector instructions.
#[inline(always)]
fn is_squeezed(block: &[u8; BLOCK_BYTES + 1]) -> bool {
    let mut is_other = false;
    for index in 0..BLOCK_BYTES {
        let (byte, after) = (block[index], block[index + 1]);
        let ends_run = is_blank(after) | (after == b'\n') | (after == b'\r');
        is_other |= byte == b'\t';
        is_other |= (byte == b' ') & ends_run;
        is_other |= (byte == b'\n') & is_blank(after);
    }
    !is_other
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

    /// Does the same line by line and word by word.
    fn squeeze_plainly(lines: &[u8], has_carriage_returns: bool) -> Vec<u8> {
        let mut output = Vec::new();
        for line in lines.split_inclusive(|&byte| byte == b'\n') {
            let (content, ending) = split_ending(line, has_carriage_returns);
            let words: Vec<&[u8]> = words(content).map(|word| &content[word]).collect();
            output.extend(words.join(&b' '));
            output.extend_from_slice(ending);
        }
        output
    }

    fn split_ending(line: &[u8], has_carriage_returns: bool) -> (&[u8], &[u8]) {
        let ending = match line {
            [.., b'\r', b'\n'] if has_carriage_returns => 2,
            [.., b'\n'] => 1,
            _ => 0,
        };
        line.split_at(line.len() - ending)
    }

    #[test]
    fn blocks_and_bytes_come_to_the_same() {
        let mut state = 1_u64;
        for round in 0..20_000 {
            let mut random = |limit: u64| {
                state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
                (state >> 33) % limit
            };
            let length = random(200);
            // From many blanks to hardly any.
            let letters = [6, 12, 60, 300][round % 4];
            let letter = |number| match number {
                0 => b' ',
                1 => b'\t',
                2 => b'\n',
                3 => b'\r',
                number => b"ab"[number as usize % 2],
            };
            let mut lines: Vec<u8> = (0..length).map(|_| letter(random(letters))).collect();
            if round % 3 == 0 {
                let words = lines.iter().map(|&byte| if byte == b'b' { b' ' } else { byte });
                lines = words.collect();
            }
            for has_carriage_returns in [true, false] {
                let mut output = Vec::new();
                squeeze(&lines, has_carriage_returns, &mut output);
                let expected = squeeze_plainly(&lines, has_carriage_returns);
                assert!(output == expected, "{}", lines.escape_ascii());
            }
        }
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
