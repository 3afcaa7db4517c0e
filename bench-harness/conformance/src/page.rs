//! The page of what other parsers fail, in Markdown. It has no date and no machine in it: it
//! changes only when vectors, versions or answers do.

use std::collections::BTreeMap;
use std::fmt::Write;

use delimark_results::display;
use delimark_runner::case::Request;

use super::case::{Case, Class};
use super::peers::Peer;
use super::report::{Report, plural};
use super::run::ColumnReport;
use super::verdict::{Failure, FailureKind};

/// Writes the page; the peers are those of the columns, in their order.
#[must_use]
pub fn page(report: &Report<'_>, peers: &[Peer]) -> String {
    let mut page = introduction(report);
    page.push_str(&table(report));
    for (column, peer) in report.columns.iter().zip(peers) {
        page.push_str(&section(report, column, peer));
    }
    page
}

fn introduction(report: &Report<'_>) -> String {
    format!(
        "# What other parsers make of the vectors\n\n\
         Made by `delimark-bench verify --peers --write-page reports/conformance/peers.md`, from \
         vectors {}, {}. Do not edit it.\n\n\
         The vectors test [a format that is not CSV](\
         ../../datasets/conformance/SPEC.md). Most of these parsers are made for another format, \
         so what they fail is no bug of theirs: it is what a person gets who takes them for such \
         logs. None has quotes by the rules of R11, so the adapters refuse every dialect with one. \
         How each is started, and what its adapter decides, is in \
         [their folder](../../bench-harness/engines/conformance/README.md). The examples are asked \
         with {}, but for what stands after the input.\n\n\
         Passed, of all cases of a file:\n\n",
        report.suite.version,
        plural(report.cases.len() as u64, "case"),
        code(&Request::new(b'|').to_string()),
    )
}

fn table(report: &Report<'_>) -> String {
    let names = report.columns.iter().map(|column| column.name.clone());
    let mut table = row("file", names);
    table.push_str(&row("---", report.columns.iter().map(|_| "---:".to_owned())));
    let cell = |column: &ColumnReport, file| match column.missing() {
        Some(_) => "-".to_owned(),
        None => {
            let counts = report.case_counts(column, file);
            format!("{}/{}", counts.passed, counts.all())
        }
    };
    for (file, listed) in report.suite.files.iter().enumerate() {
        if report.cases.iter().any(|case| case.file == file) {
            let cells = report.columns.iter().map(|column| cell(column, Some(file)));
            table.push_str(&row(&listed.name, cells));
        }
    }
    table.push_str(&row("**all**", report.columns.iter().map(|column| cell(column, None))));
    table
}

fn row(label: &str, cells: impl Iterator<Item = String>) -> String {
    let cells: Vec<String> = cells.collect();
    format!("| {label} | {} |\n", cells.join(" | "))
}

fn section(report: &Report<'_>, column: &ColumnReport, peer: &Peer) -> String {
    let mut text = format!("\n## {}\n\n", peer.title);
    let found = match &peer.found {
        Ok(found) => found,
        Err(missing) => {
            let _ = writeln!(text, "Not run: {missing}.");
            return text;
        }
    };
    let counts = report.case_counts(column, None);
    let _ = writeln!(
        text,
        "`{}`, version {}, [adapter](../../{}). {} It fails {} of {}.",
        peer.name,
        found.version,
        peer.adapter,
        peer.choices,
        counts.all() - counts.passed,
        plural(counts.all(), "case")
    );
    let lacks_quotes = lacks_quotes(report, column);
    let is_apart = |case: &Case| lacks_quotes && case.request.quote.is_some();
    let (apart, failures): (Vec<_>, Vec<_>) =
        report.failures(column).partition(|(case, _)| is_apart(case));
    let mut by_rule: BTreeMap<RuleOrder<'_>, Vec<(&Case, &Failure)>> = BTreeMap::new();
    for (case, failure) in failures {
        by_rule.entry(RuleOrder::of(&case.rule)).or_default().push((case, failure));
    }
    if !by_rule.is_empty() || !apart.is_empty() {
        text.push('\n');
    }
    for (rule, failures) in by_rule {
        let is_of_rule = |case: &&&Case| case.rule == rule.name && !is_apart(case);
        let all = report.cases.iter().filter(is_of_rule).count();
        text.push_str(&shown_rule(all, rule.name, &failures));
    }
    if !apart.is_empty() {
        let all = report.cases.iter().filter(|case| is_apart(case)).count();
        let _ = writeln!(
            text,
            "- **Quotes**, of all rules: {} of {all}, since it refuses each dialect that names \
             one.",
            apart.len()
        );
    }
    text
}

/// Tells whether an engine rejects everything with quotes that has to be accepted: for want of
/// them, then, and not of a rule.
fn lacks_quotes(report: &Report<'_>, column: &ColumnReport) -> bool {
    let is_quoted = |case: &Case| case.request.quote.is_some() && case.class == Class::Accept;
    let refused = report
        .failures(column)
        .filter(|(case, failure)| is_quoted(case) && failure.kind == FailureKind::WronglyRejected);
    refused.count() == report.cases.iter().filter(|case| is_quoted(case)).count()
}

/// Sorts rules as people count: R2 before R10.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
struct RuleOrder<'a> {
    numbers: Vec<u32>,
    name: &'a str,
}

impl<'a> RuleOrder<'a> {
    fn of(name: &'a str) -> Self {
        let parts = name.split(|letter: char| !letter.is_ascii_digit());
        Self { numbers: parts.filter_map(|part| part.parse().ok()).collect(), name }
    }
}

/// Shows a rule's failures among all its cases, with the shortest as an example.
fn shown_rule(all: usize, rule: &str, failures: &[(&Case, &Failure)]) -> String {
    let kinds = FailureKind::ALL.into_iter().filter_map(|kind| {
        let count = failures.iter().filter(|(_, failure)| failure.kind == kind).count();
        (count > 0).then(|| format!("{count} {kind}"))
    });
    let kinds = kinds.collect::<Vec<_>>().join(", ");
    let mut text = format!("- **{rule}**: {} of {all} ({kinds}).", failures.len());
    let shortest = failures.iter().min_by_key(|(case, _)| (case.input.len(), &case.id));
    if let Some((case, failure)) = shortest {
        let _ = write!(text, " {}", example(case, failure));
    }
    text.push('\n');
    text
}

fn example(case: &Case, failure: &Failure) -> String {
    let input = code(&display::bytes(&case.input));
    let asked = match unusual(&case.request) {
        words if words.is_empty() => String::new(),
        words => format!(" with {}", code(&words)),
    };
    let what = match &failure.differences[..] {
        [] => code(&failure.summary()),
        differences => {
            // The number of records says less than the record.
            let telling =
                differences.iter().find(|difference| difference.part != "number of records");
            let difference = telling.unwrap_or(&differences[0]);
            let (expected, found) = (code(&difference.expected), code(&difference.found));
            format!("{}: expected {expected}, found {found}", difference.part)
        }
    };
    format!("`{}`: {}\n  Input {input}{asked}.\n  {what}.", case.id, sentence(&case.title))
}

/// Returns the settings that are beyond the usual, or instead of it.
fn unusual(request: &Request) -> String {
    let (asked, usual) = (request.to_string(), Request::new(b'|').to_string());
    let is_unusual = |word: &&str| !usual.split(' ').any(|usual| usual == *word);
    asked.split(' ').filter(is_unusual).collect::<Vec<_>>().join(" ")
}

fn sentence(title: &str) -> String {
    if title.ends_with('.') { title.to_owned() } else { format!("{title}.") }
}

/// Returns a span of code, whatever is in it.
fn code(text: &str) -> String {
    if text.contains('`') { format!("`` {text} ``") } else { format!("`{text}`") }
}
