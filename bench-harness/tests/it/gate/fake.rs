//! The fake runner under any name, and a gate that is run with it.

use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::sync::LazyLock;

use serde_json::Value;
use tempfile::TempDir;

/// The fake runner, compiled once; no test runs in a checkout, so nothing else is built.
struct Fake {
    folder: TempDir,
    program: PathBuf,
}

static FAKE: LazyLock<Fake> = LazyLock::new(|| {
    let (folder, program) = compile("fake_runner.rs");
    Fake { folder, program }
});

/// Compiles a program that is beside this file, with nothing but the compiler.
pub(super) fn compile(source: &str) -> (TempDir, PathBuf) {
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/it/gate").join(source);
    let folder = TempDir::new().unwrap();
    let program = folder.path().join("fake");
    let compiler = std::env::var_os("RUSTC").unwrap_or_else(|| "rustc".into());
    let compiled = Command::new(compiler)
        .args(["--edition", "2024", "-O", "-Dwarnings", "-o"])
        .args([&program, &source])
        .output()
        .expect("the compiler runs");
    assert!(compiled.status.success(), "{}", String::from_utf8_lossy(&compiled.stderr));
    (folder, program)
}

/// The fake runner that misbehaves in this way; `-` and a number say by how much.
pub(super) fn runner(name: &str) -> String {
    let path = FAKE.folder.path().join(name);
    // Tests that want the same one find it there.
    let _ = std::fs::hard_link(&FAKE.program, &path);
    assert!(path.is_file(), "{name} cannot be made");
    path.to_str().expect("temporary folders have plain names").to_owned()
}

/// The options of tests that say nothing else: the one model that the fake runner does.
const DEFAULTS: [[&str; 2]; 4] =
    [["--models", "^count$"], ["--engines", "scalar"], ["--lines", "1000"], ["--budget", "20s"]];

/// The gate, or a mode of it that is named first, with its data where they are made once.
pub(super) fn command(arguments: &[&str]) -> Command {
    // A file is as long as it is.
    let is_said = |option| {
        arguments.contains(&option) || option == "--lines" && arguments.contains(&"--input")
    };
    let defaults = DEFAULTS.into_iter().filter(|[option, _]| !is_said(*option));
    let (mode, arguments) = match arguments.split_first() {
        Some((mode, rest)) if !mode.starts_with('-') => (Some(mode), rest),
        _ => (None, arguments),
    };
    let can_be_same = mode.is_none_or(|&mode| mode == "revision");
    let mut command = Command::new(env!("CARGO_BIN_EXE_delimark-bench"));
    command
        .arg("gate")
        .args(mode)
        .args(can_be_same.then_some("--measure-same"))
        .args(defaults.flatten())
        .args(arguments)
        .current_dir(FAKE.folder.path())
        .env("TMPDIR", FAKE.folder.path());
    command
}

/// Compares one fake runner with another.
pub(super) fn gate(baseline: &str, candidate: &str, arguments: &[&str]) -> Output {
    let (baseline, candidate) = (runner(baseline), runner(candidate));
    let sides = ["--baseline", &baseline, "--candidate", &candidate];
    command(&[&sides, arguments].concat()).output().unwrap()
}

/// As [`gate`], with the report as it goes to programs.
#[track_caller]
pub(super) fn report(baseline: &str, candidate: &str, arguments: &[&str], exit: i32) -> Value {
    let output = gate(baseline, candidate, &[arguments, &["--format", "json"]].concat());
    assert_eq!(output.status.code(), Some(exit), "{}", stderr(&output));
    serde_json::from_slice(&output.stdout).unwrap()
}

pub(super) fn stdout(output: &Output) -> String {
    String::from_utf8(output.stdout.clone()).unwrap()
}

pub(super) fn stderr(output: &Output) -> String {
    String::from_utf8(output.stderr.clone()).unwrap()
}
