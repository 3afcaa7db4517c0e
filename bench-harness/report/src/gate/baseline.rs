//! A stored baseline: the counts of a program, to compare later ones with without having it. Times
//! are not stored: they compare only within a run.

use std::collections::BTreeMap;
use std::error::Error;
use std::fmt;

use serde::{Deserialize, Serialize};

use super::{CellCounts, CellName};

/// The form of the file.
const SCHEMA: &str = "delimark-baseline/2";

/// The counts of a program on one machine, built by one compiler.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct StoredBaseline {
    /// The form of the file.
    schema: String,
    /// The fingerprint of the machine: another one has other counts.
    pub fingerprint: String,
    /// The compiler, which decides about instructions.
    pub toolchain: String,
    /// The revision or the program that was counted.
    pub name: String,
    /// The SHA-256 of each data set, by its name: others have other counts.
    pub datasets: BTreeMap<String, String>,
    /// The cells.
    pub cells: Vec<StoredCell>,
}

/// The counts of a cell.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct StoredCell {
    /// The name.
    #[serde(flatten)]
    pub name: CellName,
    /// Its counts.
    #[serde(flatten)]
    pub counts: CellCounts,
}

/// A reason why a stored baseline cannot be used.
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
    /// It is of other data of that name.
    OtherData(String),
    /// It lacks cells that are to be compared.
    Lacks {
        /// One of them.
        cell: CellName,
        /// Their number.
        count: usize,
    },
}

impl StoredBaseline {
    /// Makes one of what was counted.
    #[must_use]
    pub fn new(
        fingerprint: &str,
        toolchain: &str,
        name: &str,
        datasets: BTreeMap<String, String>,
        cells: Vec<StoredCell>,
    ) -> Self {
        let [schema, fingerprint, toolchain, name] =
            [SCHEMA, fingerprint, toolchain, name].map(str::to_owned);
        Self { schema, fingerprint, toolchain, name, datasets, cells }
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

    /// Reads it, and checks that it may be compared with what this machine and a compiler make.
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

    /// Checks that it has these cells, of these data.
    ///
    /// # Errors
    ///
    /// It is of other data, or lacks a cell: a file that misses some must not make anything pass.
    pub fn covers(
        &self,
        cells: &[CellName],
        datasets: &BTreeMap<String, String>,
    ) -> Result<(), BaselineError> {
        let lacking: Vec<&CellName> =
            cells.iter().filter(|cell| self.counts(cell).is_none()).collect();
        if let Some(&cell) = lacking.first() {
            return Err(BaselineError::Lacks { cell: cell.clone(), count: lacking.len() });
        }
        match datasets.iter().find(|&(name, sha256)| self.datasets.get(name) != Some(sha256)) {
            Some((name, _)) => Err(BaselineError::OtherData(name.clone())),
            None => Ok(()),
        }
    }

    /// Returns the counts of a cell, if it was counted.
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
                 otherwise; make one here with `gate record`"
            ),
            Self::OtherToolchain { stored, here } => write!(
                formatter,
                "it was built by {stored}, and the candidate by {here}; make one of the same \
                 compiler with `gate record`"
            ),
            Self::OtherData(name) => write!(
                formatter,
                "it is of other data: its {name} is not the one here; count the same --lines, \
                 --shape or --input, or make a new one with `gate record`"
            ),
            Self::Lacks { cell: CellName { engine, model, dataset }, count } => write!(
                formatter,
                "it lacks {count} of the cells to compare, such as {model} of {dataset} with \
                 {engine}; choose those it has with --engines, --models and --shape, or make a \
                 new one with `gate record`"
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
    use delimark_results::Known;

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
        let datasets = BTreeMap::from([(dataset.clone(), "cafe".to_owned())]);
        let cell = StoredCell { name: CellName { engine, model, dataset }, counts };
        StoredBaseline::new("machine", "rustc", "HEAD", datasets, vec![cell])
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
            (text.replace("baseline/2", "baseline/1"), "machine", "rustc", "delimark-baseline/1"),
            ("{}".to_owned(), "machine", "rustc", "no stored baseline"),
        ] {
            let error = StoredBaseline::parse(&text, machine, compiler).unwrap_err().to_string();
            assert!(error.contains(expected), "{error}");
        }
    }

    #[test]
    fn other_data_and_missing_cells_are_refused() {
        let stored = baseline();
        let mut cells = vec![stored.cells[0].name.clone()];
        stored.covers(&cells, &stored.datasets).unwrap();
        let other = BTreeMap::from([("short".to_owned(), "beef".to_owned())]);
        let error = stored.covers(&cells, &other).unwrap_err().to_string();
        assert!(error.contains("its short is not the one here"), "{error}");
        cells.push(CellName { model: "count".to_owned(), ..cells[0].clone() });
        let error = stored.covers(&cells, &stored.datasets).unwrap_err().to_string();
        assert!(error.contains("lacks 1 of the cells to compare, such as count"), "{error}");
    }
}
