//! All that a gate found, as it is shown and written down.

use delimark_results::Known;
use serde::{Deserialize, Serialize};

use super::time::{Doubt, TimeFinding, TimeJudgment};
use super::{Cause, CellCounts, CountChange, Counted, Finding, Layer, Limit, Verdict};

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

/// A count by which a layer decides.
struct DecidingCount {
    layer: Layer,
    of: fn(&CellCounts) -> &Known<Counted>,
    change: fn(&CellReport) -> &Known<CountChange>,
}

/// Every count that decides.
const DECIDING: [DecidingCount; 3] = [
    DecidingCount {
        layer: Layer::Instructions,
        of: |counts| &counts.instructions,
        change: |cell| &cell.instructions,
    },
    DecidingCount {
        layer: Layer::Memory,
        of: |counts| &counts.allocations,
        change: |cell| &cell.allocations,
    },
    DecidingCount {
        layer: Layer::Memory,
        of: |counts| &counts.peak_memory,
        change: |cell| &cell.peak_memory,
    },
];

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
        let change = |of: fn(&CellCounts) -> &Known<Counted>, limit| {
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
        let is_missing = |count: &&DecidingCount| {
            (count.of)(baseline).value().is_some() && (count.change)(&self).value().is_none()
        };
        let mut uncounted: Vec<Layer> =
            DECIDING.iter().filter(is_missing).map(|count| count.layer).collect();
        uncounted.dedup();
        self.uncounted = uncounted;
        self
    }

    fn with_verdict(mut self) -> Self {
        let changes = DECIDING.iter().filter_map(|count| (count.change)(&self).value());
        let findings: Vec<Finding> = changes.map(|change| change.finding).collect();
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
        let found = if layer == Layer::Time {
            self.time.value().map(|judgment| match judgment.finding {
                TimeFinding::Regression => Verdict::Regression,
                TimeFinding::Inconclusive { .. } => Verdict::Inconclusive,
                TimeFinding::Improvement | TimeFinding::Same => Verdict::Pass,
            })
        } else {
            let found = self.changes(layer).filter_map(Known::value);
            let verdicts = found.map(|change| match change.finding {
                Finding::Regression => Verdict::Regression,
                Finding::Improvement | Finding::Same => Verdict::Pass,
            });
            verdicts.max()
        };
        found.max(self.uncounted.contains(&layer).then_some(Verdict::Inconclusive))
    }

    /// Returns the reason why a layer has nothing to say of the cell.
    #[must_use]
    pub fn missing(&self, layer: Layer) -> Option<&str> {
        match layer {
            Layer::Time => unavailable(&self.time),
            _ => self.changes(layer).find_map(unavailable),
        }
    }

    /// Returns the comparisons of counts by which a layer decides.
    fn changes(&self, layer: Layer) -> impl Iterator<Item = &Known<CountChange>> {
        let counts = DECIDING.iter().filter(move |count| count.layer == layer);
        counts.map(|count| (count.change)(self))
    }
}

fn unavailable<T>(known: &Known<T>) -> Option<&str> {
    match known {
        Known::Value(_) => None,
        Known::Unavailable(reason) => Some(reason),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const RULES: Rules = Rules { margin: 0.05, instructions_limit: 0.01, budget_seconds: 1.0 };

    fn all_counted() -> CellCounts {
        let counted = || Known::Value(Counted { amount: 9.0, source: "x".to_owned() });
        CellCounts {
            instructions: counted(),
            branch_misses: counted(),
            allocations: counted(),
            peak_memory: counted(),
        }
    }

    fn judge(candidate: &CellCounts) -> CellReport {
        let [engine, model, dataset] = ["delimark/x", "index", "short"].map(str::to_owned);
        let time = Known::Unavailable("not asked for".to_owned());
        let sides = [&all_counted(), candidate];
        CellReport::of(CellName { engine, model, dataset }, sides, &RULES, time)
    }

    #[test]
    fn a_count_that_the_candidate_lacks_does_not_pass() {
        assert_eq!(judge(&all_counted()).verdict, Verdict::Pass);
        let lacking = |lack: fn(&mut CellCounts) -> &mut Known<Counted>| {
            let mut candidate = all_counted();
            *lack(&mut candidate) = Known::Unavailable("nobody counted".to_owned());
            judge(&candidate)
        };
        for (layer, cell) in [
            (Layer::Instructions, lacking(|counts| &mut counts.instructions)),
            (Layer::Memory, lacking(|counts| &mut counts.allocations)),
            (Layer::Memory, lacking(|counts| &mut counts.peak_memory)),
        ] {
            assert_eq!((cell.verdict, &cell.uncounted[..]), (Verdict::Inconclusive, &[layer][..]));
            assert_eq!(cell.finding(layer), Some(Verdict::Inconclusive));
            assert_eq!(cell.missing(layer), Some("nobody counted"));
        }
        let lacks_both = CellCounts::none("nobody counted");
        assert_eq!(judge(&lacks_both).uncounted, [Layer::Instructions, Layer::Memory]);
    }

    #[test]
    fn every_count_decides_but_branch_misses() {
        let count_names = |value: &CellCounts| {
            let value = serde_json::to_value(value).unwrap();
            value.as_object().unwrap().keys().cloned().collect::<Vec<String>>()
        };
        let decides = |name: &String| {
            let mut counts = serde_json::to_value(CellCounts::none("")).unwrap();
            let counted = Known::Value(Counted { amount: 9.0, source: "x".to_owned() });
            counts[name] = serde_json::to_value(counted).unwrap();
            let counts: CellCounts = serde_json::from_value(counts).unwrap();
            DECIDING.iter().any(|count| (count.of)(&counts).value().is_some())
        };
        let mut idle = count_names(&all_counted());
        idle.retain(|name| !decides(name));
        assert_eq!(idle, ["branch_misses"]);
    }

    #[test]
    fn what_is_not_asked_for_is_not_kept() {
        let kept = all_counted().of_layers(&[Layer::Memory]);
        assert!(kept.instructions.value().is_none() && kept.branch_misses.value().is_none());
        assert!(kept.allocations.value().is_some() && kept.peak_memory.value().is_some());
        let nothing = all_counted().of_layers(&[]);
        assert!(DECIDING.iter().all(|count| (count.of)(&nothing).value().is_none()));
    }
}
