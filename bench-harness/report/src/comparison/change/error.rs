//! The reasons that two runs are not compared, each with what to do about it.

use std::collections::BTreeSet;
use std::error::Error;
use std::fmt;

use super::{OtherData, Subject};
use crate::comparison::Source;

/// The reason that there is no comparison.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum CompareError {
    /// Times of different machines say nothing of each other.
    OtherMachine {
        /// That of A.
        a: String,
        /// That of B.
        b: String,
    },
    /// A and B are one run, and everything is as fast as itself.
    SameRun,
    /// An engine that is named is not in its file.
    NoSuchEngine {
        /// The engine's name.
        engine: String,
        /// The file's name.
        file: String,
        /// The names that are there.
        names: Vec<String>,
    },
    /// All that both have is on data that are not the same.
    OtherData(Vec<OtherData>),
    /// The filters leave nothing.
    Nothing,
}

impl fmt::Display for CompareError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::OtherMachine { a, b } => write!(
                formatter,
                "A and B are from different machines ({a}; {b}), and nanoseconds of one say \
                 nothing of the other; --of-limit compares what share of its own machine's read \
                 limit each engine has"
            ),
            Self::SameRun => formatter.write_str(
                "A and B are the same run, and all engines as fast as themselves; name two to \
                 compare with --engine-a and --engine-b",
            ),
            Self::NoSuchEngine { engine, file, names } => {
                write!(
                    formatter,
                    "{file} has no engine '{engine}' (expected one of: {})",
                    names.join(", ")
                )
            }
            Self::OtherData(data) => {
                formatter
                    .write_str("A and B went over different data, and no time of one says ")?;
                formatter.write_str("anything of the other:")?;
                for OtherData { dataset, a, b } in data {
                    write!(formatter, "\n  {dataset} is {a} in A, and {b} in B")?;
                }
                formatter
                    .write_str("\nrun both on the same --input, or with the same --shape, ")?;
                formatter.write_str("--lines and --seed; --quick generates fewer lines")
            }
            Self::Nothing => {
                formatter.write_str("there is nothing to compare: no cell fits all of the filters")
            }
        }
    }
}

impl Error for CompareError {}

/// Checks that the engines that are named are where they are to be.
pub(super) fn check_engines(a: &Source, b: &Source, subject: &Subject) -> Result<(), CompareError> {
    let Subject::Engines { a: engine_a, b: engine_b } = subject else { return Ok(()) };
    for (source, engine) in [(a, engine_a), (b, engine_b)] {
        let names: BTreeSet<&String> =
            source.results.cells.iter().map(|cell| &cell.engine).collect();
        if !names.contains(engine) {
            return Err(CompareError::NoSuchEngine {
                engine: engine.clone(),
                file: source.name.clone(),
                names: names.into_iter().cloned().collect(),
            });
        }
    }
    Ok(())
}

/// Checks that there is none, where nothing else is left: each is told once.
pub(super) fn check_data(mut data: Vec<OtherData>) -> Result<(), CompareError> {
    data.dedup();
    if data.is_empty() { Ok(()) } else { Err(CompareError::OtherData(data)) }
}
