//! One point of the working-set sweep. It is no cell, since it has no records: it goes
//! over the same bytes many times.

use serde::{Deserialize, Serialize};

use super::throughput::throughput;
use crate::statistics::Estimate;

/// One engine's throughput on one size of working set.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct WorkingSetPoint {
    /// The engine's name.
    pub engine: String,
    /// The model's name.
    pub model: String,
    /// The data set's name.
    pub dataset: String,
    /// The size in bytes of the input that each sample goes over again and again.
    pub working_set_bytes: u64,
    /// The number of bytes that one sample went over in all.
    pub bytes_per_sample: u64,
    /// The time of each sample; index is round.
    pub samples_ns: Vec<u64>,
    /// See [`throughput`].
    #[serde(flatten, with = "super::throughput")]
    pub gigabytes_per_second: Estimate,
}

impl WorkingSetPoint {
    /// Derives the throughput from samples: `identity` is engine, model and data set.
    ///
    /// # Panics
    ///
    /// Panics if there is no sample or a sample of 0 ns.
    #[must_use]
    pub fn from_samples(
        [engine, model, dataset]: [&str; 3],
        working_set_bytes: u64,
        bytes_per_sample: u64,
        samples_ns: Vec<u64>,
    ) -> Self {
        Self {
            engine: engine.to_owned(),
            model: model.to_owned(),
            dataset: dataset.to_owned(),
            working_set_bytes,
            bytes_per_sample,
            gigabytes_per_second: throughput(&samples_ns, bytes_per_sample),
            samples_ns,
        }
    }
}
