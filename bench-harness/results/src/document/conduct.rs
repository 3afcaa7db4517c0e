//! The conduct of engines beside being timed, so that nobody compares what cannot be compared.

use serde::{Deserialize, Serialize};

/// An engine of another process, as its declaration describes it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DeclaredEngine {
    /// The engine's name, as its cells have it.
    pub engine: String,
    /// A line about it.
    pub about: String,
    /// The version that it reports.
    pub version: String,
    /// Its conduct.
    pub does: Conduct,
}

/// The work that an engine does and does not do in its models. Each is a word or two for a table.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Conduct {
    /// Copies on the way to the fields.
    pub copies: String,
    /// Checking or decoding of UTF-8.
    pub decodes_utf8: String,
    /// The number of threads that it parses with.
    pub threads: u32,
    /// The treatment of quotes.
    pub quoting: String,
    /// The consumer of the fields: on the clock or not.
    pub consumer: String,
    /// Anything else that a reader of its numbers has to know.
    pub notes: String,
}
