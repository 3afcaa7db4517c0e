//! The page: one file that needs no other, no server and no network. What does not depend on a
//! choice is written here; what does, the script draws from the data that the page carries.
//!
//! A policy in the page lets the browser run this script and this style sheet and nothing else.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use delimark_results::{Dataset, Results};
use maud::{DOCTYPE, Markup, PreEscaped, html};
use sha2::{Digest, Sha256};

use super::data::{Day, Days, dataset_title};
use super::engines::Family;
use super::predictions::Predictions;
use super::values::MEASURES;
use crate::figures::{decimal_size, percent};
use crate::report;

mod method;
mod models;

const STYLE: &str = concat!(include_str!("../../report/palette.css"), include_str!("style.css"));

/// The parts of the script, in an order in which each needs only what is before it.
const SCRIPT: &str = concat!(
    include_str!("data.js"),
    include_str!("text.js"),
    include_str!("state.js"),
    include_str!("table.js"),
    include_str!("chart.js"),
    include_str!("main.js"),
);

/// The model and the data that the page opens with, where they are there.
const FIRST_MODEL: &str = "fields";
const FIRST_SHAPE: &str = "nginx12";

/// Renders the page.
pub(super) fn render(days: &Days<'_>, predictions: Option<&Predictions>) -> String {
    let page = html! {
        (DOCTYPE)
        html lang="en" {
            head {
                meta charset="utf-8";
                meta http-equiv="Content-Security-Policy" content=(policy());
                meta name="viewport" content="width=device-width, initial-scale=1";
                meta name="color-scheme" content="light dark";
                title { "Delimark: machines compared" }
                style { (PreEscaped(STYLE)) }
            }
            body {
                (header(days))
                main {
                    (filters(days))
                    p #summary role="status" aria-live="polite" {}
                    noscript { p.caveat { "Choosing and drawing take JavaScript." } }
                    (hatch())
                    div #views {}
                    (machines(days))
                    @if let Some(predictions) = predictions { (models::section(predictions)) }
                    (method::section())
                }
                script #data type="application/json" { (PreEscaped(data(days))) }
                script { (PreEscaped(SCRIPT)) }
            }
        }
    };
    page.into_string() + "\n"
}

fn policy() -> String {
    let hash = |text: &str| format!("'sha256-{}'", STANDARD.encode(Sha256::digest(text)));
    let (script, style) = (hash(SCRIPT), hash(STYLE));
    format!(
        "default-src 'none'; script-src {script}; style-src {style}; base-uri 'none'; \
         form-action 'none'"
    )
}

/// The data as JSON that cannot end the element it stands in.
fn data(days: &Days<'_>) -> String {
    let json = serde_json::to_string(&days.document()).expect("names and numbers are JSON");
    // A line a cell, so that a change of the page can be read.
    json.replace('<', "\\u003c").replace("{\"machine\":", "\n{\"machine\":")
}

fn header(days: &Days<'_>) -> Markup {
    html! {
        header {
            h1 { "Delimark: machines compared" }
            p {
                "How fast delimited records are taken apart: this project's backends, their "
                "rivals, and the limits of each machine. Nanoseconds of two machines say little "
                "beside each other, so speeds are shown as shares of what each machine needs only "
                "to read the same bytes."
            }
            @if days.days.len() == 1 {
                p.caveat {
                    "One machine so far. CONTRIBUTING.md says how to add another: one command, one "
                    "file."
                }
            }
        }
    }
}

/// What the script draws over bars that were not measured.
fn hatch() -> Markup {
    html! {
        svg.shared width="0" height="0" aria-hidden="true" {
            pattern #hatch width="6" height="6" patternUnits="userSpaceOnUse" {
                path.hatch d="M0 6 6 0" {}
            }
        }
    }
}

/// One choice of a group of boxes: what it is in links, what people call it, whether it is made.
struct Choice {
    value: String,
    title: String,
    is_first: bool,
}

/// Boxes of one kind under a heading.
struct Group {
    title: Option<&'static str>,
    choices: Vec<Choice>,
}

fn filters(days: &Days<'_>) -> Markup {
    html! {
        form #filters aria-label="Filters" {
            (boxes("machine", "Machines", &[machine_choices(days)]))
            (boxes("engine", "Engines", &engine_choices(days)))
            (boxes("model", "Models", &[model_choices(days)]))
            (boxes("dataset", "Data sets", &[dataset_choices(days)]))
            label {
                "Show "
                select name="measure" {
                    @for measure in MEASURES {
                        option value=(measure.name) { (measure.title) }
                    }
                }
            }
            button type="reset" { "Reset" }
        }
    }
}

fn boxes(name: &str, title: &str, groups: &[Group]) -> Markup {
    html! {
        details {
            summary { (title) " " span #{ "count-" (name) } {} }
            fieldset #{ "choice-" (name) } {
                legend { (title) }
                div.buttons {
                    button type="button" data-choice=(name) data-all="yes" { "All" }
                    button type="button" data-choice=(name) { "None" }
                }
                @for group in groups {
                    @if let Some(title) = group.title { p.group { (title) } }
                    @for Choice { value, title, is_first } in &group.choices {
                        label {
                            input type="checkbox" name=(name) value=(value) checked[*is_first];
                            " " (title)
                        }
                    }
                }
            }
        }
    }
}

fn machine_choices(days: &Days<'_>) -> Group {
    let choice = |day: &Day<'_>| Choice {
        value: day.name.clone(),
        title: day.title.clone(),
        is_first: day.is_latest,
    };
    Group { title: None, choices: days.days.iter().map(choice).collect() }
}

fn engine_choices(days: &Days<'_>) -> Vec<Group> {
    let engines = days.engines();
    let of_family = |family: Family| Group {
        title: Some(family.title()),
        choices: engines
            .iter()
            .filter(|engine| Family::of(engine) == family)
            .map(|&engine| Choice {
                value: engine.to_owned(),
                title: engine.to_owned(),
                is_first: true,
            })
            .collect(),
    };
    let groups = Family::ALL.map(of_family).into_iter();
    groups.filter(|group| !group.choices.is_empty()).collect()
}

fn model_choices(days: &Days<'_>) -> Group {
    let models = days.models();
    let first = models.iter().copied().find(|&model| model == FIRST_MODEL);
    let first = first.or(models.first().copied());
    let choice = |&model: &&str| Choice {
        value: model.to_owned(),
        title: report::describe(model)
            .map_or_else(|| model.to_owned(), |what| format!("{model}: {what}")),
        is_first: Some(model) == first,
    };
    Group { title: None, choices: models.iter().map(choice).collect() }
}

fn dataset_choices(days: &Days<'_>) -> Group {
    let datasets = days.datasets();
    // The largest of a shape is the one that a full run measures.
    let usual = datasets.iter().filter(|(_, data)| data.shape.as_deref() == Some(FIRST_SHAPE));
    let first = usual.max_by_key(|(_, data)| data.lines).or(datasets.iter().next());
    let first = first.map(|(id, _)| id);
    let choice = |(id, dataset): (&String, &&Dataset)| Choice {
        value: id.clone(),
        title: dataset_title(dataset),
        is_first: Some(id) == first,
    };
    Group { title: None, choices: datasets.iter().map(choice).collect() }
}

/// What each machine is, for those who want to know what they compare.
fn machines(days: &Days<'_>) -> Markup {
    let facts = |day: &Day<'_>| report::environment_facts(&day.results[0].environment);
    html! {
        section aria-labelledby="machines" {
            h2 #machines { "Machines" }
            @for day in &days.days {
                details {
                    summary { (day.title) }
                    dl {
                        @for (name, value) in facts(day) { dt { (name) } dd { (value) } }
                        @for results in &day.results { (run(results)) }
                    }
                }
            }
        }
    }
}

fn run(results: &Results) -> Markup {
    let data: Vec<String> = results
        .datasets
        .iter()
        .map(|data| format!("{} ({})", data.name, decimal_size(data.bytes)))
        .collect();
    let spread = results.aa_spread().map_or_else(
        || "not measured".to_owned(),
        |spread| format!("{} above or below", percent(spread - 1.0)),
    );
    html! {
        dt { "data set" } dd { (data.join(", ")) ", " (results.rounds) " rounds" }
        dt { "an engine against itself" } dd { (spread) }
        @for declared in &results.declared {
            dt { (declared.engine) } dd { (declared.version) }
        }
    }
}
