//! The findings of a trial for a cell.

use delimark_results::statistics::Estimate;
use serde::Serialize;

use super::Control;

/// The meaning of a cell's pairs. Ratios are times of the candidate over those of the baseline.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct TimeJudgment {
    /// The outcome.
    pub finding: TimeFinding,
    /// The number of pairs, those of the confirmation aside.
    pub pairs: usize,
    /// The median ratio with its 95 % bootstrap interval, as everywhere in reports.
    pub ratio: Option<Estimate>,
    /// The interval of the median ratio that the decision was made by: wider, since it is one of
    /// many.
    pub interval: Option<[f64; 2]>,
    /// The same for the control.
    pub control: Option<[f64; 2]>,
    /// The margin that was asked for, as a share.
    pub margin: f64,
    /// The margin that was judged by, as a share: larger where the control asks for it.
    pub margin_used: f64,
    /// The confirmation; empty where no regression was suspected.
    pub groups: Vec<Repeat>,
    /// The pairs that showed it where the budget ended before it could be judged as others are.
    pub every_pair: Option<EveryPair>,
}

/// Pairs that were all far slower.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct EveryPair {
    /// Their number.
    pub pairs: usize,
    /// The least of their ratios.
    pub least_ratio: f64,
}

/// The outcome.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case", tag = "kind")]
pub enum TimeFinding {
    /// The candidate takes longer than the margin allows.
    Regression,
    /// It takes less time, by more than the margin.
    Improvement,
    /// It does not take longer than the margin allows.
    Same,
    /// The pairs do not say.
    Inconclusive {
        /// The reason.
        doubt: Doubt,
    },
}

/// A reason why pairs do not say.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Doubt {
    /// The time was over before there were enough of them.
    TooFewPairs,
    /// The same, and all that there were are clearly slower.
    SlowerSoFar,
    /// The interval reaches over the margin.
    Noise,
    /// The interval is beyond the margin, and not beyond what the control may differ by.
    WithinControl,
    /// The baseline differs from itself.
    ControlDiffers,
    /// The suspected regression was measured again, and the groups do not agree.
    NotConfirmed,
    /// The time was over before it could be measured again.
    NotRepeated,
}

impl Doubt {
    /// Says it in a sentence.
    #[must_use]
    pub const fn sentence(self) -> &'static str {
        match self {
            Self::TooFewPairs => "the budget ended before there were enough pairs",
            Self::SlowerSoFar => {
                "every pair so far was slower by more than twice the margin, and the budget ended \
                 before there were enough to be sure: this does not pass; give it a larger --budget"
            }
            Self::Noise => "the interval reaches over the margin",
            Self::WithinControl => {
                "beyond the margin, but the baseline may differ from itself as much on this machine"
            }
            Self::ControlDiffers => "the baseline differs from itself on this machine",
            Self::NotConfirmed => "slower at first, and measuring it again did not settle it",
            Self::NotRepeated => "the budget ended before it could be measured again",
        }
    }
}

/// The finding of a group of fresh pairs about a suspected regression.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Repeat {
    /// Beyond the margin, all of its interval.
    Slower,
    /// Within it, all of its interval.
    NotSlower,
    /// Neither.
    Unclear,
}

impl TimeJudgment {
    /// Turns what the pairs of a cell say into shares and ratios.
    pub(super) fn new(
        finding: TimeFinding,
        changes: &[f64],
        interval: Option<(f64, f64)>,
        control: Option<Control>,
        margins: [f64; 2],
        groups: Vec<Repeat>,
        every_pair: Option<EveryPair>,
    ) -> Self {
        let ratio = (!changes.is_empty())
            .then(|| delimark_results::statistics::estimate_median(changes).map(f64::exp));
        let [margin, margin_used] = margins.map(f64::exp_m1);
        Self {
            finding,
            pairs: changes.len(),
            ratio,
            interval: interval.map(|(low, high)| [low.exp(), high.exp()]),
            control: control.map(|Control { low, high }| [low.exp(), high.exp()]),
            margin,
            margin_used,
            groups,
            every_pair,
        }
    }
}
