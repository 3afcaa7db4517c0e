//! The bound of a scan by several threads: how much faster they are than one from the whole file
//! and from the caches, beside how much faster reading and pure computing are in the same rounds.
//!
//! Whatever the machine does to threads that only compute, it does to a scan as well: without this
//! measure a report would put it down to the program that two processors share a core. A figure is
//! compared with a threshold by its whole interval; one that lies on both sides decides nothing.

mod curve;
mod kinds;
mod machine;
mod paired;
mod scan;

pub use self::curve::{Curve, Scaling};
pub use self::paired::Paired;
use super::Finding;
use super::thresholds::SCALES;

/// Says what the machine gives to the most threads, and of each engine how far it scales with as
/// many, from caches and from the whole file, and what bounds it.
#[must_use]
pub fn explain_scaling(scaling: &Scaling<'_>) -> Vec<Finding> {
    let scans = scaling.curves.iter().filter(|curve| curve.padded && !curve.is_limit());
    let mut scans: Vec<_> = scans.filter_map(|curve| scan::Scan::new(scaling, curve)).collect();
    // What needs no memory explains what does.
    scans.sort_by_key(scan::Scan::is_whole);
    machine::explain(scaling).into_iter().chain(scans.iter().map(scan::Scan::explain)).collect()
}

/// Returns the gain from which this many threads count as scaling.
fn scales_from(threads: u64) -> f64 {
    SCALES * threads as f64
}

/// Names the kinds that samples are of, for where an interval decides nothing: those of one thread
/// and those of many.
fn kinds_sentence(threads: u64, one: Option<String>, many: Option<String>) -> String {
    let one = one.map(|kinds| format!("with one thread, {kinds}"));
    let many = many.map(|kinds| format!("with {threads} threads, {kinds}"));
    let kinds: Vec<String> = [one, many].into_iter().flatten().collect();
    if kinds.is_empty() {
        return String::new();
    }
    format!(" The samples are of two kinds: {}.", kinds.join("; "))
}

/// Says why a gain decides nothing, see [`paired::Side::Open`].
fn undecided(gain: &Paired, threads: u64) -> String {
    if gain.has_enough_rounds() {
        let threshold = crate::number_format::times(scales_from(threads));
        format!("no conclusion, since they count as scaling from {threshold} on")
    } else {
        "too few rounds for a conclusion".to_owned()
    }
}
