//! One run compared with another, or two engines of one run, cell by cell.
//!
//! Engines of one run are compared round by round. Rounds of two runs have nothing to do with each
//! other, so there medians are compared. It judges each cell and passes no sentence on the whole.

mod chapters;
mod data;
mod environment;
mod error;
mod pairs;

use delimark_results::Known;
use delimark_results::statistics::{Estimate, MINIMUM_ROUNDS, Ratio, paired_ratio, unpaired_ratio};
use serde::Serialize;

pub use self::data::OtherData;
pub use self::environment::Difference;
pub use self::error::CompareError;
use self::pairs::Side;
use super::source::aa_spread;
use super::{RunFacts, Selection, Source};

/// The two things that are compared.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Subject {
    /// Each engine of A against the one of the same name in B.
    SameNames,
    /// One engine of A against one of B, whatever they are called.
    Engines {
        /// The one of A.
        a: String,
        /// The one of B.
        b: String,
    },
}

impl Subject {
    /// Tells whether an engine is compared with itself, in whichever run.
    fn is_one_engine(&self) -> bool {
        match self {
            Self::SameNames => true,
            Self::Engines { a, b } => a == b,
        }
    }
}

/// The figure of a cell that is compared.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Unit {
    /// The time of a pass, which only compares on one machine.
    Time,
    /// The time of the machine's own read limit over that of the engine, within rounds.
    ShareOfReadLimit,
}

/// The samples that were compared with each other.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Pairing {
    /// Samples of the same round.
    WithinRounds,
    /// None in particular: the medians of all.
    Medians,
}

/// The differences of B from A.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Changes {
    /// The run that comes first.
    pub a: RunFacts,
    /// The run that is compared with it.
    pub b: RunFacts,
    /// The figure that is compared.
    pub unit: Unit,
    /// The samples that were compared with each other.
    pub pairing: Pairing,
    /// The most that the two runs found an engine apart from itself.
    pub twin_spread: Known<f64>,
    /// The cells that are in both.
    pub changes: Vec<Change>,
    /// The others.
    pub not_compared: Vec<NotCompared>,
    /// In what else the runs differ.
    pub differences: Vec<Difference>,
}

/// A cell that is in both.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Change {
    /// The engine of A.
    pub engine_a: String,
    /// The engine of B.
    pub engine_b: String,
    /// The model's name.
    pub model: String,
    /// The data set's name.
    pub dataset: String,
    /// GB/s in A, or the share of its read limit.
    pub a: Estimate,
    /// The same in B.
    pub b: Estimate,
    /// The speed of B over that of A.
    pub ratio: Ratio,
    /// The meaning of that ratio.
    pub verdict: Verdict,
}

/// The change that the samples of a cell show.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Verdict {
    /// B is faster.
    Faster,
    /// B is slower.
    Slower,
    /// The interval includes 1, or reaches into what the runs cannot tell from nothing.
    NoDifference,
    /// There are too few rounds for an interval.
    TooFewRounds,
}

impl Verdict {
    /// Judges a ratio; no difference within `spread` is one.
    #[must_use]
    pub fn of(ratio: &Ratio, spread: f64) -> Self {
        if ratio.rounds < MINIMUM_ROUNDS {
            Self::TooFewRounds
        } else if !ratio.is_significant_beyond(spread) {
            Self::NoDifference
        } else if ratio.median > 1.0 {
            Self::Faster
        } else {
            Self::Slower
        }
    }
}

/// A cell that cannot be compared.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct NotCompared {
    /// The engine's name.
    pub engine: String,
    /// The model's name.
    pub model: String,
    /// The data set's name.
    pub dataset: String,
    /// The reason.
    pub reason: String,
}

/// Compares run B with run A.
///
/// # Errors
///
/// Fails where times would be compared of runs on different machines, where A and B are one run
/// and no two engines are named, if a named engine is not there, where both have cells and none of
/// them on the same data, and if there is nothing to compare.
pub fn compare(
    a: &Source,
    b: &Source,
    subject: &Subject,
    unit: Unit,
    selection: &Selection,
) -> Result<Changes, CompareError> {
    let is_one_run = a.results == b.results;
    if is_one_run && subject.is_one_engine() {
        return Err(CompareError::SameRun);
    }
    let (a_run, b_run) = (a.facts(), b.facts());
    if unit == Unit::Time && a_run.fingerprint != b_run.fingerprint {
        return Err(CompareError::OtherMachine { a: a_run.machine(), b: b_run.machine() });
    }
    error::check_engines(a, b, subject)?;
    let pairing = if is_one_run { Pairing::WithinRounds } else { Pairing::Medians };
    let twin_spread = aa_spread([a, b]);
    let spread = twin_spread.value().copied().unwrap_or(1.0);
    let mut changes = Vec::new();
    let mut not_compared = Vec::new();
    let mut other_data = Vec::new();
    for names in pairs::names(a, b, subject, unit, selection) {
        match names.sides(a, b, unit) {
            Ok(sides) => changes.push(change(&sides, pairing, spread)),
            Err(gap) => {
                not_compared.push(names.not_compared(gap.to_string()));
                other_data.extend(gap.into_other_data());
            }
        }
    }
    if changes.is_empty() {
        error::check_data(other_data)?;
    }
    if changes.is_empty() && not_compared.is_empty() {
        return Err(CompareError::Nothing);
    }
    let differences = environment::differences(&a.results, &b.results);
    Ok(Changes {
        a: a_run,
        b: b_run,
        unit,
        pairing,
        twin_spread,
        changes,
        not_compared,
        differences,
    })
}

fn change([a, b]: &[Side<'_>; 2], pairing: Pairing, spread: f64) -> Change {
    let ratio = match pairing {
        Pairing::WithinRounds => paired_ratio(&b.cell.samples_ns, &a.cell.samples_ns),
        Pairing::Medians => unpaired_ratio(&b.durations(), &a.durations()),
    };
    let ratio = ratio.expect("samples that can be read are above 0, and rounds of one run match");
    Change {
        engine_a: a.cell.engine.clone(),
        engine_b: b.cell.engine.clone(),
        model: a.cell.model.clone(),
        dataset: a.cell.dataset.clone(),
        a: a.speed(),
        b: b.speed(),
        ratio,
        verdict: Verdict::of(&ratio, spread),
    }
}
