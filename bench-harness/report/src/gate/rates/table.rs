//! The rates: of gates that were held, and of those that were held again.

use delimark_results::statistics::median;
use delimark_results::{Arms, Known};
use rayon::prelude::*;
use serde::Serialize;

use super::{HeldGate, Pool, Scenario, Slowdown, Tally, resample};
use crate::gate::time::TimeRules;
use crate::gate::{Layer, Verdict};

/// How many gates are held again for each row.
const RESAMPLED_GATES: usize = 10_000;

/// The budgets that gates are held again with, seconds.
const BUDGETS_SECONDS: [f64; 4] = [5.0, 10.0, 20.0, 45.0];

/// All rates.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Rates {
    /// The margin of all gates.
    pub margin: f64,
    /// The cells that each gate judged.
    pub cells: usize,
    /// How many pairs of processes were stored.
    pub pairs: usize,
    /// Gates that were held.
    pub held: Vec<ScenarioRow>,
    /// Which of the pairs gates are held again with.
    pub pool: Pool,
    /// Gates that were held again with their pairs.
    pub resampled: Vec<ResampledRow>,
}

/// Gates that were held in one scenario.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct ScenarioRow {
    /// What was done.
    pub scenario: Scenario,
    /// How many gates there were.
    pub gates: usize,
    /// How much slower the candidate came out, as the median over pairs and cells; nothing where
    /// no time was measured.
    pub measured_size: Option<f64>,
    /// How many said regression.
    pub regressions: usize,
    /// How many layers of instructions did.
    pub by_instructions: usize,
    /// How many layers of memory did.
    pub by_memory: usize,
    /// How many layers of time did.
    pub by_time: usize,
    /// How many were inconclusive.
    pub inconclusive: usize,
    /// The share of the median one's time in which something waited for a core: other people's
    /// work, too, where there was any.
    pub pressure_share: Known<f64>,
    /// How long the median one took, seconds.
    pub median_seconds: f64,
    /// How long the longest took, seconds.
    pub longest_seconds: f64,
}

/// Gates that were held again, by time alone; those of a quiet and of a busy machine together.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct ResampledRow {
    /// How the candidate was slowed.
    pub slowdown: Option<Slowdown>,
    /// How much slower it came out.
    pub measured_size: Option<f64>,
    /// How long a gate had, seconds.
    pub budget_seconds: f64,
    /// How many there were.
    pub gates: usize,
    /// The share that said regression.
    pub regressions: f64,
    /// The share that was inconclusive.
    pub inconclusive: f64,
    /// The share of cells that were found to be slower.
    pub slower_cells: f64,
}

impl Rates {
    /// Works the rates out.
    #[must_use]
    pub fn of(gates: &[HeldGate], margin: f64) -> Self {
        let rules = TimeRules { margin, error: TimeRules::ERROR };
        let mut scenarios: Vec<&Scenario> = Vec::new();
        let mut slowdowns: Vec<&Option<Slowdown>> = Vec::new();
        for gate in gates {
            if !scenarios.contains(&&gate.scenario) {
                scenarios.push(&gate.scenario);
            }
            if !slowdowns.contains(&&gate.scenario.slowdown) {
                slowdowns.push(&gate.scenario.slowdown);
            }
        }
        let held = scenarios.into_iter().map(|scenario| held(gates, scenario)).collect();
        let rows: Vec<_> = slowdowns
            .into_iter()
            .flat_map(|slowdown| BUDGETS_SECONDS.map(|budget| (slowdown, budget)))
            .collect();
        let resampled = rows.into_par_iter().enumerate().filter_map(|(row, (slowdown, budget))| {
            resampled(gates, slowdown, budget, rules, row as u64)
        });
        let units = gates.iter().flat_map(|gate| &gate.units);
        Self {
            margin,
            cells: units.clone().map(|unit| unit.arms.len()).max().unwrap_or_default(),
            pairs: units.map(|unit| unit.arms.iter().flatten().count()).sum(),
            held,
            pool: Pool::of(gates, margin),
            resampled: resampled.collect(),
        }
    }
}

fn held(gates: &[HeldGate], scenario: &Scenario) -> ScenarioRow {
    let gates: Vec<&HeldGate> = gates.iter().filter(|gate| gate.scenario == *scenario).collect();
    let count = |is_it: &dyn Fn(&HeldGate) -> bool| gates.iter().filter(|gate| is_it(gate)).count();
    let by = |layer| count(&|gate| gate.layer(layer) == Some(Verdict::Regression));
    let seconds: Vec<f64> = gates.iter().map(|gate| gate.seconds).collect();
    ScenarioRow {
        scenario: scenario.clone(),
        gates: gates.len(),
        measured_size: measured_size(&gates),
        regressions: count(&|gate| gate.verdict == Verdict::Regression),
        by_instructions: by(Layer::Instructions),
        by_memory: by(Layer::Memory),
        by_time: by(Layer::Time),
        inconclusive: count(&|gate| gate.verdict == Verdict::Inconclusive),
        pressure_share: pressure_share(&gates),
        median_seconds: median(&seconds),
        longest_seconds: seconds.iter().copied().fold(0.0, f64::max),
    }
}

/// The median of what is known, or why nothing is.
fn pressure_share(gates: &[&HeldGate]) -> Known<f64> {
    let shares = gates.iter().filter_map(|gate| gate.pressure_share.value());
    let shares: Vec<f64> = shares.copied().collect();
    match gates.first() {
        Some(gate) if shares.is_empty() => gate.pressure_share.clone(),
        _ => Known::Value(median(&shares)),
    }
}

fn resampled(
    gates: &[HeldGate],
    slowdown: &Option<Slowdown>,
    budget_seconds: f64,
    rules: TimeRules,
    row: u64,
) -> Option<ResampledRow> {
    let gates: Vec<&HeldGate> =
        gates.iter().filter(|gate| gate.scenario.slowdown == *slowdown).collect();
    let tally = resample(&gates, rules, budget_seconds, RESAMPLED_GATES, row)?;
    let Tally { gates: count, regressions, inconclusive, cells, slower_cells } = tally;
    let share = |part: usize, whole: usize| part as f64 / whole as f64;
    Some(ResampledRow {
        slowdown: slowdown.clone(),
        measured_size: measured_size(&gates),
        budget_seconds,
        gates: count,
        regressions: share(regressions, count),
        inconclusive: share(inconclusive, count),
        slower_cells: share(slower_cells, cells),
    })
}

/// How much slower candidates came out, by the pairs that every trial looks at.
fn measured_size(gates: &[&HeldGate]) -> Option<f64> {
    let units = gates.iter().flat_map(|gate| gate.whole_units());
    let changes: Vec<f64> =
        units.flat_map(|unit| unit.arms.iter().flatten().map(Arms::change)).collect();
    (!changes.is_empty()).then(|| median(&changes).exp_m1())
}
