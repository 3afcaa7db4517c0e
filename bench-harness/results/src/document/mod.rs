//! The measurements of a run, and their file `results.json`: the contract between the verbs that
//! measure and those that read.
//!
//! Most types here are the same on disk. Where the file is flatter than the program wants it
//! ([`Cell`], [`Known`], a throughput), a private `Wire…` type beside the type is the on-disk one.
//! Fields may be added to the file; those that stand in the schema keep name and meaning.

use std::fmt;

use crate::bounds::{self, NotNegative, Positive};
use jiff::Timestamp;
use serde::{Deserialize, Deserializer, Serialize, de};

mod aa_control;
mod cell;
mod check;
mod compute;
mod conduct;
pub mod counter;
mod dataset;
mod environment;
mod event;
mod file;
mod known;
mod scaling;
mod seal;
mod throughput;
mod working_set;

pub use aa_control::AaControl;
pub use cell::{BurstSample, Bursts, Cell, Measurement};
pub use compute::{ComputePoint, Steps};
pub use conduct::{Conduct, DeclaredEngine};
pub use counter::{Count, Counter, Window};
pub use dataset::{
    ColumnsSource, Dataset, DatasetSource, LineEnding, QuoteEscape, Sha256Check, Traits,
};
pub use environment::{Cache, CacheKind, Clock, Cpu, Environment, MeasuredClock, Timer};
pub use event::Event;
pub use file::ResultsError;
pub use known::Known;
pub use scaling::ScalingPoint;
pub use seal::Seal;
pub use throughput::throughput;
pub use working_set::WorkingSetPoint;

/// Everything one run measured, and where and how.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Results {
    /// The form of the file.
    pub schema: SchemaName,
    /// When the run began.
    #[serde(deserialize_with = "instant")]
    pub created: Timestamp,
    /// The command line, the program's name first.
    pub command: Vec<String>,
    /// The time that the run took.
    #[serde(deserialize_with = "bounds::field::<NotNegative, _, _>")]
    pub duration_seconds: f64,
    /// Decides the order of the engines within each round.
    pub order_seed: u64,
    /// The number of samples of each cell.
    #[serde(deserialize_with = "bounds::field::<Positive, _, _>")]
    pub rounds: u64,
    /// True if the run was cut short for a first look.
    pub quick: bool,
    /// The machine and the build.
    pub environment: Environment,
    /// The data that were scanned.
    pub datasets: Vec<Dataset>,
    /// The measured cells.
    pub cells: Vec<Cell>,
    /// The cells that were left out, with the reasons.
    pub skipped: Vec<Skipped>,
    /// The engines that were declared in files, and their conduct.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub declared: Vec<DeclaredEngine>,
    /// Throughput against working set.
    pub ladder: Vec<WorkingSetPoint>,
    /// Throughput against threads. Absent in files from before it was measured, as the next ones.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub scaling: Vec<ScalingPoint>,
    /// The computing of as many threads.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub compute: Vec<ComputePoint>,
    /// The A/A control: differences that the run cannot tell from nothing.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub twins: Vec<AaControl>,
    /// The hash of all the rest, see [`Seal`].
    #[serde(default, deserialize_with = "bounds::present::<bounds::Sha256, _, _>")]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub seal: Option<String>,
}

impl Results {
    /// Returns the data set of that name.
    #[must_use]
    pub fn dataset(&self, name: &str) -> Option<&Dataset> {
        self.datasets.iter().find(|dataset| dataset.name == name)
    }
}

/// Reads an instant as results have it: of all that RFC 3339 allows, one way, in UTC.
fn instant<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Timestamp, D::Error> {
    let text = String::deserialize(deserializer)?;
    let is_plain =
        text.strip_suffix('Z').and_then(|rest| rest.split_once('T')).is_some_and(|(date, time)| {
            let consists_of = |part: &str, other: &str| {
                part.chars().all(|c| c.is_ascii_digit() || other.contains(c))
            };
            date.len() == 10 && consists_of(date, "-") && consists_of(time, ":.")
        });
    match text.parse() {
        Ok(instant) if is_plain => Ok(instant),
        _ => Err(de::Error::invalid_value(
            de::Unexpected::Str(&text),
            &"an instant in UTC, such as 2026-01-31T12:00:00Z",
        )),
    }
}

/// The form of a results file; there is one so far.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum SchemaName {
    /// The first form.
    #[serde(rename = "delimark-results/1")]
    V1,
}

impl fmt::Display for SchemaName {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::V1 => formatter.write_str("delimark-results/1"),
        }
    }
}

/// A cell that was asked for and not measured.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Skipped {
    /// The engine's name.
    pub engine: String,
    /// The model's name.
    pub model: String,
    /// The data set's name.
    pub dataset: String,
    /// The reason for which there is no measurement.
    pub reason: String,
    /// The kind of reason. Absent in files from before it was kept, see [`Skipped::kind`].
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub kind: Option<SkipKind>,
}

impl Skipped {
    /// The beginning of the reason where an answer was wrong, or a time impossible.
    const DISQUALIFIED: &str = "disqualified: ";

    /// Words the reason of an invalid result.
    #[must_use]
    pub fn disqualified(flaw: &str) -> String {
        format!("{}{flaw}", Self::DISQUALIFIED)
    }

    /// Returns the kind of reason; of files from before it was kept only invalid results are
    /// known, by their wording.
    #[must_use]
    pub fn kind(&self) -> Option<SkipKind> {
        let by_wording = || self.reason.starts_with(Self::DISQUALIFIED);
        self.kind.or_else(|| by_wording().then_some(SkipKind::InvalidResult))
    }
}

/// A kind of reason for a cell that was not measured.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum SkipKind {
    /// The engine, or the runtime that it needs, cannot be had here.
    NotInstalled,
    /// The engine does not do the model, or does not do right by the data.
    Unsupported,
    /// The engine's copy of the data would not fit into memory.
    NoMemory,
    /// An answer was wrong, or a time impossible.
    InvalidResult,
    /// The engine broke down.
    Failed,
}
