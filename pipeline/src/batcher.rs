//! Turns chunks into record batches, and says which lines are not in them.

use std::num::NonZeroUsize;

use arrow_buffer::Buffer;
use arrow_schema::SchemaRef;
use bytes::Bytes;
use delimark::{BackendError, Place, RaggedPolicy, Scanner};
use delimark_formats::{Column, LogFormat};

use crate::chunk::Chunk;
use crate::converted::{BadValues, ConvertStop, Converted};
use crate::filter::RowFilter;
use crate::instructions::InstructionSet;
use crate::schema::TableSchema;
use crate::table::{DEFAULT_BATCH_ROWS, Table};
use crate::telemetry::{ParseFigures, ParseSpan};

/// Makes record batches of the lines in chunks.
#[derive(Debug)]
pub struct Batcher {
    scanner: Scanner,
    table: Table,
}

impl Batcher {
    /// The rows of a record batch, at most, unless [`with_batch_rows`](Self::with_batch_rows) says
    /// otherwise.
    pub const DEFAULT_BATCH_ROWS: NonZeroUsize = DEFAULT_BATCH_ROWS;

    /// Makes record batches by a schema, of lines in a format.
    ///
    /// # Errors
    ///
    /// The environment asks for a backend that cannot run here.
    pub fn new(format: LogFormat, schema: TableSchema) -> Result<Self, BackendError> {
        let scanner = Scanner::new(format.dialect())?;
        let table = Table::new(format, schema, InstructionSet::of(scanner.backend()));
        Ok(Self { scanner, table }.with_line_rules(|dialect| dialect))
    }

    /// Changes the line ending and the limit of lines in the format's dialect.
    ///
    /// # Panics
    ///
    /// The backend that runs does not run again.
    #[must_use]
    pub fn with_line_rules(
        mut self,
        change: impl FnOnce(delimark::Dialect) -> delimark::Dialect,
    ) -> Self {
        let dialect = change(*self.scanner.dialect()).with_ragged(RaggedPolicy::Report);
        let scanner = Scanner::with_backend(dialect, self.scanner.backend());
        self.scanner = scanner.expect("it runs already");
        self
    }

    /// Changes how much is scanned at once. The rows are the same whatever it is.
    #[must_use]
    pub fn with_burst_bytes(mut self, bytes: NonZeroUsize) -> Self {
        self.scanner = self.scanner.with_burst_bytes(bytes);
        self
    }

    /// Says what becomes of values that are not of their column's type.
    #[must_use]
    pub fn with_bad_values(mut self, bad_values: BadValues) -> Self {
        self.table.bad_values = bad_values;
        self
    }

    /// Keeps rows that meet conditions alone. What is in the others is not looked at, but for what
    /// the conditions ask and what shows that they are in the format.
    ///
    /// # Panics
    ///
    /// A column of the schema is [required](crate::TableColumn::is_required): a line that lacks
    /// its value refuses those around it, which nobody could do who has not seen them.
    #[must_use]
    pub fn with_filter(mut self, filter: RowFilter) -> Self {
        let mut columns = self.schema().columns().iter();
        assert!(!columns.any(|column| column.is_required), "a column is required");
        self.table.filter = Some(filter);
        self
    }

    /// Sets the most rows of a record batch.
    #[must_use]
    pub fn with_batch_rows(mut self, rows: NonZeroUsize) -> Self {
        self.table.set_batch_rows(rows.get());
        self
    }

    /// Returns the schema of the table.
    #[must_use]
    pub fn schema(&self) -> &TableSchema {
        self.table.schema()
    }

    /// Returns the schema of the record batches.
    #[must_use]
    pub fn arrow(&self) -> &SchemaRef {
        self.table.arrow()
    }

    /// Converts a chunk, which its batches keep alive.
    ///
    /// Every line is in a batch, a comment, or left out and among the bad lines, unless a line is
    /// too long or names other columns: what comes to is the lines before it then.
    ///
    /// # Panics
    ///
    /// A line was lost.
    pub fn convert(&mut self, chunk: &Chunk) -> Converted {
        let span = ParseSpan::begin();
        let buffer = Buffer::from(Bytes::from_owner(chunk.clone()));
        let mut converted = Converted::default();
        converted.stop = self.convert_lines(chunk.as_ref(), &buffer, &mut converted).err();
        self.table.finish_batch(&buffer, &mut converted);
        converted.assert_nothing_lost();
        let (split_bytes, usual_bytes) = (converted.split_bytes, converted.usual_bytes);
        let end_offset = chunk.offset() + split_bytes;
        span.end(&ParseFigures { end_offset, split_bytes, usual_bytes });
        converted
    }

    fn convert_lines(
        &mut self,
        bytes: &[u8],
        buffer: &Buffer,
        converted: &mut Converted,
    ) -> Result<(), ConvertStop> {
        let has_directives = self.table.format().has_directives();
        let mut start = 0;
        while start < bytes.len() {
            let rest = &bytes[start..];
            let lines = converted.lines;
            if has_directives && rest.starts_with(b"#") {
                let length = memchr::memchr(b'\n', rest).map_or(rest.len(), |index| index + 1);
                self.read_directive(&rest[..length]).map_err(|found| ConvertStop::Drift {
                    line_number: lines + 1,
                    start,
                    found,
                })?;
                converted.lines += 1;
                converted.comments += 1;
                converted.split_bytes += length as u64;
                start += length;
                continue;
            }
            let comment = if has_directives { memchr::memmem::find(rest, b"\n#") } else { None };
            let length = comment.map_or(rest.len(), |index| index + 1);
            let place = Place { offset: start as u64, lines_before: lines };
            let mut batches = self.scanner.scan_at(&rest[..length], place);
            while let Some(batch) = batches.next().map_err(ConvertStop::Scan)? {
                self.table.append(&batch, buffer, converted);
            }
            start += length;
        }
        Ok(())
    }

    /// Reads a comment, which may name the columns of the lines behind it; fails with the names
    /// where they are others.
    fn read_directive(&self, line: &[u8]) -> Result<(), String> {
        let format = self.table.format();
        let line = line.strip_suffix(b"\n").unwrap_or(line);
        match format.read_directive(line.strip_suffix(b"\r").unwrap_or(line)) {
            Ok(Some(other)) if other.columns() != format.columns() => {
                let names: Vec<&str> = other.columns().iter().map(Column::name).collect();
                Err(names.join(" "))
            }
            Ok(_) => Ok(()),
            Err(error) => Err(error.to_string()),
        }
    }
}
