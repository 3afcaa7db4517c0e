//! What is carried: a line, when it was written, and what is said of it.

use std::sync::Arc;

use bytes::Bytes;

use crate::metadata::Metadata;

/// The labels of a stream, sorted by name, each name once.
pub type Labels = Arc<[(Box<str>, Box<str>)]>;

/// Where a line came from, for whoever has to find it again.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Origin {
    /// The file, or the address of the sender.
    pub source: Arc<str>,
    /// The number of the line, from 1, as far as it is known.
    pub line: Option<u64>,
    /// The offset of its first byte, in bytes.
    pub offset: u64,
}

/// A line on its way.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Entry {
    /// The labels of the stream that it belongs to.
    pub labels: Labels,
    /// When it was written, in nanoseconds since 1970.
    pub timestamp_ns: i64,
    /// The line without its newline.
    pub line: Bytes,
    /// What is said of this line alone.
    pub metadata: Metadata,
    /// Where it came from.
    pub origin: Origin,
}
