//! The matrix: what each engine made of each file of vectors.

use delimark_conformance::{CaseCounts, ColumnReport, FailureKind, Report};

use super::super::palette::Palette;

/// A cell: its text, and how it is painted once it has been made as wide as its column.
struct Cell {
    text: String,
    paint: fn(Palette, &str) -> String,
}

impl Cell {
    fn plain(text: impl Into<String>) -> Self {
        Self { text: text.into(), paint: |_, text| text.to_owned() }
    }

    fn title(text: impl Into<String>) -> Self {
        Self { text: text.into(), paint: Palette::title }
    }

    /// How many cases passed, of those that there are.
    fn case_counts(counts: CaseCounts) -> Self {
        let paint = if counts.failed + counts.not_run > 0 {
            Palette::bad
        } else if counts.skipped + counts.unexpectedly_passed + counts.left_out > 0 {
            Palette::doubtful
        } else {
            Palette::good
        };
        Self { text: format!("{}/{}", counts.passed, counts.all()), paint }
    }
}

/// Draws the columns that ran; nothing where none did.
pub(super) fn render(report: &Report<'_>, palette: Palette) -> String {
    let columns: Vec<&ColumnReport> =
        report.columns.iter().filter(|column| column.missing().is_none()).collect();
    if columns.is_empty() || report.cases.is_empty() {
        return String::new();
    }
    let mut rows = heads(&columns);
    for (file, listed) in report.suite.files.iter().enumerate() {
        if report.cases.iter().any(|case| case.file == file) {
            let cells = columns
                .iter()
                .map(|column| Cell::case_counts(report.case_counts(column, Some(file))));
            rows.push(row(&listed.name, cells));
        }
    }
    let totals = columns.iter().map(|column| Cell::case_counts(report.case_counts(column, None)));
    rows.push(row("all", totals));
    let variants = columns.iter().map(|column| Cell::plain(column.variants().to_string()));
    rows.push(row("variants of each case", variants));
    rows.extend(FailureKind::ALL.into_iter().filter_map(|kind| kind_row(report, &columns, kind)));
    let counts: Vec<CaseCounts> =
        columns.iter().map(|column| report.case_counts(column, None)).collect();
    let skipped = counts.iter().map(|counts| counts.skipped).collect();
    rows.extend(count_row("skipped failures", skipped, Palette::doubtful));
    let not_run = counts.iter().map(|counts| counts.not_run).collect();
    rows.extend(count_row("not run", not_run, Palette::bad));
    let left_out = counts.iter().map(|counts| counts.left_out).collect();
    rows.extend(count_row("left out", left_out, Palette::doubtful));
    lay_out(&rows, palette)
}

/// The names, with the host below the backend.
fn heads(columns: &[&ColumnReport]) -> Vec<Vec<Cell>> {
    let split = |column: &&ColumnReport| match column.name.split_once('@') {
        Some((backend, host)) => (backend.to_owned(), format!("@{host}")),
        None => (column.name.clone(), String::new()),
    };
    let (names, hosts): (Vec<_>, Vec<_>) = columns.iter().map(split).unzip();
    let is_empty = hosts.iter().all(String::is_empty);
    let mut rows = vec![row("", names.into_iter().map(Cell::title))];
    if !is_empty {
        rows.push(row("", hosts.into_iter().map(Cell::title)));
    }
    rows
}

/// How often each engine failed in this way; nothing where none did.
fn kind_row(
    report: &Report<'_>,
    columns: &[&ColumnReport],
    kind: FailureKind,
) -> Option<Vec<Cell>> {
    let count = |column: &&ColumnReport| {
        report.failures(column).filter(|(_, failure)| failure.kind == kind).count() as u64
    };
    count_row(kind.name(), columns.iter().map(count).collect(), Palette::bad)
}

/// A row of counts; nothing where all are 0.
fn count_row(
    label: &str,
    counts: Vec<u64>,
    paint: fn(Palette, &str) -> String,
) -> Option<Vec<Cell>> {
    let cell = |count: u64| match count {
        0 => Cell::plain("-"),
        _ => Cell { text: count.to_string(), paint },
    };
    let is_empty = counts.iter().all(|count| *count == 0);
    (!is_empty).then(|| row(label, counts.into_iter().map(cell)))
}

fn row(label: &str, cells: impl Iterator<Item = Cell>) -> Vec<Cell> {
    std::iter::once(Cell::plain(label)).chain(cells).collect()
}

fn lay_out(rows: &[Vec<Cell>], palette: Palette) -> String {
    let width = |column: usize| rows.iter().map(|row| row[column].text.chars().count()).max();
    let widths: Vec<usize> =
        (0..rows[0].len()).map(|column| width(column).unwrap_or_default()).collect();
    let mut text = String::new();
    for row in rows {
        let mut line = String::new();
        for (index, (cell, &width)) in row.iter().zip(&widths).enumerate() {
            let padded = match index {
                0 => format!("{:<width$}", cell.text),
                _ => format!("  {:>width$}", cell.text),
            };
            line.push_str(&(cell.paint)(palette, &padded));
        }
        text.push_str(line.trim_end());
        text.push('\n');
    }
    text
}
