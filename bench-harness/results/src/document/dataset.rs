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
    /// Its origin.
    pub source: DatasetSource,
    /// The file's name without its folder.
    pub file_name: String,
    /// The generator's seed; absent for a file of the user's.
    #[serde(deserialize_with = "bounds::nullable::<u64, _, _>")]
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
    #[serde(deserialize_with = "bounds::nullable::<Positive, _, _>")]
    pub columns: Option<u64>,
    /// The source of the number of columns; absent when there is none.
    #[serde(deserialize_with = "bounds::nullable::<ColumnsSource, _, _>")]
    pub columns_source: Option<ColumnsSource>,
    /// The delimiter, one character; its code is the byte, so that any byte can be named.
    #[serde(deserialize_with = "bounds::field::<Letter, _, _>")]
    pub delimiter: String,
    /// The byte that quotes fields, as the delimiter; absent where none does, and in older files.
    #[serde(default, deserialize_with = "bounds::present::<Letter, _, _>")]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub quote: Option<String>,
    /// The way in which a quote is written inside quotes; absent where there is no quote.
    #[serde(default, deserialize_with = "bounds::present::<QuoteEscape, _, _>")]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub quote_escape: Option<QuoteEscape>,
    /// The log format that delimiter and quote are taken from, by its name or as the server's
    /// configuration has it; absent where they were given, and in older files.
    #[serde(default, deserialize_with = "bounds::present::<String, _, _>")]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub log_format: Option<String>,
    /// The line ending.
    pub line_ending: LineEnding,
    /// The hash of the bytes, in hexadecimal digits.
    #[serde(deserialize_with = "bounds::field::<Sha256, _, _>")]
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

/// The way in which a quote is written inside quotes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum QuoteEscape {
    /// Not as itself.
    None,
    /// Behind a backslash.
    Backslash,
}

impl From<delimark::QuoteEscape> for QuoteEscape {
    fn from(escape: delimark::QuoteEscape) -> Self {
        match escape {
            delimark::QuoteEscape::None => Self::None,
            delimark::QuoteEscape::Backslash => Self::Backslash,
        }
    }
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
