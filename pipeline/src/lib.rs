//! From logs to typed columns: chunks of lines become Arrow record batches, without copying text,
//! and these become Parquet and more.
//!
//! - A [`ChunkReader`] cuts what it reads into [`Chunk`]s of whole lines, in buffers of a
//!   [`ChunkPool`].
//! - A [`Batcher`] turns chunks into record batches by a [`TableSchema`]; text stays where it is in
//!   the chunk, which the batches keep alive.
//! - Lines that do not fit are [`BadLine`]s, with place and reason: no line is lost.

#![deny(unsafe_code)]

mod bad_line;
mod batcher;
mod breaker;
mod chunk;
mod chunk_reader;
mod columns;
mod convert;
mod converted;
mod dead_letter;
mod events;
mod filter;
mod instructions;
mod pressure;
mod schema;
mod sinks;
mod table;
mod telemetry;
mod values;

pub use bad_line::{BadLine, BadLineReason};
pub use batcher::Batcher;
pub use breaker::{Breaker, BreakerOptions, BreakerState, Clock, SystemClock, Transition};
pub use chunk::{Chunk, ChunkPool};
pub use chunk_reader::{Arrival, ChunkReader, ChunkSizes};
pub use convert::{BadLines, ConvertCounts, ConvertError, ConvertInput, ConvertOptions, Converter};
pub use converted::{BadValues, ConvertStop, Converted};
pub use dead_letter::{DeadLetter, DeadLetters, JsonDeadLetters, ReplayReader, read_dead_letter};
pub use events::{Event, Events};
pub use filter::{Comparison, Condition, RowFilter, Test, TextTest};
pub use pressure::{MemoryMeter, MemoryUse, PressureEvent, PressureValve, Ring, SystemMeter};
pub use schema::{
    ColumnKind, FileColumn, FormatOptions, Inference, Inferred, Nulls, SchemaChange, SchemaError,
    SchemaFile, Source, TableColumn, TableSchema, WrittenSchema,
};
#[cfg(feature = "object-store")]
pub use sinks::ObjectPlace;
pub use sinks::{
    IpcKind, Metadata, Output, OutputFormat, ParquetCompression, ParquetOptions, PartitionUnit,
    Partitioning, Rolling, SinkError, TextKind, WrittenFile,
};
pub use telemetry::{PARSE_SPAN, ParseFigures, ParseSpan};
pub use values::ValueError;
