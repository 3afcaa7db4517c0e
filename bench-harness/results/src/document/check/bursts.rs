//! The check that percentiles are those of a distribution. Its bursts are not kept, so it is taken
//! as stored as far as it does not contradict itself or the passes that it is of.

use super::{Checked, Contradiction, TOLERANCE};
use crate::{Bursts, Cell, Known};

pub(super) fn check(place: &str, cell: &Cell, rounds: u64) -> Checked {
    let Known::Value(bursts) = &cell.bursts else { return Ok(()) };
    check_curve(place, &bursts.quantiles)?;
    let percentiles = [
        ("p50", 0.5, bursts.p50_ns_per_record),
        ("p99", 0.99, bursts.p99_ns_per_record),
        ("p999", 0.999, bursts.p999_ns_per_record),
    ];
    for (name, probability, stored) in percentiles {
        let (low, high) = bounds(&bursts.quantiles, probability);
        if stored < low * (1.0 - TOLERANCE) || stored > high * (1.0 + TOLERANCE) {
            let curve = if low == high { low.to_string() } else { format!("{low} to {high}") };
            let what = format!("{stored} is stored, and the curve of its bursts has {curve}");
            return Contradiction::at(format!("{place}/ns_per_record/{name}"), what);
        }
    }
    check_records(place, bursts, cell, rounds)
}

/// Checks that a curve rises.
fn check_curve(place: &str, curve: &[(f64, f64)]) -> Checked {
    for (index, pair) in curve.windows(2).enumerate() {
        let [(probability, value), (next_probability, next_value)] = [pair[0], pair[1]];
        if next_probability <= probability || next_value < value {
            let pointer = format!("{place}/burst_quantiles/{}", index + 1);
            return Contradiction::at(pointer, "the curve of its bursts does not rise");
        }
    }
    Ok(())
}

/// Returns the curve's values at the probability, or at those around it.
fn bounds(curve: &[(f64, f64)], probability: f64) -> (f64, f64) {
    let below = curve.iter().rev().find(|(at, _)| *at <= probability);
    let above = curve.iter().find(|(at, _)| *at >= probability);
    (below.map_or(0.0, |(_, value)| *value), above.map_or(f64::INFINITY, |(_, value)| *value))
}

/// Checks that the bursts hold no more records than the passes that they are parts of.
fn check_records(place: &str, bursts: &Bursts, cell: &Cell, rounds: u64) -> Checked {
    let held = bursts.count as f64 * bursts.records_per_burst;
    let gone_over = rounds as f64 * cell.records as f64;
    if held <= gone_over * (1.0 + TOLERANCE) {
        return Ok(());
    }
    let what = format!("its bursts hold {held} records, and its passes went over {gone_over}");
    Contradiction::at(format!("{place}/records_per_burst"), what)
}
