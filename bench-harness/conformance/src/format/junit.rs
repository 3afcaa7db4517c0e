//! The report as JUnit XML, which CI systems show.

use quick_junit::{NonSuccessKind, TestCase, TestCaseStatus, TestSuite};

use super::{details, noted};
use crate::Report;
use crate::run::{ColumnReport, Judged};
use crate::verdict::Verdict;

/// Writes a report, a test suite for each column.
///
/// # Panics
///
/// It does not: writing to memory cannot fail.
#[must_use]
pub fn junit(report: &Report<'_>) -> String {
    let mut document = quick_junit::Report::new("delimark-bench verify");
    document.add_test_suites(report.columns.iter().map(|column| suite(report, column)));
    document.to_string().expect("writing to memory does not fail")
}

fn suite(report: &Report<'_>, column: &ColumnReport) -> TestSuite {
    let mut suite = TestSuite::new(column.name.as_str());
    if let Some(reason) = column.missing() {
        let mut status = TestCaseStatus::skipped();
        status.set_message(reason);
        suite.add_test_case(TestCase::new("all cases", status));
    }
    suite.add_test_cases(report.judged(column).map(|(case, judged)| {
        let mut test = TestCase::new(case.id.as_str(), status(judged));
        test.set_classname(report.suite.files[case.file].name.as_str());
        if let Some(what) = noted(judged) {
            test.set_system_out(what);
        }
        test
    }));
    suite
}

fn status(judged: &Judged) -> TestCaseStatus {
    match (&judged.verdict, &judged.skip) {
        (Verdict::Failed(failure), None) => {
            let mut status = TestCaseStatus::non_success(NonSuccessKind::Failure);
            status.set_type(failure.kind.name());
            status.set_message(failure.headline());
            status.set_description(details(failure));
            status
        }
        (Verdict::Failed(failure), Some(reason)) => {
            let mut status = TestCaseStatus::skipped();
            status.set_message(format!("{reason} ({})", failure.headline()));
            status
        }
        (Verdict::NotRun(reason), _) => {
            let mut status = TestCaseStatus::non_success(NonSuccessKind::Error);
            status.set_type("not run");
            status.set_message(reason.as_str());
            status
        }
        (Verdict::LeftOut(reason), _) => {
            let mut status = TestCaseStatus::skipped();
            status.set_message(*reason);
            status
        }
        (Verdict::Passed | Verdict::Noted(_), _) => TestCaseStatus::success(),
    }
}
