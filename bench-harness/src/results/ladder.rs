//! One point of the ladder, throughput against working set, apart from cells because it has no
//! records: it goes over the same bytes many times.

use serde::{Deserialize, Serialize};

use super::cell::{WireInterval, estimate_pass_ns};
use crate::statistics::Estimate;

/// One engine's throughput on one size of working set.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(from = "WireLadderPoint", into = "WireLadderPoint")]
pub struct LadderPoint {
    /// The engine's name.
    pub engine: String,
    /// The model's name.
    pub model: String,
    /// The data set's name.
    pub dataset: String,
    /// How many bytes each sample goes over again and again.
    pub working_set_bytes: u64,
    /// How many bytes one sample went over in all.
    pub bytes_per_sample: u64,
    /// How long each sample took; index is round.
    pub samples_ns: Vec<u64>,
    /// The bytes over the median sample; a gigabyte is 10^9 bytes.
    pub gigabytes_per_second: Estimate,
}

impl LadderPoint {
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
            gigabytes_per_second: Self::derive(&samples_ns, bytes_per_sample),
            samples_ns,
        }
    }

    /// Derives the throughput.
    pub(super) fn derive(samples_ns: &[u64], bytes_per_sample: u64) -> Estimate {
        estimate_pass_ns(samples_ns).into_rate(bytes_per_sample as f64)
    }
}

#[derive(Serialize, Deserialize)]
struct WireLadderPoint {
    engine: String,
    model: String,
    dataset: String,
    working_set_bytes: u64,
    bytes_per_sample: u64,
    samples_ns: Vec<u64>,
    gigabytes_per_second: f64,
    gigabytes_per_second_interval: WireInterval,
}

impl From<WireLadderPoint> for LadderPoint {
    fn from(wire: WireLadderPoint) -> Self {
        Self {
            engine: wire.engine,
            model: wire.model,
            dataset: wire.dataset,
            working_set_bytes: wire.working_set_bytes,
            bytes_per_sample: wire.bytes_per_sample,
            samples_ns: wire.samples_ns,
            gigabytes_per_second: wire
                .gigabytes_per_second_interval
                .around(wire.gigabytes_per_second),
        }
    }
}

impl From<LadderPoint> for WireLadderPoint {
    fn from(point: LadderPoint) -> Self {
        Self {
            engine: point.engine,
            model: point.model,
            dataset: point.dataset,
            working_set_bytes: point.working_set_bytes,
            bytes_per_sample: point.bytes_per_sample,
            samples_ns: point.samples_ns,
            gigabytes_per_second: point.gigabytes_per_second.median,
            gigabytes_per_second_interval: point.gigabytes_per_second.into(),
        }
    }
}
