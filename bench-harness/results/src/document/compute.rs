//! How much several threads only compute: what the machine gives to any code. Apart from the points
//! of a scan, since nothing is gone over and so there is no throughput in bytes.

use crate::bounds::{self, Positive};
use serde::{Deserialize, Serialize};

use super::cell::estimate_pass_ns;
use crate::statistics::Estimate;

/// How long a number of threads took for steps of pure computing.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ComputePoint {
    /// The data set with whose scaling it was measured, round by round.
    pub dataset: String,
    /// What the steps do to each other.
    pub steps: Steps,
    /// How many threads computed, each as much as one alone.
    #[serde(deserialize_with = "bounds::field::<Positive, _, _>")]
    pub threads: u64,
    /// How many steps one sample took in all, by all threads.
    #[serde(deserialize_with = "bounds::field::<Positive, _, _>")]
    pub steps_per_sample: u64,
    /// How long each sample took; index is round.
    #[serde(deserialize_with = "bounds::some::<Positive, _, _>")]
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

/// What steps do to each other.
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
