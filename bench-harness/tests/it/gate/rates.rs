//! Trials on made-up noise: how often they cry wolf, how often they miss one, and what
//! stored pairs give. The noise is heavy in the tails, as that of machines which others use, too.

use std::collections::BTreeMap;

use delimark_datasets::Random;
use delimark_report::gate::Verdict;
use delimark_report::gate::rates::{
    Pool, Rates, ResampledCounts, Scenario, Slowdown, StoredGate, StoredUnit, resample,
};
use delimark_report::gate::time::{Stage, TimeFinding, Trial};
use delimark_results::{Arms, Known};

use super::trial::RULES;

const CELLS: usize = 12;
const GATES: usize = 500;

/// The outcomes of many gates.
#[derive(Debug, Default)]
struct Outcome {
    regressions: usize,
    inconclusive: usize,
}

/// Returns a uniform number from 0 to 1, without the ends.
fn uniform(random: &mut Random) -> f64 {
    (random.below(1 << 52) as f64 + 0.5) / (1_u64 << 52) as f64
}

/// The logarithm of a time: one in ten is disturbed, and much longer.
fn noise(random: &mut Random, spread: f64) -> f64 {
    // Twelve uniform numbers add up to a normal one, nearly.
    let normal: f64 = (0..12).map(|_| uniform(random)).sum::<f64>() - 6.0;
    let disturbance = if random.below(10) == 0 { uniform(random) } else { 0.0 };
    spread * normal + disturbance
}

/// Runs many gates, the first cell of each with a candidate that is slower by this share.
fn run_gates(slowdown: f64, spread: f64, units_most: usize) -> Outcome {
    let mut random = Random::new(7);
    let mut outcome = Outcome::default();
    for _gate in 0..GATES {
        let mut trial = Trial::new(RULES, CELLS);
        let mut units = 0;
        while !trial.wants().is_empty() {
            // A quarter is kept for measuring again.
            let is_first = trial.stage() == Stage::Sampling;
            if units >= if is_first { units_most * 3 / 4 } else { units_most } {
                trial.end_stage();
                continue;
            }
            let unit = trial.wants().into_iter().map(|cell| {
                let mut time = |ratio: f64| (ratio.ln() + noise(&mut random, spread)).exp();
                let ratio = if cell == 0 { 1.0 + slowdown } else { 1.0 };
                let arms = Arms {
                    baseline_ns: time(1.0),
                    candidate_ns: time(ratio),
                    control_ns: time(1.0),
                };
                (cell, arms)
            });
            let unit: Vec<(usize, Arms)> = unit.collect();
            trial.add(&unit);
            units += 1;
        }
        let findings: Vec<TimeFinding> = trial.findings().collect();
        if findings.contains(&TimeFinding::Regression) {
            outcome.regressions += 1;
        } else if findings.iter().any(|finding| matches!(finding, TimeFinding::Inconclusive { .. }))
        {
            outcome.inconclusive += 1;
        }
    }
    outcome
}

#[test]
fn no_difference_is_no_regression_however_noisy_the_machine() {
    for (spread, inconclusive_most) in [(0.005, 0), (0.02, 10), (0.1, GATES)] {
        let outcome = run_gates(0.0, spread, 120);
        assert!(outcome.regressions == 0, "{spread}: {outcome:?}");
        assert!(outcome.inconclusive <= inconclusive_most, "{spread}: {outcome:?}");
    }
}

#[test]
fn hardly_any_pairs_are_not_mistaken_for_a_candidate_that_is_far_slower() {
    // The noisier, the more often all of a few pairs are slower by chance.
    for (spread, units) in [(0.02, 4), (0.1, 4), (0.3, 4), (0.3, 8), (1.0, 8), (1.0, 12)] {
        let outcome = run_gates(0.0, spread, units);
        assert!(outcome.regressions <= GATES / 100, "{spread}, {units}: {outcome:?}");
    }
    for slowdown in [9.0, 99.0] {
        let outcome = run_gates(slowdown, 0.02, 4);
        assert!(outcome.regressions >= GATES * 85 / 100, "{slowdown}: {outcome:?}");
    }
}

#[test]
fn a_slowdown_at_the_margin_is_rarely_called_one() {
    let outcome = run_gates(0.05, 0.01, 120);
    assert!(outcome.regressions <= GATES / 100, "{outcome:?}");
}

#[test]
fn twice_the_margin_is_found() {
    for spread in [0.005, 0.02] {
        let outcome = run_gates(0.10, spread, 120);
        assert!(outcome.regressions >= GATES * 99 / 100, "{spread}: {outcome:?}");
    }
}

#[test]
fn what_cannot_be_seen_through_the_noise_is_inconclusive_and_not_passed() {
    let outcome = run_gates(0.10, 0.1, 40);
    let passed = GATES - outcome.regressions - outcome.inconclusive;
    assert!(passed <= GATES / 20, "{outcome:?}");
}

/// Returns gates of a candidate that is slower by this share, each with these units of two cells.
fn stored(slowdown: f64, units: usize) -> Vec<StoredGate> {
    let mut random = Random::new(11);
    let mut arms = || {
        let mut time = |ratio: f64| (ratio.ln() + noise(&mut random, 0.01)).exp();
        let [baseline_ns, control_ns] = [time(1.0), time(1.0)];
        Arms { baseline_ns, candidate_ns: time(1.0 + slowdown), control_ns }
    };
    let mut unit = || StoredUnit { seconds: 0.5, arms: vec![Some(arms()), Some(arms())] };
    let slowed = Slowdown { kind: "waiting".to_owned(), size: slowdown };
    let gate = |busy| StoredGate {
        scenario: Scenario { slowdown: (slowdown > 0.0).then(|| slowed.clone()), busy },
        verdict: Verdict::Pass,
        layers: BTreeMap::from([("time".to_owned(), Verdict::Pass)]),
        seconds: 20.0,
        pressure_share: Known::Unavailable("nobody looked".to_owned()),
        units: (0..units).map(|_| unit()).collect(),
    };
    [false, true].map(gate).into()
}

#[test]
fn stored_pairs_hold_gates_again() {
    let outcome = |slowdown, budget_seconds| {
        let gates = stored(slowdown, 40);
        let gates: Vec<&StoredGate> = gates.iter().collect();
        resample(&gates, RULES, budget_seconds, 200, 1).unwrap()
    };
    assert_eq!(
        outcome(0.0, 60.0),
        ResampledCounts { gates: 200, cells: 400, ..ResampledCounts::default() }
    );
    let slower = outcome(0.15, 60.0);
    assert!(slower.regressions >= 198 && slower.slower_cells >= 396, "{slower:?}");
    let hurried = outcome(0.08, 5.0);
    assert_eq!((hurried.regressions, hurried.inconclusive), (0, 200), "{hurried:?}");
}

#[test]
fn without_pairs_there_are_no_gates_to_hold_again() {
    let gates = stored(0.0, 0);
    assert_eq!(resample(&gates.iter().collect::<Vec<_>>(), RULES, 60.0, 200, 1), None);
    let rates = Rates::of(&gates, 0.05);
    assert_eq!((rates.held.len(), rates.resampled.len(), rates.pairs), (2, 0, 0));
    let page = rates.page("a machine", "a compiler", 108).unwrap();
    assert!(page.markdown.contains("| the baseline | busy | 1 |"), "{}", page.markdown);
    assert!(page.markdown.contains("Of 110 gates that are planned, 2"), "{}", page.markdown);
}

#[test]
fn the_page_says_which_pairs_are_drawn_and_how_much_few_gates_say() {
    let mut gates = stored(0.0, 40);
    for unit in gates[0].units.iter_mut().skip(30) {
        let far_off = Arms { baseline_ns: 1.0, candidate_ns: 1.2, control_ns: 1.0 };
        unit.arms = vec![None, Some(far_off)];
    }
    let rates = Rates::of(&gates, 0.05);
    let Pool { drawn_pairs, left_out_pairs, left_out_beyond_margin, .. } = rates.pool;
    assert_eq!((drawn_pairs, left_out_pairs, left_out_beyond_margin), (140, 10, Some(1.0)));
    let page = rates.page("a machine", "a compiler", 0).unwrap().markdown;
    for expected in ["140 of 150", "and 100.0 % of the others", "fewer than 78 % of such gates"] {
        assert!(page.contains(expected), "no '{expected}' in {page}");
    }
}
