//! The order of engines: which cells and engines count, means, intervals, ties.

use delimark_report::comparison::{Findings, RankError, Ranking, Selection, Source, rank};
use delimark_results::Known;

use super::{
    ROUNDS, aa_control, close, move_to_other_machine, run, skipped, steady, truncate, wavering,
};

const COVERAGE: u8 = 50;

fn ranking(sources: &[Source]) -> Ranking {
    rank(sources, &Selection::default(), COVERAGE).unwrap()
}

fn refusal(sources: &[Source], coverage: u8) -> String {
    rank(sources, &Selection::default(), coverage)
        .map_err(|error: RankError| error.to_string())
        .unwrap_err()
}

fn engines(ranking: &Ranking) -> Vec<(&str, usize)> {
    ranking.engines.iter().map(|standing| (&*standing.engine, standing.rank)).collect()
}

fn models(ranking: &Ranking) -> Vec<&str> {
    ranking.cells.iter().map(|cell| &*cell.model).collect()
}

#[test]
fn known_ratios_come_out() {
    let ranking = ranking(&[run(
        "a.json",
        &[
            ("peer/third", "index", steady(80_000)),
            ("delimark/first", "index", steady(10_000)),
            ("peer/second", "index", steady(20_000)),
            ("peer/third", "fields", steady(80_000)),
            ("delimark/first", "fields", steady(20_000)),
            ("peer/second", "fields", steady(40_000)),
        ],
    )]);
    let expected = [("delimark/first", 1), ("peer/second", 2), ("peer/third", 3)];
    assert_eq!(engines(&ranking), expected);
    let found = ranking.engines.iter().map(|standing| standing.mean_ratio);
    for (found, expected) in found.zip([1.0, 2.0, 32.0_f64.sqrt()]) {
        // What hit all engines of a round alike leaves no trace.
        for value in [found.mean, found.low, found.high] {
            assert!(close(value, expected), "{value}");
        }
    }
    assert_eq!(ranking.engines[2].ratios.iter().map(|r| r.round()).collect::<Vec<_>>(), [8.0, 4.0]);
    assert_eq!(ranking.engines.iter().map(|e| e.cells_won).collect::<Vec<_>>(), [2, 0, 0]);
    assert!(ranking.cells_left_out.is_empty() && ranking.engines_left_out.is_empty());
}

#[test]
fn the_best_over_all_need_not_win_most_cells() {
    let ranking = ranking(&[run(
        "a.json",
        &[
            ("peer/often", "count", steady(10_000)),
            ("peer/often", "index", steady(10_000)),
            ("peer/often", "fields", steady(90_000)),
            ("peer/steady", "count", steady(11_000)),
            ("peer/steady", "index", steady(11_000)),
            ("peer/steady", "fields", steady(10_000)),
        ],
    )]);
    assert_eq!(engines(&ranking), [("peer/steady", 1), ("peer/often", 2)]);
    assert_eq!(ranking.engines.iter().map(|e| e.cells_won).collect::<Vec<_>>(), [1, 2]);
    assert!(close(ranking.engines[0].mean_ratio.mean, 1.21_f64.cbrt()));
    assert!(close(ranking.engines[1].mean_ratio.mean, 9.0_f64.cbrt()));
}

#[test]
fn an_interval_holds_the_mean_and_grows_with_noise() {
    let ranking = ranking(&[run(
        "a.json",
        &[
            ("peer/first", "index", steady(10_000)),
            ("peer/steady", "index", steady(30_000)),
            ("peer/wavering", "index", wavering(60_000)),
        ],
    )]);
    let [_, steady, wavering] = &*ranking.engines else { panic!("{:?}", engines(&ranking)) };
    let width = |ratio: delimark_report::comparison::MeanRatio| {
        assert!(ratio.low <= ratio.mean && ratio.mean <= ratio.high, "{ratio:?}");
        ratio.high / ratio.low
    };
    assert!(width(wavering.mean_ratio) > 1.01 * width(steady.mean_ratio));
}

#[test]
fn engines_that_the_rounds_do_not_tell_apart_share_a_rank() {
    let ranking = ranking(&[run(
        "a.json",
        &[
            ("peer/one", "index", steady(10_000)),
            ("peer/level", "index", wavering(10_000)),
            ("peer/slow", "index", steady(20_000)),
        ],
    )]);
    let ranks: Vec<usize> = ranking.engines.iter().map(|standing| standing.rank).collect();
    assert_eq!(ranks, [1, 1, 3], "{:?}", engines(&ranking));
}

#[test]
fn what_is_within_the_spread_of_the_run_is_a_tie() {
    let mut source = run(
        "a.json",
        &[
            ("peer/one", "index", steady(10_000)),
            ("peer/near", "index", steady(10_150)),
            ("peer/slow", "index", steady(10_500)),
        ],
    );
    let without = ranking(std::slice::from_ref(&source));
    assert_eq!(without.engines.iter().map(|e| e.rank).collect::<Vec<_>>(), [1, 2, 3]);
    assert!(without.text().contains("no A/A spread to exceed"), "{}", without.text());
    source.results.twins = vec![aa_control(3)];
    let with = ranking(&[source]);
    assert_eq!(with.engines.iter().map(|e| e.rank).collect::<Vec<_>>(), [1, 1, 3]);
    assert!(with.text().contains("beyond the 3.0 % that an engine came out"), "{}", with.text());
}

#[test]
fn only_cells_that_all_have_count_and_the_others_are_named() {
    let mut source = run(
        "a.json",
        &[
            ("peer/one", "index", steady(10_000)),
            ("peer/one", "fields", steady(10_000)),
            ("peer/two", "fields", steady(20_000)),
            ("peer/three", "fields", steady(30_000)),
        ],
    );
    let reason = "wrong answer: 7 fields; the reference has 12";
    source.results.skipped = vec![skipped("peer/two", "index", reason)];
    let ranking = ranking(&[source]);
    assert_eq!(models(&ranking), ["fields"]);
    assert_eq!(ranking.engines.len(), 3);
    let [left_out] = &*ranking.cells_left_out else { panic!("{:?}", ranking.cells_left_out) };
    assert_eq!(left_out.cell.model, "index");
    let gaps: Vec<(&str, &str)> =
        left_out.lacked_by.iter().map(|gap| (&*gap.engine, &*gap.reason)).collect();
    let expected = [("peer/three", "the file does not say why"), ("peer/two", reason)];
    assert_eq!(gaps, expected);
    for text in [ranking.text(), ranking.markdown()] {
        assert!(text.contains("the 1 of 2 cells that all of them have: fields on nginx12"));
        assert!(text.contains("Cells left out") && text.contains("wrong answer: 7 fields"));
    }
}

#[test]
fn an_engine_with_few_cells_does_not_take_them_from_the_others() {
    let mut source = run(
        "a.json",
        &[
            ("peer/one", "count", steady(10_000)),
            ("peer/one", "index", steady(10_000)),
            ("peer/one", "fields", steady(10_000)),
            ("peer/two", "count", steady(20_000)),
            ("peer/two", "index", steady(20_000)),
            ("peer/two", "fields", steady(20_000)),
            ("peer/once", "fields", steady(1_000)),
        ],
    );
    source.results.skipped = vec![
        skipped("peer/once", "count", "it hands out fields"),
        skipped("peer/absent", "fields", "node is not installed"),
    ];
    let sources = [source];
    let usual = ranking(&sources);
    assert_eq!(engines(&usual), [("peer/one", 1), ("peer/two", 2)]);
    assert_eq!(usual.cells.len(), 3);
    let left_out: Vec<(&str, usize)> =
        usual.engines_left_out.iter().map(|left_out| (&*left_out.engine, left_out.cells)).collect();
    assert_eq!(left_out, [("peer/absent", 0), ("peer/once", 1)]);
    let text = usual.text();
    for part in ["less than 50 % of the 3 cells", "node is not installed", "it hands out fields"] {
        assert!(text.contains(part), "{part}: {text}");
    }

    // A third of the cells is enough for the one, none for the other.
    let all = rank(&sources, &Selection::default(), 33).unwrap();
    assert_eq!(engines(&all), [("peer/once", 1), ("peer/one", 2), ("peer/two", 3)]);
    assert_eq!(models(&all), ["fields"]);
    let none = rank(&sources, &Selection::default(), 34).unwrap();
    assert_eq!(none.engines.len(), 2);
    assert_eq!(rank(&sources, &Selection::default(), 0).unwrap().engines.len(), 3);
}

#[test]
fn half_of_the_cells_is_enough() {
    let sources = [run(
        "a.json",
        &[
            ("peer/one", "index", steady(10_000)),
            ("peer/one", "fields", steady(10_000)),
            ("peer/half", "fields", steady(20_000)),
        ],
    )];
    assert_eq!(engines(&ranking(&sources)), [("peer/one", 1), ("peer/half", 2)]);
    let error = refusal(&sources, 51);
    assert!(error.contains("there is only peer/one"), "{error}");
    assert!(error.contains("less than 51 % of the cells: peer/half (1 of 2)"), "{error}");
}

#[test]
fn limits_handicaps_and_emulated_engines_are_not_ranked() {
    let ranking = ranking(&[run(
        "a.json",
        &[
            ("limit/read", "index", steady(1_000)),
            ("handicap/extra-copy", "index", steady(90_000)),
            ("delimark/neon@qemu", "index", steady(900_000)),
            ("delimark/avx2", "index", steady(10_000)),
            ("delimark/simd128@node", "index", steady(20_000)),
        ],
    )]);
    assert_eq!(engines(&ranking), [("delimark/avx2", 1), ("delimark/simd128@node", 2)]);
    let expected = ["delimark/neon@qemu", "handicap/extra-copy", "limit/read"];
    assert_eq!(ranking.not_ranked, expected);
    assert!(ranking.text().contains("delimark/neon@qemu, handicap/extra-copy and limit/read"));
}

#[test]
fn ratios_stay_within_a_file() {
    let first = run(
        "here.json",
        &[("peer/one", "fields", steady(10_000)), ("peer/two", "fields", steady(40_000))],
    );
    // All is slower there than anything here.
    let mut second = run(
        "there.json",
        &[("peer/one", "fields", steady(900_000)), ("peer/two", "fields", steady(900_000))],
    );
    let one_machine = ranking(&[first.clone(), second.clone()]);
    assert!(!one_machine.text().contains("machines"), "{}", one_machine.text());
    move_to_other_machine(&mut second);
    truncate(&mut second, ROUNDS - 1);
    let ranking = ranking(&[first, second]);
    assert_eq!(engines(&ranking), [("peer/one", 1), ("peer/two", 2)]);
    assert!(close(ranking.engines[1].mean_ratio.mean, 2.0), "{:?}", ranking.engines);
    let text = ranking.text();
    for part in [
        "fields on nginx12 (here.json); fields on nginx12 (there.json)",
        "every ratio is within a file",
        "The files come from 2 machines",
        "there.json (Another CPU, ",
    ] {
        assert!(text.contains(part), "{part}: {text}");
    }
}

#[test]
fn an_engine_counts_in_each_file_on_its_own() {
    let first = run(
        "here.json",
        &[("peer/one", "fields", steady(10_000)), ("peer/two", "fields", steady(40_000))],
    );
    let second = run(
        "there.json",
        &[("peer/one", "fields", steady(10_000)), ("peer/three", "fields", steady(20_000))],
    );
    let ranked = ranking(std::slice::from_ref(&first));
    assert_eq!(ranked.engines.len(), 2);
    let error = refusal(&[first, second], COVERAGE);
    assert!(error.contains("no cell is common to the 3 engines"), "{error}");
    assert!(error.contains("has the fewest, 1 of 2"), "{error}");
    assert!(error.contains("--engines") && error.contains("--coverage"), "{error}");
}

#[test]
fn the_same_run_does_not_count_twice() {
    let cells = [("peer/one", "fields", steady(10_000)), ("peer/two", "fields", steady(40_000))];
    let error = refusal(&[run("a.json", &cells), run("copy.json", &cells)], COVERAGE);
    assert!(error.contains("a.json and copy.json hold the same run"), "{error}");
}

#[test]
fn one_engine_is_no_ranking() {
    let source = run(
        "a.json",
        &[("peer/one", "fields", steady(10_000)), ("limit/read", "fields", steady(1_000))],
    );
    let error = refusal(&[source], COVERAGE);
    assert!(error.contains("two engines to rank, and there is only peer/one"), "{error}");
    assert!(error.contains("limit/read is never ranked"), "{error}");
}

#[test]
fn filters_choose_before_anything_is_counted() {
    let source = run(
        "a.json",
        &[
            ("peer/one", "index", steady(10_000)),
            ("peer/one", "fields", steady(10_000)),
            ("peer/two", "fields", steady(20_000)),
            ("peer/three", "index", steady(5_000)),
            ("peer/three", "fields", steady(5_000)),
        ],
    );
    let selection = |engines: &str, models: &str| Selection {
        engines: Some(engines.parse().unwrap()),
        models: Some(models.parse().unwrap()),
        datasets: Some("nginx".parse().unwrap()),
    };
    let sources = [source];
    let chosen = selection("one|two", "^fields$");
    chosen.check(&sources).unwrap();
    let ranking = rank(&sources, &chosen, 100).unwrap();
    assert_eq!(engines(&ranking), [("peer/one", 1), ("peer/two", 2)]);
    assert!(ranking.cells_left_out.is_empty(), "{:?}", ranking.cells_left_out);

    let error = selection("four", "fields").check(&sources).unwrap_err().to_string();
    let expected = "no engine matches 'four' (expected one of: peer/one, peer/three, peer/two)";
    assert_eq!(error, expected);
    let error = selection("one", "^file$").check(&sources).unwrap_err().to_string();
    assert_eq!(error, "no model matches '^file$' (expected one of: fields, index)");
    let nowhere = Selection { datasets: Some("^wide$".parse().unwrap()), ..Selection::default() };
    let error = nowhere.check(&sources).unwrap_err().to_string();
    assert_eq!(error, "no data set matches '^wide$' (expected one of: nginx12)");
}

#[test]
fn few_rounds_tell_nobody_apart() {
    let mut source = run(
        "a.json",
        &[("peer/one", "fields", steady(10_000)), ("peer/two", "fields", steady(40_000))],
    );
    truncate(&mut source, 5);
    source.results.quick = true;
    let ranking = ranking(&[source]);
    assert_eq!(engines(&ranking), [("peer/one", 1), ("peer/two", 1)]);
    let text = ranking.text();
    assert!(text.contains("With 5 rounds no 95 % interval exists"), "{text}");
    assert!(text.contains("From a quick run, so only a first look: a.json"), "{text}");
}

#[test]
fn a_run_without_an_aa_control_has_no_spread_and_says_why() {
    let source = run(
        "a.json",
        &[("peer/one", "fields", steady(10_000)), ("peer/two", "fields", steady(40_000))],
    );
    let expected = Known::Unavailable("no engine was measured twice".to_owned());
    assert_eq!(ranking(&[source]).twin_spread, expected);
}
