//! The layer of time: has units measured until the trial is over, or the time for it.

use std::time::{Duration, Instant};

use super::Progress;
use super::options::Settings;
use crate::gate::time::{Stage, TimeJudgment, TimeRules, Trial};
use crate::measure::pairs::{Effort, Failed, Match, PairCell, Survey, measure_unit};

/// The share of the budget that is for a first opinion; the rest is kept for the second.
const FIRST_OPINION: f64 = 0.75;

/// Measures and judges every cell.
///
/// # Errors
///
/// A side did not give the right answer.
pub(super) fn judge(
    game: &Match<'_>,
    cells: &[PairCell],
    survey: &[Survey],
    settings: &Settings,
    progress: &mut Progress,
) -> Result<Vec<TimeJudgment>, Failed> {
    let rules = TimeRules { margin: settings.rules.margin, error: TimeRules::ERROR };
    let mut trial = Trial::new(rules, cells.len());
    progress.begin_work("measuring pairs of processes");
    let begin = Instant::now();
    let mut unit = 0;
    loop {
        let wanted = trial.wants();
        if wanted.is_empty() {
            return Ok(trial.judgments());
        }
        if begin.elapsed() >= time_for(trial.stage(), settings.budget) {
            trial.end_stage();
            continue;
        }
        let asked: Vec<(usize, &PairCell, Effort)> = wanted
            .iter()
            .map(|&index| (index, &cells[index], Effort::of(survey[index].pass)))
            .collect();
        trial.take(&measure_unit(game, &asked, unit)?);
        unit += 1;
        let (stage, open) = (trial.stage(), wanted.len());
        progress.advance(&format!("{stage}: {unit} pairs of processes, {open} cells open"));
    }
}

/// When a stage ends, from the beginning of the first.
fn time_for(stage: Stage, budget: Duration) -> Duration {
    match stage {
        Stage::Sampling => budget.mul_f64(FIRST_OPINION),
        Stage::Confirming | Stage::Over => budget,
    }
}
