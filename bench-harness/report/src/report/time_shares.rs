//! The shares of a backend's time as a table: reading, search, emission and consumer, each with its
//! part of the whole.

use delimark_results::Results;
use delimark_runner::model::Model;

use super::tables::{Content, Entry, Table, TableRow, missing};
use super::view::{Family, ModelView, Row, Section};
use crate::attribution::{Shares, Stage, shares};
use crate::number_format::{MISSING, number, percent};

/// Returns the backends of a data set's models in memory with their shares, or why there are none.
pub(super) fn rows<'v, 'a>(
    results: &'v Results,
    section: &'v Section<'a>,
) -> impl Iterator<Item = (&'v Row<'a>, Result<Shares, String>)> {
    let is_of_file = |model: &&ModelView<'_>| {
        [Model::FileMap, Model::FileRead].iter().any(|file| file.name() == model.model)
    };
    let rows = section.models.iter().filter(move |model| !is_of_file(model)).flat_map(|model| {
        let rows = model.rows.iter();
        rows.filter(|row| row.family == Family::Delimark)
    });
    rows.map(move |row| (row, shares(results, row.cell)))
}

/// Makes a table of every backend and model that can be divided, or nothing where none can.
pub(super) fn table(results: &Results, section: &Section<'_>) -> Option<Table> {
    let rows: Vec<TableRow> = rows(results, section)
        .filter_map(|(row, shares)| Some(table_row(row, &shares.ok()?)))
        .collect();
    let columns = ["engine", "model", "ns/record"].into_iter().chain(Stage::ALL.map(Stage::name));
    (!rows.is_empty()).then(|| Table {
        content: Content::Numbers,
        columns: columns.map(str::to_owned).collect(),
        rows,
    })
}

fn table_row(row: &Row<'_>, shares: &Shares) -> TableRow {
    let cell = row.cell;
    let stages = Stage::ALL.map(|stage| match shares.part(stage) {
        None => Entry::plain(MISSING),
        Some(part) => {
            let noise = part.is_within_spread.then(|| "within the noise".to_owned());
            let ns = format!("{} ns", number(part.ns_per_record));
            Entry::noted(percent(part.share), [ns].into_iter().chain(noise))
        }
    });
    let head = [cell.engine.clone(), cell.model.clone(), number(cell.ns_per_record.median)];
    TableRow {
        family: row.family,
        cells: head.map(Entry::plain).into_iter().chain(stages).collect(),
    }
}

/// Lists the reasons that cells are not in the table, each once.
pub(super) fn missing_shares(results: &Results, section: &Section<'_>) -> Vec<String> {
    let mut grouped: Vec<(String, Vec<&str>)> = Vec::new();
    for (row, shares) in rows(results, section) {
        let Err(reason) = shares else { continue };
        let engine = row.cell.engine.as_str();
        match grouped.iter_mut().find(|(known, _)| *known == reason) {
            Some((_, engines)) if engines.contains(&engine) => {}
            Some((_, engines)) => engines.push(engine),
            None => grouped.push((reason, vec![engine])),
        }
    }
    grouped.iter().map(|(reason, engines)| missing("shares", reason, engines)).collect()
}
