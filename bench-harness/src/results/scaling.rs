//! One point of the scaling with threads, apart from the ladder because its samples are of several
//! threads at once.

use serde::{Deserialize, Serialize};

use super::cell::{WireInterval, estimate_pass_ns};
use crate::statistics::Estimate;

/// One engine's throughput with a number of threads on a size of working set.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(from = "WireScalingPoint", into = "WireScalingPoint")]
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
    /// The bytes over the median sample; a gigabyte is 10^9 bytes.
    pub gigabytes_per_second: Estimate,
}

impl ScalingPoint {
    /// Derives the throughput.
    ///
    /// # Panics
    ///
    /// Panics if there is no sample or a sample of 0 ns.
    #[must_use]
    pub fn derive(samples_ns: &[u64], bytes_per_sample: u64) -> Estimate {
        estimate_pass_ns(samples_ns).into_rate(bytes_per_sample as f64)
    }
}

#[derive(Serialize, Deserialize)]
struct WireScalingPoint {
    engine: String,
    model: String,
    dataset: String,
    threads: u64,
    padded: bool,
    working_set_bytes: u64,
    bytes_per_sample: u64,
    samples_ns: Vec<u64>,
    gigabytes_per_second: f64,
    gigabytes_per_second_interval: WireInterval,
}

impl From<WireScalingPoint> for ScalingPoint {
    fn from(wire: WireScalingPoint) -> Self {
        Self {
            engine: wire.engine,
            model: wire.model,
            dataset: wire.dataset,
            threads: wire.threads,
            padded: wire.padded,
            working_set_bytes: wire.working_set_bytes,
            bytes_per_sample: wire.bytes_per_sample,
            samples_ns: wire.samples_ns,
            gigabytes_per_second: wire
                .gigabytes_per_second_interval
                .around(wire.gigabytes_per_second),
        }
    }
}

impl From<ScalingPoint> for WireScalingPoint {
    fn from(point: ScalingPoint) -> Self {
        Self {
            engine: point.engine,
            model: point.model,
            dataset: point.dataset,
            threads: point.threads,
            padded: point.padded,
            working_set_bytes: point.working_set_bytes,
            bytes_per_sample: point.bytes_per_sample,
            samples_ns: point.samples_ns,
            gigabytes_per_second: point.gigabytes_per_second.median,
            gigabytes_per_second_interval: point.gigabytes_per_second.into(),
        }
    }
}
