//! The report as one page that needs no other file, no script and no network.
//!
//! maud, because it escapes whatever is put in, is checked by the compiler, and keeps a fragment
//! beside the numbers it shows; the page is too small for template files of their own.

use maud::{DOCTYPE, Markup, PreEscaped, html};

use super::chapters::{Chapter, Item, chapters};
use super::plots::Plot;
use super::tables::{Content, Entry, Table};
use super::verdict::Verdict;
use super::view::{Family, View};

const STYLE: &str = concat!(include_str!("palette.css"), include_str!("style.css"));

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
                main { @for part in chapters(view, plots) { (chapter(&part)) } }
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

fn chapter(chapter: &Chapter<'_>) -> Markup {
    html! {
        h2 { (chapter.title) }
        @for part in &chapter.items { (item(part)) }
    }
}

fn item(item: &Item<'_>) -> Markup {
    html! {
        @match item {
            Item::Subtitle(text) => h3 { (text) },
            Item::Text(text) => p { (text) },
            Item::Opening(opening, text) => p { strong { (opening) } " " (text) },
            Item::Note(text) => p.note { (text) },
            Item::Table(content) => (table(content)),
            Item::Plot(plot) => figure.scroll tabindex="0" { (PreEscaped(&plot.svg)) },
            Item::Facts(facts) => (fact_list(facts)),
        }
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
                                    th scope="row" { (breakable(&entry.main)) }
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

/// A name that a narrow column can break where its parts meet.
fn breakable(name: &str) -> Markup {
    html! {
        @for (index, part) in name.split_inclusive('/').enumerate() {
            @if index > 0 { wbr; }
            @match part.split_once('@') {
                Some((engine, host)) => { (engine) wbr; "@" (host) },
                None => (part),
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
        Family::Control => "control",
    }
}
