//! The rates: of gates that were run, and of those that were repeated.

use delimark_results::statistics::median;
use delimark_results::{Arms, Known};
use rayon::prelude::*;
use serde::Serialize;

use super::{Pool, ResampledCounts, Scenario, Slowdown, StoredGate, resample};
use crate::gate::time::TimeRules;
use crate::gate::{Layer, Verdict};

/// The gates that are repeated for each row.
const RESAMPLED_GATES: usize = 10_000;

/// The budgets that gates are repeated with, seconds.
const BUDGETS_SECONDS: [f64; 4] = [5.0, 10.0, 20.0, 45.0];

/// All rates.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Rates {
    /// The margin of all gates.
    pub margin: f64,
    /// The cells that each gate judged.
    pub cells: usize,
    /// The pairs of processes that were stored.
    pub pairs: usize,
    /// The gates that were run.
    pub held: Vec<ScenarioRow>,
    /// The pairs that gates are repeated with.
    pub pool: Pool,
    /// The gates that were repeated with their pairs.
    pub resampled: Vec<ResampledRow>,
}

/// The gates that were run in one scenario.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct ScenarioRow {
    /// The conditions.
    pub scenario: Scenario,
    /// The number of gates.
    pub gates: usize,
    /// The measured slowdown, as the median over pairs and cells; nothing where
    /// no time was measured.
    pub measured_size: Option<f64>,
    /// The gates that said regression.
    pub regressions: usize,
    /// The layers of instructions that did.
    pub by_instructions: usize,
    /// The layers of memory that did.
    pub by_memory: usize,
    /// The layers of time that did.
    pub by_time: usize,
    /// The gates that were inconclusive.
    pub inconclusive: usize,
    /// The share of the median one's time in which something waited for a core: other people's
    /// work, too, where there was any.
    pub pressure_share: Known<f64>,
    /// The duration of the median one, seconds.
    pub median_seconds: f64,
    /// The duration of the longest, seconds.
    pub longest_seconds: f64,
}

/// The gates that were repeated, by time alone; those of a quiet and of a busy machine together.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct ResampledRow {
    /// The slowdown of the candidate.
    pub slowdown: Option<Slowdown>,
    /// The measured slowdown.
    pub measured_size: Option<f64>,
    /// The budget of a gate, seconds.
    pub budget_seconds: f64,
    /// Their number.
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
    pub fn of(gates: &[StoredGate], margin: f64) -> Self {
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

fn held(gates: &[StoredGate], scenario: &Scenario) -> ScenarioRow {
    let gates: Vec<&StoredGate> = gates.iter().filter(|gate| gate.scenario == *scenario).collect();
    let count =
        |is_it: &dyn Fn(&StoredGate) -> bool| gates.iter().filter(|gate| is_it(gate)).count();
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

/// Returns the median of what is known, or why nothing is.
fn pressure_share(gates: &[&StoredGate]) -> Known<f64> {
    let shares = gates.iter().filter_map(|gate| gate.pressure_share.value());
    let shares: Vec<f64> = shares.copied().collect();
    match gates.first() {
        Some(gate) if shares.is_empty() => gate.pressure_share.clone(),
        _ => Known::Value(median(&shares)),
    }
}

fn resampled(
    gates: &[StoredGate],
    slowdown: &Option<Slowdown>,
    budget_seconds: f64,
    rules: TimeRules,
    row: u64,
) -> Option<ResampledRow> {
    let gates: Vec<&StoredGate> =
        gates.iter().filter(|gate| gate.scenario.slowdown == *slowdown).collect();
    let counts = resample(&gates, rules, budget_seconds, RESAMPLED_GATES, row)?;
    let ResampledCounts { gates: count, regressions, inconclusive, cells, slower_cells } = counts;
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

/// Returns how much slower candidates came out, by the pairs that every trial looks at.
fn measured_size(gates: &[&StoredGate]) -> Option<f64> {
    let units = gates.iter().flat_map(|gate| gate.whole_units());
    let changes: Vec<f64> =
        units.flat_map(|unit| unit.arms.iter().flatten().map(Arms::change)).collect();
    (!changes.is_empty()).then(|| median(&changes).exp_m1())
}
