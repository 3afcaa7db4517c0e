//! The report for a person: the matrix, what could not run, and each failure with what to do next.

use std::fmt::Write;

use delimark_conformance::{Case, ColumnReport, Failure, Judged, Report, Status, Verdict, plural};
use delimark_results::display;

use super::super::palette::Palette;
use super::matrix;

/// The layout of a report.
pub(super) struct Layout<'a> {
    pub(super) palette: Palette,
    /// The most failures of a column that are shown in full.
    pub(super) failures_most: usize,
    /// The options that belong on every command line that asks the same again.
    pub(super) options: &'a str,
}

/// Writes everything down.
pub(super) fn render(report: &Report<'_>, layout: &Layout<'_>) -> String {
    let palette = layout.palette;
    let mut text = matrix::render(report, palette);
    section(&mut text, palette, "Warnings", &warnings(report));
    section(&mut text, palette, "Not run", &not_run(report));
    section(&mut text, palette, "Skipped", &skipped(report));
    for column in report.columns {
        let failures: Vec<_> = report.failures(column).collect();
        if failures.is_empty() {
            continue;
        }
        let title = format!("{}: {}", column.name, plural(failures.len() as u64, "failure"));
        section(&mut text, palette, &title, &shown_failures(&failures, column, layout));
    }
    if !text.is_empty() {
        text.push('\n');
    }
    text.push_str(&totals(report, palette));
    text
}

fn section(text: &mut String, palette: Palette, title: &str, lines: &[String]) {
    if !lines.is_empty() {
        let _ = write!(text, "\n{}\n{}", palette.title(title), lines.concat());
    }
}

fn warnings(report: &Report<'_>) -> Vec<String> {
    report.warnings().iter().map(|warning| format!("  {warning}\n")).collect()
}

/// Engines that are missing, and cases that an engine could not be asked.
fn not_run(report: &Report<'_>) -> Vec<String> {
    let missing = |column: &ColumnReport| {
        let reason = column.missing()?;
        Some(format!("  {}: {reason}\n", column.name))
    };
    let stopped = |column: &ColumnReport, wanted: Status| {
        let judged = column.judged().iter().filter(|judged| judged.status() == wanted);
        let mut reasons = judged.filter_map(|judged| match &judged.verdict {
            Verdict::NotRun(reason) => Some(reason.as_str()),
            Verdict::LeftOut(reason) => Some(*reason),
            _ => None,
        });
        let first = reasons.next()?;
        let cases = plural(1 + reasons.count() as u64, "case");
        Some(format!("  {}: {cases}, {first}\n", column.name))
    };
    let lines = report.columns.iter().flat_map(|column| {
        [missing(column), stopped(column, Status::NotRun), stopped(column, Status::LeftOut)]
    });
    lines.flatten().collect()
}

/// Failures that are excused, and excuses that nobody needs.
fn skipped(report: &Report<'_>) -> Vec<String> {
    let line = |column: &ColumnReport, case: &Case, judged: &Judged| {
        let reason = judged.skip.as_deref()?;
        let (name, id) = (&column.name, &case.id);
        match judged.status() {
            Status::Skipped => Some(format!("  {name} {id}: {reason}\n")),
            Status::UnexpectedlyPassed => {
                Some(format!("  {name} {id}: skipped, but passes ({reason})\n"))
            }
            _ => None,
        }
    };
    let of_column =
        |column| report.judged(column).filter_map(move |(case, judged)| line(column, case, judged));
    report.columns.iter().flat_map(of_column).collect()
}

fn shown_failures(
    failures: &[(&Case, &Failure)],
    column: &ColumnReport,
    layout: &Layout<'_>,
) -> Vec<String> {
    let shown = failures.iter().take(layout.failures_most);
    let mut lines: Vec<String> =
        shown.map(|(case, failure)| shown_failure(case, failure, column, layout)).collect();
    let rest = failures.len().saturating_sub(layout.failures_most) as u64;
    if rest > 0 {
        let all = failures.len();
        lines.push(format!("  {}: --show-failures {all}\n", plural(rest, "more failure")));
    }
    lines
}

fn shown_failure(
    case: &Case,
    failure: &Failure,
    column: &ColumnReport,
    layout: &Layout<'_>,
) -> String {
    let palette = layout.palette;
    let mut text = format!("  {} ({}) {}\n", palette.title(&case.id), case.rule, case.title);
    let _ = writeln!(text, "    asked: {}", case.request);
    let _ = writeln!(text, "    input: {}", display::bytes(&case.input));
    let _ = writeln!(text, "    {}", palette.bad(&failure.headline()));
    for difference in &failure.differences {
        let _ = writeln!(text, "      {}", difference.part);
        let _ = writeln!(text, "        expected {}", palette.good(&difference.expected));
        let _ = writeln!(text, "        found    {}", palette.bad(&difference.found));
    }
    let _ = writeln!(
        text,
        "    again: delimark-bench verify{} {} --filter '^{}$'",
        layout.options, column.selection, case.id
    );
    text
}

fn totals(report: &Report<'_>, palette: Palette) -> String {
    let total = report.total();
    let ran = report.columns.iter().filter(|column| column.missing().is_none()).count() as u64;
    let mut line = format!(
        "vectors {}: {} x {}, {} in all: {} passed, {} failed, {} skipped",
        report.suite.version,
        plural(report.cases.len() as u64, "case"),
        plural(ran, "engine"),
        plural(report.executions(), "variant"),
        total.passed,
        total.failed,
        total.skipped
    );
    for (count, what) in [
        (total.noted, "only noted"),
        (total.unexpectedly_passed, "passed that are in the list of skips"),
        (total.not_run, "could not be executed"),
        (total.left_out, "left out because of their runtime"),
    ] {
        if count > 0 {
            let _ = write!(line, "; {count} {what}");
        }
    }
    let faults = report.faults();
    match &faults[..] {
        [] => format!("{}\n", palette.good(&line)),
        _ => {
            let faults: Vec<String> =
                faults.iter().map(|fault| palette.bad(&format!("error: {fault}"))).collect();
            format!("{line}\n{}\n", faults.join("\n"))
        }
    }
}
