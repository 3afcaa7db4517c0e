//! The chapters of a report and their order, before anything decides what it looks like: the page
//! and the Markdown file lay out the same chapters.

use super::facts::Facts;
use super::plots::{Plot, PlotKind};
use super::tables::{self, Table};
use super::view::{Section, View};
use super::{
    causes, counters, declared, facts, method, noise, skipped, telling, threads, time_shares,
};

/// A part of a report under a heading.
#[derive(Debug)]
pub struct Chapter<'a> {
    /// The heading.
    pub title: String,
    /// The content, in order.
    pub items: Vec<Item<'a>>,
}

/// One thing in a chapter.
#[derive(Debug)]
pub enum Item<'a> {
    /// A heading within the chapter.
    Subtitle(String),
    /// A paragraph.
    Text(String),
    /// A paragraph with the words that it opens with.
    Opening(String, String),
    /// A paragraph that explains a table or its gaps, in smaller type.
    Note(String),
    /// A table.
    Table(Table),
    /// A plot.
    Plot(&'a Plot),
    /// Facts with their names.
    Facts(Facts),
}

/// Returns what follows the verdict before any heading: the picture and the most telling rows.
pub(super) fn lead<'a>(view: &View<'_>, plots: &'a [Plot]) -> Vec<Item<'a>> {
    let picture = plots.iter().filter(|plot| plot.kind == PlotKind::Overview).map(Item::Plot);
    let table = view.lead().and_then(telling::table).map(Item::Table);
    picture.chain(table).collect()
}

/// Returns every chapter that has something in it.
pub(super) fn chapters<'a>(view: &View<'_>, plots: &'a [Plot]) -> Vec<Chapter<'a>> {
    let plots_of = |kind: PlotKind| -> Vec<Item<'a>> {
        plots.iter().filter(|plot| plot.kind == kind).map(Item::Plot).collect()
    };
    let mut chapters = vec![
        chapter("Summary", summary(view)),
        chapter("What bounds it", what_bounds_it(view)),
        chapter("Every model in detail", details(view, plots)),
        chapter(PlotKind::Runtimes.title(), plots_of(PlotKind::Runtimes)),
        chapter("Where the time goes", where_time_goes(view, plots_of(PlotKind::Shares))),
        chapter("Counters", counts(view, plots)),
        chapter(PlotKind::Distribution.title(), plots_of(PlotKind::Distribution)),
        chapter(PlotKind::WorkingSet.title(), plots_of(PlotKind::WorkingSet)),
        chapter(PlotKind::Scaling.title(), scaling(view, plots_of(PlotKind::Scaling))),
        chapter("Noise", vec![Item::Text(noise::of_run(view))]),
        chapter("The peers in other processes", peers(view)),
        chapter("Not measured", not_measured(view)),
        chapter("How to read this", how_to_read(view)),
    ];
    for section in &view.sections {
        let facts = vec![Item::Facts(facts::of_dataset(section.dataset))];
        chapters.push(chapter(format!("Data set {}", section.dataset.name), facts));
    }
    let environment = facts::of_environment(&view.results.environment);
    chapters.push(chapter("Environment", vec![Item::Facts(environment)]));
    chapters.push(chapter("Run", vec![Item::Facts(facts::of_run(view.results))]));
    chapters.retain(|chapter| !chapter.items.is_empty());
    chapters
}

fn chapter(title: impl Into<String>, items: Vec<Item<'_>>) -> Chapter<'_> {
    Chapter { title: title.into(), items }
}

/// Returns the plot of one model, which stands beside the model's table.
fn plot_of<'a>(
    plots: &'a [Plot],
    kind: PlotKind,
    section: &Section<'_>,
    model: &str,
) -> Option<Item<'a>> {
    let path = kind.path(section.dataset, model);
    plots.iter().find(|plot| plot.path == path).map(Item::Plot)
}

fn summary<'a>(view: &View<'_>) -> Vec<Item<'a>> {
    let of_section = |section: &Section<'_>| {
        [Item::Subtitle(section.dataset.name.clone()), Item::Table(tables::summary(section))]
    };
    view.sections.iter().flat_map(of_section).collect()
}

fn what_bounds_it<'a>(view: &View<'_>) -> Vec<Item<'a>> {
    let mut items = Vec::new();
    for section in &view.sections {
        for model in &section.models {
            let found = causes::of_model(view, model);
            if !found.is_empty() {
                items.push(Item::Subtitle(format!("{} ({})", model.model, section.dataset.name)));
            }
            let openings = found.into_iter();
            items.extend(openings.map(|(engine, text)| Item::Opening(format!("{engine}."), text)));
        }
    }
    items
}

fn where_time_goes<'a>(view: &View<'_>, plots: Vec<Item<'a>>) -> Vec<Item<'a>> {
    let mut items = plots;
    for section in &view.sections {
        items.extend(time_shares::table(view.results, section).map(Item::Table));
        let missing = time_shares::missing_shares(view.results, section);
        items.extend(missing.into_iter().map(Item::Note));
    }
    items
}

fn counts<'a>(view: &View<'_>, plots: &'a [Plot]) -> Vec<Item<'a>> {
    let mut items = vec![Item::Text(counters::headline(view.results))];
    for section in &view.sections {
        for model in &section.models {
            let Some(table) = counters::table(view.results, model) else { continue };
            items.push(Item::Subtitle(format!("{} ({})", model.model, section.dataset.name)));
            items.extend(plot_of(plots, PlotKind::Roofline, section, model.model));
            items.push(Item::Table(table));
            let missing = counters::missing_counts(view.results, model);
            items.extend(missing.into_iter().map(Item::Note));
        }
        items.extend(counters::windows(section).into_iter().map(Item::Note));
    }
    items
}

fn scaling<'a>(view: &View<'_>, plots: Vec<Item<'a>>) -> Vec<Item<'a>> {
    let mut items = plots;
    for section in &view.sections {
        items.extend(causes::of_scaling(section).into_iter().map(Item::Text));
        items.extend(threads::tables(view, section).into_iter().map(Item::Table));
    }
    items
}

fn details<'a>(view: &View<'_>, plots: &'a [Plot]) -> Vec<Item<'a>> {
    let mut items = Vec::new();
    for section in &view.sections {
        for model in &section.models {
            let title = tables::model_title(model);
            items.push(Item::Subtitle(format!("{title} ({})", section.dataset.name)));
            items.extend(plot_of(plots, PlotKind::Throughput, section, model.model));
            items.push(Item::Table(tables::detail(model)));
            let notes = tables::missing_numbers(model).into_iter().chain(noise::of_model(model));
            items.extend(notes.map(Item::Note));
        }
    }
    items
}

fn peers<'a>(view: &View<'_>) -> Vec<Item<'a>> {
    let Some(table) = declared::table(view.results) else { return Vec::new() };
    vec![Item::Text(declared::EXPLANATION.to_owned()), Item::Table(table)]
}

fn not_measured<'a>(view: &View<'_>) -> Vec<Item<'a>> {
    if view.results.skipped.is_empty() {
        vec![Item::Text("Nothing that was asked for was left out.".to_owned())]
    } else {
        vec![Item::Table(skipped::table(view.results))]
    }
}

fn how_to_read<'a>(view: &View<'_>) -> Vec<Item<'a>> {
    let paragraphs = method::paragraphs(view).into_iter();
    paragraphs.map(|(opening, body)| Item::Opening(opening.to_owned(), body)).collect()
}
