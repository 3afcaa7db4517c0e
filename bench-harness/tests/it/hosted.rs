//! `delimark run` with engines in other processes, small: WebAssembly under each runtime, and plain
//! JavaScript; and runtimes that fail.

use std::collections::BTreeSet;
use std::path::Path;
use std::process::{Command, Output};

use delimark_bench::engine::HostedEngine;
use delimark_bench::results::Results;
use tempfile::TempDir;

/// In the checkout, unlike other runs of the tests: the modules are there.
fn run(arguments: &[&str]) -> Results {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap();
    let folder = TempDir::new().unwrap();
    let output = Command::new(env!("CARGO_BIN_EXE_delimark"))
        .args(["run", "--quick", "--input", "datasets/nginx/access.log"])
        .args(arguments)
        .arg("--output")
        .arg(folder.path())
        .current_dir(root)
        .env_remove("DELIMARK_BACKEND")
        .output()
        .unwrap();
    let stderr = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(0), "{stderr}");
    assert!(!stderr.contains("without "), "an engine is missing: {stderr}");
    Results::read(&folder.path().join("results.json")).unwrap()
}

#[test]
fn every_engine_elsewhere_answers_right_on_its_own_clock() {
    let results = run(&["--engines", "@"]);
    for engine in HostedEngine::ALL {
        let name = engine.name();
        let cells: Vec<_> = results.cells.iter().filter(|cell| cell.engine == name).collect();
        let skipped = results.skipped.iter().filter(|skipped| skipped.engine == name).count();
        assert_eq!(cells.len(), if engine.has_module() { 4 } else { 3 }, "{name}");
        assert_eq!(cells.len() + skipped, 6, "{name}: each model has a cell or a reason");
        for cell in cells {
            let module = name.strip_prefix("delimark/").and_then(|name| name.split('@').next());
            assert_eq!(cell.backend_executed.as_deref(), module, "what ran says what it is");
            assert!(cell.first_pass_ns.is_some() && cell.bursts.value().is_none());
            assert!(cell.allocations_per_record.value().is_none());
        }
    }
    let runtimes = results.environment.runtimes.join("; ");
    assert!(runtimes.contains("Node ") && runtimes.contains("wasmtime "), "{runtimes}");
    let compiled: BTreeSet<_> = results.environment.compile_ns.into_keys().collect();
    let modules = HostedEngine::ALL.into_iter().filter(|engine| engine.has_module());
    assert_eq!(compiled, modules.map(HostedEngine::name).collect::<BTreeSet<_>>());
    assert!(results.ladder.is_empty());
}

#[test]
fn a_forced_backend_is_one_of_this_process() {
    let results = run(&["--backend", "scalar", "--models", "count", "--engines", "scalar|js"]);
    let engines: Vec<_> = results.cells.iter().map(|cell| cell.engine.as_str()).collect();
    assert_eq!(engines, ["limit/masks-scalar", "delimark/scalar", "peer/js-split@node"]);
}

/// Measures `count` on two lines with a shell's script in the place of Node; returns what was said
/// and where the results are, if there are any.
#[cfg(unix)]
fn run_with_node(script: &str, engines: &str) -> (Output, TempDir) {
    use std::os::unix::fs::PermissionsExt;

    let folder = TempDir::new().unwrap();
    let node = folder.path().join("node");
    std::fs::write(&node, format!("#!/bin/sh\n{script}\n")).unwrap();
    std::fs::set_permissions(&node, std::fs::Permissions::from_mode(0o755)).unwrap();
    let input = folder.path().join("two.log");
    std::fs::write(&input, "a|b\nc|d\n").unwrap();
    let path = std::env::var_os("PATH").unwrap();
    let folders = std::iter::once(folder.path().to_owned()).chain(std::env::split_paths(&path));
    let output = Command::new(env!("CARGO_BIN_EXE_delimark"))
        .args(["run", "--quick", "--models", "count", "--engines", engines, "--input"])
        .arg(input)
        .arg("--output")
        .arg(folder.path().join("report"))
        .current_dir(Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap())
        .env("PATH", std::env::join_paths(folders).unwrap())
        .env_remove("DELIMARK_BACKEND")
        .output()
        .unwrap();
    (output, folder)
}

/// Answers all requests but `load` and `run`.
#[cfg(unix)]
fn fake_node(load: &str, run: &str) -> String {
    format!(
        "while read -r line; do case $line in about) echo '{{\"engine\":\"fake\"}}';; \
         load*) {load};; dialect*) echo ok;; run*) {run};; esac; done"
    )
}

#[cfg(unix)]
const RIGHT: &str = "echo ok 70 2 4 0";

#[cfg(unix)]
#[test]
fn an_engine_that_cannot_take_the_data_or_dies_is_left_out_of_the_report_with_the_reason() {
    let second_kills =
        format!("runs=x$runs; [ $runs = x ] && {RIGHT} || {{ echo oh >&2; exit 3; }}");
    let cases = [
        (fake_node("echo error 8 bytes are more than 5", RIGHT), "8 bytes are more than 5", 0),
        (fake_node("echo ok 8", &second_kills), "died on 'run' (exit status: 3), saying: oh", 1),
        (fake_node("echo ok 8", "echo perhaps"), "\"perhaps\", which is no answer to it", 1),
    ];
    for (script, reason, runtimes) in cases {
        let (output, folder) = run_with_node(&script, "js-split|^delimark/scalar$");
        let stderr = String::from_utf8_lossy(&output.stderr);
        assert_eq!(output.status.code(), Some(0), "{stderr}");
        assert!(stderr.contains("delimark: without peer/js-split@node: "), "{stderr}");
        assert!(stderr.contains(reason), "{stderr}");
        let report = folder.path().join("report");
        let results = Results::read(&report.join("results.json")).unwrap();
        let engines: Vec<_> = results.cells.iter().map(|cell| cell.engine.as_str()).collect();
        assert_eq!(engines, ["delimark/scalar"]);
        let [skipped] = results.skipped.as_slice() else { panic!("{:?}", results.skipped) };
        assert_eq!(skipped.engine, "peer/js-split@node");
        assert!(skipped.reason.contains(reason), "{}", skipped.reason);
        assert_eq!(results.environment.runtimes.len(), runtimes);
        assert!(std::fs::read_to_string(report.join("report.md")).unwrap().contains(reason));
    }
}

#[cfg(unix)]
#[test]
fn a_wrong_answer_from_another_process_fails_the_run() {
    let (output, folder) = run_with_node(&fake_node("echo ok 8", "echo ok 70 2 5 0"), "js-split");
    let stderr = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(1), "{stderr}");
    assert!(stderr.contains("wrong answer of peer/js-split@node count"), "{stderr}");
    assert!(!folder.path().join("report").exists());
}

#[test]
fn without_a_runtime_nothing_is_built_for_it() {
    let folder = TempDir::new().unwrap();
    let output = Command::new(env!("CARGO_BIN_EXE_delimark"))
        .args(["run", "--quick", "--input", "datasets/nginx/access.log"])
        .args(["--engines", "@node", "--output"])
        .arg(folder.path().join("report"))
        .current_dir(Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap())
        .env("PATH", folder.path())
        .env_remove("DELIMARK_BACKEND")
        .output()
        .unwrap();
    let stderr = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(2), "{stderr}");
    assert!(stderr.contains("node is not installed: run scripts/setup"), "{stderr}");
    assert!(!stderr.contains("building"), "{stderr}");
}
