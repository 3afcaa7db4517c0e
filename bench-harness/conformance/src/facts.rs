//! What an engine says of a case, read from its JSON: nothing in it is believed yet.

use serde::Deserialize;

use super::byte_string::ByteString;
use super::case::{CountFacts, ErrorFacts, RaggedFacts};

/// What an engine found. Whatever an engine does not know it may leave out, but for the records of
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
    /// How much there is.
    pub counts: Option<CountFacts>,
    /// Why it stopped.
    pub error: Option<ErrorFacts>,
    /// What it found to disagree with itself; only this project's own backends look for that.
    #[serde(default)]
    pub inconsistencies: Vec<String>,
}

/// What a backend of this project answers, see `delimark_runner`.
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
    /// How many they are.
    pub count: u64,
    /// What they came to.
    pub outcome: Facts,
}
