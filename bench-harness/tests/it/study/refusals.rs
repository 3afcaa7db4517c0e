//! Runs that are as they were written and still not fit to be compared.

use delimark_report::study::path_of;
use delimark_results::Results;
use serde_json::{Value, json};

use super::{MACHINES, first, is_refused};

/// Fails unless the first machine's results are refused once a value is another.
#[track_caller]
fn is_refused_with(pointer: &str, value: Value, reason: &str) {
    let mut document = first();
    *document.pointer_mut(pointer).expect(pointer) = value;
    is_refused(&document, reason);
}

#[test]
fn machines_and_builds_that_do_not_say_what_they_are_are_refused() {
    let unknown = || json!({ "unavailable": "it would not tell" });
    is_refused_with("/environment/dirty", json!({ "value": true }), "commit them, or take");
    is_refused_with("/environment/dirty", unknown(), "whether the build was clean is not known");
    is_refused_with("/environment/commit", unknown(), "(it would not tell)");
    is_refused_with("/environment/cpu/model", unknown(), "the processor's model is not known");
    let mut document = first();
    document.as_object_mut().unwrap().remove("environment").unwrap();
    is_refused(&document, "at the top: missing field `environment`");
}

#[test]
fn runs_that_cannot_be_compared_are_refused() {
    is_refused_with("/quick", json!(true), "run without --quick");
    is_refused_with("/datasets/0/source", json!("file"), "nobody else can make the data set");
    let pinned = "run on one of nginx12-1000000-seed1, nginx12-200000-seed1, nginx12-10000-seed1";
    is_refused_with("/datasets/0/seed", json!(2), pinned);
    is_refused_with("/datasets/0/lines", json!(999_999), "has 999999 lines of seed 1");
    let reason = "it belongs at 4382929b0a76/2026-02-01.json";
    is_refused_with("/created", json!("2026-02-01T00:00:00Z"), reason);
    let mut document = first();
    let skipped = document.pointer_mut("/skipped/0").unwrap();
    skipped["engine"] = json!("handicap/extra-branch");
    is_refused(&document, "slow on purpose");
    let skipped = document.pointer_mut("/skipped/0").unwrap();
    skipped["engine"] = json!("delimark/extract@command");
    skipped["reason"] = json!("disqualified: it answered 1; right is 2");
    is_refused(&document, "delimark/extract@command index was disqualified");
}

#[test]
fn other_data_of_the_same_day_have_a_file_of_their_own() {
    let mut results = Results::from_json(MACHINES[0].1).unwrap();
    assert_eq!(path_of(&results), MACHINES[0].0);
    results.datasets[0].shape = Some("short".to_owned());
    assert_eq!(path_of(&results), "4382929b0a76/2026-01-30-short-1000000-seed1.json");
}
