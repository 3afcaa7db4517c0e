//! Cutting an input into parts of whole lines, so that several threads can each scan one.

use std::num::NonZeroUsize;

/// Cuts bytes behind newlines into parts of about the same size, so many at most.
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
        // What a long line has taken is shared out among the parts behind it.
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
