//! Output of engines and runners: whatever it is, it is read or refused, and what was read can be
//! judged and told.

#![no_main]

use std::sync::LazyLock;

use delimark::RaggedPolicy;
use delimark_conformance::{
    Case, Class, CountFacts, ErrorFacts, Expected, Facts, Failure, RaggedFacts, Response,
    Strictness,
};
use delimark_harness::runtime::{About, Pass};
use delimark_runner::case::Request;
use libfuzzer_sys::fuzz_target;

/// `a|b` and, ragged, `c`; then, open, `"d`.
static CASES: LazyLock<[Case; 2]> = LazyLock::new(|| [ragged(), open()]);

fn ragged() -> Case {
    Case {
        id: "n_two_columns".to_owned(),
        class: Class::Reject,
        rule: "R5.3".to_owned(),
        title: "One column is too few.".to_owned(),
        file: 0,
        request: Request { columns: Some(2), ..Request::new(b'|') },
        input: b"a|b\nc\n".to_vec(),
        expected: Expected {
            records: vec![vec![b"a".to_vec(), b"b".to_vec()]],
            lines: vec![1],
            offsets: vec![0],
            ragged: Vec::new(),
            counts: Some(CountFacts { records: 2, fields: 3 }),
            error: Some(ErrorFacts {
                kind: Some("ragged".to_owned()),
                line: Some(2),
                offset: Some(4),
                found: Some(1),
                expected: Some(2),
                quote: None,
            }),
        },
    }
}

fn open() -> Case {
    let line = RaggedFacts { line: 1, offset: Some(0), found: 1, quote: Some(0) };
    Case {
        id: "y_open".to_owned(),
        class: Class::Accept,
        rule: "R11.10".to_owned(),
        request: Request { ragged: RaggedPolicy::Report, quote: Some(b'"'), ..Request::new(b'|') },
        input: b"\"d".to_vec(),
        expected: Expected {
            ragged: vec![line],
            counts: Some(CountFacts { records: 1, fields: 1 }),
            ..Expected::default()
        },
        ..ragged()
    }
}

fn judge(facts: &Facts) {
    for case in &*CASES {
        for strictness in [Strictness::Everything, Strictness::WhereGiven] {
            if let Some(failure) = Failure::of_facts(case, facts, strictness) {
                assert!(!failure.headline().is_empty());
                assert!(failure.differences.iter().all(|difference| !difference.part.is_empty()));
            }
        }
    }
}

fuzz_target!(|text: &str| {
    let _ = About::parse(text);
    let _ = Pass::parse(text);
    if let Ok(facts) = serde_json::from_str(text) {
        judge(&facts);
    }
    if let Ok(response) = serde_json::from_str::<Response>(text) {
        response.groups.iter().for_each(|group| judge(&group.outcome));
    }
});
