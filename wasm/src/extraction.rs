//! Columns as text: what `cut` would write.

use delimark::Batch;

/// Collects columns of records, a delimiter between them and a newline behind each record.
#[derive(Debug)]
pub struct Extraction {
    columns: Vec<usize>,
    delimiter: u8,
    output: Vec<u8>,
}

impl Extraction {
    /// Takes these columns, counted from 0, in this order.
    #[must_use]
    pub fn new(columns: Vec<usize>, delimiter: u8) -> Self {
        Self { columns, delimiter, output: Vec::new() }
    }

    /// Adds the records of a batch. A column that a record does not have is empty.
    pub fn add(&mut self, batch: &Batch<'_>) {
        for record in batch.records() {
            for (position, &column) in self.columns.iter().enumerate() {
                if position > 0 {
                    self.output.push(self.delimiter);
                }
                self.output.extend_from_slice(record.field(column).unwrap_or_default());
            }
            self.output.push(b'\n');
        }
    }

    /// What was collected since this was asked last.
    pub fn take(&mut self) -> Vec<u8> {
        std::mem::take(&mut self.output)
    }
}

#[cfg(test)]
mod tests {
    use delimark::{Dialect, Scanner};

    use super::Extraction;

    #[test]
    fn columns_come_in_the_order_asked_for() {
        let mut scanner = Scanner::new(Dialect::new(b'|').unwrap()).unwrap();
        let mut extraction = Extraction::new(vec![2, 0, 0], b'|');
        let mut batches = scanner.scan(b"a|b|c|d\r\ne\n\n");
        while let Some(batch) = batches.next().unwrap() {
            extraction.add(&batch);
        }
        assert_eq!(extraction.take(), b"c|a|a\n|e|e\n||\n");
        assert_eq!(extraction.take(), b"");
    }
}
