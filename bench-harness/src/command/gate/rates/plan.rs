//! Which gates are held, in which order: each scenario in turn, so that a part of them is a small
//! picture of the whole.

use crate::command::gate::self_test::Kind;
use crate::gate::rates::{Scenario, Slowdown};

/// How many gates hold the baseline against itself; half of them beside busy cores.
const PLAIN_GATES: usize = 30;

/// How many hold it against each kind and size of slowdown; half of them likewise.
const SLOW_GATES: usize = 10;

/// How much slower candidates are made.
const SIZES: [f64; 3] = [0.02, 0.05, 0.1];

/// The gates that are still to be held, where `count` says how many of a scenario were.
pub(super) fn missing(count: impl Fn(&Scenario) -> usize) -> Vec<Scenario> {
    let scenarios: Vec<(Scenario, usize)> = scenarios()
        .map(|(scenario, planned)| {
            let held = count(&scenario).min(planned);
            (scenario, planned - held)
        })
        .collect();
    let rounds = scenarios.iter().map(|&(_, missing)| missing).max().unwrap_or_default();
    let of_round = |round| {
        let open = scenarios.iter().filter(move |&&(_, missing)| missing > round);
        open.map(|(scenario, _)| scenario.clone())
    };
    (0..rounds).flat_map(of_round).collect()
}

/// What a gate is about, in a few words.
pub(super) fn name(Scenario { slowdown, busy }: &Scenario) -> String {
    let cores = if *busy { "other cores busy" } else { "quiet" };
    match slowdown {
        None => format!("a build against itself, {cores}"),
        Some(Slowdown { kind, size }) => format!("{:.0} % of {kind}, {cores}", size * 100.0),
    }
}

/// Every scenario with how many gates there are to be.
fn scenarios() -> impl Iterator<Item = (Scenario, usize)> {
    let slow = Kind::ALL
        .into_iter()
        .flat_map(|kind| SIZES.map(|size| Some(Slowdown { kind: kind.name().to_owned(), size })));
    let candidates = [(None, PLAIN_GATES)].into_iter().chain(slow.map(|slow| (slow, SLOW_GATES)));
    candidates.flat_map(|(slowdown, gates)| {
        [false, true].map(|busy| (Scenario { slowdown: slowdown.clone(), busy }, gates / 2))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_gates_are_held_half_of_them_beside_busy_cores() {
        let all = missing(|_| 0);
        assert_eq!(all.len(), PLAIN_GATES + 4 * 3 * SLOW_GATES);
        assert_eq!(all.iter().filter(|scenario| scenario.busy).count(), all.len() / 2);
        // The first round has each scenario once.
        let first = &all[..26];
        assert!(first.iter().all(|one| first.iter().filter(|other| *other == one).count() == 1));
    }

    #[test]
    fn what_was_held_is_not_held_again() {
        let plain = Scenario { slowdown: None, busy: false };
        let left = missing(|scenario| if *scenario == plain { 14 } else { 99 });
        assert_eq!(left, [plain]);
    }
}
