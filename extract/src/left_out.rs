//! The lines that are left out, with the place and the reason of each.

use std::fmt;

use delimark::{Batch, RaggedReason, RaggedRecord};

use crate::rejected::Rejected;

/// A line that was left out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LeftOutLine {
    /// The number of its line, from 1, in the part of the input that it is in.
    pub line_number: u64,
    /// The offset of its first byte in the input.
    pub offset: u64,
    /// The reason; as text it reads on behind "the line".
    pub reason: LeftOutReason,
}

/// The reason why a line was left out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum LeftOutReason {
    /// It is ragged.
    Ragged(RaggedReason),
    /// It is not in the log format; the fault reads on behind "the line".
    Mismatch(Box<str>),
    /// It is longer than the limit.
    TooLong {
        /// The limit.
        limit_bytes: usize,
    },
}

impl LeftOutLine {
    /// Takes the place and the counts of a ragged record.
    pub(crate) fn ragged(ragged: RaggedRecord<'_>) -> Self {
        Self {
            line_number: ragged.record().line_number(),
            offset: ragged.record().offset(),
            reason: LeftOutReason::Ragged(ragged.reason()),
        }
    }
}

impl fmt::Display for LeftOutReason {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Ragged(reason) => reason.fmt(formatter),
            Self::Mismatch(reason) => reason.fmt(formatter),
            Self::TooLong { limit_bytes } => {
                write!(formatter, "is longer than the limit of {limit_bytes} bytes")
            }
        }
    }
}

/// Returns the lines of a batch that are left out, those before the line with a number.
pub(crate) fn left_out_before(
    end: u64,
    batch: &Batch<'_>,
    rejected: Vec<Rejected>,
) -> Vec<LeftOutLine> {
    let is_before = |line: &LeftOutLine| line.line_number < end;
    let ragged = batch.ragged().map(LeftOutLine::ragged).take_while(is_before);
    let rejected = rejected.into_iter().map(|rejected| LeftOutLine {
        line_number: rejected.line_number,
        offset: rejected.offset,
        reason: LeftOutReason::Mismatch(rejected.reason),
    });
    let mut lines: Vec<_> = ragged.chain(rejected).collect();
    lines.sort_by_key(|line| line.line_number);
    lines
}
