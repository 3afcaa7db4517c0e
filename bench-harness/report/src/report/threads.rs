//! Throughput against threads as tables: each number of threads, what padding is worth, and what as
//! many threads only compute.

use delimark_results::statistics::{Comparison, Estimate};
use delimark_results::{ComputePoint, ScalingPoint, Steps};

use super::tables::{Content, Entry, Table, TableRow, ratio};
use super::view::{Family, Section, View};
use crate::attribution::{Curve, Paired};
use crate::number_format::{
    MISSING, binary_size, interval_of, number, percent, percent_interval, times,
};

/// Returns the tables of what computes, and then of what goes over data; none where there are no
/// threads.
pub(super) fn tables(view: &View<'_>, section: &Section<'_>) -> Vec<Table> {
    [computing(section), scans(view, section)]
        .into_iter()
        .filter(|table| !table.rows.is_empty())
        .collect()
}

/// Makes a table of both kinds of steps with each number of threads.
fn computing(section: &Section<'_>) -> Table {
    let row = |point: &&ComputePoint| {
        let gain = section.scaling.computing_gain(point.steps, point.threads);
        let cells = vec![
            Entry::plain(match point.steps {
                Steps::Independent => "independent steps",
                Steps::Dependent => "dependent steps",
            }),
            Entry::plain(point.threads.to_string()),
            rated(point.steps_per_ns()),
            gained(gain.as_ref(), point.threads),
        ];
        TableRow { family: Family::Limit, cells }
    };
    let columns = ["computing alone", "threads", "steps/ns", "÷ one thread"];
    Table {
        content: Content::Numbers,
        columns: columns.map(str::to_owned).into(),
        rows: section.scaling.compute.iter().map(row).collect(),
    }
}

/// Makes a table of every engine, working set and number of threads.
fn scans(view: &View<'_>, section: &Section<'_>) -> Table {
    let curves = &section.scaling.curves;
    let rows = curves.iter().filter(|curve| curve.padded).flat_map(|curve| {
        let unpadded = curves.iter().find(|other| {
            !other.padded && other.engine == curve.engine && other.is_whole == curve.is_whole
        });
        curve.points.iter().map(move |point| row(view, section, (curve, unpadded), point))
    });
    let columns = [
        "engine",
        "working set",
        "threads",
        "GB/s",
        "÷ one thread",
        "of what computing gains",
        "unpadded, GB/s",
        "padded ÷ unpadded",
    ];
    Table {
        content: Content::Numbers,
        columns: columns.map(str::to_owned).into(),
        rows: rows.collect(),
    }
}

fn row(
    view: &View<'_>,
    section: &Section<'_>,
    (curve, unpadded): (&Curve<'_>, Option<&Curve<'_>>),
    point: &ScalingPoint,
) -> TableRow {
    let unpadded = unpadded.and_then(|curve| curve.at(point.threads));
    let threads = point.threads;
    let gain = curve.gain(threads);
    let share = gain.as_ref().and_then(|gain| section.scaling.share_of_computing(gain, threads));
    let cells = vec![
        Entry::plain(curve.engine),
        Entry::plain(binary_size(point.working_set_bytes)),
        Entry::plain(threads.to_string()),
        rated(point.gigabytes_per_second),
        gained(gain.as_ref(), threads),
        compared(share.as_ref(), threads, |share| {
            Entry::noted(percent(share.median), [percent_interval(share)])
        }),
        unpadded.map_or_else(missing, |unpadded| rated(unpadded.gigabytes_per_second)),
        ratio(unpadded.and_then(|unpadded| against(view, point, unpadded)).as_ref()),
    ];
    TableRow { family: Family::of(curve.engine), cells }
}

fn rated(rate: Estimate) -> Entry {
    Entry::noted(number(rate.median), [interval_of(rate)])
}

fn gained(gain: Option<&Paired>, threads: u64) -> Entry {
    compared(gain, threads, |gain| Entry::noted(times(gain.median), [interval_of(gain)]))
}

/// Shows a ratio; one thread is what the others are compared with.
fn compared(ratio: Option<&Paired>, threads: u64, show: impl Fn(Estimate) -> Entry) -> Entry {
    ratio.filter(|_| threads > 1).map(Paired::estimate).map_or_else(missing, show)
}

fn missing() -> Entry {
    Entry::plain(MISSING)
}

/// Tells whether samples went over as many bytes, so that they can be compared.
fn against(view: &View<'_>, point: &ScalingPoint, other: &ScalingPoint) -> Option<Comparison> {
    let is_comparable = point.bytes_per_sample == other.bytes_per_sample;
    let spread = view.spread.unwrap_or(1.0);
    is_comparable.then(|| Comparison::of(&point.samples_ns, &other.samples_ns, spread)).flatten()
}
