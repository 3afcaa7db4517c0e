//! Ratios of what was measured in the same rounds, with an interval: what a machine does to one
//! round it does to both sides, so ratios stay near each other where speeds do not.

use std::cell::OnceCell;

use delimark_results::statistics::{Estimate, MINIMUM_ROUNDS, estimate_median};

use crate::number_format::{interval_of, percent, percent_interval, times};

/// A ratio in each round, and what they come to.
#[derive(Clone, Debug)]
pub struct Paired {
    by_round: Vec<f64>,
    /// Of use only where the ratio is shown or judged, and dear: a ratio may be part of another.
    estimate: OnceCell<Estimate>,
}

/// The side of a threshold that an interval is on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Side {
    /// All of it is below.
    Below,
    /// All of it is at the threshold or above.
    Above,
    /// On both sides, or of too few rounds to be one: nothing follows.
    Open,
}

impl Paired {
    /// Divides round by round; nothing where the rounds do not correspond.
    pub(super) fn of(these: &[f64], others: &[f64]) -> Option<Self> {
        if these.len() != others.len() || these.is_empty() {
            return None;
        }
        let by_round = these.iter().zip(others).map(|(a, b)| a / b).collect();
        Some(Self { by_round, estimate: OnceCell::new() })
    }

    /// Divides by another ratio, round by round.
    pub(super) fn over(&self, other: &Self) -> Option<Self> {
        Self::of(&self.by_round, &other.by_round)
    }

    /// Returns the median with its 95 % interval.
    #[must_use]
    pub fn estimate(&self) -> Estimate {
        *self.estimate.get_or_init(|| estimate_median(&self.by_round))
    }

    pub(super) fn has_enough_rounds(&self) -> bool {
        self.by_round.len() >= MINIMUM_ROUNDS
    }

    pub(super) fn side(&self, threshold: f64) -> Side {
        if !self.has_enough_rounds() {
            return Side::Open;
        }
        match self.estimate() {
            Estimate { low, .. } if low >= threshold => Side::Above,
            Estimate { high, .. } if high < threshold => Side::Below,
            _ => Side::Open,
        }
    }

    /// Says it as a factor: `1.28 × (1.25–1.31)`.
    pub(super) fn as_times(&self) -> String {
        format!("{} ({})", times(self.estimate().median), interval_of(self.estimate()))
    }

    /// Says it as a share: `91 % (88–94 %)`.
    pub(super) fn as_share(&self) -> String {
        format!("{} ({})", percent(self.estimate().median), percent_interval(self.estimate()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_side_takes_all_of_the_interval_and_enough_rounds() {
        let ratio = |rounds: &[f64]| Paired::of(rounds, &vec![1.0; rounds.len()]).expect("rounds");
        let narrow = ratio(&[1.30, 1.31, 1.32, 1.31, 1.30, 1.32]);
        assert_eq!(
            [1.3, 1.31, 1.33].map(|t| narrow.side(t)),
            [Side::Above, Side::Open, Side::Below]
        );
        assert_eq!(ratio(&[1.3; 5]).side(1.0), Side::Open, "five rounds make no interval");
        assert_eq!(ratio(&[1.3; 6]).side(1.0), Side::Above);
    }

    #[test]
    fn rounds_that_do_not_correspond_have_no_ratio() {
        assert!(Paired::of(&[1.0, 2.0], &[1.0]).is_none());
        assert!(Paired::of(&[], &[]).is_none());
    }

    #[test]
    fn what_moves_both_sides_of_a_round_cancels() {
        let speeds = [4.4, 7.7, 4.4, 7.7, 7.7, 4.4, 7.7];
        let twice = speeds.map(|speed| 2.0 * speed);
        let ratio = Paired::of(&twice, &speeds).expect("rounds");
        assert_eq!(ratio.as_times(), "2.00 × (2.00–2.00)");
        assert_eq!(ratio.over(&ratio).expect("rounds").as_share(), "100 % (100–100 %)");
    }
}
