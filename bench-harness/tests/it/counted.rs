//! Counts from outside: callgrind and single-step agree, repeat, and refuse what they have to.

use std::collections::BTreeSet;
use std::ffi::OsStr;
use std::path::Path;
use std::process::{Command, Output, Stdio};
use std::{fs, thread};

use delimark::Backend;
use delimark_datasets::Shape;
use delimark_harness::counters::child::{
    COUNTED_FUNCTION, Callgrind, Child, Counts, Job, PassReport, SingleStep, WindowFile,
};
use delimark_harness::workload::{GeneratedOptions, Workload};
use delimark_results::Count;
use delimark_results::counter::name;
use delimark_runner::model::Model;
use tempfile::TempDir;

/// Small, since a step takes some 30 microseconds.
const WINDOW_BYTES: usize = 4 << 10;

/// The difference that the two tools may have.
const DIFFERENCE_MOST: f64 = 0.01;

fn window(bytes: usize) -> WindowFile {
    window_of(Shape::Nginx12, bytes)
}

fn window_of(shape: Shape, bytes: usize) -> WindowFile {
    let folder = TempDir::new().unwrap();
    let options = GeneratedOptions { shape, lines: 2000, seed: 5 };
    let workload = Workload::generated(folder.path(), options, &mut |_| {}).unwrap();
    WindowFile::cut(&workload, bytes).unwrap()
}

fn job(engine: &str, model: Model, window: &WindowFile) -> Job {
    let program = env!("CARGO_BIN_EXE_delimark-bench").into();
    let (engine, window) = (engine.to_owned(), window.clone());
    Job { program, child: Child::Harness, engine, executed: None, model, window }
}

/// Returns both tools: `scripts/setup` installs what they need.
fn tools() -> (Callgrind, SingleStep) {
    (expect(Callgrind::find()), expect(SingleStep::find()))
}

#[track_caller]
fn expect<T>(tool: Result<T, String>) -> T {
    tool.unwrap_or_else(|reason| panic!("this test cannot be made here: {reason}"))
}

#[track_caller]
fn instructions(counts: Counts) -> Count {
    let found = counts.into_iter().find(|(found, _)| *found == name::INSTRUCTIONS);
    found.expect("instructions are among the counts").1
}

/// Returns the backends that Valgrind executes and this processor has.
fn backends() -> Vec<Backend> {
    Backend::available().filter(|&backend| Callgrind::executes(backend)).collect()
}

/// Keeps the counts that do not depend on caches and predictors, which remember what came before
/// the pass, where a clock may have had a say.
fn executed(mut counts: Counts) -> Counts {
    counts.retain(|(name, _)| [name::INSTRUCTIONS, name::BRANCHES].contains(name));
    counts
}

/// Counts twice with each tool: each repeats itself, and the two agree.
fn check_tools(tools: &(Callgrind, SingleStep), job: &Job) {
    let (callgrind, single_step) = tools;
    let place = format!("{} {}", job.engine, job.model);
    let [simulated, again] = [(), ()].map(|()| executed(callgrind.count(job).unwrap()));
    assert_eq!(simulated.len(), 2, "{place}");
    assert_eq!(simulated, again, "callgrind does not repeat itself: {place}");
    let [stepped, again] = [(), ()].map(|()| single_step.count(job).unwrap());
    assert_eq!(stepped, again, "single steps do not repeat themselves: {place}");

    let (simulated, stepped) = (instructions(simulated), instructions(stepped));
    assert_eq!((&*simulated.source, &*stepped.source), ("callgrind", "single-step"));
    assert_eq!(simulated.window, Some(job.window.window()));
    assert_eq!(simulated.window, stepped.window);
    let (simulated, stepped) = (simulated.value, stepped.value);
    let difference = (simulated / stepped - 1.0).abs();
    assert!(difference < DIFFERENCE_MOST, "{place}: {simulated} and {stepped}");
    assert!(stepped > job.window.window().records as f64, "too few: {stepped}");
}

#[test]
fn both_tools_repeat_themselves_and_agree_on_every_backend() {
    let tools = tools();
    let window = window(WINDOW_BYTES);
    let backends = backends();
    let expected = ["scalar", "sse42", "avx2"].into_iter().filter_map(|name| name.parse().ok());
    for backend in expected.filter(|backend: &Backend| backend.is_available()) {
        assert!(backends.contains(&backend), "{backend} is not tried");
    }
    let models = [Model::Index, Model::Fields];
    // Beside each other, since most of the time is Valgrind's start.
    thread::scope(|scope| {
        for model in models {
            let (tools, window, backends) = (&tools, &window, &backends);
            scope.spawn(move || {
                for backend in backends {
                    check_tools(tools, &job(&format!("delimark/{backend}"), model, window));
                }
            });
        }
    });
}

#[test]
fn a_child_knows_quotes() {
    let (callgrind, _) = tools();
    let window = window_of(Shape::Combined, WINDOW_BYTES);
    // A wrong answer, as it would be without them, is no count.
    for engine in ["delimark/scalar", "limit/masks-scalar", "peer/csv"] {
        let counts = callgrind.count(&job(engine, Model::Fields, &window)).expect(engine);
        assert!(instructions(counts).value > 0.0);
    }
    check_reason(&job("peer/split", Model::Fields, &window), "it knows no quotes");
}

#[test]
fn callgrind_counts_caches_and_branches_too() {
    let (callgrind, _) = tools();
    let window = window(WINDOW_BYTES);
    let counts = callgrind.count(&job("delimark/scalar", Model::Fields, &window)).unwrap();
    let count = |wanted: &str| counts.iter().find(|(name, _)| *name == wanted).unwrap().1.clone();
    assert_eq!(count(name::BRANCHES).event.as_deref(), Some("Bc+Bi"));
    assert!(count(name::BRANCHES).value > count(name::BRANCH_MISSES).value);
    assert!(count(name::CACHE_REFERENCES).value >= count(name::L1D_MISSES).value);
    for (name, count) in &counts {
        assert_eq!(count.window, Some(window.window()), "{name}");
        assert!(count.event.is_some(), "{name}");
    }
}

#[test]
fn what_cannot_be_counted_has_a_reason() {
    let window = window(WINDOW_BYTES);
    for (engine, model, expected) in [
        ("peer/unheard-of", Model::Count, "unknown engine 'peer/unheard-of'"),
        ("delimark/scalar@node", Model::Count, "unknown engine 'delimark/scalar@node'"),
        ("peer/csv", Model::Index, "it hands out fields, not where they are"),
    ] {
        check_reason(&job(engine, model, &window), expected);
    }
    for backend in Backend::ALL.iter().filter(|backend| !backend.is_available()) {
        check_reason(&job(&format!("delimark/{backend}"), Model::Count, &window), backend.name());
    }
}

#[test]
fn a_wrong_answer_is_not_counted() {
    let window = window(WINDOW_BYTES);
    let bytes = fs::read(window.path()).unwrap();
    // Behind the reference's back.
    fs::write(window.path(), &bytes[..bytes.len() / 2]).unwrap();
    check_reason(&job("delimark/scalar", Model::Count, &window), "wrong answer: ");
}

/// An engine over a backend, or a limit with several loops, has the best one by itself: what ran
/// when it was timed has to run when it is counted, too.
#[test]
fn what_was_timed_is_counted() {
    let window = window(WINDOW_BYTES);
    let (callgrind, single_step) = tools();
    let counted = |engine: &str, executed: &str| {
        let executed = Some(executed.to_owned());
        let job = Job { executed, ..job(engine, Model::Index, &window) };
        [callgrind.count(&job), single_step.count(&job)].map(|counts| counts.map(instructions))
    };
    let backends = backends();
    assert!(backends.len() > 1, "one is the best, and another is not");
    for engine in ["handicap/extra-branch", "handicap/extra-copy"] {
        let counts = backends.iter().map(|backend| {
            let [simulated, stepped] = counted(engine, backend.name()).map(Result::unwrap);
            // What copies memory is the C library's choice, by the CPU that it sees.
            let difference = (simulated.value / stepped.value - 1.0).abs();
            let agree = engine == "handicap/extra-copy" || difference < DIFFERENCE_MOST;
            assert!(agree, "{engine}: {} and {}", simulated.value, stepped.value);
            stepped.value as u64
        });
        let counts: BTreeSet<u64> = counts.collect();
        assert_eq!(
            counts.len(),
            backends.len(),
            "{engine}: each backend has instructions of its own"
        );
    }
    let loops = ["portable, 1 stream", "portable, 8 streams"];
    let [one, eight] = loops.map(|executed| counted("limit/read", executed)[1].clone().unwrap());
    assert_ne!(one.value, eight.value, "each loop has instructions of its own");
}

#[test]
fn what_cannot_run_where_it_is_counted_is_not_replaced() {
    let window = window(WINDOW_BYTES);
    for (engine, executed, expected) in [
        ("limit/read", "neon, 3 streams", "no read loop 'neon, 3 streams' can run here"),
        ("handicap/extra-branch", "simd128", "simd128"),
    ] {
        let executed = Some(executed.to_owned());
        check_reason(&Job { executed, ..job(engine, Model::Index, &window) }, expected);
    }
}

#[test]
fn a_program_that_is_another_is_refused() {
    let window = window(WINDOW_BYTES);
    let job = Job {
        program: which::which("true").expect("every Unix has it"),
        ..job("delimark/scalar", Model::Count, &window)
    };
    let (callgrind, single_step) = tools();
    let reason = callgrind.count(&job).unwrap_err();
    assert!(reason.contains("the pass printed no report"), "{reason}");
    let reason = single_step.count(&job).unwrap_err();
    assert!(reason.contains("exit status: 0"), "{reason}");
}

#[track_caller]
fn check_reason(job: &Job, expected: &str) {
    let (callgrind, single_step) = tools();
    let reasons = [callgrind.count(job).unwrap_err(), single_step.count(job).unwrap_err()];
    for reason in reasons {
        assert!(reason.contains(expected), "{reason}");
    }
}

#[test]
fn without_valgrind_it_is_told_what_to_install() {
    let reason = Callgrind::find_in(OsStr::new("")).unwrap_err();
    assert!(reason.contains("sudo apt-get install valgrind"), "{reason}");
}

#[test]
fn a_window_is_two_parts_of_whole_lines() {
    let window = window(WINDOW_BYTES);
    let warm_up = fs::read(window.warm_up_path()).unwrap();
    let counted = fs::read(window.path()).unwrap();
    assert_ne!(warm_up, counted);
    assert!(warm_up.len() >= WINDOW_BYTES && counted.len() <= warm_up.len());
    assert!(counted.len() > WINDOW_BYTES / 2);
    assert!(warm_up.ends_with(b"\n") && counted.ends_with(b"\n"));
    assert_eq!(window.window().bytes, counted.len() as u64);
    let lines = counted.iter().filter(|&&byte| byte == b'\n').count();
    assert_eq!(window.window().records, lines as u64);
}

fn pass(arguments: &[&str], input: &Path) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_delimark-bench"));
    command.arg("pass").args(arguments).arg("--input").arg(input).stdin(Stdio::null());
    command.output().unwrap()
}

#[test]
fn a_pass_prints_its_answer_in_a_line() {
    let window = window(WINDOW_BYTES);
    let workload = window.workload();
    for model in Model::OF_LIBRARIES {
        let arguments = ["--engine", "delimark/scalar", "--model", model.name()];
        let output = pass(&arguments, window.path());
        assert_eq!(output.status.code(), Some(0), "{}", String::from_utf8_lossy(&output.stderr));
        let report: PassReport = serde_json::from_slice(&output.stdout).unwrap();
        let answer = workload.expected(model, delimark_harness::workload::AnswerKind::Model);
        assert_eq!(report.answer, answer.to_string());
        assert_eq!(report.backend_executed.as_deref(), Some("scalar"));
        let facts = workload.facts();
        assert_eq!((report.bytes, report.records), (facts.bytes, facts.records));
    }
}

#[test]
fn a_pass_that_cannot_be_is_told() {
    let window = window(WINDOW_BYTES);
    for (arguments, expected) in [
        (&["--engine", "peer/csv", "--model", "nonsense"][..], "there are count, index"),
        (&["--engine", "nonsense", "--model", "count"], "unknown engine 'nonsense'"),
        (&["--engine", "peer/csv", "--model", "index"], "peer/csv does not do index"),
        (&["--engine", "peer/csv", "--model", "count", "--stops"], "nobody is there"),
        (&["--engine", "limit/read", "--model", "count", "--executed", "x"], "no read loop 'x'"),
    ] {
        let output = pass(arguments, window.path());
        let stderr = String::from_utf8_lossy(&output.stderr).into_owned();
        assert_eq!(output.status.code(), Some(2), "{stderr}");
        assert!(stderr.contains(expected), "{stderr}");
    }
}

#[test]
fn the_verb_is_hidden_and_says_what_to_look_for() {
    let help = |arguments: &[&str]| {
        let output =
            Command::new(env!("CARGO_BIN_EXE_delimark-bench")).args(arguments).output().unwrap();
        String::from_utf8(output.stdout).unwrap()
    };
    assert!(!help(&["--help"]).contains("pass "));
    assert!(help(&["pass", "--help"]).contains(COUNTED_FUNCTION));
}
