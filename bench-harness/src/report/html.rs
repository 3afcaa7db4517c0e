//! The report as one page that needs no other file, no script and no network.
//!
//! maud, because it escapes whatever is put in, is checked by the compiler, and keeps a fragment
//! beside the numbers it shows; the page is too small for template files of their own.

use maud::{DOCTYPE, Markup, PreEscaped, html};

use super::plots::{Plot, PlotKind};
use super::tables::{self, Content, Entry, Table};
use super::verdict::Verdict;
use super::view::{Family, View};
use super::{facts, method};

const STYLE: &str = include_str!("style.css");

/// Renders the page.
pub(super) fn render(view: &View<'_>, plots: &[Plot]) -> String {
    let page = html! {
        (DOCTYPE)
        html lang="en" {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                meta name="color-scheme" content="light dark";
                title { "Delimark report" }
                style { (PreEscaped(STYLE)) }
            }
            body {
                (header(view))
                main {
                    (summaries(view))
                    @for kind in PlotKind::ALL { (figures(kind, plots)) }
                    (details(view))
                    (not_measured(view))
                    (how_to_read())
                    @for section in &view.sections {
                        h2 { "Data set " (section.dataset.name) }
                        (fact_list(&facts::of_dataset(section.dataset)))
                    }
                    h2 { "Environment" }
                    (fact_list(&facts::of_environment(&view.results.environment)))
                    h2 { "Run" }
                    (fact_list(&facts::of_run(view.results)))
                }
            }
        }
    };
    page.into_string()
}

fn header(view: &View<'_>) -> Markup {
    let verdict = Verdict::new(view);
    html! {
        header {
            h1 { "Delimark report" }
            p.verdict { (verdict.sentence) }
            @if !verdict.figures.is_empty() {
                ul.figures {
                    @for (value, label) in &verdict.figures {
                        li { strong { (value) } span { (label) } }
                    }
                }
            }
            @for caveat in &verdict.caveats { p.caveat { (caveat) } }
        }
    }
}

fn summaries(view: &View<'_>) -> Markup {
    html! {
        h2 { "Summary" }
        @for section in &view.sections {
            @if view.sections.len() > 1 { h3 { (section.dataset.name) } }
            (table(&tables::summary(section)))
        }
    }
}

fn figures(kind: PlotKind, plots: &[Plot]) -> Markup {
    let mut of_kind = plots.iter().filter(|plot| plot.kind == kind).peekable();
    html! {
        @if of_kind.peek().is_some() { h2 { (kind.title()) } }
        @for plot in of_kind {
            figure.scroll tabindex="0" { (PreEscaped(&plot.svg)) }
        }
    }
}

fn details(view: &View<'_>) -> Markup {
    html! {
        h2 { "Every model in detail" }
        @for section in &view.sections {
            @for model in &section.models {
                h3 {
                    (tables::model_title(model))
                    @if view.sections.len() > 1 { " (" (section.dataset.name) ")" }
                }
                (table(&tables::detail(model)))
                @for missing in tables::missing_numbers(model) { p.note { (missing) } }
            }
        }
    }
}

fn not_measured(view: &View<'_>) -> Markup {
    html! {
        h2 { "Not measured" }
        @if view.results.skipped.is_empty() {
            p { "Nothing that was asked for was left out." }
        } @else {
            (table(&tables::skipped(view.results)))
        }
    }
}

fn how_to_read() -> Markup {
    html! {
        h2 { "How to read this" }
        @for (opening, body) in method::paragraphs() { p { strong { (opening) } " " (body) } }
    }
}

fn table(table: &Table) -> Markup {
    html! {
        div.scroll tabindex="0" {
            table.words[table.content == Content::Words] {
                thead { tr { @for column in &table.columns { th scope="col" { (column) } } } }
                tbody {
                    @for row in &table.rows {
                        tr class=(class(row.family)) {
                            @for (index, entry) in row.cells.iter().enumerate() {
                                @if index == 0 {
                                    th scope="row" { (entry.main) }
                                } @else {
                                    td { (entry_markup(entry)) }
                                }
                            }
                        }
                    }
                }
            }
        }
    }
}

fn entry_markup(entry: &Entry) -> Markup {
    html! {
        (entry.main)
        @for note in &entry.notes { small { (note) } }
    }
}

fn fact_list(facts: &[(&str, String)]) -> Markup {
    html! { dl { @for (name, value) in facts { dt { (name) } dd { (value) } } } }
}

const fn class(family: Family) -> &'static str {
    match family {
        Family::Delimark => "delimark",
        Family::Peer => "peer",
        Family::Limit => "limit",
    }
}
