//! The predictions, each number of which is marked as a model's: nobody measured them.

use std::collections::BTreeMap;

use maud::{Markup, html};

use super::super::engines::BACKEND_ORDER;
use super::super::predictions::{Comparison, Known, Prediction, Predictions, Processor, Row};
use crate::figures::{number, percent};
use crate::report;

pub(super) fn section(predictions: &Predictions) -> Markup {
    let Predictions { tool, rustc, commit, dirty, .. } = predictions;
    html! {
        section aria-labelledby="models" {
            h2 #models { "Processors that nobody measured on " (mark()) }
            p {
                "What " (tool) " predicts for the hot loop of each backend, as " (rustc)
                " compiled it from commit " (commit) @if *dirty { " with changes" } ". It leaves "
                "out memory, mispredicted branches and all that is around the loop, so read it as "
                "a bound of the loop, not as a speed. Cycles are for a block of 64 bytes, fewer "
                "are better. Bytes a cycle (B/cycle) say the same the other way round: times a "
                "clock in GHz, they are GB/s."
            }
            @for (model, rows) in by_model(predictions) {
                @for architecture in architectures(predictions) {
                    (table(predictions, model, architecture, &rows))
                }
            }
            (borrowed(predictions))
            @match &predictions.comparison {
                Known::Value(comparison) => (beside_measured(comparison)),
                Known::Unavailable { unavailable } => p.note {
                    "No measurement stands beside them: " (unavailable) "."
                },
            }
        }
    }
}

/// Stands beside whatever was not measured.
fn mark() -> Markup {
    html! { span.mark { "model" } }
}

fn by_model(predictions: &Predictions) -> BTreeMap<&str, Vec<&Row>> {
    let mut models: BTreeMap<&str, Vec<&Row>> = BTreeMap::new();
    for row in &predictions.rows {
        models.entry(&row.model).or_default().push(row);
    }
    models
}

fn architectures(predictions: &Predictions) -> Vec<&str> {
    let mut names: Vec<&str> = predictions.processors.iter().map(|p| &*p.architecture).collect();
    names.dedup();
    names
}

fn table(predictions: &Predictions, model: &str, architecture: &str, rows: &[&Row]) -> Markup {
    let processors = predictions.processors.iter().filter(|p| p.architecture == architecture);
    let processors: Vec<&Processor> = processors.collect();
    let find = |backend: &str, processor: &Processor| {
        let mut own = rows.iter().filter(|row| row.backend == backend);
        own.find(|row| row.processor == processor.name).map(|row| &row.prediction)
    };
    let backends = BACKEND_ORDER.iter().filter_map(|step| step.strip_prefix("delimark/"));
    let backends = backends.filter(|backend| {
        let predicted = |p: &&Processor| matches!(find(backend, p), Some(Known::Value(_)));
        processors.iter().any(predicted)
    });
    let gaps = backends.clone().flat_map(|backend| {
        let reason = move |processor: &&Processor| match find(backend, processor) {
            Some(Known::Unavailable { unavailable }) => {
                Some(format!("n/a: {backend} on {}: {unavailable}.", processor.name))
            }
            _ => None,
        };
        processors.iter().filter_map(reason)
    });
    let what = report::describe(model).unwrap_or_default();
    let label = format!("Table: predictions for {model}, {architecture}");
    html! {
        div.scroll tabindex="0" role="region" aria-label=(label) {
            table {
                caption {
                    span.title {
                        (mark()) " " (model) " (" (what) "), " (architecture) ", cycles a block"
                    }
                }
                thead {
                    tr {
                        th scope="col" { "backend" }
                        @for processor in &processors {
                            th scope="col" {
                                (processor.name) @if processor.modelled_as.is_some() { "*" }
                            }
                        }
                    }
                }
                tbody {
                    @for backend in backends.clone() {
                        tr {
                            th scope="row" { (backend) }
                            @for processor in &processors { (entry(find(backend, processor))) }
                        }
                    }
                }
            }
        }
        @for gap in gaps { p.note { (gap) } }
    }
}

fn entry(prediction: Option<&Known<Prediction>>) -> Markup {
    html! {
        td {
            @match prediction {
                Some(Known::Value(prediction)) => {
                    (number(prediction.cycles_per_block))
                    small { (number(prediction.bytes_per_cycle)) " B/cycle, model" }
                },
                Some(Known::Unavailable { .. }) | None => "n/a",
            }
        }
    }
}

/// Names whose tables stand in for those that the tool lacks.
fn borrowed(predictions: &Predictions) -> Markup {
    html! {
        @for processor in &predictions.processors {
            @if let Some(other) = &processor.modelled_as {
                p.note {
                    "* " (processor.name) ": by the tables of " (other) ", for want of its own."
                }
            }
        }
    }
}

/// How far off the model is, where that can be seen.
fn beside_measured(comparison: &Comparison) -> Markup {
    html! {
        div.scroll tabindex="0" role="region" aria-label="Table: predictions beside measurements" {
            table {
                caption {
                    span.title {
                        "How far off it is: cycles a block on " (comparison.processor)
                        ", with all that surrounds the loop in the measured ones"
                    }
                }
                thead {
                    tr {
                        th scope="col" { "loop" }
                        th scope="col" { "predicted " (mark()) }
                        th scope="col" { "measured" }
                        th scope="col" { "predicted ÷ measured" }
                    }
                }
                tbody {
                    @for row in &comparison.rows {
                        tr {
                            th scope="row" { (row.backend) ", " (row.model) }
                            td { (number(row.predicted_cycles_per_block)) small { "model" } }
                            td.measured {
                                (number(row.measured.cycles_per_block))
                                small { (row.measured.cycles_from) }
                            }
                            td { (percent(row.predicted_to_measured)) small { "of a model" } }
                        }
                    }
                }
            }
        }
    }
}
