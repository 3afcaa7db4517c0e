//! The declared properties of other people's engines, beside their numbers: who copies, decodes or
//! is not timed to the end cannot be compared without knowing it.

use delimark_results::Results;

use super::tables::{Content, Entry, Table, TableRow};
use super::view::Family;

/// The explanation above the table.
pub(super) const EXPLANATION: &str = "Who has a consumer that is not timed is flattered: looking \
    at the fields is off its clock. Whole commands, @command, are timed from the start of \
    a process to its end, and write to a file in memory.";

/// Makes a row for each engine that was declared; nothing where none was.
pub(super) fn table(results: &Results) -> Option<Table> {
    let rows = results.declared.iter().map(|declared| {
        let does = &declared.does;
        let texts = [
            declared.engine.clone(),
            format!("{} ({})", declared.about, declared.version),
            does.copies.clone(),
            does.decodes_utf8.clone(),
            does.threads.to_string(),
            does.quoting.clone(),
            does.consumer.clone(),
            does.notes.clone(),
        ];
        let cells = texts.map(Entry::plain).into();
        TableRow { family: Family::of(&declared.engine), cells }
    });
    let columns =
        ["engine", "what it is", "copies", "UTF-8", "threads", "quotes", "consumer", "notes"];
    (!results.declared.is_empty()).then(|| Table {
        content: Content::Words,
        rows: rows.collect(),
        columns: columns.map(str::to_owned).into(),
    })
}
