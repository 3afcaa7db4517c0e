//! The report as JUnit XML, which CI systems show: what is worse is a failure, what could not be
//! decided an error, what was not looked at skipped.

use quick_junit::{NonSuccessKind, TestCase, TestCaseStatus, TestSuite};

use super::chapters::OF_CELLS;
use super::phrases::{name, of_layer};
use crate::gate::{CellReport, Layer, LayerReport, NotCompared, Report, Verdict};

pub(super) fn render(report: &Report) -> String {
    let mut document = quick_junit::Report::new("delimark-bench gate");
    document.add_test_suite(answers(report));
    for layer in OF_CELLS {
        document.add_test_suite(suite(report, layer));
    }
    document.to_string().expect("writing to memory does not fail")
}

fn answers(report: &Report) -> TestSuite {
    let mut suite = TestSuite::new(Layer::Answers.name());
    let layer = layer(report, Layer::Answers);
    suite.add_test_case(of_whole(layer));
    for wrong in &report.answers.wrong {
        let name = format!("{} {}", wrong.engine, wrong.question);
        suite.add_test_case(TestCase::new(
            name,
            status(Some(Verdict::WrongAnswers), &wrong.problem),
        ));
    }
    suite
}

fn suite(report: &Report, which: Layer) -> TestSuite {
    let mut suite = TestSuite::new(which.name());
    let layer = layer(report, which);
    let has_cells = layer.verdict.is_some() && !report.same_program && !report.cells.is_empty();
    if has_cells {
        suite.add_test_cases(report.cells.iter().map(|cell| of_cell(cell, which)));
    }
    if layer.verdict.is_some() {
        let skipped = report.not_compared.iter();
        let test = |cell: &NotCompared| TestCase::new(name(&cell.name), status(None, &cell.reason));
        suite.add_test_cases(skipped.map(test));
    }
    // A layer that compared nothing must not look like one that found nothing.
    if !has_cells || report.cells.iter().all(|cell| cell.finding(which).is_none()) {
        suite.add_test_case(of_whole(layer));
    }
    suite
}

fn layer(report: &Report, which: Layer) -> &LayerReport {
    let layer = report.layers.iter().find(|layer| layer.layer == which);
    layer.expect("a report that was judged has every layer")
}

/// Returns the layer itself as a test.
fn of_whole(layer: &LayerReport) -> TestCase {
    let mut test =
        TestCase::new(format!("the layer {}", layer.layer), status(layer.verdict, &layer.sentence));
    test.set_system_out(&layer.sentence);
    test
}

fn of_cell(cell: &CellReport, layer: Layer) -> TestCase {
    let sentence = of_layer(cell, layer);
    let mut test = TestCase::new(name(&cell.name), status(cell.finding(layer), &sentence));
    test.set_system_out(sentence);
    test
}

fn status(verdict: Option<Verdict>, sentence: &str) -> TestCaseStatus {
    let mut status = match verdict {
        None => TestCaseStatus::skipped(),
        Some(Verdict::Pass) => return TestCaseStatus::success(),
        Some(Verdict::Inconclusive) => TestCaseStatus::non_success(NonSuccessKind::Error),
        Some(Verdict::Regression | Verdict::WrongAnswers) => {
            TestCaseStatus::non_success(NonSuccessKind::Failure)
        }
    };
    if let Some(verdict) = verdict {
        status.set_type(verdict.name());
    }
    status.set_message(sentence);
    status
}
