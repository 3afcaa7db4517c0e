//! The layers in their order, from two sides to a report: where answers are wrong, nothing else is
//! looked at.

use anyhow::{Result, bail};
use delimark_harness::measure::pairs::{Failed, Pairing, Role, Survey};
use delimark_report::gate::time::TimeJudgment;
use delimark_report::gate::{Answers, CellCounts, CellReport, Layer, Report, Verdict, WrongAnswer};
use delimark_results::Known;

use super::counting::count;
use super::side::BaselineSide;
use super::sides::Sides;
use super::timing::{self, MeasuredUnit, Times};
use super::{Progress, answers};

/// The report, and the units that its times come from.
pub(super) struct Decision {
    pub(super) report: Report,
    pub(super) units: Vec<MeasuredUnit>,
}

/// The cells that were compared, and the units that their times come from.
#[derive(Default)]
struct Compared {
    cells: Vec<CellReport>,
    units: Vec<MeasuredUnit>,
}

/// Has everything measured that is needed, and passes the verdict.
pub(super) fn decide(sides: &Sides<'_>, progress: &mut Progress) -> Result<Decision> {
    let settings = sides.settings;
    let mut answers = Answers::default();
    if settings.has(Layer::Answers) {
        answers = answers::of_suite(sides, progress)?;
    }
    answers.wrong.extend(sides.absent.iter().cloned());
    let mut compared = Compared::default();
    // Whoever fails in the suite may hang here, cell after cell, and has failed anyway.
    if answers.wrong.is_empty() {
        compared = survey_and_compare(sides, &mut answers, progress)?;
    }
    let report = Report {
        verdict: Verdict::Inconclusive,
        baseline: sides.baseline.about().clone(),
        candidate: sides.candidate.about.clone(),
        same_program: sides.same_program,
        fingerprint: sides.fingerprint.clone(),
        rules: settings.rules,
        layers: Vec::new(),
        answers,
        cells: compared.cells,
        not_compared: sides.not_compared.clone(),
        seconds: 0.0,
    };
    Ok(Decision { report: report.with_verdict(&sides.layers()), units: compared.units })
}

/// Has a first look at the candidate; where it answers rightly, both sides are compared.
fn survey_and_compare(
    sides: &Sides<'_>,
    answers: &mut Answers,
    progress: &mut Progress,
) -> Result<Compared> {
    let found = sides.survey(&sides.candidate, Role::Candidate, progress);
    let survey = note_answers(sides, found, answers);
    if !answers.wrong.is_empty() || sides.same_program {
        return Ok(Compared::default());
    }
    let compared = compare(sides, &survey, progress)?;
    Ok(compared.unwrap_or_else(|wrong| {
        answers.wrong.push(wrong);
        Compared::default()
    }))
}

/// Notes the answers of a first look, and returns what else it showed.
fn note_answers(
    sides: &Sides<'_>,
    survey: Vec<Result<Survey, Failed>>,
    answers: &mut Answers,
) -> Vec<Survey> {
    let mut seen = Vec::with_capacity(survey.len());
    for cell in survey {
        answers.checked += 1;
        match cell {
            Ok(found) => seen.push(found),
            Err(failed) => answers.wrong.push(wrong_answer(sides, &failed)),
        }
    }
    seen
}

fn wrong_answer(sides: &Sides<'_>, failed: &Failed) -> WrongAnswer {
    let name = sides.name(&failed.cell);
    WrongAnswer {
        engine: name.engine,
        question: format!("{} of {}", name.model, name.dataset),
        problem: failed.problem.clone(),
    }
}

/// Compares both sides; returns the wrong answer that the candidate gave, if it gave one.
fn compare(
    sides: &Sides<'_>,
    candidate: &[Survey],
    progress: &mut Progress,
) -> Result<Result<Compared, WrongAnswer>> {
    let baseline = match sides.baseline.program() {
        Some(program) => {
            let survey = sides.survey(program, Role::Baseline, progress);
            let survey: Result<Vec<Survey>, Failed> = survey.into_iter().collect();
            Some(survey.or_else(|failed| refuse_baseline(sides, &failed))?)
        }
        None => None,
    };
    let counts = counts(sides, baseline.as_deref(), candidate, progress)?;
    let (times, units) = match times(sides, candidate, progress) {
        Ok(times) => times,
        Err(failed) if failed.role == Role::Candidate => {
            return Ok(Err(wrong_answer(sides, &failed)));
        }
        Err(failed) => refuse_baseline(sides, &failed)?,
    };
    let cells = sides.cells.iter().zip(counts).zip(times);
    let reports = cells.map(|((cell, [before, after]), time)| {
        CellReport::of(sides.name(cell), [&before, &after], &sides.settings.rules, time)
    });
    Ok(Ok(Compared { cells: reports.collect(), units }))
}

/// A baseline that answers wrongly is none: nothing is said about the candidate.
fn refuse_baseline<T>(sides: &Sides<'_>, failed: &Failed) -> Result<T> {
    let WrongAnswer { engine, question, problem } = wrong_answer(sides, failed);
    let name = &sides.baseline.about().name;
    bail!("{name} cannot be the baseline: {engine} on {question}: {problem}")
}

/// Counts both sides, cell by cell.
fn counts(
    sides: &Sides<'_>,
    baseline: Option<&[Survey]>,
    candidate: &[Survey],
    progress: &mut Progress,
) -> Result<Vec<[CellCounts; 2]>> {
    let after = count(sides, &sides.candidate, candidate, progress)?;
    let before = match (&sides.baseline, baseline) {
        (BaselineSide::Program(program), Some(survey)) => count(sides, program, survey, progress)?,
        (BaselineSide::Stored { counts, .. }, _) => {
            let stored = |cell| counts.counts(&sides.name(cell)).cloned();
            // What it lacks was refused before anything was counted.
            let missing = || CellCounts::none("the stored baseline has no such cell");
            let asked = |counts: CellCounts| counts.of_layers(&sides.settings.layers);
            let cells = sides.cells.iter();
            cells.map(|cell| stored(cell).map_or_else(missing, asked)).collect()
        }
        (BaselineSide::Program(_), None) => bail!("the baseline was not looked at"),
    };
    Ok(before.into_iter().zip(after).map(|(before, after)| [before, after]).collect())
}

fn times(
    sides: &Sides<'_>,
    candidate: &[Survey],
    progress: &mut Progress,
) -> Result<(Vec<Known<TimeJudgment>>, Vec<MeasuredUnit>), Failed> {
    let none =
        |reason: &str| (vec![Known::Unavailable(reason.to_owned()); sides.cells.len()], Vec::new());
    let Some(program) = sides.baseline.program() else {
        return Ok(none("a stored baseline has no times"));
    };
    if !sides.settings.has(Layer::Time) {
        return Ok(none("not asked for"));
    }
    let pairing = Pairing {
        baseline: &program.runner,
        candidate: &sides.candidate.runner,
        workloads: sides.pairing_workloads(),
    };
    let Times { judgments, units } =
        timing::measure_runners(&pairing, &sides.cells, candidate, sides.settings, progress)?;
    Ok((judgments.into_iter().map(Known::Value).collect(), units))
}
