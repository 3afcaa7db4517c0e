//! The layer of time: pairs of processes in, a finding for each cell out.
//!
//! The unit is a process of the baseline and one of the candidate, and a second one of the baseline
//! as a control, started anew and measured in turns. What a unit gives for a cell is one time of
//! each, [`Arms`], and what is judged is the logarithm of their ratio.
//!
//! A [`Trial`] asks for units until the interval of the median ratio is clear of the margin, and
//! looks only at numbers of pairs that are fixed beforehand, see [`Looks`]. What seems to be a
//! regression is measured again, in groups of fresh pairs that have to agree, see [`Quorum`]. The
//! control says what the machine makes of no difference at all, see [`Control`]. Where the time is
//! over before that, a candidate that was far slower in every pair is a regression all the same.

mod control;
mod extremes;
mod judgment;
mod looks;
mod quorum;
mod trial;

use std::time::Duration;

pub use self::control::Control;
pub use self::judgment::{Doubt, EveryPair, Group, TimeFinding, TimeJudgment};
pub use self::looks::Looks;
pub use self::quorum::Quorum;
pub use self::trial::{Stage, Trial};

/// What one unit measured for a cell, nanoseconds.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Arms {
    /// The process of the baseline.
    pub baseline_ns: f64,
    /// The process of the candidate.
    pub candidate_ns: f64,
    /// The second process of the baseline.
    pub control_ns: f64,
}

impl Arms {
    /// Takes the times of baseline, candidate and control.
    ///
    /// # Panics
    ///
    /// One of them is nothing: a clock that stands still gives no ratio.
    #[must_use]
    pub fn of(times: [Duration; 3]) -> Self {
        assert!(times.iter().all(|time| !time.is_zero()), "a pass takes time");
        let [baseline_ns, candidate_ns, control_ns] = times.map(|time| time.as_nanos() as f64);
        Self { baseline_ns, candidate_ns, control_ns }
    }

    /// How much longer the candidate takes, as a logarithm.
    #[must_use]
    pub fn change(&self) -> f64 {
        (self.candidate_ns / self.baseline_ns).ln()
    }

    /// How much longer the control takes, as a logarithm.
    #[must_use]
    pub fn control(&self) -> f64 {
        (self.control_ns / self.baseline_ns).ln()
    }
}

/// How times are judged.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct TimeRules {
    /// How much longer a candidate may take, as a share.
    pub margin: f64,
    /// The chance of taking some cell for one beyond the margin that is exactly at it, before
    /// anything is measured again: over all cells and looks, both ways.
    pub error: f64,
}

impl TimeRules {
    /// The error that the gate allows itself; [`Quorum`] makes it smaller by far.
    pub const ERROR: f64 = 0.05;

    /// The margin as a logarithm.
    #[must_use]
    pub fn log_margin(&self) -> f64 {
        self.margin.ln_1p()
    }
}
