//! Takes fields out of records as `cut` does, as text or as JSON Lines: everything behind
//! `delimark extract` but its options, and what the WebAssembly module extracts with.
//!
//! - Pull-fed: `Extractor` goes through files and pipes, and writes as it goes.
//! - Push-fed: [`ChunkExtractor`] is handed chunks, [`Extraction`] batches, and [`ColumnExtractor`]
//!   chunks of a log in a format with columns; what they come to is collected in memory.
//!
//! Both write a [`Format`]: the fields of a [`FieldList`] as [`Text`] or [`JsonLines`].

mod byte_size;
#[cfg(unix)]
mod check;
mod column_extractor;
mod columns;
mod comments;
mod error;
pub mod escape;
mod extraction;
mod field_range;
mod fields;
mod json_lines;
mod left_out;
mod output_format;
mod pending;
mod ragged;
mod rejected;
mod row;
mod selection;
mod text;

#[cfg(unix)]
mod allowance;
#[cfg(all(unix, feature = "compression"))]
mod compression;
#[cfg(unix)]
mod copy;
#[cfg(unix)]
mod encoding;
#[cfg(unix)]
mod feed;
#[cfg(unix)]
mod input;
#[cfg(unix)]
mod line_reader;
#[cfg(unix)]
mod line_rules;
#[cfg(unix)]
mod messages;
#[cfg(unix)]
mod order;
#[cfg(unix)]
mod original;
#[cfg(unix)]
mod output;
#[cfg(unix)]
mod progress;
#[cfg(unix)]
mod rotation;
#[cfg(unix)]
pub mod truncation;
#[cfg(unix)]
mod waiting;
#[cfg(unix)]
mod window_limit;
#[cfg(unix)]
mod worker;

pub use byte_size::{ByteSize, ByteSizeError};
#[cfg(unix)]
pub use check::{CheckReport, Checker, Finding, FindingKind};
pub use column_extractor::ColumnExtractor;
pub use columns::{ColumnOptions, ColumnOutput, Columns, LineFormat};
#[cfg(unix)]
pub use copy::{ChooseFormat, Extractor, Opening};
pub use error::ExtractError;
pub use extraction::{ChunkExtractor, Extraction};
pub use field_range::{FieldListError, FieldRange};
pub use fields::FieldList;
#[cfg(unix)]
pub use input::{Access, FileIdentity, Input, InputName, InputOptions, InputReader};
pub use json_lines::{InvalidUtf8, JsonLines, KeyError, Keys, NotUtf8};
pub use left_out::{LeftOutLine, LeftOutReason};
#[cfg(unix)]
pub use line_reader::{Filling, LineBuffer, LineReader};
#[cfg(unix)]
pub use line_rules::LineRules;
#[cfg(unix)]
pub use order::{LineCounts, Sinks};
#[cfg(unix)]
pub use output::standard_output;
pub use output_format::Format;
#[cfg(unix)]
pub use progress::Progress;
pub use ragged::{RaggedLine, RaggedList};
#[cfg(unix)]
pub use rotation::oldest_first;
pub use selection::FieldSelection;
pub use text::Text;
#[cfg(unix)]
pub use waiting::{Deadline, Interrupt, Waiting};
#[cfg(unix)]
pub use window_limit::WindowLimit;
