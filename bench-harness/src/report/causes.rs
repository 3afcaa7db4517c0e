//! What bounds each backend, as sentences: the attribution of a model's cells.

use super::view::{Family, ModelView, Row, Section, View};
use crate::attribution::{attribute, explain_scaling};
use crate::results::Results;

/// Returns the engines that something was found of, fastest first, with the sentences.
pub(super) fn of_model<'a>(view: &View<'_>, model: &ModelView<'a>) -> Vec<(&'a str, String)> {
    let rows = model.rows.iter().map(|row| (row.cell.engine.as_str(), of_row(view.results, row)));
    rows.filter(|(_, sentences)| !sentences.is_empty()).collect()
}

/// Returns what was found of a model's fastest backend.
pub(super) fn of_fastest<'a>(view: &View<'_>, model: &ModelView<'a>) -> Option<(&'a str, String)> {
    let fastest = model.fastest(Family::Delimark)?;
    Some((&fastest.cell.engine, of_row(view.results, fastest)))
}

fn of_row(results: &Results, row: &Row<'_>) -> String {
    let sentences = attribute(results, row.cell).into_iter().map(|finding| finding.sentence);
    sentences.collect::<Vec<_>>().join(" ")
}

/// Returns what was found of the scaling with threads.
pub(super) fn of_scaling(section: &Section<'_>) -> Vec<String> {
    explain_scaling(&section.scaling).into_iter().map(|finding| finding.sentence).collect()
}
