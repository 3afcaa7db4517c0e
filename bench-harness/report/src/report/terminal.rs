//! The tables of a run for a terminal of 100 columns, as text: the verbs print it.

use comfy_table::presets::UTF8_HORIZONTAL_ONLY;
use comfy_table::{CellAlignment, ContentArrangement, LineStyle, TableStyle};
use delimark_results::Results;

use super::chapters::{Chapter, Item};
use super::tables::{self, Content, NOT_SIGNIFICANT, Table};
use super::verdict::Verdict;
use super::view::View;
use super::{causes, noise};
use crate::number_format::{count, decimal_size};

/// The widest line of the tables.
const WIDTH: u16 = 100;

/// A rule under the head and around the table; none between rows, which may be many.
const STYLE: TableStyle = UTF8_HORIZONTAL_ONLY.row_separator(LineStyle::none());

/// Renders a table for each model, fastest engine first, and the verdict under them.
#[must_use]
pub fn render(results: &Results) -> String {
    let view = View::new(results);
    let mut text = String::new();
    for section in &view.sections {
        let dataset = section.dataset;
        let (records, size) = (count(dataset.records), decimal_size(dataset.bytes));
        for model in &section.models {
            let title = tables::model_title(model);
            text += &format!("{title} ({}, {records} records, {size})\n", dataset.name);
            text += &layout(&tables::brief(model));
            text += "\n";
            if let Some((engine, sentences)) = causes::of_fastest(&view, model) {
                text += &format!("{engine}: {sentences}\n");
            }
            text += "\n";
        }
    }
    if text.contains(NOT_SIGNIFICANT) {
        text += NOT_SIGNIFICANT;
        text += ": not significant, the rounds show no difference from the read limit\n\n";
    }
    let verdict = Verdict::new(&view);
    text += &verdict.sentence;
    for note in verdict.caveats.into_iter().chain([noise::of_run(&view)]) {
        text += "\n";
        text += &note;
    }
    text
}

/// Renders chapters that are no part of the report of a run.
#[must_use]
pub fn render_chapters(chapters: &[Chapter<'_>]) -> String {
    let chapters: Vec<String> = chapters.iter().map(chapter).collect();
    chapters.join("\n")
}

fn chapter(chapter: &Chapter<'_>) -> String {
    let mut text = format!("{}\n", chapter.title);
    for item in &chapter.items {
        match item {
            Item::Subtitle(line) | Item::Text(line) | Item::Note(line) => text += line,
            Item::Opening(opening, body) => text += &format!("{opening} {body}"),
            Item::Table(table) => text += &layout(table),
            Item::Plot(plot) => text += &plot.description,
            Item::Facts(facts) => {
                let lines = facts.iter().map(|(name, value)| format!("{name}: {value}"));
                text += &lines.collect::<Vec<_>>().join("\n");
            }
        }
        text += "\n";
    }
    text
}

fn layout(table: &Table) -> String {
    let mut layout = comfy_table::Table::new();
    layout
        .load_style(STYLE)
        .set_content_arrangement(ContentArrangement::Dynamic)
        .set_width(WIDTH)
        .set_header(&table.columns);
    for row in &table.rows {
        layout.add_row(row.cells.iter().map(|entry| &entry.main));
    }
    if table.content == Content::Numbers {
        for column in layout.column_iter_mut().skip(1) {
            column.set_cell_alignment(CellAlignment::Right);
        }
    }
    layout.to_string()
}
