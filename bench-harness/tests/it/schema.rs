//! The published schemas and the types that read agree: whatever a schema refuses is refused by
//! the reader, in the same place, and what the reader refuses beyond it is listed here.

use std::collections::HashSet;
use std::fs;
use std::path::{Path, PathBuf};

use delimark_conformance::Suite;
use delimark_results::Results;
use jsonschema::Validator;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use tempfile::TempDir;

const EXAMPLE: &str = include_str!("../../../reports/example/results.json");

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("the workspace is above")
}

fn validator(path: &str) -> Validator {
    let text = fs::read_to_string(root().join(path)).unwrap();
    jsonschema::draft202012::new(&serde_json::from_str(&text).unwrap()).unwrap()
}

fn results_schema() -> Validator {
    validator("reports/results.schema.json")
}

/// All files below a folder whose names end in `.json`.
fn files(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(files(&path));
        } else if path.extension().is_some_and(|extension| extension == "json") {
            found.push(path);
        }
    }
    found
}

#[test]
fn committed_results_are_read_and_written_as_the_schema_has_them() {
    let schema = results_schema();
    let folders = ["reports/example", "reports/machines", "reports/browsers"];
    let mut paths: Vec<PathBuf> =
        folders.iter().flat_map(|folder| files(&root().join(folder))).collect();
    let data = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/it/data");
    paths.extend(files(&data.join("machines")));
    paths.push(data.join("results.json"));
    assert!(paths.len() >= 7, "{paths:?}");
    for path in paths {
        let results = Results::read(&path).unwrap_or_else(|error| panic!("{path:?}: {error}"));
        let sealed = Results { seal: None, ..results.clone() }.sealed().unwrap();
        for results in [results, sealed] {
            let written = serde_json::from_str(&results.to_json().unwrap()).unwrap();
            let error = schema.iter_errors(&written).next();
            assert!(error.is_none(), "{path:?}: {error:?}");
        }
    }
}

/// A value that replaces another, or the lack of one.
type Replacement = Option<Value>;

/// Returns what a value is replaced by, one at a time.
fn replacements(value: &Value) -> Vec<Replacement> {
    let mut found = vec![None];
    let others = [
        json!(null),
        json!(true),
        json!(-1),
        json!(0),
        json!(1),
        json!(0.5),
        json!(-0.5),
        json!(1.5),
        json!(1e300),
        json!(u64::MAX),
        json!(""),
        json!("x"),
        json!("€"),
        json!("a\nb"),
        json!([]),
        json!([null]),
        json!({}),
        json!({ "value": null }),
        json!({ "value": 1 }),
        json!({ "unavailable": 1 }),
        json!({ "unavailable": "for a reason" }),
        json!([value]),
        json!([value, value, value]),
        json!({ "value": value }),
    ];
    found.extend(others.into_iter().map(Some));
    match value {
        Value::String(text) => {
            let changed = [
                format!("{text} "),
                format!(" {text}"),
                text.to_uppercase(),
                text.chars().skip(1).collect(),
            ];
            found.extend(changed.map(|text| Some(json!(text))));
            found.push(Some(json!({ text: null })));
        }
        Value::Object(fields) => {
            found.push(Some(fields.values().cloned().collect()));
            let mut more = fields.clone();
            more.insert("more".to_owned(), json!(1));
            found.push(Some(Value::Object(more)));
        }
        Value::Array(items) => {
            let with = |item: Value| Some(items.iter().cloned().chain([item]).collect());
            found.extend([with(json!(null)), with(json!(1)), with(json!("x")), with(json!({}))]);
        }
        Value::Number(number) => {
            found.push(number.as_i64().map(|number| json!(-number)));
            found.push(number.as_f64().map(|number| json!(number + 0.25)));
        }
        Value::Null | Value::Bool(_) => {}
    }
    found
}

/// Returns the place of the first value of each kind: what a list holds is of one.
fn places(document: &Value) -> Vec<String> {
    let mut seen = HashSet::new();
    let mut found = Vec::new();
    let mut open = vec![(String::new(), String::new(), document)];
    while let Some((pointer, kind, value)) = open.pop() {
        // Values of several types have several kinds, as numbers that may be null.
        if seen.insert(format!("{kind} {}", value.is_null())) {
            found.push(pointer.clone());
        }
        match value {
            Value::Object(fields) => open.extend(fields.iter().map(|(name, value)| {
                let step = name.replace('~', "~0").replace('/', "~1");
                let is_map = kind.ends_with("/counters") || kind.ends_with("/compile_ns");
                let kind = if is_map { format!("{kind}/*") } else { format!("{kind}/{name}") };
                (format!("{pointer}/{step}"), kind, value)
            })),
            Value::Array(items) => {
                let item =
                    |(index, value)| (format!("{pointer}/{index}"), format!("{kind}/*"), value);
                open.extend(items.iter().enumerate().map(item));
            }
            _ => {}
        }
    }
    found
}

/// Replaces or removes what is at a place. Returns whether there is something to remove.
fn change(document: &mut Value, pointer: &str, replacement: Replacement) -> bool {
    let Some(value) = replacement else {
        let Some((parent, step)) = pointer.rsplit_once('/') else { return false };
        let step = step.replace("~1", "/").replace("~0", "~");
        return match document.pointer_mut(parent) {
            Some(Value::Object(fields)) => fields.remove(&step).is_some(),
            Some(Value::Array(items)) => {
                items.remove(step.parse().unwrap());
                true
            }
            _ => false,
        };
    };
    *document.pointer_mut(pointer).unwrap() = value;
    true
}

/// Changes a document in every way, and returns the refusals of documents that the schema takes.
fn beyond_the_schema(
    schema: &Validator,
    document: &Value,
    read: impl Fn(&Value) -> Result<(), String>,
) -> Vec<(String, Value, String)> {
    let mut beyond = Vec::new();
    let (mut refused, mut taken) = (0, 0);
    let mut wrong = Vec::new();
    assert!(schema.is_valid(document), "{:?}", schema.iter_errors(document).next());
    read(document).unwrap();
    for pointer in places(document) {
        for replacement in replacements(document.pointer(&pointer).unwrap()) {
            let mut changed = document.clone();
            if !change(&mut changed, &pointer, replacement.clone()) {
                continue;
            }
            let outcome = read(&changed);
            if schema.is_valid(&changed) {
                taken += 1;
                if let Err(error) = outcome {
                    beyond.push((pointer.clone(), replacement.unwrap_or_default(), error));
                }
                continue;
            }
            refused += 1;
            match outcome {
                Ok(()) => wrong.push(format!("{pointer} may be {replacement:?}")),
                // The place is in what was changed, or is what it is in.
                Err(error) => {
                    let place = error.split("at /").nth(1).and_then(|rest| rest.split(':').next());
                    let place = place.map_or(String::new(), |place| format!("/{place}"));
                    if !pointer.starts_with(&place) && !place.starts_with(&pointer) {
                        wrong.push(format!("{pointer} as {replacement:?}: {error}"));
                    }
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{} changes: {wrong:#?}", wrong.len());
    assert!(refused > 500 && taken > 10, "{refused} changes are wrong and {taken} are not");
    beyond
}

/// Returns the example cut down to as few parts as have one of each kind.
fn small() -> Value {
    let mut document: Value = serde_json::from_str(EXAMPLE).unwrap();
    let twins = document["twins"][0].clone();
    let cells = document["cells"].as_array_mut().unwrap();
    let is_measured_twice =
        |cell: &Value| cell["engine"] == twins["engine"] && cell["model"] == twins["model"];
    let with = cells.iter().position(is_measured_twice).unwrap();
    cells.swap(0, with);
    let without = cells.iter().position(|cell| cell["bursts"].is_null()).unwrap();
    cells.swap(1, without);
    cells.truncate(2);
    for cell in cells {
        let counters = cell["counters"].as_object_mut().unwrap();
        let mut seen = HashSet::new();
        counters.retain(|_, counter| {
            let fields: Vec<String> = counter.as_object().unwrap().keys().cloned().collect();
            seen.insert(fields)
        });
    }
    for part in ["ladder", "scaling", "compute", "twins", "declared", "skipped"] {
        document[part].as_array_mut().unwrap().truncate(1);
    }
    document
}

#[test]
fn results_that_the_schema_rejects_are_refused() {
    let read = |document: &Value| {
        Results::from_json(&document.to_string()).map(drop).map_err(|error| error.to_string())
    };
    let beyond = beyond_the_schema(&results_schema(), &small(), read);
    check_listed(&beyond, |pointer, error| {
        error.contains("results do not fit together")
            // A whole number as the program keeps it: written without a fraction, 64 bits at most.
            || error.contains("invalid type: floating point")
            // Either a number or its reason.
            || error.contains("_unavailable`")
            // What an engine does is read as in its declaration, which has no other fields.
            || error.contains("/does/more: unknown field")
            || error.contains("expected a whole number of at least 1 and at most 4294967295")
            // A day that there is not.
            || pointer == "/created"
    });
}

/// Checks that what the reader refuses beyond a schema is known.
#[track_caller]
fn check_listed(beyond: &[(String, Value, String)], is_listed: impl Fn(&str, &str) -> bool) {
    let others = beyond.iter().filter(|(pointer, _, error)| !is_listed(pointer, error));
    let others: Vec<_> = others.collect();
    assert!(others.is_empty(), "{} more: {others:#?}", others.len());
}

/// Vectors of each kind.
fn vectors() -> Value {
    let counts = json!({ "records": 1, "fields": 2 });
    json!({ "format": "delimark-vectors/1", "topic": "All kinds.", "cases": [
        {
            "id": "y_report", "rule": "R2.10", "title": "One is left out.",
            "dialect": {
                "delimiter": "|", "columns": 2, "ragged": "report", "line_ending": "lf",
                "line_limit": 100
            },
            "input": ["a|ÿ\n", { "repeat": "b", "times": 2 }], "records": [["a", ["ÿ"]]],
            "lines": [1], "offsets": [0], "ragged": [{ "line": 2, "offset": 4, "found": 1 }],
            "counts": { "records": 2, "fields": 3 }
        },
        {
            "id": "n_ragged", "rule": "R1.1", "title": "It is refused.",
            "dialect": { "delimiter": "|", "columns": 3 },
            "input": "a|b", "records": [], "lines": [], "offsets": [], "counts": counts,
            "error": { "kind": "ragged", "line": 1, "offset": 0, "found": 2, "expected": 3 }
        },
        {
            "id": "i_long", "rule": "R1.1", "title": "It is long.",
            "dialect": { "delimiter": "|", "line_limit": 2 },
            "input": "a|b", "records": [], "lines": [], "offsets": [], "counts": counts,
            "error": { "kind": "line-too-long", "line": 1, "offset": 0 }
        },
        {
            "id": "n_dialect", "rule": "R1.1", "title": "It is none.",
            "dialect": { "delimiter": "\n", "ragged": "report" },
            "input": "", "records": [], "lines": [], "offsets": [], "ragged": [],
            "error": { "kind": "dialect" }
        },
        {
            "id": "y_quoted", "rule": "R11.10", "title": "One is open.",
            "dialect": {
                "delimiter": "|", "ragged": "report", "quote": "'", "escape": "backslash"
            },
            "input": "'a|b", "records": [], "lines": [], "offsets": [],
            "ragged": [{ "line": 1, "offset": 0, "found": 1, "quote": 0 }],
            "counts": { "records": 1, "fields": 1 }
        },
        {
            "id": "n_open", "rule": "R11.9", "title": "It is open.",
            "dialect": { "delimiter": "|", "quote": "'" },
            "input": "'a|b", "records": [], "lines": [], "offsets": [], "counts": counts,
            "error": { "kind": "open-quote", "line": 1, "offset": 0, "quote": 0 }
        }
    ] })
}

#[test]
fn vectors_that_the_schema_rejects_are_refused() {
    let schema = validator("datasets/conformance/vectors.schema.json");
    let folder = TempDir::new().unwrap();
    let read = |document: &Value| {
        let text = document.to_string();
        let hash = Sha256::digest(&text);
        let hash: String = hash.iter().map(|byte| format!("{byte:02x}")).collect();
        let count = document["cases"].as_array().map_or(0, Vec::len);
        let files = json!([{ "path": "kinds.json", "sha256": hash, "cases": count }]);
        let manifest = json!({ "version": "1", "files": files });
        fs::write(folder.path().join("manifest.json"), manifest.to_string()).unwrap();
        fs::write(folder.path().join("kinds.json"), text).unwrap();
        Suite::load(folder.path()).map(drop).map_err(|error| format!("{error:#}"))
    };
    // Kinds of errors and of dialects are different things, so each case is a document.
    let mut documents = Vec::new();
    for case in vectors()["cases"].as_array().unwrap() {
        let mut document = vectors();
        document["cases"] = json!([case]);
        documents.push(document);
    }
    let each = documents.iter();
    let beyond: Vec<_> =
        each.flat_map(|document| beyond_the_schema(&schema, document, read)).collect();
    check_listed(&beyond, |_, error| {
        error.contains("there is a line and an offset for each record")
            // A whole number as the program keeps it: written without a fraction.
            || error.contains("invalid type: floating point")
            // An input that nobody has the memory for.
            || error.contains("more than 1073741824 bytes")
            || error.contains("there are two cases with the id")
    });
}
