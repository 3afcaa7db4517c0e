//! `delimark-bench verify`: what it catches, what it refuses, and what it writes.

mod faulty;
mod formats;
mod page;
mod process;
mod quotes;
mod selection;
mod suite;

use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::sync::LazyLock;

use serde_json::Value;
use tempfile::TempDir;

/// Returns a few vectors, one for each thing that the tests here are about.
fn vectors() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/it/data/vectors")
}

/// Every case of [`vectors`], in order.
const CASES: [&str; 11] = [
    "y_nothing",
    "y_two_lines",
    "y_delimiter_at_63",
    "y_delimiter_at_64",
    "y_crlf",
    "y_long_line",
    "y_report",
    "n_ragged",
    "n_line_over_limit",
    "n_delimiter_newline",
    "i_line_limit_1073741825",
];

fn command(arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_delimark-bench"));
    command.arg("verify").args(arguments).env_remove("RUST_BACKTRACE");
    if !arguments.contains(&"--vectors") {
        command.arg("--vectors").arg(vectors());
    }
    command
}

fn verify(arguments: &[&str]) -> Output {
    command(arguments).output().unwrap()
}

fn stdout(output: &Output) -> String {
    String::from_utf8(output.stdout.clone()).unwrap()
}

fn stderr(output: &Output) -> String {
    String::from_utf8(output.stderr.clone()).unwrap()
}

/// Runs it with `--format json`, and reads what it writes.
#[track_caller]
fn report(arguments: &[&str], exit: i32) -> Value {
    let output = command(arguments).args(["--format", "json"]).output().unwrap();
    assert_eq!(output.status.code(), Some(exit), "{}", stderr(&output));
    serde_json::from_slice(&output.stdout).unwrap()
}

/// Returns the results with one of these statuses, as case and kind (or message, where there is
/// none).
fn results<'a>(report: &'a Value, statuses: &[&str]) -> Vec<(&'a str, &'a str)> {
    let results = report["results"].as_array().unwrap();
    let wanted = |result: &&Value| statuses.contains(&result["status"].as_str().unwrap());
    let facts = |result: &'a Value| {
        let what = result["kind"].as_str().or(result["message"].as_str());
        (result["case"].as_str().unwrap(), what.unwrap_or_default())
    };
    results.iter().filter(wanted).map(facts).collect()
}

/// The faulty engine, compiled once.
struct FaultyEngine {
    _folder: TempDir,
    program: PathBuf,
}

static FAULTY: LazyLock<FaultyEngine> = LazyLock::new(|| {
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/it/verify/faulty_engine.rs");
    let folder = TempDir::new().unwrap();
    let program = folder.path().join("faulty");
    let compiler = std::env::var_os("RUSTC").unwrap_or_else(|| "rustc".into());
    let compiled = Command::new(compiler)
        .args(["--edition", "2024", "-O", "-Dwarnings", "-o"])
        .args([&program, &source])
        .output()
        .expect("the compiler runs");
    assert!(compiled.status.success(), "{}", stderr(&compiled));
    FaultyEngine { _folder: folder, program }
});

/// Returns the option that asks the faulty engine with this fault.
fn faulty(fault: &str) -> String {
    format!("--engine={fault}={} {fault}", FAULTY.program.display())
}
