//! The ragged records of a batch, and why they are.

use std::fmt;
use std::iter::FusedIterator;

use super::{Layout, Record};
use crate::kernel::rows::RecordSpan;

/// The ragged records that a batch leaves out, see [`Batch::ragged`](super::Batch::ragged).
#[derive(Clone, Debug)]
pub struct RaggedRecords<'a> {
    pub(super) layout: Layout<'a>,
    pub(super) spans: std::slice::Iter<'a, RecordSpan>,
}

impl<'a> Iterator for RaggedRecords<'a> {
    type Item = RaggedRecord<'a>;

    fn next(&mut self) -> Option<RaggedRecord<'a>> {
        self.spans.next().map(|&span| self.layout.ragged(span))
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        self.spans.size_hint()
    }
}

impl ExactSizeIterator for RaggedRecords<'_> {}
impl FusedIterator for RaggedRecords<'_> {}

/// A record whose number of columns is not the one expected, or whose line ends inside quotes.
#[derive(Clone, Copy, Debug)]
pub struct RaggedRecord<'a> {
    pub(super) record: Record<'a>,
    pub(super) fields_expected: Option<u32>,
    pub(super) quote_offset: Option<u64>,
}

impl<'a> RaggedRecord<'a> {
    /// Returns the record as it is, with its place in the input.
    #[must_use]
    pub fn record(&self) -> Record<'a> {
        self.record
    }

    /// Returns the number of columns that the record has.
    #[must_use]
    pub fn fields_found(&self) -> u32 {
        self.record.len() as u32
    }

    /// Returns the reason why the record is ragged: the open quote, where there is one, since it
    /// hides delimiters.
    #[must_use]
    pub fn reason(&self) -> RaggedReason {
        match (self.quote_offset, self.fields_expected) {
            (Some(quote_offset), _) => RaggedReason::OpenQuote { quote_offset },
            (None, Some(expected)) => {
                RaggedReason::FieldCount { expected, found: self.fields_found() }
            }
            (None, None) => unreachable!("without a number of columns only quotes are ragged"),
        }
    }
}

/// The reason why a record is ragged. It reads on behind "the line".
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum RaggedReason {
    /// It has another number of fields.
    FieldCount {
        /// The number that the dialect expects.
        expected: u32,
        /// The number that the record has.
        found: u32,
    },
    /// The line ends inside quotes.
    OpenQuote {
        /// The offset in the input of the line's last quote.
        quote_offset: u64,
    },
}

impl fmt::Display for RaggedReason {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::FieldCount { expected, found } => {
                let fields = if *found == 1 { "field" } else { "fields" };
                write!(formatter, "has {found} {fields}, {expected} are expected")
            }
            Self::OpenQuote { quote_offset } => {
                write!(formatter, "ends inside the quotes that open at byte {quote_offset}")
            }
        }
    }
}
