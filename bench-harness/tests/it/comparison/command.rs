//! `delimark-bench rank` and `delimark-bench compare` as scripts see them: exit codes, streams,
//! formats.

use std::path::{MAIN_SEPARATOR, PathBuf};
use std::process::{Command, Output};
use std::{fs, io};

use delimark_report::comparison::Source;
use serde_json::Value;
use tempfile::TempDir;

use super::{aa_control, move_to_other_machine, run, skipped, steady};
use crate::RESULTS;

const RANK_SCHEMA: &str = include_str!("../../../../reports/rank.schema.json");
const COMPARE_SCHEMA: &str = include_str!("../../../../reports/compare.schema.json");

/// Two runs as files, with everything in them that a ranking or a comparison tells of.
struct Files {
    folder: TempDir,
    a: String,
    b: String,
}

impl Files {
    fn new() -> Self {
        let folder = TempDir::new().unwrap();
        let [a, b] = ["a.json", "b.json"].map(|name| folder.path().join(name));
        let path = |path: PathBuf| path.to_str().unwrap().to_owned();
        let files = Self { folder, a: path(a), b: path(b) };
        let mut first = run(
            "",
            &[
                ("limit/read", "fields", steady(1_000)),
                ("delimark/avx2", "fields", steady(10_000)),
                ("peer/csv", "fields", steady(40_000)),
                ("peer/csv", "index", steady(40_000)),
            ],
        );
        first.results.skipped = vec![skipped("peer/js", "fields", "node is not installed")];
        first.results.twins = vec![aa_control(2)];
        let second = run(
            "",
            &[
                ("limit/read", "fields", steady(1_000)),
                ("delimark/avx2", "fields", steady(5_000)),
                ("peer/csv", "fields", steady(40_000)),
            ],
        );
        first.results.write(files.a.as_ref()).unwrap();
        second.results.write(files.b.as_ref()).unwrap();
        files
    }

    fn write(&self, name: &str, source: &Source) -> String {
        let path = self.folder.path().join(name);
        source.results.write(&path).unwrap();
        path.to_str().unwrap().to_owned()
    }
}

fn delimark(arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_delimark-bench")).args(arguments).output().unwrap()
}

fn stdout(output: &Output) -> String {
    String::from_utf8(output.stdout.clone()).unwrap()
}

#[track_caller]
fn printed(arguments: &[&str]) -> String {
    let output = delimark(arguments);
    let message = String::from_utf8(output.stderr.clone()).unwrap();
    assert_eq!((output.status.code(), &*message), (Some(0), ""), "{arguments:?}");
    stdout(&output)
}

#[track_caller]
fn refused(arguments: &[&str], expected: &str) {
    let output = delimark(arguments);
    let message = String::from_utf8(output.stderr.clone()).unwrap();
    assert_eq!(output.status.code(), Some(2), "{arguments:?} {message}");
    assert!(message.contains(expected), "{arguments:?}: {message}");
    assert_eq!(stdout(&output), "");
}

#[test]
fn rank_prints_tables_that_fit_and_the_same_as_markdown() {
    let files = Files::new();
    let text = printed(&["rank", &files.a]);
    for line in text.lines().filter(|line| line.starts_with(['─', '═', ' '])) {
        assert!(line.chars().count() <= 100, "{line}");
    }
    insta::assert_snapshot!("rank", without_folder(&files, &text));
    let markdown = printed(&["rank", &files.a, "--format", "markdown"]);
    for part in ["## Ranking", "| delimark/avx2 | 1 | 1.00 × |", "| peer/csv | 2 | 4.00 × |"] {
        assert!(markdown.contains(part), "{part}: {markdown}");
    }
}

#[test]
fn compare_prints_tables_that_fit_and_the_same_as_markdown() {
    let files = Files::new();
    let text = printed(&["compare", &files.a, &files.b]);
    for line in text.lines().filter(|line| line.starts_with(['─', '═', ' '])) {
        assert!(line.chars().count() <= 100, "{line}");
    }
    insta::assert_snapshot!("compare", without_folder(&files, &text));
    let markdown = printed(&["compare", &files.a, &files.b, "--format", "markdown"]);
    for part in ["## fields on nginx12", "| 2.00 × | 1.99–2.01 | faster |"] {
        assert!(markdown.contains(part), "{part}: {markdown}");
    }
}

fn without_folder(files: &Files, text: &str) -> String {
    let folder = format!("{}{MAIN_SEPARATOR}", files.folder.path().to_str().unwrap());
    text.replace(&folder, "")
}

#[test]
fn json_keeps_to_its_schema() {
    let files = Files::new();
    let rank = ["rank", &files.a, &files.b, "--format", "json"];
    let ranking = check_schema(RANK_SCHEMA, &printed(&rank), "/engines/0/rank");
    assert_eq!(ranking["engines"][0]["engine"], "delimark/avx2");
    assert_eq!(ranking["cells"].as_array().unwrap().len(), 2);
    assert_eq!(ranking["cells_left_out"][0]["lacked_by"][0]["engine"], "delimark/avx2");
    assert_eq!(ranking["engines_left_out"][0]["lacks"][0]["reason"], "node is not installed");

    let compare = ["compare", &files.a, &files.b, "--format", "json"];
    let changes = check_schema(COMPARE_SCHEMA, &printed(&compare), "/changes/0/verdict");
    let verdicts: Vec<&str> = changes["changes"]
        .as_array()
        .unwrap()
        .iter()
        .map(|change| change["verdict"].as_str().unwrap())
        .collect();
    assert_eq!(verdicts, ["no-difference", "faster", "no-difference"]);
    assert_eq!(changes["not_compared"][0]["reason"], "only in A: the file does not say why");
    let of_limit = [&compare[..], &["--of-limit"]].concat();
    let changes = check_schema(COMPARE_SCHEMA, &printed(&of_limit), "/unit");
    assert_eq!(changes["unit"], "share-of-read-limit");
}

/// Checks a document, and that the schema would miss the part at the pointer.
fn check_schema(schema: &str, text: &str, pointer: &str) -> Value {
    let validator = jsonschema::draft202012::new(&serde_json::from_str(schema).unwrap()).unwrap();
    let document: Value = serde_json::from_str(text).unwrap();
    validator.validate(&document).unwrap();
    let mut broken = document.clone();
    *broken.pointer_mut(pointer).unwrap() = Value::Null;
    assert!(validator.validate(&broken).is_err(), "the schema can fail");
    document
}

#[test]
fn two_engines_of_one_file_are_compared_round_by_round() {
    let files = Files::new();
    let engines = ["--engine-a", "peer/csv", "--engine-b", "delimark/avx2"];
    let text = printed(&[&["compare", files.a.as_str()][..], &engines].concat());
    assert!(text.contains(&format!("A and B: {}, 2026-01-31", files.a)), "{text}");
    assert!(text.contains("One run, compared round by round"), "{text}");
    assert!(text.contains("A is peer/csv, B is delimark/avx2"), "{text}");
    assert!(text.contains("4.00 ×"), "{text}");
}

#[test]
fn what_cannot_be_done_is_2_and_says_what_to_do() {
    let files = Files::new();
    let (a, b) = (files.a.as_str(), files.b.as_str());
    refused(&["rank"], "Usage");
    refused(&["rank", "absent.json"], "cannot use absent.json: the file cannot be accessed");
    refused(
        &["rank", a, "--engines", "nobody"],
        "no engine matches 'nobody' (expected one of: delimark/",
    );
    refused(&["rank", a, "--models", "index"], "it takes two engines to rank");
    refused(&["rank", a, "--coverage", "101"], "101 is not in 0..=100");
    refused(&["rank", a, a], "hold the same run");
    refused(&["compare", a], "Usage");
    refused(&["compare", a, a], "the same run");
    refused(&["compare", a, b, "--engine-a", "peer/csv"], "--engine-b");
    refused(&["rank", "--\rx", a], r"--\u000dx");
    refused(&["compare", a, b, "--datasets", "wide"], "no data set matches 'wide'");

    let mut moved = run("", &[("peer/csv", "fields", steady(10_000))]);
    move_to_other_machine(&mut moved);
    let moved = files.write("moved.json", &moved);
    refused(&["compare", a, &moved], "A and B are from different machines");
    let mut other = run("", &[("peer/csv", "fields", steady(10_000))]);
    other.results.datasets[0].sha256 = "1".repeat(64);
    let other = files.write("other.json", &other);
    refused(&["compare", a, &other], "A and B went over different data");
    let lone = run("", &[("peer/lone", "project", steady(10_000))]);
    let lone = files.write("lone.json", &lone);
    refused(&["rank", a, &lone, "--coverage", "0"], "no cell is common to the 3 engines");
}

#[test]
fn a_comparison_of_nothing_is_2_and_lists_why() {
    let files = Files::new();
    let lone = files.write("lone.json", &run("", &[("peer/lone", "fields", steady(10_000))]));
    for format in ["text", "json"] {
        let output = delimark(&["compare", &files.a, &lone, "--format", format]);
        let message = String::from_utf8_lossy(&output.stderr);
        assert_eq!(output.status.code(), Some(2), "{message}");
        let expected = "nothing could be compared: each of the 5 cells is left out";
        assert!(message.contains(expected), "{message}");
        let text = stdout(&output);
        assert!(text.contains("only in A: the file does not say why"), "{text}");
        assert!(text.contains("peer/lone"), "{text}");
    }
}

#[test]
fn tampered_files_give_the_reader_s_own_error() {
    let files = Files::new();
    let path = files.folder.path().join("tampered.json");
    fs::write(&path, RESULTS.replacen("\"rounds\": 8", "\"rounds\": 9", 1)).unwrap();
    let tampered = path.to_str().unwrap();
    let expected = "tampered.json: results do not fit together, at /cells/0: 8 samples in 9 rounds";
    refused(&["rank", &files.a, tampered], expected);
    refused(&["compare", &files.a, tampered], expected);
}

#[test]
fn help_has_examples_and_exit_codes() {
    for verb in ["rank", "compare"] {
        let help = printed(&[verb, "--help"]);
        for part in ["Examples:", "Exit codes:", "--engines", "--models", "--datasets", "--format"]
        {
            assert!(help.contains(part), "{verb} {part}");
        }
    }
    assert!(printed(&["compare", "--help"]).contains("does not gate"));
    assert!(printed(&["rank", "--help"]).contains("less than half of the cells are left out"));
}

#[test]
fn a_closed_pipe_is_a_quiet_exit() {
    let files = Files::new();
    for arguments in [&["rank", files.a.as_str()][..], &["compare", &files.a, &files.b]] {
        let (reader, writer) = io::pipe().unwrap();
        drop(reader);
        let mut command = Command::new(env!("CARGO_BIN_EXE_delimark-bench"));
        let output = command.args(arguments).stdout(writer).output().unwrap();
        assert_eq!((output.status.code(), output.stderr), (Some(0), Vec::new()), "{arguments:?}");
    }
}
