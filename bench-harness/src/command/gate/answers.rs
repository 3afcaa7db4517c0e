//! The layer of answers: the candidate's backends are put to the conformance suite.

use anyhow::Result;
use delimark::Backend;
use delimark_conformance::{
    self, Case, Column, ColumnOutcome, Observer, ProcessBackend, Runner, Skips, Suite, Verdict,
};
use delimark_harness::checkout;
use delimark_harness::measure::pairs::Role;
use delimark_report::gate::{Answers, WrongAnswer};

use super::Progress;
use super::sides::Sides;

/// The folder of the vectors, from the root of the checkout.
const VECTORS: &str = "datasets/conformance";

/// Puts every case to every backend that is compared. Outside of a checkout there are no cases, and
/// the answers are those of the passes alone.
pub(super) fn of_suite(sides: &Sides<'_>, progress: &mut Progress) -> Result<Answers> {
    let Some(root) = checkout::root() else { return Ok(Answers::default()) };
    let suite = Suite::load(&root.join(VECTORS))?;
    let cases: Vec<&Case> = suite.cases.iter().collect();
    progress.begin_work("putting the conformance suite to the candidate");
    let columns = columns(sides);
    let mut answers = Answers::default();
    for report in delimark_conformance::run(&cases, columns, &Skips::default(), &Silent) {
        let engine = format!("delimark/{}", report.name);
        let wrong = |question: &str, problem: String| WrongAnswer {
            engine: engine.clone(),
            question: question.to_owned(),
            problem,
        };
        match report.outcome {
            ColumnOutcome::Missing(reason) => answers.wrong.push(wrong("the suite", reason)),
            ColumnOutcome::Ran { judged, .. } => {
                answers.checked += judged.len() as u64;
                let verdicts = judged.into_iter().map(|judged| judged.verdict).zip(&cases);
                let failed = verdicts.filter_map(|(verdict, case)| {
                    problem(verdict).map(|problem| wrong(&case.id, problem))
                });
                answers.wrong.extend(failed);
            }
        }
    }
    Ok(answers)
}

/// Returns the candidate's backends, each once.
fn columns(sides: &Sides<'_>) -> Vec<Column> {
    let mut names: Vec<&str> = sides.cells.iter().map(|cell| cell.backend.as_str()).collect();
    names.dedup();
    let column = |name: &str| {
        let runner = &sides.candidate.runner;
        let process = runner.process(Role::Candidate, name, sides.settings.time_limit);
        let runner = name.parse::<Backend>().map_err(|error| error.to_string());
        let runner = runner
            .map(|backend| Box::new(ProcessBackend::new(backend, process)) as Box<dyn Runner>);
        Column { name: name.to_owned(), selection: String::new(), runner }
    };
    names.into_iter().map(column).collect()
}

/// Returns what is wrong about a case, if anything.
fn problem(verdict: Verdict) -> Option<String> {
    match verdict {
        Verdict::Passed | Verdict::Noted(_) | Verdict::LeftOut(_) => None,
        Verdict::Failed(failure) => Some(failure.headline()),
        Verdict::NotRun(reason) => Some(reason),
    }
}

/// Is told of every case, which are too many to tell of.
struct Silent;

impl Observer for Silent {
    fn column(&self, _name: &str) {}

    fn case_done(&self) {}
}
