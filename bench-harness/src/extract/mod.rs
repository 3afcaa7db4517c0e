//! Takes fields out of logs as `cut` does: everything behind `delimark extract` but its options.

mod byte_size;
mod copy;
mod error;
mod fields;
mod file_identity;
mod input;
mod json_lines;
mod output;
mod output_delimiter;
mod pending;
mod pipe;
mod ragged;
mod text;

pub use byte_size::{ByteSize, ByteSizeError};
pub use copy::{Extractor, Format, Sinks, Tally};
pub use error::ExtractError;
pub use fields::{FieldList, FieldListError, FieldRange};
pub use file_identity::FileIdentity;
pub use input::{Access, Input, InputName};
pub use json_lines::{InvalidUtf8, JsonLines, KeyError, NotUtf8};
pub use output::standard_output;
pub use output_delimiter::OutputDelimiter;
pub use text::Text;
