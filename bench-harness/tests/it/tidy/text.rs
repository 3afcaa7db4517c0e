//! Rules about the text of files: lengths, leftovers, first lines, links.

use std::fs;
use std::os::unix::fs::PermissionsExt;

use delimark_report::report;
use delimark_results::Results;

use super::{Source, assert_none, places, root, rust, sources};

const LINE_CHARACTERS: usize = 100;
const FILE_LINES: usize = 500;

/// Tables of words, which do not get better by being broken into lines.
const TABLES: [&str; 4] = [
    "datasets/src/nginx/agent_tables.rs",
    "datasets/src/nginx/phrase.rs",
    "datasets/src/nginx/vocabulary.rs",
    "formats/src/preset.rs",
];

/// Recorded, not written: rules for prose and code do not apply. Nor do they to what is recorded in
/// [`RECORDED_LOGS`].
const RECORDED: [&str; 2] = ["Cargo.lock", "datasets/nginx/access.log"];

/// The folder whose logs are recorded.
const RECORDED_LOGS: &str = "datasets/logs/";

fn written() -> Vec<Source> {
    let is_recorded = |source: &Source| {
        let is_log = source.name.starts_with(RECORDED_LOGS) && source.has_extension("log");
        is_log || RECORDED.contains(&&*source.name)
    };
    let mut sources = sources();
    sources.retain(|source| !is_recorded(source));
    sources
}

#[test]
fn rust_files_open_with_what_they_are() {
    let silent = rust().into_iter().filter(|source| !source.text.starts_with("//! "));
    assert_none("first lines that are no //! sentence", silent.map(|source| source.name));
}

#[test]
fn rust_lines_fit() {
    let is_long = |line: &str| line.chars().count() > LINE_CHARACTERS;
    let sources = rust().into_iter().filter(|source| !TABLES.contains(&&*source.name));
    let long = sources.flat_map(|source| places(source.lines(), &source.name, is_long));
    assert_none("lines over 100 columns", long);
}

#[test]
fn rust_files_are_short() {
    let long = rust().into_iter().filter(|source| source.text.lines().count() > FILE_LINES);
    let long = long.filter(|source| !TABLES.contains(&&*source.name));
    assert_none("files over 500 lines", long.map(|source| source.name));
}

#[test]
fn nothing_is_left_over() {
    // In pieces, so that this file does not find itself.
    let leftovers = [concat!("TO", "DO"), concat!("FIX", "ME"), concat!("XX", "X"), "dbg\u{21}("];
    let is_leftover = |line: &str| leftovers.iter().any(|leftover| line.contains(leftover));
    let found =
        written().into_iter().flat_map(|source| places(source.lines(), &source.name, is_leftover));
    assert_none("leftovers", found);
}

#[test]
fn no_machine_shows() {
    let folders = [concat!("/wo", "rk/"), concat!("/tm", "p/"), concat!("/ro", "ot/")];
    let has_folder = |line: &str| folders.iter().any(|folder| line.contains(folder));
    let found =
        written().into_iter().flat_map(|source| places(source.lines(), &source.name, has_folder));
    assert_none("paths of somebody's machine", found);
}

#[test]
fn lines_end_cleanly() {
    let is_unclean = |line: &str| line.ends_with([' ', '\t', '\r']);
    // Snapshots keep the blanks that fill a table's last column.
    let sources = written().into_iter().filter(|source| !source.has_extension("snap"));
    let found = sources.flat_map(|source| {
        let mut places = places(source.text.split('\n').enumerate(), &source.name, is_unclean);
        if !source.text.is_empty() && !source.text.ends_with('\n') {
            places.push(format!("{}: no newline at the end", source.name));
        }
        places
    });
    assert_none("white space at ends of lines, or no newline at the end", found);
}

#[test]
fn shell_scripts_are_strict_and_can_be_started() {
    let scripts: Vec<Source> =
        sources().into_iter().filter(|source| source.text.starts_with("#!")).collect();
    let shell = |source: &&Source| source.text.starts_with("#!/usr/bin/env bash\n");
    assert!(scripts.iter().filter(shell).count() > 3, "the scripts were not found");
    let lax = scripts
        .iter()
        .filter(shell)
        .filter(|source| !source.text.lines().any(|line| line == "set -euo pipefail"));
    assert_none("scripts without set -euo pipefail", lax.map(|source| source.name.clone()));
    let closed = scripts.iter().filter(|source| {
        let metadata = source.path.metadata().expect("the file was just read");
        metadata.permissions().mode() & 0o111 == 0
    });
    assert_none("scripts that are not executable", closed.map(|source| source.name.clone()));
}

#[test]
fn documents_link_to_files_that_exist() {
    let documents = sources().into_iter().filter(|source| source.has_extension("md"));
    let broken = documents.flat_map(|document| {
        let folder = document.path.parent().unwrap_or(root()).to_owned();
        let targets = document.text.split("](").skip(1).filter_map(|rest| rest.split(')').next());
        let files = targets.filter(|target| !target.contains("://") && !target.starts_with('#'));
        let files = files.map(|target| target.split('#').next().unwrap_or(target));
        let missing = files.filter(|file| !folder.join(file).exists());
        missing.map(|file| format!("{}: {file}", document.name)).collect::<Vec<_>>()
    });
    assert_none("links to files that are not there", broken);
}

#[test]
fn documents_name_files_that_exist() {
    let folders = [
        "bench-harness/",
        "ci/",
        "cli/",
        "datasets/",
        "docs/",
        "extract/",
        "findings/",
        "formats/",
        "parser/",
        "reports/",
        "scripts/",
        "wasm/",
    ];
    // The changelog names what there was, and runs of one machine are not in the tree.
    let is_guide = |source: &Source| {
        let is_at_hand = !source.name.contains('/') || source.name.starts_with("docs/");
        source.has_extension("md") && is_at_hand && source.name != "CHANGELOG.md"
    };
    let missing = sources().into_iter().filter(is_guide).flat_map(|document| {
        let quoted = document.text.split('`').skip(1).step_by(2);
        let paths = quoted.filter_map(|text| text.split_whitespace().next());
        let paths = paths.filter(|path| folders.iter().any(|folder| path.starts_with(folder)));
        let paths = paths.filter(|path| !path.contains(['<', '*']) && *path != "reports/local/");
        let missing = paths.filter(|path| !root().join(path).exists());
        missing.map(|path| format!("{}: {path}", document.name)).collect::<Vec<_>>()
    });
    assert_none("files that documents name and that are not there", missing);
}

/// The document that shows a few figures of the example report.
const FEW_NUMBERS: &str = "README.md";
/// The document that shows the verdict and the whole summary of the example report.
const ALL_NUMBERS: &str = "docs/results.md";

#[test]
fn documents_show_the_numbers_of_the_example_report() {
    let results = Results::read(&root().join("reports/example/results.json")).unwrap();
    let report = report::render(&results).unwrap();
    let (few, all) = (numbers(FEW_NUMBERS), numbers(ALL_NUMBERS));

    let summary = rows(&all);
    assert!(summary.len() > 10, "{ALL_NUMBERS} has the summary");
    assert!(
        report.markdown.split("\n\n").any(|part| rows(part) == summary),
        "the table of {ALL_NUMBERS} is not the report's: {summary:#?}"
    );
    let picked = rows(&few);
    assert!(picked.len() > 5, "{FEW_NUMBERS} has a table");
    for row in &picked {
        assert!(summary.contains(row), "{FEW_NUMBERS} has, and {ALL_NUMBERS} has not: {row}");
    }

    let verdict = figures(all.split("\n\n").next().unwrap());
    assert!(verdict.len() > 5, "{ALL_NUMBERS} opens with the verdict: {verdict:?}");
    assert!(
        report.markdown.split("\n\n").any(|paragraph| figures(paragraph) == verdict),
        "no paragraph of the report has the figures of {ALL_NUMBERS}: {verdict:?}"
    );
    let commands = command_ratios(&results);
    for ratio in &commands {
        assert!(figures(&all).contains(ratio), "not in {ALL_NUMBERS}: {ratio:?}");
    }
    let shown = figures(&few);
    assert!(shown.contains(&commands[0]), "{FEW_NUMBERS} compares with cut: {commands:?}");
    for figure in shown {
        let is_known = verdict.contains(&figure) || commands.contains(&figure);
        assert!(is_known, "{FEW_NUMBERS} has what the report has not: {figure:?}");
    }

    let picture = "throughput-nginx12-fields.svg";
    let committed = fs::read_to_string(root().join("reports/example").join(picture)).unwrap();
    let drawn = report.plots.iter().find(|plot| plot.path.ends_with(picture)).unwrap();
    assert!(drawn.svg == committed, "{picture} is not the one of results.json");
}

/// Returns the part of a document that shows figures.
fn numbers(document: &str) -> String {
    let text = fs::read_to_string(root().join(document)).unwrap();
    let (_, after) = text.split_once("<!-- numbers -->\n").expect("the numbers begin");
    let (numbers, _) = after.split_once("<!-- /numbers -->").expect("the numbers end");
    numbers.to_owned()
}

/// Returns the rows of the tables in a text, without their intervals.
fn rows(text: &str) -> Vec<String> {
    text.lines().filter(|line| line.starts_with('|')).map(without_brackets).collect()
}

/// Returns the numbers outside of tables, each with the sign after it, wherever lines break.
fn figures(text: &str) -> Vec<(String, String)> {
    let prose: Vec<&str> = text.lines().filter(|line| !line.starts_with('|')).collect();
    let prose = prose.join(" ");
    let words: Vec<&str> = prose
        .split_whitespace()
        .map(|word| word.trim_matches([',', '.', ';', '(', ')', '*']))
        .collect();
    let pairs = words.windows(2).filter(|pair| {
        pair[0].parse::<f64>().is_ok() && ["×", "GB/s", "MB", "ns", "%"].contains(&pair[1])
    });
    pairs.map(|pair| (pair[0].to_owned(), pair[1].to_owned())).collect()
}

/// Returns how many times as fast as cut, mawk and Miller the verb `extract` is.
fn command_ratios(results: &Results) -> [(String, String); 3] {
    let speed = |engine: &str| {
        let mut cells = results.cells.iter();
        let cell = cells.find(|cell| cell.engine == engine && cell.model == "extract").unwrap();
        cell.gigabytes_per_second.median
    };
    let ours = speed("delimark/extract@command");
    let ratio =
        |engine, decimals: usize| (format!("{:.decimals$}", ours / speed(engine)), "×".to_owned());
    [ratio("peer/cut@command", 1), ratio("peer/mawk@command", 1), ratio("peer/miller@command", 0)]
}

/// Returns a row of a table without its intervals; any other line as it is.
fn without_brackets(line: &str) -> String {
    let mut shown = line.to_owned();
    while let Some(begin) = shown.find(" (").filter(|_| line.starts_with('|')) {
        let length = shown[begin..].find(')').expect("the bracket is closed");
        shown.replace_range(begin..=begin + length, "");
    }
    shown
}

#[test]
fn the_readme_shows_the_example_that_is_tested() {
    let library = include_str!("../../../../parser/src/lib.rs");
    let documentation: Vec<&str> = library
        .lines()
        .map_while(|line| line.strip_prefix("//!"))
        .map(|line| line.strip_prefix(' ').unwrap_or(line))
        .collect();
    let tested = example(documentation.into_iter(), "```");
    let shown = example(include_str!("../../../../README.md").lines(), "```rust");
    assert!(tested.len() > 5, "{tested:?}");
    assert_eq!(shown, tested);
}

/// Returns the first block of code, without the lines that rustdoc hides.
fn example<'a>(lines: impl Iterator<Item = &'a str>, fence: &str) -> Vec<&'a str> {
    let block = lines.skip_while(|&line| line != fence).skip(1);
    let block = block.take_while(|&line| line != "```");
    block.filter(|line| !line.starts_with("# ")).collect()
}
