//! The ragged lines of a burst as messages, and the lines themselves, held back until it is known
//! that they were read right.

use std::fmt;
use std::io::Write;

use delimark::{Batch, RaggedRecord};

/// Collects what there is to tell about ragged lines.
#[derive(Debug)]
pub(crate) struct RaggedMessages {
    messages: Vec<u8>,
    lines: Vec<u8>,
    keeps_lines: bool,
}

impl RaggedMessages {
    /// Starts with none. The lines themselves are kept if they are wanted: they may be long.
    pub(crate) fn new(keeps_lines: bool) -> Self {
        Self { messages: Vec::new(), lines: Vec::new(), keeps_lines }
    }

    /// Collects the ragged lines of a batch that are before the line with a number, in the place of
    /// those of the batch before. Returns how many there are.
    pub(crate) fn collect_before(
        &mut self,
        line_number: u64,
        name: &impl fmt::Display,
        batch: &Batch<'_>,
    ) -> u64 {
        self.messages.clear();
        self.lines.clear();
        let is_before = |ragged: &RaggedRecord<'_>| ragged.record().line_number() < line_number;
        let mut count = 0;
        for ragged in batch.ragged().take_while(is_before) {
            count += 1;
            let (record, reason) = (ragged.record(), ragged.reason());
            writeln!(
                self.messages,
                "delimark: {name}: line {} at byte {} {reason}",
                record.line_number(),
                record.offset()
            )
            .expect("writing to memory does not fail");
            if self.keeps_lines {
                self.append_line(batch, ragged);
            }
        }
        count
    }

    /// Appends a line as it is in the input, its line ending too; gives it one if it has none.
    fn append_line(&mut self, batch: &Batch<'_>, ragged: RaggedRecord<'_>) {
        let start = (ragged.record().offset() - batch.offset()) as usize;
        let length = ragged.record().as_bytes().len();
        let rest = batch.as_bytes().get(start..).unwrap_or_default();
        let (line, behind) = rest.split_at(length.min(rest.len()));
        self.lines.extend_from_slice(line);
        match behind {
            [b'\r', b'\n', ..] => self.lines.extend_from_slice(b"\r\n"),
            _ => self.lines.push(b'\n'),
        }
    }

    /// Returns a message for every line.
    pub(crate) fn messages(&self) -> &[u8] {
        &self.messages
    }

    /// Returns the lines themselves.
    pub(crate) fn lines(&self) -> &[u8] {
        &self.lines
    }
}
