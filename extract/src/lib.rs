//! Takes fields out of records as `cut` does, as text or as JSON Lines: everything behind
//! `delimark extract` but its options, and what the WebAssembly module extracts with.
//!
//! - Pull-fed: `Extractor` goes through files and pipes, and writes as it goes.
//! - Push-fed: [`ChunkExtractor`] is handed chunks, [`Extraction`] batches; what they come to is
//!   collected in memory.
//!
//! Both write a [`Format`]: the fields of a [`FieldList`] as [`Text`] or [`JsonLines`].

mod byte_size;
mod error;
pub mod escape;
mod extraction;
mod fields;
mod json_lines;
mod output_format;
mod pending;
mod ragged;
mod text;

#[cfg(unix)]
mod copy;
#[cfg(unix)]
mod input;
#[cfg(unix)]
mod messages;
#[cfg(unix)]
mod output;
#[cfg(unix)]
pub mod truncation;

pub use byte_size::{ByteSize, ByteSizeError};
#[cfg(unix)]
pub use copy::{Extractor, LineCounts, Sinks};
pub use error::ExtractError;
pub use extraction::{ChunkExtractor, Extraction};
pub use fields::{FieldList, FieldListError, FieldRange};
#[cfg(unix)]
pub use input::{Access, FileIdentity, Input, InputName};
pub use json_lines::{InvalidUtf8, JsonLines, KeyError, NotUtf8};
#[cfg(unix)]
pub use output::standard_output;
pub use output_format::Format;
pub use ragged::{RaggedLine, RaggedList};
pub use text::Text;
