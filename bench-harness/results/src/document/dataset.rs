//! The facts about scanned data that decide how results are to be read.

pub use crate::facts::{LineEnding, Traits};
use serde::{Deserialize, Serialize};

/// One file that was scanned.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Dataset {
    /// The name that cells refer to.
    pub name: String,
    /// The generator's shape; absent for a file of the user's.
    pub shape: Option<String>,
    /// Its origin.
    pub source: DatasetSource,
    /// The file's name without its folder.
    pub file_name: String,
    /// The generator's seed; absent for a file of the user's.
    pub seed: Option<u64>,
    /// The number of newlines, and one more if the last line lacks its own.
    pub lines: u64,
    /// The size.
    pub bytes: u64,
    /// The number of records that the reference found.
    pub records: u64,
    /// The number of fields that the reference found.
    pub fields: u64,
    /// The number of fields that a record should have; absent when any number will do.
    pub columns: Option<u64>,
    /// The source of the number of columns; absent when there is none.
    pub columns_source: Option<ColumnsSource>,
    /// The delimiter, one character; its code is the byte, so that any byte can be named.
    pub delimiter: String,
    /// The line ending.
    pub line_ending: LineEnding,
    /// The hash of the bytes, in hexadecimal digits.
    pub sha256: String,
    /// The record that the hash was compared with.
    pub sha256_check: Sha256Check,
    /// Other signs of ordinary or unusual data.
    pub traits: Traits,
}

/// The origin of a data set.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum DatasetSource {
    /// The generator.
    Generated,
    /// A file of the user's.
    File,
}

/// The source of the number of columns.
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

/// The record that the hash of a data set was compared with.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Sha256Check {
    /// The pinned hash of the manifest; it is equal.
    Pinned,
    /// Nothing: it was computed, and is pinned nowhere.
    Computed,
}
