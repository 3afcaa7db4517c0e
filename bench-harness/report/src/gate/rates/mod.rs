//! The rates at which the gate is wrong: gates that were run where the right verdict is known, and
//! many more that are repeated with the pairs of processes that those stored.

mod page;
mod pool;
mod resample;
mod table;

use std::collections::BTreeMap;
use std::fmt;

use delimark_results::{Arms, Known};
use serde::{Deserialize, Serialize};

pub use self::page::RatesPage;
pub use self::pool::Pool;
pub use self::resample::{ResampledCounts, resample};
pub use self::table::{Rates, ResampledRow, ScenarioRow};
use super::{Layer, Verdict};
use crate::number_format::tick;

/// The conditions of a gate: the candidate's, and the machine's.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Scenario {
    /// The slowdown of the candidate; nothing where it is the baseline once more.
    pub slowdown: Option<Slowdown>,
    /// True where the other cores are kept busy.
    pub busy: bool,
}

/// A slowdown of a candidate.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Slowdown {
    /// By what.
    pub kind: String,
    /// By how much, as a share of its time: what was aimed at.
    pub size: f64,
}

/// A gate that was run and stored.
#[derive(Clone, Debug, PartialEq)]
pub struct StoredGate {
    /// The conditions.
    pub scenario: Scenario,
    /// The verdict.
    pub verdict: Verdict,
    /// The verdict of each layer.
    pub layers: BTreeMap<String, Verdict>,
    /// Its duration, seconds.
    pub seconds: f64,
    /// The share of that in which something waited for a core.
    pub pressure_share: Known<f64>,
    /// The units that its times come from, in order.
    pub units: Vec<StoredUnit>,
}

/// A unit of a stored gate.
#[derive(Clone, Debug, PartialEq)]
pub struct StoredUnit {
    /// Its duration, seconds.
    pub seconds: f64,
    /// The times of each cell that was still open.
    pub arms: Vec<Option<Arms>>,
}

impl fmt::Display for Slowdown {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { kind, size } = self;
        formatter.pad(&format!("{} % of {kind}", tick(size * 100.0)))
    }
}

impl StoredGate {
    /// Returns the verdict of a layer.
    #[must_use]
    pub fn layer(&self, layer: Layer) -> Option<Verdict> {
        self.layers.get(layer.name()).copied()
    }

    /// Returns the units that measured every cell.
    fn whole_units(&self) -> impl Iterator<Item = &StoredUnit> {
        self.units.iter().filter(|unit| unit.is_whole())
    }
}

impl StoredUnit {
    /// Tells whether it measured every cell.
    fn is_whole(&self) -> bool {
        self.arms.iter().all(Option::is_some)
    }
}
