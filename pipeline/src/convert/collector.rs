//! Collects what groups come to, in the order of the lines.

use super::group::{Group, GroupStop};
use super::{BadLines, ConvertCounts, ConvertError, ConvertOptions};
use crate::dead_letter::DeadLetters;
use crate::sinks::Sink;

/// Appends groups to the sink, and their dead letters to theirs.
pub(super) struct Collector {
    sink: Sink,
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
    pub(super) fn new(sink: Sink) -> Self {
        Self { sink }
    }

    pub(super) fn into_sink(self) -> Sink {
        self.sink
    }
}

impl CollectedInput<'_> {
    /// Takes the next group of the input.
    pub(super) fn take(&mut self, group: Group) -> Result<(), ConvertError> {
        let lines_before = self.lines_before;
        for mut letter in group.dead_letters {
            letter.line_number += lines_before;
            if self.options.bad_lines == BadLines::Stop {
                return Err(ConvertError::BadLine(letter));
            }
            self.dead_letters.take(self.name, &letter).map_err(ConvertError::DeadLetters)?;
            self.counts.dead_letters += 1;
        }
        self.collector.sink.append(group.part, group.counts.rows)?;
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
