//! All that a gate found, as it is shown and written down.

use delimark_results::Known;
use serde::{Deserialize, Serialize};

use super::time::{Doubt, TimeFinding, TimeJudgment};
use super::{Cause, CellCounts, CountChange, Finding, Layer, Limit, Verdict};

/// All that a gate found.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Report {
    /// The outcome.
    pub verdict: Verdict,
    /// The baseline.
    pub baseline: Side,
    /// The candidate.
    pub candidate: Side,
    /// True where the two are one program, byte for byte, so that nothing had to be compared.
    pub same_program: bool,
    /// The fingerprint of the machine.
    pub fingerprint: String,
    /// The rules that were judged by.
    pub rules: Rules,
    /// The layers, in order.
    pub layers: Vec<LayerReport>,
    /// The candidate's answers.
    pub answers: Answers,
    /// The cells that are on both sides.
    pub cells: Vec<CellReport>,
    /// The others.
    pub not_compared: Vec<NotCompared>,
    /// The duration of it all.
    pub seconds: f64,
}

/// A side of the comparison.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Side {
    /// The name that was given: a revision, a program, a file.
    pub name: String,
    /// The commit, where it is one.
    pub commit: Option<String>,
    /// The compiler, where this program had it built.
    pub toolchain: Option<String>,
    /// The SHA-256 of the program, where there is one.
    pub sha256: Option<String>,
}

/// The rules that were judged by; shares are of the baseline's.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Rules {
    /// The most that a candidate may take longer.
    pub margin: f64,
    /// The most that it may execute in additional instructions.
    pub instructions_limit: f64,
    /// The time for sampling.
    pub budget_seconds: f64,
}

/// The outcome of a layer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct LayerReport {
    /// The name.
    pub layer: Layer,
    /// True where it was asked for.
    pub is_on: bool,
    /// The verdict; nothing where it is off.
    pub verdict: Option<Verdict>,
    /// In a sentence.
    pub sentence: String,
}

/// The candidate's answers.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Answers {
    /// The answers that were compared with the reference's.
    pub checked: u64,
    /// The answers that were wrong, or were none.
    pub wrong: Vec<WrongAnswer>,
}

/// An answer that is wrong, or none.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct WrongAnswer {
    /// Who gave it.
    pub engine: String,
    /// To what: a case of the conformance suite, or a model on a data set.
    pub question: String,
    /// The problem.
    pub problem: String,
}

/// A cell's name.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct CellName {
    /// The engine's name, such as `delimark/avx2`.
    pub engine: String,
    /// The model's name.
    pub model: String,
    /// The data set's name.
    pub dataset: String,
}

/// The findings about a cell: a judgment a layer, or why there is none.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct CellReport {
    /// The name.
    #[serde(flatten)]
    pub name: CellName,
    /// The outcome.
    pub verdict: Verdict,
    /// True where something is better by more than the limit.
    pub improved: bool,
    /// The layers in which the baseline was counted and the candidate could not be.
    pub uncounted: Vec<Layer>,
    /// The causes of its being slower, where it is.
    pub causes: Vec<Cause>,
    /// Times.
    pub time: Known<TimeJudgment>,
    /// Instructions a record.
    pub instructions: Known<CountChange>,
    /// Branch misses a record, as they are simulated; for the cause only.
    pub branch_misses: Known<CountChange>,
    /// Allocations a record.
    pub allocations: Known<CountChange>,
    /// The most memory in use at once, bytes, the data aside.
    pub peak_memory: Known<CountChange>,
}

/// A cell that could not be compared.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct NotCompared {
    /// The name.
    #[serde(flatten)]
    pub name: CellName,
    /// The reason.
    pub reason: String,
}

impl Report {
    /// Tells whether all there is says slower in some cell that could not be decided.
    #[must_use]
    pub fn seems_slower(&self) -> bool {
        let doubt = TimeFinding::Inconclusive { doubt: Doubt::SlowerSoFar };
        let seems_slower =
            |cell: &CellReport| cell.time.value().is_some_and(|judgment| judgment.finding == doubt);
        self.cells.iter().any(seems_slower)
    }
}

impl CellReport {
    /// Compares the two sides of a cell, passes the verdict on it, and looks for
    /// causes.
    #[must_use]
    pub fn of(
        name: CellName,
        [baseline, candidate]: [&CellCounts; 2],
        rules: &Rules,
        time: Known<TimeJudgment>,
    ) -> Self {
        let change = |of: fn(&CellCounts) -> &Known<super::Counted>, limit| {
            CountChange::of_known(of(baseline), of(candidate), limit)
        };
        let instructions = Limit::of_instructions(rules.instructions_limit);
        Self {
            name,
            verdict: Verdict::Inconclusive,
            improved: false,
            uncounted: Vec::new(),
            causes: Vec::new(),
            time,
            instructions: change(|counts| &counts.instructions, instructions),
            branch_misses: change(|counts| &counts.branch_misses, Limit::BRANCH_MISSES),
            allocations: change(|counts| &counts.allocations, Limit::ALLOCATIONS),
            peak_memory: change(|counts| &counts.peak_memory, Limit::PEAK_MEMORY),
        }
        .with_uncounted(baseline)
        .with_verdict()
    }

    /// Notes where the candidate lacks what there is of the baseline: it may do any amount there.
    fn with_uncounted(mut self, baseline: &CellCounts) -> Self {
        let counts = [
            (Layer::Instructions, &baseline.instructions, &self.instructions),
            (Layer::Memory, &baseline.allocations, &self.allocations),
        ];
        let is_missing = |before: &Known<_>, change: &Known<_>| {
            before.value().is_some() && change.value().is_none()
        };
        let missing = counts.into_iter().filter(|(_, before, change)| is_missing(before, change));
        self.uncounted = missing.map(|(layer, ..)| layer).collect();
        self
    }

    fn with_verdict(mut self) -> Self {
        let counts = [&self.instructions, &self.allocations, &self.peak_memory];
        let findings: Vec<Finding> = counts
            .iter()
            .filter_map(|change| change.value())
            .map(|change| change.finding)
            .collect();
        let time = self.time.value().map(|judgment| &judgment.finding);
        let is_worse = findings.contains(&Finding::Regression);
        self.verdict = match time {
            Some(TimeFinding::Regression) => Verdict::Regression,
            _ if is_worse => Verdict::Regression,
            Some(TimeFinding::Inconclusive { .. }) => Verdict::Inconclusive,
            _ if !self.uncounted.is_empty() => Verdict::Inconclusive,
            _ => Verdict::Pass,
        };
        self.improved = time == Some(&TimeFinding::Improvement)
            || (!is_worse && findings.contains(&Finding::Improvement));
        if time == Some(&TimeFinding::Regression) {
            self.causes = Cause::of(&self.allocations, &self.branch_misses, &self.instructions);
        }
        self
    }

    /// Returns the verdict of a layer on the cell; nothing where it has nothing to say.
    #[must_use]
    pub fn finding(&self, layer: Layer) -> Option<Verdict> {
        let counts = |changes: &[&Known<CountChange>]| {
            let found = changes.iter().filter_map(|change| change.value());
            found
                .map(|change| match change.finding {
                    Finding::Regression => Verdict::Regression,
                    Finding::Improvement | Finding::Same => Verdict::Pass,
                })
                .max()
        };
        let found = match layer {
            Layer::Answers => None,
            Layer::Instructions => counts(&[&self.instructions]),
            Layer::Memory => counts(&[&self.allocations, &self.peak_memory]),
            Layer::Time => self.time.value().map(|judgment| match judgment.finding {
                TimeFinding::Regression => Verdict::Regression,
                TimeFinding::Inconclusive { .. } => Verdict::Inconclusive,
                TimeFinding::Improvement | TimeFinding::Same => Verdict::Pass,
            }),
        };
        found.max(self.uncounted.contains(&layer).then_some(Verdict::Inconclusive))
    }

    /// Returns the reason why a layer has nothing to say of the cell.
    #[must_use]
    pub fn missing(&self, layer: Layer) -> Option<&str> {
        match layer {
            Layer::Answers => None,
            Layer::Instructions => unavailable(&self.instructions),
            Layer::Memory => unavailable(&self.allocations),
            Layer::Time => unavailable(&self.time),
        }
    }
}

fn unavailable<T>(known: &Known<T>) -> Option<&str> {
    match known {
        Known::Value(_) => None,
        Known::Unavailable(reason) => Some(reason),
    }
}
