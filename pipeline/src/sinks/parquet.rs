//! Parquet, as every reader reads it.
//!
//! The departures from what the writer does by itself, each with what breaks without it:
//!
//! 1. Views are written as plain text, and the Arrow schema in the file says so: a column of views
//!    comes back as one in PyArrow, which cannot compare, sort or join them.
//! 2. Version 1, plain and dictionary: with version 2 a dictionary that grows too large becomes an
//!    encoding that Polars refuses.
//! 3. A dictionary only for columns whose first rows repeat: after one that grows too large,
//!    fastparquet reads null.
//! 4. Statistics of 256 bytes: addresses of one site share their first 64, and nothing is pruned.
//! 5. No `LZ4` but `LZ4_RAW`: Spark and fastparquet read no other.
//! 6. Tables of many columns are encoded some columns after the other, without an index of pages:
//!    each writer of a column takes 16 KiB for what it could compress, and their row groups have so
//!    few rows that a column is one page.

use std::sync::Arc;

use arrow_array::{Array, ArrayRef, RecordBatch};
use arrow_cast::cast;
use arrow_schema::{FieldRef, Schema, SchemaRef};
use arrow_select::concat::concat;
use parquet::arrow::arrow_writer::{
    ArrowColumnChunk, ArrowColumnWriter, ArrowRowGroupWriterFactory, compute_leaves,
};
use parquet::arrow::{ArrowSchemaConverter, encode_arrow_schema};
use parquet::basic::{Compression, ZstdLevel};
use parquet::file::metadata::{KeyValue, SortingColumn};
use parquet::file::properties::{EnabledStatistics, WriterProperties, WriterVersion};
use parquet::file::writer::SerializedFileWriter;
use parquet::schema::types::ColumnPath;

use super::dictionaries::{DICTIONARY_BYTES, wants_dictionary};
use super::file::Destination;
use super::sorting::{ORDER, SortCheck, SortedRun, sorting_column};
use super::{Metadata, SinkError, plain};

/// The bytes of the least and the greatest value that are kept of a page.
const STATISTICS_BYTES: usize = 256;

/// The most columns that are encoded at once; with more, a table is wide.
const COLUMNS_AT_ONCE: usize = 512;

/// The batches of a wide table that are kept before they are joined: a chunk has a few of its rows
/// only, for which an array takes more than its values.
const BATCHES_KEPT: usize = 8;

/// The key under which readers of Arrow look for its schema.
const ARROW_SCHEMA: &str = "ARROW:schema";

/// The choices of a Parquet file.
#[derive(Clone, Debug, PartialEq)]
pub struct ParquetOptions {
    /// The compression of pages.
    pub compression: ParquetCompression,
    /// The columns that get a Bloom filter.
    pub bloom_filters: Vec<String>,
    /// The columns that get a dictionary; found by the first rows where it is `None`.
    pub dictionaries: Option<Vec<String>>,
    /// The column whose values ascend, nulls last. The file says so, and a row that is less than
    /// the one before is an error.
    pub sorted_by: Option<String>,
}

impl Default for ParquetOptions {
    fn default() -> Self {
        let compression = ParquetCompression::Zstd { level: 1 };
        Self { compression, bloom_filters: Vec::new(), dictionaries: None, sorted_by: None }
    }
}

/// The compression of pages.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ParquetCompression {
    /// Zstandard, of a level from 1 to 22.
    Zstd {
        /// The level.
        level: i32,
    },
    /// LZ4 without frames.
    Lz4,
    /// Snappy.
    Snappy,
    /// None.
    None,
}

impl ParquetOptions {
    /// Decides which columns get a dictionary by the first rows.
    pub(super) fn with_sample(mut self, schema: &Schema, sample: &[RecordBatch]) -> Self {
        if self.dictionaries.is_none() {
            let columns = schema.fields().iter().enumerate();
            let repeating = columns.filter(|(index, _)| {
                let arrays: Vec<_> = sample.iter().map(|batch| batch.column(*index)).collect();
                wants_dictionary(&arrays)
            });
            self.dictionaries = Some(repeating.map(|(_, field)| field.name().clone()).collect());
        }
        self
    }

    /// Verifies that rows can be in the order that is asked for.
    ///
    /// # Errors
    ///
    /// There is no such column, or its values have no order.
    pub fn check_order(&self, schema: &Schema) -> Result<(), String> {
        self.sorting_column(schema).map(drop)
    }

    fn sorting_column(&self, schema: &Schema) -> Result<Option<usize>, String> {
        self.sorted_by.as_deref().map(|name| sorting_column(schema, name)).transpose()
    }

    fn properties(
        &self,
        schema: &Schema,
        metadata: &Metadata,
    ) -> Result<WriterProperties, SinkError> {
        let compression = match self.compression {
            ParquetCompression::Zstd { level } => Compression::ZSTD(ZstdLevel::try_new(level)?),
            ParquetCompression::Lz4 => Compression::LZ4_RAW,
            ParquetCompression::Snappy => Compression::SNAPPY,
            ParquetCompression::None => Compression::UNCOMPRESSED,
        };
        let plain =
            plain(schema).as_ref().clone().with_metadata(metadata.iter().cloned().collect());
        let mut pairs = vec![KeyValue::new(ARROW_SCHEMA.to_owned(), encode_arrow_schema(&plain))];
        pairs.extend(metadata.iter().map(|(key, value)| KeyValue::new(key.clone(), value.clone())));
        let mut properties = WriterProperties::builder()
            .set_writer_version(WriterVersion::PARQUET_1_0)
            .set_created_by(concat!("delimark ", env!("CARGO_PKG_VERSION")).to_owned())
            .set_compression(compression)
            .set_dictionary_enabled(false)
            .set_dictionary_page_size_limit(DICTIONARY_BYTES)
            .set_statistics_truncate_length(Some(STATISTICS_BYTES))
            .set_column_index_truncate_length(Some(STATISTICS_BYTES))
            .set_key_value_metadata(Some(pairs));
        if schema.fields().len() > COLUMNS_AT_ONCE {
            properties = properties
                .set_statistics_enabled(EnabledStatistics::Chunk)
                .set_offset_index_disabled(true);
        }
        // Each column has values of its own alone, lists too: its number is that of these.
        if let Some(column) = self.sorting_column(schema).map_err(SinkError::Encoder)? {
            let sorting = SortingColumn {
                column_idx: column as i32,
                descending: ORDER.descending,
                nulls_first: ORDER.nulls_first,
            };
            properties = properties.set_sorting_columns(Some(vec![sorting]));
        }
        for field in plain.fields() {
            let path = column_path(field);
            if self.dictionaries.as_ref().is_some_and(|names| names.contains(field.name())) {
                properties = properties.set_column_dictionary_enabled(path.clone(), true);
            }
            if self.bloom_filters.contains(field.name()) {
                properties = properties.set_column_bloom_filter_enabled(path, true);
            }
        }
        Ok(properties.build())
    }
}

/// Returns the path of a column's values; those of a list are a level deeper.
fn column_path(field: &arrow_schema::Field) -> ColumnPath {
    match field.data_type() {
        arrow_schema::DataType::List(items) => {
            ColumnPath::new(vec![field.name().clone(), "list".to_owned(), items.name().clone()])
        }
        _ => ColumnPath::new(vec![field.name().clone()]),
    }
}

fn file_writer<W: std::io::Write + Send>(
    options: &ParquetOptions,
    schema: &Schema,
    metadata: &Metadata,
    output: W,
) -> Result<SerializedFileWriter<W>, SinkError> {
    let properties = Arc::new(options.properties(schema, metadata)?);
    let parquet_schema = ArrowSchemaConverter::new().convert(schema)?;
    Ok(SerializedFileWriter::new(output, parquet_schema.root_schema_ptr(), properties)?)
}

/// Encodes row groups.
pub(crate) struct ParquetEncoder {
    /// The schema without views, which the batches of a wide table are kept by.
    plain: SchemaRef,
    /// The columns that are encoded at once: all, unless the table is wide.
    parts: Vec<TablePart>,
    /// The batches of a wide table's row group, which do not hold on to their chunks.
    kept: Vec<Vec<ArrayRef>>,
    order: Option<SortCheck>,
}

/// Consecutive columns of a table.
struct TablePart {
    schema: SchemaRef,
    factory: ArrowRowGroupWriterFactory,
    /// The columns of the row group that was begun.
    columns: Vec<ArrowColumnWriter>,
}

/// A row group, encoded.
pub(crate) struct EncodedRowGroup {
    columns: Vec<ArrowColumnChunk>,
    /// The order of its rows, where there is to be one.
    run: Option<SortedRun>,
}

impl ParquetEncoder {
    pub(super) fn new(
        options: &ParquetOptions,
        schema: &SchemaRef,
        metadata: &Metadata,
    ) -> Result<Self, SinkError> {
        let order = options.sorting_column(schema).map_err(SinkError::Encoder)?;
        let order = order.map(SortCheck::new);
        // Column writers are made of a file's properties alone, so that any file will do.
        let properties = Arc::new(options.properties(schema, metadata)?);
        let fields = schema.fields().chunks(COLUMNS_AT_ONCE);
        let parts = fields.map(|fields| TablePart::new(fields.to_vec(), &properties));
        let parts = parts.collect::<Result<_, _>>()?;
        Ok(Self { plain: plain(schema), parts, kept: Vec::new(), order })
    }

    pub(super) fn write(&mut self, batch: &RecordBatch) -> Result<(), SinkError> {
        if let Some(order) = &mut self.order {
            order.look(batch)?;
        }
        if let [all] = &mut self.parts[..] {
            return all.write(batch.columns());
        }
        let fields = self.plain.fields().iter().zip(batch.columns());
        let copies = fields.map(|(field, array)| cast(array, field.data_type()));
        self.kept.push(copies.collect::<Result<_, _>>()?);
        if self.kept.len() == BATCHES_KEPT { self.join_kept() } else { Ok(()) }
    }

    /// Makes one of the batches that are kept.
    fn join_kept(&mut self) -> Result<(), SinkError> {
        let kept = std::mem::take(&mut self.kept);
        let columns = (0..self.plain.fields().len()).map(|column| {
            let arrays: Vec<&dyn Array> = kept.iter().map(|batch| batch[column].as_ref()).collect();
            concat(&arrays)
        });
        self.kept.push(columns.collect::<Result<_, _>>()?);
        Ok(())
    }

    pub(super) fn finish(&mut self) -> Result<EncodedRowGroup, SinkError> {
        let kept = std::mem::take(&mut self.kept);
        let mut columns = Vec::new();
        let mut first = 0;
        for part in &mut self.parts {
            let end = first + part.schema.fields().len();
            for batch in &kept {
                part.write(&batch[first..end])?;
            }
            part.finish(&mut columns)?;
            first = end;
        }
        Ok(EncodedRowGroup { columns, run: self.order.as_mut().and_then(SortCheck::take) })
    }
}

impl TablePart {
    fn new(fields: Vec<FieldRef>, properties: &Arc<WriterProperties>) -> Result<Self, SinkError> {
        let schema = Arc::new(Schema::new(fields));
        let parquet_schema = ArrowSchemaConverter::new().convert(&schema)?;
        let root = parquet_schema.root_schema_ptr();
        let file = SerializedFileWriter::new(std::io::sink(), root, Arc::clone(properties))?;
        let factory = ArrowRowGroupWriterFactory::new(&file, Arc::clone(&schema));
        Ok(Self { schema, factory, columns: Vec::new() })
    }

    fn write(&mut self, columns: &[ArrayRef]) -> Result<(), SinkError> {
        if self.columns.is_empty() {
            self.columns = self.factory.create_column_writers(0)?;
        }
        let mut writers = self.columns.iter_mut();
        for (field, array) in self.schema.fields().iter().zip(columns) {
            for leaf in compute_leaves(field, array)? {
                let writer = writers.next().expect("there is a writer for each leaf");
                writer.write(&leaf)?;
            }
        }
        Ok(())
    }

    fn finish(&mut self, chunks: &mut Vec<ArrowColumnChunk>) -> Result<(), SinkError> {
        for column in self.columns.drain(..) {
            chunks.push(column.close()?);
        }
        Ok(())
    }
}

/// A Parquet file that is being written.
pub(crate) struct ParquetSink {
    file: SerializedFileWriter<Destination>,
    sorted_by: Option<String>,
    /// The rows so far, where they are to be in an order.
    run: Option<SortedRun>,
}

impl ParquetSink {
    pub(super) fn new(
        options: &ParquetOptions,
        schema: &SchemaRef,
        metadata: &Metadata,
        destination: Destination,
    ) -> Result<Self, SinkError> {
        let file = file_writer(options, schema, metadata, destination)?;
        Ok(Self { file, sorted_by: options.sorted_by.clone(), run: None })
    }

    pub(super) fn append(&mut self, group: EncodedRowGroup) -> Result<(), SinkError> {
        let EncodedRowGroup { columns, run } = group;
        self.verify_order(run)?;
        let mut row_group = self.file.next_row_group()?;
        for column in columns {
            column.append_to_row_group(&mut row_group)?;
        }
        row_group.close()?;
        Ok(())
    }

    /// Verifies that the rows of a group are in order, and come after those before it.
    fn verify_order(&mut self, next: Option<SortedRun>) -> Result<(), SinkError> {
        match (&mut self.run, next) {
            (Some(run), Some(next)) => run.append(next)?,
            (None, next) => self.run = next,
            (Some(_), None) => {}
        }
        match self.run.as_ref().and_then(SortedRun::unsorted_row) {
            Some(row) => {
                let column = self.sorted_by.clone().unwrap_or_default();
                Err(SinkError::Unsorted { row, column })
            }
            None => Ok(()),
        }
    }

    pub(super) fn bytes(&self) -> u64 {
        self.file.bytes_written() as u64
    }

    pub(super) fn finish(self) -> Result<Destination, SinkError> {
        Ok(self.file.into_inner()?)
    }
}
