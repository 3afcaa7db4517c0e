//! Cases with quotes: how they are put, and that the place of an open quote is a fact like others.

use std::fs;

use delimark_conformance::{Case, Facts, Failure, FailureKind, Strictness, Suite};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use tempfile::TempDir;

/// Loads a suite of two cases: a line that is left out, and one that is an error.
fn cases() -> [Case; 2] {
    load(&json!([
        {
            "id": "y_reported", "rule": "R11.10", "title": "It is left out.",
            "dialect": {
                "delimiter": "|", "ragged": "report", "quote": "'", "escape": "backslash"
            },
            "input": "a|'b\n", "records": [], "lines": [], "offsets": [],
            "ragged": [{ "line": 1, "offset": 0, "found": 2, "quote": 2 }],
            "counts": { "records": 1, "fields": 2 }
        },
        {
            "id": "n_stopped", "rule": "R11.9", "title": "It is an error.",
            "dialect": { "delimiter": "|", "quote": "\u{ff}" },
            "input": "a|\u{ff}b\n", "records": [], "lines": [], "offsets": [],
            "counts": { "records": 1, "fields": 2 },
            "error": { "kind": "open-quote", "line": 1, "offset": 0, "quote": 2 }
        }
    ]))
    .expect("the cases are as the schema says")
    .try_into()
    .expect("there are two")
}

fn load(cases: &Value) -> Result<Vec<Case>, String> {
    let folder = TempDir::new().unwrap();
    let count = cases.as_array().unwrap().len();
    let document = json!({ "format": "delimark-vectors/1", "topic": "Quotes.", "cases": cases });
    let text = document.to_string();
    let hash: String = Sha256::digest(&text).iter().map(|byte| format!("{byte:02x}")).collect();
    let files = json!([{ "path": "quotes.json", "sha256": hash, "cases": count }]);
    let manifest = json!({ "version": "1", "files": files });
    fs::write(folder.path().join("manifest.json"), manifest.to_string()).unwrap();
    fs::write(folder.path().join("quotes.json"), text).unwrap();
    Suite::load(folder.path()).map(|suite| suite.cases).map_err(|error| format!("{error:#}"))
}

/// Judges an answer, of a backend of this project or of anybody's engine.
fn judge(case: &Case, answer: Value, strictness: Strictness) -> Option<FailureKind> {
    let facts: Facts = serde_json::from_value(answer).unwrap();
    Failure::of_facts(case, &facts, strictness).map(|failure| failure.kind)
}

#[test]
fn the_quote_is_a_part_of_the_question() {
    let [reported, stopped] = cases();
    let header = |case: &Case| {
        let frame = case.frame();
        String::from_utf8_lossy(frame.split(|&byte| byte == b'\n').next().unwrap()).into_owned()
    };
    assert!(header(&reported).ends_with(" line_limit=16777216 quote=39 escape=backslash"));
    assert!(header(&stopped).ends_with(" line_limit=16777216 quote=255 escape=none"));
}

#[test]
fn the_place_of_an_open_quote_is_compared_where_a_line_is_listed() {
    let [case, _] = cases();
    let check = |ragged: Value, backend, engine| {
        let answer = json!({
            "records": [], "lines": [], "offsets": [], "ragged": [ragged],
            "counts": { "records": 1, "fields": 2 }
        });
        assert_eq!(judge(&case, answer.clone(), Strictness::Everything), backend, "{answer}");
        assert_eq!(judge(&case, answer.clone(), Strictness::WhereGiven), engine, "{answer}");
    };
    let wrong = Some(FailureKind::WrongFacts);
    check(json!({ "line": 1, "offset": 0, "found": 2, "quote": 2 }), None, None);
    check(json!({ "line": 1, "offset": 0, "found": 2, "quote": 0 }), wrong, wrong);
    // An engine need not know the place, and a backend has to.
    check(json!({ "line": 1, "offset": 0, "found": 2 }), wrong, None);
}

#[test]
fn the_place_of_an_open_quote_is_compared_where_it_is_an_error() {
    let [_, case] = cases();
    let check = |error: Value, backend, engine| {
        let answer = json!({
            "records": [], "lines": [], "offsets": [], "ragged": [],
            "counts": { "records": 1, "fields": 2 }, "error": error
        });
        assert_eq!(judge(&case, answer.clone(), Strictness::Everything), backend, "{answer}");
        assert_eq!(judge(&case, answer.clone(), Strictness::WhereGiven), engine, "{answer}");
    };
    let wrong = Some(FailureKind::WrongFacts);
    check(json!({ "kind": "open-quote", "line": 1, "offset": 0, "quote": 2 }), None, None);
    check(json!({ "kind": "open-quote", "line": 1, "offset": 0, "quote": 3 }), wrong, wrong);
    check(json!({ "kind": "open-quote", "line": 1, "offset": 0 }), wrong, None);
    check(json!({ "kind": "ragged", "line": 1, "offset": 0, "found": 2 }), wrong, wrong);
    // An engine without quotes refuses the dialect, which is no answer to a line that is open.
    check(json!({ "kind": "dialect" }), wrong, wrong);
}

#[test]
fn an_escape_needs_a_quote_and_an_open_quote_its_place() {
    let case = |dialect: Value, error: Value| {
        json!([{
            "id": "n_a", "rule": "R1.1", "title": "A.", "dialect": dialect, "input": "a",
            "records": [], "lines": [], "offsets": [],
            "counts": { "records": 1, "fields": 1 }, "error": error
        }])
    };
    let open = json!({ "kind": "open-quote", "line": 1, "offset": 0, "quote": 0 });
    let quoted = json!({ "delimiter": "|", "quote": "'", "escape": "none" });
    assert!(load(&case(quoted.clone(), open.clone())).is_ok());
    let check = |dialect: &Value, error: &Value, expected: &str| {
        let reason = load(&case(dialect.clone(), error.clone())).unwrap_err();
        assert!(reason.contains(expected), "{reason}");
    };
    let bare = json!({ "delimiter": "|", "escape": "none" });
    check(&bare, &open, "there is an escape only with a quote");
    let placeless = json!({ "kind": "open-quote", "line": 1, "offset": 0 });
    check(&quoted, &placeless, "an error of the kind open-quote has `quote`");
    let counted = json!({ "kind": "open-quote", "line": 1, "offset": 0, "quote": 0, "found": 1 });
    check(&quoted, &counted, "an error of the kind open-quote has no `found`");
    let doubled = json!({ "delimiter": "|", "quote": "'", "escape": "doubled" });
    check(&doubled, &open, "unknown escape 'doubled'");
    let long = json!({ "delimiter": "|", "quote": "''" });
    check(&long, &open, "one letter, U+00FF at most");
}
