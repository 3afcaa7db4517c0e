//! The verdict of the gate.

use serde::{Deserialize, Serialize};

/// The verdict of the gate. The worst that was found decides.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Verdict {
    /// Nothing is worse.
    Pass,
    /// Something could not be decided, and nothing is known to be worse.
    Inconclusive,
    /// The candidate is slower, or takes more of something, than the limits allow.
    Regression,
    /// The candidate answers wrongly, or not at all: how fast it does so is of no interest.
    WrongAnswers,
}

impl Verdict {
    /// Returns the word in every output.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Pass => "pass",
            Self::Inconclusive => "inconclusive",
            Self::Regression => "regression",
            Self::WrongAnswers => "wrong answers",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_worst_is_the_greatest() {
        let verdicts =
            [Verdict::Pass, Verdict::WrongAnswers, Verdict::Regression, Verdict::Inconclusive];
        assert_eq!(verdicts.into_iter().max(), Some(Verdict::WrongAnswers));
    }
}
