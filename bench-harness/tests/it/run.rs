//! `delimark-bench run` from end to end, small: every shape, a real log, and what it refuses.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use delimark::{Backend, HIDDEN_BACKENDS_VARIABLE};
use delimark_datasets::Shape;
use delimark_harness::counters::child::Callgrind;
use delimark_harness::engine::{self, ModuleEngine};
use delimark_results::counter::{name, source};
use delimark_results::{Cell, ColumnsSource, Counter, Family, Known, QuoteEscape, Results, Seal};
use delimark_runner::model::Model;
use tempfile::TempDir;

/// Runs in a folder of its own, so that data and reports stay out of the checkout; without counts
/// that take time, unless it is told to count.
fn run(folder: &Path, arguments: &[&str]) -> Output {
    command(folder, arguments).output().unwrap()
}

fn command(folder: &Path, arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_delimark-bench"));
    let is_told_to_count = arguments.contains(&"--counters");
    command
        .arg("run")
        .args(if is_told_to_count { &[][..] } else { &["--counters", "none"] })
        .args(arguments)
        .args(["--output", folder.join("report").to_str().unwrap()])
        .current_dir(folder)
        .env("TMPDIR", folder)
        .env_remove("DELIMARK_BACKEND");
    command
}

#[track_caller]
fn results(arguments: &[&str]) -> Results {
    let folder = TempDir::new().unwrap();
    let output = run(folder.path(), arguments);
    let stderr = String::from_utf8_lossy(&output.stderr).into_owned();
    assert_eq!(output.status.code(), Some(0), "{stderr}");
    let report = folder.path().join("report");
    for name in ["report.html", "report.md"] {
        assert!(report.join(name).is_file(), "{name}");
    }
    let stdout = String::from_utf8(output.stdout).unwrap();
    assert_eq!(stdout.lines().last(), report.join("report.html").to_str());
    let text = fs::read_to_string(report.join("results.json")).unwrap();
    assert_eq!(Seal::of(&text).unwrap(), Seal::Intact);
    Results::from_json(&text).unwrap()
}

#[track_caller]
fn check_refusal(arguments: &[&str], exit: i32, message: &str) {
    let folder = TempDir::new().unwrap();
    let output = run(folder.path(), arguments);
    let stderr = String::from_utf8_lossy(&output.stderr).into_owned();
    assert_eq!(output.status.code(), Some(exit), "{stderr}");
    assert!(stderr.contains(message), "{stderr}");
    assert!(output.stdout.is_empty());
    assert!(!folder.path().join("report").exists(), "no empty folder is left");
}

fn real_log() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../datasets/nginx/access.log")
}

#[test]
fn every_shape_is_answered_right_by_every_engine_that_takes_it() {
    for shape in Shape::ALL {
        let arguments = ["--quick", "--shape", shape.name(), "--lines", "500"];
        let results = results(&arguments);
        for backend in Backend::available() {
            let engine = format!("delimark/{backend}");
            let cells = results.cells.iter().filter(|cell| cell.engine == engine);
            assert_eq!(cells.count(), 6, "{engine} does every model on {shape}");
        }
        for Cell { engine, model, .. } in &results.cells {
            let supported = engine::catalog().models(engine).unwrap_or_default();
            assert!(
                supported.iter().any(|supported| supported.name() == model),
                "{engine} {model}"
            );
        }
        let is_peer = |engine: &str| engine.starts_with("peer/") && !engine.contains('@');
        let cells = results.cells.iter().filter(|cell| is_peer(&cell.engine)).count();
        let skipped = results.skipped.iter().filter(|skipped| is_peer(&skipped.engine)).count();
        let peers = engine::peer_names().len();
        assert_eq!(
            cells + skipped,
            peers * Model::ALL.len(),
            "each of {peers} peers on each model of {shape} has a cell or a reason"
        );
        let command = results.cells.iter().find(|cell| cell.engine == delimark_results::EXTRACT);
        assert!(command.is_some_and(|cell| cell.model == "extract"), "{shape}");
        assert!(!results.ladder.is_empty());
    }
}

#[test]
fn backends_allocate_nothing_and_naive_code_does() {
    let results = results(&["--quick", "--lines", "3000"]);
    for cell in results.cells.iter().filter(|cell| !cell.engine.contains('@')) {
        let Known::Value(allocations) = cell.allocations_per_record else {
            panic!("{} counts no allocations", cell.engine);
        };
        if cell.engine.starts_with("delimark/") {
            assert_eq!(allocations, 0.0, "{} {}", cell.engine, cell.model);
            let backend = cell.engine.strip_prefix("delimark/");
            assert_eq!(cell.backend_executed.as_deref(), backend, "forced, and it ran");
        }
        if cell.engine == "peer/split-alloc" {
            assert!(allocations > 12.0, "{allocations}");
        }
    }
}

/// Returns a run with these counts, and a few engines of each kind.
#[track_caller]
fn counted(choice: &str) -> Vec<Cell> {
    let engines = "^(delimark/scalar|peer/split|limit/copy)$";
    let arguments = ["--quick", "--lines", "60", "--engines", engines, "--counters", choice];
    let cells = results(&arguments).cells;
    assert_eq!(cells.iter().filter(|cell| cell.engine == "delimark/scalar").count(), 6);
    for cell in &cells {
        for (name, counter) in &cell.counters {
            let place = format!("{name} of {} {}", cell.engine, cell.model);
            match counter {
                Counter::Unavailable { unavailable } => assert!(!unavailable.is_empty(), "{place}"),
                Counter::Counted(count) => {
                    assert!(!count.source.is_empty(), "{place}");
                    let always_happens = ["instructions", "cycles", "task_clock_ns"];
                    let always_happens = always_happens.iter().any(|what| name.starts_with(what));
                    assert!(count.value > 0.0 || !always_happens, "{place} is 0");
                }
            }
        }
        for name in ["allocations", "peak_heap_bytes", "minor_page_faults", "context_switches"] {
            assert!(cell.counters[name].count().is_some(), "{name} of {}", cell.engine);
        }
    }
    cells
}

/// Returns the counter of instructions, or the reason that there is none.
fn source_of_instructions(cell: &Cell) -> Result<&str, &str> {
    match &cell.counters["instructions"] {
        Counter::Counted(count) => Ok(&count.source),
        Counter::Unavailable { unavailable } => Err(unavailable),
    }
}

#[test]
fn every_cell_has_instructions_with_a_source_or_a_reason() {
    for choice in ["auto", "simulated"] {
        for cell in counted(choice) {
            let place = format!("{} {} with {choice}", cell.engine, cell.model);
            match source_of_instructions(&cell) {
                Ok("perf-event") => assert_eq!(choice, "auto", "{place}"),
                Ok(_) => check_tools(&place, &cell),
                Err(reason) if cell.engine == "limit/copy" => {
                    assert!(reason.contains("check of the copy"), "{place}: {reason}");
                }
                Err(reason) if !["index", "fields"].contains(&cell.model.as_str()) => {
                    assert!(reason.contains("a quick run counts index and fields"), "{reason}");
                }
                Err(reason) => assert!(Callgrind::find().is_err(), "{place}: {reason}"),
            }
        }
    }
}

/// Checks that Callgrind comes first, and that single steps agree with it.
#[track_caller]
fn check_tools(place: &str, cell: &Cell) {
    let value = |name| cell.counters.get(name).and_then(Counter::count).map(|count| count.value);
    assert_eq!(source_of_instructions(cell), Ok("callgrind"), "{place}");
    let by_steps = cell.counters.get("instructions@single-step");
    assert_eq!(by_steps.is_some(), cell.engine.starts_with("delimark/"), "{place}");
    // Where there are no single steps, the tests of `counted` fail.
    let both = value("instructions").zip(value("instructions@single-step"));
    if let Some((simulated, stepped)) = both {
        let ratio = simulated / stepped;
        assert!((ratio - 1.0).abs() < 0.01, "{place}: {simulated} and {stepped}");
    }
}

#[test]
fn nothing_is_simulated_unasked() {
    for choice in ["hardware", "none"] {
        for cell in counted(choice) {
            let place = format!("{} {} with {choice}", cell.engine, cell.model);
            match source_of_instructions(&cell) {
                Ok(source) => assert_eq!((source, choice), ("perf-event", "hardware"), "{place}"),
                Err(_) if choice == "hardware" => {}
                Err(reason) if cell.engine == "limit/copy" => {
                    assert!(reason.contains("check of the copy"), "{place}: {reason}");
                }
                Err(reason) => assert_eq!(reason, "not asked for: --counters none", "{place}"),
            }
            assert!(cell.counters.keys().all(|name| !name.contains('@')), "{place}");
        }
    }
}

#[test]
fn outside_of_a_checkout_other_processes_are_missed_and_nothing_else() {
    let results = results(&["--quick", "--lines", "300", "--models", "fields|count"]);
    assert!(results.cells.iter().all(|cell| !cell.engine.contains('@')));
    let of_modules: Vec<_> = results.skipped.iter().filter(|s| s.engine.contains('@')).collect();
    let wanted = ModuleEngine::all().filter(|engine| engine.in_plain_run()).count();
    assert_eq!(of_modules.len(), wanted * 2, "each engine on each model");
    for skipped in of_modules {
        assert!(skipped.reason.contains("run this inside of one"), "{}", skipped.reason);
    }
    assert!(results.environment.runtimes.is_empty());
}

#[test]
fn a_real_log_needs_no_special_handling() {
    let results = results(&["--quick", "--input", real_log().to_str().unwrap()]);
    let facts = &results.datasets[0];
    assert_eq!(facts.columns, Some(12));
    assert_eq!(facts.columns_source, Some(ColumnsSource::Inferred));
    assert_eq!((facts.records, facts.traits.ragged_records), (4000, 154));
    assert!(results.cells.iter().any(|cell| cell.engine == "peer/csv"));
}

/// Runs on a file of these lines, with blanks between fields and quotes around some.
#[track_caller]
fn results_of_quoted(lines: &str, escape: &str) -> Results {
    let folder = TempDir::new().unwrap();
    let path = folder.path().join("quoted.log");
    fs::write(&path, lines).unwrap();
    let quoting = ["--delimiter", " ", "--quote", "\"", "--quote-escape", escape];
    let models = ["--quick", "--models", "count|index|fields|extract"];
    results(&[&models[..], &["--input", path.to_str().unwrap()], &quoting].concat())
}

#[test]
fn a_log_format_brings_its_delimiter_and_quote() {
    let folder = TempDir::new().unwrap();
    let path = folder.path().join("combined.log");
    let line = "::1 - - [01/Mar/2026:10:00:00 +0000] \"GET / HTTP/1.1\" 200 5 \"-\" \"a \\\"b\"\n";
    fs::write(&path, line.repeat(200)).unwrap();
    let filters = ["--quick", "--engines", "delimark/scalar", "--models", "^fields$"];
    let input = ["--input", path.to_str().unwrap()];
    for format in [["--preset", "combined"], ["--log-format", "%h %l %u %t \"%r\" %>s %b"]] {
        let arguments = [&filters[..], &input, &format].concat();
        let output = run(folder.path(), &arguments);
        let stderr = String::from_utf8_lossy(&output.stderr);
        assert!(
            stderr.contains("fields between ' ', quoted by \", as the format has it"),
            "{stderr}"
        );
        assert!(stderr.contains("10 columns, as 200 of its first 200 lines have"), "{stderr}");
        let text = fs::read_to_string(folder.path().join("report/results.json")).unwrap();
        let results = Results::from_json(&text).unwrap();
        let facts = &results.datasets[0];
        assert_eq!(facts.log_format.as_deref(), Some(format[1]));
        assert_eq!((&*facts.delimiter, facts.quote.as_deref()), (" ", Some("\"")));
        assert_eq!(facts.quote_escape, Some(QuoteEscape::Backslash));
        assert_eq!((facts.columns, facts.traits.ragged_records), (Some(10), 0));
        let report = fs::read_to_string(folder.path().join("report/report.md")).unwrap();
        assert!(report.contains("log format"), "{report}");
    }
    let arguments = [&input[..], &["--preset", "combind"]].concat();
    check_refusal(&arguments, 2, "unknown preset 'combind' (expected one of: combined, ");
    let arguments = [&input[..], &["--preset", "combined", "--delimiter", "|"]].concat();
    check_refusal(&arguments, 2, "'--delimiter <BYTE>'");
    check_refusal(&["--preset", "combined"], 2, "--input <FILE>");
}

/// Returns the engines that have cells, and the reason of another one.
fn engines_and_reason<'a>(results: &'a Results, other: &str) -> (Vec<&'a str>, &'a str) {
    let cells = results.cells.iter().filter(|cell| cell.model == "fields");
    let skipped = |skipped: &&delimark_results::Skipped| {
        (skipped.engine.as_str(), skipped.model.as_str()) == (other, "fields")
    };
    let reason = results.skipped.iter().find(skipped).map(|skipped| skipped.reason.as_str());
    (cells.map(|cell| cell.engine.as_str()).collect(), reason.unwrap_or_default())
}

#[test]
fn a_file_with_quotes_is_measured_with_who_knows_quotes() {
    let line = "10.0.0.1 \"GET /a b\" 200 \"\" \"-\"\n";
    let results = results_of_quoted(&line.repeat(200), "none");
    let facts = &results.datasets[0];
    assert_eq!((facts.columns, facts.fields), (Some(5), 1000));
    assert_eq!((facts.quote.as_deref(), facts.traits.stray_quotes), (Some("\""), Some(0)));
    assert_eq!(facts.quote_escape, Some(QuoteEscape::None));
    let (engines, reason) = engines_and_reason(&results, "peer/split");
    for engine in ["delimark/scalar", "limit/masks-scalar", "peer/csv", "peer/csv-core"] {
        assert!(engines.contains(&engine), "{engine} is not in {engines:?}");
    }
    assert!(engines.contains(&"peer/simd-csv") && engines.contains(&"peer/regex"), "{engines:?}");
    assert!(reason.contains("it knows no quotes"), "{reason}");
    assert!(!engines.contains(&"peer/split-alloc") && !engines.contains(&"peer/memchr"));
    let extract = results.cells.iter().find(|cell| cell.engine == delimark_results::EXTRACT);
    assert_eq!(extract.map(|cell| (cell.records, cell.fields)), Some((200, 600)));
}

#[test]
fn quotes_amid_fields_are_for_nobody_else() {
    for (lines, escape, columns) in [
        ("a \"b \\\" c\" d\ne f g\n", "backslash", 3),
        ("a b\"c d\"e f\ng h i\n", "none", 3),
        ("a \"b c\nd e f\n", "none", 2),
    ] {
        let results = results_of_quoted(&lines.repeat(100), escape);
        assert_eq!(results.datasets[0].columns, Some(columns), "{lines}");
        assert_ne!(results.datasets[0].traits.stray_quotes, Some(0), "{lines}");
        let (engines, reason) = engines_and_reason(&results, "peer/csv");
        assert!(engines.contains(&"delimark/scalar"), "{lines}");
        assert!(engines.iter().all(|engine| !engine.starts_with("peer/")), "{engines:?}");
        assert!(reason.contains("quotes amid fields"), "{reason}");
    }
}

#[test]
fn names_of_files_do_nothing_to_a_terminal() {
    let folder = TempDir::new().unwrap();
    let path = folder.path().join("\u{1b}[2J\r\n.log");
    fs::write(&path, "a|b\n".repeat(100)).unwrap();
    let input = path.to_str().unwrap();
    let filters = ["--quick", "--engines", "delimark/scalar", "--models", "^fields$"];
    let output = run(folder.path(), &[&filters[..], &["--input", input]].concat());
    assert_eq!(output.status.code(), Some(0), "{output:?}");
    let absent = run(folder.path(), &["--input", &format!("{input}x")]);
    assert_eq!(absent.status.code(), Some(2), "{absent:?}");
    for bytes in [&output.stdout, &output.stderr, &absent.stderr] {
        let text = str::from_utf8(bytes).unwrap();
        assert!(!text.contains(|c: char| c.is_control() && c != '\n'), "{text:?}");
        assert!(text.contains(r"\u{1b}[2J\r\n"), "{text:?}");
    }
}

#[test]
fn filters_choose_engines_and_models() {
    let arguments = [
        "--quick",
        "--lines",
        "300",
        "--engines",
        "delimark/scalar|peer/csv$",
        "--models",
        "^fields$",
    ];
    let results = results(&arguments);
    let cells: Vec<_> =
        results.cells.iter().map(|cell| (cell.engine.as_str(), cell.model.as_str())).collect();
    assert_eq!(cells, [("delimark/scalar", "fields"), ("peer/csv", "fields")]);
}

#[test]
fn a_backend_can_be_forced() {
    let results = results(&["--quick", "--lines", "300", "--backend", "scalar"]);
    let ours = results.cells.iter().filter(|cell| cell.engine.starts_with("delimark/"));
    let (commands, libraries): (Vec<_>, Vec<_>) =
        ours.partition(|c| c.engine == delimark_results::EXTRACT);
    assert!(!libraries.is_empty() && !commands.is_empty());
    assert!(libraries.iter().all(|cell| cell.engine == "delimark/scalar"));
    assert!(commands.iter().all(|cell| cell.backend_executed.as_deref() == Some("scalar")));
}

#[test]
fn a_backend_in_the_environment_is_forced_and_an_empty_one_is_none() {
    for (value, expected) in [("scalar", 0), ("", 0), ("nonsense", 2)] {
        let folder = TempDir::new().unwrap();
        let arguments = ["--quick", "--lines", "300", "--models", "count"];
        let mut command = command(folder.path(), &arguments);
        let output = command.env("DELIMARK_BACKEND", value).output().unwrap();
        assert_eq!(output.status.code(), Some(expected), "{value:?}");
    }
}

/// Hides the best backend: AVX-512 where the CPU has it, which Valgrind hides as well.
#[test]
fn a_hidden_backend_is_no_part_of_a_run() {
    let mut backends: Vec<Backend> = Backend::available().collect();
    let hidden = backends.pop().unwrap();
    let best = backends.last().expect("every CPU that tests run on has a vector backend");
    let folder = TempDir::new().unwrap();
    let engines = ["--engines", "delimark/|limit/read|handicap/", "--counters", "simulated"];
    let arguments = [&["--quick", "--lines", "2000", "--models", "^index$"][..], &engines].concat();
    let mut command = command(folder.path(), &arguments);
    let output = command.env(HIDDEN_BACKENDS_VARIABLE, hidden.name()).output().unwrap();
    assert_eq!(output.status.code(), Some(0), "{}", String::from_utf8_lossy(&output.stderr));
    let results = Results::read(&folder.path().join("report/results.json")).unwrap();
    assert!(results.cells.iter().all(|cell| cell.engine != format!("delimark/{hidden}")));
    let handicaps =
        results.cells.iter().filter(|cell| Family::of(&cell.engine) == Family::Handicap);
    let handicaps: Vec<&Cell> = handicaps.collect();
    assert_eq!(handicaps.len(), 2);
    for cell in handicaps {
        assert_eq!(cell.backend_executed.as_deref(), Some(best.name()), "{}", cell.engine);
        let instructions = &cell.counters[name::INSTRUCTIONS];
        let source = instructions.count().map(|count| count.source.as_str());
        assert_eq!(source, Some(source::CALLGRIND), "{}: {instructions:?}", cell.engine);
    }
}

#[test]
fn what_cannot_be_measured_is_refused() {
    let folder = TempDir::new().unwrap();
    let empty = folder.path().join("empty.log");
    fs::write(&empty, "").unwrap();
    check_refusal(&["--input", empty.to_str().unwrap()], 2, "empty: there is nothing to measure");
    check_refusal(&["--input", folder.path().to_str().unwrap()], 2, "is a directory");
    check_refusal(&["--input", "missing.log"], 2, "missing.log cannot be opened");
    check_refusal(&["--lines", "9", "--engines", "nonsense"], 2, "no engine matches 'nonsense'");
    check_refusal(
        &["--models", "nonsense"],
        2,
        "no model matches 'nonsense' (expected one of: count,",
    );
    check_refusal(&["--backend", "nonsense"], 2, "unknown backend 'nonsense'");
    check_refusal(&["--engines", "("], 2, "unclosed group");
    check_refusal(&["--lines", "0"], 2, "0 is not in 1..");
    check_refusal(&["--quote", "\""], 2, "--input <FILE>");
    let input = ["--input", "missing.log"];
    check_refusal(&[&input[..], &["--quote-escape", "none"]].concat(), 2, "--quote <BYTE>");
    let refused = ["--quote", "|"];
    check_refusal(&[&input[..], &refused].concat(), 2, "'|' is the delimiter and cannot be");
    let refused = ["--quote", "'", "--quote-escape", "doubled"];
    check_refusal(&[&input[..], &refused].concat(), 2, "unknown escape 'doubled'");
}

#[test]
fn a_long_line_is_refused_with_its_place() {
    let folder = TempDir::new().unwrap();
    let path = folder.path().join("long.log");
    let mut text = b"a|b\n".to_vec();
    text.resize(17 << 20, b'x');
    fs::write(&path, text).unwrap();
    check_refusal(&["--input", path.to_str().unwrap()], 2, "line 2 at byte 4 has 17825788 bytes");
}
