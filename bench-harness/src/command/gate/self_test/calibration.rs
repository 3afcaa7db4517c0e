//! Finding out how much has to be added to a runner to make it so much slower: by trying.

use anyhow::{Result, anyhow, ensure};
use delimark_harness::measure::pairs::{
    Arena, Contestant, Effort, Match, PairCell, Role, measure_unit,
};
use delimark_report::number_format::tick;
use delimark_results::statistics::median;

use super::Kind;
use crate::command::gate::Progress;
use crate::command::gate::contest::Contest;

/// How often a try is corrected by what came of it.
const TRIES: usize = 4;

/// How many units a try is measured in.
const UNITS: usize = 6;

/// What a first try adds to a burst.
const FIRST_UNITS: f64 = 16.0;

/// How much more or less the next try may add: one that was disturbed must not lead far astray.
const CORRECTION_MOST: f64 = 8.0;

/// The candidate of a contest, slowed in this way by so much in each cell, as a share.
pub(in crate::command::gate) fn slowed(
    contest: &Contest<'_>,
    kind: Kind,
    size: f64,
    progress: &mut Progress,
) -> Result<Contestant> {
    progress.begin_work(&format!("slowing it by {} %, {}", tick(size * 100.0), kind.name()));
    let plain = &contest.candidate.contestant;
    let look = contest.survey(&contest.candidate, Role::Candidate, progress);
    let efforts: Result<Vec<Effort>, _> =
        look.into_iter().map(|look| look.map(|look| Effort::of(look.pass))).collect();
    let efforts = efforts.map_err(|failed| anyhow!("{}", failed.problem))?;
    let mut units = vec![FIRST_UNITS; contest.cells.len()];
    let mut is_slower = false;
    for _try in 0..TRIES {
        let environment = kind.environment(&contest.cells, &units);
        let slow = Contestant { environment, ..plain.clone() };
        let excess = excess(contest.arena(), [plain, &slow], &contest.cells, &efforts)?;
        is_slower |= excess.iter().any(|&excess| excess > size / 2.0);
        for (units, excess) in units.iter_mut().zip(excess) {
            let correction = size / excess.max(size / CORRECTION_MOST);
            *units = (*units * correction.max(1.0 / CORRECTION_MOST)).max(1.0);
        }
    }
    ensure!(is_slower, "this program cannot be slowed: build it with the feature 'slow'");
    let environment = kind.environment(&contest.cells, &units);
    Ok(Contestant { environment, ..plain.clone() })
}

/// How much slower a contestant is than another in each cell, as a share.
fn excess(
    arena: Arena<'_>,
    [baseline, candidate]: [&Contestant; 2],
    cells: &[PairCell],
    efforts: &[Effort],
) -> Result<Vec<f64>> {
    let game = Match { baseline, candidate, arena };
    let asked: Vec<(usize, &PairCell, Effort)> = cells
        .iter()
        .zip(efforts)
        .enumerate()
        .map(|(index, (cell, &effort))| (index, cell, effort))
        .collect();
    let mut changes = vec![Vec::with_capacity(UNITS); cells.len()];
    for unit in 0..UNITS {
        let measured = measure_unit(&game, &asked, unit, None);
        for (index, arms) in measured.map_err(|failed| anyhow!("{}", failed.problem))? {
            changes[index].push(arms.change());
        }
    }
    Ok(changes.iter().map(|changes| median(changes).exp_m1()).collect())
}
