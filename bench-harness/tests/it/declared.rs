//! `delimark-bench run` with engines that are declared in files: those that are right, lie, die,
//! hang, talk nonsense or are missing; this project's own declarations; and the page about them.

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::time::{Duration, Instant};
use std::{fs, thread};

use delimark_harness::engine::{self, Definition};
use delimark_results::{Results, Skipped};
use delimark_runner::model::Model;
use tempfile::TempDir;

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("the crate is a folder of the workspace")
}

/// A folder with two lines to measure on, and declarations.
struct Stage {
    folder: TempDir,
}

impl Stage {
    fn new() -> Self {
        let folder = TempDir::new().unwrap();
        fs::write(folder.path().join("two.log"), "a|b\nc|d\n").unwrap();
        fs::create_dir(folder.path().join("engines")).unwrap();
        Self { folder }
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// Declares `peer/NAME@test`, with these lines for what differs.
    fn declare(&self, name: &str, lines: &str) -> &Self {
        let does = "[does]\ncopies = 'much'\ndecodes_utf8 = 'no'\nthreads = 1\nquoting = 'none'\n\
                    consumer = 'timed'\nnotes = 'It is made up.'\n";
        let text = format!(
            "name = '{name}@test'\nabout = 'a shell'\ninstall = 'buy a {name}'\n{lines}\n{does}"
        );
        fs::write(self.path("engines").join(format!("{name}.toml")), text).unwrap();
        self
    }

    /// Declares an engine that is a shell's script, which answers `run` with these commands.
    fn declare_runner(&self, name: &str, run: &str) -> &Self {
        let script = format!(
            "while read -r line; do case $line in about) echo '{{\"engine\":\"a shell\"}}';; \
             load*) echo ok 8;; dialect*) echo ok;; {run} esac; done\n"
        );
        fs::write(self.path(&format!("engines/{name}.sh")), script).unwrap();
        let lines = format!(
            "version = 'echo 1.0'\nrun = 'sh {{here}}/{name}.sh'\n\
             models = ['count', 'project']\ntime_limit_seconds = 2"
        );
        self.declare(name, &lines)
    }

    fn output(&self, arguments: &[&str]) -> Output {
        self.command(arguments).output().unwrap()
    }

    /// Runs outside of the checkout, so that no other declarations are there.
    fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_delimark-bench"));
        command
            .args(["run", "--quick", "--counters", "none", "--input", "two.log"])
            .args(["--engine-dir", "engines", "--output", "report"])
            .args(arguments)
            .current_dir(self.folder.path())
            .env_remove("DELIMARK_BACKEND");
        command
    }

    #[track_caller]
    fn results(&self, engines: &str) -> Results {
        let models = "count|project|extract";
        let output = self.output(&["--engines", engines, "--models", models]);
        let stderr = String::from_utf8_lossy(&output.stderr);
        assert_eq!(output.status.code(), Some(0), "{stderr}");
        let results = Results::read(&self.path("report/results.json")).unwrap();
        let report = fs::read_to_string(self.path("report/report.md")).unwrap();
        for Skipped { engine, model, reason, .. } in of_test(&results) {
            assert!(stderr.contains(engine.as_str()), "{engine} is not told: {stderr}");
            let is_it = |line: &&str| {
                let mut entries = line.split(" | ");
                let has = |entry: Option<&str>, what: &str| entry.is_some_and(|e| e.contains(what));
                has(entries.next(), engine)
                    && has(entries.next(), model)
                    && line.ends_with(&format!("| {reason} |"))
            };
            let row = report.lines().find(is_it);
            assert!(
                row.is_some(),
                "{engine} {model} is left out ({reason}), and not in the report"
            );
        }
        check_each_has_a_cell_or_a_reason(&results, &["count", "project", "extract"]);
        results
    }
}

/// Checks that a run gives a cell or a reason to every pair of an engine in it and a model that was
/// asked for.
#[track_caller]
fn check_each_has_a_cell_or_a_reason(results: &Results, models: &[&str]) {
    let cells = results.cells.iter().map(|cell| (cell.engine.as_str(), cell.model.as_str()));
    let skipped = results.skipped.iter().map(|s| (s.engine.as_str(), s.model.as_str()));
    let mut said: Vec<(&str, &str)> = cells.chain(skipped).collect();
    said.sort_unstable();
    let engines: BTreeSet<&str> = said.iter().map(|(engine, _)| *engine).collect();
    let mut pairs: Vec<(&str, &str)> = engines
        .into_iter()
        .flat_map(|engine| models.iter().map(move |model| (engine, *model)))
        .collect();
    pairs.sort_unstable();
    assert_eq!(said, pairs);
}

/// Returns what an engine of the tests was to do and did not; what it is not declared for stands
/// aside.
fn of_test(results: &Results) -> impl Iterator<Item = &Skipped> {
    let is_unsupported = |reason: &str| {
        reason.starts_with("it is declared for ") || reason.starts_with("a whole command takes ")
    };
    results.skipped.iter().filter(move |skipped| {
        skipped.engine.ends_with("@test") && !is_unsupported(&skipped.reason)
    })
}

/// Returns the cells of declared engines.
fn cells(results: &Results) -> Vec<(&str, &str)> {
    let cells = results.cells.iter().filter(|cell| cell.engine.ends_with("@test"));
    cells.map(|cell| (cell.engine.as_str(), cell.model.as_str())).collect()
}

#[track_caller]
fn check_skipped(results: &Results, expected: &[(&str, &str)]) {
    let skipped: Vec<_> = of_test(results).map(|s| (s.model.as_str(), s.reason.as_str())).collect();
    assert_eq!(skipped.len(), expected.len(), "{skipped:?}");
    for ((model, reason), (expected_model, expected_reason)) in skipped.iter().zip(expected) {
        assert_eq!(model, expected_model, "{reason}");
        assert!(reason.contains(expected_reason), "{reason}");
    }
}

const COUNT: &str = "run\\ count) echo ok 70 2 4 0;;";
const PROJECT: &str = "run\\ project*) echo ok 90 2 4 b16;;";

#[test]
fn an_engine_that_answers_right_is_measured_by_its_own_clock() {
    let stage = Stage::new();
    stage.declare_runner("honest", &format!("{COUNT} {PROJECT}"));
    let results = stage.results("delimark/scalar|honest");
    assert_eq!(cells(&results), [("peer/honest@test", "count"), ("peer/honest@test", "project")]);
    let cell = results.cells.iter().find(|cell| cell.engine == "peer/honest@test").unwrap();
    assert!(cell.samples_ns.iter().all(|&ns| ns == 70), "{:?}", cell.samples_ns);
    let not_declared = results.skipped.iter().find(|s| s.engine == "peer/honest@test").unwrap();
    assert_eq!(not_declared.model, "extract");
    assert_eq!(not_declared.reason, "it is declared for count, project, and for nothing else");
    let [declared] = results.declared.as_slice() else { panic!("{:?}", results.declared) };
    assert_eq!((declared.engine.as_str(), declared.version.as_str()), ("peer/honest@test", "1.0"));
    assert_eq!(declared.does.copies, "much");
    let report = fs::read_to_string(stage.path("report/report.md")).unwrap();
    assert!(report.contains("| peer/honest@test | a shell (1.0) | much | no | 1 | none | timed |"));
}

#[test]
fn a_lie_disqualifies_its_cell_and_nothing_else() {
    let stage = Stage::new();
    let late = "run\\ project*) runs=x$runs; [ ${#runs} -lt 4 ] && echo ok 90 2 4 b16 || \
                echo ok 90 2 4 b17;;";
    stage.declare_runner("liar", &format!("run\\ count) echo ok 1 2 5 0;; {PROJECT}"));
    stage.declare_runner("late-liar", &format!("{COUNT} {late}"));
    let results = stage.results("delimark/scalar|liar");
    assert_eq!(cells(&results), [("peer/late-liar@test", "count"), ("peer/liar@test", "project")]);
    let reason = "disqualified: it answered 2 records, 4 fields, checksum 0000000000000b17; right \
                  is 2 records, 4 fields, checksum 0000000000000b16";
    check_skipped(&results, &[("project", reason), ("count", "2 records, 5 fields")]);
}

#[test]
fn a_pass_that_cannot_have_taken_so_long_disqualifies_its_cell() {
    let stage = Stage::new();
    stage.declare_runner("slow", &format!("run\\ count) echo ok 9000000000000 2 4 0;; {PROJECT}"));
    let results = stage.results("delimark/scalar|slow");
    assert_eq!(cells(&results), [("peer/slow@test", "project")]);
    let reason = "disqualified: by its own clock a pass took 9000000.0 ms, but the answer was here \
                  within ";
    check_skipped(&results, &[("count", reason)]);
}

#[test]
fn an_engine_that_breaks_down_is_left_out_with_the_reason() {
    let died = "it failed on count: peer/it@test died on 'run' (exit status: 3), saying: oh";
    for (run, reason) in [
        ("run*) echo oh >&2; exit 3;;", died),
        ("run*) echo perhaps;;", "answered 'run' with \"perhaps\", which is no answer to it"),
        ("run*) sleep 60;;", "hangs: no answer to 'run' within 2 s"),
    ] {
        let stage = Stage::new();
        stage.declare_runner("it", run);
        let output = stage.output(&["--engines", "delimark/scalar|it@", "--models", "count"]);
        assert_eq!(output.status.code(), Some(0));
        let results = Results::read(&stage.path("report/results.json")).unwrap();
        check_skipped(&results, &[("count", reason)]);
        assert!(results.cells.iter().any(|cell| cell.engine == "delimark/scalar"));
    }
}

#[test]
fn a_refusal_takes_the_cell_and_leaves_the_engine() {
    let stage = Stage::new();
    stage.declare_runner("picky", &format!("run\\ count) echo error not today;; {PROJECT}"));
    let results = stage.results("delimark/scalar|picky");
    assert_eq!(cells(&results), [("peer/picky@test", "project")]);
    check_skipped(&results, &[("count", "refused 'run': not today")]);
}

#[test]
fn what_is_missing_is_told_with_what_to_do() {
    let run = "run = 'sh'\nmodels = ['count']";
    for (version, reason) in [
        ("version = 'no-such-program'", "there is no program 'no-such-program'; buy a it"),
        ("version = 'sh -c \"exit 4\"'", "'sh -c …' failed (exit status: 4): without a word; buy"),
        ("version = 'true'", "'true' says no version; buy a it"),
        (
            "version = 'echo 1'\nbuild = 'sh -c \"echo no >&2; exit 1\"'",
            "'sh -c …' failed (exit status: 1): no; buy a it",
        ),
    ] {
        let stage = Stage::new();
        stage.declare("it", &format!("{version}\n{run}"));
        let results = stage.results("delimark/scalar|it@");
        check_skipped(&results, &[("count", reason)]);
        assert!(results.declared.is_empty());
    }
}

#[test]
fn data_that_an_engine_cannot_do_right_is_refused_for_it() {
    let stage = Stage::new();
    fs::write(stage.path("two.log"), "a|b\nc\n").unwrap();
    stage.declare(
        "table",
        "version = 'echo 1'\ncommand = 'cat'\n[refuses]\nragged = 'it is square'",
    );
    let results = stage.results("delimark/scalar|table");
    check_skipped(&results, &[("extract", "it is square")]);
}

#[test]
fn quotes_are_for_engines_that_take_them() {
    let stage = Stage::new();
    fs::write(stage.path("two.log"), "a \"b c\" d\ne \"f g\" h\n").unwrap();
    let command = |words: &str| format!("version = 'echo 1'\ncommand = {words}");
    stage
        .declare("knows", &command("'sed s/{quote}//g {path}'"))
        .declare("cut", &command("'cut -d {delimiter} -f {fields} {path}'"))
        .declare_runner("right", "run?count) echo ok 1 2 6 0;; run*) echo error no;;")
        .declare_runner("never", "run*) echo ok 1 2 6 0;;");
    let script = stage.path("engines/never.sh");
    let text = fs::read_to_string(&script).unwrap();
    let refusing = "dialect*34?none) echo 'error it knows no quotes';; dialect*) echo ok;;";
    fs::write(script, text.replace("dialect*) echo ok;;", refusing)).unwrap();
    let quoting = ["--delimiter", " ", "--quote", "\"", "--models", "count|extract"];
    let output = stage.output(&[&quoting[..], &["--engines", "delimark/scalar|@test"]].concat());
    let stderr = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(0), "{stderr}");
    let results = Results::read(&stage.path("report/results.json")).unwrap();
    assert_eq!(cells(&results), [("peer/right@test", "count"), ("peer/knows@test", "extract")]);
    check_skipped(
        &results,
        &[
            ("extract", "fields of the data are quoted, and it knows no quotes"),
            ("count", "peer/never@test refused 'dialect': it knows no quotes"),
        ],
    );
    let is_unsupported =
        |skipped: &&Skipped| skipped.kind == Some(delimark_results::SkipKind::Unsupported);
    assert!(of_test(&results).all(|skipped| is_unsupported(&skipped)));
}

#[test]
fn whole_commands_are_timed_and_their_output_is_looked_at() {
    let stage = Stage::new();
    let command =
        |words: &str| format!("version = 'echo 1'\ntime_limit_seconds = 2\ncommand = {words}");
    stage
        .declare("cut", &command("'cut -d {delimiter} -f {fields} {path}'"))
        .declare("fails", &command("'sh -c \"echo oh >&2; exit 3\"'"))
        .declare("hangs", &command("'sleep 60'"))
        .declare("lies", &command("'echo a|b'"));
    let results = stage.results("extract@|@test");
    assert_eq!(cells(&results), [("peer/cut@test", "extract")]);
    let cell = |engine| results.cells.iter().find(|cell| cell.engine == engine).unwrap();
    let (ours, cut) = (cell("delimark/extract@command"), cell("peer/cut@test"));
    assert_eq!(ours.answer, cut.answer);
    assert!(ours.backend_executed.is_some());
    let least_ns = 100_000;
    assert!(cut.samples_ns.iter().all(|&ns| ns > least_ns), "no process starts in no time");
    check_skipped(
        &results,
        &[
            ("extract", "it ended with exit status: 3, saying: oh"),
            ("extract", "no end within 2 s"),
            ("extract", "disqualified: it answered 1 records, 2 fields"),
        ],
    );
}

#[test]
fn nothing_but_wrong_answers_is_an_error_that_says_so() {
    let stage = Stage::new();
    stage.declare_runner("liar", "run*) echo ok 1 2 5 0;;");
    let output = stage.output(&["--engines", "liar", "--models", "count"]);
    let stderr = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(2), "{stderr}");
    assert!(stderr.contains("nothing was measured: peer/liar@test count was left out"), "{stderr}");
    assert!(!stage.path("report").exists());
}

/// Interrupts a run as a terminal's Ctrl-C does.
#[cfg(unix)]
#[test]
fn an_interrupted_run_leaves_neither_folder_nor_engine_behind() {
    let stage = Stage::new();
    let began = stage.path("began");
    stage.declare_runner("slow", &format!("run*) echo $$ >'{}'; sleep 60;;", began.display()));
    let mut command = stage.command(&["--engines", "slow", "--models", "count"]);
    let mut run = command.stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
    let engine = loop {
        match fs::read_to_string(&began) {
            Ok(number) if number.ends_with('\n') => break number,
            _ => thread::sleep(Duration::from_millis(20)),
        }
        assert_eq!(run.try_wait().unwrap(), None, "it ended by itself");
    };
    let kill = |arguments: &[&str]| Command::new("kill").args(arguments).output().unwrap().status;
    assert!(kill(&["-INT", &run.id().to_string()]).success());
    assert_eq!(run.wait().unwrap().code(), Some(130));
    assert!(!stage.path("report").exists());
    // Whoever has no parent left is waited for by the system, in its own time.
    let end = Instant::now() + Duration::from_secs(20);
    while kill(&["-0", engine.trim()]).success() {
        assert!(Instant::now() < end, "the engine goes on");
        thread::sleep(Duration::from_millis(20));
    }
}

#[test]
fn a_declaration_that_is_none_stops_the_run_before_it_begins() {
    let stage = Stage::new();
    stage.declare("it", "version = 'echo 1'\nrun = 'sh'\nmodels = ['guess']");
    let output = stage.output(&[]);
    let stderr = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(2), "{stderr}");
    assert!(stderr.contains("it.toml declares no engine"), "{stderr}");
    assert!(stderr.contains("there is no model 'guess' for a library"), "{stderr}");
    fs::remove_file(stage.path("engines/it.toml")).unwrap();
    let stderr = stage.output(&[]).stderr;
    assert!(String::from_utf8_lossy(&stderr).contains("engines has no .toml file"));
}

/// Checks that the tools of `scripts/setup` are enough for these.
#[test]
fn the_declarations_of_this_project_answer_right() {
    let stage = Stage::new();
    let log = stage.path("some.log");
    let generated = Command::new(env!("CARGO_BIN_EXE_delimark-bench"))
        .args(["generate", "--shape", "nginx12", "--lines", "300", "--output"])
        .arg(&log)
        .output()
        .unwrap();
    assert!(generated.status.success());
    let names = ["split@go", "scanner@go", "index-byte@go", "split@python", "csv@python"];
    let engines = format!("peer/({}|js-split@node)$|(extract|cut|mawk)@command", names.join("|"));
    let output = Command::new(env!("CARGO_BIN_EXE_delimark-bench"))
        .args(["run", "--quick", "--counters", "none", "--engines", &engines, "--input"])
        .arg(&log)
        .arg("--output")
        .arg(stage.path("report"))
        .current_dir(root())
        .env_remove("DELIMARK_BACKEND")
        .output()
        .unwrap();
    let stderr = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(0), "{stderr}");
    assert!(!stderr.contains("without "), "an engine is missing: {stderr}");
    let results = Results::read(&stage.path("report/results.json")).unwrap();
    assert_eq!(results.cells.len(), 6 * 4 + 3, "{stderr}");
    check_each_has_a_cell_or_a_reason(&results, &Model::ALL.map(Model::name));
    assert_eq!(results.declared.len(), 6 + 2);
}

#[test]
fn the_page_about_the_peers_says_what_they_declare() {
    let definitions = engine::definitions(&[]).unwrap();
    let names = |definitions: &[Definition]| -> Vec<String> {
        definitions.iter().map(|definition| definition.name.clone()).collect()
    };
    assert_eq!(names(&engine::embedded_definitions()), names(&definitions));
    let mut table =
        "| engine | what it is | models | copies | UTF-8 | threads | quotes | consumer \
                     | notes |\n| --- | --- | --- | --- | --- | --- | --- | --- | --- |\n"
            .to_owned();
    for definition in &definitions {
        let does = &definition.does;
        let models: Vec<&str> = definition.models.iter().copied().map(Model::name).collect();
        let (name, about, models) = (&definition.name, &definition.about, models.join(", "));
        writeln!(
            table,
            "| `{name}` | {about} | {models} | {} | {} | {} | {} | {} | {} |",
            does.copies, does.decodes_utf8, does.threads, does.quoting, does.consumer, does.notes
        )
        .unwrap();
    }
    let page = fs::read_to_string(root().join("bench-harness/METHODOLOGY.md")).unwrap();
    let (_, rest) = page.split_once("<!-- declared -->\n").expect("the table begins");
    let (shown, _) = rest.split_once("<!-- /declared -->").expect("the table ends");
    assert!(shown == table, "METHODOLOGY.md should have between its markers:\n{table}");
    for name in engine::peer_names() {
        assert!(page.contains(&format!("| `{name}` |")), "{name} is not in METHODOLOGY.md");
    }
}
