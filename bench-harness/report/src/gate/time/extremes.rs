//! The extremes of all pairs of a cell: what shows that a candidate is far slower where the time
//! was over before there was anything finer to judge by.
//!
//! The slower a candidate, the fewer pairs fit a budget: it must not pass for that. No distribution
//! is needed where every pair is slower than any control. In pairs without a difference, of any
//! noise, that happens to six by chance in 1 of 924 cases, before it has to be by so much.

use delimark_results::Arms;

use super::TimeRules;

/// The fewest pairs that can show it.
pub(super) const PAIRS_LEAST: usize = 3;

/// The pairs that need not be as far apart as fewer do: chance alone rarely orders that many.
const PAIRS_ENOUGH: usize = 6;

/// The number of margins by which each pair has to be slower.
const MARGINS: f64 = 2.0;

/// The factor that the candidate has to take longer by where there are few pairs, and the one that
/// it has to be further off by than the control.
const FACTOR: f64 = 2.0;

/// The extremes of a cell's pairs, those of the confirmation included; logarithms of ratios.
#[derive(Clone, Debug, Default)]
pub(super) struct Extremes {
    pairs: usize,
    seen: Option<Seen>,
}

#[derive(Clone, Copy, Debug)]
struct Seen {
    least_change: f64,
    largest_control: f64,
    /// The largest of controls in either direction.
    control_spread: f64,
}

impl Extremes {
    /// Adds a pair.
    pub(super) fn add(&mut self, arms: Arms) {
        let (change, control) = (arms.change(), arms.control());
        let one =
            Seen { least_change: change, largest_control: control, control_spread: control.abs() };
        self.pairs += 1;
        self.seen = Some(self.seen.map_or(one, |seen| Seen {
            least_change: seen.least_change.min(change),
            largest_control: seen.largest_control.max(control),
            control_spread: seen.control_spread.max(control.abs()),
        }));
    }

    /// Returns the number of pairs.
    pub(super) fn pairs(&self) -> usize {
        self.pairs
    }

    /// Returns the least that the candidate was slower by in a pair.
    pub(super) fn least_change(&self) -> Option<f64> {
        self.seen.map(|seen| seen.least_change)
    }

    /// Tells whether every pair is clearly slower, and clearly slower than any control.
    pub(super) fn are_slower(&self, rules: &TimeRules) -> bool {
        let margin = rules.log_margin();
        self.seen.is_some_and(|seen| {
            seen.least_change > (MARGINS * margin).max(seen.largest_control + margin)
        })
    }

    /// Tells whether every pair is so much slower that a few suffice.
    pub(super) fn are_far_slower(&self, rules: &TimeRules) -> bool {
        let is_far = |seen: Seen| {
            seen.least_change > FACTOR.ln().max(FACTOR * seen.control_spread + rules.log_margin())
        };
        self.pairs >= PAIRS_LEAST && self.are_slower(rules) && self.seen.is_some_and(is_far)
    }

    /// Tells whether the pairs show by themselves that the candidate is slower.
    pub(super) fn show_slower(&self, rules: &TimeRules) -> bool {
        let are_enough = self.pairs >= PAIRS_ENOUGH;
        self.are_far_slower(rules) || are_enough && self.are_slower(rules)
    }
}
