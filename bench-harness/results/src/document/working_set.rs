//! One point of the working-set sweep. It is no cell, since it has no records: it goes
//! over the same bytes many times.

use crate::bounds::{self, AboveZero, Positive};
use serde::{Deserialize, Serialize};

use super::cell::WireInterval;
use super::throughput::throughput;
use crate::statistics::Estimate;

/// One engine's throughput on one size of working set.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(from = "WireWorkingSetPoint")]
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
    #[serde(flatten, serialize_with = "super::throughput::serialize")]
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

/// A point as it stands in the file. It is read before it is a [`WorkingSetPoint`], so that an
/// error in its throughput is told with its place.
#[derive(Deserialize)]
struct WireWorkingSetPoint {
    engine: String,
    model: String,
    dataset: String,
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

impl From<WireWorkingSetPoint> for WorkingSetPoint {
    fn from(wire: WireWorkingSetPoint) -> Self {
        let interval = wire.gigabytes_per_second_interval;
        Self {
            engine: wire.engine,
            model: wire.model,
            dataset: wire.dataset,
            working_set_bytes: wire.working_set_bytes,
            bytes_per_sample: wire.bytes_per_sample,
            samples_ns: wire.samples_ns,
            gigabytes_per_second: interval.around(wire.gigabytes_per_second),
        }
    }
}
