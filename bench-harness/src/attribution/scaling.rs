//! What bounds a scan by several threads: how it scales from the whole file and from the caches,
//! beside how reading alone does.

use super::thresholds::{READ_SHARE, SCALES, SCALES_LIKE, SCALES_NEAR};
use super::{Cause, Finding};
use crate::figures::{binary_size, percent, times};
use crate::results::{Dataset, ScalingPoint};

/// An engine's points on the same kind of working set, by rising number of threads.
#[derive(Clone, Debug)]
pub struct Curve<'a> {
    /// The engine's name.
    pub engine: &'a str,
    /// Whether passes go over the whole data set, and not over a part that caches hold.
    pub is_whole: bool,
    /// Whether what each thread writes has cache lines of its own.
    pub padded: bool,
    /// The points; there is at least one.
    pub points: Vec<&'a ScalingPoint>,
}

impl<'a> Curve<'a> {
    /// Returns the point of so many threads.
    #[must_use]
    pub fn at(&self, threads: u64) -> Option<&'a ScalingPoint> {
        self.points.iter().copied().find(|point| point.threads == threads)
    }

    /// How many times the speed of one thread so many have.
    #[must_use]
    pub fn speedup(&self, threads: u64) -> Option<f64> {
        let rate = |threads| self.at(threads).map(|point| point.gigabytes_per_second.median);
        Some(rate(threads)? / rate(1)?)
    }

    /// Tells limits from engines.
    #[must_use]
    pub fn is_limit(&self) -> bool {
        self.engine.starts_with("limit/")
    }
}

/// Arranges the points of a data set, in the order in which they were measured.
#[must_use]
pub fn curves<'a>(points: &'a [ScalingPoint], dataset: &Dataset) -> Vec<Curve<'a>> {
    let mut curves: Vec<Curve<'a>> = Vec::new();
    for point in points.iter().filter(|point| point.dataset == dataset.name) {
        let is_whole = point.working_set_bytes == dataset.bytes;
        let same = curves.iter_mut().find(|curve| {
            curve.engine == point.engine
                && curve.is_whole == is_whole
                && curve.padded == point.padded
        });
        match same {
            Some(curve) => curve.points.push(point),
            None => curves.push(Curve {
                engine: &point.engine,
                is_whole,
                padded: point.padded,
                points: vec![point],
            }),
        }
    }
    for curve in &mut curves {
        curve.points.sort_by_key(|point| point.threads);
    }
    curves
}

/// Says how far each engine scales from the whole file with the most threads, and what bounds it.
#[must_use]
pub fn explain_scaling(curves: &[Curve<'_>]) -> Vec<Finding> {
    let of_threads = |curve: &&Curve<'_>| curve.padded && !curve.is_limit() && curve.is_whole;
    curves.iter().filter(of_threads).filter_map(|curve| explain(curve, curves)).collect()
}

fn explain(whole: &Curve<'_>, curves: &[Curve<'_>]) -> Option<Finding> {
    let last = whole.points.last().filter(|point| point.threads > 1)?;
    let threads = last.threads;
    let speedup = whole.speedup(threads)?;
    let padded = |is_limit: bool, is_whole: bool| {
        let mut of_kind = curves
            .iter()
            .filter(|c| c.padded && c.is_whole == is_whole && c.is_limit() == is_limit);
        of_kind.find(|curve| is_limit || curve.engine == whole.engine)
    };
    let resident = padded(false, false);
    let resident_speedup = resident.and_then(|curve| curve.speedup(threads));
    let (cause, why) = bound(speedup, last, padded(true, true), resident_speedup);
    let mut sentence = format!(
        "From the whole file ({}), {threads} threads of {} reach {} the speed of one: {why}.",
        binary_size(last.working_set_bytes),
        whole.engine,
        times(speedup)
    );
    if let Some((speedup, point)) = resident_speedup.zip(resident.and_then(|c| c.at(threads))) {
        sentence += &format!(
            " From {} that caches hold they reach {}.",
            binary_size(point.working_set_bytes),
            times(speedup)
        );
    }
    Some(Finding::new(cause, sentence))
}

/// Decides what bounds a scan by `last.threads` threads.
fn bound(
    speedup: f64,
    last: &ScalingPoint,
    read: Option<&Curve<'_>>,
    resident_speedup: Option<f64>,
) -> (Cause, String) {
    let scales = |speedup: f64| speedup >= SCALES * last.threads as f64;
    if scales(speedup) {
        return (Cause::Nothing, "so far nothing but the threads bounds it".to_owned());
    }
    let reading = read.and_then(|read| {
        let point = read.at(last.threads)?;
        Some((read.speedup(last.threads)?, point.gigabytes_per_second.median))
    });
    let Some((read_speedup, read_rate)) = reading else {
        return (Cause::Unknown, "limit/read was not measured with as many, so why is open".into());
    };
    let share = last.gigabytes_per_second.median / read_rate;
    if share >= READ_SHARE {
        let why = format!("{} of limit/read with as many, so memory bounds it", percent(share));
        return (Cause::ReadLimit, why);
    }
    let also = format!(
        "limit/read reaches {}, and the scan {} of its speed",
        times(read_speedup),
        percent(share)
    );
    let is_alike = !scales(read_speedup) && speedup <= read_speedup * SCALES_LIKE;
    if is_alike && share >= SCALES_NEAR {
        return (Cause::ReadLimit, format!("{also}, so memory bounds both"));
    }
    let why = match resident_speedup {
        Some(resident) if !scales(resident) => {
            "from caches they do not scale either, so memory is not what bounds them"
        }
        Some(_) => "what bounds them is open",
        None => "what bounds them is open, since nothing was measured from caches",
    };
    (Cause::Unknown, format!("{also}; {why}"))
}
