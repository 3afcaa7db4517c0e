//! `delimark-bench doctor` as a stranger and as a script see it.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::process::{Command, Output};
use std::time::{Duration, Instant};

use serde_json::Value;
use tempfile::TempDir;

const TOOLS: [&str; 17] = [
    "git",
    "cut",
    "mawk",
    "python3",
    "go",
    "nginx",
    "wrk",
    "valgrind",
    "aarch64-linux-gnu-gcc",
    "qemu-aarch64",
    "chromium",
    "node",
    "deno",
    "bun",
    "spidermonkey",
    "wasmtime",
    "wasmi",
];

/// Runs it with this PATH, the variables given, and no choice of backend but theirs, outside of any
/// checkout.
fn doctor(path: &str, arguments: &[&str], variables: &[(&str, &str)]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_delimark-bench"))
        .arg("doctor")
        .args(arguments)
        .current_dir("/")
        .env("PATH", path)
        .env_remove("DELIMARK_BACKEND")
        .envs(variables.iter().copied())
        .output()
        .unwrap()
}

fn text(output: &Output) -> &str {
    std::str::from_utf8(&output.stdout).unwrap()
}

fn json(output: &Output) -> Value {
    serde_json::from_slice(&output.stdout).unwrap()
}

/// Returns the line of that label.
fn line<'text>(text: &'text str, label: &str) -> &'text str {
    let has_label = |line: &&str| {
        line.get(5..).is_some_and(|rest| {
            rest.split_whitespace().next() == Some(label) && !rest.starts_with(' ')
        })
    };
    text.lines().find(has_label).unwrap_or_else(|| panic!("no line {label} in:\n{text}"))
}

fn absence(tool: &str) -> &'static str {
    let is_installed_by_scripts =
        ["deno", "bun", "spidermonkey", "wasmtime", "wasmi"].contains(&tool);
    if is_installed_by_scripts { "not in this checkout" } else { "not in PATH" }
}

fn is_command(text: &str) -> bool {
    text.contains(" install ") || text.contains("scripts/engines")
}

fn folder_with_tools(tools: &[(&str, &str)]) -> TempDir {
    let folder = TempDir::new().unwrap();
    for (name, script) in tools {
        let path = folder.path().join(name);
        fs::write(&path, script).unwrap();
        fs::set_permissions(&path, fs::Permissions::from_mode(0o755)).unwrap();
    }
    folder
}

#[test]
fn the_list_is_plain_and_narrow_where_nobody_watches() {
    let output = doctor("", &[], &[]);
    assert_eq!(output.status.code(), Some(0));
    assert!(output.stderr.is_empty());
    let text = text(&output);
    assert!(text.is_ascii(), "{text}");
    for title in ["Machine", "Backends", "Counters", "Clock"] {
        assert!(text.lines().any(|line| line == title), "no {title} in:\n{text}");
    }
    assert!(line(text, "scalar").contains("can run here"));
    assert!(text.lines().any(|line| line.contains("  real clock  ")), "{text}");
}

#[test]
fn with_no_path_every_tool_is_missing_and_can_be_installed() {
    let output = doctor("", &[], &[]);
    assert_eq!(output.status.code(), Some(0));
    let lines: Vec<&str> = text(&output).lines().collect();
    for name in TOOLS {
        let row = line(text(&output), name);
        assert!(row.starts_with("  no ") && row.contains(absence(name)), "{row}");
        let place = lines.iter().position(|line| *line == row).unwrap();
        assert!(is_command(lines[place + 1]), "{}", lines[place + 1]);
    }
}

#[test]
fn tools_are_asked_for_their_versions() {
    let folder = folder_with_tools(&[
        ("git", "#!/bin/sh\necho git version 9.8.7\n"),
        ("nginx", "#!/bin/sh\necho nginx version: nginx/6.5 >&2\n"),
        ("qemu-aarch64-static", "#!/bin/sh\necho qemu-aarch64 version 4.3\n"),
        ("cut", "#!/bin/sh\necho usage >&2\nexit 1\n"),
    ]);
    let path = folder.path().to_str().unwrap();
    let output = doctor(path, &[], &[]);
    for (name, expected) in [
        ("git", format!("ok 9.8.7, {path}/git")),
        ("nginx", format!("ok 6.5, {path}/nginx")),
        ("qemu-aarch64", format!("ok 4.3, {path}/qemu-aarch64-static")),
        ("cut", format!("! {path}/cut tells no version")),
    ] {
        let words: Vec<&str> = line(text(&output), name).split_whitespace().collect();
        let without_label: Vec<&str> = [&words[..1], &words[2..]].concat();
        assert_eq!(without_label.join(" "), expected);
    }
}

#[test]
fn a_tool_that_hangs_is_left_behind() {
    let folder = folder_with_tools(&[
        ("node", "#!/bin/sh\nexec /bin/sleep 30\n"),
        // This one ends, but what it started holds its output open.
        ("wrk", "#!/bin/sh\n/bin/sleep 30 &\n"),
    ]);
    let begin = Instant::now();
    let output = doctor(folder.path().to_str().unwrap(), &[], &[]);
    assert!(begin.elapsed() < Duration::from_secs(20), "{:?}", begin.elapsed());
    assert_eq!(output.status.code(), Some(0));
    for name in ["node", "wrk"] {
        let row = line(text(&output), name);
        assert!(row.ends_with("tells no version within 2 s"), "{row}");
    }
}

#[test]
fn the_variable_chooses_the_backend() {
    let output = doctor("", &[], &[("DELIMARK_BACKEND", "scalar")]);
    assert_eq!(output.status.code(), Some(0));
    let row = line(text(&output), "chosen");
    assert!(row.ends_with("scalar, which DELIMARK_BACKEND names"), "{row}");

    let best = json(&doctor("", &["--format", "json"], &[("DELIMARK_BACKEND", "")]));
    assert_eq!(best["backends"]["chosen_by"], "best");
    assert_eq!(best["backends"]["chosen"]["value"], delimark::Backend::best().name());
}

#[test]
fn a_backend_that_is_none_is_told_and_fails() {
    let variables = [("DELIMARK_BACKEND", "nonsense")];
    let output = doctor("", &[], &variables);
    assert_eq!(output.status.code(), Some(2));
    let row = line(text(&output), "chosen");
    assert!(row.starts_with("  no ") && row.contains("unknown backend 'nonsense'"), "{row}");
    let last = text(&output).lines().last().unwrap();
    assert!(last.starts_with("delimark cannot run: unset DELIMARK_BACKEND"), "{last}");

    let output = doctor("", &["--format", "json"], &variables);
    assert_eq!(output.status.code(), Some(2));
    let reason = &json(&output)["backends"]["chosen"]["unavailable"];
    assert!(reason.as_str().unwrap().contains("nonsense"));
}

#[test]
fn json_has_the_same_facts_under_stable_keys() {
    let output = doctor("", &["--format", "json"], &[]);
    assert_eq!(output.status.code(), Some(0));
    let json = json(&output);
    assert_eq!(json["schema"], "delimark-doctor/1");
    let keys: Vec<&str> = json.as_object().unwrap().keys().map(String::as_str).collect();
    for key in ["backends", "counters", "environment", "reserved_huge_pages", "schema", "tools"] {
        assert!(keys.contains(&key), "no {key} in {keys:?}");
    }

    let names = |list: &Value| -> Vec<String> {
        let list = list.as_array().unwrap();
        list.iter().map(|item| item["name"].as_str().unwrap().to_owned()).collect()
    };
    assert_eq!(names(&json["tools"]), TOOLS);
    let backends = &json["backends"]["all"];
    let all: Vec<_> = delimark::Backend::ALL.iter().map(|backend| backend.name()).collect();
    assert_eq!(names(backends), all);
    for (finding, backend) in backends.as_array().unwrap().iter().zip(delimark::Backend::ALL) {
        assert_eq!(finding["available"], backend.is_available());
        assert_eq!(finding["missing"].is_string(), !backend.is_available());
    }
    for tool in json["tools"].as_array().unwrap() {
        assert_eq!(tool["found"]["unavailable"], absence(tool["name"].as_str().unwrap()));
        assert!(is_command(tool["install"].as_str().unwrap()));
    }
    let sources = ["hardware", "software", "callgrind", "single_step", "rusage", "allocator"];
    for source in sources {
        let keys = json["counters"][source].as_object().unwrap();
        assert!(keys.contains_key("value") != keys.contains_key("unavailable"));
    }
    let timer = &json["environment"]["timer"]["value"];
    assert!(timer["granularity_ns"]["value"].as_u64().unwrap() > 0);
    assert!(timer["cost_ns"].as_f64().unwrap() > 0.0);
    assert!(json["environment"]["cpu"]["logical_cores"].as_u64().unwrap() > 0);
}

#[test]
fn noise_is_measured_where_it_is_asked_for() {
    let output = doctor("", &["--noise", "--seconds", "1", "--format", "json"], &[]);
    assert_eq!(output.status.code(), Some(0));
    let progress = String::from_utf8_lossy(&output.stderr);
    assert!(progress.starts_with("delimark-bench: measuring noise for 1 s\n"), "{progress}");
    let noise = &json(&output)["noise"];
    let share = noise["insignificant_share"].as_f64().unwrap();
    assert!(share > 0.0, "{noise}");
    let verdict = noise["verdict"].as_str().unwrap();
    let expected = format!("Differences below {:.1} % mean nothing here", share * 100.0);
    assert!(verdict.starts_with(&expected), "{verdict}");
    let cores = noise["cores"].as_array().unwrap();
    let watched: f64 = cores.iter().map(|core| core["seconds"].as_f64().unwrap()).sum();
    assert!((0.9..10.0).contains(&watched), "{watched} s");
    for fact in ["steal_share", "cpu_pressure_share"] {
        let keys = noise[fact].as_object().unwrap();
        assert!(keys.contains_key("value") != keys.contains_key("unavailable"), "{keys:?}");
    }

    let output = doctor("", &["--noise", "--seconds", "1"], &[]);
    let text = text(&output);
    assert!(text.lines().any(|line| line == "Noise"), "{text}");
    assert!(line(text, "verdict").contains("mean nothing here"));
}

#[test]
fn noise_is_not_measured_unasked() {
    assert!(json(&doctor("", &["--format", "json"], &[]))["noise"].is_null());
    let output = doctor("", &["--seconds", "1"], &[]);
    assert_eq!(output.status.code(), Some(2), "nothing takes a second");
    let output = doctor("", &["--noise", "--seconds", "0"], &[]);
    assert_eq!(output.status.code(), Some(2));
}

#[test]
fn sources_of_counts_are_tried_and_a_missing_one_comes_with_its_command() {
    let output = doctor("", &[], &[]);
    for (label, proof) in [("rusage", " page faults"), ("allocator", "1 allocation, 1048576 ")] {
        let row = line(text(&output), label);
        assert!(row.starts_with("  ok ") && row.contains(proof), "{row}");
    }
    // It takes nothing from a path, and `scripts/setup` sees to it that it is allowed.
    if cfg!(all(target_os = "linux", any(target_arch = "x86_64", target_arch = "aarch64"))) {
        let row = line(text(&output), "single-step");
        assert!(row.starts_with("  ok ") && row.contains("stepped over"), "{row}");
    }
    let lines: Vec<&str> = text(&output).lines().collect();
    let place = lines.iter().position(|row| row.contains("valgrind is not in PATH")).unwrap();
    assert!(lines[place].starts_with("  no callgrind"), "{}", lines[place]);
    let command = lines[place + 1].trim();
    assert_eq!(command, "to install it: sudo apt-get install valgrind");
    let found = folder_with_tools(&[("valgrind", "#!/bin/sh\necho valgrind-3.2.1\n")]);
    let output = doctor(found.path().to_str().unwrap(), &[], &[]);
    let row = line(text(&output), "callgrind");
    assert!(row.starts_with("  ok ") && row.ends_with("valgrind is in PATH"), "{row}");
}

#[test]
fn help_has_an_example_and_the_exit_codes() {
    let output = doctor("", &["--help"], &[]);
    assert_eq!(output.status.code(), Some(0));
    for part in ["delimark-bench doctor --format json", "Exit codes:", "DELIMARK_BACKEND"] {
        assert!(text(&output).contains(part), "no {part:?} in:\n{}", text(&output));
    }
}
