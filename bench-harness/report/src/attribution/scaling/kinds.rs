//! Samples of two kinds: on a machine that is now one and now another, as where a host moves the
//! processors of its guests, a median says which kind there was more of and little else.

use delimark_results::statistics::median;

use crate::attribution::thresholds::KINDS_APART;
use crate::number_format::number;

/// The fewest samples that are a kind and not an accident.
const SAMPLES_LEAST: usize = 2;

/// Speeds that fall into two groups with nothing between them.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Kinds {
    fast: Kind,
    slow: Kind,
}

#[derive(Clone, Debug, PartialEq)]
struct Kind {
    samples: usize,
    median: f64,
}

impl Kinds {
    /// Cuts speeds where the largest gap is; nothing if that is small, or smaller than what either
    /// group differs by in itself.
    pub(super) fn of(speeds: &[f64]) -> Option<Self> {
        let mut sorted = speeds.to_vec();
        sorted.sort_unstable_by(f64::total_cmp);
        let gap = |at: &usize| sorted[*at] / sorted[at - 1];
        let cuts = SAMPLES_LEAST..(sorted.len() + 1).saturating_sub(SAMPLES_LEAST);
        let cut = cuts.max_by(|a, b| gap(a).total_cmp(&gap(b)))?;
        let (slow, fast) = sorted.split_at(cut);
        let spread = |group: &[f64]| group[group.len() - 1] / group[0];
        let is_apart = gap(&cut) >= KINDS_APART.max(spread(slow)).max(spread(fast));
        let kind = |group: &[f64]| Kind { samples: group.len(), median: median(group) };
        is_apart.then(|| Self { fast: kind(fast), slow: kind(slow) })
    }

    /// Says how many there are of each: `5 at 7.70 and 4 at 4.40 GB/s`.
    pub(super) fn describe(&self, unit: &str) -> String {
        let Self { fast, slow } = self;
        format!(
            "{} at {} and {} at {} {unit}",
            fast.samples,
            number(fast.median),
            slow.samples,
            number(slow.median)
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn two_groups_with_nothing_between_them_are_two_kinds() {
        let kinds = Kinds::of(&[7.7, 4.4, 7.6, 4.3, 7.8, 4.5, 7.7]).expect("two kinds");
        assert_eq!(kinds.describe("GB/s"), "4 at 7.70 and 3 at 4.40 GB/s");
    }

    #[test]
    fn what_is_near_or_alone_or_spread_is_one_kind() {
        assert_eq!(Kinds::of(&[7.0, 7.1, 7.2, 8.3, 8.4, 8.5]), None, "less than a fifth apart");
        assert!(Kinds::of(&[7.0, 7.1, 7.2, 8.7, 8.8, 8.9]).is_some(), "more than a fifth");
        assert_eq!(Kinds::of(&[7.7, 7.6, 7.8, 7.7, 2.0]), None, "one sample is an accident");
        assert_eq!(Kinds::of(&[4.0, 5.5, 7.0, 9.0, 11.0]), None, "no gap stands out");
        assert_eq!(Kinds::of(&[4.0, 8.0, 8.0]), None);
        assert_eq!(Kinds::of(&[]), None);
    }
}
