//! A cell as it stands in the file: flatter than [`Cell`], with `null` and a reason where a
//! number is missing.

use std::collections::BTreeMap;

use crate::bounds::{self, AboveZero, NotNegative, Positive, Share};
use serde::{Deserialize, Deserializer, Serialize};

use super::{Bursts, Cell, Counter, Known};
use crate::statistics::Estimate;

#[derive(Serialize, Deserialize)]
pub(super) struct WireCell {
    engine: String,
    #[serde(deserialize_with = "bounds::nullable::<String, _, _>")]
    backend_executed: Option<String>,
    model: String,
    dataset: String,
    bytes: u64,
    #[serde(deserialize_with = "bounds::field::<Positive, _, _>")]
    records: u64,
    fields: u64,
    answer: String,
    #[serde(default, deserialize_with = "bounds::present::<Positive, _, _>")]
    #[serde(skip_serializing_if = "Option::is_none")]
    first_pass_ns: Option<u64>,
    #[serde(deserialize_with = "bounds::some::<Positive, _, _>")]
    samples_ns: Vec<u64>,
    ns_per_record: WireNsPerRecord,
    #[serde(deserialize_with = "bounds::field::<AboveZero, _, _>")]
    gigabytes_per_second: f64,
    gigabytes_per_second_interval: WireInterval,
    #[serde(deserialize_with = "bounds::nullable::<Positive, _, _>")]
    bursts: Option<u64>,
    #[serde(deserialize_with = "bounds::nullable::<AboveZero, _, _>")]
    records_per_burst: Option<f64>,
    #[serde(deserialize_with = "curve")]
    burst_quantiles: Option<Vec<(f64, f64)>>,
    #[serde(deserialize_with = "bounds::nullable::<String, _, _>")]
    burst_unavailable: Option<String>,
    #[serde(default, deserialize_with = "bounds::present::<u64, _, _>")]
    #[serde(skip_serializing_if = "Option::is_none")]
    burst_overhead_ns: Option<u64>,
    #[serde(deserialize_with = "bounds::nullable::<NotNegative, _, _>")]
    allocations_per_record: Option<f64>,
    #[serde(deserialize_with = "bounds::nullable::<String, _, _>")]
    allocations_unavailable: Option<String>,
    counters: BTreeMap<String, Counter>,
}

#[derive(Serialize, Deserialize)]
struct WireNsPerRecord {
    #[serde(deserialize_with = "bounds::field::<AboveZero, _, _>")]
    median: f64,
    #[serde(deserialize_with = "bounds::field::<AboveZero, _, _>")]
    ci_low: f64,
    #[serde(deserialize_with = "bounds::field::<AboveZero, _, _>")]
    ci_high: f64,
    #[serde(deserialize_with = "bounds::nullable::<AboveZero, _, _>")]
    p50: Option<f64>,
    #[serde(deserialize_with = "bounds::nullable::<AboveZero, _, _>")]
    p99: Option<f64>,
    #[serde(deserialize_with = "bounds::nullable::<AboveZero, _, _>")]
    p999: Option<f64>,
}

/// The ends of an interval whose median stands beside it.
#[derive(Clone, Copy, Serialize, Deserialize)]
pub(crate) struct WireInterval {
    #[serde(deserialize_with = "bounds::field::<AboveZero, _, _>")]
    low: f64,
    #[serde(deserialize_with = "bounds::field::<AboveZero, _, _>")]
    high: f64,
}

/// Reads the pairs of probability and time of a curve, or that there is none.
fn curve<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Vec<(f64, f64)>>, D::Error> {
    let pairs = Option::<Vec<(Share, AboveZero)>>::deserialize(deserializer)?;
    let plain = |(probability, ns): (Share, AboveZero)| (probability.into(), ns.into());
    Ok(pairs.map(|pairs| pairs.into_iter().map(plain).collect()))
}

impl WireInterval {
    pub(crate) fn around(self, median: f64) -> Estimate {
        Estimate { median, low: self.low, high: self.high }
    }
}

impl From<Estimate> for WireInterval {
    fn from(Estimate { low, high, .. }: Estimate) -> Self {
        Self { low, high }
    }
}

impl From<Cell> for WireCell {
    fn from(cell: Cell) -> Self {
        let (bursts, burst_unavailable) = split(cell.bursts);
        let (allocations_per_record, allocations_unavailable) = split(cell.allocations_per_record);
        let Estimate { median, low, high } = cell.ns_per_record;
        Self {
            engine: cell.engine,
            backend_executed: cell.backend_executed,
            model: cell.model,
            dataset: cell.dataset,
            bytes: cell.bytes,
            records: cell.records,
            fields: cell.fields,
            answer: cell.answer,
            first_pass_ns: cell.first_pass_ns,
            samples_ns: cell.samples_ns,
            ns_per_record: WireNsPerRecord {
                median,
                ci_low: low,
                ci_high: high,
                p50: bursts.as_ref().map(|bursts| bursts.p50_ns_per_record),
                p99: bursts.as_ref().map(|bursts| bursts.p99_ns_per_record),
                p999: bursts.as_ref().map(|bursts| bursts.p999_ns_per_record),
            },
            gigabytes_per_second: cell.gigabytes_per_second.median,
            gigabytes_per_second_interval: cell.gigabytes_per_second.into(),
            bursts: bursts.as_ref().map(|bursts| bursts.count),
            records_per_burst: bursts.as_ref().map(|bursts| bursts.records_per_burst),
            burst_quantiles: bursts.map(|bursts| bursts.quantiles),
            burst_unavailable,
            burst_overhead_ns: cell.burst_overhead_ns,
            allocations_per_record,
            allocations_unavailable,
            counters: cell.counters,
        }
    }
}

impl TryFrom<WireCell> for Cell {
    type Error = String;

    fn try_from(wire: WireCell) -> Result<Self, String> {
        let bursts = join("burst", wire.bursts(), wire.burst_unavailable)?;
        let allocations_per_record =
            join("allocations", wire.allocations_per_record, wire.allocations_unavailable)?;
        let WireNsPerRecord { median, ci_low: low, ci_high: high, .. } = wire.ns_per_record;
        Ok(Self {
            engine: wire.engine,
            backend_executed: wire.backend_executed,
            model: wire.model,
            dataset: wire.dataset,
            bytes: wire.bytes,
            records: wire.records,
            fields: wire.fields,
            answer: wire.answer,
            first_pass_ns: wire.first_pass_ns,
            samples_ns: wire.samples_ns,
            ns_per_record: Estimate { median, low, high },
            gigabytes_per_second: wire
                .gigabytes_per_second_interval
                .around(wire.gigabytes_per_second),
            bursts,
            burst_overhead_ns: wire.burst_overhead_ns,
            allocations_per_record,
            counters: wire.counters,
        })
    }
}

impl WireCell {
    /// Returns the distribution if all of it is there.
    fn bursts(&self) -> Option<Bursts> {
        Some(Bursts {
            count: self.bursts?,
            records_per_burst: self.records_per_burst?,
            p50_ns_per_record: self.ns_per_record.p50?,
            p99_ns_per_record: self.ns_per_record.p99?,
            p999_ns_per_record: self.ns_per_record.p999?,
            quantiles: self.burst_quantiles.clone()?,
        })
    }
}

fn split<T>(known: Known<T>) -> (Option<T>, Option<String>) {
    match known {
        Known::Value(value) => (Some(value), None),
        Known::Unavailable(reason) => (None, Some(reason)),
    }
}

fn join<T>(name: &str, value: Option<T>, reason: Option<String>) -> Result<Known<T>, String> {
    match (value, reason) {
        (Some(value), None) => Ok(Known::Value(value)),
        (None, Some(reason)) => Ok(Known::Unavailable(reason)),
        (Some(_), Some(_)) => Err(format!("both a value and `{name}_unavailable`")),
        (None, None) => Err(format!("a number is null and `{name}_unavailable` gives no reason")),
    }
}
