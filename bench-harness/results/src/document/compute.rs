//! The computing of several threads: what the machine gives to any code. It is no point
//! of a scan: nothing is gone over, so there is no throughput in bytes.

use serde::{Deserialize, Serialize};

use super::cell::estimate_pass_ns;
use crate::statistics::Estimate;

/// The times that a number of threads took for steps of pure computing.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ComputePoint {
    /// The data set with whose scaling it was measured, round by round.
    pub dataset: String,
    /// The dependence between the steps.
    pub steps: Steps,
    /// The number of threads that computed, each as much as one alone.
    pub threads: u64,
    /// The number of steps of one sample, by all threads together.
    pub steps_per_sample: u64,
    /// The time of each sample; index is round.
    pub samples_ns: Vec<u64>,
}

impl ComputePoint {
    /// Derives the steps over the median sample.
    ///
    /// # Panics
    ///
    /// Panics if there is no sample or a sample of 0 ns.
    #[must_use]
    pub fn steps_per_ns(&self) -> Estimate {
        estimate_pass_ns(&self.samples_ns).into_rate(self.steps_per_sample as f64)
    }
}

/// The dependence between steps.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Steps {
    /// Many do not wait for each other: one thread keeps a core busy, and a second one gains only
    /// where it has another core.
    Independent,
    /// Each waits for the one before: one thread leaves most of a core idle, and a second one gains
    /// wherever it runs at the same time.
    Dependent,
}

impl Steps {
    /// Both kinds.
    pub const ALL: [Self; 2] = [Self::Independent, Self::Dependent];
}
