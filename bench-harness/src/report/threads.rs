//! Throughput against threads as a table: each number of threads, and what padding is worth.

use super::format::MISSING;
use super::tables::{Content, Entry, Table, TableRow, ratio};
use super::view::{Family, Section, View};
use crate::attribution::Curve;
use crate::figures::{binary_size, interval_of, number, times};
use crate::results::ScalingPoint;
use crate::statistics::Comparison;

/// Every engine, working set and number of threads; nothing where no scan was by threads.
pub(super) fn table(view: &View<'_>, section: &Section<'_>) -> Option<Table> {
    let padded = section.scaling.iter().filter(|curve| curve.padded);
    let rows: Vec<TableRow> = padded
        .flat_map(|curve| {
            let unpadded = section.scaling.iter().find(|other| {
                !other.padded && other.engine == curve.engine && other.is_whole == curve.is_whole
            });
            curve.points.iter().map(move |point| row(view, curve, point, unpadded))
        })
        .collect();
    let columns = [
        "engine",
        "working set",
        "threads",
        "GB/s",
        "÷ one thread",
        "unpadded, GB/s",
        "padded ÷ unpadded",
    ];
    (!rows.is_empty()).then(|| Table {
        content: Content::Numbers,
        columns: columns.map(str::to_owned).into(),
        rows,
    })
}

fn row(
    view: &View<'_>,
    curve: &Curve<'_>,
    point: &ScalingPoint,
    unpadded: Option<&Curve<'_>>,
) -> TableRow {
    let unpadded = unpadded.and_then(|curve| curve.at(point.threads));
    let cells = vec![
        Entry::plain(curve.engine),
        Entry::plain(binary_size(point.working_set_bytes)),
        Entry::plain(point.threads.to_string()),
        rate(Some(point)),
        Entry::plain(curve.speedup(point.threads).map_or_else(|| MISSING.to_owned(), times)),
        rate(unpadded),
        ratio(unpadded.and_then(|unpadded| against(view, point, unpadded)).as_ref()),
    ];
    TableRow { family: Family::of(curve.engine), cells }
}

fn rate(point: Option<&ScalingPoint>) -> Entry {
    match point {
        Some(point) => {
            let rate = point.gigabytes_per_second;
            Entry::noted(number(rate.median), [interval_of(rate)])
        }
        None => Entry::plain(MISSING),
    }
}

/// Samples can be held against each other where they went over as many bytes.
fn against(view: &View<'_>, point: &ScalingPoint, other: &ScalingPoint) -> Option<Comparison> {
    let is_comparable = point.bytes_per_sample == other.bytes_per_sample;
    let spread = view.spread.unwrap_or(1.0);
    is_comparable.then(|| Comparison::of(&point.samples_ns, &other.samples_ns, spread)).flatten()
}
