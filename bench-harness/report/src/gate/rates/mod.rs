//! How often the gate is wrong: gates that were held where the right verdict is known, and many
//! more that are held again with the pairs of processes that those stored.

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
pub use self::resample::{Tally, resample};
pub use self::table::{Rates, ResampledRow, ScenarioRow};
use super::{Layer, Verdict};
use crate::number_format::tick;

/// What is done to a candidate, and to the machine.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Scenario {
    /// How the candidate is slowed; nothing where it is the baseline once more.
    pub slowdown: Option<Slowdown>,
    /// Whether the other cores are kept busy.
    pub busy: bool,
}

/// How a candidate is slowed.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Slowdown {
    /// By what.
    pub kind: String,
    /// By how much, as a share of its time: what was aimed at.
    pub size: f64,
}

/// A gate that was held.
#[derive(Clone, Debug, PartialEq)]
pub struct HeldGate {
    /// What was done.
    pub scenario: Scenario,
    /// What it said.
    pub verdict: Verdict,
    /// What each layer said.
    pub layers: BTreeMap<String, Verdict>,
    /// How long it took, seconds.
    pub seconds: f64,
    /// The share of that in which something waited for a core.
    pub pressure_share: Known<f64>,
    /// The units that its times come from, in order.
    pub units: Vec<HeldUnit>,
}

/// A unit of a gate that was held.
#[derive(Clone, Debug, PartialEq)]
pub struct HeldUnit {
    /// How long it took, seconds.
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

impl HeldGate {
    /// What a layer said.
    #[must_use]
    pub fn layer(&self, layer: Layer) -> Option<Verdict> {
        self.layers.get(layer.name()).copied()
    }

    /// Those units that measured every cell.
    fn whole_units(&self) -> impl Iterator<Item = &HeldUnit> {
        self.units.iter().filter(|unit| unit.is_whole())
    }
}

impl HeldUnit {
    /// Tells whether it measured every cell.
    fn is_whole(&self) -> bool {
        self.arms.iter().all(Option::is_some)
    }
}
