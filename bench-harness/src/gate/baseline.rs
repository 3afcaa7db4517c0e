//! A stored baseline: the counts of a program, to hold later ones against without having it. Times
//! are not stored: they compare only within a run.

use std::error::Error;
use std::fmt;

use serde::{Deserialize, Serialize};

use super::{CellCounts, CellName};

/// The form of the file.
const SCHEMA: &str = "delimark-baseline/1";

/// The counts of a program on one machine, built by one compiler.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct StoredBaseline {
    /// The form of the file.
    schema: String,
    /// What tells the machine apart: another one has other counts.
    pub fingerprint: String,
    /// The compiler, which decides about instructions.
    pub toolchain: String,
    /// What was counted: a revision or a program.
    pub name: String,
    /// The cells.
    pub cells: Vec<StoredCell>,
}

/// The counts of a cell.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct StoredCell {
    /// Which.
    #[serde(flatten)]
    pub name: CellName,
    /// Its counts.
    #[serde(flatten)]
    pub counts: CellCounts,
}

/// Why a stored baseline cannot be used.
#[derive(Debug)]
pub enum BaselineError {
    /// It is none.
    NotOne(serde_json::Error),
    /// It is of another version.
    OtherSchema(String),
    /// It was made on another machine.
    OtherMachine {
        /// That of the file.
        stored: String,
        /// This one.
        here: String,
    },
    /// It was built by another compiler.
    OtherToolchain {
        /// That of the file.
        stored: String,
        /// That of the candidate.
        here: String,
    },
}

impl StoredBaseline {
    /// Makes one of what was counted.
    #[must_use]
    pub fn new(fingerprint: &str, toolchain: &str, name: &str, cells: Vec<StoredCell>) -> Self {
        let [schema, fingerprint, toolchain, name] =
            [SCHEMA, fingerprint, toolchain, name].map(str::to_owned);
        Self { schema, fingerprint, toolchain, name, cells }
    }

    /// Writes it as JSON.
    ///
    /// # Panics
    ///
    /// It does not: names and numbers are JSON.
    #[must_use]
    pub fn json(&self) -> String {
        let mut text = serde_json::to_string_pretty(self).expect("names and numbers are JSON");
        text.push('\n');
        text
    }

    /// Reads it, and sees that it may be compared with what this machine and a compiler make.
    ///
    /// # Errors
    ///
    /// It is none, or of another version, machine or compiler.
    pub fn parse(text: &str, fingerprint: &str, toolchain: &str) -> Result<Self, BaselineError> {
        let stored: Self = serde_json::from_str(text).map_err(BaselineError::NotOne)?;
        if stored.schema != SCHEMA {
            return Err(BaselineError::OtherSchema(stored.schema));
        }
        if stored.fingerprint != fingerprint {
            let here = fingerprint.to_owned();
            return Err(BaselineError::OtherMachine { stored: stored.fingerprint, here });
        }
        if stored.toolchain != toolchain {
            let here = toolchain.to_owned();
            return Err(BaselineError::OtherToolchain { stored: stored.toolchain, here });
        }
        Ok(stored)
    }

    /// The counts of a cell, if it was counted.
    #[must_use]
    pub fn counts(&self, name: &CellName) -> Option<&CellCounts> {
        self.cells.iter().find(|cell| cell.name == *name).map(|cell| &cell.counts)
    }
}

impl fmt::Display for BaselineError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NotOne(_) => formatter.write_str("it is no stored baseline"),
            Self::OtherSchema(schema) => {
                write!(formatter, "it is of the form {schema}, and this program reads {SCHEMA}")
            }
            Self::OtherMachine { stored, here } => write!(
                formatter,
                "it was made on another machine ({stored}, and this is {here}), which counts \
                 otherwise; make one here with --save-baseline"
            ),
            Self::OtherToolchain { stored, here } => write!(
                formatter,
                "it was built by {stored}, and the candidate by {here}; make one of the same \
                 compiler with --save-baseline"
            ),
        }
    }
}

impl Error for BaselineError {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        match self {
            Self::NotOne(error) => Some(error),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::gate::Counted;
    use crate::results::Known;

    fn baseline() -> StoredBaseline {
        let [engine, model, dataset] = ["delimark/x", "index", "short"].map(str::to_owned);
        let counted = Known::Value(Counted { amount: 70.5, source: "callgrind".to_owned() });
        let missing = || Known::Unavailable("nobody counted".to_owned());
        let counts = CellCounts {
            instructions: counted,
            branch_misses: missing(),
            allocations: missing(),
            peak_memory: missing(),
        };
        let cell = StoredCell { name: CellName { engine, model, dataset }, counts };
        StoredBaseline::new("machine", "rustc", "HEAD", vec![cell])
    }

    #[test]
    fn what_was_written_is_read() {
        let read = StoredBaseline::parse(&baseline().json(), "machine", "rustc").unwrap();
        assert_eq!(read, baseline());
        assert!(read.counts(&read.cells[0].name).is_some());
    }

    #[test]
    fn what_was_counted_elsewhere_is_refused() {
        let text = baseline().json();
        for (text, machine, compiler, expected) in [
            (text.clone(), "other", "rustc", "another machine (machine, and this is other)"),
            (text.clone(), "machine", "other", "built by rustc, and the candidate by other"),
            (text.replace("baseline/1", "baseline/2"), "machine", "rustc", "delimark-baseline/2"),
            ("{}".to_owned(), "machine", "rustc", "no stored baseline"),
        ] {
            let error = StoredBaseline::parse(&text, machine, compiler).unwrap_err().to_string();
            assert!(error.contains(expected), "{error}");
        }
    }
}
