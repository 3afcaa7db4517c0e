//! Collects what groups come to, in the order of the lines.

use std::sync::Arc;

use super::group::{Group, GroupStop, Worker};
use super::leniency::{Breakers, GroupPlace, Lenient};
use super::{BadLines, ConvertCounts, ConvertError, ConvertOptions};
use crate::dead_letter::DeadLetters;
use crate::events::{Event, Events};
use crate::schema::TableSchema;
use crate::sinks::PartitionedSink;

/// Appends groups to the sink, and their dead letters to theirs.
pub(super) struct Collector {
    sink: PartitionedSink,
    schema: TableSchema,
    /// The columns that are text in the file that is being written.
    lenient: Lenient,
    breakers: Option<Breakers>,
    events: Box<dyn Events>,
}

/// An input, whose lines are counted.
pub(super) struct CollectedInput<'c> {
    pub(super) collector: &'c mut Collector,
    pub(super) options: &'c ConvertOptions,
    pub(super) counts: &'c mut ConvertCounts,
    pub(super) dead_letters: &'c mut dyn DeadLetters,
    pub(super) name: &'c str,
    pub(super) lines_before: u64,
}

/// The lines before which no share of bad ones is judged.
const LINES_TO_JUDGE: u64 = 1000;

impl Collector {
    pub(super) fn new(
        sink: PartitionedSink,
        schema: TableSchema,
        breakers: Option<Breakers>,
        events: Box<dyn Events>,
    ) -> Self {
        Self { sink, schema, lenient: Lenient::default(), breakers, events }
    }

    pub(super) fn into_sink(self) -> PartitionedSink {
        self.sink
    }

    /// Has a group converted again, if that is not how its lines are to be read.
    fn settle(
        &mut self,
        mut group: Group,
        place: GroupPlace<'_>,
        worker: &mut Worker,
    ) -> Result<Group, ConvertError> {
        let Some(breakers) = &mut self.breakers else {
            return Ok(group);
        };
        let events = &mut *self.events;
        let lenient = breakers.before(place, events);
        if group.lenient != lenient {
            group = worker.run_again(group, lenient)?;
        }
        let lenient = breakers.after(place, &group.values, events);
        if group.lenient != lenient {
            group = worker.run_again(group, lenient)?;
        }
        // The type of a column is the same in all of a file.
        if group.lenient != self.lenient && group.counts.rows > 0 {
            self.lenient = Arc::clone(&group.lenient);
            let schema = self.schema.clone().with_lenient(&self.lenient);
            self.sink.set_schema(&Arc::new(schema.arrow()))?;
        }
        Ok(group)
    }
}

impl CollectedInput<'_> {
    /// Takes the next group of the input from the worker that has converted it.
    pub(super) fn take(&mut self, group: Group, worker: &mut Worker) -> Result<(), ConvertError> {
        let lines_before = self.lines_before;
        let place = GroupPlace { input: self.name, line_number: lines_before + 1 };
        let group = self.collector.settle(group, place, worker)?;
        if let Some(refused) = group.refused {
            self.counts.refused += refused.lines;
            self.collector.events.take(&Event::Refused {
                input: self.name.to_owned(),
                line_number: lines_before + refused.line_number,
                column: refused.column,
                lines: refused.lines,
            });
        }
        for mut letter in group.dead_letters {
            letter.line_number += lines_before;
            if self.options.bad_lines == BadLines::Stop {
                return Err(ConvertError::BadLine(letter));
            }
            self.dead_letters.take(self.name, &letter).map_err(ConvertError::DeadLetters)?;
            self.counts.dead_letters += 1;
            if let Some(column) = letter.column {
                *self.counts.misfits.entry(column).or_default() += 1;
            }
        }
        self.collector.sink.append(group.parts)?;
        self.count(&group.counts);
        match group.stop {
            None => self.judge(false),
            Some(GroupStop::Input(error)) => {
                Err(ConvertError::Input { lines_before: self.lines_before, error })
            }
            Some(GroupStop::Drift { line_number, offset, found }) => {
                let line_number = lines_before + line_number;
                Err(ConvertError::Drift { line_number, offset, found })
            }
        }
    }

    fn count(&mut self, group: &super::group::GroupCounts) {
        let counts = &mut *self.counts;
        counts.bytes += group.bytes;
        counts.lines += group.lines;
        counts.rows += group.rows;
        counts.comments += group.comments;
        counts.left_out += group.left_out;
        counts.batches += group.batches;
        counts.usual_bytes += group.usual_bytes;
        self.lines_before += group.lines;
        assert_eq!(
            counts.lines,
            counts.rows + counts.comments + counts.left_out,
            "every line is a row, a comment or a dead letter"
        );
    }

    /// Fails where too many lines were left out; at first there may be too few to tell.
    pub(super) fn judge(&self, is_end: bool) -> Result<(), ConvertError> {
        let ConvertCounts { lines, left_out, .. } = *self.counts;
        match self.options.bad_share_limit {
            Some(limit)
                if (is_end || lines >= LINES_TO_JUDGE)
                    && left_out as f64 > limit * lines as f64 =>
            {
                Err(ConvertError::TooManyBadLines { left_out, lines, limit })
            }
            _ => Ok(()),
        }
    }
}
