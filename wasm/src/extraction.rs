//! Columns as text, as `delimark extract` writes them: what goes into it, and how much room it has.

use delimark::{Batch, Record};

use crate::json_lines::{JsonLines, NotUtf8};
use crate::stream::Before;
use crate::{Failure, KeyError};

/// What the output looks like.
#[derive(Clone, Debug)]
pub enum Format {
    /// Fields with this between them.
    Text(Vec<u8>),
    /// A JSON object a record.
    JsonLines(JsonLines),
}

/// Collects columns of records, a line a record.
#[derive(Debug)]
pub struct Extraction {
    columns: Vec<usize>,
    format: Format,
    /// How often the column that is asked for most often is.
    repetitions: usize,
    output: Vec<u8>,
    failure: Option<Failure>,
}

impl Extraction {
    /// Takes these columns, counted from 0, in this order.
    #[must_use]
    pub fn new(columns: Vec<usize>, format: Format) -> Self {
        let repetitions_of = |column| columns.iter().filter(|&other| other == column).count();
        let repetitions = columns.iter().map(repetitions_of).max().unwrap_or(0);
        Self { columns, format, repetitions, output: Vec::new(), failure: None }
    }

    /// Takes these columns as JSON Lines, under these names or their numbers, which count from 1.
    ///
    /// # Errors
    ///
    /// Columns and names do not pair up, or a key would come twice in an object.
    pub fn json_lines(
        columns: Vec<usize>,
        names: Option<Vec<String>>,
        replaces_invalid: bool,
    ) -> Result<Self, KeyError> {
        let format = JsonLines::new(&columns, names, replaces_invalid)?;
        Ok(Self::new(columns, Format::JsonLines(format)))
    }

    /// Adds the records of a batch, up to one that cannot be written.
    pub fn add(&mut self, batch: &Batch<'_>, before: Before) {
        if self.failure.is_some() {
            return;
        }
        if self.output.try_reserve(self.bytes_at_most(batch)).is_err() {
            self.failure = Some(Failure::OutOfMemory);
            return;
        }
        for record in batch.records() {
            if let Err(error) = self.add_record(&record) {
                self.failure = Some(error.at(&record, before));
                return;
            }
        }
    }

    /// What was collected since this was asked last.
    ///
    /// # Errors
    ///
    /// There was no memory for some of it since the extraction began.
    pub fn take(&mut self) -> Result<Vec<u8>, Failure> {
        let output = std::mem::take(&mut self.output);
        match self.failure {
            Some(Failure::OutOfMemory) => Err(Failure::OutOfMemory),
            _ => Ok(output),
        }
    }

    /// Tells of a record that could not be written.
    ///
    /// # Errors
    ///
    /// There was one; what was collected is all before it.
    pub fn check(&self) -> Result<(), Failure> {
        self.failure.map_or(Ok(()), Err)
    }

    /// Begins anew.
    pub fn restart(&mut self) {
        self.output.clear();
        self.failure = None;
    }

    fn bytes_at_most(&self, batch: &Batch<'_>) -> usize {
        let (times, besides) = match &self.format {
            Format::Text(delimiter) => {
                // An empty line is a newline.
                (1, (delimiter.len() * self.columns.len()).max(1) + 1)
            }
            Format::JsonLines(format) => (JsonLines::BYTES_A_BYTE, format.bytes_besides()),
        };
        let of_fields = batch.as_bytes().len().saturating_mul(self.repetitions * times);
        of_fields.saturating_add(batch.record_count().saturating_mul(besides))
    }

    #[inline]
    fn add_record(&mut self, record: &Record<'_>) -> Result<(), NotUtf8> {
        match &self.format {
            Format::Text(delimiter) => {
                for (position, &column) in self.columns.iter().enumerate() {
                    if position > 0 {
                        self.output.extend_from_slice(delimiter);
                    }
                    self.output.extend_from_slice(record.field(column).unwrap_or_default());
                }
                self.output.push(b'\n');
                Ok(())
            }
            Format::JsonLines(format) => format.append(&self.columns, record, &mut self.output),
        }
    }
}

#[cfg(test)]
mod tests {
    use delimark::{Dialect, Scanner};

    use super::{Extraction, Format};
    use crate::Failure;
    use crate::stream::Before;

    fn add_all(extraction: &mut Extraction, bytes: &[u8]) {
        let mut scanner = Scanner::new(Dialect::new(b'|').unwrap()).unwrap();
        let mut batches = scanner.scan(bytes);
        while let Some(batch) = batches.next().unwrap() {
            let room = extraction.output.len() + extraction.bytes_at_most(&batch);
            extraction.add(&batch, Before { bytes: 100, lines: 10 });
            assert!(extraction.output.len() <= room, "more than was reserved");
        }
    }

    #[test]
    fn columns_come_in_the_order_asked_for() {
        for (delimiter, expected) in [
            ("|", "c|a|a\n|e|e\n||\n"),
            ("", "caa\nee\n\n"),
            (" - ", "c - a - a\n - e - e\n -  - \n"),
        ] {
            let mut extraction = Extraction::new(vec![2, 0, 0], Format::Text(delimiter.into()));
            add_all(&mut extraction, b"a|b|c|d\r\ne\n\n");
            assert_eq!(extraction.take().unwrap(), expected.as_bytes());
            assert_eq!(extraction.take().unwrap(), b"");
        }
    }

    #[test]
    fn objects_have_null_where_a_record_lacks_a_column() {
        let mut extraction = Extraction::json_lines(vec![1, 0], None, false).unwrap();
        add_all(&mut extraction, b"a\"\x01|b\ne\n");
        let expected = "{\"2\":\"b\",\"1\":\"a\\\"\\u0001\"}\n{\"2\":null,\"1\":\"e\"}\n";
        assert_eq!(String::from_utf8(extraction.take().unwrap()).unwrap(), expected);
    }

    #[test]
    fn what_is_not_utf8_ends_it_or_is_replaced() {
        let input = b"a|b\n|c\xffd\n|\n";
        let mut extraction = Extraction::json_lines(vec![1], None, false).unwrap();
        add_all(&mut extraction, input);
        assert_eq!(extraction.take().unwrap(), b"{\"2\":\"b\"}\n");
        let failure = Failure::NotUtf8 { line: 12, offset: 106, field: 2 };
        assert_eq!(extraction.check(), Err(failure));

        let names = Some(vec!["name".to_owned()]);
        let mut extraction = Extraction::json_lines(vec![1], names, true).unwrap();
        add_all(&mut extraction, input);
        let expected = "{\"name\":\"b\"}\n{\"name\":\"c\u{fffd}d\"}\n{\"name\":\"\"}\n";
        assert_eq!(String::from_utf8(extraction.take().unwrap()).unwrap(), expected);
    }

    #[test]
    fn control_bytes_have_room() {
        let mut extraction = Extraction::json_lines(vec![0], None, true).unwrap();
        add_all(&mut extraction, &[1; 1000]);
        let mut extraction = Extraction::json_lines(vec![0], None, true).unwrap();
        add_all(&mut extraction, &[0xff; 1000]);
        let mut extraction = Extraction::json_lines(vec![7, 8], None, true).unwrap();
        add_all(&mut extraction, &[b'\n'; 1000]);
    }

    #[test]
    fn names_that_do_not_fit_are_refused() {
        let names = |names: &[&str]| Some(names.iter().map(|&name| name.to_owned()).collect());
        for (columns, names) in [
            (vec![0, 0], None),
            (vec![0, 1], names(&["a"])),
            (vec![0], names(&["a", "b"])),
            (vec![0, 1], names(&["a", "a"])),
        ] {
            assert!(Extraction::json_lines(columns, names, false).is_err());
        }
    }
}
