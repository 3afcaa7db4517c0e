//! Run against run, and engine against engine: what is a change, what is none, and what cannot be
//! compared at all.

use delimark_report::comparison::{
    Change, Changes, Findings, Pairing, Selection, Source, Subject, Unit, Verdict, compare,
};
use delimark_results::{Cell, Dataset, Known};

use super::{
    ROUNDS, aa_control, close, move_to_other_machine, run, skipped, steady, truncate, wavering,
};

fn of_runs(a: &Source, b: &Source) -> Changes {
    compare(a, b, &Subject::SameNames, Unit::Time, &Selection::default()).unwrap()
}

fn of_limit(a: &Source, b: &Source) -> Changes {
    let unit = Unit::ShareOfReadLimit;
    compare(a, b, &Subject::SameNames, unit, &Selection::default()).unwrap()
}

fn refusal(a: &Source, b: &Source, subject: &Subject) -> String {
    compare(a, b, subject, Unit::Time, &Selection::default()).unwrap_err().to_string()
}

fn two(a: &str, b: &str) -> Subject {
    Subject::Engines { a: a.to_owned(), b: b.to_owned() }
}

fn only(changes: &Changes) -> &Change {
    let [change] = &*changes.changes else { panic!("{changes:?}") };
    change
}

fn reasons(changes: &Changes) -> Vec<(&str, &str)> {
    changes.not_compared.iter().map(|not| (&*not.engine, &*not.reason)).collect()
}

#[test]
fn faster_slower_and_no_difference_are_told() {
    let a = run(
        "a.json",
        &[
            ("peer/better", "fields", steady(20_000)),
            ("peer/worse", "fields", steady(20_000)),
            ("peer/same", "fields", steady(20_000)),
            ("peer/same", "index", steady(20_000)),
        ],
    );
    let b = run(
        "b.json",
        &[
            ("peer/same", "index", steady(20_010)),
            ("peer/same", "fields", wavering(20_000)),
            ("peer/worse", "fields", steady(25_000)),
            ("peer/better", "fields", steady(10_000)),
        ],
    );
    let changes = of_runs(&a, &b);
    assert_eq!(changes.pairing, Pairing::Medians);
    let found: Vec<(&str, Verdict)> =
        changes.changes.iter().map(|change| (&*change.engine_a, change.verdict)).collect();
    let expected = [
        ("peer/better", Verdict::Faster),
        ("peer/worse", Verdict::Slower),
        ("peer/same", Verdict::NoDifference),
        ("peer/same", Verdict::NoDifference),
    ];
    assert_eq!(found, expected);
    assert!(close(changes.changes[0].ratio.median, 2.0));
    assert!(close(changes.changes[1].ratio.median, 0.8));
    for text in [changes.text(), changes.markdown()] {
        for part in ["4 cells: 1 faster in B, 1 slower in B, 2 no difference.", "fields on nginx12"]
        {
            assert!(text.contains(part), "{part}: {text}");
        }
    }
    assert!(!changes.text().contains("What else differs"), "{}", changes.text());
}

#[test]
fn a_change_within_the_spread_of_either_run_is_none() {
    let a = run("a.json", &[("peer/one", "fields", steady(20_000))]);
    let b = run("b.json", &[("peer/one", "fields", steady(19_400))]);
    assert_eq!(only(&of_runs(&a, &b)).verdict, Verdict::Faster);
    assert!(of_runs(&a, &b).text().contains("so there is no A/A spread"));
    let with_spread = |source: &Source, percent| {
        let mut source = source.clone();
        source.results.twins = vec![aa_control(percent)];
        source
    };
    for (a, b) in [
        (with_spread(&a, 5), b.clone()),
        (a.clone(), with_spread(&b, 5)),
        (with_spread(&a, 1), with_spread(&b, 5)),
    ] {
        let changes = of_runs(&a, &b);
        assert_eq!(only(&changes).verdict, Verdict::NoDifference);
        assert!(changes.text().contains("within the 5.0 % that an engine came out from itself"));
    }
    assert_eq!(only(&of_runs(&with_spread(&a, 1), &with_spread(&b, 2))).verdict, Verdict::Faster);
}

#[test]
fn what_is_in_one_run_only_is_listed_with_its_reason() {
    let mut a = run(
        "a.json",
        &[
            ("peer/both", "fields", steady(20_000)),
            ("peer/old-name", "fields", steady(20_000)),
            ("peer/lost", "fields", steady(20_000)),
        ],
    );
    let mut b = run(
        "b.json",
        &[("peer/both", "fields", steady(20_000)), ("peer/new-name", "fields", steady(10_000))],
    );
    a.results.skipped = vec![skipped("peer/new-name", "fields", "nobody wrote it yet")];
    b.results.skipped = vec![skipped("peer/lost", "fields", "it gave a wrong answer")];
    let changes = of_runs(&a, &b);
    assert_eq!(only(&changes).engine_a, "peer/both");
    let expected = [
        ("peer/old-name", "only in A: the file does not say why"),
        ("peer/lost", "only in A: it gave a wrong answer"),
        ("peer/new-name", "only in B: nobody wrote it yet"),
    ];
    assert_eq!(reasons(&changes), expected);
    assert!(changes.text().contains("4 cells: 1 no difference, 3 not compared."));

    // Under its new name it is the same engine.
    let subject = two("peer/old-name", "peer/new-name");
    let renamed = compare(&a, &b, &subject, Unit::Time, &Selection::default()).unwrap();
    assert_eq!(only(&renamed).verdict, Verdict::Faster);
    assert_eq!(renamed.pairing, Pairing::Medians);
    assert!(renamed.text().contains("A is peer/old-name, B is peer/new-name"));
    assert_eq!(reasons(&renamed), []);
}

#[test]
fn other_data_and_other_answers_are_not_compared() {
    let a = run("a.json", &[("peer/one", "fields", steady(20_000))]);
    let mut b = run("b.json", &[("peer/one", "fields", steady(10_000))]);
    b.results.cells[0].answer = "another".to_owned();
    let changes = of_runs(&a, &b);
    assert!(changes.changes.is_empty());
    let expected = "the answers differ: the answer of fields and another";
    assert_eq!(reasons(&changes), [("peer/one", expected)]);

    // Of two data sets, one is another in B.
    let mut with_wide = a.clone();
    let wide = Dataset { name: "wide".to_owned(), ..a.results.datasets[0].clone() };
    with_wide.results.datasets.push(wide);
    with_wide.results.cells.push(Cell { dataset: "wide".to_owned(), ..a.results.cells[0].clone() });
    let mut other = with_wide.clone();
    other.results.datasets[1].sha256 = "1".repeat(64);
    other.results.datasets[1].seed = Some(7);
    let changes = of_runs(&with_wide, &other);
    assert_eq!(only(&changes).dataset, "nginx12");
    let [(_, reason)] = reasons(&changes)[..] else { panic!("{changes:?}") };
    assert!(reason.starts_with("other data: ") && reason.ends_with("seed 7 in B"), "{reason}");
}

#[test]
fn runs_over_other_data_are_told_in_a_few_lines() {
    let a = run(
        "a.json",
        &[
            ("peer/one", "fields", steady(20_000)),
            ("peer/one", "index", steady(20_000)),
            ("peer/two", "fields", steady(20_000)),
        ],
    );
    let told = |change: fn(&mut Dataset)| {
        let mut b = a.clone();
        change(&mut b.results.datasets[0]);
        refusal(&a, &b, &Subject::SameNames)
    };
    let error = told(|data| (data.lines, data.sha256) = (7, "1".repeat(64)));
    assert_eq!(error.lines().count(), 3, "{error}");
    assert!(
        error.contains("\n  nginx12 is 1,000,000 lines of the shape nginx12, seed 1"),
        "{error}"
    );
    assert!(error.contains("in A, and 7 lines of the shape nginx12, seed 1 in B"), "{error}");
    assert!(error.contains("--shape, --lines and --seed"), "{error}");
    let error = told(|data| data.delimiter = "\t".to_owned());
    assert!(error.contains("in A, and fields between \"\\t\" in B"), "{error}");
    let error = told(|data| data.quote = Some("\"".to_owned()));
    assert!(error.contains("is fields without quotes in A"), "{error}");
    assert!(error.contains("and fields quoted with \"\\\"\" in B"), "{error}");
    let error = told(|data| data.sha256 = "1".repeat(64));
    assert!(error.contains("in A, and SHA-256 111111111111… in B"), "{error}");
}

#[test]
fn what_is_not_compared_has_a_row_a_reason() {
    let cells = ["one", "two", "three"].map(|name| format!("peer/{name}"));
    let models = ["count", "fields", "index"];
    let all = cells.iter().flat_map(|engine| models.map(|model| (&**engine, model)));
    let all: Vec<_> = all.map(|(engine, model)| (engine, model, steady(20_000))).collect();
    let a = run("a.json", &all);
    let b = run("b.json", &all[..2]);
    let changes = of_runs(&a, &b);
    assert_eq!((changes.changes.len(), changes.not_compared.len()), (2, 7));
    let markdown = changes.markdown();
    let why = "only in A: the file does not say why";
    for row in [
        format!("| peer/one | index | nginx12 | {why} |"),
        format!("| peer/two and peer/three | count, fields and index | nginx12 | {why} |"),
    ] {
        assert!(markdown.contains(&row), "{row}: {markdown}");
    }
}

#[test]
fn a_machine_is_known_by_its_processor_and_not_by_what_is_stored() {
    let a = run("a.json", &[("peer/one", "fields", steady(20_000))]);
    let mut b = run("b.json", &[("peer/one", "fields", steady(10_000))]);
    b.results.environment.fingerprint = "0123456789ab".to_owned();
    assert_eq!(only(&of_runs(&a, &b)).verdict, Verdict::Faster);
    b.results.environment.cpu.logical_cores += 1;
    b.results.environment.fingerprint = a.results.environment.fingerprint.clone();
    let error = refusal(&a, &b, &Subject::SameNames);
    assert!(error.contains("from different machines"), "{error}");
}

#[test]
fn times_of_different_machines_are_not_compared() {
    let a = run("a.json", &[("peer/one", "fields", steady(20_000))]);
    let mut b = run("b.json", &[("peer/one", "fields", steady(10_000))]);
    move_to_other_machine(&mut b);
    let error = refusal(&a, &b, &Subject::SameNames);
    for part in ["different machines", "; Another CPU, ", "--of-limit"] {
        assert!(error.contains(part), "{part}: {error}");
    }
}

#[test]
fn shares_of_the_limit_are_compared_across_machines() {
    let a = run(
        "a.json",
        &[
            ("limit/read", "fields", steady(4_000)),
            ("peer/same", "fields", steady(20_000)),
            ("peer/better", "fields", steady(20_000)),
            ("peer/unlimited", "index", steady(20_000)),
        ],
    );
    // Twice as fast in all, and one of the two twice as fast again.
    let mut b = run(
        "b.json",
        &[
            ("limit/read", "fields", steady(2_000)),
            ("peer/same", "fields", steady(10_000)),
            ("peer/better", "fields", steady(5_000)),
            ("peer/unlimited", "index", steady(20_000)),
        ],
    );
    move_to_other_machine(&mut b);
    let changes = of_limit(&a, &b);
    let found: Vec<(&str, Verdict)> =
        changes.changes.iter().map(|change| (&*change.engine_a, change.verdict)).collect();
    let expected = [("peer/same", Verdict::NoDifference), ("peer/better", Verdict::Faster)];
    assert_eq!(found, expected);
    let better = &changes.changes[1];
    let found = [better.a.median, better.b.median, better.ratio.median];
    for (found, expected) in found.into_iter().zip([0.2, 0.4, 2.0]) {
        assert!(close(found, expected), "{found} is not {expected}");
    }
    let expected = [("peer/unlimited", "A has no limit/read beside it")];
    assert_eq!(reasons(&changes), expected);
    let text = changes.text();
    for part in ["different machines", "A, of limit", " 40.0 % ", "Another CPU", "share changes"] {
        assert!(text.contains(part), "{part}: {text}");
    }
}

/// Returns the times of a machine that gets slower and slower: by far more than the engines differ.
fn slowing(microseconds: u64) -> [u64; ROUNDS] {
    let mut slowdown = 100_u64;
    steady(microseconds).map(|ns| {
        slowdown += 40;
        ns * slowdown / 100
    })
}

#[test]
fn engines_of_one_run_are_compared_round_by_round() {
    let cells = [("peer/one", "fields", slowing(10_000)), ("peer/two", "fields", slowing(9_000))];
    let source = run("a.json", &cells);
    let subject = two("peer/one", "peer/two");
    let changes = compare(&source, &source.clone(), &subject, Unit::Time, &Selection::default());
    let changes = changes.unwrap();
    assert_eq!(changes.pairing, Pairing::WithinRounds);
    assert_eq!(only(&changes).verdict, Verdict::Faster);
    assert!(close(only(&changes).ratio.median, 10.0 / 9.0));

    // The same samples of two runs show nothing.
    let a = run("a.json", &[("peer/one", "fields", slowing(10_000))]);
    let b = run("b.json", &[("peer/one", "fields", slowing(9_000))]);
    let changes = of_runs(&a, &b);
    assert_eq!(only(&changes).verdict, Verdict::NoDifference);
    assert!(close(only(&changes).ratio.median, 10.0 / 9.0));
}

#[test]
fn a_run_is_not_compared_with_itself() {
    let source = run("a.json", &[("peer/one", "fields", steady(20_000))]);
    for subject in [Subject::SameNames, two("peer/one", "peer/one")] {
        let error = refusal(&source, &source.clone(), &subject);
        assert!(error.contains("the same run") && error.contains("--engine-a"), "{error}");
    }
    let error = refusal(&source, &source.clone(), &two("peer/one", "peer/three"));
    assert_eq!(error, "a.json has no engine 'peer/three' (expected one of: peer/one)");
}

#[test]
fn few_rounds_allow_no_verdict() {
    let mut a = run("a.json", &[("peer/one", "fields", steady(20_000))]);
    let b = run("b.json", &[("peer/one", "fields", steady(10_000))]);
    truncate(&mut a, 5);
    let changes = of_runs(&a, &b);
    assert_eq!(only(&changes).verdict, Verdict::TooFewRounds);
    let text = changes.text();
    assert!(text.contains("1 cell: 1 too few rounds to tell."), "{text}");
    assert!(text.contains("An interval of a median takes 6 rounds."), "{text}");
}

#[test]
fn in_what_else_runs_differ_is_listed() {
    let a = run("a.json", &[("peer/one", "fields", steady(20_000))]);
    let mut b = run("b.json", &[("peer/one", "fields", steady(10_000))]);
    b.results.environment.commit = Known::Value("ba9876543210".to_owned());
    b.results.environment.governor = Known::Value("powersave".to_owned());
    let changes = of_runs(&a, &b);
    let found: Vec<(&str, &str)> =
        changes.differences.iter().map(|differs| (differs.what, &*differs.b)).collect();
    assert_eq!(found, [("governor", "powersave"), ("commit", "ba9876543210")]);
    let text = changes.text();
    assert!(text.contains("What else differs") && text.contains("0123456789ab"), "{text}");
    assert!(text.contains("unknown: no cpufreq in this virtual machine"), "{text}");
}

#[test]
fn filters_choose_cells() {
    let cells = [("peer/one", "fields", steady(20_000)), ("peer/two", "index", steady(20_000))];
    let (a, mut b) = (run("a.json", &cells), run("b.json", &cells));
    b.results.quick = true;
    let selection =
        |engines: &str| Selection { engines: Some(engines.parse().unwrap()), ..Default::default() };
    let chosen = compare(&a, &b, &Subject::SameNames, Unit::Time, &selection("two")).unwrap();
    assert_eq!(only(&chosen).model, "index");
    let nothing = Selection { models: Some("fields".parse().unwrap()), ..selection("two") };
    let error = compare(&a, &b, &Subject::SameNames, Unit::Time, &nothing).unwrap_err();
    assert_eq!(error.to_string(), "there is nothing to compare: no cell fits all of the filters");
}
