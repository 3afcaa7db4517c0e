//! Counts besides time as tables, with the source of every column, the reasons for what is missing,
//! and one line that says whether the processor counted at all.

use delimark_results::counter::{name, source};
use delimark_results::{Cell, Counter, Environment, Event, Results, Window};

use super::tables::{Content, Entry, Table, TableRow, missing};
use super::view::{ModelView, Section, in_order};
use crate::attribution::{Proportion, alternatives, ipc, proportion};
use crate::number_format::{MISSING, binary_size, count, number};

/// A figure as text with its source, or the reason why there is none.
type Figure<'a> = Result<(String, &'a str), &'a str>;

/// A column: its title, what a sentence calls it, and how it comes from a cell.
struct Column {
    title: &'static str,
    what: &'static str,
    figure: for<'a> fn(&'a Cell, &'a Environment) -> Figure<'a>,
}

const COLUMNS: [Column; 8] = [
    Column {
        title: "instructions per byte",
        what: "instructions",
        figure: |cell, _| scaled(cell, name::INSTRUCTIONS, |count| count.per_byte),
    },
    Column {
        title: "instructions per record",
        what: "instructions",
        figure: |cell, _| scaled(cell, name::INSTRUCTIONS, |count| count.per_record),
    },
    Column { title: "IPC", what: "IPC", figure: instructions_a_cycle },
    Column {
        title: "LLC misses per KiB",
        what: "LLC misses",
        figure: |cell, _| scaled(cell, name::LLC_MISSES, |count| count.per_byte * 1024.0),
    },
    Column {
        title: "branch misses per record",
        what: "branch misses",
        figure: |cell, _| scaled(cell, name::BRANCH_MISSES, |count| count.per_record),
    },
    Column { title: "page faults", what: "page faults", figure: page_faults },
    Column { title: "context switches", what: "context switches", figure: context_switches },
    Column { title: "peak heap", what: "peak heap", figure: peak_heap },
];

fn scaled<'a>(cell: &'a Cell, name: &str, scale: fn(&Proportion<'_>) -> f64) -> Figure<'a> {
    let count = proportion(cell, name)?;
    Ok((number(scale(&count)), count.source))
}

fn instructions_a_cycle<'a>(cell: &'a Cell, environment: &'a Environment) -> Figure<'a> {
    let ipc = ipc(cell, environment)?;
    Ok((number(ipc.value), if ipc.is_measured { "measured" } else { "estimated" }))
}

/// Returns all of a pass, no matter if they needed input.
fn page_faults<'a>(cell: &'a Cell, _: &Environment) -> Figure<'a> {
    let minor = proportion(cell, name::MINOR_PAGE_FAULTS)?;
    let major = proportion(cell, name::MAJOR_PAGE_FAULTS)?;
    let faults = (minor.per_byte + major.per_byte) * cell.bytes as f64;
    Ok((count(faults.round() as u64), minor.source))
}

/// Returns all of a pass: those by force are somebody else's work on this core.
fn context_switches<'a>(cell: &'a Cell, _: &Environment) -> Figure<'a> {
    let switches = proportion(cell, name::CONTEXT_SWITCHES)?;
    Ok((count((switches.per_byte * cell.bytes as f64).round() as u64), switches.source))
}

fn peak_heap<'a>(cell: &'a Cell, _: &Environment) -> Figure<'a> {
    let peak = proportion(cell, name::PEAK_HEAP_BYTES)?;
    Ok((binary_size((peak.per_byte * cell.bytes as f64).round() as u64), peak.source))
}

/// Says in a line who counted, before any number; nothing where nothing was counted.
pub(super) fn headline(results: &Results) -> String {
    let counters = || {
        let counters = results.cells.iter().flat_map(|cell| &cell.counters);
        counters.filter(|(key, _)| Event::is_hardware_name(plain_name(key)))
    };
    let counts = || counters().filter_map(|(_, counter)| counter.count());
    if counts().any(|count| count.source == source::PERF_EVENT) {
        return "The processor counted, through perf-event; what did not come from it names its \
                source."
            .to_owned();
    }
    // Only the processor counts cycles, so the reason there is none is its own.
    let cycles = counters().filter(|(key, _)| *key == name::CYCLES);
    let reason = cycles.chain(counters()).find_map(|(_, counter)| match counter {
        Counter::Unavailable { unavailable } => Some(unavailable),
        Counter::Counted(_) => None,
    });
    match (in_their_place(results), reason) {
        (None, None) => {
            "Nothing that takes hardware counters was asked for in this run, or kept.".to_owned()
        }
        (None, Some(reason)) => {
            format!("The processor counted nothing, nor did anything in its place: {reason}.")
        }
        (Some(instead), reason) => {
            let because = reason.map_or_else(String::new, |reason| format!(" ({reason})"));
            format!("The processor counted nothing{because}: {instead}.")
        }
    }
}

/// Beginnings of counts' names, and the words that a sentence has for them.
const KINDS: [(&[&str], &str); 3] = [
    (&[name::INSTRUCTIONS], "instructions"),
    (&[name::BRANCHES], "branches"),
    (&[name::BRANCH_MISSES, name::L1D_MISSES, name::LLC_MISSES, name::CACHE_MISSES], "misses"),
];

/// Says who counted each kind of event where the processor did not; nothing where nobody did.
fn in_their_place(results: &Results) -> Option<String> {
    let sources = |names: &[&str]| {
        let counters = results.cells.iter().flat_map(|cell| &cell.counters);
        let of_names = counters.filter(|(key, _)| names.contains(&plain_name(key)));
        in_order(of_names.filter_map(|(_, counter)| Some(counter.count()?.source.as_str())))
    };
    // Kinds that the same sources have counted stand together.
    let mut grouped: Vec<(Vec<&str>, Vec<&str>)> = Vec::new();
    for (names, kind) in KINDS {
        let sources = sources(names);
        match grouped.iter_mut().find(|(known, _)| *known == sources) {
            Some((_, kinds)) => kinds.push(kind),
            None if sources.is_empty() => {}
            None => grouped.push((sources, vec![kind])),
        }
    }
    let is_estimated = |cell: &Cell| ipc(cell, &results.environment).is_ok();
    let estimate = results.cells.iter().any(is_estimated);
    let estimate = estimate.then(|| "instructions a cycle are estimated".to_owned());
    let parts = grouped.iter().map(|(sources, kinds)| {
        format!("{} are from {}", kinds.join(" and "), sources.join(" and "))
    });
    let parts: Vec<String> = parts.chain(estimate).collect();
    (!grouped.is_empty()).then(|| parts.join("; "))
}

/// Returns the name of a counter without the source that may follow it.
fn plain_name(key: &str) -> &str {
    key.split_once('@').map_or(key, |(name, _source)| name)
}

/// Makes a table of every engine of a model; columns that nobody has are left out, and nothing is
/// returned where that is all of them.
pub(super) fn table(results: &Results, model: &ModelView<'_>) -> Option<Table> {
    let figures = |column: &Column| -> Vec<Figure<'_>> {
        let cells = model.rows.iter().map(|row| row.cell);
        cells.map(|cell| (column.figure)(cell, &results.environment)).collect()
    };
    let filled: Vec<(&Column, Vec<Figure<'_>>)> = COLUMNS
        .iter()
        .map(|column| (column, figures(column)))
        .filter(|(_, figures)| figures.iter().any(Result::is_ok))
        .collect();
    if filled.is_empty() {
        return None;
    }
    let heads = filled.iter().map(|(column, figures)| head(column, figures));
    let columns = ["engine".to_owned()].into_iter().chain(heads).collect();
    let rows = model.rows.iter().enumerate().map(|(index, row)| {
        let entries =
            filled.iter().map(|(column, figures)| entry(row.cell, column, figures, index));
        TableRow {
            family: row.family,
            cells: [Entry::plain(&row.cell.engine)].into_iter().chain(entries).collect(),
        }
    });
    Some(Table { content: Content::Numbers, columns, rows: rows.collect() })
}

/// Returns the sources of a column, each once.
fn sources<'a>(figures: &[Figure<'a>]) -> Vec<&'a str> {
    in_order(figures.iter().filter_map(|figure| figure.as_ref().ok()).map(|(_, source)| *source))
}

/// Returns a title with the source where all figures have the same.
fn head(column: &Column, figures: &[Figure<'_>]) -> String {
    match sources(figures).as_slice() {
        [source] => format!("{} ({source})", column.title),
        _ => column.title.to_owned(),
    }
}

fn entry(cell: &Cell, column: &Column, figures: &[Figure<'_>], index: usize) -> Entry {
    let Ok((text, source)) = &figures[index] else { return Entry::plain(MISSING) };
    let own = (sources(figures).len() > 1).then(|| (*source).to_owned());
    let others = if column.title == COLUMNS[0].title { other_sources(cell) } else { Vec::new() };
    Entry::noted(text.clone(), own.into_iter().chain(others))
}

/// Lists the instructions that further sources count, and how far they are from the first.
fn other_sources(cell: &Cell) -> Vec<String> {
    let Ok(first) = proportion(cell, name::INSTRUCTIONS) else { return Vec::new() };
    let others = alternatives(cell, name::INSTRUCTIONS);
    let text = |other: Proportion<'_>| {
        let apart = (other.per_byte / first.per_byte - 1.0).abs() * 100.0;
        format!("{} by {}, {apart:.2} % apart", number(other.per_byte), other.source)
    };
    others.map(text).collect()
}

/// Lists the reasons that figures of a model's table are missing, each once.
pub(super) fn missing_counts(results: &Results, model: &ModelView<'_>) -> Vec<String> {
    let mut grouped: Vec<(&str, Vec<&str>, Vec<&str>)> = Vec::new();
    for row in &model.rows {
        let engine = row.cell.engine.as_str();
        for (why, what) in reasons(row.cell, &results.environment) {
            match grouped.iter_mut().find(|(w, names, _)| *w == why && *names == what) {
                Some((_, _, engines)) => engines.push(engine),
                None => grouped.push((why, what, vec![engine])),
            }
        }
    }
    let sentences = grouped.iter().map(|(why, what, engines)| missing(&listed(what), why, engines));
    sentences.collect()
}

/// Returns a cell's reasons, each with all that is missing for it.
fn reasons<'a>(cell: &'a Cell, environment: &'a Environment) -> Vec<(&'a str, Vec<&'static str>)> {
    let mut reasons: Vec<(&str, Vec<&str>)> = Vec::new();
    for column in &COLUMNS {
        let Err(why) = (column.figure)(cell, environment) else { continue };
        match reasons.iter_mut().find(|(known, _)| *known == why) {
            Some((_, what)) if what.contains(&column.what) => {}
            Some((_, what)) => what.push(column.what),
            None => reasons.push((why, vec![column.what])),
        }
    }
    reasons
}

fn listed(names: &[&str]) -> String {
    match names {
        [others @ .., last] if !others.is_empty() => format!("{} or {last}", others.join(", ")),
        _ => names.concat(),
    }
}

/// Says which source counted over which part of the data, where that was not all of it.
pub(super) fn windows(section: &Section<'_>) -> Vec<String> {
    let cells = section.models.iter().flat_map(|model| &model.rows).map(|row| row.cell);
    let counts = cells.flat_map(|cell| cell.counters.values()).filter_map(Counter::count);
    let mut seen: Vec<(&str, Window)> = Vec::new();
    for count in counts {
        let Some(window) = count.window else { continue };
        if !seen.contains(&(count.source.as_str(), window)) {
            seen.push((&count.source, window));
        }
    }
    let text = |(source, window): &(&str, Window)| {
        let Window { bytes, records } = window;
        let (size, records) = (binary_size(*bytes), count(*records));
        format!("{source} counted a pass over {size}, {records} records.")
    };
    seen.iter().map(text).collect()
}
