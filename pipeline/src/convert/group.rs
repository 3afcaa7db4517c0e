//! Groups: consecutive chunks that become a row group, on one worker's thread.

use delimark::SourceError;

use crate::bad_line::{BadLine, BadLineReason};
use crate::batcher::{Batcher, ConvertStop, Converted};
use crate::chunk::Chunk;
use crate::dead_letter::DeadLetter;
use crate::schema::TableSchema;
use crate::sinks::{Encoder, Part, SinkError};

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
    batcher: Batcher,
    encoder: Encoder,
    names: Vec<String>,
}

/// The outcome of a group.
pub(super) struct Group {
    pub(super) part: Part,
    pub(super) dead_letters: Vec<DeadLetter>,
    pub(super) counts: GroupCounts,
    pub(super) stop: Option<GroupStop>,
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
    pub(super) fn new(batcher: Batcher, encoder: Encoder, schema: &TableSchema) -> Self {
        let names = schema.columns().iter().map(|column| column.name.clone()).collect();
        Self { batcher, encoder, names }
    }

    /// Converts and encodes the pieces of a group.
    pub(super) fn run(
        &mut self,
        pieces: impl IntoIterator<Item = Piece>,
    ) -> Result<Group, SinkError> {
        let mut counts = GroupCounts::default();
        let mut dead_letters = Vec::new();
        let mut stop = None;
        for piece in pieces {
            if stop.is_some() {
                continue;
            }
            match piece {
                Piece::Chunk(chunk) => {
                    let converted = self.batcher.convert(&chunk);
                    self.list(&chunk, &converted, counts.lines, &mut dead_letters);
                    stop = self.add(&chunk, converted, &mut counts)?;
                }
                Piece::LongLine { offset, bytes, limit } => {
                    counts.lines += 1;
                    counts.left_out += 1;
                    counts.bytes += bytes;
                    dead_letters.push(DeadLetter {
                        line_number: counts.lines,
                        offset,
                        column: None,
                        value: None,
                        reason: format!("is longer than {limit} bytes"),
                        line: None,
                        is_left_out: true,
                    });
                }
                Piece::Failure(error) => stop = Some(GroupStop::Input(error)),
            }
        }
        Ok(Group { part: self.encoder.finish()?, dead_letters, counts, stop })
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

    /// Copies bad lines out of a chunk.
    fn list(
        &self,
        chunk: &Chunk,
        converted: &Converted,
        lines_before: u64,
        letters: &mut Vec<DeadLetter>,
    ) {
        letters.extend(converted.bad.iter().map(|bad| {
            let BadLine { line_number, start, length, column, value, reason, is_left_out } = bad;
            let reason = match reason {
                BadLineReason::Refused { line_number } => {
                    format!("{reason}, in line {}", lines_before + line_number)
                }
                reason => reason.to_string(),
            };
            DeadLetter {
                line_number: lines_before + line_number,
                offset: chunk.offset() + *start as u64,
                column: column.map(|index| self.names[index].clone()),
                value: *value,
                reason,
                line: Some(chunk.as_ref()[*start..start + length].to_vec()),
                is_left_out: *is_left_out,
            }
        }));
    }
}
