//! The step of the GitHub action: what it exits with, and what the summary says then.

use std::fs;
use std::path::Path;
use std::process::Command;

use tempfile::TempDir;

use super::fake::runner;

/// Runs the step with a baseline and options, and returns its exit code and its summary.
fn step(folder: &Path, baseline: &str, arguments: &str) -> (Option<i32>, String) {
    let summary = folder.join("summary");
    let status = Command::new(Path::new(env!("CARGO_MANIFEST_DIR")).join("../ci/action/gate"))
        .arg(env!("CARGO_BIN_EXE_delimark-bench"))
        .env("BASELINE", baseline)
        .env("ARGUMENTS", arguments)
        .envs(["ENGINE_BASELINE", "ENGINE_CANDIDATE", "CONFIG"].map(|name| (name, "")))
        .env("GITHUB_STEP_SUMMARY", &summary)
        .env("GITHUB_OUTPUT", folder.join("outputs"))
        .env("RUNNER_TEMP", folder)
        .current_dir(folder)
        .output()
        .expect("the step runs")
        .status;
    let said = fs::read_to_string(&summary).unwrap_or_default();
    let _ = fs::remove_file(&summary);
    (status.code(), said)
}

#[test]
fn the_step_exits_as_the_gate_does_and_says_why() {
    let folder = TempDir::new().unwrap();
    let (plain, busy) = (runner("plain"), runner("slow-1.12"));
    let arguments =
        "--measure-same\n--layers=memory,time\n--models=^count$\n--engines=scalar\n--lines=1000\n";
    let step = |baseline: &str, candidate: &str| {
        step(folder.path(), baseline, &format!("{arguments}--candidate={candidate}"))
    };
    let (code, summary) = step(&plain, &busy);
    assert_eq!(code, Some(3), "{summary}");
    assert!(summary.contains("## Gate: regression") && !summary.contains("!["), "{summary}");
    assert!(folder.path().join("delimark-gate.svg").is_file());
    let outputs = fs::read_to_string(folder.path().join("outputs")).unwrap();
    assert!(outputs.contains("picture=") && outputs.contains("report="), "{outputs}");
    // A gate that cannot be run leaves no report, and none of before.
    let (code, summary) = step("nowhere", &busy);
    assert_eq!(code, Some(2), "{summary}");
    assert!(summary.contains("nowhere"), "{summary}");
    assert!(!folder.path().join("delimark-gate.json").exists());
}

#[test]
fn a_baseline_that_came_out_empty_is_said() {
    let folder = TempDir::new().unwrap();
    let (code, summary) = step(folder.path(), "", "");
    assert_eq!(code, Some(2));
    assert!(summary.contains("Name a baseline"), "{summary}");
}
