//! Rules about crates and the modules of the harness and the reports: which knows of which. Every
//! list names what is further down, so that no import goes round in a circle.

use super::{Source, assert_none, imports, rust, source, sources};

/// The crates by their folders, from the bottom to the top, and which of this project's crates
/// each may name; those that only its tests name do not count.
const CRATES: [(&str, &[&str]); 21] = [
    ("parser", &[]),
    ("formats", &["delimark"]),
    ("extract", &["delimark", "delimark-formats"]),
    ("pipeline", &["delimark", "delimark-extract", "delimark-formats"]),
    ("query", &["delimark", "delimark-extract", "delimark-formats", "delimark-pipeline"]),
    ("ship", &["delimark", "delimark-extract", "delimark-formats", "delimark-pipeline"]),
    ("ship/loki-double", &[]),
    (
        "cli",
        &[
            "delimark",
            "delimark-extract",
            "delimark-formats",
            "delimark-pipeline",
            "delimark-query",
            "delimark-ship",
        ],
    ),
    ("datasets", &[]),
    ("bench-harness/runner", &["delimark"]),
    (
        "bench-harness/columns",
        &["delimark", "delimark-datasets", "delimark-formats", "delimark-pipeline"],
    ),
    ("wasm", &["delimark", "delimark-extract", "delimark-runner"]),
    ("wasm/demo/formats", &["delimark", "delimark-extract", "delimark-formats"]),
    ("wasm/bindgen", &[]),
    ("bench-harness/engines/conformance", &["delimark", "delimark-runner"]),
    ("bench-harness/results", &["delimark", "delimark-datasets", "delimark-runner"]),
    ("wasm/demo/module", &["delimark", "delimark-datasets", "delimark-results", "delimark-runner"]),
    (
        "bench-harness/report",
        &["delimark", "delimark-datasets", "delimark-results", "delimark-runner"],
    ),
    (
        "bench-harness/harness",
        &[
            "delimark",
            "delimark-datasets",
            "delimark-extract",
            "delimark-results",
            "delimark-runner",
        ],
    ),
    (
        "bench-harness/conformance",
        &["delimark", "delimark-harness", "delimark-results", "delimark-runner"],
    ),
    (
        "bench-harness",
        &[
            "delimark",
            "delimark-conformance",
            "delimark-datasets",
            "delimark-extract",
            "delimark-formats",
            "delimark-harness",
            "delimark-report",
            "delimark-results",
            "delimark-runner",
        ],
    ),
];

/// The modules of a crate, from the bottom to the top, and which of the others each may name.
type Modules = &'static [(&'static str, &'static [&'static str])];

const HARNESS: Modules = &[
    ("checkout", &[]),
    ("huge_pages", &[]),
    ("supervised", &[]),
    ("runtime", &["checkout", "supervised"]),
    ("workload", &["checkout", "huge_pages"]),
    ("engine", &["checkout", "runtime", "huge_pages", "supervised", "workload"]),
    ("environment", &["engine"]),
    ("counters", &["engine", "environment", "runtime", "supervised", "workload"]),
    ("measure", &["counters", "engine", "environment", "runtime", "workload"]),
];

const REPORT: Modules = &[
    ("number_format", &[]),
    ("attribution", &["number_format"]),
    ("report", &["attribution", "number_format"]),
    ("comparison", &["number_format", "report"]),
    ("gate", &["comparison", "number_format", "report"]),
    ("study", &["attribution", "number_format", "report"]),
];

/// Returns the folders of the workspace's crates.
pub(super) fn members() -> Vec<String> {
    let manifest = source("Cargo.toml").expect("the workspace has a manifest").text;
    let manifest: toml::Table = manifest.parse().expect("the manifest is TOML");
    let members = manifest["workspace"]["members"].as_array().expect("there are members");
    members.iter().filter_map(|member| member.as_str().map(str::to_owned)).collect()
}

#[test]
fn every_crate_stands_in_the_list() {
    let mut listed = CRATES.map(|(folder, _)| folder.to_owned());
    listed.sort();
    let mut members = members();
    members.sort();
    assert_eq!(listed[..], members);
}

#[test]
fn crates_know_only_what_is_below_them() {
    for (folder, allowed) in CRATES {
        let name = format!("{folder}/Cargo.toml");
        let manifest = sources().into_iter().find(|source| source.name == name);
        let manifest = manifest.unwrap_or_else(|| panic!("{folder} has moved"));
        let unknown = dependencies(&manifest).filter(|name| !allowed.contains(name));
        assert_none(&format!("{folder} may name {allowed:?} only"), unknown.map(str::to_owned));
    }
}

/// This project's crates that a manifest names where tests do not only need them.
fn dependencies(manifest: &Source) -> impl Iterator<Item = &str> {
    let mut counts = false;
    manifest.text.lines().filter_map(move |line| {
        if line.starts_with('[') {
            counts = line.ends_with("dependencies]") && !line.contains("dev-dependencies");
        }
        let end = line.find(|letter: char| !letter.is_ascii_lowercase() && letter != '-')?;
        let name = &line[..end];
        (counts && name.starts_with("delimark")).then_some(name)
    })
}

#[test]
fn modules_know_only_what_is_below_them() {
    for (folder, modules) in
        [("bench-harness/harness/src/", HARNESS), ("bench-harness/report/src/", REPORT)]
    {
        let files: Vec<Source> =
            rust().into_iter().filter(|source| source.name.starts_with(folder)).collect();
        assert!(!files.is_empty(), "{folder} has moved");
        for file in files {
            let path = &file.name[folder.len()..];
            let module = path.split(['/', '.']).next().unwrap_or(path);
            if module == "lib" {
                continue;
            }
            let (_, allowed) = modules
                .iter()
                .find(|(name, _)| *name == module)
                .unwrap_or_else(|| panic!("{folder}{module} stands in no layer"));
            let reaches_up = |named: &str| {
                named != module
                    && modules.iter().any(|(name, _)| *name == named)
                    && !allowed.contains(&named)
            };
            let found = imports::places(&file, reaches_up);
            assert_none(&format!("{module} may name {allowed:?} only"), found);
        }
    }
}

#[test]
fn there_are_eight_floors_at_most() {
    for modules in [HARNESS, REPORT] {
        let mut floors: Vec<(&str, usize)> = Vec::new();
        for (module, allowed) in modules {
            let below = allowed.iter().map(|name| {
                let floor = floors.iter().find(|(below, _)| below == name);
                floor.unwrap_or_else(|| panic!("{module} may name {name}, which is not below")).1
            });
            floors.push((module, below.max().unwrap_or(0) + 1));
        }
        let highest = floors.iter().map(|(_, floor)| *floor).max();
        assert!(highest.is_some_and(|floors| floors <= 8), "{floors:?}");
    }
}
