//! The facts about scanned data that decide how results are to be read.

use crate::bounds::{self, Letter, Positive, Sha256};
pub use crate::facts::{LineEnding, Traits};
use serde::{Deserialize, Serialize};

/// One file that was scanned.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Dataset {
    /// The name that cells refer to.
    pub name: String,
    /// The generator's shape; absent for a file of the user's.
    #[serde(deserialize_with = "bounds::nullable::<String, _, _>")]
    pub shape: Option<String>,
    /// Where it came from.
    pub source: DatasetSource,
    /// The file's name without its folder.
    pub file_name: String,
    /// The generator's seed; absent for a file of the user's.
    #[serde(deserialize_with = "bounds::nullable::<u64, _, _>")]
    pub seed: Option<u64>,
    /// How many newlines, and one more if the last line lacks its own.
    pub lines: u64,
    /// The size.
    pub bytes: u64,
    /// How many records the reference found.
    pub records: u64,
    /// How many fields the reference found.
    pub fields: u64,
    /// How many fields a record is expected to have; absent when any number will do.
    #[serde(deserialize_with = "bounds::nullable::<Positive, _, _>")]
    pub columns: Option<u64>,
    /// How the number of columns came to be known; absent when there is none.
    #[serde(deserialize_with = "bounds::nullable::<ColumnsSource, _, _>")]
    pub columns_source: Option<ColumnsSource>,
    /// The delimiter, one character; its code is the byte, so that any byte can be named.
    #[serde(deserialize_with = "bounds::field::<Letter, _, _>")]
    pub delimiter: String,
    /// How lines end.
    pub line_ending: LineEnding,
    /// The hash of the bytes, in hexadecimal digits.
    #[serde(deserialize_with = "bounds::field::<Sha256, _, _>")]
    pub sha256: String,
    /// What the hash was held against.
    pub sha256_check: Sha256Check,
    /// What else tells whether the data are ordinary.
    pub traits: Traits,
}

/// Where a data set came from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum DatasetSource {
    /// The generator.
    Generated,
    /// A file of the user's.
    File,
}

/// How the number of columns came to be known.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum ColumnsSource {
    /// The shape defines it.
    Shape,
    /// The command line gave it.
    Given,
    /// The first lines showed it.
    Inferred,
}

/// What the hash of a data set was held against.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Sha256Check {
    /// The pinned hash of the manifest; it is equal.
    Pinned,
    /// Nothing: it was computed, and is pinned nowhere.
    Computed,
}
