//! The layer of time: has units measured until the trial is over, or the time for it.

use std::time::{Duration, Instant};

use delimark_harness::measure::pairs::{Effort, Failed, PairCell, Pairing, Survey, measure_unit};
use delimark_report::gate::time::{Stage, TimeJudgment, TimeRules, Trial};
use delimark_results::Arms;

use super::Progress;
use super::options::Settings;

/// The first units, which are cut short where the time is over; what comes later is short
/// beside it.
const UNITS_CUT: usize = 3;

/// The times of a unit, and its cost.
pub(super) struct MeasuredUnit {
    pub(super) stage: Stage,
    pub(super) duration: Duration,
    pub(super) arms: Vec<(usize, Arms)>,
}

/// The judgments on times, and all that was measured for them.
pub(super) struct Times {
    pub(super) judgments: Vec<TimeJudgment>,
    pub(super) units: Vec<MeasuredUnit>,
}

/// Measures every cell of runners, and judges its times.
///
/// # Errors
///
/// A side did not give the right answer.
pub(super) fn measure_runners(
    pairing: &Pairing<'_>,
    cells: &[PairCell],
    survey: &[Survey],
    settings: &Settings,
    progress: &mut Progress,
) -> Result<Times, Failed> {
    run_trial(cells.len(), settings, progress, |wanted, unit, until| {
        let asked: Vec<(usize, &PairCell, Effort)> = wanted
            .iter()
            .map(|&index| (index, &cells[index], Effort::of(survey[index].pass)))
            .collect();
        measure_unit(pairing, &asked, unit, until)
    })
}

/// Runs a trial of this number of cells, as `measure` measures them: those wanted, in the unit of
/// that number; where it is past an instant before they are all done, the rest is left out.
///
/// # Errors
///
/// Those of `measure`.
pub(super) fn run_trial(
    cells: usize,
    settings: &Settings,
    progress: &mut Progress,
    mut measure: impl FnMut(&[usize], usize, Option<Instant>) -> Result<Vec<(usize, Arms)>, Failed>,
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
        let stage_end = settings.budget.mul_f64(trial.stage().budget_share());
        if begin.elapsed() >= stage_end {
            trial.end_stage();
            continue;
        }
        let (stage, unit_begin) = (trial.stage(), Instant::now());
        // The first units of very slow cells could each take far more than there is.
        let until = (units.len() < UNITS_CUT).then(|| begin + stage_end);
        let arms = measure(&wanted, units.len(), until)?;
        trial.add(&arms);
        units.push(MeasuredUnit { stage, duration: unit_begin.elapsed(), arms });
        let (count, open) = (units.len(), wanted.len());
        progress.advance(&format!("{stage}: {count} pairs of processes, {open} cells open"));
    }
}
