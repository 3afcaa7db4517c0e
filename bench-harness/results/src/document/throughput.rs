//! Throughput: derived from samples, and as it stands in the file. Points of the working-set sweep
//! and of the scaling with threads have it alike.

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::cell::{WireInterval, estimate_pass_ns};
use crate::statistics::Estimate;

/// Derives the bytes over the median sample, in gigabytes a second; a gigabyte is 10^9 bytes.
///
/// # Panics
///
/// Panics if there is no sample or a sample of 0 ns.
#[must_use]
pub fn throughput(samples_ns: &[u64], bytes_per_sample: u64) -> Estimate {
    estimate_pass_ns(samples_ns).into_rate(bytes_per_sample as f64)
}

/// The two fields that the file has instead of one.
#[derive(Serialize, Deserialize)]
struct WireThroughput {
    gigabytes_per_second: f64,
    gigabytes_per_second_interval: WireInterval,
}

/// Writes the fields, for `#[serde(flatten, with = …)]`.
pub(super) fn serialize<S: Serializer>(rate: &Estimate, serializer: S) -> Result<S::Ok, S::Error> {
    let interval = WireInterval::from(*rate);
    let wire = WireThroughput {
        gigabytes_per_second: rate.median,
        gigabytes_per_second_interval: interval,
    };
    wire.serialize(serializer)
}

/// Reads the fields, for `#[serde(flatten, with = …)]`.
pub(super) fn deserialize<'de, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<Estimate, D::Error> {
    let wire = WireThroughput::deserialize(deserializer)?;
    Ok(wire.gigabytes_per_second_interval.around(wire.gigabytes_per_second))
}
