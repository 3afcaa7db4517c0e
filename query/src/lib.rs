//! SQL over logs: DataFusion plans and runs statements, and reads logs through the scanner.
//!
//! - An [`Engine`] runs statements. A path, or a glob, stands where a table's name does; `CREATE
//!   EXTERNAL TABLE ... STORED AS DELIMARK` gives one a name, and a format of its own.
//! - [`LogOptions`] say how logs are read, and what becomes of lines that do not fit.
//! - A [`ScanReport`] counts what was read, and lists the first lines that do not fit.
//! - [`ResultWriter`] writes rows as a table, CSV, JSON Lines or Parquet.
//!
//! A file is read in ranges of bytes by several threads. A line belongs to the range that has its
//! first byte, so every cut is right. Columns that a statement does not name are not built, and
//! rows that do not meet its conditions are dropped before any column is.

#![deny(unsafe_code)]

mod conditions;
mod engine;
mod error;
mod file_format;
mod file_source;
mod line_range;
mod log;
mod log_table;
mod report;
mod results;
mod scan;
mod table_factories;

pub use datafusion::arrow::array::RecordBatch;
pub use datafusion::arrow::datatypes::SchemaRef;
pub use delimark_pipeline::FormatOptions;
pub use engine::{Engine, EngineOptions, Rows, Statement};
pub use error::QueryError;
pub use log::{LogOptions, OnBadLine};
pub use report::{BadLineNote, ScanCounts, ScanReport};
pub use results::{ResultFormat, ResultWriter, WriteError};
