//! What the gate says in the end, and the exit code that says it to scripts.

use serde::{Deserialize, Serialize};

use crate::exit::Exit;

/// What the gate says in the end. The worst that was found decides.
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
    /// The word in every output.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Pass => "pass",
            Self::Inconclusive => "inconclusive",
            Self::Regression => "regression",
            Self::WrongAnswers => "wrong answers",
        }
    }

    /// The exit code; who wants it so lets pass what could not be decided.
    #[must_use]
    pub const fn exit(self, lets_inconclusive_pass: bool) -> Exit {
        match self {
            Self::Pass => Exit::Success,
            Self::Inconclusive if lets_inconclusive_pass => Exit::Success,
            Self::Inconclusive => Exit::Inconclusive,
            Self::Regression => Exit::Regression,
            Self::WrongAnswers => Exit::Failure,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_verdict_has_its_exit_code() {
        let verdicts =
            [Verdict::Pass, Verdict::WrongAnswers, Verdict::Regression, Verdict::Inconclusive];
        assert_eq!(verdicts.map(|verdict| verdict.exit(false) as u8), [0, 1, 3, 4]);
        assert_eq!(verdicts.map(|verdict| verdict.exit(true) as u8), [0, 1, 3, 0]);
        assert_eq!(verdicts.into_iter().max(), Some(Verdict::WrongAnswers));
    }
}
