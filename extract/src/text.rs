//! Fields as delimited text: the format that must be fast.

use delimark::{Batch, Record, Records};

use crate::fields::FieldList;
use crate::pending::{Pending, Room};
use crate::row::Row;

/// Writes the fields asked for, a delimiter between them and a newline after.
#[derive(Clone, Debug)]
pub struct Text {
    fields: FieldList,
    delimiter: Vec<u8>,
    shortcut: Option<Shortcut>,
    skips_undelimited: bool,
    room: Room,
}

/// A faster way for records that have every field asked for: each range is one piece.
#[derive(Clone, Debug)]
struct Shortcut {
    /// The byte between pieces.
    delimiter: u8,
    /// The highest index asked for.
    highest: usize,
    /// The first and last index of each range; any above the record's last stands for that.
    pieces: Vec<(usize, usize)>,
    /// True if no range goes by the end of the record.
    are_closed: bool,
}

impl Text {
    /// Makes the format of these fields, with a delimiter in the place of the input's.
    #[must_use]
    pub fn new(fields: FieldList, input_delimiter: u8, delimiter: Vec<u8>) -> Self {
        let shortcut = Shortcut::new(&fields, input_delimiter, &delimiter);
        let of_delimiters = |count: usize| count.saturating_mul(delimiter.len());
        let room = Room {
            per_byte: fields.repetitions(),
            // A delimiter after the last field makes way for the newline only at the end.
            per_record: of_delimiters(fields.fixed_field_count()).saturating_add(1),
            per_field: of_delimiters(fields.open_range_count()),
        };
        Self { fields, delimiter, shortcut, skips_undelimited: false, room }
    }

    /// Leaves lines out that have no delimiter, and so are one field.
    #[must_use]
    pub fn with_only_delimited(mut self, only_delimited: bool) -> Self {
        self.skips_undelimited = only_delimited;
        self
    }

    /// Takes the quotes off each field, where the dialect names a quote.
    ///
    /// Two fields and the input between them are not copied in one piece then: there are quotes
    /// in it.
    #[must_use]
    pub fn with_quotes(mut self, has_quotes: bool) -> Self {
        self.shortcut.take_if(|_| has_quotes);
        self
    }

    /// Returns the room that the output takes at most.
    pub(crate) fn room(&self) -> Room {
        self.room
    }

    /// Appends all records of a batch, if they are alike and there is an even faster way for them.
    ///
    /// That is where every record has the same columns, all of those asked for and one more: what
    /// ends the last one, a carriage return maybe, need not be looked at then.
    pub(crate) fn append_rows(
        &self,
        batch: &Batch<'_>,
        output: &mut Pending,
        bytes_enough: usize,
    ) -> bool {
        let (Some(shortcut), Some(columns)) = (&self.shortcut, batch.uniform_columns()) else {
            return false;
        };
        let (burst, columns) = (batch.as_bytes(), columns as usize);
        // No range yields more than the burst has.
        let bytes_at_most = burst.len().saturating_mul(shortcut.pieces.len());
        if !shortcut.are_closed || shortcut.highest + 1 >= columns || bytes_at_most > bytes_enough {
            return false;
        }
        let mut line_start = 0;
        for ends in batch.separators().chunks_exact(columns) {
            for &(first, last) in &shortcut.pieces {
                let start = match first.checked_sub(1) {
                    Some(before) => ends[before] as usize + 1,
                    None => line_start,
                };
                output.push_part_and(burst, start..ends[last] as usize, shortcut.delimiter);
            }
            output.replace_last(b'\n');
            line_start = ends[columns - 1] as usize + 1;
        }
        true
    }

    /// Appends records of a burst until there are no more, or `output` has as many bytes.
    pub(crate) fn append(
        &self,
        burst: &[u8],
        records: &mut Records<'_>,
        output: &mut Pending,
        bytes_enough: usize,
    ) {
        for record in records {
            if self.skips_undelimited && record.len() == 1 {
                continue;
            }
            match &self.shortcut {
                Some(shortcut) if shortcut.highest < record.len() => {
                    shortcut.append_pieces(burst, &record, output);
                }
                _ => self.append_fields(&record, output),
            }
            if output.len() >= bytes_enough {
                return;
            }
        }
    }

    /// Appends a record field by field: any delimiter, and fields that are missing.
    pub(crate) fn append_fields(&self, record: &impl Row, output: &mut Pending) {
        let start = output.len();
        for range in self.fields.ranges() {
            for index in range.indices(record.len()) {
                output.push(record.value(index).unwrap_or_default());
                output.push(&self.delimiter);
            }
        }
        // By now a delimiter stands after the last field as well, if there is any.
        if output.len() > start {
            output.truncate(output.len() - self.delimiter.len());
        }
        output.push(b"\n");
    }
}

impl Shortcut {
    /// Finds out whether ranges are pieces: the delimiters inside them stay, or there are none.
    fn new(fields: &FieldList, input_delimiter: u8, delimiter: &[u8]) -> Option<Self> {
        let &[delimiter] = delimiter else {
            return None;
        };
        let ranges = fields.ranges();
        let are_fields = ranges.iter().all(|range| range.is_single());
        let highest = ranges.iter().map(|range| range.fields_needed() - 1).max()?;
        let pieces = ranges.iter().map(|range| range.piece()).collect::<Option<_>>()?;
        let are_closed = ranges.iter().all(|range| range.bounds().is_some());
        let is_shorter = are_fields || delimiter == input_delimiter;
        is_shorter.then_some(Self { delimiter, highest, pieces, are_closed })
    }

    /// Appends a record that has every field, range by range.
    #[inline(always)]
    fn append_pieces(&self, burst: &[u8], record: &Record<'_>, output: &mut Pending) {
        let end = record.len() - 1;
        let place = |index: usize| {
            record.field_range(index.min(end)).expect("no index is above the highest")
        };
        for &(first, last) in &self.pieces {
            output.push_part_and(burst, place(first).start..place(last).end, self.delimiter);
        }
        output.replace_last(b'\n');
    }
}
