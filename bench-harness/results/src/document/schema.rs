//! Holds a document against the committed JSON Schema, on write and on read alike.

use std::sync::LazyLock;

use jsonschema::Validator;
use serde_json::Value;

/// The schema as the repository publishes it.
const SCHEMA: &str = include_str!("../../../../reports/results.schema.json");

/// The number of violations that are told at once; the rest mostly follows from the first.
const VIOLATIONS_SHOWN: usize = 3;

static VALIDATOR: LazyLock<Validator> = LazyLock::new(|| {
    let schema = serde_json::from_str(SCHEMA).expect("the committed schema is JSON");
    jsonschema::draft202012::new(&schema).expect("the committed schema is a schema")
});

/// Returns the violations with their JSON pointers, or nothing if the document is valid.
pub(super) fn violations(document: &Value) -> Option<String> {
    let shown: Vec<String> = VALIDATOR
        .iter_errors(document)
        .take(VIOLATIONS_SHOWN)
        .map(|error| match error.instance_path().as_str() {
            "" => format!("at the top: {error}"),
            pointer => format!("at {pointer}: {error}"),
        })
        .collect();
    (!shown.is_empty()).then(|| shown.join("; "))
}
