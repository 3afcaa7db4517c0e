//! The report as one page that needs no other file, no script and no network.
//!
//! maud, because it escapes whatever is put in, is checked by the compiler, and keeps a fragment
//! beside the numbers it shows; the page is too small for template files of their own.

use maud::{DOCTYPE, Markup, PreEscaped, html};

use super::chapters::{Chapter, Item, chapters, lead};
use super::plots::{Plot, slug};

use super::tables::{Content, Entry, Table};
use super::verdict::Verdict;
use super::view::{Family, View};
use crate::number_format::count;

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
                main {
                    section.lead { (paired(&lead(view, plots), "lead")) }
                    @for (index, part) in chapters(view, plots).iter().enumerate() {
                        (chapter(part, index == 0))
                    }
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
            h1 { "Delimark report" span { (machine(view)) } }
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

/// Names the processor, its cores, and the day, as far as they are known.
fn machine(view: &View<'_>) -> String {
    let environment = &view.results.environment;
    let cores = match environment.cpu.logical_cores {
        1 => "1 logical core".to_owned(),
        cores => format!("{} logical cores", count(cores)),
    };
    let day = view.results.created.to_string();
    let day = day.split('T').next().unwrap_or_default().to_owned();
    let processor = environment.cpu.model.value().cloned();
    processor.into_iter().chain([cores, day]).collect::<Vec<_>>().join(", ")
}

/// Makes a section that folds. Its name for links is on what folds away, since browsers unfold what
/// a link leads into, and need no script for it.
fn chapter(chapter: &Chapter<'_>, is_open: bool) -> Markup {
    let id = slug(&chapter.title).to_lowercase();
    html! {
        details open[is_open] {
            summary { h2 { (chapter.title) } }
            div.content id=(id) { (paired(&chapter.items, &id)) }
        }
    }
}

/// Puts each picture beside the table that follows it.
fn paired(items: &[Item<'_>], id: &str) -> Markup {
    let is_pair = |index: usize| {
        matches!(items.get(index), Some(Item::Plot(_)))
            && matches!(items.get(index + 1), Some(Item::Table(_)))
    };
    html! {
        @for (index, part) in items.iter().enumerate() {
            @if is_pair(index) {
                div.pair { (item(part, id)) (item(&items[index + 1], id)) }
            } @else if index == 0 || !is_pair(index - 1) {
                (item(part, id))
            }
        }
    }
}

fn item(item: &Item<'_>, id: &str) -> Markup {
    html! {
        @match item {
            Item::Subtitle(text) => h3 id={ (id) "-" (slug(text).to_lowercase()) } { (text) },
            Item::Text(text) => p { (text) },
            Item::Opening(opening, text) => p { strong { (opening) } " " (text) },
            Item::Note(text) => p.note { (text) },
            Item::Table(content) => (table(content)),
            Item::Plot(plot) => (figure(plot)),
            Item::Facts(facts) => (fact_list(facts)),
        }
    }
}

/// Makes a picture, which scrolls in its own box unless there is another of it for narrow pages.
fn figure(plot: &Plot) -> Markup {
    html! {
        @match &plot.narrow {
            None => figure.scroll tabindex="0" { (PreEscaped(&plot.svg)) },
            Some(narrow) => figure {
                div.wide { (PreEscaped(&plot.svg)) }
                div.narrow { (PreEscaped(narrow)) }
            },
        }
    }
}

fn table(table: &Table) -> Markup {
    let decimals = decimals(table);
    html! {
        div.scroll tabindex="0" {
            table.words[table.content == Content::Words] {
                thead { tr { @for column in &table.columns { th scope="col" { (column) } } } }
                tbody {
                    @for row in &table.rows {
                        tr class=(class(row.family)) {
                            @for (index, entry) in row.cells.iter().enumerate() {
                                @if index == 0 {
                                    th scope="row" {
                                        (breakable(&entry.main))
                                        @for note in &entry.notes { small { (note) } }
                                    }
                                } @else {
                                    td { (entry_markup(entry, decimals[index])) }
                                }
                            }
                        }
                    }
                }
            }
        }
    }
}

/// Writes a name that a narrow column can break where its parts meet.
fn breakable(name: &str) -> Markup {
    html! {
        @for (index, part) in name.split_inclusive('/').enumerate() {
            @if index > 0 { wbr; }
            @match part.split_once('@') {
                Some((engine, runtime)) => { (engine) wbr; "@" (runtime) },
                None => (part),
            }
        }
    }
}

/// Returns the most digits after the point that a number of each column has.
fn decimals(table: &Table) -> Vec<usize> {
    let most = |index: usize| {
        let entries = table.rows.iter().filter_map(|row| row.cells.get(index));
        entries.filter_map(|entry| decimals_of(&entry.main)).max().unwrap_or_default()
    };
    (0..table.columns.len()).map(most).collect()
}

/// Returns the digits after the point of a number, and nothing of any other text.
fn decimals_of(text: &str) -> Option<usize> {
    let is_number = text.bytes().all(|byte| byte.is_ascii_digit() || b".,".contains(&byte));
    is_number.then(|| text.split_once('.').map_or(0, |(_, decimals)| decimals.len()))
}

/// Writes an entry; a number stands so that its point is below those of the others in its column.
fn entry_markup(entry: &Entry, most_decimals: usize) -> Markup {
    let missing = decimals_of(&entry.main).map_or(0, |decimals| most_decimals - decimals);
    let point = if missing == most_decimals { 0.28 } else { 0.0 };
    html! {
        @if missing > 0 {
            span style={ "padding-right:calc(" (missing) "ch + " (point) "em)" } { (entry.main) }
        } @else {
            (entry.main)
        }
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
        Family::Handicap => "handicap",
    }
}
