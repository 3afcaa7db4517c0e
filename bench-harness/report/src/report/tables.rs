//! The tables of a report as text, before anything decides what a table looks like.

use delimark_results::statistics::Comparison;
use delimark_results::{Cell, Known};

use super::view;
use super::view::{Family, ModelView, Row, Section};
use crate::number_format::{
    MISSING, insignificance, interval, interval_of, number, percent, spread, times,
};

/// A table; its first column names the row.
#[derive(Debug)]
pub struct Table {
    /// The kind of the other columns' content, which decides how they are aligned.
    pub content: Content,
    /// The heads of the columns.
    pub columns: Vec<String>,
    /// The rows.
    pub rows: Vec<TableRow>,
}

/// The content of a table.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Content {
    /// Numbers, aligned at the right.
    Numbers,
    /// Words, aligned at the left.
    Words,
}

/// A row of a table.
#[derive(Debug)]
pub struct TableRow {
    /// The family that colours the row.
    pub family: Family,
    /// The cells, as many as there are columns.
    pub cells: Vec<Entry>,
}

/// A number and what qualifies it, in smaller type.
#[derive(Clone, Debug)]
pub struct Entry {
    /// The number.
    pub main: String,
    /// The qualifications.
    pub notes: Vec<String>,
}

impl Entry {
    /// Makes an entry without qualifications.
    pub fn plain(main: impl Into<String>) -> Self {
        Self { main: main.into(), notes: Vec::new() }
    }

    /// Makes an entry with qualifications.
    pub fn noted(main: String, notes: impl IntoIterator<Item = String>) -> Self {
        Self { main, notes: notes.into_iter().collect() }
    }
}

/// Engines by models: GB/s, its interval, the share of the read limit.
pub(super) fn summary(section: &Section<'_>) -> Table {
    let models = section.models.iter().map(|model| format!("{}, GB/s", model.model));
    let rows = section.engines().into_iter().map(|engine| {
        let entries = section.models.iter().map(|model| match model.row(engine) {
            Some(row) => throughput(row),
            None => Entry::plain(MISSING),
        });
        TableRow {
            family: Family::of(engine),
            cells: [Entry::plain(engine)].into_iter().chain(entries).collect(),
        }
    });
    Table {
        content: Content::Numbers,
        columns: ["engine".to_owned()].into_iter().chain(models).collect(),
        rows: rows.collect(),
    }
}

fn throughput(row: &Row<'_>) -> Entry {
    let rate = row.cell.gigabytes_per_second;
    let mut notes = vec![interval_of(rate)];
    if let Some(comparison) = &row.this_over_limit {
        notes.push(format!("{} of limit", percent(comparison.ratio.median)));
        notes.extend(insignificance(comparison));
    }
    Entry::noted(number(rate.median), notes)
}

/// Shows everything known of the engines of one model.
pub(super) fn detail(model: &ModelView<'_>) -> Table {
    let fastest = model.fastest(Family::Delimark).map(|row| row.cell.engine.as_str());
    let mut columns: Vec<String> =
        ["engine", "ns/record", "P50", "P99", "P99.9", "GB/s"].map(str::to_owned).into();
    let has_first_passes = model.rows.iter().any(|row| row.cell.first_pass_ns.is_some());
    columns.extend(has_first_passes.then(|| "first pass, GB/s".to_owned()));
    columns.push("allocations/record".to_owned());
    columns.extend(fastest.map(|fastest| format!("{fastest} ÷ this")));
    columns.extend(model.limit.map(|limit| format!("this ÷ {}", limit.engine)));
    let rows = model.rows.iter().map(|row| {
        let cell = row.cell;
        let mut cells = vec![
            Entry::plain(&cell.engine),
            Entry::noted(number(cell.ns_per_record.median), [interval_of(cell.ns_per_record)]),
        ];
        cells.extend(percentiles(cell).map(Entry::plain));
        let rate = cell.gigabytes_per_second;
        cells.push(Entry::noted(number(rate.median), [interval_of(rate)]));
        if has_first_passes {
            cells.push(Entry::plain(first_pass(cell)));
        }
        cells.push(Entry::plain(allocations(cell)));
        if fastest.is_some() {
            cells.push(ratio(row.fastest_over_this.as_ref()));
        }
        if model.limit.is_some() {
            cells.push(ratio(row.this_over_limit.as_ref()));
        }
        TableRow { family: row.family, cells }
    });
    Table { content: Content::Numbers, rows: rows.collect(), columns }
}

pub(super) fn ratio(comparison: Option<&Comparison>) -> Entry {
    match comparison {
        Some(comparison) => {
            let ratio = comparison.ratio;
            let notes = insignificance(comparison).into_iter();
            Entry::noted(times(ratio.median), notes.chain([interval(ratio.low, ratio.high)]))
        }
        None => Entry::plain(MISSING),
    }
}

fn percentiles(cell: &Cell) -> [String; 3] {
    match cell.bursts.value() {
        Some(bursts) => {
            [bursts.p50_ns_per_record, bursts.p99_ns_per_record, bursts.p999_ns_per_record]
                .map(number)
        }
        None => [MISSING; 3].map(str::to_owned),
    }
}

fn first_pass(cell: &Cell) -> String {
    let rate = |ns| number(cell.bytes as f64 / ns as f64);
    cell.first_pass_ns.map_or_else(|| MISSING.to_owned(), rate)
}

fn allocations(cell: &Cell) -> String {
    cell.allocations_per_record.value().map_or_else(|| MISSING.to_owned(), |&n| number(n))
}

/// The mark that a table with few columns has room for; what shows the table explains it.
pub(super) const NOT_SIGNIFICANT: &str = "n.s.";

/// Shows the few columns that fit a terminal.
pub(super) fn brief(model: &ModelView<'_>) -> Table {
    let limit = model.limit.map_or("limit", |limit| limit.engine.as_str());
    let columns =
        ["engine", "GB/s", "±", "ns/record", "P99", limit, "allocations/record"].map(str::to_owned);
    let rows = model.rows.iter().map(|row| {
        let cell = row.cell;
        let [_, p99, _] = percentiles(cell);
        let share = row.this_over_limit.as_ref().map(brief_share);
        let texts = [
            cell.engine.clone(),
            number(cell.gigabytes_per_second.median),
            spread(cell.gigabytes_per_second),
            number(cell.ns_per_record.median),
            p99,
            share.unwrap_or_else(|| MISSING.to_owned()),
            allocations(cell),
        ];
        TableRow { family: row.family, cells: texts.map(Entry::plain).into() }
    });
    Table { content: Content::Numbers, rows: rows.collect(), columns: columns.into() }
}

fn brief_share(Comparison { ratio, is_significant }: &Comparison) -> String {
    let share = percent(ratio.median);
    if *is_significant { share } else { format!("{share} {NOT_SIGNIFICANT}") }
}

/// Lists the reasons that numbers of a model's table are missing, each once.
pub(super) fn missing_numbers(model: &ModelView<'_>) -> Vec<String> {
    let reasons = model.rows.iter().flat_map(|row| {
        let bursts = reason(&row.cell.bursts).map(|why| ("percentiles", why));
        let allocations = reason(&row.cell.allocations_per_record).map(|why| ("allocations", why));
        [bursts, allocations].into_iter().flatten().map(move |(what, why)| (what, why, row))
    });
    let mut grouped: Vec<(&str, &str, Vec<&str>)> = Vec::new();
    for (what, why, row) in reasons {
        let engine = row.cell.engine.as_str();
        match grouped.iter_mut().find(|(w, y, _)| (*w, *y) == (what, why)) {
            Some((_, _, engines)) => engines.push(engine),
            None => grouped.push((what, why, vec![engine])),
        }
    }
    grouped.into_iter().map(|(what, why, engines)| missing(what, why, &engines)).collect()
}

/// Says why engines lack something: a reason speaks of one engine, so several have it each.
pub(super) fn missing(what: &str, why: &str, engines: &[&str]) -> String {
    match engines {
        [others @ .., last] if !others.is_empty() => {
            format!("No {what} for {} and {last}, each because {why}.", others.join(", "))
        }
        _ => format!("No {what} for {}: {why}.", engines.concat()),
    }
}

fn reason<T>(known: &Known<T>) -> Option<&str> {
    match known {
        Known::Value(_) => None,
        Known::Unavailable(reason) => Some(reason),
    }
}

/// Names a model with what it hands over.
pub(super) fn model_title(model: &ModelView<'_>) -> String {
    match describe(model.model) {
        Some(what) => format!("{}: {what}", model.model),
        None => model.model.to_owned(),
    }
}

/// Says what a model is, if it is one of this build.
pub(crate) fn describe(model: &str) -> Option<&'static str> {
    Some(match model {
        "count" => "records and fields counted",
        "index" => "every field boundary found",
        view::MODEL => "every field handed over",
        "project" => "3 fields of each record handed over",
        "file-map" => "every field handed over, from a file through a memory map",
        "file-read" => "every field handed over, from a file through reads",
        "extract" => "3 columns of a file written as text, by a whole command",
        _ => return None,
    })
}
