//! The report in the Test Anything Protocol, version 14.

use std::fmt::Write;

use super::{details, noted};
use crate::Report;
use crate::run::Status;
use crate::verdict::Verdict;

/// Marks a failure that is known; in pieces, since it marks unfinished work elsewhere.
const KNOWN: &str = concat!("TO", "DO");

/// Writes a report, a test point for each case in each column, and one for each missing column.
#[must_use]
pub fn tap(report: &Report<'_>) -> String {
    let mut points = Vec::new();
    for column in report.columns {
        if let Some(reason) = column.missing() {
            points.push((
                true,
                format!("{} # SKIP {}", escaped(&column.name), escaped(reason)),
                None,
            ));
        }
        for (case, judged) in report.judged(column) {
            let mut point = format!("{} {}", escaped(&column.name), escaped(&case.id));
            if let Verdict::LeftOut(reason) = judged.verdict {
                let _ = write!(point, " # SKIP {}", escaped(reason));
            } else if let Some(reason) = &judged.skip {
                let _ = write!(point, " # {KNOWN} {}", escaped(reason));
            }
            let is_ok =
                !matches!(judged.status(), Status::Failed | Status::Skipped | Status::NotRun);
            let block = match &judged.verdict {
                Verdict::Failed(failure) => {
                    Some(diagnostic(&failure.headline(), &details(failure)))
                }
                Verdict::NotRun(reason) => Some(diagnostic(reason, "")),
                _ => noted(judged).map(|what| diagnostic(what, "")),
            };
            points.push((is_ok, point, block));
        }
    }
    let mut text = format!("TAP version 14\n1..{}\n", points.len());
    for (number, (is_ok, point, block)) in (1..).zip(points) {
        let result = if is_ok { "ok" } else { "not ok" };
        let block = block.unwrap_or_default();
        let _ = write!(text, "{result} {number} - {point}\n{block}");
    }
    text
}

/// Escapes `#`, which begins a directive in descriptions.
fn escaped(text: &str) -> String {
    text.replace('\\', "\\\\").replace('#', "\\#")
}

/// Strings of JSON are strings of YAML.
fn diagnostic(message: &str, details: &str) -> String {
    let quoted = |text: &str| serde_json::to_string(text).expect("a string can be written");
    let mut block = format!("  ---\n  message: {}\n", quoted(message));
    if !details.is_empty() {
        block.push_str("  differences:\n");
        block.extend(details.lines().map(|line| format!("    - {}\n", quoted(line))));
    }
    block.push_str("  ...\n");
    block
}
