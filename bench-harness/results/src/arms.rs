//! The times of one unit of a gate.

use std::time::Duration;

/// The times that one unit measured for a cell, nanoseconds.
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

    /// Returns how much longer the candidate takes, as a logarithm.
    #[must_use]
    pub fn change(&self) -> f64 {
        (self.candidate_ns / self.baseline_ns).ln()
    }

    /// Returns how much longer the control takes, as a logarithm.
    #[must_use]
    pub fn control(&self) -> f64 {
        (self.control_ns / self.baseline_ns).ln()
    }
}
