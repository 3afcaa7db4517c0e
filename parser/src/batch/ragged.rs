//! The records of a batch whose number of columns is not the one expected.

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

/// A record whose number of columns is not the one expected.
#[derive(Clone, Copy, Debug)]
pub struct RaggedRecord<'a> {
    pub(super) record: Record<'a>,
    pub(super) fields_expected: u32,
}

impl<'a> RaggedRecord<'a> {
    /// Returns the record as it is, with its place in the input.
    #[must_use]
    pub fn record(&self) -> Record<'a> {
        self.record
    }

    /// Returns the number of columns that the dialect expects.
    #[must_use]
    pub fn fields_expected(&self) -> u32 {
        self.fields_expected
    }

    /// Returns the number of columns that the record has.
    #[must_use]
    pub fn fields_found(&self) -> u32 {
        self.record.ends.len() as u32
    }
}
