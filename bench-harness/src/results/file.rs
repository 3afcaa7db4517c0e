//! Results as a file: everything that can be wrong with one is found here, so that what reads
//! [`Results`] can rely on them.

use std::collections::HashSet;
use std::error::Error;
use std::path::Path;
use std::{fmt, fs, io};

use serde_json::Value;

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
    /// to the schema, and if its parts do not fit each other: a cell without its data set, two of
    /// the same cell, or a cell without a sample for every round.
    pub fn from_json(text: &str) -> Result<Self, ResultsError> {
        let document: Value = serde_json::from_str(text).map_err(ErrorKind::Json)?;
        if let Some(violations) = schema::violations(&document) {
            return Err(ErrorKind::Schema(violations).into());
        }
        let results: Self = serde_json::from_value(document).map_err(ErrorKind::Json)?;
        results.check_references()?;
        Ok(results)
    }

    /// Turns results into the text of a file.
    ///
    /// # Errors
    ///
    /// Fails where [`Results::from_json`] would refuse the text.
    pub fn to_json(&self) -> Result<String, ResultsError> {
        self.check_references()?;
        let document = serde_json::to_value(self).map_err(ErrorKind::Json)?;
        if let Some(violations) = schema::violations(&document) {
            return Err(ErrorKind::Schema(violations).into());
        }
        let mut text = serde_json::to_string_pretty(self).map_err(ErrorKind::Json)?;
        text.push('\n');
        Ok(text)
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

    /// Checks what a schema cannot say: that cells and ladder refer to data sets that are there,
    /// that no cell is there twice, and that index is round.
    fn check_references(&self) -> Result<(), ResultsError> {
        let mut seen = HashSet::new();
        for (index, cell) in self.cells.iter().enumerate() {
            let found = |what: String| ErrorKind::Inconsistent(format!("/cells/{index}"), what);
            if self.dataset(&cell.dataset).is_none() {
                return Err(found(format!("data set {:?} is not listed", cell.dataset)).into());
            }
            if !seen.insert((&cell.engine, &cell.model, &cell.dataset)) {
                let (engine, model) = (&cell.engine, &cell.model);
                return Err(found(format!("{engine} {model} is there twice")).into());
            }
            let samples = cell.samples_ns.len();
            if samples as u64 != self.rounds {
                return Err(found(format!("{samples} samples in {} rounds", self.rounds)).into());
            }
        }
        for (index, point) in self.ladder.iter().enumerate() {
            if self.dataset(&point.dataset).is_none() {
                let what = format!("data set {:?} is not listed", point.dataset);
                return Err(ErrorKind::Inconsistent(format!("/ladder/{index}"), what).into());
            }
        }
        Ok(())
    }
}

/// Why results cannot be read or written.
#[derive(Debug)]
pub struct ResultsError {
    kind: ErrorKind,
}

#[derive(Debug)]
enum ErrorKind {
    Io(io::Error),
    Json(serde_json::Error),
    Schema(String),
    Inconsistent(String, String),
}

impl fmt::Display for ResultsError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.kind {
            ErrorKind::Io(_) => formatter.write_str("the file cannot be accessed"),
            ErrorKind::Json(_) => formatter.write_str("these are not results in JSON"),
            ErrorKind::Schema(violations) => {
                write!(formatter, "results do not keep to the schema, {violations}")
            }
            ErrorKind::Inconsistent(pointer, what) => {
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
            ErrorKind::Schema(_) | ErrorKind::Inconsistent(..) => None,
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
