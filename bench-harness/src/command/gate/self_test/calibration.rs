//! Finding out how much has to be added to a runner to slow it by a share: by trying.

use anyhow::{Result, anyhow, ensure};
use delimark_harness::measure::pairs::{
    Effort, PairCell, Pairing, PairingWorkloads, Role, RunnerProgram, measure_unit,
};
use delimark_report::number_format::tick;
use delimark_results::statistics::median;

use super::Kind;
use crate::command::gate::Progress;
use crate::command::gate::sides::Sides;

/// The number of tries, each corrected by what came of the one before.
const TRIES: usize = 4;

/// The units that a try is measured in.
const UNITS: usize = 6;

/// The amount that a first try adds to a burst.
const FIRST_UNITS: f64 = 16.0;

/// The factor that the next try may add more or less: one that was disturbed must not lead far
/// astray.
const CORRECTION_MOST: f64 = 8.0;

/// Slows the candidate in this way, by the same share in each cell.
pub(in crate::command::gate) fn slowed(
    sides: &Sides<'_>,
    kind: Kind,
    size: f64,
    progress: &mut Progress,
) -> Result<RunnerProgram> {
    progress.begin_work(&format!("slowing it by {} %, {}", tick(size * 100.0), kind.name()));
    let plain = &sides.candidate.runner;
    let look = sides.survey(&sides.candidate, Role::Candidate, progress);
    let efforts: Result<Vec<Effort>, _> =
        look.into_iter().map(|look| look.map(|look| Effort::of(look.pass))).collect();
    let efforts = efforts.map_err(|failed| anyhow!("{}", failed.problem))?;
    let mut units = vec![FIRST_UNITS; sides.cells.len()];
    let mut is_slower = false;
    for _try in 0..TRIES {
        let environment = kind.environment(&sides.cells, &units);
        let slow = RunnerProgram { environment, ..plain.clone() };
        let excess = excess(sides.pairing_workloads(), [plain, &slow], &sides.cells, &efforts)?;
        is_slower |= excess.iter().any(|&excess| excess > size / 2.0);
        for (units, excess) in units.iter_mut().zip(excess) {
            let correction = size / excess.max(size / CORRECTION_MOST);
            *units = (*units * correction.max(1.0 / CORRECTION_MOST)).max(1.0);
        }
    }
    ensure!(is_slower, "this program cannot be slowed: build it with the feature 'slow'");
    let environment = kind.environment(&sides.cells, &units);
    Ok(RunnerProgram { environment, ..plain.clone() })
}

/// Measures the share by which a runner is slower than another in each cell.
fn excess(
    workloads: PairingWorkloads<'_>,
    [baseline, candidate]: [&RunnerProgram; 2],
    cells: &[PairCell],
    efforts: &[Effort],
) -> Result<Vec<f64>> {
    let pairing = Pairing { baseline, candidate, workloads };
    let asked: Vec<(usize, &PairCell, Effort)> = cells
        .iter()
        .zip(efforts)
        .enumerate()
        .map(|(index, (cell, &effort))| (index, cell, effort))
        .collect();
    let mut changes = vec![Vec::with_capacity(UNITS); cells.len()];
    for unit in 0..UNITS {
        let measured = measure_unit(&pairing, &asked, unit, None);
        for (index, arms) in measured.map_err(|failed| anyhow!("{}", failed.problem))? {
            changes[index].push(arms.change());
        }
    }
    Ok(changes.iter().map(|changes| median(changes).exp_m1()).collect())
}
