//! From separators to records: the check that every record has the same columns, and the list
//! of records where that fails.

use super::quotes::OpenQuote;
use crate::dialect::RaggedPolicy;

/// A record by its separators: their indices in the batch's list.
#[derive(Clone, Copy, Debug)]
pub(crate) struct RecordSpan {
    /// The index of the first separator: the end of the first field.
    pub(crate) first: u32,
    /// The index of the last separator: the end of the record.
    pub(crate) last: u32,
    /// The number of records before this one in the burst, left-out ones included.
    pub(crate) ordinal: u32,
}

impl RecordSpan {
    /// Returns the number of the record's fields when every separator counts.
    #[inline]
    pub(crate) fn field_count(self) -> u32 {
        self.last - self.first + 1
    }
}

/// Tells whether every record has exactly this many columns.
///
/// Let there be `R` records, that is newlines. If there are `R * columns` separators and each
/// `columns`-th is a newline, those are `R` newlines, so there is none in between.
pub(crate) fn is_uniform(
    bytes: &[u8],
    separators: &[u32],
    newline_count: usize,
    columns: u32,
) -> bool {
    let columns = columns as usize;
    newline_count.checked_mul(columns) == Some(separators.len())
        && separators.chunks_exact(columns).all(|row| ends_record(bytes, row[columns - 1]))
}

/// Counts the columns of the first record; 1 where there is none.
pub(crate) fn first_column_count(bytes: &[u8], separators: &[u32]) -> u32 {
    let newline = separators.iter().position(|&separator| ends_record(bytes, separator));
    newline.map_or(separators.len(), |index| index + 1).max(1) as u32
}

/// Lists every record of a burst, whatever its columns.
pub(crate) fn list(bytes: &[u8], separators: &[u32], records: &mut Vec<RecordSpan>) {
    let mut next = RecordSpan { first: 0, last: 0, ordinal: 0 };
    for (index, &separator) in (0..).zip(separators) {
        if ends_record(bytes, separator) {
            next.last = index;
            records.push(next);
            next.first = index + 1;
            next.ordinal += 1;
        }
    }
}

/// Takes the records that are to be left out of the list, and returns the one to stop at.
///
/// Records are ragged that have other columns, if a number is expected, or an open quote.
pub(crate) fn apply_policy(
    policy: RaggedPolicy,
    columns: Option<u32>,
    open: &[OpenQuote],
    records: &mut Vec<RecordSpan>,
    left_out: &mut Vec<RecordSpan>,
) -> Option<RecordSpan> {
    let is_ragged = |record: &RecordSpan| {
        columns.is_some_and(|columns| record.field_count() != columns)
            || find_open(open, record.ordinal).is_some()
    };
    match policy {
        RaggedPolicy::Keep | RaggedPolicy::Rest => None,
        RaggedPolicy::Report => {
            left_out.extend(records.iter().copied().filter(is_ragged));
            records.retain(|record| !is_ragged(record));
            None
        }
        RaggedPolicy::Error => {
            let index = records.iter().position(is_ragged)?;
            let stop = records[index];
            records.truncate(index);
            Some(stop)
        }
    }
}

/// Returns the open quote of a record, if its line ends inside quotes.
pub(crate) fn find_open(open: &[OpenQuote], ordinal: u32) -> Option<OpenQuote> {
    let index = open.binary_search_by_key(&ordinal, |quote| quote.ordinal).ok()?;
    Some(open[index])
}

/// Tells whether a separator is the newline that ends a record, or the end of the input.
#[inline(always)]
fn ends_record(bytes: &[u8], separator: u32) -> bool {
    bytes.get(separator as usize).is_none_or(|&byte| byte == b'\n')
}
