//! The layer of time: pairs of processes in, a finding for each cell out.
//!
//! The unit is a process of the baseline and one of the candidate, and a second one of the baseline
//! as a control, started for it and measured in turns. What a unit gives for a cell is one time of
//! each, [`Arms`](delimark_results::Arms), and what is judged is the logarithm of their ratio.
//!
//! A [`Trial`] asks for units until the interval of the median ratio is clear of the margin, and
//! looks only at numbers of pairs that are fixed beforehand, see [`InterimLooks`]. What seems to be
//! a regression is measured again, in groups of fresh pairs that have to agree, see
//! [`Confirmation`]. The control says what the machine makes of no difference at all, see
//! [`Control`]. Where the time is over before that, a candidate that was far slower in every pair
//! is a regression all the same.

mod confirmation;
mod control;
mod extremes;
mod interim_looks;
mod judgment;
mod trial;

pub use self::confirmation::Confirmation;
pub use self::control::Control;
pub use self::interim_looks::InterimLooks;
pub use self::judgment::{Doubt, EveryPair, Repeat, TimeFinding, TimeJudgment};
pub use self::trial::{Stage, Trial};

/// The rules that times are judged by.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct TimeRules {
    /// The share that a candidate may take longer.
    pub margin: f64,
    /// The chance of taking some cell for one beyond the margin that is exactly at it, before
    /// anything is measured again: over all cells and looks, both ways.
    pub error: f64,
}

impl TimeRules {
    /// The error that the gate allows itself; [`Confirmation`] makes it smaller by far.
    pub const ERROR: f64 = 0.05;

    /// Returns the margin as a logarithm.
    #[must_use]
    pub fn log_margin(&self) -> f64 {
        self.margin.ln_1p()
    }
}
