//! The few rows that a report opens with, chosen by what they are among the engines of the run.

use super::tables::{Content, Entry, Table, TableRow, ratio};
use super::view::MODEL;
use super::view::{Family, LIMIT, ModelView, ProcessKind, Row, Section};
use crate::number_format::{MISSING, insignificance, interval_of, number, percent};

/// The number of rows, if there are as many.
const ROWS: usize = 6;

/// A row with the reason why it is shown.
struct Telling<'v, 'a> {
    row: &'v Row<'a>,
    reason: String,
}

/// Returns the most telling rows of a data set, fastest first within a model; nothing where
/// nothing was measured.
pub(super) fn table(section: &Section<'_>) -> Option<Table> {
    let mut chosen = choose(section);
    let model_of = |telling: &Telling<'_, '_>| {
        section.models.iter().position(|model| model.model == telling.row.cell.model)
    };
    chosen.sort_by(|a, b| {
        let speeds = b.row.throughput().total_cmp(&a.row.throughput());
        model_of(a).cmp(&model_of(b)).then(speeds)
    });
    let columns = ["engine", "GB/s", "ns/record", "of read limit", "fastest delimark ÷ this"];
    (!chosen.is_empty()).then(|| Table {
        content: Content::Numbers,
        columns: columns.map(str::to_owned).into(),
        rows: chosen.iter().map(table_row).collect(),
    })
}

fn table_row(Telling { row, reason }: &Telling<'_, '_>) -> TableRow {
    let cell = row.cell;
    let [rate, time] = [cell.gigabytes_per_second, cell.ns_per_record]
        .map(|estimate| Entry::noted(number(estimate.median), [interval_of(estimate)]));
    let share = row.this_over_limit.as_ref().map_or_else(
        || Entry::plain(MISSING),
        |share| Entry::noted(percent(share.ratio.median), insignificance(share)),
    );
    let engine = Entry::noted(cell.engine.clone(), [format!("{}: {reason}", cell.model)]);
    let gain = ratio(row.fastest_over_this.as_ref());
    TableRow { family: row.family, cells: vec![engine, rate, time, share, gain] }
}

/// Returns the first rows of a list that begins with the most telling ones; an engine that is
/// several of them counts once.
fn choose<'v, 'a>(section: &'v Section<'a>) -> Vec<Telling<'v, 'a>> {
    let Some(model) = section.model(MODEL).or(section.models.first()) else { return Vec::new() };
    let own = |kind: ProcessKind| {
        of(model, Family::Delimark).filter(move |row| ProcessKind::of(&row.cell.engine) == kind)
    };
    let peers: Vec<&Row<'a>> = of(model, Family::Peer).collect();
    let elsewhere =
        peers.iter().copied().find(|row| ProcessKind::of(&row.cell.engine) == ProcessKind::Runtime);
    let candidates = [
        (model.row(LIMIT), "reading alone".to_owned()),
        (own(ProcessKind::Here).next(), "fastest backend".to_owned()),
        (own(ProcessKind::Runtime).next(), "fastest as WebAssembly".to_owned()),
        (peers.first().copied(), "fastest peer".to_owned()),
        (command(section, Family::Delimark), "whole command".to_owned()),
        (command(section, Family::Peer), "fastest peer as a command".to_owned()),
        (peers.get(peers.len() / 2).copied(), format!("middle one of {} peers", peers.len())),
        (own(ProcessKind::Here).last(), "slowest backend".to_owned()),
        (elsewhere, "fastest peer in another process".to_owned()),
        (peers.last().copied(), "slowest peer".to_owned()),
    ];
    let mut chosen: Vec<Telling<'v, 'a>> = Vec::new();
    for (row, reason) in candidates {
        let Some(row) = row else { continue };
        let is_new = chosen.iter().all(|other| !std::ptr::eq(other.row, row));
        if is_new && chosen.len() < ROWS {
            chosen.push(Telling { row, reason });
        }
    }
    chosen
}

fn of<'v, 'a>(model: &'v ModelView<'a>, family: Family) -> impl Iterator<Item = &'v Row<'a>> {
    model.rows.iter().filter(move |row| row.family == family)
}

/// Returns the fastest whole command of a family, on the first model that has one.
fn command<'v, 'a>(section: &'v Section<'a>, family: Family) -> Option<&'v Row<'a>> {
    let mut rows = section.models.iter().flat_map(|model| of(model, family));
    rows.find(|row| ProcessKind::of(&row.cell.engine) == ProcessKind::Command)
}
