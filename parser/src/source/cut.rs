//! Cutting an input into parts of whole lines, so that several threads can each scan one.

use std::num::NonZeroUsize;
use std::ops::Range;

/// Cuts bytes after newlines into parts of about the same size, this many at most.
///
/// Every byte is in one part, the parts are in the order of the input, and none is empty. There are
/// fewer where lines are few: a line is never cut.
///
/// # Examples
///
/// A scanner for each part, and the results in the order of the lines:
///
/// ```
/// use std::num::NonZeroUsize;
/// use std::thread;
///
/// use delimark::{Dialect, Scanner, cut_at_newlines};
///
/// let log = b"a|b\nc|d\ne|f\ng|h\n";
/// let parts = cut_at_newlines(log, NonZeroUsize::new(2).unwrap());
/// assert_eq!(parts, [b"a|b\nc|d\n", b"e|f\ng|h\n"]);
///
/// let scanner = Scanner::new(Dialect::new(b'|')?)?;
/// let count = |part| scanner.count(part).records;
/// let records: Vec<u64> = thread::scope(|scope| {
///     let threads: Vec<_> = parts.iter().map(|part| scope.spawn(|| count(part))).collect();
///     threads.into_iter().map(|thread| thread.join().unwrap()).collect()
/// });
/// assert_eq!(records, [2, 2]);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[must_use]
pub fn cut_at_newlines(bytes: &[u8], parts: NonZeroUsize) -> Vec<&[u8]> {
    let mut rest = bytes;
    let cut = (1..=parts.get()).rev().map_while(|parts_left| {
        // What a long line has taken is shared out among the parts after it.
        let target = rest.len().div_ceil(parts_left).checked_sub(1)?;
        let newline = match parts_left {
            1 => None,
            _ => memchr::memchr(b'\n', &rest[target..]),
        };
        let length = newline.map_or(rest.len(), |newline| target + newline + 1);
        let (part, behind) = rest.split_at(length);
        rest = behind;
        Some(part)
    });
    cut.collect()
}

/// Finds the lines that belong to a range of bytes: those whose first byte is in it. Returns where
/// they are.
///
/// Ranges that follow each other, cut anywhere, have every line between them exactly once, so
/// whoever hands out work need not look at the input. What is after the end of the input belongs
/// to the range but holds no lines.
///
/// # Examples
///
/// ```
/// use delimark::lines_in_range;
///
/// let log = b"a|b\nc|d\ne|f\n";
/// assert_eq!(lines_in_range(log, 0..5), 0..8);
/// assert_eq!(lines_in_range(log, 5..8), 8..8);
/// assert_eq!(lines_in_range(log, 8..100), 8..12);
/// ```
#[must_use]
pub fn lines_in_range(bytes: &[u8], range: Range<usize>) -> Range<usize> {
    let start = first_line_from(bytes, range.start);
    // An empty range has no lines, even one that is the wrong way round.
    start..first_line_from(bytes, range.end).max(start)
}

/// Finds the first line that begins at an offset or after it; the end if there is none.
fn first_line_from(bytes: &[u8], offset: usize) -> usize {
    let Some(before) = offset.checked_sub(1) else {
        return 0;
    };
    let newline = bytes.get(before..).and_then(|rest| memchr::memchr(b'\n', rest));
    newline.map_or(bytes.len(), |index| offset + index)
}
