//! The times of a report as a picture.

use super::sentences::{name, signed};
use crate::gate::time::{TimeFinding, TimeJudgment};
use crate::gate::{CellReport, Report};
use crate::report::{ChangeRow, PlotError, Tone, changes};

/// Draws the cells that have times; returns a description, and the picture.
pub(super) fn draw(report: &Report) -> Result<(String, String), PlotError> {
    let rows: Vec<ChangeRow> = report.cells.iter().filter_map(row).collect();
    let title = format!("Gate: {}, by time", report.verdict.name());
    changes(&title, report.rules.margin, &rows)
}

fn row(cell: &CellReport) -> Option<ChangeRow> {
    let TimeJudgment { finding, ratio, interval, .. } = cell.time.value()?;
    let (ratio, interval) = (ratio.as_ref()?.median, (*interval)?);
    let (word, tone) = match finding {
        TimeFinding::Regression => ("regression", Tone::Worse),
        TimeFinding::Improvement => ("better", Tone::Better),
        TimeFinding::Same => ("pass", Tone::Same),
        TimeFinding::Inconclusive { .. } => ("inconclusive", Tone::Unclear),
    };
    let verdict = format!("{} {word}", signed(ratio));
    Some(ChangeRow { name: name(&cell.name), ratio, interval, verdict, tone })
}
