//! Guessing the number of columns of a file from its first lines.

use std::collections::BTreeMap;

use delimark::Dialect;
use delimark::reference::{Event, parse};

/// The bytes of a file that are looked at.
pub(super) const SAMPLE_BYTES: usize = 256 << 10;

/// The column count that most of the first lines have; the smaller one where two are as common.
/// `None` where there is no line.
pub(super) fn columns(input: &[u8], delimiter_only: &Dialect) -> Option<u32> {
    let sample = &input[..input.len().min(SAMPLE_BYTES)];
    // A line that the sample cuts off would have too few columns.
    let end = sample.iter().rposition(|&byte| byte == b'\n').map_or(sample.len(), |end| end + 1);
    let mut lines_by_count = BTreeMap::<usize, usize>::new();
    let stop = parse(&sample[..end], delimiter_only, |event| {
        let (Event::Record(line) | Event::Ragged(line)) = event;
        *lines_by_count.entry(line.fields.len()).or_default() += 1;
    });
    debug_assert_eq!(stop, Ok(()), "without a column count no line is ragged");
    let most_common = lines_by_count.into_iter().rev().max_by_key(|&(_, lines)| lines);
    most_common.map(|(count, _)| count as u32)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_most_common_count_wins() {
        let dialect = Dialect::new(b'|').expect("'|' is a delimiter");
        assert_eq!(columns(b"", &dialect), None);
        assert_eq!(columns(b"a|b", &dialect), Some(2));
        assert_eq!(columns(b"a|b\nc|d|e\nf|g\n", &dialect), Some(2));
        assert_eq!(columns(b"a|b|c\nd|e\n", &dialect), Some(2), "the smaller one on a tie");
    }
}
