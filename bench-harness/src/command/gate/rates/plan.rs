//! The order of the gates: first those of the baseline with itself, then each slowdown in
//! turn, so that a part of those is a small picture of all.

use delimark_report::gate::rates::{Scenario, Slowdown};

use crate::command::gate::self_test::Kind;

/// The gates that compare the baseline with itself. Half of all gates run beside busy cores.
const PLAIN_GATES: usize = 30;

/// The slowdowns of candidates, and the number of gates for each. Counts show the smallest
/// of the first three, and larger ones as well; what is found by time alone depends on the size.
const SLOWED_GATES: [(Kind, f64, usize); 7] = [
    (Kind::Instructions, 0.02, 10),
    (Kind::Allocations, 0.02, 10),
    (Kind::Branches, 0.05, 10),
    (Kind::Waiting, 0.1, 20),
    (Kind::Waiting, 0.05, 10),
    (Kind::Waiting, 0.075, 10),
    (Kind::Waiting, 0.02, 10),
];

/// Returns the gates that are still to be run, where `count` says how many of a scenario were.
pub(super) fn missing(count: impl Fn(&Scenario) -> usize) -> Vec<Scenario> {
    let slowed = SLOWED_GATES.map(|(kind, size, gates)| {
        let slowdown = Slowdown { kind: kind.name().to_owned(), size };
        (Some(slowdown), gates)
    });
    let mut missing = in_turn(&[(None, PLAIN_GATES)], &count);
    missing.extend(in_turn(&slowed, &count));
    missing
}

/// Returns the gates of these candidates that are still to be run, each scenario in turn.
fn in_turn(
    candidates: &[(Option<Slowdown>, usize)],
    count: impl Fn(&Scenario) -> usize,
) -> Vec<Scenario> {
    let scenarios = candidates.iter().flat_map(|(slowdown, gates)| {
        [false, true].map(|busy| (Scenario { slowdown: slowdown.clone(), busy }, gates / 2))
    });
    let open: Vec<(Scenario, usize)> = scenarios
        .map(|(scenario, planned)| {
            let missing = planned.saturating_sub(count(&scenario));
            (scenario, missing)
        })
        .collect();
    let rounds = open.iter().map(|&(_, missing)| missing).max().unwrap_or_default();
    let of_round = |round| {
        let open = open.iter().filter(move |&&(_, missing)| missing > round);
        open.map(|(scenario, _)| scenario.clone())
    };
    (0..rounds).flat_map(of_round).collect()
}

/// Describes a gate in a few words.
pub(super) fn name(Scenario { slowdown, busy }: &Scenario) -> String {
    let cores = if *busy { "other cores busy" } else { "other cores left alone" };
    match slowdown {
        None => format!("a build against itself, {cores}"),
        Some(slowdown) => format!("{slowdown}, {cores}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_gates_are_held_half_of_them_beside_busy_cores() {
        let all = missing(|_| 0);
        let slowed: usize = SLOWED_GATES.iter().map(|&(.., gates)| gates).sum();
        assert_eq!(all.len(), PLAIN_GATES + slowed);
        assert_eq!(all.iter().filter(|scenario| scenario.busy).count(), all.len() / 2);
        let (plain, rest) = all.split_at(PLAIN_GATES);
        assert!(plain.iter().all(|scenario| scenario.slowdown.is_none()));
        // The first round has each scenario once.
        let first = &rest[..2 * SLOWED_GATES.len()];
        assert!(first.iter().all(|one| first.iter().filter(|other| *other == one).count() == 1));
    }

    #[test]
    fn what_was_held_is_not_held_again() {
        let plain = Scenario { slowdown: None, busy: false };
        let left = missing(|scenario| if *scenario == plain { 14 } else { 99 });
        assert_eq!(left, [plain]);
    }
}
