//! One point of the scaling with threads, with samples of several threads at once.

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
    /// The number of threads that share a pass.
    pub threads: u64,
    /// True if each thread writes to cache lines of its own.
    pub padded: bool,
    /// The size in bytes of the input that each sample goes over again and again.
    pub working_set_bytes: u64,
    /// The number of bytes that one sample went over in all, by all threads.
    pub bytes_per_sample: u64,
    /// The time of each sample; index is round.
    pub samples_ns: Vec<u64>,
    /// See [`throughput`](super::throughput()).
    #[serde(flatten, with = "super::throughput")]
    pub gigabytes_per_second: Estimate,
}
