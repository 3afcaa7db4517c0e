//! Gating somebody's own engine: whole commands, or engines that are declared. What they answer and
//! how long they take is seen from outside; nothing else is.

use std::time::Duration;

use anyhow::{Context, Result, bail, ensure};
use delimark_harness::engine::NamedEngine;
use delimark_harness::environment;
use delimark_harness::measure::pairs::{
    Effort, EnginePairing, EngineSurvey, Failed, PairCell, Role,
};
use delimark_harness::workload::Workload;
use delimark_report::gate::{
    Answers, CellCounts, CellName, CellReport, Layer, Report, Side, Verdict, WrongAnswer,
};
use delimark_results::Known;
use delimark_runner::model::{Answer, Model};

use super::Progress;
use super::options::Settings;
use super::timing::{Times, run_trial};
use crate::build_info;

/// The engine's name in a cell: both sides are one engine, before and after.
const ENGINE: &str = "engine";

/// The cells before they are timed.
struct Prepared {
    cells: Vec<PairCell>,
    expected: Vec<Answer>,
    efforts: Vec<Effort>,
    answers: Answers,
}

/// Has both sides looked at and timed, and passes the verdict.
pub(super) fn decide(
    commands: &[String; 2],
    settings: &Settings,
    workloads: &[Workload],
    progress: &mut Progress,
) -> Result<Report> {
    let [workload] = workloads else { bail!("other people's engines are gated on one --shape") };
    progress.begin_work("looking at the engines");
    let named = |text: &String, role: Role| {
        NamedEngine::new(text, settings.time_limit).with_context(|| format!("{role} is not here"))
    };
    let sides = [named(&commands[0], Role::Baseline)?, named(&commands[1], Role::Candidate)?];
    let expects_reference = settings.expects_reference;
    let pairing = EnginePairing { sides: [&sides[0], &sides[1]], workload, expects_reference };
    let mut prepared = prepare(&pairing, settings)?;
    let mut reports = Vec::new();
    if prepared.answers.wrong.is_empty() && settings.has(Layer::Time) {
        let cells = prepared.cells.len();
        let times = run_trial(cells, settings, progress, |wanted, unit, until| {
            let Prepared { cells, expected, efforts, .. } = &prepared;
            let asked: Vec<_> = wanted
                .iter()
                .map(|&cell| (cell, &cells[cell], efforts[cell], expected[cell]))
                .collect();
            pairing.measure_unit(&asked, unit, until)
        });
        match times {
            Ok(times) => reports = put_together(&pairing, &prepared, times, settings),
            Err(failed) => prepared.answers.wrong.push(blame(&pairing, &failed)?),
        }
    }
    Ok(report(&sides, settings, prepared.answers, reports))
}

/// Looks at both sides of each cell: the baseline first, without which there is nothing to gate.
fn prepare(pairing: &EnginePairing<'_>, settings: &Settings) -> Result<Prepared> {
    let cells = cells(pairing, settings)?;
    let mut prepared = Prepared {
        cells: Vec::new(),
        expected: Vec::new(),
        efforts: Vec::new(),
        answers: Answers::default(),
    };
    for cell in cells {
        let before = match pairing.survey(Role::Baseline, &cell) {
            Ok(look) => look,
            Err(failed) => return refuse_baseline(pairing, &failed),
        };
        let expected = pairing.reference(cell.model).unwrap_or(before.answer);
        if before.answer != expected {
            let problem = format!("it answers {}; the reference has {expected}", before.answer);
            return refuse_baseline(pairing, &Failed { role: Role::Baseline, cell, problem });
        }
        if matches!(expected, Answer::Records { records: 0, .. }) {
            let problem = "it hands over nothing, so that there is nothing to compare".to_owned();
            return refuse_baseline(pairing, &Failed { role: Role::Baseline, cell, problem });
        }
        prepared.answers.checked += 1;
        let mut slower = before.pass;
        match pairing.survey(Role::Candidate, &cell) {
            Ok(EngineSurvey { answer, pass }) if answer == expected => slower = slower.max(pass),
            Ok(EngineSurvey { answer, .. }) => {
                let problem = format!("it answers {answer}; expected is {expected}");
                let failed = Failed { role: Role::Candidate, cell: cell.clone(), problem };
                prepared.answers.wrong.push(wrong_answer(pairing, &failed));
            }
            Err(failed) => prepared.answers.wrong.push(wrong_answer(pairing, &failed)),
        }
        prepared.expected.push(expected);
        prepared.efforts.push(effort(pairing, slower));
        prepared.cells.push(cell);
    }
    Ok(prepared)
}

/// Lists the models that both sides support and that were asked for.
fn cells(pairing: &EnginePairing<'_>, settings: &Settings) -> Result<Vec<PairCell>> {
    let [before, after] = pairing.sides.map(NamedEngine::models);
    let is_wanted = |model: &Model| settings.models.contains(model);
    let models =
        before.iter().filter(|model| after.contains(model)).filter(|&model| is_wanted(model));
    let cells: Vec<PairCell> =
        models.map(|&model| PairCell { backend: ENGINE.to_owned(), model, workload: 0 }).collect();
    ensure!(
        !cells.is_empty(),
        "of the models that are asked for there is none that both engines do: nothing to gate; \
         whole commands do 'extract'"
    );
    Ok(cells)
}

/// Chooses the number of passes by how long the slower of both sides takes for one.
fn effort(pairing: &EnginePairing<'_>, pass: Duration) -> Effort {
    match pairing.sides.iter().all(|side| side.is_whole_command()) {
        true => Effort::of_commands(pass),
        false => Effort::of(pass),
    }
}

fn put_together(
    pairing: &EnginePairing<'_>,
    prepared: &Prepared,
    times: Times,
    settings: &Settings,
) -> Vec<CellReport> {
    let unseen = CellCounts::none("nobody looks into other people's engines");
    let cells = prepared.cells.iter().zip(times.judgments);
    let report = |(cell, judgment)| {
        let time = Known::Value(judgment);
        CellReport::of(name(pairing, cell), [&unseen, &unseen], &settings.rules, time)
    };
    cells.map(report).collect()
}

fn name(pairing: &EnginePairing<'_>, cell: &PairCell) -> CellName {
    CellName {
        engine: cell.backend.clone(),
        model: cell.model.to_string(),
        dataset: pairing.workload.facts().name.clone(),
    }
}

fn wrong_answer(pairing: &EnginePairing<'_>, failed: &Failed) -> WrongAnswer {
    let name = name(pairing, &failed.cell);
    WrongAnswer {
        engine: failed.role.to_string(),
        question: format!("{} of {}", name.model, name.dataset),
        problem: failed.problem.clone(),
    }
}

/// Returns the candidate's wrong answer; that of a baseline ends the gate.
fn blame(pairing: &EnginePairing<'_>, failed: &Failed) -> Result<WrongAnswer> {
    match failed.role {
        Role::Candidate => Ok(wrong_answer(pairing, failed)),
        Role::Baseline | Role::Control => refuse_baseline(pairing, failed),
    }
}

fn refuse_baseline<T>(pairing: &EnginePairing<'_>, failed: &Failed) -> Result<T> {
    let WrongAnswer { question, problem, .. } = wrong_answer(pairing, failed);
    bail!("{} cannot be the baseline: on {question}: {problem}", pairing.sides[0].name())
}

fn report(
    sides: &[NamedEngine; 2],
    settings: &Settings,
    answers: Answers,
    cells: Vec<CellReport>,
) -> Report {
    let [baseline, candidate] = sides.each_ref().map(|side| Side {
        name: side.name(),
        commit: None,
        toolchain: None,
        sha256: None,
    });
    Report {
        verdict: Verdict::Inconclusive,
        baseline,
        candidate,
        same_program: false,
        fingerprint: environment::collect(build_info::build()).fingerprint,
        rules: settings.rules,
        layers: Vec::new(),
        answers,
        cells,
        not_compared: Vec::new(),
        seconds: 0.0,
    }
    .with_verdict(&settings.layers)
}
