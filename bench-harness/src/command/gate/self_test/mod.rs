//! `gate self-test`: compares a build with itself, and with itself slowed on purpose. A gate that
//! cannot go red is worse than none.
//!
//! Both sides are one program, with the feature `slow`; what is slow about a side is said to its
//! processes. So nothing else differs, not even where a loop lies in memory.

mod calibration;
mod kind;

use anyhow::{Context, Result};
use delimark_harness::workload::Workload;
use delimark_report::comparison::phrases::table;
use delimark_report::gate::{Cause, Report, Verdict};
use delimark_report::report::{Chapter, Content, Item, terminal};

pub(super) use self::calibration::slowed;
pub(super) use self::kind::Kind;
use super::Progress;
use super::decision::decide;
use super::options::Settings;
use super::side::{BaselineSide, ProgramSide};
use super::sides::Sides;
use crate::command::print_verdict;
use crate::exit::Exit;
use crate::revision::{Builder, Source};

/// A pair of sides, and what the gate has to say of it.
struct Test {
    name: &'static str,
    /// The slowdown of the candidate, and its size.
    candidate: Option<(Kind, f64)>,
    /// True where the sides are swapped.
    swapped: bool,
    is_right: fn(&Report) -> bool,
}

const TESTS: [Test; 6] = [
    Test {
        name: "a build against itself",
        candidate: None,
        swapped: false,
        is_right: |report| matches!(report.verdict, Verdict::Pass | Verdict::Inconclusive),
    },
    Test {
        name: "2 % of extra instructions",
        candidate: Some((Kind::Instructions, 0.02)),
        swapped: false,
        is_right: |report| report.verdict == Verdict::Regression,
    },
    Test {
        name: "2 % of extra allocations",
        candidate: Some((Kind::Allocations, 0.02)),
        swapped: false,
        is_right: |report| report.verdict == Verdict::Regression,
    },
    Test {
        name: "10 % of branches that nothing foretells",
        candidate: Some((Kind::Branches, 0.1)),
        swapped: false,
        is_right: |report| has_cause(report, |cause| matches!(cause, Cause::BranchMisses(_))),
    },
    Test {
        name: "10 % of time without instructions",
        candidate: Some((Kind::Waiting, 0.1)),
        swapped: false,
        is_right: |report| has_cause(report, |cause| matches!(cause, Cause::TimeAlone(_))),
    },
    Test {
        name: "the same, swapped",
        candidate: Some((Kind::Waiting, 0.1)),
        swapped: true,
        is_right: |report| {
            report.verdict == Verdict::Pass && report.cells.iter().any(|cell| cell.improved)
        },
    },
];

/// Runs every test, and says which the gate failed.
pub(super) fn run(
    settings: &Settings,
    workloads: &[Workload],
    progress: &mut Progress,
) -> Result<Exit> {
    let program = program(settings, progress)?;
    let mut rows = Vec::new();
    let mut outcomes = Vec::new();
    for test in &TESTS {
        progress.begin_work(test.name);
        let report = test.run(settings, workloads, &program, progress)?;
        let (outcome_name, outcome) = match (test.is_right)(&report) {
            true => ("right", Exit::Success),
            false if report.verdict == Verdict::Inconclusive => ("cannot tell", Exit::Inconclusive),
            false => ("FOOLED", Exit::Failure),
        };
        outcomes.push(outcome);
        let verdict = report.verdict.name().to_owned();
        rows.push([test.name.to_owned(), verdict, causes(&report), outcome_name.to_owned()]);
    }
    progress.finish();
    let columns = ["candidate", "verdict", "causes", "the gate"];
    let (title, exit) = if outcomes.contains(&Exit::Failure) {
        ("The gate was fooled", Exit::Failure)
    } else if outcomes.contains(&Exit::Inconclusive) {
        ("The gate cannot tell here: this machine is too noisy", Exit::Inconclusive)
    } else {
        ("The gate notices", Exit::Success)
    };
    let items = vec![Item::Table(table(Content::Words, columns, rows))];
    let chapter = Chapter { title: title.to_owned(), items };
    print_verdict(&terminal::render_chapters(&[chapter]), exit)
}

/// Finds the program that can be slowed: the candidate's revision or program, or that of the
/// checkout.
pub(super) fn program(settings: &Settings, progress: &mut Progress) -> Result<ProgramSide> {
    let (name, source) = match &settings.candidate {
        Some(name) => (name.as_str(), Source::find(name)?),
        None => ("the files of the checkout", Source::WorkingTree),
    };
    let builder = || Ok(Builder::new()?.with_feature("slow"));
    ProgramSide::of(name, &source, builder, progress)
        .context("the gate can be tried on builds with the feature 'slow' alone")
}

impl Test {
    fn run(
        &self,
        settings: &Settings,
        workloads: &[Workload],
        program: &ProgramSide,
        progress: &mut Progress,
    ) -> Result<Report> {
        let plain = program.clone();
        let mut slow = program.clone();
        if let Some((kind, size)) = self.candidate {
            let sides = against(settings, workloads, plain.clone(), plain.clone())?;
            slow.runner = slowed(&sides, kind, size, progress)?;
        }
        let (baseline, candidate) = if self.swapped { (slow, plain) } else { (plain, slow) };
        let decision = decide(&against(settings, workloads, baseline, candidate)?, progress)?;
        Ok(decision.report)
    }
}

/// Pairs a program with another.
pub(super) fn against<'a>(
    settings: &'a Settings,
    workloads: &'a [Workload],
    baseline: ProgramSide,
    candidate: ProgramSide,
) -> Result<Sides<'a>> {
    Sides::between(settings, workloads, BaselineSide::Program(baseline), candidate)
}

fn has_cause(report: &Report, is_it: fn(&Cause) -> bool) -> bool {
    let causes = report.cells.iter().flat_map(|cell| &cell.causes);
    report.verdict == Verdict::Regression && causes.into_iter().any(is_it)
}

/// Lists the causes that were named, with the number of cells.
fn causes(report: &Report) -> String {
    let causes: Vec<&str> =
        report.cells.iter().flat_map(|cell| &cell.causes).map(Cause::name).collect();
    let mut names = causes.clone();
    names.sort_unstable();
    names.dedup();
    let counted = names.into_iter().map(|name| {
        let count = causes.iter().filter(|&&cause| cause == name).count();
        format!("{name} ({count})")
    });
    counted.collect::<Vec<_>>().join(", ")
}
