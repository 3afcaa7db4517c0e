//! The committed conformance vectors: as the builder makes them, well formed, and about every rule.

#[path = "../../examples/vectors/suite/mod.rs"]
mod suite;

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use delimark_datasets::Hasher;
use serde_json::{Value, json};

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("conformance")
}

fn read(path: &str) -> String {
    fs::read_to_string(folder().join(path)).unwrap_or_else(|error| panic!("{path}: {error}"))
}

fn read_json(path: &str) -> Value {
    serde_json::from_str(&read(path)).unwrap_or_else(|error| panic!("{path}: {error}"))
}

fn list(value: &Value) -> &[Value] {
    value.as_array().expect("a list")
}

fn text(value: &Value) -> &str {
    value.as_str().expect("a string")
}

/// Returns the files of vectors with their paths, as the manifest names them.
fn files() -> Vec<(String, Value)> {
    let manifest = read_json("manifest.json");
    let paths = list(&manifest["files"]).iter().map(|file| text(&file["path"]).to_owned());
    paths.map(|path| (path.clone(), read_json(&path))).collect()
}

/// Returns the cases of all files.
fn cases() -> Vec<Value> {
    files().into_iter().flat_map(|(_, file)| list(&file["cases"]).to_vec()).collect()
}

/// Returns the bytes that a byte string of the vectors stands for.
fn bytes(value: &Value) -> Vec<u8> {
    let byte = |letter| u8::try_from(u32::from(letter)).expect("a code point is a byte");
    let piece = |piece: &Value| match piece.as_str() {
        Some(text) => text.chars().map(byte).collect(),
        None => {
            let times = piece["times"].as_u64().expect("a run has a length");
            text(&piece["repeat"]).repeat(times as usize).chars().map(byte).collect::<Vec<u8>>()
        }
    };
    match value.as_array() {
        Some(pieces) => pieces.iter().flat_map(piece).collect(),
        None => piece(value),
    }
}

fn contains(input: &[u8], part: &[u8]) -> bool {
    input.windows(part.len()).any(|window| window == part)
}

/// Returns the rules of the specification: the bold text at the beginning of each item.
fn rules(specification: &str) -> Vec<&str> {
    let items = specification.lines().filter_map(|line| line.strip_prefix("- **R"));
    items.map(|item| item.split("**").next().expect("splitting gives a piece")).collect()
}

#[test]
fn the_committed_files_are_what_the_builder_makes() {
    for document in suite::documents() {
        let is_same = read(&document.path) == document.text;
        assert!(is_same, "{} is not up to date; run the example `vectors`", document.path);
    }
}

#[test]
fn the_manifest_is_right() {
    let manifest = read_json("manifest.json");
    let version = text(&manifest["version"]);
    assert!(read("SPEC.md").contains(&format!("\n\nVersion {version}. ")), "of SPEC.md");
    let mut named = BTreeSet::new();
    for file in list(&manifest["files"]) {
        let path = text(&file["path"]);
        let mut hasher = Hasher::new();
        hasher.update(read(path).as_bytes());
        assert_eq!(hasher.finish(), text(&file["sha256"]), "{path}");
        assert_eq!(json!(list(&read_json(path)["cases"]).len()), file["cases"], "{path}");
        named.insert(path.to_owned());
    }
    let entries = fs::read_dir(folder().join("vectors")).expect("the folder is there");
    let names = entries.map(|entry| entry.expect("it can be read").file_name());
    let found = names.map(|name| format!("vectors/{}", name.to_str().expect("ASCII")));
    assert_eq!(found.collect::<BTreeSet<_>>(), named);
}

#[test]
fn the_files_keep_to_the_schema() {
    let schema = read_json("vectors.schema.json");
    jsonschema::draft202012::meta::validate(&schema).expect("the schema is one");
    let validator = jsonschema::draft202012::new(&schema).expect("the schema is one");
    for (path, file) in files() {
        if let Err(error) = validator.validate(&file) {
            panic!("{path}, {}: {error}", error.instance_path());
        }
    }
}

#[test]
fn the_schema_is_strict() {
    let schema = read_json("vectors.schema.json");
    let validator = jsonschema::draft202012::new(&schema).expect("the schema is one");
    let of = |case: Value| json!({"format": "delimark-vectors/1", "topic": "A.", "cases": [case]});
    let good = json!({
        "id": "y_a", "rule": "R1.1", "title": "A.", "dialect": {"delimiter": "\n"},
        "input": ["a", {"repeat": "\u{ff}", "times": 2}], "records": [["a\u{ff}\u{ff}"]],
        "lines": [1], "offsets": [0], "counts": {"records": 1, "fields": 1}
    });
    assert!(validator.is_valid(&of(good.clone())), "a good case is refused");
    let dialect = json!({"kind": "dialect"});
    let wrong = [
        ("/id", json!("n_a")),
        ("/id", json!("y_A")),
        ("/rule", json!("R1")),
        ("/dialect", json!({"delimiter": "ab"})),
        ("/dialect", json!({"delimiter": "|", "column": 3})),
        ("/dialect", json!({"delimiter": "|", "ragged": "report"})),
        ("/dialect", json!({"delimiter": "|", "quote": "''"})),
        ("/dialect", json!({"delimiter": "|", "quote": "'", "escape": "doubled"})),
        ("/dialect", json!({"delimiter": "|", "escape": "backslash"})),
        ("/input", json!("\u{100}")),
        ("/input", json!([{"repeat": "ab", "times": 2}])),
        ("/records", json!([[]])),
        ("/lines", json!([0])),
        ("/counts", json!({"records": 1})),
    ];
    for (pointer, value) in wrong {
        let mut case = good.clone();
        *case.pointer_mut(pointer).expect("the good case has it") = value.clone();
        assert!(!validator.is_valid(&of(case)), "{pointer} may be {value}");
    }
    for (name, value) in [("error", dialect), ("ragged", json!([])), ("comment", json!(""))] {
        let mut case = good.clone();
        case[name] = value.clone();
        assert!(!validator.is_valid(&of(case)), "there may be {name}: {value}");
    }
}

#[test]
fn every_record_has_a_place() {
    for case in cases() {
        let count = list(&case["records"]).len();
        assert_eq!(list(&case["lines"]).len(), count, "{}", case["id"]);
        assert_eq!(list(&case["offsets"]).len(), count, "{}", case["id"]);
    }
}

#[test]
fn identifiers_are_unique_and_many() {
    let mut seen = BTreeSet::new();
    for case in cases() {
        let id = text(&case["id"]).to_owned();
        assert!(seen.insert(id.clone()), "{id} is there twice");
    }
    assert!(seen.len() >= 300, "{} cases", seen.len());
    for class in ["y_", "n_", "i_"] {
        assert!(seen.iter().any(|id| id.starts_with(class)), "no case is of class {class}");
    }
}

#[test]
fn no_two_cases_ask_the_same() {
    let mut seen = BTreeMap::new();
    for case in cases() {
        let id = text(&case["id"]).to_owned();
        let question = (case["dialect"].to_string(), bytes(&case["input"]));
        if let Some(other) = seen.insert(question, id.clone()) {
            panic!("{other} and {id} have the same dialect and input");
        }
    }
}

/// Readers have rules of their own about these, and must fail for them at cases about them only.
#[test]
fn empty_lines_crlf_and_nul_are_only_where_they_are_tested() {
    for case in cases() {
        let (id, rule) = (text(&case["id"]), text(&case["rule"]));
        let title = text(&case["title"]);
        let tests = |rules: &[&str], words| rules.contains(&rule) || title.contains(words);
        let input = bytes(&case["input"]);
        // A CRLF is no empty line where its CR is data.
        let ends: &[&[u8]] =
            if case["dialect"]["line_ending"] == "lf" { &[b"\n"] } else { &[b"\n", b"\r\n"] };
        let has_empty_line = ends.iter().any(|end| {
            input.starts_with(end) || contains(&input, &[b"\n".as_slice(), end].concat())
        });
        assert!(!has_empty_line || tests(&["R2.5"], "mpty line"), "{id} has an empty line");
        let carriage_returns = ["R4.1", "R4.2", "R4.3", "R4.4", "R4.5"];
        let has_crlf = contains(&input, b"\r\n");
        assert!(!has_crlf || tests(&carriage_returns, "CR"), "{id} has a CRLF");
        let has_nul = case["dialect"]["delimiter"] != "\0" && input.contains(&0);
        assert!(!has_nul || tests(&["R1.1", "R1.2", "R3.4"], "NUL"), "{id} has a NUL");
    }
}

#[test]
fn every_rule_is_tested_and_every_tested_rule_is_there() {
    let specification = read("SPEC.md");
    let rules = rules(&specification);
    let stated: BTreeSet<String> = rules.iter().map(|rule| format!("R{rule}")).collect();
    assert_eq!(stated.len(), rules.len(), "a rule is stated twice");
    let cited: BTreeSet<String> =
        cases().iter().map(|case| text(&case["rule"]).to_owned()).collect();
    assert_eq!(cited, stated);
}

#[test]
fn free_cases_cite_free_rules() {
    for case in cases() {
        let is_free = text(&case["id"]).starts_with("i_");
        assert_eq!(is_free, text(&case["rule"]).starts_with("R10."), "{}", case["id"]);
    }
}
