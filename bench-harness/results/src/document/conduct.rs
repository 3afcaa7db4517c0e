//! What an engine does beside being timed, so that nobody compares what cannot be compared.

use crate::bounds::{self, Text, Whole};
use serde::{Deserialize, Serialize};

/// What an engine of another process is, as its declaration says.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DeclaredEngine {
    /// The engine's name, as its cells have it.
    pub engine: String,
    /// What it is, in a line.
    pub about: String,
    /// What it says its version is.
    #[serde(deserialize_with = "bounds::field::<Text, _, _>")]
    pub version: String,
    /// What it does.
    pub does: Conduct,
}

/// What an engine does and does not do in its models. Each is a word or two for a table.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Conduct {
    /// What it copies on the way to the fields.
    pub copies: String,
    /// Whether it checks or decodes UTF-8.
    pub decodes_utf8: String,
    /// How many threads it parses with.
    #[serde(deserialize_with = "bounds::field::<Whole<1, { u32::MAX as u64 }>, _, _>")]
    pub threads: u32,
    /// What it does about quotes.
    pub quoting: String,
    /// Whether looking at the fields is on the clock.
    pub consumer: String,
    /// What else has to be known to read its numbers.
    pub notes: String,
}
