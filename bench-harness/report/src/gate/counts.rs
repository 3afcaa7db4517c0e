//! Counts of a baseline and of a candidate: instructions, branch misses, allocations and memory,
//! which come out the same on a busy machine as on a quiet one.

use delimark_results::Known;
use serde::{Deserialize, Serialize};

use super::Layer;

/// An amount that a side was counted to do.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Counted {
    /// The amount, for a record or in all.
    pub amount: f64,
    /// The tool that counted, see [`source`](delimark_results::counter::source).
    pub source: String,
}

/// All that a side was counted to do in a cell.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct CellCounts {
    /// Instructions a record.
    pub instructions: Known<Counted>,
    /// Branch misses a record.
    pub branch_misses: Known<Counted>,
    /// Allocations a record.
    pub allocations: Known<Counted>,
    /// The most memory in use at once, bytes, the data aside.
    pub peak_memory: Known<Counted>,
}

/// The most that a candidate may do beyond the baseline.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Limit {
    /// As a share of the baseline's amount.
    pub share: f64,
    /// And so much on top of that, whatever the baseline does: what is nothing grows by any share.
    pub amount: f64,
}

/// A count compared with another.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct CountChange {
    /// The baseline's.
    pub baseline: f64,
    /// The candidate's.
    pub candidate: f64,
    /// The increase as a share of the baseline's; none where that is 0.
    pub change: Option<f64>,
    /// The limit of the increase.
    pub limit: Limit,
    /// The tool that counted both.
    pub source: String,
    /// The finding.
    pub finding: Finding,
}

/// The meaning of a change.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Finding {
    /// There is more, beyond the limit.
    Regression,
    /// There is less, beyond the limit.
    Improvement,
    /// There is as much, within the limit.
    Same,
}

impl CellCounts {
    /// Returns a cell without any count.
    #[must_use]
    pub fn none(reason: &str) -> Self {
        let missing = || Known::Unavailable(reason.to_owned());
        Self {
            instructions: missing(),
            branch_misses: missing(),
            allocations: missing(),
            peak_memory: missing(),
        }
    }

    /// Returns the counts that these layers ask for.
    #[must_use]
    pub fn of_layers(self, layers: &[Layer]) -> Self {
        let of = |layer, count| {
            let is_on = layers.contains(&layer);
            if is_on { count } else { Known::Unavailable("not asked for".to_owned()) }
        };
        Self {
            instructions: of(Layer::Instructions, self.instructions),
            branch_misses: of(Layer::Instructions, self.branch_misses),
            allocations: of(Layer::Memory, self.allocations),
            peak_memory: of(Layer::Memory, self.peak_memory),
        }
    }
}

impl CountChange {
    /// Compares what is known of a candidate with what is known of the baseline.
    #[must_use]
    pub fn of_known(
        baseline: &Known<Counted>,
        candidate: &Known<Counted>,
        limit: Limit,
    ) -> Known<Self> {
        match (baseline, candidate) {
            (Known::Value(baseline), Known::Value(candidate)) => {
                Self::of(baseline, candidate, limit).map_or_else(Known::Unavailable, Known::Value)
            }
            (_, Known::Unavailable(reason)) | (Known::Unavailable(reason), _) => {
                Known::Unavailable(reason.clone())
            }
        }
    }

    /// Compares a candidate's count with the baseline's.
    ///
    /// # Errors
    ///
    /// They were counted by different tools, so that nothing can be said.
    pub fn of(baseline: &Counted, candidate: &Counted, limit: Limit) -> Result<Self, String> {
        if baseline.source != candidate.source {
            return Err(format!(
                "the baseline was counted by {}, the candidate by {}",
                baseline.source, candidate.source
            ));
        }
        let (before, after) = (baseline.amount, candidate.amount);
        let finding = if after > limit.above(before) {
            Finding::Regression
        } else if before > limit.above(after) {
            Finding::Improvement
        } else {
            Finding::Same
        };
        Ok(Self {
            baseline: before,
            candidate: after,
            change: (before > 0.0).then(|| after / before - 1.0),
            limit,
            source: baseline.source.clone(),
            finding,
        })
    }
}

impl Limit {
    /// Branch misses decide nothing: they are simulated, and there to name a cause.
    pub const BRANCH_MISSES: Self = Self { share: 0.1, amount: 0.05 };

    /// An allocation in a thousand records is none that a record has to do with: a buffer grew.
    pub const ALLOCATIONS: Self = Self { share: 0.01, amount: 0.001 };

    /// A buffer more or less of the size that a burst has.
    pub const PEAK_MEMORY: Self = Self { share: 0.1, amount: 65_536.0 };

    /// Returns a limit on instructions.
    #[must_use]
    pub const fn of_instructions(share: f64) -> Self {
        Self { share, amount: 0.0 }
    }

    /// Returns the most that is no more than an amount.
    fn above(self, amount: f64) -> f64 {
        amount * (1.0 + self.share) + self.amount
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn counted(amount: f64, source: &str) -> Counted {
        Counted { amount, source: source.to_owned() }
    }

    fn finding(before: f64, after: f64, limit: Limit) -> Finding {
        CountChange::of(&counted(before, "x"), &counted(after, "x"), limit).unwrap().finding
    }

    #[test]
    fn what_swaps_sides_swaps_its_finding() {
        let limit = Limit { share: 0.01, amount: 0.0 };
        assert_eq!(finding(100.0, 102.0, limit), Finding::Regression);
        assert_eq!(finding(102.0, 100.0, limit), Finding::Improvement);
        assert_eq!(finding(100.0, 100.9, limit), Finding::Same);
    }

    #[test]
    fn what_was_nothing_is_judged_by_the_amount() {
        let limit = Limit { share: 0.01, amount: 0.001 };
        assert_eq!(finding(0.0, 0.02, limit), Finding::Regression);
        assert_eq!(finding(0.02, 0.0, limit), Finding::Improvement);
        assert_eq!(finding(0.0, 0.0005, limit), Finding::Same);
        let change = CountChange::of(&counted(0.0, "x"), &counted(0.02, "x"), limit).unwrap();
        assert_eq!(change.change, None);
    }

    #[test]
    fn different_tools_count_different_things() {
        let limit = Limit { share: 0.01, amount: 0.0 };
        let reason = CountChange::of(&counted(1.0, "x"), &counted(1.0, "y"), limit).unwrap_err();
        assert!(reason.contains("counted by x, the candidate by y"), "{reason}");
    }
}
