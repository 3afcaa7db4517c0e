//! `delimark-bench run` with this project's modules in other processes, small: WebAssembly under
//! each runtime, and a runtime that is not there.

use std::collections::BTreeSet;
use std::path::Path;
use std::process::Command;

use delimark_harness::engine::ModuleEngine;
use delimark_results::{Results, WasmRuntime};
use delimark_runner::model::Model;
use tempfile::TempDir;

/// Runs in the checkout, unlike other tests: the modules are there.
fn run(arguments: &[&str]) -> Results {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap();
    let folder = TempDir::new().unwrap();
    let output = Command::new(env!("CARGO_BIN_EXE_delimark-bench"))
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
    let results = run(&["--engines", "delimark/(scalar|simd128)@"]);
    for engine in ModuleEngine::all() {
        let name = engine.name();
        let cells: Vec<_> = results.cells.iter().filter(|cell| cell.engine == name).collect();
        let skipped = results.skipped.iter().filter(|skipped| skipped.engine == name).count();
        assert_eq!(cells.len(), 4, "{name}");
        let models = Model::ALL.len();
        assert_eq!(cells.len() + skipped, models, "{name}: each has a cell or a reason");
        for cell in cells {
            let module = name.strip_prefix("delimark/").and_then(|name| name.split('@').next());
            assert_eq!(cell.backend_executed.as_deref(), module, "what ran says what it is");
            assert!(cell.first_pass_ns.is_some() && cell.bursts.value().is_none());
            assert!(cell.allocations_per_record.value().is_none());
        }
    }
    let runtimes = results.environment.runtimes.join("; ");
    for name in ["Node ", "Deno ", "Bun ", "SpiderMonkey ", "wasmtime ", "wasmi "] {
        assert!(runtimes.contains(name), "no {name} in {runtimes}");
    }
    let compiled: BTreeSet<_> = results.environment.compile_ns.into_keys().collect();
    assert_eq!(compiled, ModuleEngine::all().map(ModuleEngine::name).collect());
    assert!(results.ladder.is_empty());
}

#[test]
fn a_forced_backend_is_one_of_this_process() {
    let results = run(&["--backend", "scalar", "--models", "count", "--engines", "scalar|js"]);
    let engines: Vec<_> = results.cells.iter().map(|cell| cell.engine.as_str()).collect();
    assert_eq!(engines, ["limit/masks-scalar", "delimark/scalar", "peer/js-split@node"]);
}

#[test]
fn without_a_runtime_nothing_is_built_for_it() {
    let folder = TempDir::new().unwrap();
    let output = Command::new(env!("CARGO_BIN_EXE_delimark-bench"))
        .args(["run", "--quick", "--input", "datasets/nginx/access.log"])
        .args(["--engines", "delimark/.*@node", "--output"])
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

#[test]
fn the_table_of_runtimes_has_a_row_for_each() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap();
    let table = |folder: &Path| {
        let mut command = Command::new(env!("CARGO_BIN_EXE_delimark-bench"));
        command.arg("runtimes").current_dir(folder).output().unwrap()
    };
    let output = table(root);
    assert_eq!(output.status.code(), Some(0), "{}", String::from_utf8_lossy(&output.stderr));
    let text = String::from_utf8(output.stdout).unwrap();
    for runtime in WasmRuntime::ALL {
        let row = format!("| {} | ", runtime.name);
        let row = text.lines().find(|line| line.starts_with(&row)).unwrap_or_default();
        assert!(row.contains("unreachable") || row.contains("Unreachable"), "{row} in {text}");
        assert!(row.contains("| yes |") && !row.contains("not there"), "{row}");
    }
    let output = table(Path::new("/"));
    let stderr = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(2), "{stderr}");
    assert!(stderr.contains("run this inside of one"), "{stderr}");
}
