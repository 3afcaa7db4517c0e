//! The layers in their order, from two sides to a report: where answers are wrong, nothing else is
//! looked at.

use anyhow::{Result, bail};
use delimark_harness::measure::pairs::{Failed, Match, Role, Survey};
use delimark_report::gate::time::TimeJudgment;
use delimark_report::gate::{Answers, CellCounts, CellReport, Layer, Report, Verdict, WrongAnswer};
use delimark_results::Known;

use super::contest::Contest;
use super::counting::count;
use super::sides::Opponent;
use super::timing::{self, MeasuredUnit, Times};
use super::{Progress, answers};

/// The report, and the units that its times come from.
pub(super) struct Decision {
    pub(super) report: Report,
    pub(super) units: Vec<MeasuredUnit>,
}

/// What was compared.
#[derive(Default)]
struct Compared {
    cells: Vec<CellReport>,
    units: Vec<MeasuredUnit>,
}

/// Has everything measured that is needed, and passes the verdict.
pub(super) fn decide(contest: &Contest<'_>, progress: &mut Progress) -> Result<Decision> {
    let settings = contest.settings;
    let mut answers = Answers::default();
    if settings.has(Layer::Answers) {
        answers = answers::of_suite(contest, progress)?;
    }
    answers.wrong.extend(contest.lost.iter().cloned());
    let mut compared = Compared::default();
    // Whoever fails in the suite may hang here, cell after cell, and has failed anyway.
    if answers.wrong.is_empty() {
        compared = look_and_compare(contest, &mut answers, progress)?;
    }
    let report = Report {
        verdict: Verdict::Inconclusive,
        baseline: contest.baseline.side().clone(),
        candidate: contest.candidate.side.clone(),
        same_program: contest.same_program,
        fingerprint: contest.fingerprint.clone(),
        rules: settings.rules,
        layers: Vec::new(),
        answers,
        cells: compared.cells,
        not_compared: contest.not_compared.clone(),
        seconds: 0.0,
    };
    Ok(Decision { report: report.judged(&contest.layers()), units: compared.units })
}

/// Has a first look at the candidate; where it answers rightly, both sides are compared.
fn look_and_compare(
    contest: &Contest<'_>,
    answers: &mut Answers,
    progress: &mut Progress,
) -> Result<Compared> {
    let survey = contest.survey(&contest.candidate, Role::Candidate, progress);
    let survey = take_answers(contest, survey, answers);
    if !answers.wrong.is_empty() || contest.same_program {
        return Ok(Compared::default());
    }
    let compared = compare(contest, &survey, progress)?;
    Ok(compared.unwrap_or_else(|wrong| {
        answers.wrong.push(wrong);
        Compared::default()
    }))
}

/// Notes the answers of a first look, and returns what else it showed.
fn take_answers(
    contest: &Contest<'_>,
    survey: Vec<Result<Survey, Failed>>,
    answers: &mut Answers,
) -> Vec<Survey> {
    let mut seen = Vec::with_capacity(survey.len());
    for look in survey {
        answers.checked += 1;
        match look {
            Ok(look) => seen.push(look),
            Err(failed) => answers.wrong.push(wrong_answer(contest, &failed)),
        }
    }
    seen
}

fn wrong_answer(contest: &Contest<'_>, failed: &Failed) -> WrongAnswer {
    let name = contest.name(&failed.cell);
    WrongAnswer {
        engine: name.engine,
        question: format!("{} of {}", name.model, name.dataset),
        problem: failed.problem.clone(),
    }
}

/// Holds both sides against each other; the wrong answer that the candidate gave, if it gave one.
fn compare(
    contest: &Contest<'_>,
    candidate: &[Survey],
    progress: &mut Progress,
) -> Result<Result<Compared, WrongAnswer>> {
    let baseline = match contest.baseline.player() {
        Some(player) => {
            let survey = contest.survey(player, Role::Baseline, progress);
            let survey: Result<Vec<Survey>, Failed> = survey.into_iter().collect();
            Some(survey.or_else(|failed| refuse_baseline(contest, &failed))?)
        }
        None => None,
    };
    let counts = counts(contest, baseline.as_deref(), candidate, progress)?;
    let (times, units) = match times(contest, candidate, progress) {
        Ok(times) => times,
        Err(failed) if failed.role == Role::Candidate => {
            return Ok(Err(wrong_answer(contest, &failed)));
        }
        Err(failed) => refuse_baseline(contest, &failed)?,
    };
    let cells = contest.cells.iter().zip(counts).zip(times);
    let reports = cells.map(|((cell, [before, after]), time)| {
        CellReport::of(contest.name(cell), [&before, &after], &contest.settings.rules, time)
    });
    Ok(Ok(Compared { cells: reports.collect(), units }))
}

/// A baseline that answers wrongly is none: nothing is said about the candidate.
fn refuse_baseline<T>(contest: &Contest<'_>, failed: &Failed) -> Result<T> {
    let WrongAnswer { engine, question, problem } = wrong_answer(contest, failed);
    let name = &contest.baseline.side().name;
    bail!("{name} cannot be the baseline: {engine} on {question}: {problem}")
}

/// The counts of both sides, cell by cell.
fn counts(
    contest: &Contest<'_>,
    baseline: Option<&[Survey]>,
    candidate: &[Survey],
    progress: &mut Progress,
) -> Result<Vec<[CellCounts; 2]>> {
    let after = count(contest, &contest.candidate, candidate, progress)?;
    let before = match (&contest.baseline, baseline) {
        (Opponent::Program(player), Some(survey)) => count(contest, player, survey, progress)?,
        (Opponent::Stored { counts, .. }, _) => {
            let stored = |cell| counts.counts(&contest.name(cell)).cloned();
            // What it lacks was refused before anything was counted.
            let missing = || CellCounts::none("the stored baseline has no such cell");
            let asked = |counts: CellCounts| counts.of_layers(&contest.settings.layers);
            let cells = contest.cells.iter();
            cells.map(|cell| stored(cell).map_or_else(missing, asked)).collect()
        }
        (Opponent::Program(_), None) => bail!("the baseline was not looked at"),
    };
    Ok(before.into_iter().zip(after).map(|(before, after)| [before, after]).collect())
}

fn times(
    contest: &Contest<'_>,
    candidate: &[Survey],
    progress: &mut Progress,
) -> Result<(Vec<Known<TimeJudgment>>, Vec<MeasuredUnit>), Failed> {
    let none = |reason: &str| {
        (vec![Known::Unavailable(reason.to_owned()); contest.cells.len()], Vec::new())
    };
    let Some(player) = contest.baseline.player() else {
        return Ok(none("a stored baseline has no times"));
    };
    if !contest.settings.has(Layer::Time) {
        return Ok(none("not asked for"));
    }
    let game = Match {
        baseline: &player.contestant,
        candidate: &contest.candidate.contestant,
        arena: contest.arena(),
    };
    let Times { judgments, units } =
        timing::judge_runners(&game, &contest.cells, candidate, contest.settings, progress)?;
    Ok((judgments.into_iter().map(Known::Value).collect(), units))
}
