//! Sinks in a configuration: where lines go.

use std::ops::Range;
use std::path::PathBuf;

use serde::de::Error as _;
use serde::{Deserialize, Deserializer};
use toml::Spanned;

use super::error::Misplaced;
use super::only_one;
use super::stages::{ParseConfig, Unmatched};

/// A sink: a name, by which its queue is known, and one kind.
#[derive(Clone, Debug, Deserialize, PartialEq)]
#[serde(deny_unknown_fields)]
pub struct SinkConfig {
    /// The name.
    pub name: Spanned<String>,
    file: Option<FileSinkConfig>,
    loki: Option<LokiSinkConfig>,
    parquet: Option<ParquetSinkConfig>,
}

/// The kind of a sink.
#[derive(Clone, Copy, Debug)]
pub enum SinkKind<'a> {
    /// A file that is appended to.
    File(&'a FileSinkConfig),
    /// A Loki server.
    Loki(&'a LokiSinkConfig),
    /// Parquet files.
    Parquet(&'a ParquetSinkConfig),
}

impl SinkConfig {
    /// Returns the kind that is given.
    ///
    /// # Errors
    ///
    /// There is none, or more than one.
    pub fn kind(&self, span: Range<usize>) -> Result<SinkKind<'_>, Misplaced> {
        let file = self.file.as_ref().map(SinkKind::File);
        let loki = self.loki.as_ref().map(SinkKind::Loki);
        let parquet = self.parquet.as_ref().map(SinkKind::Parquet);
        let given = [file, loki, parquet].into_iter().flatten().collect();
        let what = format!("the sink '{}'", self.name.get_ref());
        only_one(&what, span, &["file", "loki", "parquet"], given)
    }
}

/// A file that is appended to.
#[derive(Clone, Debug, Deserialize, PartialEq, Eq)]
#[serde(deny_unknown_fields)]
pub struct FileSinkConfig {
    /// The file, which is made where it is missing.
    pub path: PathBuf,
    /// What is written of a line.
    #[serde(default)]
    pub shape: LineShape,
}

/// What is written of a line.
#[derive(Clone, Copy, Debug, Default, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "lowercase")]
pub enum LineShape {
    /// An object with time, labels, metadata and the line.
    #[default]
    Json,
    /// An object of structured metadata alone.
    Fields,
    /// The line alone.
    Raw,
}

/// Parquet files, of lines in one format.
#[derive(Clone, Debug, Deserialize, PartialEq)]
#[serde(deny_unknown_fields)]
pub struct ParquetSinkConfig {
    /// The folder of the files, which is made where it is missing.
    pub folder: PathBuf,
    /// The name of the lines' format.
    pub preset: Option<Spanned<String>>,
    /// The format string of the server.
    pub log_format: Option<Spanned<String>>,
    /// The bytes of lines after which a file is written.
    #[serde(default = "default_file_bytes")]
    pub file_bytes: u64,
    /// The time after which a file is written, in milliseconds, whatever is in it.
    #[serde(default = "default_file_milliseconds")]
    pub file_milliseconds: u64,
}

impl ParquetSinkConfig {
    /// Returns the format as stages have it.
    pub(crate) fn parse(&self) -> ParseConfig {
        ParseConfig {
            preset: self.preset.clone(),
            log_format: self.log_format.clone(),
            delimiter: None,
            columns: None,
            unmatched: Unmatched::DeadLetter,
        }
    }
}

fn default_file_bytes() -> u64 {
    64 << 20
}

fn default_file_milliseconds() -> u64 {
    60_000
}

/// A Loki server. Secrets stand in files or in environment variables, never here.
#[derive(Clone, Debug, Deserialize, PartialEq, Eq)]
#[serde(deny_unknown_fields)]
pub struct LokiSinkConfig {
    /// The address of the server, or of its push endpoint.
    pub url: String,
    /// The tenant.
    pub tenant: Option<String>,
    /// The name of a user, with a password.
    pub basic_auth: Option<BasicAuthConfig>,
    /// A token.
    pub bearer_token: Option<SecretConfig>,
    /// The form of pushes.
    #[serde(default)]
    pub encoding: LokiEncoding,
    /// The most bytes of a push before it is compressed.
    #[serde(default = "default_push_bytes")]
    pub push_bytes: usize,
    /// The time that entries wait for others to be pushed with them, in milliseconds.
    #[serde(default = "default_latency_milliseconds")]
    pub latency_milliseconds: u64,
    /// The longest time that a push takes, in milliseconds.
    #[serde(default = "default_timeout_milliseconds")]
    pub timeout_milliseconds: u64,
    /// The most streams; labels beyond them become structured metadata.
    pub max_streams: Option<usize>,
    /// The most values of a label; others become structured metadata.
    pub max_label_values: Option<usize>,
    /// The name of the structured metadata that has the offset of the line; empty for none.
    #[serde(default = "default_offset_name")]
    pub offset_name: String,
    /// The proxy; that of the environment where none is named.
    pub proxy: Option<String>,
    /// A file with certificates of authorities that are trusted beside the system's.
    pub authority_file: Option<PathBuf>,
}

fn default_push_bytes() -> usize {
    1 << 20
}

fn default_latency_milliseconds() -> u64 {
    500
}

fn default_timeout_milliseconds() -> u64 {
    30_000
}

fn default_offset_name() -> String {
    "offset".to_owned()
}

/// The form of a push.
#[derive(Clone, Copy, Debug, Default, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "kebab-case")]
pub enum LokiEncoding {
    /// Protobuf, compressed with snappy.
    #[default]
    Protobuf,
    /// JSON as it is.
    Json,
    /// JSON, compressed with gzip.
    JsonGzip,
}

/// A user and a password.
#[derive(Clone, Debug, Deserialize, PartialEq, Eq)]
#[serde(deny_unknown_fields)]
pub struct BasicAuthConfig {
    /// The name of the user.
    pub user: String,
    /// The place of the password.
    pub password: SecretConfig,
}

/// The place of a secret.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SecretConfig {
    /// A file that has nothing else in it.
    File(PathBuf),
    /// An environment variable.
    Variable(String),
}

impl<'de> Deserialize<'de> for SecretConfig {
    /// Reads a place. An error does not show what stands there instead: it may be the secret.
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let place = toml::Value::deserialize(deserializer)?;
        let entries: Vec<_> = place.as_table().into_iter().flatten().collect();
        match entries[..] {
            [(key, toml::Value::String(path))] if key == "file" => Ok(Self::File(path.into())),
            [(key, toml::Value::String(name))] if key == "variable" => {
                Ok(Self::Variable(name.clone()))
            }
            _ => Err(D::Error::custom(
                "a secret does not stand here, but its place does: { file = \"/a/path\" } or \
                 { variable = \"NAME\" }",
            )),
        }
    }
}
