//! Columns as text: what `cut` would write.

use delimark::Batch;

use crate::Failure;

/// Collects columns of records, a delimiter between them and a newline behind each record.
#[derive(Debug)]
pub struct Extraction {
    columns: Vec<usize>,
    delimiter: u8,
    /// How often the column that is asked for most often is.
    repetitions: usize,
    output: Vec<u8>,
    is_out_of_memory: bool,
}

impl Extraction {
    /// Takes these columns, counted from 0, in this order.
    #[must_use]
    pub fn new(columns: Vec<usize>, delimiter: u8) -> Self {
        let repetitions_of = |column| columns.iter().filter(|&other| other == column).count();
        let repetitions = columns.iter().map(repetitions_of).max().unwrap_or(0);
        Self { columns, delimiter, repetitions, output: Vec::new(), is_out_of_memory: false }
    }

    /// Adds the records of a batch, unless memory lacks. A column that a record does not have is
    /// empty.
    pub fn add(&mut self, batch: &Batch<'_>) {
        let of_fields = batch.as_bytes().len().saturating_mul(self.repetitions);
        let of_ends = batch.record_count().saturating_mul(self.columns.len().max(1));
        let bytes_at_most = of_fields.saturating_add(of_ends);
        if self.is_out_of_memory || self.output.try_reserve(bytes_at_most).is_err() {
            self.is_out_of_memory = true;
            return;
        }
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
    ///
    /// # Errors
    ///
    /// There was no memory for some of it since the extraction began.
    pub fn take(&mut self) -> Result<Vec<u8>, Failure> {
        let output = std::mem::take(&mut self.output);
        if self.is_out_of_memory { Err(Failure::OutOfMemory) } else { Ok(output) }
    }

    /// Begins anew.
    pub fn restart(&mut self) {
        self.output.clear();
        self.is_out_of_memory = false;
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
        assert_eq!(extraction.take().unwrap(), b"c|a|a\n|e|e\n||\n");
        assert_eq!(extraction.take().unwrap(), b"");
    }
}
