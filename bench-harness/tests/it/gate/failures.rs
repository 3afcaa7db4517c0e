//! The cases that must never be green, each with the exit code that says why.

use std::time::{Duration, Instant};

use serde_json::Value;

use super::fake::{command, gate, report, runner, stderr};

/// Without the layers that take a tool's time.
const QUICK: [&str; 2] = ["--layers", "answers,memory,time"];

#[track_caller]
fn check(baseline: &str, candidate: &str, arguments: &[&str], exit: i32, expected: &str) {
    let output = gate(baseline, candidate, &[&QUICK, arguments].concat());
    let said = format!("{}{}", String::from_utf8_lossy(&output.stdout), stderr(&output));
    assert_eq!(output.status.code(), Some(exit), "{said}");
    assert!(said.contains(expected), "no '{expected}' in: {said}");
}

#[test]
fn what_is_slower_is_red_and_what_is_not_is_green() {
    check("plain", "slow-1.12", &[], 3, "Gate: regression");
    check("plain", "slow-1.00", &[], 0, "Gate: pass");
    check("slow-1.12", "slow-1.12", &[], 0, "Gate: pass");
}

#[test]
fn swapping_the_sides_turns_a_regression_into_an_improvement() {
    check("slow-1.12", "plain", &[], 0, "Gate: pass, 1 cell better");
    let report = report("slow-1.12", "plain", &QUICK, 0);
    assert_eq!(report["cells"][0]["time"]["value"]["finding"]["kind"], "improvement");
    assert_eq!(report["cells"][0]["improved"], true);
}

#[test]
fn wrong_answers_are_worse_than_slow_ones() {
    check("plain", "wrong", &[], 1, "it answers 1 records");
    check("plain", "wrong-later", &[], 1, "it answers 1001 records");
    for candidate in ["wrong", "wrong-later", "crashing-later"] {
        let arguments = ["--layers", "time", "--inconclusive", "pass"];
        let report = report("plain", candidate, &arguments, 1);
        assert_eq!(report["verdict"], "wrong-answers", "{candidate}");
    }
}

#[test]
fn a_candidate_that_crashes_does_not_pass() {
    check("plain", "crashing", &[], 1, "died on 'measure'");
    check("plain", "crashing-later", &[], 1, "died on 'measure'");
    check("plain", "garbling", &[], 1, "which is no answer to it");
}

#[test]
fn a_backend_that_only_the_baseline_can_do_is_missed() {
    let all = ["--engines", "."];
    check("plain", "lame", &all, 1, "on being started");
    check("refusing", "plain", &all, 0, "Not compared");
}

#[test]
fn a_baseline_that_crashes_on_a_backend_is_none() {
    check("lame", "plain", &["--engines", "."], 2, "cannot be the baseline: delimark/");
}

#[test]
fn what_could_not_be_counted_of_the_candidate_alone_does_not_pass() {
    let arguments = ["--engines", ".", "--layers", "instructions"];
    let report = report("plain", "uncountable", &arguments, 4);
    let cells = report["cells"].as_array().unwrap();
    let uncounted = |cell: &Value| cell["uncounted"].as_array().unwrap().len();
    assert!(cells.len() > 1, "there is one backend here");
    assert_eq!(uncounted(&cells[0]), 0, "{}", cells[0]);
    assert!(cells[1..].iter().all(|cell| uncounted(cell) == 1), "{cells:?}");
}

#[test]
fn a_candidate_that_hangs_does_not_pass_and_holds_nobody_up() {
    let begin = Instant::now();
    for candidate in ["hanging", "hanging-later"] {
        check("plain", candidate, &["--time-limit", "1s"], 1, "no answer to 'measure' within 1 s");
    }
    assert!(begin.elapsed() < Duration::from_secs(120), "{:?}", begin.elapsed());
}

#[test]
fn a_backend_that_hangs_is_not_asked_any_more() {
    let shapes = ["--shape", "nginx12,short,wide", "--time-limit", "1s"];
    let report = report("plain", "hanging", &[&shapes[..], &["--layers", "time"]].concat(), 1);
    assert_eq!(report["answers"]["wrong"].as_array().unwrap().len(), 1, "{report:#}");
}

#[test]
fn what_the_suite_shows_to_hang_is_not_looked_at_any_further() {
    let (baseline, candidate) = (runner("plain"), runner("stubborn"));
    let sides = ["--baseline", &baseline, "--candidate", &candidate, "--time-limit", "1s"];
    let begin = Instant::now();
    let output = command(&[&sides[..], &["--format", "json"]].concat())
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .output()
        .unwrap();
    assert_eq!(output.status.code(), Some(1), "{}", stderr(&output));
    assert!(begin.elapsed() < Duration::from_secs(30), "{:?}", begin.elapsed());
    let report: Value = serde_json::from_slice(&output.stdout).unwrap();
    let wrong = report["answers"]["wrong"].as_array().unwrap();
    let problems = |words: &str| {
        let is_it = |wrong: &&Value| wrong["problem"].as_str().unwrap().contains(words);
        wrong.iter().filter(is_it).count()
    };
    assert_eq!(problems("no answer to 'verify' within 1 s"), 1);
    assert_eq!(problems("the runner had hung before"), wrong.len() - 1);
    assert!(wrong.len() > 1, "the suite has one case");
}

#[cfg(unix)]
#[test]
fn what_is_ended_leaves_no_files() {
    let folder = tempfile::TempDir::new().unwrap();
    let (baseline, candidate) = (runner("plain"), runner("uncounting"));
    let sides = ["--baseline", &baseline, "--candidate", &candidate];
    let mut gate = command(&[&sides[..], &["--layers", "instructions"]].concat())
        .env("TMPDIR", folder.path())
        .stderr(std::process::Stdio::null())
        .spawn()
        .unwrap();
    let files = || {
        let names = std::fs::read_dir(folder.path()).unwrap();
        let names = names.map(|entry| entry.unwrap().file_name().into_string().unwrap());
        let is_scratch = |name: &String| {
            name.starts_with("delimark-callgrind-")
                || name.starts_with("delimark-") && name.ends_with(".log")
        };
        names.filter(is_scratch).collect::<Vec<String>>()
    };
    let begin = Instant::now();
    while files().len() < 3 {
        assert!(begin.elapsed() < Duration::from_secs(60), "there are only {:?}", files());
        std::thread::sleep(Duration::from_millis(20));
    }
    let process = gate.id().to_string();
    let status = std::process::Command::new("kill").args(["-INT", &process]).status().unwrap();
    assert!(status.success());
    assert_eq!(gate.wait().unwrap().code(), Some(130));
    assert_eq!(files(), Vec::<String>::new());
}

#[cfg(unix)]
#[test]
fn what_cannot_be_gone_through_is_refused_at_once() {
    let folder = tempfile::TempDir::new().unwrap();
    let pipe = folder.path().join("pipe");
    assert!(std::process::Command::new("mkfifo").arg(&pipe).status().unwrap().success());
    let broken = folder.path().join("two\nlines");
    std::fs::write(&broken, "a|b\n").unwrap();
    let (baseline, candidate) = (runner("plain"), runner("plain"));
    for (path, expected) in [(pipe, "is no regular file"), (broken, "has a line break in it")] {
        let path = path.to_str().unwrap();
        let arguments = ["--baseline", &baseline, "--candidate", &candidate, "--input", path];
        let output = command(&arguments).output().unwrap();
        assert_eq!(output.status.code(), Some(2), "{}", stderr(&output));
        assert!(stderr(&output).contains(expected), "{}", stderr(&output));
    }
}

#[test]
fn a_baseline_that_is_wrong_is_none() {
    for (baseline, expected) in [
        ("wrong", "cannot be the baseline: delimark/scalar on count of nginx12: it answers"),
        ("wrong-later", "cannot be the baseline"),
        ("crashing", "cannot be the baseline"),
    ] {
        check(baseline, "plain", &[], 2, expected);
    }
}

#[test]
fn who_does_not_speak_the_protocol_is_told_what_to_do() {
    for (side, expected) in [
        ("old", "revisions from the one on that has `delimark-bench gate` are"),
        ("future", "it speaks version 99 of the protocol, and this gate 1"),
        ("impostor", "asked for scalar, it runs other"),
    ] {
        check(side, "plain", &[], 2, expected);
        check("plain", side, &[], 2, expected);
    }
}

#[test]
fn a_side_that_is_not_there_is_an_error() {
    for (arguments, expected) in [
        (
            ["--baseline", "no-such-file"],
            "there is no file no-such-file, and outside of a checkout",
        ),
        (["--baseline", "."], ". is a folder"),
        (
            ["--engines", "nonsense"],
            "no engine here matches 'nonsense' (expected one of: delimark/",
        ),
        (["--models", "nonsense"], "no model matches 'nonsense' (expected one of: count"),
        (["--models", "extract"], "no model matches 'extract'"),
        (["--layers", "speed"], "unknown layer 'speed' (expected one of: answers"),
        (["--shape", "round"], "--shape names none"),
        (["--margin", "5"], "'5' has no unit: write 5%"),
        (["--budget", "5"], "'5' is no duration"),
    ] {
        let (baseline, candidate) = (runner("plain"), runner("plain"));
        let mut sides = vec!["--candidate", &candidate];
        if arguments[0] != "--baseline" {
            sides.extend(["--baseline", &baseline]);
        }
        let output = command(&[&sides[..], &arguments].concat()).output().unwrap();
        assert_eq!(output.status.code(), Some(2), "{}", stderr(&output));
        assert!(stderr(&output).contains(expected), "{}", stderr(&output));
    }
}

#[test]
fn memory_decides_without_times() {
    let arguments = ["--layers", "memory"];
    for (candidate, exit, counter) in [
        ("allocating-0.02", 3, "allocations"),
        ("allocating-0.0005", 0, "allocations"),
        ("hoarding-1", 3, "peak_memory"),
    ] {
        let report = report("plain", candidate, &arguments, exit);
        let expected = if exit == 3 { "regression" } else { "same" };
        assert_eq!(report["cells"][0][counter]["value"]["finding"], expected, "{candidate}");
    }
}

#[test]
fn a_clock_that_stands_still_is_no_speed() {
    check("plain", "slow-0", &[], 1, "by its own clock a pass took no time");
    check("slow-0", "plain", &[], 2, "cannot be the baseline");
}

#[test]
fn two_percent_more_instructions_are_a_regression() {
    let arguments = ["--layers", "instructions"];
    for (candidate, exit, expected) in
        [("busy-1.02", 3, "regression"), ("busy-0.98", 0, "improvement"), ("plain", 0, "same")]
    {
        let report = report("plain", candidate, &arguments, exit);
        let instructions = &report["cells"][0]["instructions"]["value"];
        assert_eq!(instructions["finding"], expected, "{candidate}: {instructions}");
        assert_eq!(instructions["source"], "callgrind");
    }
    let lenient = [&arguments[..], &["--instructions-limit", "5%"]].concat();
    report("plain", "busy-1.02", &lenient, 0);
}

#[test]
fn what_cannot_be_decided_is_neither_red_nor_green() {
    let hurried = ["--budget", "1ms"];
    check("plain", "slow-1.00", &hurried, 4, "the budget ended before there were enough pairs");
    let lenient = [&hurried[..], &["--inconclusive", "pass"]].concat();
    check("plain", "slow-1.00", &lenient, 0, "Gate: inconclusive");
    check("plain", "slow-3.00", &lenient, 4, "give it a larger --budget");
    check("plain", "slow-1.12", &["--inconclusive", "pass"], 3, "Gate: regression");
}
