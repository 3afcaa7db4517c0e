//! The committed predictions keep to their schema, and are of this library's backends: all of them,
//! each with a number or a reason.

use std::collections::BTreeSet;

use delimark::Backend;
use jsonschema::Validator;
use serde_json::{Value, json};

const PREDICTIONS: &str = include_str!("../../../reports/predictions/predictions.json");
const SCHEMA: &str = include_str!("../../../reports/predictions/predictions.schema.json");

const LOOPS: [&str; 2] = ["index", "count"];

fn predictions() -> Value {
    serde_json::from_str(PREDICTIONS).expect("the committed predictions are JSON")
}

fn schema() -> Validator {
    let schema = serde_json::from_str(SCHEMA).expect("the committed schema is JSON");
    jsonschema::draft202012::new(&schema).expect("the committed schema is a schema")
}

fn texts<'a>(entries: &'a Value, key: &str) -> Vec<&'a str> {
    let entries = entries.as_array().expect("entries are a list");
    entries.iter().map(|entry| entry[key].as_str().expect("a name is text")).collect()
}

#[test]
fn predictions_keep_to_their_schema() {
    let schema = schema();
    let predictions = predictions();
    let violations: Vec<String> =
        schema.iter_errors(&predictions).map(|error| error.to_string()).collect();
    assert!(violations.is_empty(), "{violations:?}");
}

#[test]
fn the_schema_rejects_what_is_no_prediction() {
    let schema = schema();
    let rejects = |pointer: &str, value: Value| {
        let mut predictions = predictions();
        *predictions.pointer_mut(pointer).expect("the predictions have it") = value;
        assert!(!schema.is_valid(&predictions), "{pointer} was accepted");
    };
    rejects("/kind", json!("measurement"));
    rejects("/rows/0", json!({"loop": "index", "backend": "scalar", "processor": "Zen 3"}));
    rejects("/rows/0/cycles_per_block", json!(0));
    rejects("/rows/0/bottleneck/kind", json!("weather"));
    rejects("/comparison", json!({"unavailable": ""}));
}

#[test]
fn every_backend_has_a_row_for_every_loop_and_processor() {
    let predictions = predictions();
    let processors = texts(&predictions["processors"], "name");
    let mut expected = BTreeSet::new();
    for name in LOOPS {
        for backend in Backend::ALL {
            expected.extend(processors.iter().map(|processor| (name, backend.name(), *processor)));
        }
    }
    let rows = &predictions["rows"];
    let names = texts(rows, "loop").into_iter().zip(texts(rows, "backend"));
    let found: Vec<_> = names
        .zip(texts(rows, "processor"))
        .map(|((name, backend), processor)| (name, backend, processor))
        .collect();
    assert_eq!(found.len(), expected.len(), "no row stands there twice");
    assert_eq!(found.into_iter().collect::<BTreeSet<_>>(), expected);
}

#[test]
fn speeds_follow_from_cycles() {
    let predictions = predictions();
    let rows = predictions["rows"].as_array().expect("rows are a list");
    let predicted: Vec<(f64, f64)> = rows
        .iter()
        .filter_map(|row| {
            Some((row["cycles_per_block"].as_f64()?, row["bytes_per_cycle"].as_f64()?))
        })
        .collect();
    assert!(predicted.len() > 40, "{} rows have a number", predicted.len());
    for (cycles_per_block, bytes_per_cycle) in predicted {
        let product = cycles_per_block * bytes_per_cycle;
        assert!((product - 64.0).abs() < 0.1, "{cycles_per_block} x {bytes_per_cycle}");
    }
}
