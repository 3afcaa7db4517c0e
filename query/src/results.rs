//! Results as text for people and programs, and as Parquet.

use std::fmt;
use std::io::{self, Write};

use datafusion::arrow::array::RecordBatch;
use datafusion::arrow::csv::WriterBuilder;
use datafusion::arrow::datatypes::SchemaRef;
use datafusion::arrow::error::ArrowError;
use datafusion::arrow::json::LineDelimitedWriter;
use datafusion::arrow::util::display::FormatOptions;
use datafusion::arrow::util::pretty::pretty_format_batches_with_options;
use datafusion::parquet::arrow::ArrowWriter;
use datafusion::parquet::basic::{Compression, ZstdLevel};
use datafusion::parquet::errors::ParquetError;
use datafusion::parquet::file::properties::WriterProperties;

use crate::error::QueryError;

/// The form of a result.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ResultFormat {
    /// A table for people, up to a number of rows.
    Table {
        /// The most rows of it; the others are left out.
        rows: usize,
    },
    /// Values with commas between them, and a header.
    Csv,
    /// An object a row, without what is null.
    JsonLines,
    /// Parquet.
    Parquet,
}

impl fmt::Display for ResultFormat {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self {
            Self::Table { .. } => "table",
            Self::Csv => "csv",
            Self::JsonLines => "jsonl",
            Self::Parquet => "parquet",
        })
    }
}

/// Writes the rows of a result.
pub struct ResultWriter<W: Write + Send>(Form<W>);

enum Form<W: Write + Send> {
    Table { writer: W, schema: SchemaRef, batches: Vec<RecordBatch>, room: usize },
    Csv { writer: W, has_header: bool },
    JsonLines { writer: W },
    Parquet(Box<ArrowWriter<W>>),
}

impl<W: Write + Send> ResultWriter<W> {
    /// Begins a result.
    ///
    /// # Errors
    ///
    /// The form has no place for a column's type, or the output cannot be written.
    pub fn new(format: ResultFormat, schema: &SchemaRef, writer: W) -> Result<Self, WriteError> {
        if format == ResultFormat::Csv
            && let Some(field) = schema.fields().iter().find(|field| field.data_type().is_nested())
        {
            let name = field.name();
            return Err(WriteError::Result(QueryError::new(format!(
                "CSV has no place for the list '{name}': array_to_string(\"{name}\", ', ') makes \
                 text of it"
            ))));
        }
        Ok(Self(match format {
            ResultFormat::Table { rows } => Form::Table {
                writer,
                schema: SchemaRef::clone(schema),
                batches: Vec::new(),
                room: rows,
            },
            ResultFormat::Csv => Form::Csv { writer, has_header: false },
            ResultFormat::JsonLines => Form::JsonLines { writer },
            ResultFormat::Parquet => {
                let level = ZstdLevel::try_new(1)?;
                let properties =
                    WriterProperties::builder().set_compression(Compression::ZSTD(level));
                let schema = SchemaRef::clone(schema);
                let writer = ArrowWriter::try_new(writer, schema, Some(properties.build()))?;
                Form::Parquet(Box::new(writer))
            }
        }))
    }

    /// Writes rows; false where no more are wanted.
    ///
    /// # Errors
    ///
    /// The output cannot be written.
    pub fn write(&mut self, batch: &RecordBatch) -> Result<bool, WriteError> {
        match &mut self.0 {
            Form::Table { batches, room, .. } => {
                let taken = batch.num_rows().min(*room);
                batches.push(batch.slice(0, taken));
                *room -= taken;
                return Ok(taken == batch.num_rows());
            }
            Form::Csv { writer, has_header } => {
                let text = csv(batch, !*has_header)?;
                *has_header = true;
                writer.write_all(&text).map_err(WriteError::Output)?;
            }
            Form::JsonLines { writer } => {
                let mut lines = LineDelimitedWriter::new(Vec::new());
                lines.write(batch)?;
                lines.finish()?;
                writer.write_all(&lines.into_inner()).map_err(WriteError::Output)?;
            }
            Form::Parquet(writer) => writer.write(batch)?,
        }
        Ok(true)
    }

    /// Writes what is left, and returns the output.
    ///
    /// # Errors
    ///
    /// The output cannot be written.
    pub fn finish(self, schema: &SchemaRef) -> Result<W, WriteError> {
        match self.0 {
            Form::Table { mut writer, schema, mut batches, .. } => {
                batches.insert(0, RecordBatch::new_empty(schema));
                let options = FormatOptions::default().with_null("").with_types_info(false);
                let table = pretty_format_batches_with_options(&batches, &options)?;
                let table = visible(&table.to_string());
                writeln!(writer, "{table}").map_err(WriteError::Output)?;
                Ok(writer)
            }
            Form::Csv { mut writer, has_header } => {
                if !has_header {
                    let empty = RecordBatch::new_empty(SchemaRef::clone(schema));
                    writer.write_all(&csv(&empty, true)?).map_err(WriteError::Output)?;
                }
                Ok(writer)
            }
            Form::JsonLines { writer } => Ok(writer),
            Form::Parquet(writer) => Ok(writer.into_inner()?),
        }
    }
}

/// Writes control characters as escapes: what clients have sent tells no terminal what to do.
fn visible(table: &str) -> String {
    let mut visible = String::with_capacity(table.len());
    for letter in table.chars() {
        if letter.is_control() && letter != '\n' {
            visible.extend(letter.escape_default());
        } else {
            visible.push(letter);
        }
    }
    visible
}

/// Writes rows as CSV, into memory: the errors of an output are told from those of values then.
fn csv(batch: &RecordBatch, has_header: bool) -> Result<Vec<u8>, ArrowError> {
    let mut text = Vec::new();
    WriterBuilder::new().with_header(has_header).build(&mut text).write(batch)?;
    Ok(text)
}

/// The reason why a result is not written.
#[derive(Debug)]
pub enum WriteError {
    /// The form has no place for it.
    Result(QueryError),
    /// The output cannot be written.
    Output(io::Error),
}

impl fmt::Display for WriteError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Result(error) => error.fmt(formatter),
            Self::Output(error) => error.fmt(formatter),
        }
    }
}

impl std::error::Error for WriteError {}

impl From<ArrowError> for WriteError {
    fn from(error: ArrowError) -> Self {
        match error {
            ArrowError::IoError(_, error) => Self::Output(error),
            error => Self::Result(QueryError::new(error.to_string())),
        }
    }
}

impl From<ParquetError> for WriteError {
    fn from(error: ParquetError) -> Self {
        match error {
            ParquetError::External(inner) => match inner.downcast::<io::Error>() {
                Ok(error) => Self::Output(*error),
                Err(inner) => Self::Result(QueryError::new(inner.to_string())),
            },
            error => Self::Result(QueryError::new(error.to_string())),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use datafusion::arrow::array::{ArrayRef, StringArray};

    use super::*;

    #[test]
    fn no_value_of_a_table_tells_a_terminal_what_to_do() {
        let values: ArrayRef = Arc::new(StringArray::from(vec!["\x1b]0;x\x07", "\u{9b}2J", "ä"]));
        let batch = RecordBatch::try_from_iter([("uri", values)]).unwrap();
        let schema = batch.schema();
        let mut writer =
            ResultWriter::new(ResultFormat::Table { rows: 9 }, &schema, Vec::new()).unwrap();
        writer.write(&batch).unwrap();
        let table = String::from_utf8(writer.finish(&schema).unwrap()).unwrap();
        assert!(!table.chars().any(|letter| letter.is_control() && letter != '\n'), "{table:?}");
        for shown in ["\\u{1b}]0;x\\u{7}", "\\u{9b}2J", "ä"] {
            assert!(table.contains(shown), "{table}");
        }
    }
}
