//! Engines with a known fault: each is caught, for the right reason, on the right cases.

use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use tempfile::TempDir;

use super::{CASES, command, control, report, results, stderr, stdout, verify};

#[track_caller]
fn check(fault: &str, kind: &str, cases: &[&str], message: &str) {
    let report = report(&[&control(fault), "--timeout-seconds", "60"], 1);
    let failures = results(&report, &["failed"]);
    let expected: Vec<_> = cases.iter().map(|case| (*case, kind)).collect();
    assert_eq!(failures, expected, "{fault}");
    assert_eq!(results(&report, &["passed", "noted"]).len(), CASES.len() - cases.len());
    let shown = report["results"].to_string();
    assert!(shown.contains(message), "{fault}: {shown}");
}

#[test]
fn an_engine_without_a_fault_passes() {
    let rejecting = ["rejects-with-an-error-only", "rejects-with-empty-lists"];
    for fault in ["none", "talkative", "contradicts"].into_iter().chain(rejecting) {
        let report = report(&[&control(fault)], 0);
        assert_eq!(results(&report, &["passed"]).len(), 10, "{fault}");
        assert_eq!(
            results(&report, &["noted"]),
            [("i_line_limit_1073741825", r#"accepts: [["a", "b"]]"#)]
        );
    }
}

#[test]
fn a_missing_field_is_wrong_records() {
    let with_records = [
        "y_two_lines",
        "y_delimiter_at_63",
        "y_delimiter_at_64",
        "y_crlf",
        "y_long_line",
        "y_report",
        "n_ragged",
    ];
    check("drops-the-last-field", "wrong records", &with_records, r#""found":"[\"a\"]""#);
}

#[test]
fn an_engine_that_is_off_by_one_at_a_block_s_tail_is_caught_there() {
    let found = r#""found":"[\"a\"*63 \"|b\"]""#;
    check("blind-at-byte-63", "wrong records", &["y_delimiter_at_63"], found);
}

#[test]
fn crashes_are_crashes_whatever_the_case_asks() {
    check("aborts", "crash", &CASES, "SIGABRT");
    check("panics", "crash", &CASES, "\"last_words\":\"");
}

#[test]
fn garbage_is_quoted() {
    check("prints-garbage", "garbage", &CASES, r#"it begins \"records: a, b\""#);
    check("prints-nothing", "garbage", &CASES, r#"it begins \"\""#);
}

#[test]
fn who_accepts_everything_fails_what_has_to_be_rejected() {
    let rejected = ["n_ragged", "n_line_over_limit", "n_delimiter_newline"];
    let message = "it should reject (ragged, line 2, byte 4, found 1, expected 2)";
    check("accepts-everything", "wrongly accepted", &rejected, message);
}

#[test]
fn who_rejects_everything_fails_what_has_to_be_accepted() {
    check("rejects-everything", "wrongly rejected", &CASES[..7], "exit status: 1");
}

#[test]
fn a_rejection_that_may_be_a_crash_is_shown() {
    let engine = control("rejects-by-exception");
    let report = report(&[&engine], 0);
    let what = "rejects, but only said: ValueError: as planned";
    assert_eq!(
        results(&report, &["noted"])[..3],
        ["n_ragged", "n_line_over_limit", "n_delimiter_newline"].map(|case| (case, what))
    );
    let warning =
        format!("rejects-by-exception: 3 rejections may be crashes, first n_ragged: {what}\n");
    let text = stdout(&verify(&[&engine]));
    assert!(text.contains(&format!("\nWarnings\n  {warning}")), "{text}");
    let message = stderr(&verify(&[&engine, "--format", "tap"]));
    assert!(message.contains(&format!("warning: {warning}")), "{message}");
    let text = stdout(&verify(&[&control("rejects-everything")]));
    assert!(!text.contains("Warnings"), "silence is no crash: {text}");
}

#[test]
fn an_error_with_status_0_is_garbage() {
    let accepted: Vec<_> = CASES.into_iter().filter(|case| !case.starts_with("n_")).collect();
    check("accepts-with-an-error", "garbage", &accepted, "status 0, but an error");
}

#[test]
fn what_an_engine_says_does_not_move_the_cursor() {
    let engine = control("escapes-the-terminal");
    for format in ["text", "tap"] {
        let text = stdout(&verify(&[&engine, "--format", format]));
        assert!(text.contains("u{1b}[2J"), "{text}");
        let obeyed = |letter: char| letter.is_control() && letter != '\n';
        assert!(!text.contains(obeyed), "{text:?}");
        assert!(!text.lines().any(|line| line == "ok 2"), "{text}");
    }
}

#[test]
fn lines_left_out_in_silence_are_no_pass() {
    check("lists-no-ragged-lines", "wrong facts", &["y_report"], "ragged lines");
}

#[test]
fn what_need_not_be_said_is_compared_where_it_is() {
    let cases = ["y_two_lines", "y_report"];
    check("miscounts-lines", "wrong facts", &cases, "line of record 2");
}

#[test]
fn a_hang_ends_with_its_time_limit() {
    let start = Instant::now();
    let report = report(&[&control("hangs"), "--timeout-seconds", "0.3"], 1);
    assert!(start.elapsed() < Duration::from_secs(60), "{:?}", start.elapsed());
    let failures = results(&report, &["failed"]);
    assert_eq!(failures, CASES.map(|case| (case, "hang")));
    assert!(report["results"].to_string().contains("no end within 0.3 s"));
}

#[test]
fn what_a_hanging_engine_has_started_ends_with_it() {
    let folder = TempDir::new().unwrap();
    let file = folder.path().join("process");
    let script = format!("sleep 3600 & echo $! > {}; wait", file.display());
    let engine = format!("--engine=sh=sh -c '{script}'");
    let output = verify(&[&engine, "--timeout-seconds", "0.5", "--filter", "y_nothing"]);
    assert_eq!(output.status.code(), Some(1), "{}", stderr(&output));
    await_end(&file);
}

#[test]
fn what_an_engine_leaves_behind_ends_with_it_and_is_no_hang() {
    let folder = TempDir::new().unwrap();
    let file = folder.path().join("process");
    let answer = r#"{\"records\":[]}"#;
    let script = format!("sleep 3600 & echo $! > {}; echo \"{answer}\"", file.display());
    let engine = format!("--engine=sh=sh -c '{script}'");
    let output = verify(&[&engine, "--timeout-seconds", "60", "--filter", "y_nothing"]);
    assert_eq!(output.status.code(), Some(0), "{}", stdout(&output));
    await_end(&file);
}

#[test]
fn a_signal_ends_the_engines_as_well() {
    let folder = TempDir::new().unwrap();
    let file = folder.path().join("process");
    let script = format!("echo $$ > {0}.new; mv {0}.new {0}; sleep 3600", file.display());
    let engine = format!("--engine=sh=sh -c '{script}'");
    let mut verify = command(&[&engine, "--timeout-seconds", "3600", "--filter", "y_nothing"]);
    let mut verify = verify.stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
    let start = Instant::now();
    while !file.exists() {
        assert!(start.elapsed() < Duration::from_secs(30), "the engine has not begun");
        std::thread::sleep(Duration::from_millis(20));
    }
    let mut kill = Command::new("sh");
    kill.args(["-c", &format!("kill -TERM {}", verify.id())]);
    assert!(kill.status().unwrap().success());
    assert_eq!(verify.wait().unwrap().code(), Some(128 + 15));
    await_end(&file);
}

/// Waits until the process whose number is in a file is gone.
#[track_caller]
fn await_end(file: &Path) {
    let process = std::fs::read_to_string(file).unwrap();
    let is_alive = || {
        let mut kill = Command::new("sh");
        kill.args(["-c", &format!("kill -0 {process}")]).stderr(Stdio::null());
        kill.status().unwrap().success()
    };
    let start = Instant::now();
    while is_alive() {
        assert!(start.elapsed() < Duration::from_secs(30), "{process} is still there");
        std::thread::sleep(Duration::from_millis(20));
    }
}

#[test]
fn a_program_that_is_not_there_is_no_failed_case() {
    let output = verify(&["--engine", "no-such-program --at all"]);
    assert_eq!(output.status.code(), Some(2));
    let message = stderr(&output);
    assert!(message.contains("there is no program 'no-such-program'"), "{message}");
    assert_eq!(stdout(&output), "");
    for engine in ["", "mine=", "sh -c 'open"] {
        let output = verify(&["--engine", engine]);
        assert_eq!(output.status.code(), Some(2), "{engine}");
    }
}

#[test]
fn engines_stand_side_by_side_with_what_they_fail_and_how_to_ask_again() {
    let (good, bad) = (control("none"), control("blind-at-byte-63"));
    let output = verify(&[&good, &bad]);
    assert_eq!(output.status.code(), Some(1), "{}", stderr(&output));
    let text = stdout(&output);
    let rows: Vec<Vec<&str>> = text.lines().map(|line| line.split_whitespace().collect()).collect();
    assert_eq!(rows[0], ["none", "blind-at-byte-63"]);
    assert_eq!(rows[1], ["accept", "7/7", "6/7"]);
    assert_eq!(rows[3], ["all", "11/11", "10/11"]);
    assert_eq!(rows[5], ["wrong", "records", "-", "1"]);
    for part in [
        "y_delimiter_at_63 (R3.1) A delimiter is the last byte of a block.",
        "input: \"a\"*63 \"|b\\n\"",
        "expected [\"a\"*63, \"b\"]",
        "found    [\"a\"*63 \"|b\"]",
        "--filter '^y_delimiter_at_63$'",
        "error: 1 of 22 cases failed",
    ] {
        assert!(text.contains(part), "{part}:\n{text}");
    }
    assert!(!text.contains('\u{1b}'), "colours are for terminals");
    let twice = verify(&[&good, &good]);
    assert_eq!(twice.status.code(), Some(2), "{}", stderr(&twice));
}
