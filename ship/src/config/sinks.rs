//! Sinks in a configuration: where lines go.

use std::ops::Range;
use std::path::PathBuf;

use serde::Deserialize;
use toml::Spanned;

use super::error::Misplaced;
use super::only_one;

/// A sink: a name, by which its queue is known, and one kind.
#[derive(Clone, Debug, Deserialize, PartialEq)]
#[serde(deny_unknown_fields)]
pub struct SinkConfig {
    /// The name.
    pub name: Spanned<String>,
    file: Option<FileSinkConfig>,
}

/// The kind of a sink.
#[derive(Clone, Copy, Debug)]
pub enum SinkKind<'a> {
    /// A file that is appended to.
    File(&'a FileSinkConfig),
}

impl SinkConfig {
    /// Returns the kind that is given.
    ///
    /// # Errors
    ///
    /// There is none, or more than one.
    pub fn kind(&self, span: Range<usize>) -> Result<SinkKind<'_>, Misplaced> {
        let given = [self.file.as_ref().map(SinkKind::File)].into_iter().flatten().collect();
        let what = format!("the sink '{}'", self.name.get_ref());
        only_one(&what, span, &["file"], given)
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
    /// The line alone.
    Raw,
}
