//! The choice of backends and cases, expected backends, and excused failures.

use std::io;

use delimark::Backend;
use tempfile::TempDir;

use super::{CASES, command, control, report, results, stderr, stdout, verify};

#[test]
fn every_backend_of_this_cpu_passes_in_every_way() {
    for backend in Backend::available() {
        let name = format!("{backend}@native");
        let report = report(&["--backend", &name, "--expect", &name], 0);
        let column = &report["columns"][0];
        assert_eq!((column["passed"].as_u64(), column["variants"].as_u64()), (Some(11), Some(66)));
        let noted = results(&report, &["noted"]);
        assert_eq!(noted, [("i_line_limit_1073741825", "rejects: dialect")]);
    }
}

#[test]
fn an_expected_backend_that_did_not_run_is_a_failure() {
    let output = verify(&["--backend", "scalar@native", "--expect", "scalar,simd128@wasmtime"]);
    assert_eq!(output.status.code(), Some(1));
    let text = stdout(&output);
    assert!(text.contains("error: simd128@wasmtime was expected to run all cases"), "{text}");
    assert!(!text.contains("error: scalar"), "{text}");
}

#[test]
fn a_run_without_a_case_is_a_failure() {
    for format in ["text", "json", "junit", "tap"] {
        let arguments = ["--backend", "scalar@native", "--filter", "^nothing$", "--format", format];
        let output = verify(&arguments);
        assert_eq!(output.status.code(), Some(1), "{format}");
        let told = stdout(&output) + &stderr(&output);
        assert!(told.contains("no case was executed"), "{told}");
    }
    let foreign = if cfg!(target_arch = "aarch64") { "avx2@native" } else { "neon@native" };
    let output = verify(&["--backend", foreign]);
    assert_eq!(output.status.code(), Some(2));
    let message = stderr(&output);
    assert!(message.contains(&format!("no host here has the backend {foreign}")), "{message}");
}

#[test]
fn a_filter_chooses_cases() {
    let report = report(&["--backend", "scalar@native", "--filter", "at_6[34]"], 0);
    let passed = results(&report, &["passed"]);
    assert_eq!(passed, [("y_delimiter_at_63", ""), ("y_delimiter_at_64", "")]);
}

#[test]
fn a_list_runs_nothing() {
    let output = verify(&["--list", "--backend", "scalar@native"]);
    assert_eq!(output.status.code(), Some(0));
    let text = stdout(&output);
    let (cases, columns) = text.split_once("\n\n").unwrap();
    let ids: Vec<&str> = cases.lines().filter_map(|line| line.split('\t').next()).collect();
    assert_eq!(ids, CASES);
    assert_eq!(columns, "scalar\n");
}

#[test]
fn what_is_excused_runs_and_is_shown() {
    let folder = TempDir::new().unwrap();
    let file = folder.path().join("skips");
    let rules = "# known\nblind* *_at_63 fixed in the next release\n* y_crlf never mind\n";
    std::fs::write(&file, rules).unwrap();
    let skip = file.to_str().unwrap();
    let engine = control("blind-at-byte-63");
    let output = verify(&[&engine, "--skip", skip]);
    let text = stdout(&output);
    assert_eq!(output.status.code(), Some(0), "{text}");
    for part in [
        "blind-at-byte-63 y_delimiter_at_63: fixed in the next release\n",
        "blind-at-byte-63 y_crlf: skipped, but passes (never mind)\n",
        "\nskipped failures",
        "10 passed, 0 failed, 1 skipped",
    ] {
        assert!(text.contains(part), "{part}:\n{text}");
    }
    let report = report(&[&engine, "--skip", skip], 0);
    let skipped = results(&report, &["skipped"]);
    assert_eq!(skipped, [("y_delimiter_at_63", "wrong records")]);
    assert_eq!(results(&report, &["unexpectedly passed"]), [("y_crlf", "")]);

    std::fs::write(&file, "* y_crlf never mind\nblind* y_absent a reason\n").unwrap();
    let message = stderr(&verify(&[&engine, "--skip", skip]));
    assert!(message.contains("nothing that this skip fits: blind* y_absent a reason"), "{message}");
    assert!(!message.contains("y_crlf"), "{message}");
    let message = stderr(&verify(&[&engine, "--skip", skip, "--filter", "y_crlf"]));
    assert!(!message.contains("y_absent"), "{message}");

    std::fs::write(&file, "* y_crlf\n").unwrap();
    let output = verify(&[&engine, "--skip", skip]);
    assert_eq!(output.status.code(), Some(2), "a skip has a reason");
}

#[test]
fn a_closed_pipe_is_quiet_and_changes_no_verdict() {
    let blind = control("blind-at-byte-63");
    for (option, exit) in [("--backend=scalar@native", 0), (blind.as_str(), 1)] {
        let (reader, writer) = io::pipe().unwrap();
        drop(reader);
        let output = command(&[option]).stdout(writer).output().unwrap();
        assert_eq!(output.status.code(), Some(exit), "{option}");
        let message = stderr(&output);
        assert!(!message.to_lowercase().contains("pipe"), "{message}");
    }
}

#[test]
fn what_makes_no_sense_is_a_usage_error() {
    for arguments in [
        &["--backend", "nonsense"][..],
        &["--backend", "scalar@nonsense"],
        &["--expect", "scalar,nonsense"],
        &["--filter", "("],
        &["--timeout-seconds", "0"],
        &["--list", "--format", "json"],
        &["--engine", "cat", "--emulate-avx512"],
        &["--peers", "--emulate-avx512"],
        &["--rivals", "--emulate-avx512"],
        &["--backend", "scalar", "--runner", "cat", "--emulate-avx512"],
        &["--backend", "sse42@node"],
        &["--engine", "cat", "--expect", "scalar"],
        &["--write-page", "page.md"],
        &["--skip", "absent"],
        &["--vectors", "absent"],
    ] {
        let output = verify(arguments);
        assert_eq!(output.status.code(), Some(2), "{arguments:?}: {}", stderr(&output));
        assert_eq!(stdout(&output), "");
    }
    let help = stdout(&verify(&["--help"]));
    assert!(help.contains("Examples") && help.contains("Exit codes"), "{help}");
}
