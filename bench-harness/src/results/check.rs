//! What a schema cannot say: that the parts of results refer to parts that are there, and that
//! derived numbers follow from the samples beside them.

use std::collections::HashSet;

use super::{Cell, Results, throughput};
use crate::statistics::Estimate;

/// How far a stored number may be from the recomputed one, relative to it: above what other
/// programs lose when they print a number, far below what a report shows.
const TOLERANCE: f64 = 1e-6;

/// A part that contradicts the rest.
#[derive(Debug)]
pub(super) struct Contradiction {
    /// Where it is, as a JSON pointer.
    pub(super) pointer: String,
    pub(super) what: String,
}

type Checked = Result<(), Contradiction>;

/// Checks everything, and stops at the first contradiction.
pub(super) fn check(results: &Results) -> Checked {
    check_amounts(results)?;
    check_references(results)?;
    for (index, cell) in results.cells.iter().enumerate() {
        check_cell(&format!("/cells/{index}"), cell)?;
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
        return Err(Contradiction { pointer: "/cells".to_owned(), what });
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
            let what = "it is 0, and from nothing no rate follows".to_owned();
            Err(Contradiction { pointer, what })
        }
        None => Ok(()),
    }
}

/// Checks that everything refers to data sets that are there, that no cell is there twice,
/// and that index is round.
fn check_references(results: &Results) -> Checked {
    let mut seen = HashSet::new();
    for (index, cell) in results.cells.iter().enumerate() {
        let found = |what| Err(Contradiction { pointer: format!("/cells/{index}"), what });
        if results.dataset(&cell.dataset).is_none() {
            return found(format!("data set {:?} is not listed", cell.dataset));
        }
        if !seen.insert((&cell.engine, &cell.model, &cell.dataset)) {
            return found(format!("{} {} is there twice", cell.engine, cell.model));
        }
        let samples = cell.samples_ns.len();
        if samples as u64 != results.rounds {
            return found(format!("{samples} samples in {} rounds", results.rounds));
        }
    }
    let ladder = results.ladder.iter().map(|point| &point.dataset);
    let scaling = results.scaling.iter().map(|point| &point.dataset);
    let compute = results.compute.iter().map(|point| &point.dataset);
    let twins = results.twins.iter().map(|twins| &twins.dataset);
    check_datasets(results, "/ladder", ladder)?;
    check_datasets(results, "/scaling", scaling)?;
    check_datasets(results, "/compute", compute)?;
    check_datasets(results, "/twins", twins)?;
    for (index, twins) in results.twins.iter().enumerate() {
        let rounds = [twins.engine_ns.len(), twins.twin_ns.len()];
        if rounds.iter().any(|&samples| samples as u64 != results.rounds) {
            let what = format!("{rounds:?} samples in {} rounds", results.rounds);
            return Err(Contradiction { pointer: format!("/twins/{index}"), what });
        }
    }
    Ok(())
}

/// Checks that the data sets that are referred to are listed.
fn check_datasets<'a>(
    results: &Results,
    place: &str,
    names: impl Iterator<Item = &'a String>,
) -> Checked {
    for (index, name) in names.enumerate() {
        if results.dataset(name).is_none() {
            let what = format!("data set {name:?} is not listed");
            return Err(Contradiction { pointer: format!("{place}/{index}"), what });
        }
    }
    Ok(())
}

/// Checks what follows from whole passes; the bursts behind the percentiles are not kept.
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
            return Err(Contradiction {
                pointer: format!("{place}/{name}"),
                what: format!("{stored} is stored, but from its samples follows {derived}"),
            });
        }
    }
    Ok(())
}

/// Tells whether two numbers differ by rounding at most.
fn is_close(stored: f64, derived: f64) -> bool {
    (stored - derived).abs() <= TOLERANCE * derived.abs()
}
