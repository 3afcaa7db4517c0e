//! Answers of this project's own backends that cannot be trusted, put to the judge by a runner that
//! is a shell's command.

use std::path::Path;
use std::time::Duration;

use delimark::Backend;
use delimark_conformance::{
    Case, FailedVariants, Failure, FailureKind, Observer, ProcessBackend, Runner, Suite, Verdict,
};
use delimark_harness::runtime::RunnerProcess;

/// Watches nothing.
pub(super) struct Nobody;

impl Observer for Nobody {
    fn column(&self, _name: &str) {}
    fn case_done(&self) {}
}

/// The facts of the case `y_crlf`.
const RIGHT: &str = concat!(
    r#""records":[["a","b"]],"lines":[1],"offsets":[0],"ragged":[],"#,
    r#""counts":{"records":1,"fields":2}"#
);

/// Judges a runner that answers every case with this; `#` stands for [`RIGHT`].
fn judge(id: &str, answer: &str) -> Verdict {
    let answer = answer.replace('#', RIGHT);
    let script =
        format!("while read -r verb count; do head -c $count >/dev/null; echo '{answer}'; done");
    run(id, &script).remove(0)
}

fn run(ids: &str, script: &str) -> Vec<Verdict> {
    let suite = Suite::load(&super::vectors()).unwrap();
    let wanted = |case: &&Case| ids.split(' ').any(|id| id == case.id);
    let cases: Vec<&Case> = suite.cases.iter().filter(wanted).collect();
    let runner = RunnerProcess::new("scalar@fake", Path::new("/bin/sh"), &["-c", script]);
    let runner = runner.with_time_limit(Duration::from_secs(60));
    ProcessBackend::new(Backend::Scalar, runner).run(&cases, &Nobody)
}

#[track_caller]
fn failure(verdict: Verdict) -> Failure {
    match verdict {
        Verdict::Failed(failure) => failure,
        other => panic!("{other:?}"),
    }
}

const GROUP: &str = r#"{"first":"slice","count":60,"outcome":{#,"inconsistencies":[]}}"#;

#[test]
fn the_right_answer_passes() {
    let answer = format!(r#"{{"backend":"scalar","groups":[{GROUP}]}}"#);
    assert_eq!(judge("y_crlf", &answer), Verdict::Passed);
}

#[test]
fn the_wrong_backend_is_no_answer() {
    let answer = format!(r#"{{"backend":"avx2","groups":[{GROUP}]}}"#);
    let failure = failure(judge("y_crlf", &answer));
    assert_eq!(failure.kind, FailureKind::Garbage);
    assert_eq!(failure.message.as_deref(), Some("avx2 answered instead of scalar"));
}

#[test]
fn every_variant_has_to_run() {
    for groups in ["", &GROUP.replace("60", "59"), &format!("{GROUP},{GROUP}")] {
        let failure =
            failure(judge("y_crlf", &format!(r#"{{"backend":"scalar","groups":[{groups}]}}"#)));
        assert_eq!(failure.kind, FailureKind::Garbage, "{groups}");
    }
}

#[test]
fn the_variants_that_fail_are_counted_and_the_first_is_named() {
    let good = GROUP.replace("60", "58");
    let wrong = r#""records":[["a"]],"lines":[1],"offsets":[0],"ragged":[]"#;
    let bad = GROUP.replace("60", "2").replace("slice", "read").replace('#', wrong);
    let answer = format!(r#"{{"backend":"scalar","groups":[{good},{bad}]}}"#);
    let failure = failure(judge("y_crlf", &answer));
    assert_eq!(failure.kind, FailureKind::WrongRecords);
    let variants = FailedVariants { failed: 2, all: 60, first: "read".to_owned() };
    assert_eq!(failure.variants, Some(variants));
    let parts: Vec<&str> = failure.differences.iter().map(|each| each.part.as_str()).collect();
    assert_eq!(parts, ["record 1", "counts"]);
}

#[test]
fn nothing_may_be_left_out_and_nothing_may_disagree() {
    let without = GROUP.replace('#', r#""records":[["a","b"]],"lines":[1],"offsets":[0]"#);
    let answer = format!(r#"{{"backend":"scalar","groups":[{without}]}}"#);
    let failure_without = failure(judge("y_crlf", &answer));
    assert_eq!(failure_without.kind, FailureKind::WrongFacts);

    let odd = GROUP.replace(r#""inconsistencies":[]"#, r#""inconsistencies":["len() is off"]"#);
    let answer = format!(r#"{{"backend":"scalar","groups":[{odd}]}}"#);
    let failure_odd = failure(judge("y_crlf", &answer));
    assert_eq!(failure_odd.kind, FailureKind::Inconsistent);
    assert_eq!(failure_odd.message.as_deref(), Some("len() is off"));
}

#[test]
fn a_free_case_may_be_answered_in_any_one_way() {
    let one = format!(r#"{{"backend":"scalar","groups":[{GROUP}]}}"#);
    let id = "i_line_limit_1073741825";
    assert_eq!(judge(id, &one), Verdict::Noted(r#"accepts: [["a", "b"]]"#.to_owned()));
    let half = GROUP.replace("60", "30");
    let other = half.replace('#', r#""records":[],"error":{"kind":"dialect","reason":"too much"}"#);
    let two = format!(r#"{{"backend":"scalar","groups":[{half},{other}]}}"#);
    assert_eq!(failure(judge(id, &two)).kind, FailureKind::Inconsistent);
}

#[test]
fn a_runner_that_dies_is_started_again_until_it_is_given_up() {
    let ids = "y_nothing y_two_lines y_delimiter_at_63 y_delimiter_at_64 y_crlf y_report";
    let verdicts = run(ids, "read line; exit 3");
    assert_eq!(verdicts.len(), 6);
    for verdict in &verdicts[..5] {
        assert_eq!(failure(verdict.clone()).kind, FailureKind::Crash);
    }
    assert!(matches!(&verdicts[5], Verdict::NotRun(_)), "{verdicts:?}");
}
