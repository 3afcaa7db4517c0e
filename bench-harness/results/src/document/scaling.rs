//! One point of the scaling with threads, apart from the ladder because its samples are of several
//! threads at once.

use serde::{Deserialize, Serialize};

use crate::statistics::Estimate;

/// One engine's throughput with a number of threads on a size of working set.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ScalingPoint {
    /// The engine's name.
    pub engine: String,
    /// The model's name.
    pub model: String,
    /// The data set's name.
    pub dataset: String,
    /// How many threads share a pass.
    pub threads: u64,
    /// Whether what each thread writes has cache lines of its own.
    pub padded: bool,
    /// How many bytes each sample goes over again and again.
    pub working_set_bytes: u64,
    /// How many bytes one sample went over in all, by all threads.
    pub bytes_per_sample: u64,
    /// How long each sample took; index is round.
    pub samples_ns: Vec<u64>,
    /// See [`throughput`](super::throughput()).
    #[serde(flatten, with = "super::throughput")]
    pub gigabytes_per_second: Estimate,
}
