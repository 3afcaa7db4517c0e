//! One cell, engine x model x data set: its samples and every number derived from them, derived
//! here and nowhere else.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use self::wire::WireCell;
pub(super) use self::wire::WireInterval;
use super::{Counter, Known};
use crate::statistics::{self, Estimate};

mod wire;

/// The points of a burst distribution that are kept: close enough to draw it, far fewer than the
/// bursts themselves.
const BURST_PROBABILITIES: [f64; 14] =
    [0.001, 0.01, 0.05, 0.1, 0.25, 0.5, 0.75, 0.9, 0.95, 0.99, 0.995, 0.999, 0.9999, 1.0];

/// One engine's measurement on one model and data set.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(try_from = "WireCell", into = "WireCell")]
pub struct Cell {
    /// The engine that was asked for, such as `delimark/avx2`.
    pub engine: String,
    /// The backend that ran; absent for engines that have none.
    pub backend_executed: Option<String>,
    /// The model's name.
    pub model: String,
    /// The data set's name.
    pub dataset: String,
    /// The number of bytes that one sample went through.
    pub bytes: u64,
    /// The number of records that one sample went through.
    pub records: u64,
    /// The number of fields that one sample went through.
    pub fields: u64,
    /// The answer, which was compared with the reference's.
    pub answer: String,
    /// The time of the first pass, before the rounds: with what a runtime still had to compile,
    /// and the caches and the branch predictor cold. Absent in files from before it was kept.
    pub first_pass_ns: Option<u64>,
    /// The time of each whole pass; index is round.
    pub samples_ns: Vec<u64>,
    /// The median pass over its records.
    pub ns_per_record: Estimate,
    /// The bytes over the median pass; a gigabyte is 10^9 bytes.
    pub gigabytes_per_second: Estimate,
    /// The distribution of the time per record over bursts.
    pub bursts: Known<Bursts>,
    /// The cost of reading the clock, which was taken off the time of each burst. Absent without
    /// bursts, and in files from before it was taken off.
    pub burst_overhead_ns: Option<u64>,
    /// Heap allocations over records, after warm-up.
    pub allocations_per_record: Known<f64>,
    /// All other counts, by name.
    pub counters: BTreeMap<String, Counter>,
}

impl Cell {
    /// Derives a cell's numbers from what was measured. This is how measuring code makes cells:
    ///
    /// ```
    /// use delimark_results::{Cell, Known, Measurement};
    ///
    /// let cell = Cell::from_samples(Measurement {
    ///     engine: "delimark/avx2".to_owned(),
    ///     backend_executed: Some("avx2".to_owned()),
    ///     model: "count".to_owned(),
    ///     dataset: "nginx12".to_owned(),
    ///     bytes: 2_000,
    ///     records: 10,
    ///     fields: 120,
    ///     answer: "10 120".to_owned(),
    ///     first_pass_ns: Some(410),
    ///     samples_ns: vec![250, 240, 260],
    ///     bursts: Known::Unavailable("one burst holds it all".to_owned()),
    ///     burst_overhead_ns: None,
    ///     allocations_per_record: Known::Value(0.0),
    ///     counters: Default::default(),
    /// });
    /// assert_eq!(cell.ns_per_record.median, 25.0);
    /// assert_eq!(cell.gigabytes_per_second.median, 8.0);
    /// ```
    ///
    /// # Panics
    ///
    /// Panics if there is no record, no sample, or a sample of 0 ns: neither has a rate.
    #[must_use]
    pub fn from_samples(measurement: Measurement) -> Self {
        assert!(measurement.records > 0, "no record, so no time per record");
        let Derived { ns_per_record, gigabytes_per_second } =
            Self::derive(&measurement.samples_ns, measurement.bytes, measurement.records);
        Self {
            ns_per_record,
            gigabytes_per_second,
            bursts: measurement.bursts.map(|samples| Bursts::from_samples(&samples)),
            burst_overhead_ns: measurement.burst_overhead_ns,
            engine: measurement.engine,
            backend_executed: measurement.backend_executed,
            model: measurement.model,
            dataset: measurement.dataset,
            bytes: measurement.bytes,
            records: measurement.records,
            fields: measurement.fields,
            answer: measurement.answer,
            first_pass_ns: measurement.first_pass_ns,
            samples_ns: measurement.samples_ns,
            allocations_per_record: measurement.allocations_per_record,
            counters: measurement.counters,
        }
    }

    /// Derives what follows from whole passes.
    pub(super) fn derive(samples_ns: &[u64], bytes: u64, records: u64) -> Derived {
        let pass_ns = estimate_pass_ns(samples_ns);
        Derived {
            ns_per_record: pass_ns.map(|ns| ns / records as f64),
            gigabytes_per_second: pass_ns.into_rate(bytes as f64),
        }
    }
}

/// The numbers of a cell that follow from its whole passes.
pub(super) struct Derived {
    /// See [`Cell::ns_per_record`].
    pub(super) ns_per_record: Estimate,
    /// See [`Cell::gigabytes_per_second`].
    pub(super) gigabytes_per_second: Estimate,
}

/// The measurements of a cell, before anything is derived from them.
#[derive(Clone, Debug)]
pub struct Measurement {
    /// See [`Cell::engine`].
    pub engine: String,
    /// See [`Cell::backend_executed`].
    pub backend_executed: Option<String>,
    /// See [`Cell::model`].
    pub model: String,
    /// See [`Cell::dataset`].
    pub dataset: String,
    /// See [`Cell::bytes`].
    pub bytes: u64,
    /// See [`Cell::records`].
    pub records: u64,
    /// See [`Cell::fields`].
    pub fields: u64,
    /// See [`Cell::answer`].
    pub answer: String,
    /// See [`Cell::first_pass_ns`].
    pub first_pass_ns: Option<u64>,
    /// See [`Cell::samples_ns`].
    pub samples_ns: Vec<u64>,
    /// The bursts of all passes that were timed burst by burst, or why there are none.
    pub bursts: Known<Vec<BurstSample>>,
    /// See [`Cell::burst_overhead_ns`]; the bursts are without it.
    pub burst_overhead_ns: Option<u64>,
    /// See [`Cell::allocations_per_record`].
    pub allocations_per_record: Known<f64>,
    /// See [`Cell::counters`].
    pub counters: BTreeMap<String, Counter>,
}

/// The time of one burst, about 64 KiB of records.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BurstSample {
    /// The time of the burst.
    pub duration_ns: u64,
    /// The number of its records.
    pub records: u64,
}

/// The distribution of the time per record over bursts: each burst's time over its records.
#[derive(Clone, Debug, PartialEq)]
pub struct Bursts {
    /// The number of bursts that were timed.
    pub count: u64,
    /// The average number of records in a burst.
    pub records_per_burst: f64,
    /// Half of the bursts took at most this long a record.
    pub p50_ns_per_record: f64,
    /// 99 of 100 bursts took at most this long a record.
    pub p99_ns_per_record: f64,
    /// 999 of 1,000 bursts took at most this long a record.
    pub p999_ns_per_record: f64,
    /// The curve as pairs of probability and nanoseconds per record, rising.
    pub quantiles: Vec<(f64, f64)>,
}

impl Bursts {
    /// Derives the distribution from timed bursts.
    ///
    /// # Panics
    ///
    /// Panics if there is no burst, or one without a record.
    #[must_use]
    pub fn from_samples(samples: &[BurstSample]) -> Self {
        assert!(samples.iter().all(|burst| burst.records > 0), "a burst holds at least a record");
        let mut sorted: Vec<f64> =
            samples.iter().map(|burst| burst.duration_ns as f64 / burst.records as f64).collect();
        sorted.sort_unstable_by(f64::total_cmp);
        let records: u64 = samples.iter().map(|burst| burst.records).sum();
        let at = |probability| statistics::quantile(&sorted, probability);
        Self {
            count: samples.len() as u64,
            records_per_burst: records as f64 / samples.len() as f64,
            p50_ns_per_record: at(0.5),
            p99_ns_per_record: at(0.99),
            p999_ns_per_record: at(0.999),
            quantiles: BURST_PROBABILITIES.map(|probability| (probability, at(probability))).into(),
        }
    }
}

/// Estimates the duration of one pass.
///
/// # Panics
///
/// Panics if there is no sample or a sample of 0 ns.
pub(super) fn estimate_pass_ns(samples_ns: &[u64]) -> Estimate {
    assert!(!samples_ns.contains(&0), "a pass of 0 ns was not measured");
    let samples: Vec<f64> = samples_ns.iter().map(|&ns| ns as f64).collect();
    statistics::estimate_median(&samples)
}
