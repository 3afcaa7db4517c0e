//! Errors of configurations: what is wrong, and in which line.

use std::fmt;
use std::io;
use std::ops::Range;
use std::path::{Path, PathBuf};

use toml::Spanned;

/// A configuration that is not taken.
#[derive(Debug)]
pub struct ConfigError {
    path: PathBuf,
    /// Line and column, from 1.
    place: Option<(usize, usize)>,
    message: String,
}

impl ConfigError {
    pub(super) fn unreadable(path: &Path, error: io::Error) -> Self {
        let message = format!("the configuration cannot be read: {error}");
        Self { path: path.to_owned(), place: None, message }
    }

    pub(super) fn of_toml(path: &Path, text: &str, error: &toml::de::Error) -> Self {
        let place = error.span().map(|span| place_of(text, span.start));
        Self { path: path.to_owned(), place, message: error.message().to_owned() }
    }

    /// Says that a part cannot be changed while the agent runs.
    pub(crate) fn needs_restart(path: &Path, part: &str) -> Self {
        let message =
            format!("{part} has changed, which needs a restart; everything else can be reloaded");
        Self { path: path.to_owned(), place: None, message }
    }

    /// Returns the line, from 1, if it is a line that is wrong.
    #[must_use]
    pub fn line(&self) -> Option<usize> {
        self.place.map(|(line, _)| line)
    }
}

impl fmt::Display for ConfigError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}", self.path.display())?;
        if let Some((line, column)) = self.place {
            write!(formatter, ":{line}:{column}")?;
        }
        write!(formatter, ": {}", self.message)
    }
}

impl std::error::Error for ConfigError {}

/// What is wrong at some bytes of a configuration.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Misplaced {
    span: Range<usize>,
    message: String,
}

impl Misplaced {
    /// Says what is wrong with these bytes.
    pub fn at(span: Range<usize>, message: impl Into<String>) -> Self {
        Self { span, message: message.into() }
    }

    /// Says that there is no such thing of this kind, and which ones there are.
    pub(crate) fn unknown<'a>(
        name: &Spanned<String>,
        kind: &str,
        known: impl Iterator<Item = &'a Spanned<String>>,
    ) -> Self {
        let known: Vec<&str> = known.map(|name| name.get_ref().as_str()).collect();
        let message =
            format!("unknown {kind} '{}' (expected one of: {})", name.get_ref(), known.join(", "));
        Self::at(name.span(), message)
    }

    /// Turns the bytes into a line and a column of the file.
    #[must_use]
    pub fn locate(self, path: &Path, text: &str) -> ConfigError {
        let place = (!text.is_empty()).then(|| place_of(text, self.span.start));
        ConfigError { path: path.to_owned(), place, message: self.message }
    }
}

impl fmt::Display for Misplaced {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.message)
    }
}

impl std::error::Error for Misplaced {}

/// Returns line and column, from 1, of a byte.
fn place_of(text: &str, offset: usize) -> (usize, usize) {
    let before = text.get(..offset).unwrap_or(text);
    let line_start = before.rfind('\n').map_or(0, |index| index + 1);
    let line = before.bytes().filter(|&byte| byte == b'\n').count() + 1;
    (line, before[line_start..].chars().count() + 1)
}
