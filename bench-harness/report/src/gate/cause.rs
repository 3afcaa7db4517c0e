//! The causes of a cell's taking more time, as far as its counts say.

use delimark_results::Known;
use serde::Serialize;

use super::{CountChange, Finding};
use crate::number_format::number;

/// The additional branch misses a record that are worth a word: at some 15 cycles each, a percent
/// or so of the 50 ns that the fastest backend takes for a record.
const BRANCH_MISSES: f64 = 0.05;

/// The share of additional instructions that is worth a word.
const INSTRUCTIONS: f64 = 0.005;

/// A reason for a cell's being slower.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case", tag = "kind", content = "sentence")]
pub enum Cause {
    /// It allocates more.
    Allocations(String),
    /// It predicts branches worse.
    BranchMisses(String),
    /// It executes more.
    Instructions(String),
    /// All counts are the same.
    TimeAlone(String),
    /// Nobody counted.
    Unknown(String),
}

impl Cause {
    /// Finds the causes of a cell's being slower in its counts, the most telling first.
    #[must_use]
    pub fn of(
        allocations: &Known<CountChange>,
        branch_misses: &Known<CountChange>,
        instructions: &Known<CountChange>,
    ) -> Vec<Self> {
        let [allocations, misses] = [allocations, branch_misses].map(Known::value);
        let mut causes = Vec::new();
        if let Some(change) = allocations
            && change.finding == Finding::Regression
        {
            causes.push(Self::Allocations(sentence("allocations", change)));
        }
        if let Some(change) = misses
            && change.candidate - change.baseline > BRANCH_MISSES
        {
            causes.push(Self::BranchMisses(sentence("branch misses", change)));
        }
        if let Some(change) = instructions.value()
            && change.change.is_some_and(|change| change > INSTRUCTIONS)
        {
            causes.push(Self::Instructions(sentence("instructions", change)));
        }
        if causes.is_empty() {
            causes.push(match instructions {
                Known::Value(_) => Self::TimeAlone(
                    "time without instructions: it executes as much as before, and waits more, or \
                     lies in memory differently"
                        .to_owned(),
                ),
                Known::Unavailable(reason) => {
                    Self::Unknown(format!("unknown: its instructions were not counted: {reason}"))
                }
            });
        }
        causes
    }

    /// Returns the name.
    #[must_use]
    pub const fn name(&self) -> &'static str {
        match self {
            Self::Allocations(_) => "allocations",
            Self::BranchMisses(_) => "branch misses",
            Self::Instructions(_) => "instructions",
            Self::TimeAlone(_) => "time without instructions",
            Self::Unknown(_) => "unknown",
        }
    }

    /// Returns its sentence.
    #[must_use]
    pub fn sentence(&self) -> &str {
        match self {
            Self::Allocations(sentence)
            | Self::BranchMisses(sentence)
            | Self::Instructions(sentence)
            | Self::TimeAlone(sentence)
            | Self::Unknown(sentence) => sentence,
        }
    }
}

fn sentence(what: &str, change: &CountChange) -> String {
    let (before, after) = (number(change.baseline), number(change.candidate));
    format!("more {what}: {before} a record before, {after} now")
}
