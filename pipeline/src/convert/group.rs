//! Groups: consecutive chunks that become a row group, on one worker's thread.

use std::sync::Arc;

use arrow_array::Array;
use delimark::SourceError;

use super::ConvertError;
use super::leniency::{Guess, Lenient, ValueCounts};
use super::plan::Plan;
use crate::bad_line::{BadLine, BadLineReason};
use crate::batcher::Batcher;
use crate::chunk::Chunk;
use crate::converted::{ConvertStop, Converted};
use crate::dead_letter::DeadLetter;
use crate::sinks::{GroupEncoder, PartitionPart, SinkError};
use crate::values::ValueError;

/// A piece of the input, as the reader hands it on.
#[derive(Debug)]
pub(super) enum Piece {
    Chunk(Chunk),
    /// A line over the limit, which was passed over.
    LongLine {
        offset: u64,
        bytes: u64,
        limit: usize,
    },
    /// The end of the input before its time.
    Failure(SourceError),
}

/// Converts and encodes groups.
pub(super) struct Worker {
    plan: Arc<Plan>,
    batcher: Batcher,
    encoder: GroupEncoder,
    /// The columns that the batcher takes as text.
    lenient: Lenient,
    /// The columns to begin with as text; none where no column ever is.
    guess: Option<Guess>,
}

/// The outcome of a group.
pub(super) struct Group {
    pub(super) parts: Vec<PartitionPart>,
    pub(super) dead_letters: Vec<DeadLetter>,
    pub(super) counts: GroupCounts,
    pub(super) stop: Option<GroupStop>,
    pub(super) refused: Option<Refused>,
    /// The columns that are text in it.
    pub(super) lenient: Lenient,
    /// Counted where columns can become text.
    pub(super) values: ValueCounts,
    /// The pieces, where they may be converted again.
    kept: Vec<Piece>,
}

/// The record batches of a group that are left out.
#[derive(Clone, Debug)]
pub(super) struct Refused {
    /// The first line that lacks a value, counted in the group.
    pub(super) line_number: u64,
    /// The column that it lacks.
    pub(super) column: String,
    /// The lines of these batches.
    pub(super) lines: u64,
}

/// The counts of a group.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct GroupCounts {
    pub(super) bytes: u64,
    pub(super) lines: u64,
    pub(super) rows: u64,
    pub(super) comments: u64,
    pub(super) left_out: u64,
    pub(super) batches: u64,
    pub(super) usual_bytes: u64,
}

/// The reason why a group, and with it the input, ends before its time.
#[derive(Debug)]
pub(super) enum GroupStop {
    Input(SourceError),
    /// A line, counted in the group, names other columns.
    Drift {
        line_number: u64,
        offset: u64,
        found: String,
    },
}

impl Worker {
    pub(super) fn new(plan: Arc<Plan>, guess: Option<Guess>) -> Result<Self, ConvertError> {
        let lenient = Lenient::default();
        let (batcher, encoder) = plan.make(&lenient)?;
        Ok(Self { plan, batcher, encoder, lenient, guess })
    }

    /// Converts and encodes the pieces of a group, with the columns as text that seem to be.
    pub(super) fn run(
        &mut self,
        pieces: impl IntoIterator<Item = Piece>,
    ) -> Result<Group, ConvertError> {
        if let Some(guess) = &self.guess {
            let lenient = guess.get();
            self.set_lenient(lenient)?;
        }
        Ok(self.convert(pieces)?)
    }

    /// Converts a group again, with other columns as text.
    pub(super) fn run_again(
        &mut self,
        group: Group,
        lenient: Lenient,
    ) -> Result<Group, ConvertError> {
        self.set_lenient(lenient)?;
        let again = self.convert(group.kept)?;
        // The end of the input is no piece that is kept, for it is told once.
        Ok(Group { stop: again.stop.or(group.stop), ..again })
    }

    fn set_lenient(&mut self, lenient: Lenient) -> Result<(), ConvertError> {
        if self.lenient != lenient {
            (self.batcher, self.encoder) = self.plan.make(&lenient)?;
            self.lenient = lenient;
        }
        Ok(())
    }

    fn convert(&mut self, pieces: impl IntoIterator<Item = Piece>) -> Result<Group, SinkError> {
        let mut group = Group {
            parts: Vec::new(),
            dead_letters: Vec::new(),
            counts: GroupCounts::default(),
            stop: None,
            refused: None,
            lenient: Arc::clone(&self.lenient),
            values: ValueCounts::default(),
            kept: Vec::new(),
        };
        for piece in pieces {
            if group.stop.is_some() {
                continue;
            }
            match piece {
                Piece::Chunk(chunk) => {
                    self.convert_chunk(&chunk, &mut group)?;
                    if self.guess.is_some() {
                        // The pool needs its chunks back, to read the rest of the group.
                        group.kept.push(Piece::Chunk(chunk.copy()));
                    }
                }
                Piece::LongLine { offset, bytes, limit } => {
                    group.counts.lines += 1;
                    group.counts.left_out += 1;
                    group.counts.bytes += bytes;
                    group.dead_letters.push(DeadLetter {
                        line_number: group.counts.lines,
                        offset,
                        column: None,
                        value: None,
                        reason: format!("is longer than {limit} bytes"),
                        line: None,
                        is_left_out: true,
                    });
                    if self.guess.is_some() {
                        group.kept.push(Piece::LongLine { offset, bytes, limit });
                    }
                }
                Piece::Failure(error) => group.stop = Some(GroupStop::Input(error)),
            }
        }
        group.parts = self.encoder.finish()?;
        Ok(group)
    }

    fn convert_chunk(&mut self, chunk: &Chunk, group: &mut Group) -> Result<(), SinkError> {
        let converted = self.batcher.convert(chunk);
        if self.guess.is_some() {
            count_values(&converted, &mut group.values);
        }
        let lines_before = group.counts.lines;
        self.note_refused(&converted, lines_before, &mut group.refused);
        self.list(chunk, &converted, lines_before, &mut group.dead_letters);
        group.stop = self.add(chunk, converted, &mut group.counts)?;
        Ok(())
    }

    /// Adds the lines of record batches that were left out, if there are any.
    fn note_refused(
        &self,
        converted: &Converted,
        lines_before: u64,
        refused: &mut Option<Refused>,
    ) {
        let is_missing = |bad: &&BadLine| bad.reason == BadLineReason::Value(ValueError::Missing);
        let Some(first) = converted.bad.iter().find(is_missing) else {
            return;
        };
        let refused = refused.get_or_insert_with(|| Refused {
            line_number: lines_before + first.line_number,
            column: first.column.map(|index| self.name(index)).unwrap_or_default(),
            lines: 0,
        });
        refused.lines += converted.refused;
    }

    fn name(&self, column: usize) -> String {
        self.plan.schema.columns()[column].name.clone()
    }

    /// Encodes the batches of a chunk, and adds its counts.
    fn add(
        &mut self,
        chunk: &Chunk,
        converted: Converted,
        counts: &mut GroupCounts,
    ) -> Result<Option<GroupStop>, SinkError> {
        for batch in &converted.batches {
            self.encoder.write(batch)?;
        }
        let stop = converted.stop.map(|stop| match stop {
            ConvertStop::Scan(error) => {
                let offset = chunk.offset() + error.offset();
                GroupStop::Input(SourceError::LineTooLong { offset })
            }
            ConvertStop::Drift { line_number, start, found } => GroupStop::Drift {
                line_number: counts.lines + line_number,
                offset: chunk.offset() + start as u64,
                found,
            },
        });
        counts.bytes += chunk.as_ref().len() as u64;
        counts.lines += converted.lines;
        counts.rows += converted.rows;
        counts.comments += converted.comments;
        counts.left_out += converted.left_out;
        counts.batches += converted.batches.len() as u64;
        counts.usual_bytes += converted.usual_bytes;
        Ok(stop)
    }

    /// Copies bad lines out of a chunk: one that is left out once, with all of its reasons.
    fn list(
        &self,
        chunk: &Chunk,
        converted: &Converted,
        lines_before: u64,
        letters: &mut Vec<DeadLetter>,
    ) {
        for bad in &converted.bad {
            let BadLine { line_number, start, length, column, value, reason, is_left_out } = bad;
            let reason = match reason {
                BadLineReason::Refused { line_number } => {
                    format!("{reason}, in line {}", lines_before + line_number)
                }
                reason => reason.to_string(),
            };
            let (line_number, column) =
                (lines_before + line_number, column.map(|index| self.name(index)));
            let is_same = |last: &&mut DeadLetter| {
                last.line_number == line_number && last.is_left_out && *is_left_out
            };
            if let Some(last) = letters.last_mut().filter(is_same) {
                let of_column = column.map(|name| format!("the value of '{name}' "));
                last.reason += &format!("; {}{reason}", of_column.unwrap_or_default());
                continue;
            }
            letters.push(DeadLetter {
                line_number,
                offset: chunk.offset() + *start as u64,
                column,
                value: *value,
                reason,
                line: Some(chunk.as_ref()[*start..start + length].to_vec()),
                is_left_out: *is_left_out,
            });
        }
    }
}

/// Adds the values of a chunk that are of their column's type, and those that are not.
fn count_values(converted: &Converted, counts: &mut ValueCounts) {
    for batch in &converted.batches {
        counts.fitting.resize(batch.num_columns(), 0);
        for (fitting, array) in counts.fitting.iter_mut().zip(batch.columns()) {
            *fitting += (array.len() - array.null_count()) as u64;
        }
    }
    for bad in &converted.bad {
        let (Some(column), BadLineReason::Value(error)) = (bad.column, &bad.reason) else {
            continue;
        };
        if *error != ValueError::Missing {
            let columns = counts.mismatches.len().max(column + 1);
            counts.mismatches.resize(columns, 0);
            counts.mismatches[column] += 1;
        }
    }
}
