//! The lines that are left out, and what there is to tell about them.

use std::fmt;
use std::io::Write;

use delimark::{Batch, RaggedReason, RaggedRecord};

use crate::line_rules::line_length;

/// A line that was left out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct LeftOutLine {
    /// The number of its line, from 1, in the chunk that it is in.
    pub(crate) line_number: u64,
    /// The offset of its first byte in the input.
    pub(crate) offset: u64,
    pub(crate) reason: Reason,
}

/// The reason why a line was left out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Reason {
    /// It is ragged.
    Ragged(RaggedReason),
    /// It is not in the log format; what is wrong reads on behind "the line".
    Mismatch(Box<str>),
    /// It is longer than the limit.
    TooLong { limit_bytes: usize },
}

impl LeftOutLine {
    /// Takes the place and the counts of a ragged record.
    pub(crate) fn ragged(ragged: RaggedRecord<'_>) -> Self {
        Self {
            line_number: ragged.record().line_number(),
            offset: ragged.record().offset(),
            reason: Reason::Ragged(ragged.reason()),
        }
    }

    /// Appends the message about a line of an input, which has this many lines before the chunk.
    pub(crate) fn append_message(
        &self,
        name: &dyn fmt::Display,
        lines_before: u64,
        messages: &mut Vec<u8>,
    ) {
        let (number, offset) = (lines_before + self.line_number, self.offset);
        let written = write!(messages, "delimark: {name}: line {number} at byte {offset} ");
        let written = written.and_then(|()| match &self.reason {
            Reason::Ragged(reason) => writeln!(messages, "{reason}"),
            Reason::Mismatch(reason) => writeln!(messages, "{reason}"),
            Reason::TooLong { limit_bytes } => {
                writeln!(messages, "is longer than the limit of {limit_bytes} bytes")
            }
        });
        written.expect("writing to memory does not fail");
    }
}

/// Appends the line of a batch that begins at an offset of the input as it is, its ending too;
/// gives it one if it has none.
pub(crate) fn append_line(batch: &Batch<'_>, offset: u64, lines: &mut Vec<u8>) {
    let start = (offset - batch.offset()) as usize;
    let rest = batch.as_bytes().get(start..).unwrap_or_default();
    lines.extend_from_slice(&rest[..line_length(rest)]);
    if !lines.ends_with(b"\n") {
        lines.push(b'\n');
    }
}
