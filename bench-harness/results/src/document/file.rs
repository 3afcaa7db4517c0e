//! Results as a file: everything that can be wrong with one is found here, so that what reads
//! [`Results`] can rely on them.

use std::error::Error;
use std::path::Path;
use std::{fmt, fs, io};

use serde_json::Value;

use super::check::{self, Contradiction};
use super::{Results, schema};

impl Results {
    /// Reads results from a file.
    ///
    /// # Errors
    ///
    /// Fails if the file cannot be read, and where [`Results::from_json`] fails.
    pub fn read(path: &Path) -> Result<Self, ResultsError> {
        Self::from_json(&fs::read_to_string(path)?)
    }

    /// Reads results from the text of a file.
    ///
    /// # Errors
    ///
    /// Fails, with line and column or the JSON pointer, if the text is not JSON or does not keep
    /// to the schema, and if its parts do not fit each other: no cell at all, a cell without its
    /// data set, two of the same cell, one that was also left out, a cell without a sample for
    /// every round, A/A controls that are not their engine's, percentiles that are not those of the
    /// bursts, or a number that does not follow from the samples beside it.
    pub fn from_json(text: &str) -> Result<Self, ResultsError> {
        let document: Value = serde_json::from_str(text).map_err(ErrorKind::Json)?;
        if let Some(violations) = schema::violations(&document) {
            return Err(ErrorKind::Schema(violations).into());
        }
        let results: Self = serde_json::from_value(document).map_err(ErrorKind::Json)?;
        check::check(&results).map_err(ErrorKind::Inconsistent)?;
        Ok(results)
    }

    /// Turns results into the text of a file.
    ///
    /// # Errors
    ///
    /// Fails where [`Results::from_json`] would refuse the text.
    pub fn to_json(&self) -> Result<String, ResultsError> {
        self.to_document()?;
        let mut text = serde_json::to_string_pretty(self).map_err(ErrorKind::Json)?;
        text.push('\n');
        Ok(text)
    }

    /// Turns results into a document that keeps to the schema.
    pub(super) fn to_document(&self) -> Result<Value, ResultsError> {
        check::check(self).map_err(ErrorKind::Inconsistent)?;
        let document = serde_json::to_value(self).map_err(ErrorKind::Json)?;
        match schema::violations(&document) {
            Some(violations) => Err(ErrorKind::Schema(violations).into()),
            None => Ok(document),
        }
    }

    /// Writes results to a file.
    ///
    /// # Errors
    ///
    /// Fails where [`Results::to_json`] does, before anything is written, and if the file cannot
    /// be written.
    pub fn write(&self, path: &Path) -> Result<(), ResultsError> {
        Ok(fs::write(path, self.to_json()?)?)
    }
}

/// The reason for which results cannot be read or written.
#[derive(Debug)]
pub struct ResultsError {
    kind: ErrorKind,
}

#[derive(Debug)]
pub(super) enum ErrorKind {
    Io(io::Error),
    Json(serde_json::Error),
    Schema(String),
    Inconsistent(Contradiction),
}

impl fmt::Display for ResultsError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.kind {
            ErrorKind::Io(_) => formatter.write_str("the file cannot be accessed"),
            ErrorKind::Json(_) => formatter.write_str("these are not results in JSON"),
            ErrorKind::Schema(violations) => {
                write!(formatter, "results do not keep to the schema, {violations}")
            }
            ErrorKind::Inconsistent(Contradiction { pointer, what }) => {
                write!(formatter, "results do not fit together, at {pointer}: {what}")
            }
        }
    }
}

impl Error for ResultsError {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        match &self.kind {
            ErrorKind::Io(error) => Some(error),
            ErrorKind::Json(error) => Some(error),
            ErrorKind::Schema(_) | ErrorKind::Inconsistent(_) => None,
        }
    }
}

impl From<ErrorKind> for ResultsError {
    fn from(kind: ErrorKind) -> Self {
        Self { kind }
    }
}

impl From<io::Error> for ResultsError {
    fn from(error: io::Error) -> Self {
        ErrorKind::Io(error).into()
    }
}
