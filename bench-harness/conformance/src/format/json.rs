//! The report as JSON; `reports/conformance/verify.schema.json` is its schema.

use serde::Serialize;

use crate::run::{ColumnReport, Judged, Status};
use crate::verdict::{Failure, Verdict};
use crate::{Case, Report};

#[derive(Serialize)]
struct Document<'a> {
    schema: &'static str,
    suite: Suite<'a>,
    columns: Vec<Column<'a>>,
    results: Vec<Outcome<'a>>,
    executions: u64,
    faults: Vec<String>,
}

#[derive(Serialize)]
struct Suite<'a> {
    version: &'a str,
    cases: usize,
    files: Vec<File<'a>>,
}

#[derive(Serialize)]
struct File<'a> {
    name: &'a str,
    topic: &'a str,
}

#[derive(Serialize)]
struct Column<'a> {
    name: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    missing: Option<&'a str>,
    variants: u64,
    executed: u64,
    passed: u64,
    noted: u64,
    unexpectedly_passed: u64,
    failed: u64,
    skipped: u64,
    not_run: u64,
    left_out: u64,
}

#[derive(Serialize)]
struct Outcome<'a> {
    case: &'a str,
    file: &'a str,
    rule: &'a str,
    column: &'a str,
    status: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    skip: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    message: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    kind: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    last_words: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    variants: Option<Variants<'a>>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    differences: Vec<Part<'a>>,
}

#[derive(Serialize)]
struct Variants<'a> {
    failed: u64,
    all: u64,
    first: &'a str,
}

#[derive(Serialize)]
struct Part<'a> {
    part: &'a str,
    expected: &'a str,
    found: &'a str,
}

/// Writes a report as one JSON document.
///
/// # Panics
///
/// It does not: writing strings and numbers to memory cannot fail.
#[must_use]
pub fn json(report: &Report<'_>) -> String {
    let suite = report.suite;
    let files = suite.files.iter().map(|file| File { name: &file.name, topic: &file.topic });
    let results = report.columns.iter().flat_map(|column| {
        report.judged(column).map(|(case, judged)| outcome(report, column, case, judged))
    });
    let document = Document {
        schema: "delimark-conformance/1",
        suite: Suite { version: &suite.version, cases: report.cases.len(), files: files.collect() },
        columns: report.columns.iter().map(|column| summary(report, column)).collect(),
        results: results.collect(),
        executions: report.executions(),
        faults: report.faults(),
    };
    let mut text = serde_json::to_string_pretty(&document).expect("it has nothing but strings");
    text.push('\n');
    text
}

fn summary<'a>(report: &Report<'a>, column: &'a ColumnReport) -> Column<'a> {
    let counts = report.case_counts(column, None);
    Column {
        name: &column.name,
        missing: column.missing(),
        variants: column.variants(),
        executed: counts.executed(),
        passed: counts.passed,
        noted: counts.noted,
        unexpectedly_passed: counts.unexpectedly_passed,
        failed: counts.failed,
        skipped: counts.skipped,
        not_run: counts.not_run,
        left_out: counts.left_out,
    }
}

fn outcome<'a>(
    report: &Report<'a>,
    column: &'a ColumnReport,
    case: &'a Case,
    judged: &'a Judged,
) -> Outcome<'a> {
    let (failure, message) = match &judged.verdict {
        Verdict::Passed => (None, None),
        Verdict::Failed(failure) => (Some(failure), failure.message.as_deref()),
        Verdict::Noted(what) | Verdict::NotRun(what) => (None, Some(what.as_str())),
        Verdict::LeftOut(reason) => (None, Some(*reason)),
    };
    let variants = failure.and_then(|failure| failure.variants.as_ref());
    Outcome {
        case: &case.id,
        file: &report.suite.files[case.file].name,
        rule: &case.rule,
        column: &column.name,
        status: status(judged.status()),
        skip: judged.skip.as_deref(),
        message,
        kind: failure.map(|failure| failure.kind.name()),
        last_words: failure.and_then(|failure| failure.last_words.as_deref()),
        variants: variants.map(|variants| Variants {
            failed: variants.failed,
            all: variants.all,
            first: &variants.first,
        }),
        differences: failure.map(parts).unwrap_or_default(),
    }
}

fn parts(failure: &Failure) -> Vec<Part<'_>> {
    let parts = failure.differences.iter().map(|difference| Part {
        part: &difference.part,
        expected: &difference.expected,
        found: &difference.found,
    });
    parts.collect()
}

fn status(status: Status) -> &'static str {
    match status {
        Status::Passed => "passed",
        Status::Noted => "noted",
        Status::Failed => "failed",
        Status::Skipped => "skipped",
        Status::UnexpectedlyPassed => "unexpectedly passed",
        Status::NotRun => "not run",
        Status::LeftOut => "left out",
    }
}
