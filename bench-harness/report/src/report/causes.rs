//! The bound of each backend, as sentences: the attribution of a model's cells.

use delimark_results::Results;

use super::view::{Family, ModelView, Row, Section, View};
use crate::attribution::{attribute, explain_scaling};
use crate::number_format::percent;

/// Returns the engines that something was found of, fastest first, with the sentences; those in
/// other processes together, as the same is missing of all.
pub(super) fn of_model<'a>(view: &View<'_>, model: &ModelView<'a>) -> Vec<(&'a str, String)> {
    let (elsewhere, here): (Vec<_>, Vec<_>) =
        model.rows.iter().partition(|row| row.runs_elsewhere());
    let here = here.into_iter().map(|row| (row.cell.engine.as_str(), of_row(view.results, row)));
    let elsewhere = of_other_processes(&elsewhere).map(|sentence| ("In other processes", sentence));
    here.filter(|(_, sentences)| !sentences.is_empty()).chain(elsewhere).collect()
}

/// Says that nobody counts what another process does, and that it has no limits of its own.
fn of_other_processes(rows: &[&Row<'_>]) -> Option<String> {
    let share = |row: &&Row<'_>| {
        let share = percent(row.this_over_limit.as_ref()?.ratio.median);
        (row.family == Family::Delimark).then(|| format!("{} {share}", row.cell.engine))
    };
    let shares: Vec<String> = rows.iter().filter_map(share).collect();
    (!shares.is_empty()).then(|| {
        format!(
            "Of the read limit: {}. Where the rest goes is open: counters and the other limits are \
             of this process.",
            shares.join(", ")
        )
    })
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
