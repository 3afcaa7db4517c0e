//! Checks beyond the schema: that the parts of results fit each other, and that derived numbers
//! follow from the samples beside them. No honest file fails it, so every reader applies it.

mod bursts;
mod parts;

use super::{Cell, Results, throughput};
use crate::statistics::Estimate;

/// The largest relative distance of a stored number from the recomputed one: above what other
/// programs lose when they print a number, far below what a report shows.
const TOLERANCE: f64 = 1e-6;

/// A part that contradicts the rest.
#[derive(Debug)]
pub(super) struct Contradiction {
    /// Its place, as a JSON pointer.
    pub(super) pointer: String,
    pub(super) what: String,
}

type Checked = Result<(), Contradiction>;

impl Contradiction {
    fn at(pointer: impl Into<String>, what: impl Into<String>) -> Checked {
        Err(Self { pointer: pointer.into(), what: what.into() })
    }
}

/// Checks everything, and stops at the first contradiction.
pub(super) fn check(results: &Results) -> Checked {
    check_amounts(results)?;
    parts::check(results)?;
    for (index, cell) in results.cells.iter().enumerate() {
        let place = format!("/cells/{index}");
        check_cell(&place, cell)?;
        bursts::check(&place, cell, results.rounds)?;
    }
    for (index, point) in results.ladder.iter().enumerate() {
        let derived = throughput(&point.samples_ns, point.bytes_per_sample);
        check_rate(&format!("/ladder/{index}"), point.gigabytes_per_second, derived)?;
    }
    for (index, point) in results.scaling.iter().enumerate() {
        let derived = throughput(&point.samples_ns, point.bytes_per_sample);
        check_rate(&format!("/scaling/{index}"), point.gigabytes_per_second, derived)?;
    }
    Ok(())
}

/// Checks that something was measured on something: from nothing no rate follows.
fn check_amounts(results: &Results) -> Checked {
    if results.cells.is_empty() {
        let what = match results.skipped.first() {
            Some(skipped) => format!(
                "nothing was measured; {} {} was left out because {}",
                skipped.engine, skipped.model, skipped.reason
            ),
            None => "nothing was measured".to_owned(),
        };
        return Contradiction::at("/cells", what);
    }
    let datasets = results.datasets.iter().enumerate().flat_map(|(index, dataset)| {
        let place = format!("/datasets/{index}");
        [(format!("{place}/bytes"), dataset.bytes), (format!("{place}/records"), dataset.records)]
    });
    let cells = results.cells.iter().enumerate().flat_map(|(index, cell)| {
        let place = format!("/cells/{index}");
        [(format!("{place}/bytes"), cell.bytes), (format!("{place}/records"), cell.records)]
    });
    match datasets.chain(cells).find(|(_, amount)| *amount == 0) {
        Some((pointer, _)) => {
            Contradiction::at(pointer, "it is 0, and from nothing no rate follows")
        }
        None => Ok(()),
    }
}

/// Checks what follows from whole passes.
fn check_cell(place: &str, cell: &Cell) -> Checked {
    let derived = Cell::derive(&cell.samples_ns, cell.bytes, cell.records);
    let names = ["ns_per_record/median", "ns_per_record/ci_low", "ns_per_record/ci_high"];
    check_estimate(place, names, cell.ns_per_record, derived.ns_per_record)?;
    check_rate(place, cell.gigabytes_per_second, derived.gigabytes_per_second)
}

fn check_rate(place: &str, stored: Estimate, derived: Estimate) -> Checked {
    let names = [
        "gigabytes_per_second",
        "gigabytes_per_second_interval/low",
        "gigabytes_per_second_interval/high",
    ];
    check_estimate(place, names, stored, derived)
}

fn check_estimate(place: &str, names: [&str; 3], stored: Estimate, derived: Estimate) -> Checked {
    let pairs =
        [(stored.median, derived.median), (stored.low, derived.low), (stored.high, derived.high)];
    for (name, (stored, derived)) in names.into_iter().zip(pairs) {
        if !is_close(stored, derived) {
            let what = format!("{stored} is stored, but from its samples follows {derived}");
            return Contradiction::at(format!("{place}/{name}"), what);
        }
    }
    Ok(())
}

/// Tells whether two numbers differ by rounding at most.
fn is_close(stored: f64, derived: f64) -> bool {
    (stored - derived).abs() <= TOLERANCE * derived.abs()
}
