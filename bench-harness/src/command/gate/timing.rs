//! The layer of time: has units measured until the trial is over, or the time for it.

use std::time::{Duration, Instant};

use super::Progress;
use super::options::Settings;
use crate::gate::time::{Arms, Stage, TimeJudgment, TimeRules, Trial};
use crate::measure::pairs::{Effort, Failed, Match, PairCell, Survey, measure_unit};

/// What a unit measured, and at what cost.
pub(super) struct MeasuredUnit {
    pub(super) stage: Stage,
    pub(super) duration: Duration,
    pub(super) arms: Vec<(usize, Arms)>,
}

/// What times came to, and all that was measured for it.
pub(super) struct Times {
    pub(super) judgments: Vec<TimeJudgment>,
    pub(super) units: Vec<MeasuredUnit>,
}

/// Measures and judges every cell of guests.
///
/// # Errors
///
/// A side did not give the right answer.
pub(super) fn judge_guests(
    game: &Match<'_>,
    cells: &[PairCell],
    survey: &[Survey],
    settings: &Settings,
    progress: &mut Progress,
) -> Result<Times, Failed> {
    judge(cells.len(), settings, progress, |wanted, unit| {
        let asked: Vec<(usize, &PairCell, Effort)> = wanted
            .iter()
            .map(|&index| (index, &cells[index], Effort::of(survey[index].pass)))
            .collect();
        measure_unit(game, &asked, unit)
    })
}

/// Judges so many cells, as `measure` measures them: those that are wanted, in the unit of that
/// number.
///
/// # Errors
///
/// Those of `measure`.
pub(super) fn judge(
    cells: usize,
    settings: &Settings,
    progress: &mut Progress,
    mut measure: impl FnMut(&[usize], usize) -> Result<Vec<(usize, Arms)>, Failed>,
) -> Result<Times, Failed> {
    let rules = TimeRules { margin: settings.rules.margin, error: TimeRules::ERROR };
    let mut trial = Trial::new(rules, cells);
    progress.begin_work("measuring pairs of processes");
    let begin = Instant::now();
    let mut units: Vec<MeasuredUnit> = Vec::new();
    loop {
        let wanted = trial.wants();
        if wanted.is_empty() {
            return Ok(Times { judgments: trial.judgments(), units });
        }
        if begin.elapsed() >= settings.budget.mul_f64(trial.stage().budget_share()) {
            trial.end_stage();
            continue;
        }
        let (stage, unit_begin) = (trial.stage(), Instant::now());
        let arms = measure(&wanted, units.len())?;
        trial.take(&arms);
        units.push(MeasuredUnit { stage, duration: unit_begin.elapsed(), arms });
        let (count, open) = (units.len(), wanted.len());
        progress.advance(&format!("{stage}: {count} pairs of processes, {open} cells open"));
    }
}
