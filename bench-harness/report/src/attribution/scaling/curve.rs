//! The points of a run arranged by what they are points of.

use delimark_results::{ComputePoint, Dataset, Family, Results, ScalingPoint, Steps};

use super::kinds::Kinds;
use super::paired::Paired;

/// An engine's points on the same kind of working set, by rising number of threads.
#[derive(Clone, Debug)]
pub struct Curve<'a> {
    /// The engine's name.
    pub engine: &'a str,
    /// True where passes go over the whole data set, false over a part that caches hold.
    pub is_whole: bool,
    /// True where the memory that each thread writes has cache lines of its own.
    pub padded: bool,
    /// The points; there is at least one.
    pub points: Vec<&'a ScalingPoint>,
}

impl<'a> Curve<'a> {
    /// Returns the point of this many threads.
    #[must_use]
    pub fn at(&self, threads: u64) -> Option<&'a ScalingPoint> {
        self.points.iter().copied().find(|point| point.threads == threads)
    }

    /// Returns the speed of this many threads over that of one, round by round.
    #[must_use]
    pub fn gain(&self, threads: u64) -> Option<Paired> {
        Paired::of(&self.speeds(threads)?, &self.speeds(1)?)
    }

    /// Returns the share that this many threads have of another curve's speed with as many, round
    /// by round.
    pub(super) fn share_of(&self, other: &Self, threads: u64) -> Option<Paired> {
        Paired::of(&self.speeds(threads)?, &other.speeds(threads)?)
    }

    /// Describes the two kinds that the samples of this many threads are of, if they are of two.
    pub(super) fn kinds(&self, threads: u64) -> Option<String> {
        Some(Kinds::of(&self.speeds(threads)?)?.describe("GB/s"))
    }

    /// Tells limits from engines.
    #[must_use]
    pub fn is_limit(&self) -> bool {
        Family::of(self.engine) == Family::Limit
    }

    /// Returns the speeds by round, GB/s.
    fn speeds(&self, threads: u64) -> Option<Vec<f64>> {
        let point = self.at(threads)?;
        Some(speeds(&point.samples_ns, point.bytes_per_sample))
    }
}

/// The measurements with threads on a data set.
#[derive(Clone, Debug)]
pub struct Scaling<'a> {
    /// Threads that go over data, in the order in which they were measured.
    pub curves: Vec<Curve<'a>>,
    /// Threads that only compute.
    pub compute: Vec<&'a ComputePoint>,
}

impl<'a> Scaling<'a> {
    /// Arranges the points of a data set.
    #[must_use]
    pub fn of(results: &'a Results, dataset: &Dataset) -> Self {
        let points = results.scaling.iter().filter(|point| point.dataset == dataset.name);
        let compute = results.compute.iter().filter(|point| point.dataset == dataset.name);
        Self { curves: curves(points, dataset.bytes), compute: compute.collect() }
    }

    /// Returns the curve with padding of an engine.
    pub(super) fn curve(&self, engine: &str, is_whole: bool) -> Option<&Curve<'a>> {
        let mut padded = self.curves.iter().filter(|curve| curve.padded);
        padded.find(|curve| curve.engine == engine && curve.is_whole == is_whole)
    }

    /// Returns the point of this many threads that compute.
    #[must_use]
    pub fn computing(&self, steps: Steps, threads: u64) -> Option<&'a ComputePoint> {
        let mut points = self.compute.iter().copied();
        points.find(|point| point.steps == steps && point.threads == threads)
    }

    /// Returns the computing of this many threads over that of one, round by round.
    #[must_use]
    pub fn computing_gain(&self, steps: Steps, threads: u64) -> Option<Paired> {
        let speeds = |threads| self.computing_speeds(steps, threads);
        Paired::of(&speeds(threads)?, &speeds(1)?)
    }

    /// Returns the part that a gain has of that of as many threads that compute independent steps.
    #[must_use]
    pub fn share_of_computing(&self, gain: &Paired, threads: u64) -> Option<Paired> {
        gain.over(&self.computing_gain(Steps::Independent, threads)?)
    }

    /// Describes the kinds of independent steps, as [`Curve::kinds`] does of a curve.
    pub(super) fn computing_kinds(&self, threads: u64) -> Option<String> {
        let speeds = self.computing_speeds(Steps::Independent, threads)?;
        Some(Kinds::of(&speeds)?.describe("steps/ns"))
    }

    fn computing_speeds(&self, steps: Steps, threads: u64) -> Option<Vec<f64>> {
        let point = self.computing(steps, threads)?;
        Some(speeds(&point.samples_ns, point.steps_per_sample))
    }
}

fn speeds(samples_ns: &[u64], amount: u64) -> Vec<f64> {
    samples_ns.iter().map(|&ns| amount as f64 / ns as f64).collect()
}

fn curves<'a>(
    points: impl Iterator<Item = &'a ScalingPoint>,
    dataset_bytes: u64,
) -> Vec<Curve<'a>> {
    let mut curves: Vec<Curve<'a>> = Vec::new();
    for point in points {
        let is_whole = point.working_set_bytes == dataset_bytes;
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
