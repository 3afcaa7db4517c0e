//! One point of the scaling with threads, with samples of several threads at once.

use crate::bounds::{self, AboveZero, Positive};
use serde::{Deserialize, Serialize};

use super::cell::WireInterval;
use crate::statistics::Estimate;

/// One engine's throughput with a number of threads on a size of working set.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(from = "WireScalingPoint")]
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
    #[serde(flatten, serialize_with = "super::throughput::serialize")]
    pub gigabytes_per_second: Estimate,
}

/// A point as it stands in the file. It is read before it is a [`ScalingPoint`], so that an error
/// in its throughput is told with its place.
#[derive(Deserialize)]
struct WireScalingPoint {
    engine: String,
    model: String,
    dataset: String,
    #[serde(deserialize_with = "bounds::field::<Positive, _, _>")]
    threads: u64,
    padded: bool,
    #[serde(deserialize_with = "bounds::field::<Positive, _, _>")]
    working_set_bytes: u64,
    #[serde(deserialize_with = "bounds::field::<Positive, _, _>")]
    bytes_per_sample: u64,
    #[serde(deserialize_with = "bounds::some::<Positive, _, _>")]
    samples_ns: Vec<u64>,
    #[serde(deserialize_with = "bounds::field::<AboveZero, _, _>")]
    gigabytes_per_second: f64,
    gigabytes_per_second_interval: WireInterval,
}

impl From<WireScalingPoint> for ScalingPoint {
    fn from(wire: WireScalingPoint) -> Self {
        let interval = wire.gigabytes_per_second_interval;
        Self {
            engine: wire.engine,
            model: wire.model,
            dataset: wire.dataset,
            threads: wire.threads,
            padded: wire.padded,
            working_set_bytes: wire.working_set_bytes,
            bytes_per_sample: wire.bytes_per_sample,
            samples_ns: wire.samples_ns,
            gigabytes_per_second: interval.around(wire.gigabytes_per_second),
        }
    }
}
