//! Trials on pairs without noise: the finding that each kind of cell gets, and when.

use delimark_report::gate::time::{
    Doubt, Repeat, Stage, TimeFinding, TimeJudgment, TimeRules, Trial,
};
use delimark_results::Arms;

pub(super) const RULES: TimeRules = TimeRules { margin: 0.05, error: TimeRules::ERROR };

/// Times with ratios of candidate and control to the baseline.
pub(super) fn arms(candidate: f64, control: f64) -> Arms {
    Arms { baseline_ns: 1000.0, candidate_ns: 1000.0 * candidate, control_ns: 1000.0 * control }
}

/// Gives a trial of one cell what it wants; ends a stage after `units_most` units of it.
fn run_trial(units_most: usize, mut unit: impl FnMut(usize) -> Arms) -> TimeJudgment {
    let mut trial = Trial::new(RULES, 1);
    let mut units_of_stage = [0; 2];
    let mut units = 0;
    while !trial.wants().is_empty() {
        let spent = &mut units_of_stage[usize::from(trial.stage() == Stage::Confirming)];
        if *spent == units_most {
            trial.end_stage();
            continue;
        }
        *spent += 1;
        trial.add(&[(0, unit(units))]);
        units += 1;
    }
    trial.judgments().remove(0)
}

/// A little noise that is the same each time, of a share either way.
fn wobble(unit: usize, share: f64) -> f64 {
    1.0 + share * [-1.0, 0.4, 1.0, -0.3, 0.1, -0.7, 0.8][unit % 7]
}

#[test]
fn what_is_clear_is_found_at_the_first_look() {
    for (ratio, expected) in [
        (1.0, TimeFinding::Same),
        (1.03, TimeFinding::Same),
        (1.10, TimeFinding::Regression),
        (1.0 / 1.10, TimeFinding::Improvement),
    ] {
        let judgment = run_trial(100, |unit| arms(ratio * wobble(unit, 0.01), 1.0));
        assert_eq!(judgment.finding, expected, "{ratio}");
        assert_eq!(judgment.pairs, 12);
        let median = judgment.ratio.unwrap().median;
        assert!((median - ratio).abs() < 0.01, "{median} and {ratio}");
    }
}

#[test]
fn swapped_sides_turn_a_regression_into_an_improvement() {
    let slower = |unit| arms(1.12 * wobble(unit, 0.01), wobble(unit + 3, 0.01));
    let swapped = |unit| {
        let Arms { baseline_ns, candidate_ns, control_ns } = slower(unit);
        let control_ns = control_ns * candidate_ns / baseline_ns;
        Arms { baseline_ns: candidate_ns, candidate_ns: baseline_ns, control_ns }
    };
    assert_eq!(run_trial(100, slower).finding, TimeFinding::Regression);
    assert_eq!(run_trial(100, swapped).finding, TimeFinding::Improvement);
}

#[test]
fn what_reaches_over_the_margin_needs_more_pairs() {
    // The smallest of twelve are below the margin, and those of more are left out of the interval.
    let judgment = run_trial(200, |unit| arms(1.09 * wobble(unit, 0.045), 1.0));
    assert_eq!(judgment.finding, TimeFinding::Regression);
    assert!(judgment.pairs > 12, "{} pairs", judgment.pairs);
}

#[test]
fn at_the_margin_nothing_can_be_said() {
    let judgment = run_trial(50, |unit| arms(1.05 * wobble(unit, 0.02), 1.0));
    assert_eq!(judgment.finding, TimeFinding::Inconclusive { doubt: Doubt::Noise });
    assert_eq!(judgment.pairs, 50);
    assert!(judgment.groups.is_empty());
}

#[test]
fn without_enough_pairs_nothing_is_said() {
    for (pairs, ratio) in [(0, 2.0), (1, 1.08), (6, 1.08)] {
        let judgment = run_trial(pairs, |_| arms(ratio, 1.0));
        assert_eq!(judgment.finding, TimeFinding::Inconclusive { doubt: Doubt::TooFewPairs });
        assert_eq!((judgment.interval, judgment.every_pair), (None, None));
    }
}

#[test]
fn what_is_far_slower_needs_no_more_than_three_pairs() {
    for (pairs, ratio) in [(3, 10.0), (3, 100.0), (5, 2.2), (6, 1.2)] {
        let judgment =
            run_trial(pairs, |unit| arms(ratio * wobble(unit, 0.02), wobble(unit, 0.03)));
        assert_eq!(judgment.finding, TimeFinding::Regression, "{pairs} of {ratio}");
        let every_pair = judgment.every_pair.unwrap();
        assert_eq!(every_pair.pairs, pairs);
        assert!((0.97..1.0).contains(&(every_pair.least_ratio / ratio)), "{every_pair:?}");
    }
}

#[test]
fn fewer_or_less_far_off_pairs_show_nothing_and_do_not_pass() {
    for (pairs, ratio) in [(1, 100.0), (2, 100.0), (3, 1.9), (5, 1.2)] {
        let judgment = run_trial(pairs, |_| arms(ratio, 1.0));
        let doubt = Doubt::SlowerSoFar;
        assert_eq!(judgment.finding, TimeFinding::Inconclusive { doubt }, "{pairs} of {ratio}");
    }
}

#[test]
fn pairs_that_a_control_is_as_slow_in_show_no_regression() {
    for (pairs, ratio, control) in [(3, 10.0, 4.0), (3, 10.0, 0.25), (8, 1.5, 1.45)] {
        let is_off = |unit| if unit == 1 { control } else { 1.0 };
        let judgment = run_trial(pairs, |unit| arms(ratio, is_off(unit)));
        assert!(judgment.finding != TimeFinding::Regression, "{judgment:?}");
    }
    let one_is_not_slower = run_trial(6, |unit| arms(if unit == 5 { 1.0 } else { 10.0 }, 1.0));
    let doubt = Doubt::TooFewPairs;
    assert_eq!(one_is_not_slower.finding, TimeFinding::Inconclusive { doubt });
}

#[test]
fn a_control_that_differs_does_not_hide_what_is_far_slower() {
    let judgment = run_trial(40, |unit| arms(10.0, 1.04 * wobble(unit, 0.005)));
    assert_eq!(judgment.finding, TimeFinding::Regression);
    assert_eq!(judgment.every_pair.map(|every| every.pairs), Some(40));
}

#[test]
fn cells_with_hardly_any_pairs_are_measured_past_the_budget_the_slowest_first() {
    let mut trial = Trial::new(RULES, 3);
    trial.add(&[(0, arms(1.0, 1.0)), (1, arms(30.0, 1.0))]);
    trial.end_stage();
    assert_eq!(trial.stage(), Stage::Extended);
    for _ in 0..2 {
        assert_eq!(trial.wants(), [1]);
        trial.add(&[(1, arms(30.0, 1.0))]);
    }
    assert_eq!(trial.wants(), [0], "what is unknown comes last");
    trial.end_stage();
    assert_eq!(trial.stage(), Stage::Over);
    let findings: Vec<TimeFinding> = trial.findings().collect();
    let too_few = TimeFinding::Inconclusive { doubt: Doubt::TooFewPairs };
    assert_eq!(findings, [too_few.clone(), TimeFinding::Regression, too_few]);
}

#[test]
fn a_disturbance_that_does_not_come_back_is_no_regression() {
    let judgment = run_trial(100, |unit| arms(if unit < 12 { 1.2 } else { 1.0 }, 1.0));
    assert_eq!(judgment.finding, TimeFinding::Same);
    assert_eq!(judgment.groups, [Repeat::NotSlower; 2]);
}

#[test]
fn groups_that_disagree_settle_nothing() {
    // Twelve to look at, a group that is slow, one that is not, and one that is both.
    let is_slow = |unit: usize| unit < 24 || unit >= 36 && unit.is_multiple_of(2);
    let judgment = run_trial(100, |unit| arms(if is_slow(unit) { 1.2 } else { 1.0 }, 1.0));
    let [slower, not_slower, unclear @ ..] = &judgment.groups[..] else { panic!("{judgment:?}") };
    assert_eq!((slower, not_slower), (&Repeat::Slower, &Repeat::NotSlower));
    assert_eq!(unclear, [Repeat::Unclear; 3]);
    assert_eq!(judgment.finding, TimeFinding::Inconclusive { doubt: Doubt::NotConfirmed });
}

#[test]
fn a_regression_that_could_not_be_measured_again_is_none_yet_unless_it_is_far_slower() {
    let not_repeated = TimeFinding::Inconclusive { doubt: Doubt::NotRepeated };
    for (ratio, expected) in [(1.08, not_repeated), (1.2, TimeFinding::Regression)] {
        let mut trial = Trial::new(RULES, 1);
        (0..12).for_each(|_| trial.add(&[(0, arms(ratio, 1.0))]));
        assert_eq!(trial.stage(), Stage::Confirming);
        trial.end_stage();
        assert_eq!(trial.stage(), Stage::Over);
        assert_eq!(trial.judgments().remove(0).finding, expected, "{ratio}");
    }
}

#[test]
fn what_is_measured_again_can_show_that_it_is_not_far_slower() {
    let mut trial = Trial::new(RULES, 1);
    (0..12).for_each(|_| trial.add(&[(0, arms(1.2, 1.0))]));
    trial.add(&[(0, arms(1.0, 1.0))]);
    trial.end_stage();
    let finding = trial.judgments().remove(0).finding;
    assert_eq!(finding, TimeFinding::Inconclusive { doubt: Doubt::NotRepeated });
}

#[test]
fn a_baseline_that_differs_from_itself_says_nothing_about_others() {
    for control in [1.04, 1.0 / 1.04] {
        let judgment = run_trial(40, |unit| arms(1.2, control * wobble(unit, 0.005)));
        let doubt = Doubt::ControlDiffers;
        assert_eq!(judgment.finding, TimeFinding::Inconclusive { doubt });
    }
}

#[test]
fn a_noisy_control_raises_the_margin_and_says_so() {
    // The control spreads over 8 %: 7 % more may be nothing.
    let judgment = run_trial(40, |unit| arms(1.06, wobble(unit, 0.08)));
    assert_eq!(judgment.finding, TimeFinding::Same);
    assert!((0.05..0.10).contains(&judgment.margin_used), "{}", judgment.margin_used);
    assert_eq!((judgment.margin * 1e6).round(), 50_000.0);

    let noisier = run_trial(40, |unit| arms(1.06, wobble(unit, 0.15)));
    let doubt = Doubt::WithinControl;
    assert_eq!(noisier.finding, TimeFinding::Inconclusive { doubt }, "it would be another margin");
}

#[test]
fn cells_that_are_clear_are_not_measured_any_more() {
    let mut trial = Trial::new(RULES, 3);
    assert_eq!(trial.wants(), [0, 1, 2]);
    let ratios = [1.0, 1.05, 1.2];
    for unit in 0..13 {
        let arms = |cell: usize| arms(ratios[cell] * wobble(unit + cell, 0.02), 1.0);
        let measured: Vec<(usize, Arms)> =
            trial.wants().into_iter().map(|cell| (cell, arms(cell))).collect();
        trial.add(&measured);
    }
    assert_eq!(trial.wants(), [1], "one passed, and one waits to be measured again");
    trial.end_stage();
    assert_eq!(trial.wants(), [2]);
}

#[test]
fn a_trial_of_no_cells_is_over() {
    let trial = Trial::new(RULES, 0);
    assert!(trial.stage() == Stage::Over && trial.wants().is_empty());
}
