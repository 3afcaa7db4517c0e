//! The report of a gate in words: tables and sentences for people, JUnit for CI systems, JSON for
//! programs. Each says what got better as clearly as what got worse.

mod chapters;
mod junit;
mod phrases;

use self::phrases::{name, signed};
use super::time::{TimeFinding, TimeJudgment};
use super::{CellReport, Report};
use crate::comparison::json;
use crate::report::{ChangeRow, PlotError, Tone, changes, markdown, terminal};

/// The form of [`Report::json`].
const SCHEMA: &str = "delimark-gate/1";

impl Report {
    /// Renders the report for a terminal of 100 columns.
    #[must_use]
    pub fn text(&self) -> String {
        terminal::render_chapters(&chapters::of(self))
    }

    /// Renders the report as Markdown, for a pull request or the summary of a step.
    #[must_use]
    pub fn markdown(&self) -> String {
        markdown::render_chapters(&chapters::of(self))
    }

    /// Draws the times; returns a description for those who cannot see it, and the picture.
    ///
    /// # Errors
    ///
    /// It cannot be drawn.
    pub fn picture(&self) -> Result<(String, String), PlotError> {
        let rows: Vec<ChangeRow> = self.cells.iter().filter_map(row).collect();
        let title = format!("Gate: {}, by time", self.verdict.name());
        changes(&title, self.rules.margin, &rows)
    }

    /// Renders the report as JSON, see `reports/gate.schema.json`.
    #[must_use]
    pub fn json(&self) -> String {
        json(SCHEMA, self)
    }

    /// Renders the report as JUnit XML: a suite a layer, a test a cell.
    #[must_use]
    pub fn junit(&self) -> String {
        junit::render(self)
    }
}

/// Returns the row of a cell that has times.
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
