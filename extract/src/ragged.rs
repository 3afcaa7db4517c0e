//! The places of ragged lines as a list.

use delimark::{Batch, RaggedReason};

/// The place of a record that was left out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RaggedLine {
    /// The number of its line, from 1.
    pub line_number: u64,
    /// The offset of its first byte.
    pub offset: u64,
    /// The number of its fields.
    pub fields_found: u32,
    /// The reason why it is ragged.
    pub reason: RaggedReason,
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
                reason: ragged.reason(),
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

#[cfg(test)]
mod tests {
    use delimark::{Dialect, QuoteEscape, RaggedPolicy, Scanner};

    use super::*;

    #[test]
    fn each_line_has_the_reason_why_it_is_ragged() {
        let dialect = Dialect::new(b'|').unwrap().with_columns(2).unwrap();
        let dialect = dialect.with_quote(b'"', QuoteEscape::None).unwrap();
        let mut scanner = Scanner::new(dialect.with_ragged(RaggedPolicy::Report)).unwrap();
        let mut list = RaggedList::new(10);
        let mut batches = scanner.scan(b"a|b\nc\nd|\"e|f\ng|h\n");
        while let Some(batch) = batches.next().unwrap() {
            list.collect(&batch);
        }
        let count = RaggedReason::FieldCount { expected: 2, found: 1 };
        let open = RaggedReason::OpenQuote { quote_offset: 8 };
        assert_eq!(
            list.take(),
            [
                RaggedLine { line_number: 2, offset: 4, fields_found: 1, reason: count },
                RaggedLine { line_number: 3, offset: 6, fields_found: 2, reason: open },
            ]
        );
    }
}
