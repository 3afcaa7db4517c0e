//! The documentation: its configurations are taken, and each test that it names is there.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use delimark_ship::check;
use regex::Regex;

const DOCUMENTATION: &str = include_str!("../../../docs/ship.md");

/// Collects the names of tests in a folder.
fn collect_tests(folder: &Path, tests: &mut BTreeSet<String>) {
    let test =
        Regex::new(r"#\[(?:tokio::)?test(?:\([^)]*\))?\]\s*(?:#\[[^\]]*\]\s*)*(?:async )?fn (\w+)");
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            collect_tests(&path, tests);
        } else if path.extension().is_some_and(|end| end == "rs") {
            let text = fs::read_to_string(&path).unwrap();
            let found = test.as_ref().unwrap().captures_iter(&text);
            tests.extend(found.map(|found| found[1].to_owned()));
        }
    }
}

#[test]
fn every_configuration_is_one_that_is_taken() {
    let blocks = DOCUMENTATION.split("```toml\n").skip(1);
    let blocks: Vec<&str> = blocks.map(|rest| rest.split("```").next().unwrap()).collect();
    assert_eq!(blocks.len(), 3);
    for block in blocks {
        let mut config = block.to_owned();
        if !config.contains("state.folder") {
            config.insert_str(0, "state.folder = \"/s\"\n");
        }
        for (part, rest) in [
            ("[[source]]", "[[source]]\nname = \"a\"\nstdin = {}\n"),
            ("[[sink]]", "[[sink]]\nname = \"b\"\nfile.path = \"/out\"\n"),
        ] {
            if !config.contains(part) {
                config.push_str(rest);
            }
        }
        check(Path::new("ship.toml"), &config).unwrap_or_else(|error| panic!("{error}\n{config}"));
    }
}

#[test]
fn every_part_of_the_pipeline_has_tests_that_there_are() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap();
    let mut tests = BTreeSet::new();
    for folder in ["ship/src", "ship/tests", "pipeline/src", "pipeline/tests", "cli/tests"] {
        collect_tests(&root.join(folder), &mut tests);
    }
    let (_, table) = DOCUMENTATION.split_once("| part | how to use it | tests |").unwrap();
    let rows = table.lines().skip(2).take_while(|line| line.starts_with('|'));
    let rows: Vec<Vec<&str>> = rows.map(|row| row.split('|').map(str::trim).collect()).collect();
    // Words by which people look for what a pipeline of logs has.
    for part in [
        "protocol adapter",
        "format detection",
        "label pipeline",
        "schema on read",
        "hot reload",
        "encoding",
        "OpenTelemetry attributes",
        "memory pressure",
        "circuit breaker",
        "burst mode",
    ] {
        assert!(rows.iter().any(|row| row[1] == part), "there is no row for {part}");
    }
    for row in rows {
        let [_, part, usage, names, _] = row[..] else { panic!("{row:?} has other columns") };
        assert!(!usage.is_empty() && !names.is_empty(), "{part}");
        for name in names.split(", ") {
            let name = name.trim_matches('`');
            assert!(tests.contains(name), "{part}: there is no test {name}");
        }
    }
}
