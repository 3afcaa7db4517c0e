//! The places of ragged lines as a list.

use delimark::Batch;

/// The place of a record that was left out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RaggedLine {
    /// The number of its line, from 1.
    pub line_number: u64,
    /// The offset of its first byte.
    pub offset: u64,
    /// The number of its fields.
    pub fields_found: u32,
}

/// Lists the records that are left out, up to a limit, and counts all of them.
#[derive(Debug)]
pub struct RaggedList {
    lines: Vec<RaggedLine>,
    limit: usize,
    count: u64,
}

impl RaggedList {
    /// Starts with none. So many are kept until they are taken; more are only counted.
    #[must_use]
    pub fn new(limit: usize) -> Self {
        Self { lines: Vec::new(), limit, count: 0 }
    }

    /// Adds those of a batch.
    pub fn collect(&mut self, batch: &Batch<'_>) {
        self.collect_before(batch, u64::MAX);
    }

    /// Adds those of a batch whose lines are before the one with this number.
    pub(crate) fn collect_before(&mut self, batch: &Batch<'_>, line_number: u64) {
        for ragged in batch.ragged() {
            let line = RaggedLine {
                line_number: ragged.record().line_number(),
                offset: ragged.record().offset(),
                fields_found: ragged.fields_found(),
            };
            if line.line_number >= line_number {
                break;
            }
            if self.lines.len() < self.limit {
                self.lines.push(line);
            }
            self.count += 1;
        }
    }

    /// Hands over those that nobody has taken yet.
    pub fn take(&mut self) -> Vec<RaggedLine> {
        std::mem::take(&mut self.lines)
    }

    /// Returns how many were collected since the count began.
    #[must_use]
    pub fn count(&self) -> u64 {
        self.count
    }

    /// Begins to count again; what was not taken stays.
    pub fn restart_count(&mut self) {
        self.count = 0;
    }
}
