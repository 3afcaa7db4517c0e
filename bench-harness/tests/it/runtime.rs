//! Runners that die, hang, talk nonsense or refuse, each told apart; and the real ones.

use std::path::Path;
use std::process::Command;
use std::thread;
use std::time::{Duration, Instant};

use delimark_harness::runtime::{
    Fault, Launch, Missing, Module, RunnerError, RunnerProcess, Tiers,
};
use delimark_runner::case::{Request, frame};
use delimark_runner::model::{Answer, Model};

/// A runner that is a shell's command.
fn runner(script: &str) -> RunnerProcess {
    RunnerProcess::new("fake", Path::new("/bin/sh"), &["-c", script])
        .with_time_limit(Duration::from_secs(20))
}

fn verify(runner: &mut RunnerProcess) -> Result<String, RunnerError> {
    runner.verify(&frame(&Request::new(b'|'), b"a|b\n"))
}

#[test]
fn a_death_is_told_with_status_and_last_words() {
    let mut runner = runner("read line; echo 'no more  memory' >&2; exit 3");
    let error = verify(&mut runner).unwrap_err();
    assert!(matches!(error.fault(), Fault::Died { .. }), "{error:?}");
    let expected = "fake died on 'verify' (exit status: 3), saying: no more memory";
    assert_eq!(error.to_string(), expected);
}

#[test]
fn a_death_by_signal_or_in_the_middle_of_a_line_is_a_death() {
    let error = verify(&mut runner("read line; kill -9 $$")).unwrap_err().to_string();
    assert!(error.contains("(signal: 9 (SIGKILL)) without a word"), "{error}");
    let error = verify(&mut runner("read line; printf '{\"groups\"'")).unwrap_err();
    assert!(matches!(error.fault(), Fault::Died { .. }), "{error:?}");
}

#[test]
fn a_hang_ends_with_its_time_limit_even_where_nothing_is_read() {
    let mut runner = runner("exec sleep 60").with_time_limit(Duration::from_millis(200));
    let start = Instant::now();
    let error = runner.verify(&vec![b'x'; 8 << 20]).unwrap_err();
    assert!(start.elapsed() < Duration::from_secs(30));
    assert_eq!(error.to_string(), "fake hangs: no answer to 'verify' within 0.2 s");
}

#[test]
fn what_a_runner_has_started_ends_with_it() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("outlived");
    let script = format!("(sleep 1; touch '{}') & read line; wait", file.display());
    let mut runner = runner(&script).with_time_limit(Duration::from_millis(200));
    let error = verify(&mut runner).unwrap_err();
    assert!(matches!(error.fault(), Fault::Hung(_)), "{error:?}");
    drop(runner);
    thread::sleep(Duration::from_millis(1500));
    assert!(!file.exists(), "somebody went on");
}

#[test]
fn garbage_is_quoted() {
    let error = verify(&mut runner("read line; echo 'what?'")).unwrap_err();
    assert!(matches!(error.fault(), Fault::Garbled(_)), "{error:?}");
    let expected = "fake answered 'verify' with \"what?\", which is no answer to it";
    assert_eq!(error.to_string(), expected);
    let nonsense = "while read line; do echo 'ok perhaps'; done";
    let dialect = delimark::Dialect::new(b'|').unwrap();
    let errors = [
        runner(nonsense).load(Path::new("any")).unwrap_err(),
        runner(nonsense).set_dialect(&dialect).unwrap_err(),
        runner(nonsense).run(Model::Count, &[]).unwrap_err(),
        runner(nonsense).about().unwrap_err(),
        runner("read line; printf '\\377\\n'").about().unwrap_err(),
    ];
    for error in errors {
        assert!(matches!(error.fault(), Fault::Garbled(_)), "{error:?}");
    }
}

#[test]
fn a_runner_that_talks_unasked_is_an_error() {
    let mut runner = runner("while read line; do echo '{}'; echo '{\"more\":1}'; done");
    assert_eq!(verify(&mut runner).unwrap(), "{}");
    let start = Instant::now();
    // The second line may take a moment to arrive; then it is in the way of the next request.
    let error = loop {
        match verify(&mut runner) {
            Err(error) => break error,
            Ok(_) => assert!(start.elapsed() < Duration::from_secs(20), "it was believed"),
        }
    };
    assert!(matches!(error.fault(), Fault::Garbled(_)), "{error:?}");
}

#[test]
fn a_refusal_is_handed_on_and_the_runner_lives() {
    let mut runner = runner("while read line; do echo \"error no: $$\"; done");
    let mut refusal = || {
        let error = runner.run(Model::Count, &[]).unwrap_err();
        assert!(matches!(error.fault(), Fault::Refused(_)), "{error:?}");
        error.to_string()
    };
    let first = refusal();
    assert!(first.starts_with("fake refused 'run': no: "), "{first}");
    assert_eq!(first, refusal(), "the same process");
}

#[test]
fn a_dead_runner_is_started_again() {
    let mut runner = runner("read line; echo '{}'");
    assert_eq!(verify(&mut runner).unwrap(), "{}");
    assert!(matches!(verify(&mut runner).unwrap_err().fault(), Fault::Died { .. }));
    assert_eq!(verify(&mut runner).unwrap(), "{}");
}

#[test]
fn what_cannot_be_started_says_so() {
    let mut runner = RunnerProcess::new("fake", Path::new("/no/such/program"), &[]);
    let error = verify(&mut runner).unwrap_err();
    assert!(matches!(error.fault(), Fault::NotStarted(_)), "{error:?}");
    assert_eq!(error.to_string(), "fake could not be started");
}

#[test]
fn the_protocol_is_spoken_as_agreed() {
    let folder = tempfile::tempdir().unwrap();
    let diary = folder.path().join("diary");
    let script = format!(
        "while read line; do echo \"$line\" >>{}; case $line in \
         about) echo '{{\"engine\":\"x\"}}';; load*) echo ok 4;; dialect*) echo ok;; \
         run*) echo ok 70 1 2 ff;; esac; done",
        diary.display()
    );
    let mut runner = runner(&script);
    assert_eq!(runner.about().unwrap().engine, "x");
    assert_eq!(runner.load(Path::new("/some/file")).unwrap(), 4);
    let dialect = delimark::Dialect::new(b'|').unwrap().with_columns(12).unwrap();
    runner.set_dialect(&dialect).unwrap();
    let quoted = dialect.with_quote(b'"', delimark::QuoteEscape::Backslash).unwrap();
    runner.set_dialect(&quoted).unwrap();
    let pass = runner.run(Model::Project, &[0, 5]).unwrap();
    assert_eq!(pass.duration, Duration::from_nanos(70));
    assert_eq!(pass.answer, Answer::Records { records: 1, fields: 2, checksum: 255 });
    runner.run(Model::Count, &[]).unwrap();
    let expected = "about\nload /some/file\ndialect 124 12 error auto 16777216\n\
                    dialect 124 12 error auto 16777216 34 backslash\nrun project 0,5\nrun count\n";
    assert_eq!(std::fs::read_to_string(diary).unwrap(), expected);
}

/// The runners of WebAssembly; `scripts/test` sets up what they need.
fn webassembly() -> Vec<RunnerProcess> {
    let of_runtime =
        |launch: Launch| Module::ALL.map(|module| expect(launch.runner(module, Tiers::Optimising)));
    Launch::ALL.into_iter().flat_map(of_runtime).collect()
}

#[track_caller]
fn expect(runner: Result<RunnerProcess, Missing>) -> RunnerProcess {
    runner.unwrap_or_else(|missing| panic!("this test cannot be made here: {missing}"))
}

#[test]
fn every_webassembly_engine_answers_a_case_as_this_process_does() {
    let ragged = Request { columns: Some(2), ..Request::new(b'|') };
    let refused = Request { columns: Some(0), ..Request::new(b'|') };
    let quoted = Request { quote: Some(b'g'), ..ragged };
    for mut runner in webassembly() {
        let (backend, _) = runner.name().split_once('@').unwrap();
        let backend = backend.to_owned();
        assert_eq!(runner.about().unwrap().backend.as_ref(), Some(&backend));
        for request in [&ragged, &refused, &quoted] {
            let frame = frame(request, b"a|b\r\n\xff|\0\nlonger|line|here\n");
            let here = delimark_runner::respond(delimark::Backend::Scalar, &frame);
            let here =
                here.replace("\"backend\":\"scalar\"", &format!("\"backend\":\"{backend}\""));
            assert_eq!(runner.verify(&frame).unwrap(), here, "{}", runner.name());
        }
    }
}

#[test]
fn a_trap_is_told_and_the_next_case_is_answered() {
    for mut runner in webassembly() {
        let error = runner.verify(b"this is no frame").unwrap_err().to_string();
        assert!(error.contains("the module trapped"), "{error}");
        assert!(error.contains("the harness writes frames as agreed"), "{error}");
        assert!(verify(&mut runner).unwrap().contains("[\"a\",\"b\"]"));
    }
}

#[test]
fn what_a_module_cannot_take_is_refused_with_the_reason() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("huge.log");
    // Sparse: it takes no room.
    std::fs::File::create(&path).unwrap().set_len(1 << 31).unwrap();
    let node = which::which("node").expect("this test cannot be made without Node");
    let script = concat!(env!("CARGO_MANIFEST_DIR"), "/engines/peers/javascript/split.mjs");
    let js_split = RunnerProcess::new("js-split@node", &node, &[script]);
    for mut runner in webassembly().into_iter().chain([js_split]) {
        let name = runner.name().to_owned();
        let error = runner.load(&path).unwrap_err();
        assert!(matches!(error.fault(), Fault::Refused(_)), "{name}: {error}");
        assert!(error.to_string().contains("2147483648 bytes are more than"), "{error}");
        let error = runner.load(Path::new("/no/such/file")).unwrap_err().to_string();
        assert!(error.contains("/no/such/file"), "{error}");
        assert!(runner.run(Model::FileMap, &[]).is_err(), "{name}");
    }
}

/// Returns the runtimes whose flags are arguments or variables, as said.
fn launches(names: &[&str]) -> Vec<Launch> {
    Launch::ALL.into_iter().filter(|launch| names.contains(&launch.runtime.name)).collect()
}

#[test]
fn flags_have_v8_compile_all_of_a_module_before_the_first_call() {
    for launch in launches(&["node", "deno"]) {
        let compile_ns = |tiers| {
            let mut runner = expect(launch.runner(Module::Simd128, tiers));
            runner.about().unwrap().compile_ns.unwrap()
        };
        let [by_default, with_flags] = [Tiers::Default, Tiers::Optimising].map(compile_ns);
        // It was 30 to 120 times as long.
        assert!(with_flags > 5 * by_default, "{with_flags} ns with flags, {by_default} without");
    }
}

#[test]
fn flags_are_taken_by_javascriptcore() {
    for launch in launches(&["bun"]) {
        let flags = launch.tier_variables();
        assert!(!flags.is_empty());
        let told = |more: (&str, &str)| {
            let mut bun = Command::new(launch.find().unwrap());
            let output = bun.args(["-e", "0"]).envs(flags.iter().copied()).envs([more]).output();
            let output = output.unwrap();
            String::from_utf8([output.stdout, output.stderr].concat()).unwrap()
        };
        let options = told(("BUN_JSC_dumpOptions", "1"));
        for (name, value) in flags {
            let option = format!(" {}={value} ", name.strip_prefix("BUN_JSC_").unwrap());
            assert!(options.contains(&option), "no {option} in {options}");
        }
        let refusal = told(("BUN_JSC_noSuchOption", "1"));
        assert!(refusal.contains("invalid JSC environment variable"), "{refusal}");
    }
}

#[test]
fn every_webassembly_engine_says_which_one_it_really_is() {
    let expected = ["Node ", "Deno ", "Bun ", "SpiderMonkey ", "wasmtime ", "wasmi "];
    for (launch, name) in Launch::ALL.into_iter().zip(expected) {
        let mut runner = expect(launch.runner(Module::Scalar, Tiers::Default));
        let engine = runner.about().unwrap().engine;
        assert!(engine.starts_with(name), "{} says {engine}", launch.runtime.name);
    }
}
