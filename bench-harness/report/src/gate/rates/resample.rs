//! Gates that are repeated with pairs of processes that were measured once.

use delimark_datasets::Random;
use delimark_results::Arms;

use super::{StoredGate, StoredUnit};
use crate::gate::time::{TimeFinding, TimeRules, Trial};

/// The units that are taken in a row: what disturbs a machine lasts, and pairs that were disturbed
/// together are drawn together.
const BLOCK_UNITS: usize = 4;

/// The outcomes of many gates.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ResampledCounts {
    /// Their number.
    pub gates: usize,
    /// The gates that said that something is slower.
    pub regressions: usize,
    /// The gates that could not tell, and found nothing slower.
    pub inconclusive: usize,
    /// The cells of all gates.
    pub cells: usize,
    /// The cells that were found to be slower.
    pub slower_cells: usize,
}

/// Runs this number of gates with the pairs of these, each within a budget; nothing where no unit
/// is whole.
#[must_use]
pub fn resample(
    stored: &[&StoredGate],
    rules: TimeRules,
    budget_seconds: f64,
    gates: usize,
    seed: u64,
) -> Option<ResampledCounts> {
    let runs: Vec<Vec<&StoredUnit>> = stored
        .iter()
        .map(|gate| gate.whole_units().collect())
        .filter(|run: &Vec<_>| !run.is_empty())
        .collect();
    let cells = runs.first()?.first()?.arms.len();
    let mut random = Random::new(seed);
    let mut counts = ResampledCounts::default();
    for _gate in 0..gates {
        let trial = run_one(&runs, Trial::new(rules, cells), budget_seconds, &mut random);
        counts.count(&trial);
    }
    Some(counts)
}

/// Gives a trial units until it is over, or the time that they took.
fn run_one(
    runs: &[Vec<&StoredUnit>],
    mut trial: Trial,
    budget_seconds: f64,
    random: &mut Random,
) -> Trial {
    let mut spent_seconds = 0.0;
    let mut block: &[&StoredUnit] = &[];
    loop {
        let wanted = trial.wants();
        if wanted.is_empty() {
            return trial;
        }
        if spent_seconds >= budget_seconds * trial.stage().budget_share() {
            trial.end_stage();
            continue;
        }
        if block.is_empty() {
            block = draw(runs, random);
        }
        let Some((unit, rest)) = block.split_first() else { return trial };
        block = rest;
        // Cells that are clear are not measured any more, which takes less time.
        spent_seconds += unit.seconds * wanted.len() as f64 / unit.arms.len() as f64;
        let arms: Vec<(usize, Arms)> = wanted
            .into_iter()
            .filter_map(|cell| unit.arms[cell].map(|arms| (cell, arms)))
            .collect();
        trial.add(&arms);
    }
}

/// Draws some units in a row from one of the gates.
fn draw<'a, 'u>(runs: &'a [Vec<&'u StoredUnit>], random: &mut Random) -> &'a [&'u StoredUnit] {
    let run = &runs[random.below(runs.len() as u64) as usize];
    let starts = run.len().saturating_sub(BLOCK_UNITS) + 1;
    let start = random.below(starts as u64) as usize;
    &run[start..run.len().min(start + BLOCK_UNITS)]
}

impl ResampledCounts {
    fn count(&mut self, trial: &Trial) {
        let findings: Vec<TimeFinding> = trial.findings().collect();
        let slower = findings.iter().filter(|finding| **finding == TimeFinding::Regression).count();
        let is_unclear =
            |finding: &TimeFinding| matches!(finding, TimeFinding::Inconclusive { .. });
        self.gates += 1;
        self.cells += findings.len();
        self.slower_cells += slower;
        if slower > 0 {
            self.regressions += 1;
        } else if findings.iter().any(is_unclear) {
            self.inconclusive += 1;
        }
    }
}
