//! What the page shows of a cell: each measure as a few numbers in place of all samples, with a
//! mark where it is not the machine's own, or with the reason why there is none.

use std::collections::BTreeMap;

use delimark_results::counter::{name, source};
use delimark_results::statistics::{self, Comparison, Estimate};
use delimark_results::{Cell, Known, Results};
use serde::Serialize;

use super::engines::{Family, LIMIT};
use crate::attribution;

/// Something that the page can show of every cell.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub(super) struct Measure {
    /// The name in links to a view.
    pub(super) name: &'static str,
    /// What people call it.
    pub(super) title: &'static str,
    /// What stands behind the number.
    pub(super) unit: &'static str,
    /// Whether more of it is better.
    pub(super) is_more_better: bool,
}

const fn measure(
    name: &'static str,
    title: &'static str,
    unit: &'static str,
    is_more_better: bool,
) -> Measure {
    Measure { name, title, unit, is_more_better }
}

const OF_LIMIT: Measure = measure("limit", "Share of each machine's read limit", "%", true);
const OF_BEST: Measure = measure("best", "Share of the fastest parser's speed", "%", true);
const SPEED: Measure = measure("speed", "Speed", "GB/s", true);
const TIME: Measure = measure("time", "Time a record", "ns", false);
const P99: Measure = measure("p99", "P99 over bursts, time a record", "ns", false);
const ALLOCATIONS: Measure = measure("allocations", "Allocations a record", "", false);
const INSTRUCTIONS: Measure = measure("instructions", "Instructions a byte", "", false);
const BRANCH_MISSES: Measure = measure("branch-misses", "Branch misses a record", "", false);
const CACHE_MISSES: Measure = measure("cache-misses", "Last-level misses a KiB", "", false);

/// Every measure, the one that the page opens with first: nanoseconds of different machines say
/// little beside each other.
pub(super) const MEASURES: [Measure; 9] =
    [OF_LIMIT, OF_BEST, SPEED, TIME, P99, ALLOCATIONS, INSTRUCTIONS, BRANCH_MISSES, CACHE_MISSES];

/// What there is of one measure.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(untagged)]
pub(super) enum Value {
    /// The median, the ends of its 95 % interval, and the quartiles of the samples.
    Spread {
        spread: [f64; 5],
        /// Whether a ratio is within what the run finds between equals.
        #[serde(skip_serializing_if = "std::ops::Not::not")]
        is_even: bool,
    },
    /// A count, and a word for what counted where that was not the processor or the program.
    Count {
        count: f64,
        #[serde(skip_serializing_if = "Option::is_none")]
        mark: Option<&'static str>,
    },
    /// Why there is none.
    Missing { missing: String },
}

/// Returns what there is of a cell, by the name of the measure.
pub(super) fn of_cell(results: &Results, cell: &Cell) -> BTreeMap<&'static str, Value> {
    let missing = |reason: &str| Value::Missing { missing: reason.to_owned() };
    let limit = limit_of(results, cell).ok_or("limit/read was not measured on this model");
    let best = best_of(results, cell).ok_or("no parser was measured beside it");
    let [of_limit, of_best] = [limit, best].map(|other| {
        let other = other.map(|other| share(results, cell, other));
        other.unwrap_or_else(missing)
    });
    let bursts = known(&cell.bursts, |bursts| bursts.p99_ns_per_record);
    [
        (OF_LIMIT, of_limit),
        (OF_BEST, of_best),
        (SPEED, speed(cell)),
        (TIME, time(cell)),
        (P99, bursts),
        (ALLOCATIONS, known(&cell.allocations_per_record, |&count| count)),
        (INSTRUCTIONS, counted(cell, name::INSTRUCTIONS, |count| count.per_byte)),
        (BRANCH_MISSES, counted(cell, name::BRANCH_MISSES, |count| count.per_record)),
        (CACHE_MISSES, counted(cell, name::LLC_MISSES, |count| count.per_byte * 1024.0)),
    ]
    .map(|(measure, value)| (measure.name, value))
    .into()
}

/// The read limit of the same model: from memory it is another one than from a file.
fn limit_of<'a>(results: &'a Results, cell: &Cell) -> Option<&'a Cell> {
    let is_limit = |other: &&Cell| {
        other.engine == LIMIT && (&other.model, &other.dataset) == (&cell.model, &cell.dataset)
    };
    results.cells.iter().find(is_limit)
}

/// The fastest that does the whole task.
fn best_of<'a>(results: &'a Results, cell: &Cell) -> Option<&'a Cell> {
    let is_rated = |other: &&Cell| {
        (&other.model, &other.dataset) == (&cell.model, &cell.dataset)
            && Family::of(&other.engine) != Family::Limit
    };
    let median = |cell: &&Cell| cell.gigabytes_per_second.median;
    results.cells.iter().filter(is_rated).max_by(|a, b| median(a).total_cmp(&median(b)))
}

/// The speed as a share of another's, round by round.
fn share(results: &Results, cell: &Cell, other: &Cell) -> Value {
    let run_spread = results.aa_spread().unwrap_or(1.0);
    let comparison = Comparison::of(&cell.samples_ns, &other.samples_ns, run_spread);
    let Some(Comparison { ratio, is_significant }) = comparison else {
        return Value::Missing { missing: "the rounds of the two do not correspond".to_owned() };
    };
    let pairs = cell.samples_ns.iter().zip(&other.samples_ns);
    let shares = pairs.map(|(&own, &other)| other as f64 / own as f64 * 100.0).collect();
    let estimate = Estimate { median: ratio.median, low: ratio.low, high: ratio.high };
    Value::Spread {
        spread: spread(estimate.map(|ratio| ratio * 100.0), shares),
        is_even: !is_significant && cell.engine != other.engine,
    }
}

fn speed(cell: &Cell) -> Value {
    let rates = cell.samples_ns.iter().map(|&ns| cell.bytes as f64 / ns as f64).collect();
    Value::Spread { spread: spread(cell.gigabytes_per_second, rates), is_even: false }
}

fn time(cell: &Cell) -> Value {
    let times = cell.samples_ns.iter().map(|&ns| ns as f64 / cell.records as f64).collect();
    Value::Spread { spread: spread(cell.ns_per_record, times), is_even: false }
}

fn spread(estimate: Estimate, mut samples: Vec<f64>) -> [f64; 5] {
    samples.sort_unstable_by(f64::total_cmp);
    let [lower, upper] = [0.25, 0.75].map(|share| statistics::quantile(&samples, share));
    [estimate.median, estimate.low, estimate.high, lower, upper].map(rounded)
}

/// Five significant digits: more than is shown, and the page stays small.
fn rounded(value: f64) -> f64 {
    format!("{value:.4e}").parse().expect("a number as Rust writes it is one that Rust reads")
}

fn known<T>(known: &Known<T>, number: impl FnOnce(&T) -> f64) -> Value {
    match known {
        Known::Value(value) => Value::Count { count: rounded(number(value)), mark: None },
        Known::Unavailable(reason) => Value::Missing { missing: reason.clone() },
    }
}

fn counted(
    cell: &Cell,
    name: &str,
    number: impl FnOnce(attribution::Proportion<'_>) -> f64,
) -> Value {
    match attribution::proportion(cell, name) {
        Err(reason) => Value::Missing { missing: reason.to_owned() },
        Ok(count) => {
            let mark = match count.source {
                source::CALLGRIND => Some("simulated"),
                source::SINGLE_STEP => Some("single-stepped"),
                _ => None,
            };
            Value::Count { count: rounded(number(count)), mark }
        }
    }
}
