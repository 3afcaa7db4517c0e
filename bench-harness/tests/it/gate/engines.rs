//! The gate on somebody's own engines: commands, and engines that are declared.

use std::process::{Command, Output};
use std::sync::LazyLock;

use serde_json::Value;
use tempfile::TempDir;

use super::fake::{self, compile, stderr, stdout};

static COMMAND: LazyLock<(TempDir, String)> = LazyLock::new(|| {
    let (folder, program) = compile("fake_command.rs");
    (folder, program.to_str().expect("temporary folders have plain names").to_owned())
});

/// The end of every declaration.
const DOES: &str = "[does]\ncopies = 'x'\ndecodes_utf8 = 'x'\nthreads = 1\nquoting = 'x'\n\
                    consumer = 'x'\nnotes = 'x'\n";

/// The command with a fault, which is told where the data are.
fn command(fault: &str) -> String {
    format!("{} {fault} {{path}}", COMMAND.1)
}

/// Gates a command, or what is declared.
fn run(baseline: &str, candidate: &str, arguments: &[&str]) -> Output {
    let sides = ["--engine-baseline", baseline, "--engine-candidate", candidate];
    gate(&[&sides, arguments].concat())
}

fn gate(arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_delimark-bench"))
        .args(["gate", "--lines", "1000"])
        .args(arguments)
        .current_dir(COMMAND.0.path())
        .env("TMPDIR", COMMAND.0.path())
        .output()
        .unwrap()
}

#[track_caller]
fn check(baseline: &str, candidate: &str, arguments: &[&str], exit: i32, expected: &str) {
    // The margin is what a sleep is off by on a busy machine.
    let output = run(baseline, candidate, &[&["--margin", "25%"], arguments].concat());
    let said = format!("{}{}", stdout(&output), stderr(&output));
    assert_eq!(output.status.code(), Some(exit), "{said}");
    assert!(said.contains(expected), "no '{expected}' in: {said}");
}

#[test]
fn a_far_slower_command_is_red_however_few_pairs_fit_the_budget() {
    let of = |budget| ["--budget", budget, "--inconclusive", "pass"];
    let (before, after) = (command("slow"), command("sleeping"));
    check(&before, &after, &of("1s"), 3, "pairs was slower, by +");
    check(&before, &after, &of("1ms"), 4, "give it a larger --budget");
}

#[test]
fn a_slower_command_is_red_and_a_faster_one_is_told() {
    check(&command("plain"), &command("slow"), &[], 3, "Gate: regression");
    check(&command("slow"), &command("plain"), &[], 0, "Gate: pass, 1 cell better");
}

#[test]
fn commands_are_named_as_a_mode_too() {
    let (before, after) = (command("plain"), command("slow"));
    let mode = |arguments: &[&str]| {
        Command::new(env!("CARGO_BIN_EXE_delimark-bench"))
            .args(["gate", "commands", &before, &after, "--lines", "1000"])
            .args(arguments)
            .current_dir(COMMAND.0.path())
            .env("TMPDIR", COMMAND.0.path())
            .output()
            .unwrap()
    };
    let output = mode(&["--margin", "25%"]);
    assert_eq!(output.status.code(), Some(3), "{}", stderr(&output));
    assert!(stdout(&output).contains("Gate: regression"), "{}", stdout(&output));
    let output = mode(&["--baseline", "HEAD"]);
    assert_eq!(output.status.code(), Some(2), "{}", stdout(&output));
}

#[test]
fn what_a_command_writes_has_to_be_what_the_baseline_writes() {
    check(&command("plain"), &command("wrong"), &[], 1, "expected is 1 records");
    check(&command("plain"), &command("crashing"), &[], 1, "it ended with signal");
    check(&command("plain"), &command("failing"), &[], 1, "as planned");
    check(&command("fickle"), &command("plain"), &[], 2, "and the next time");
    check(&command("failing"), &command("plain"), &[], 2, "cannot be the baseline");
    check(&command("silent"), &command("silent"), &[], 2, "it hands over nothing");
}

#[cfg(unix)]
#[test]
fn a_command_that_cannot_be_started_says_what_to_do() {
    let folder = COMMAND.0.path();
    let plain = folder.join("not-executable");
    std::fs::write(&plain, "#!/bin/sh\n").unwrap();
    let plain = plain.to_str().unwrap();
    check(plain, &command("plain"), &[], 2, "not-executable' is not executable; `chmod +x`");
    let piped = "cat {path} | wc";
    check(piped, &command("plain"), &[], 2, "no shell reads the command, but one can be in it");
    check("A=1 cat {path}", &command("plain"), &[], 2, "there is no program 'A=1'; no shell reads");
}

#[test]
fn a_command_that_hangs_does_not_pass() {
    let limit = ["--time-limit", "1s"];
    check(&command("plain"), &command("hanging"), &limit, 1, "no end within 1 s");
}

#[test]
fn a_limit_of_less_than_a_second_is_told() {
    let limit = ["--time-limit", "500ms"];
    check(&command("plain"), &command("hanging"), &limit, 1, "no end within 0.5 s");
}

#[test]
fn a_command_that_writes_without_end_is_ended() {
    check(&command("plain"), &command("endless"), &[], 1, "is there an end to it?");
    check(&command("endless"), &command("plain"), &[], 2, "cannot be the baseline");
}

#[cfg(target_os = "linux")]
#[test]
fn a_command_may_open_its_output_itself() {
    let quick = ["--inconclusive", "pass", "--budget", "5s"];
    check(&command("plain"), &command("reopening"), &quick, 0, "");
    check(&command("reopening"), &command("wrong"), &[], 1, "expected is 1 records");
}

#[test]
fn a_declaration_beside_the_working_directory_is_found_and_its_limit_is_the_gates() {
    let declare = |fault: &str| {
        let name = format!("{fault}.toml");
        let text = format!(
            "name = 'fake@command'\nabout = 'x'\ninstall = 'x'\nversion = 'echo 1'\n\
             command = '{}'\n{DOES}",
            command(fault)
        );
        std::fs::write(COMMAND.0.path().join(&name), text).unwrap();
        name
    };
    let limit = ["--time-limit", "1s"];
    check(&declare("plain"), &declare("hanging"), &limit, 1, "no end within 1 s");
}

#[test]
fn without_a_place_for_the_path_a_command_reads_standard_input() {
    let reading = |fault: &str| format!("{} {fault}", COMMAND.1);
    check(&reading("plain"), &reading("slow"), &[], 3, "Gate: regression");
    check(&command("plain"), &reading("wrong"), &[], 1, "Gate: wrong answers");
}

#[test]
fn the_columns_of_the_reference_can_be_asked_for() {
    let cut = "cut -d{delimiter} -f{fields} {path}";
    let output = run(cut, cut, &["--models", "extract", "--budget", "5s"]);
    assert!(matches!(output.status.code(), Some(0 | 4)), "{}", stderr(&output));
    let copy = "cat {path}";
    check(copy, cut, &["--models", "extract"], 2, "the reference has 1000 records, 3000 fields");
    check(cut, copy, &["--models", "extract"], 1, "expected is 1000 records, 3000 fields");
}

#[test]
fn commands_need_each_other_and_have_no_counts() {
    let plain = command("plain");
    for (more, expected) in [
        (&["--engines", "avx2$"][..], "--engines chooses among this project's own"),
        (&["--models", "^count$"], "whole commands do 'extract'"),
        (&["--self-test"], "`gate self-test` is about this project's own engines"),
        (&["--save-baseline", "new.json"], "`gate record` is about this project's own engines"),
    ] {
        check(&plain, &plain, more, 2, expected);
    }
    for (arguments, expected) in [
        (vec!["--engine-baseline", &plain], "need each other"),
        (
            vec!["--engine-baseline", &plain, "--engine-candidate", &plain, "--baseline", "HEAD"],
            "somebody's own engine",
        ),
        (
            vec!["--engine-baseline", &plain, "--engine-candidate", &plain, "--layers", "memory"],
            "the layer 'memory' is for this project's",
        ),
        (
            vec!["--engine-baseline", "no-such", "--engine-candidate", &plain],
            "no program 'no-such'",
        ),
        (vec!["--engine-baseline", "a {x}", "--engine-candidate", &plain], "{x} cannot stand"),
        (
            vec!["--engine-baseline", "a.toml", "--engine-candidate", &plain],
            "a.toml cannot be read",
        ),
    ] {
        let output = gate(&arguments);
        assert_eq!(output.status.code(), Some(2), "{arguments:?}: {}", stderr(&output));
        assert!(stderr(&output).contains(expected), "{arguments:?}: {}", stderr(&output));
    }
}

#[test]
fn a_declared_engine_is_gated_on_its_models() {
    let folder = TempDir::new().unwrap();
    let declare = |name: &str| {
        let runner = fake::runner(name);
        let path = folder.path().join(format!("{name}.toml"));
        let text = format!(
            "name = 'fake@test'\nabout = 'x'\ninstall = 'x'\nversion = 'echo 1'\n\
             run = '{runner} scalar'\nmodels = ['count']\n{DOES}"
        );
        std::fs::write(&path, text).unwrap();
        path.to_str().unwrap().to_owned()
    };
    let arguments = ["--margin", "5%", "--format", "json"];
    let output = run(&declare("plain"), &declare("slow-1.12"), &arguments);
    assert_eq!(output.status.code(), Some(3), "{}", stderr(&output));
    let report: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(report["cells"][0]["model"], "count");
    assert_eq!(report["baseline"]["name"], "peer/fake@test, 1");
    let output = run(&declare("plain"), &declare("miscounting"), &[]);
    assert_eq!(output.status.code(), Some(1), "{}", stdout(&output));
}
