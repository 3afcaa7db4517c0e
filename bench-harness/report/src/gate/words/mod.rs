//! The report of a gate in words: tables and sentences for people, JUnit for CI systems, JSON for
//! programs. Each says what got better as clearly as what got worse.

mod chapters;
mod junit;
mod picture;
mod sentences;

use super::Report;
use crate::comparison::json;
use crate::report::{PlotError, markdown, terminal};

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
        picture::draw(self)
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
