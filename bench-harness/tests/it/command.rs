//! The command line as scripts see it: exit codes, and what goes to which stream.

use std::path::Path;
use std::process::{Command, Output};
use std::{fs, io};

use tempfile::TempDir;

use crate::RESULTS;

fn delimark(arguments: &[&str]) -> Output {
    command(arguments).output().unwrap()
}

fn command(arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_delimark-bench"));
    command.args(arguments);
    command
}

fn stderr(output: &Output) -> String {
    String::from_utf8(output.stderr.clone()).unwrap()
}

fn stdout(output: &Output) -> String {
    String::from_utf8(output.stdout.clone()).unwrap()
}

fn folder_with(text: &str) -> (TempDir, String) {
    let folder = TempDir::new().unwrap();
    let path = folder.path().join("results.json");
    fs::write(&path, text).unwrap();
    let path = path.to_str().unwrap().to_owned();
    (folder, path)
}

#[test]
fn report_writes_beside_the_results() {
    let (folder, path) = folder_with(RESULTS);
    let output = delimark(&["report", &path]);
    assert_eq!(output.status.code(), Some(0), "{}", stderr(&output));
    let html = folder.path().join("report.html");
    assert_eq!(stdout(&output).lines().last(), html.to_str());
    for name in ["report.html", "report.md", "plots/throughput-nginx12-fields.svg"] {
        assert!(folder.path().join(name).is_file(), "{name}");
    }
    assert_eq!(stderr(&output), "");
}

#[test]
fn report_writes_where_it_is_told() {
    let (folder, path) = folder_with(RESULTS);
    let elsewhere = folder.path().join("made/for/it");
    let output = delimark(&["report", &path, "--output", elsewhere.to_str().unwrap()]);
    assert_eq!(output.status.code(), Some(0), "{}", stderr(&output));
    assert!(elsewhere.join("report.html").is_file());
    assert!(!folder.path().join("report.html").exists());
}

#[test]
fn unusable_results_are_told_with_their_place() {
    let rounds = RESULTS.replacen("\"rounds\": 8", "\"rounds\": -8", 1);
    check_refusal(rounds, "at /rounds: invalid value: integer `-8`, expected a whole number of at");
    check_refusal("{\n  \"schema\": \"".to_owned(), "at line 2 column 13");
    check_refusal(String::new(), "not results in JSON");
}

fn check_refusal(text: String, expected: &str) {
    let (folder, path) = folder_with(&text);
    let output = delimark(&["report", &path]);
    assert_eq!(output.status.code(), Some(2));
    let message = stderr(&output);
    assert!(message.starts_with(&format!("delimark-bench: cannot use {path}: ")), "{message}");
    assert!(message.contains(expected), "{message}");
    assert!(!folder.path().join("report.html").exists());
}

#[test]
fn files_that_cannot_be_used_are_named() {
    let output = delimark(&["report", "absent/results.json"]);
    assert_eq!(output.status.code(), Some(2));
    assert!(stderr(&output).contains("cannot use absent/results.json"), "{}", stderr(&output));

    let (folder, path) = folder_with(RESULTS);
    let blocked = folder.path().join("results.json/below");
    let output = delimark(&["report", &path, "--output", blocked.to_str().unwrap()]);
    assert_eq!(output.status.code(), Some(2));
    assert!(stderr(&output).contains("cannot write"), "{}", stderr(&output));
}

#[test]
fn usage_errors_are_2_and_help_is_0() {
    for arguments in [&[][..], &["unheard-of"], &["report"], &["report", "a", "--unheard-of"]] {
        let output = delimark(arguments);
        assert_eq!(output.status.code(), Some(2), "{arguments:?}");
        assert_eq!(stdout(&output), "");
        assert!(stderr(&output).contains("Usage"), "{arguments:?}");
    }
    let help = delimark(&["report", "--help"]);
    assert_eq!(help.status.code(), Some(0));
    assert!(stdout(&help).contains("Example") && stdout(&help).contains("Exit codes"));
}

#[test]
fn version_names_the_build() {
    let output = delimark(&["--version"]);
    assert_eq!(output.status.code(), Some(0));
    let text = stdout(&output);
    assert!(
        text.starts_with(concat!("delimark-bench ", env!("CARGO_PKG_VERSION"), " (")),
        "{text}"
    );
}

#[test]
fn a_closed_pipe_is_a_quiet_exit() {
    let (_folder, path) = folder_with(RESULTS);
    let (reader, writer) = io::pipe().unwrap();
    drop(reader);
    let output = command(&["report", &path]).stdout(writer).output().unwrap();
    assert_eq!(output.status.code(), Some(0));
    assert_eq!(stderr(&output), "");
    assert!(Path::new(&path).with_file_name("report.html").is_file());
}

#[test]
#[cfg(target_os = "linux")]
fn an_output_that_cannot_be_written_is_named() {
    let (folder, path) = folder_with(RESULTS);
    let machines = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/it/data/machines");
    let page = folder.path().join("page.html");
    for arguments in [
        &["report", &path][..],
        &["study", "--machines", machines, "--out", page.to_str().unwrap()],
        &["doctor"],
        &["rank", &path, "--models", "^fields$"],
        &["generate", "--list"],
        &["report", "--help"],
    ] {
        let full = fs::OpenOptions::new().write(true).open("/dev/full").unwrap();
        let output = command(arguments).stdout(full).output().unwrap();
        assert_eq!(output.status.code(), Some(2), "{arguments:?}");
        let expected = "delimark-bench: standard output cannot be written: No space left on device";
        assert!(stderr(&output).contains(expected), "{arguments:?}: {}", stderr(&output));
    }
}

#[test]
fn a_usage_error_that_nobody_reads_is_still_one() {
    let (reader, writer) = io::pipe().unwrap();
    drop(reader);
    let output = command(&["unheard-of"]).stderr(writer).output().unwrap();
    assert_eq!(output.status.code(), Some(2));
}
