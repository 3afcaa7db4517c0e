//! Gating somebody's own engine: whole commands, or engines that are declared. What they answer and
//! how long they take is seen from outside; nothing else is.

use std::time::Duration;

use anyhow::{Context, Result, bail, ensure};
use delimark_harness::engine::NamedEngine;
use delimark_harness::environment;
use delimark_harness::measure::pairs::{Effort, EngineLook, EngineMatch, Failed, PairCell, Role};
use delimark_harness::workload::Workload;
use delimark_report::gate::{
    Answers, CellCounts, CellName, CellReport, Layer, Report, Side, Verdict, WrongAnswer,
};
use delimark_results::Known;
use delimark_runner::model::{Answer, Model};

use super::Progress;
use super::options::Settings;
use super::timing::{Times, judge};
use crate::build_info;

/// What a cell's engine is called: both sides are one engine, before and after.
const ENGINE: &str = "engine";

/// What is known of the cells before they are timed.
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
    let game = EngineMatch { sides: [&sides[0], &sides[1]], workload, expects_reference };
    let mut prepared = prepare(&game, settings)?;
    let mut reports = Vec::new();
    if prepared.answers.wrong.is_empty() && settings.has(Layer::Time) {
        let cells = prepared.cells.len();
        let times = judge(cells, settings, progress, |wanted, unit, until| {
            let Prepared { cells, expected, efforts, .. } = &prepared;
            let asked: Vec<_> = wanted
                .iter()
                .map(|&cell| (cell, &cells[cell], efforts[cell], expected[cell]))
                .collect();
            game.measure_unit(&asked, unit, until)
        });
        match times {
            Ok(times) => reports = put_together(&game, &prepared, times, settings),
            Err(failed) => prepared.answers.wrong.push(blame(&game, &failed)?),
        }
    }
    Ok(report(&sides, settings, prepared.answers, reports))
}

/// Looks at both sides of each cell: the baseline first, without which there is nothing to gate.
fn prepare(game: &EngineMatch<'_>, settings: &Settings) -> Result<Prepared> {
    let cells = cells(game, settings)?;
    let mut prepared = Prepared {
        cells: Vec::new(),
        expected: Vec::new(),
        efforts: Vec::new(),
        answers: Answers::default(),
    };
    for cell in cells {
        let before = match game.look(Role::Baseline, &cell) {
            Ok(look) => look,
            Err(failed) => return refuse_baseline(game, &failed),
        };
        let expected = game.reference(cell.model).unwrap_or(before.answer);
        if before.answer != expected {
            let problem = format!("it answers {}; the reference has {expected}", before.answer);
            return refuse_baseline(game, &Failed { role: Role::Baseline, cell, problem });
        }
        if matches!(expected, Answer::Records { records: 0, .. }) {
            let problem = "it hands over nothing, so that there is nothing to compare".to_owned();
            return refuse_baseline(game, &Failed { role: Role::Baseline, cell, problem });
        }
        prepared.answers.checked += 1;
        let mut slower = before.pass;
        match game.look(Role::Candidate, &cell) {
            Ok(EngineLook { answer, pass }) if answer == expected => slower = slower.max(pass),
            Ok(EngineLook { answer, .. }) => {
                let problem = format!("it answers {answer}; expected is {expected}");
                let failed = Failed { role: Role::Candidate, cell: cell.clone(), problem };
                prepared.answers.wrong.push(wrong_answer(game, &failed));
            }
            Err(failed) => prepared.answers.wrong.push(wrong_answer(game, &failed)),
        }
        prepared.expected.push(expected);
        prepared.efforts.push(effort(game, slower));
        prepared.cells.push(cell);
    }
    Ok(prepared)
}

/// The models that both sides do and that were asked for.
fn cells(game: &EngineMatch<'_>, settings: &Settings) -> Result<Vec<PairCell>> {
    let [before, after] = game.sides.map(NamedEngine::models);
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

/// How often a cell is gone through, by how long the slower of both sides takes for it.
fn effort(game: &EngineMatch<'_>, pass: Duration) -> Effort {
    match game.sides.iter().all(|side| side.is_whole_command()) {
        true => Effort::of_commands(pass),
        false => Effort::of(pass),
    }
}

fn put_together(
    game: &EngineMatch<'_>,
    prepared: &Prepared,
    times: Times,
    settings: &Settings,
) -> Vec<CellReport> {
    let unseen = CellCounts::none("nobody looks into other people's engines");
    let cells = prepared.cells.iter().zip(times.judgments);
    let report = |(cell, judgment)| {
        let time = Known::Value(judgment);
        CellReport::of(name(game, cell), [&unseen, &unseen], &settings.rules, time)
    };
    cells.map(report).collect()
}

fn name(game: &EngineMatch<'_>, cell: &PairCell) -> CellName {
    CellName {
        engine: cell.backend.clone(),
        model: cell.model.to_string(),
        dataset: game.workload.facts().name.clone(),
    }
}

fn wrong_answer(game: &EngineMatch<'_>, failed: &Failed) -> WrongAnswer {
    let name = name(game, &failed.cell);
    WrongAnswer {
        engine: failed.role.to_string(),
        question: format!("{} of {}", name.model, name.dataset),
        problem: failed.problem.clone(),
    }
}

/// The candidate's wrong answer; that of a baseline ends the gate.
fn blame(game: &EngineMatch<'_>, failed: &Failed) -> Result<WrongAnswer> {
    match failed.role {
        Role::Candidate => Ok(wrong_answer(game, failed)),
        Role::Baseline | Role::Control => refuse_baseline(game, failed),
    }
}

fn refuse_baseline<T>(game: &EngineMatch<'_>, failed: &Failed) -> Result<T> {
    let WrongAnswer { question, problem, .. } = wrong_answer(game, failed);
    bail!("{} cannot be the baseline: on {question}: {problem}", game.sides[0].name())
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
    .judged(&settings.layers)
}
