//! The formats that other programs read: JSON, JUnit and TAP, each with every kind of result in it.

use std::fs;
use std::path::Path;

use serde_json::Value;
use tempfile::TempDir;

use super::{control, report, stdout, verify};

const SCHEMA: &str = include_str!("../../../../reports/conformance/verify.schema.json");

/// Asks for failures, a skip and a skip that nobody needs; then what a missing or good column looks
/// like.
fn arguments(skips: &Path) -> [String; 3] {
    let rules = "blind* y_delimiter_at_63 a reason # \\ <&>\nblind* y_crlf another\n";
    fs::write(skips, rules).unwrap();
    [control("blind-at-byte-63"), control("aborts"), format!("--skip={}", skips.display())]
}

fn folder() -> (TempDir, [String; 3]) {
    let folder = TempDir::new().unwrap();
    let arguments = arguments(&folder.path().join("skips"));
    (folder, arguments)
}

#[test]
fn json_keeps_to_its_schema() {
    let schema: Value = serde_json::from_str(SCHEMA).unwrap();
    let validator = jsonschema::draft202012::new(&schema).unwrap();
    let (_folder, arguments) = folder();
    let report = report(&arguments.each_ref().map(String::as_str), 1);
    validator.validate(&report).unwrap();
    assert_eq!(report["faults"].as_array().unwrap().len(), 1);
    assert_eq!(report["results"].as_array().unwrap().len(), 22);

    let native = super::report(&["--backend", "scalar", "--filter", "y_crlf|i_"], 0);
    validator.validate(&native).unwrap();
    let mut broken = native;
    broken["columns"][0]["passed"] = Value::Null;
    assert!(validator.validate(&broken).is_err(), "the schema can fail");
}

#[test]
fn junit_is_xml_with_the_same_counts() {
    let (_folder, arguments) = folder();
    let mut arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    arguments.extend(["--format", "junit"]);
    let text = stdout(&verify(&arguments));
    let document = roxmltree::Document::parse(&text).unwrap();
    let suites: Vec<_> =
        document.descendants().filter(|node| node.has_tag_name("testsuite")).collect();
    let counts = |suite: &roxmltree::Node<'_, '_>| {
        ["name", "tests", "failures"].map(|name| suite.attribute(name).unwrap().to_owned())
    };
    assert_eq!(
        suites.iter().map(counts).collect::<Vec<_>>(),
        [["blind-at-byte-63", "11", "0"], ["aborts", "11", "11"]]
    );
    let skipped: Vec<_> =
        document.descendants().filter(|node| node.has_tag_name("skipped")).collect();
    let message = skipped[0].attribute("message").unwrap();
    assert!(message.starts_with("a reason # \\ <&> (wrong records"), "{message}");
    let failure = document.descendants().find(|node| node.has_tag_name("failure")).unwrap();
    assert_eq!(failure.attribute("type"), Some("crash"));
}

#[test]
fn tap_has_a_point_for_each_case() {
    let (_folder, arguments) = folder();
    let mut arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    arguments.extend(["--format", "tap"]);
    let text = stdout(&verify(&arguments));
    let mut lines = text.lines();
    assert_eq!(lines.next(), Some("TAP version 14"));
    assert_eq!(lines.next(), Some("1..22"));
    let points: Vec<&str> = lines.filter(|line| !line.starts_with("  ")).collect();
    for (number, point) in (1..).zip(&points) {
        let rest = point.strip_prefix("not ").unwrap_or(point);
        assert!(rest.starts_with(&format!("ok {number} - ")), "{point}");
    }
    assert_eq!(points.len(), 22);
    let known = concat!("TO", "DO");
    let skipped = format!("not ok 3 - blind-at-byte-63 y_delimiter_at_63 # {known} a reason");
    assert_eq!(points[2], format!("{skipped} \\# \\\\ <&>"));
    assert_eq!(points[4], format!("ok 5 - blind-at-byte-63 y_crlf # {known} another"));
    assert_eq!(points.iter().filter(|point| point.starts_with("not ok")).count(), 12);
    assert!(text.contains("  ---\n  message: \"crash: "), "{text}");
}
