//! The lines of the file with the pairs, as they are on disk.

use std::collections::BTreeMap;

use delimark_harness::environment;
use delimark_report::gate::Verdict;
use delimark_report::gate::rates::{Scenario, Slowdown, StoredUnit};
use delimark_results::{Arms, Known};
use serde::{Deserialize, Serialize};

use crate::command::gate::options::Settings;
use crate::command::gate::sides::Sides;
use crate::command::gate::timing::MeasuredUnit;

/// The form of the file.
const SCHEMA: &str = "delimark-gate-pairs/1";

/// A line. They come in this order, those of the units after their gate.
#[derive(Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", tag = "line")]
pub(super) enum Line {
    Header(Header),
    Calibration(Calibration),
    Gate(Gate),
    Unit(Unit),
}

/// The facts that all gates of the file share.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(super) struct Header {
    schema: String,
    pub(super) machine: String,
    fingerprint: String,
    pub(super) toolchain: String,
    /// That of the program on both sides.
    sha256: Option<String>,
    pub(super) margin: f64,
    budget_seconds: f64,
    pub(super) cells: Vec<String>,
}

/// The environment that slows the program by this much.
#[derive(Serialize, Deserialize)]
pub(super) struct Calibration {
    pub(super) slowdown: Slowdown,
    pub(super) environment: BTreeMap<String, String>,
}

/// A gate that was run and stored.
#[derive(Serialize, Deserialize)]
pub(super) struct Gate {
    pub(super) scenario: Scenario,
    pub(super) verdict: Verdict,
    pub(super) layers: BTreeMap<String, Verdict>,
    pub(super) seconds: f64,
    /// The share of that in which something waited for a core.
    pub(super) pressure_share: Known<f64>,
    /// The number of lines of units that follow.
    pub(super) units: usize,
}

/// Pairs of processes: for each cell the times of baseline, candidate and control, nanoseconds;
/// nothing where the cell was clear already.
#[derive(Serialize, Deserialize)]
pub(super) struct Unit {
    stage: String,
    seconds: f64,
    arms: Vec<Option<[f64; 3]>>,
}

impl Header {
    pub(super) fn of(sides: &Sides<'_>, settings: &Settings) -> Self {
        let name = |cell| {
            let name = sides.name(cell);
            format!("{} {} {}", name.engine, name.model, name.dataset)
        };
        let cpu = environment::cpu();
        let model = cpu.model.value().map_or("an unknown processor", String::as_str);
        Self {
            schema: SCHEMA.to_owned(),
            machine: format!("{model}, {} cores", cpu.logical_cores),
            fingerprint: sides.fingerprint.clone(),
            toolchain: sides.candidate.toolchain().to_owned(),
            sha256: sides.candidate.about.sha256.clone(),
            margin: settings.rules.margin,
            budget_seconds: settings.rules.budget_seconds,
            cells: sides.cells.iter().map(name).collect(),
        }
    }
}

impl Unit {
    pub(super) fn of(measured: &MeasuredUnit, cells: usize) -> Self {
        let mut arms = vec![None; cells];
        for &(cell, Arms { baseline_ns, candidate_ns, control_ns }) in &measured.arms {
            arms[cell] = Some([baseline_ns, candidate_ns, control_ns]);
        }
        Self { stage: measured.stage.to_string(), seconds: measured.duration.as_secs_f64(), arms }
    }

    pub(super) fn stored(&self) -> StoredUnit {
        let arms = |&[baseline_ns, candidate_ns, control_ns]: &[f64; 3]| Arms {
            baseline_ns,
            candidate_ns,
            control_ns,
        };
        StoredUnit {
            seconds: self.seconds,
            arms: self.arms.iter().map(|cell| cell.as_ref().map(arms)).collect(),
        }
    }
}
