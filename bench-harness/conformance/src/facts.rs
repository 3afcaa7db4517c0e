//! An engine's answer to a case, read from its JSON and not checked yet.

use serde::Deserialize;

use super::byte_string::ByteString;
use super::case::{CountFacts, ErrorFacts, RaggedFacts};

/// The findings of an engine. It may leave out what it does not know, but for the records of
/// what it accepts.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct Facts {
    /// The fields of each record; who rejects need not hand out those before the error.
    pub records: Option<Vec<Vec<ByteString>>>,
    /// The line of each record, from 1.
    pub lines: Option<Vec<u64>>,
    /// The offset of each record's first byte.
    pub offsets: Option<Vec<u64>>,
    /// The lines left out and listed.
    pub ragged: Option<Vec<RaggedFacts>>,
    /// The counts.
    pub counts: Option<CountFacts>,
    /// The error that stopped it.
    pub error: Option<ErrorFacts>,
    /// Contradictions within its answer; only this project's own backends look for them.
    #[serde(default)]
    pub inconsistencies: Vec<String>,
}

/// The answer of a backend of this project, see `delimark_runner`.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct Response {
    /// The backend that ran.
    pub backend: String,
    /// The ways in which it was asked, sorted by what came of them.
    pub groups: Vec<Group>,
}

/// Ways to put a case that came to the same.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct Group {
    /// The first of them.
    pub first: String,
    /// Their number.
    pub count: u64,
    /// Their common outcome.
    pub outcome: Facts,
}
