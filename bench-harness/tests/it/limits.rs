//! Limits, controls, the A/A control and threads: what a run measures beside the engines that it
//! compares.

use std::num::NonZeroUsize;
use std::path::Path;
use std::process::Command;
use std::time::Duration;

use delimark::Backend;
use delimark_datasets::Shape;
use delimark_harness::engine::{Engine, Laps, all, controls};
use delimark_harness::measure::{Observer, Scaling, WrongAnswer, measure_scaling};
use delimark_harness::workload::{AnswerKind, GeneratedOptions, Workload};
use delimark_results::statistics::MINIMUM_ROUNDS;
use delimark_results::{Results, ScalingPoint, Steps};
use delimark_runner::model::Model;
use tempfile::TempDir;

const IN_MEMORY: [Model; 4] = [Model::Count, Model::Index, Model::Fields, Model::Project];

struct Silent;

impl Observer for Silent {
    fn begin(&mut self, _stage: &str, _samples: u64) {}
    fn sample(&mut self, _what: &str) {}
    fn exclude(&mut self, _engine: &str, _reason: &str) {}
}

fn workload(folder: &Path, lines: u64) -> Workload {
    let options = GeneratedOptions { shape: Shape::Ragged, lines, seed: 3 };
    Workload::generated(folder, options, &mut |_| {}).unwrap()
}

/// Asserts that an engine answers right, twice, on what it does not refuse; returns that.
#[track_caller]
fn models_answered(engine: &mut dyn Engine, workload: &Workload) -> Vec<Model> {
    let does = |model: &Model| engine.refuses(*model, &workload.input()).is_none();
    let models: Vec<Model> = Model::ALL.into_iter().filter(does).collect();
    for &model in models.iter().chain(&models) {
        let answer = engine.run(model, &workload.input(), &mut Laps::off()).unwrap();
        let expected = workload.expected(model, engine.answers());
        assert_eq!(answer, expected, "{} {model}", engine.name());
    }
    models
}

#[test]
fn limits_answer_what_they_can_know() {
    let folder = TempDir::new().unwrap();
    let workload = workload(folder.path(), 2000);
    let backends: Vec<Backend> = Backend::available().collect();
    let mut limits = all(&workload.input(), &backends).unwrap();
    limits.retain(|engine| engine.name().starts_with("limit/"));
    let names: Vec<String> = limits.iter().map(|engine| engine.name()).collect();
    let masks = backends.iter().map(|backend| format!("limit/masks-{backend}"));
    let expected: Vec<String> =
        ["limit/read", "limit/copy"].map(str::to_owned).into_iter().chain(masks).collect();
    assert_eq!(names, expected);

    for limit in &mut limits {
        let (models, kind) = match limit.name().as_str() {
            "limit/read" => (&Model::OF_LIBRARIES[..], AnswerKind::Words),
            "limit/copy" => (&IN_MEMORY[..], AnswerKind::Words),
            _ => (&IN_MEMORY[..], AnswerKind::Counts),
        };
        assert_eq!(limit.answers(), kind, "{}", limit.name());
        assert_eq!(models_answered(limit.as_mut(), &workload), models, "{}", limit.name());
        assert!(limit.executes().is_some(), "{} tells what it ran", limit.name());
    }
}

#[test]
fn a_copy_is_timed_without_its_check() {
    let folder = TempDir::new().unwrap();
    let workload = workload(folder.path(), 2000);
    let mut engines = all(&workload.input(), &[]).unwrap();
    let copy = engines.iter_mut().find(|engine| engine.name() == "limit/copy").unwrap();
    let mut laps = Laps::off();
    copy.run(Model::Index, &workload.input(), &mut laps).unwrap();
    assert!(laps.pass().is_some_and(|pass| pass > Duration::ZERO));
    assert!(copy.uncountable().is_some(), "what counts a call would count the check");
}

#[test]
fn controls_are_slow_but_right() {
    let folder = TempDir::new().unwrap();
    let workload = workload(folder.path(), 2000);
    let backends: Vec<Backend> = Backend::available().collect();
    let mut controls = controls(&workload.input(), &backends).unwrap();
    assert_eq!(controls.len(), 2);
    for control in &mut controls {
        assert!(control.name().starts_with("control/"));
        assert_eq!(control.executes().as_deref(), Some(Backend::best().name()));
        let models = models_answered(control.as_mut(), &workload);
        assert_eq!(models, [Model::Index, Model::Fields, Model::Project], "{}", control.name());
    }
}

/// Runs in a folder of its own, so that data and reports stay out of the checkout.
#[track_caller]
fn run(arguments: &[&str]) -> Results {
    let folder = TempDir::new().unwrap();
    let report = folder.path().join("report");
    let output = Command::new(env!("CARGO_BIN_EXE_delimark-bench"))
        .args(["run", "--quick", "--counters", "none"])
        .args(arguments)
        .args(["--output", report.to_str().unwrap()])
        .current_dir(folder.path())
        .env("TMPDIR", folder.path())
        .env_remove("DELIMARK_BACKEND")
        .output()
        .unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    Results::read(&report.join("results.json")).unwrap()
}

fn engines(results: &Results) -> Vec<&str> {
    results.cells.iter().map(|cell| cell.engine.as_str()).collect()
}

#[test]
fn controls_are_run_by_who_names_them() {
    let small = ["--lines", "2000", "--models", "^index$", "--engines"];
    let unnamed = run(&[&small[..], &["delimark/scalar|extra-copy|^c"]].concat());
    assert_eq!(engines(&unnamed), ["delimark/scalar"]);
    let named = run(&[&small[..], &["delimark/scalar|control/extra-copy"]].concat());
    assert_eq!(engines(&named), ["delimark/scalar", "control/extra-copy"]);
}

#[test]
fn the_best_backend_has_an_aa_control_on_every_model_from_memory() {
    let results = run(&["--lines", "2000", "--engines", "delimark/|limit/read"]);
    let best = format!("delimark/{}", Backend::best());
    let models: Vec<&str> = results.twins.iter().map(|twins| twins.model.as_str()).collect();
    assert_eq!(models, IN_MEMORY.map(Model::name));
    for twins in &results.twins {
        assert_eq!(twins.engine, best);
        assert_eq!(twins.twin_ns.len() as u64, results.rounds);
        let is_its_cell =
            |cell: &&delimark_results::Cell| (&cell.engine, &cell.model) == (&best, &twins.model);
        let cells: Vec<_> = results.cells.iter().filter(is_its_cell).collect();
        assert_eq!(cells.len(), 1, "the A/A control has no cell of its own");
        assert_eq!(cells[0].samples_ns, twins.engine_ns);
        assert_ne!(twins.twin_ns, twins.engine_ns, "the A/A control was measured");
    }
    assert!(results.aa_spread().is_some_and(|spread| spread >= 1.0));
}

#[test]
fn what_the_clock_costs_is_taken_off_bursts_and_stated() {
    let results = run(&["--lines", "2000", "--models", "^fields$"]);
    let cost_ns = results.environment.timer.value().unwrap().cost_ns;
    for cell in &results.cells {
        let expected = cell.bursts.value().map(|_| cost_ns.round() as u64);
        assert_eq!(cell.burst_overhead_ns, expected, "{}", cell.engine);
    }
    assert!(results.cells.iter().any(|cell| cell.burst_overhead_ns.is_some()));
}

#[test]
fn threads_share_the_file_and_a_part_that_caches_hold() {
    // 1.7 MB: more than the caches of three cores are given.
    let arguments = ["--lines", "9000", "--threads", "3,1,3", "--models", "file-map"];
    let results = run(&[&arguments[..], &["--engines", "delimark/|limit/read"]].concat());
    let best = format!("delimark/{}", Backend::best());
    let file_bytes = results.datasets[0].bytes;
    let facts = |point: &ScalingPoint| {
        (point.engine.clone(), point.threads, point.padded, point.working_set_bytes == file_bytes)
    };
    let found: Vec<_> = results.scaling.iter().map(facts).collect();
    let mut expected = Vec::new();
    for (threads, is_whole) in [(1, false), (1, true), (3, false), (3, true)] {
        expected.push((best.clone(), threads, true, is_whole));
        expected.push((best.clone(), threads, false, is_whole));
        expected.push(("limit/read".to_owned(), threads, true, is_whole));
    }
    assert_eq!(found, expected);
    for point in &results.scaling {
        assert_eq!(point.model, "file-scan", "the mapping is not in it");
        assert!(point.bytes_per_sample >= point.threads << 20);
        assert!(point.bytes_per_sample.is_multiple_of(point.working_set_bytes));
    }
}

#[test]
fn as_many_threads_compute_in_the_same_rounds() {
    let arguments = ["--lines", "300", "--threads", "2,1", "--models", "file-map"];
    let results = run(&[&arguments[..], &["--engines", "limit/read"]].concat());
    let found: Vec<_> = results.compute.iter().map(|point| (point.steps, point.threads)).collect();
    let both = |threads| Steps::ALL.map(|steps| (steps, threads));
    assert_eq!(found, [both(1), both(2)].concat());
    let rounds = results.scaling[0].samples_ns.len();
    for point in &results.compute {
        assert_eq!(point.samples_ns.len(), rounds);
        let of_one = results.compute.iter().find(|one| one.steps == point.steps).unwrap();
        assert_eq!(point.steps_per_sample, point.threads * of_one.steps_per_sample);
    }
    assert!(rounds >= MINIMUM_ROUNDS, "no interval exists for {rounds} rounds");
}

#[test]
fn threads_are_for_the_model_that_they_share() {
    let results = run(&["--lines", "300", "--engines", "scalar", "--models", "^fields$"]);
    assert!(results.scaling.is_empty());
}

fn scaling(threads: &[usize]) -> Scaling {
    Scaling {
        threads: threads.iter().copied().filter_map(NonZeroUsize::new).collect(),
        backend: Backend::Scalar,
        with_backend: true,
        with_read_limit: false,
        rounds: 1..=1,
        budget: Duration::ZERO,
        order_seed: 1,
    }
}

#[test]
fn a_wrong_answer_of_any_thread_is_told() {
    let folder = TempDir::new().unwrap();
    let workload = workload(folder.path(), 400);
    let path = workload.input().path;
    let mut bytes = std::fs::read(path).unwrap();
    let end = bytes.len();
    // In the last part: the first is answered right.
    let letter = bytes[end - 40..].iter_mut().rev().find(|byte| byte.is_ascii_alphanumeric());
    *letter.unwrap() = b'|';
    std::fs::write(path, bytes).unwrap();
    let error = measure_scaling(&workload, &scaling(&[2]), &mut Silent).unwrap_err();
    let message = error.downcast::<WrongAnswer>().unwrap().to_string();
    assert!(message.contains("delimark/scalar file-scan ragged on 2 threads"), "{message}");
}

#[test]
fn there_are_no_more_threads_than_lines() {
    let folder = TempDir::new().unwrap();
    let workload = workload(folder.path(), 2);
    let scaled = measure_scaling(&workload, &scaling(&[1, 2, 3]), &mut Silent).unwrap();
    let threads: Vec<u64> = scaled.points.iter().map(|point| point.threads).collect();
    assert_eq!(threads, [1, 1, 2, 2], "padded and not");
    let threads: Vec<u64> = scaled.compute.iter().map(|point| point.threads).collect();
    assert_eq!(threads, [1, 1, 2, 2], "steps that wait and that do not");
}
