//! Sinks: where record batches go. Worker threads encode, each a group of chunks at a time; then
//! one after the other appends what it has to the file, in the order of the lines.

mod csv_json;
mod dictionaries;
mod file;
mod ipc;
#[cfg(feature = "object-store")]
mod object;
mod parquet;
mod partitions;
mod sorting;

use std::io;
use std::path::PathBuf;
use std::sync::Arc;

use ::parquet::errors::ParquetError;
use arrow_array::RecordBatch;
use arrow_schema::{ArrowError, DataType, Field, FieldRef, Schema, SchemaRef};

pub use self::csv_json::TextKind;
pub use self::ipc::IpcKind;
#[cfg(feature = "object-store")]
pub use self::object::ObjectPlace;
pub use self::parquet::{ParquetCompression, ParquetOptions};
pub(crate) use self::partitions::{GroupEncoder, PartitionPart, PartitionedSink};
pub use self::partitions::{PartitionUnit, Partitioning};

use self::csv_json::{TextEncoder, TextSink};
use self::file::{Destination, Place};
use self::ipc::{IpcEncoder, IpcSink};
use self::parquet::{EncodedRowGroup, ParquetEncoder, ParquetSink};

/// The format of the output.
#[derive(Clone, Debug)]
pub enum OutputFormat {
    /// Parquet.
    Parquet(ParquetOptions),
    /// Arrow IPC: a file, or a stream of record batches.
    Ipc(IpcKind),
    /// CSV with a header, or JSON Lines.
    Text(TextKind),
}

impl OutputFormat {
    /// Returns the end of the names of such files.
    #[must_use]
    pub fn extension(&self) -> &'static str {
        match self {
            Self::Parquet(_) => "parquet",
            Self::Ipc(IpcKind::File) => "arrow",
            Self::Ipc(IpcKind::Stream) => "arrows",
            Self::Text(TextKind::Csv) => "csv",
            Self::Text(TextKind::JsonLines) => "jsonl",
        }
    }
}

/// The place of the output.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Output {
    /// A file, which is there when it is whole.
    File(PathBuf),
    /// A folder, with a folder in it for each value of a column, and files in those.
    Folder {
        /// The path.
        path: PathBuf,
        /// The column.
        by: Partitioning,
    },
    /// Standard output.
    Standard,
    /// An object in a store, which is there when it is whole.
    #[cfg(feature = "object-store")]
    Object(ObjectPlace),
}

impl Output {
    /// Returns the place of the next file, after so many others.
    fn next_place(&self, rolling: Rolling, files: usize) -> Place {
        // Unless files are asked for by size, only another schema makes more than one.
        let is_only = rolling == Rolling::default() && files == 0;
        match self {
            Self::Standard => Place::Standard,
            Self::Folder { .. } => unreachable!("each partition has a sink for its files"),
            Self::File(path) if is_only => Place::Path(path.clone()),
            Self::File(path) => Place::Path(numbered(path, files + 1)),
            #[cfg(feature = "object-store")]
            Self::Object(place) if is_only => Place::Object(place.clone()),
            #[cfg(feature = "object-store")]
            Self::Object(place) => {
                let numbered = |name: &str| numbered(name.as_ref(), files + 1);
                Place::Object(place.beside(|name| numbered(name).to_string_lossy().into_owned()))
            }
        }
    }
}

/// The sizes at which a file is ended and another begun.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Rolling {
    /// The rows of a file, after which the next group of lines begins another.
    pub rows: Option<u64>,
    /// The bytes of a file, likewise.
    pub bytes: Option<u64>,
}

/// A fact about a file that stands in it, as a key and a value.
pub type Metadata = Vec<(String, String)>;

/// Encodes record batches on a worker's thread.
pub(crate) enum Encoder {
    Parquet(ParquetEncoder),
    Ipc(IpcEncoder),
    Text(TextEncoder),
}

/// Makes encoders.
#[derive(Clone, Debug)]
pub(crate) struct Encoders {
    format: OutputFormat,
    metadata: Metadata,
    by: Option<Partitioning>,
}

impl Encoders {
    /// Makes an encoder of groups of batches of a schema.
    pub(crate) fn group_encoder(&self, schema: &SchemaRef) -> Result<GroupEncoder, SinkError> {
        let partitioner = self.by.as_ref().map(|by| by.partitioner(schema)).transpose();
        let partitioner = partitioner.map_err(SinkError::Encoder)?;
        Ok(GroupEncoder::new(self.clone(), Arc::clone(schema), partitioner))
    }

    /// Makes an encoder of batches of a schema.
    fn encoder(&self, schema: &SchemaRef) -> Result<Encoder, SinkError> {
        Ok(match &self.format {
            OutputFormat::Parquet(options) => {
                Encoder::Parquet(ParquetEncoder::new(options, schema, &self.metadata)?)
            }
            OutputFormat::Ipc(_) => Encoder::Ipc(IpcEncoder::new(&plain(schema))),
            OutputFormat::Text(kind) => Encoder::Text(TextEncoder::new(*kind)),
        })
    }
}

/// A group of rows, encoded.
pub(crate) enum Part {
    Parquet(EncodedRowGroup),
    Ipc(Vec<RecordBatch>),
    Text(Vec<u8>),
}

/// Appends encoded groups to files.
pub(crate) struct Sink {
    format: OutputFormat,
    schema: SchemaRef,
    metadata: Metadata,
    output: Output,
    rolling: Rolling,
    open: Option<Open>,
    files: Vec<WrittenFile>,
}

/// A file that is being written.
struct Open {
    writer: Writer,
    rows: u64,
    path: Option<PathBuf>,
}

enum Writer {
    Parquet(Box<ParquetSink>),
    Ipc(Box<IpcSink>),
    Text(TextSink),
}

/// A file that was written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WrittenFile {
    /// The path or address; none for standard output.
    pub path: Option<PathBuf>,
    /// The rows in it.
    pub rows: u64,
    /// The bytes of it.
    pub bytes: u64,
}

/// The reason why output could not be written.
#[derive(Debug)]
pub enum SinkError {
    /// The operating system's.
    Io(io::Error),
    /// The encoder's.
    Encoder(String),
    /// Rows are not in the order that was asked for.
    Unsorted {
        /// The row of the file, counted from 1.
        row: u64,
        /// The column.
        column: String,
    },
}

impl std::fmt::Display for SinkError {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Io(error) => error.fmt(formatter),
            Self::Encoder(message) => formatter.write_str(message),
            Self::Unsorted { row, column } => write!(
                formatter,
                "by '{column}' row {row} comes before the row that it follows (nulls are last)"
            ),
        }
    }
}

impl std::error::Error for SinkError {}

impl From<io::Error> for SinkError {
    fn from(error: io::Error) -> Self {
        Self::Io(error)
    }
}

impl From<ArrowError> for SinkError {
    fn from(error: ArrowError) -> Self {
        match error {
            ArrowError::IoError(_, error) => Self::Io(error),
            error => Self::Encoder(error.to_string()),
        }
    }
}

impl From<ParquetError> for SinkError {
    fn from(error: ParquetError) -> Self {
        let error = match error {
            ParquetError::External(error) => match error.downcast::<io::Error>() {
                Ok(error) => return Self::Io(*error),
                Err(error) => ParquetError::External(error),
            },
            error => error,
        };
        Self::Encoder(error.to_string())
    }
}

impl Sink {
    /// Makes a sink for batches of a schema. `sample` are the first of them, which tell how to
    /// encode the others.
    pub(crate) fn new(
        format: OutputFormat,
        schema: SchemaRef,
        metadata: Metadata,
        output: Output,
        rolling: Rolling,
        sample: &[RecordBatch],
    ) -> Self {
        let format = match format {
            OutputFormat::Parquet(options) => {
                OutputFormat::Parquet(options.with_sample(&schema, sample))
            }
            other => other,
        };
        Self { format, schema, metadata, output, rolling, open: None, files: Vec::new() }
    }

    /// Returns all that it takes to make encoders for workers.
    pub(crate) fn encoders(&self) -> Encoders {
        let by = match &self.output {
            Output::Folder { by, .. } => Some(by.clone()),
            _ => None,
        };
        Encoders { format: self.format.clone(), metadata: self.metadata.clone(), by }
    }

    /// Makes a sink of the same kind for a partition that has these files already.
    fn of_partition(&self, output: Output, files: Vec<WrittenFile>) -> Self {
        Self {
            format: self.format.clone(),
            schema: Arc::clone(&self.schema),
            metadata: self.metadata.clone(),
            output,
            rolling: self.rolling,
            open: None,
            files,
        }
    }

    /// Ends the file that is being written, and goes on with batches of another schema.
    pub(crate) fn set_schema(&mut self, schema: SchemaRef) -> Result<(), SinkError> {
        self.end()?;
        self.schema = schema;
        Ok(())
    }

    /// Appends a group of rows.
    pub(crate) fn append(&mut self, part: Part, rows: u64) -> Result<(), SinkError> {
        if rows == 0 {
            return Ok(());
        }
        let open = match &mut self.open {
            Some(open) => open,
            None => {
                let open = self.begin()?;
                self.open.insert(open)
            }
        };
        open.rows += rows;
        match (&mut open.writer, part) {
            (Writer::Parquet(sink), Part::Parquet(group)) => sink.append(group)?,
            (Writer::Ipc(sink), Part::Ipc(batches)) => sink.append(&batches)?,
            (Writer::Text(sink), Part::Text(bytes)) => sink.append(&bytes)?,
            _ => unreachable!("the encoder is of the same format"),
        }
        let bytes = open.writer.bytes();
        let is_full = |limit: Option<u64>, count| limit.is_some_and(|limit| count >= limit);
        if is_full(self.rolling.rows, open.rows) || is_full(self.rolling.bytes, bytes) {
            self.end()?;
        }
        Ok(())
    }

    /// Ends the last file, and puts it under its name. Without a row there still is a file.
    pub(crate) fn finish(mut self) -> Result<Vec<WrittenFile>, SinkError> {
        if self.open.is_none() && self.files.is_empty() {
            self.open = Some(self.begin()?);
        }
        self.end()?;
        Ok(self.files)
    }

    fn begin(&self) -> Result<Open, SinkError> {
        let place = self.output.next_place(self.rolling, self.files.len());
        let destination = Destination::open(&place)?;
        let writer = match &self.format {
            OutputFormat::Parquet(options) => {
                let sink = ParquetSink::new(options, &self.schema, &self.metadata, destination)?;
                Writer::Parquet(Box::new(sink))
            }
            OutputFormat::Ipc(kind) => {
                let schema = plain(&self.schema);
                Writer::Ipc(Box::new(IpcSink::new(*kind, &schema, &self.metadata, destination)?))
            }
            OutputFormat::Text(kind) => {
                Writer::Text(TextSink::new(*kind, &self.schema, destination)?)
            }
        };
        Ok(Open { writer, rows: 0, path: place.name() })
    }

    fn end(&mut self) -> Result<(), SinkError> {
        let Some(Open { writer, rows, path }) = self.open.take() else {
            return Ok(());
        };
        let destination = match writer {
            Writer::Parquet(sink) => sink.finish()?,
            Writer::Ipc(sink) => sink.finish()?,
            Writer::Text(sink) => sink.finish(),
        };
        let bytes = destination.publish()?;
        self.files.push(WrittenFile { path, rows, bytes });
        Ok(())
    }
}

impl Writer {
    fn bytes(&self) -> u64 {
        match self {
            Self::Parquet(sink) => sink.bytes(),
            Self::Ipc(sink) => sink.bytes(),
            Self::Text(sink) => sink.bytes(),
        }
    }
}

impl Encoder {
    pub(crate) fn write(&mut self, batch: &RecordBatch) -> Result<(), SinkError> {
        match self {
            Self::Parquet(encoder) => encoder.write(batch),
            Self::Ipc(encoder) => encoder.write(batch),
            Self::Text(encoder) => encoder.write(batch),
        }
    }

    /// Ends a group of rows.
    pub(crate) fn finish(&mut self) -> Result<Part, SinkError> {
        Ok(match self {
            Self::Parquet(encoder) => Part::Parquet(encoder.finish()?),
            Self::Ipc(encoder) => Part::Ipc(encoder.finish()),
            Self::Text(encoder) => Part::Text(encoder.finish()),
        })
    }
}

/// Returns `log-00001.parquet` for `log.parquet`.
fn numbered(path: &std::path::Path, number: usize) -> PathBuf {
    let stem = path.file_stem().unwrap_or_default().to_string_lossy();
    let name = match path.extension() {
        Some(extension) => format!("{stem}-{number:05}.{}", extension.to_string_lossy()),
        None => format!("{stem}-{number:05}"),
    };
    path.with_file_name(name)
}

/// Returns a schema without views, which not every reader knows.
pub(crate) fn plain(schema: &Schema) -> SchemaRef {
    let fields: Vec<FieldRef> = schema.fields().iter().map(|field| plain_field(field)).collect();
    Arc::new(Schema::new_with_metadata(fields, schema.metadata().clone()))
}

fn plain_field(field: &Field) -> FieldRef {
    let data_type = match field.data_type() {
        DataType::Utf8View => DataType::Utf8,
        DataType::BinaryView => DataType::Binary,
        DataType::List(items) => DataType::List(plain_field(items)),
        other => other.clone(),
    };
    Arc::new(field.clone().with_data_type(data_type))
}
