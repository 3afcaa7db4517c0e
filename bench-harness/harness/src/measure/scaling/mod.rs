//! Throughput against threads: one file cut at newlines, a part for each thread, the answers in the
//! order of the parts.
//!
//! The file is mapped, and gone over once, before any clock starts, so the model is not `file-map`
//! but `file-scan`. With the mapping in it, a sample would be of page faults: from caches they
//! would take most of its time, and threads take turns at them, since a process has one table of
//! pages.
//!
//! The file is gone over whole, which takes it from memory where it is large, and in a part that
//! the caches of the cores hold, which shows what the threads do to each other. In the same rounds
//! the same threads only compute, which shows what the machine gives to any code: processors may
//! share a core, or be there for a part of the time only.

mod compute;
mod slots;
mod workers;

use std::fs::File;
use std::num::NonZeroUsize;
use std::ops::RangeInclusive;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, ensure};
use delimark::Backend;
use delimark_datasets::Random;
use delimark_extract::truncation::GuardedMap;
use delimark_results::{ComputePoint, READ_LIMIT, ScalingPoint, Steps, throughput};
use delimark_runner::model::Model;

use self::workers::{Task, Workers};
use super::{Observer, WrongAnswer};
use crate::workload::Workload;

/// The model that threads share, as results and reports name it: every field of a file that is
/// mapped already.
pub const SCALING_MODEL: &str = "file-scan";

/// The model that it is measured beside, which maps the file in each pass.
pub const SCALING_BESIDE: Model = Model::FileMap;

/// The name of threads that only compute, in results and reports.
const COMPUTE: &str = "limit/compute";

/// The bytes that each thread goes over where they are to stay in cache: they fit the second level
/// of any core.
const CACHED_BYTES_PER_THREAD: usize = 256 << 10;

/// The measurements to make with threads.
#[derive(Clone, Debug)]
pub struct Scaling {
    /// The numbers of threads.
    pub threads: Vec<NonZeroUsize>,
    /// The backend that scans.
    pub backend: Backend,
    /// True if threads that scan are wanted.
    pub with_backend: bool,
    /// True if threads that only read are wanted.
    pub with_read_limit: bool,
    /// The rounds to take even where the budget is too small for them, and those to stop at.
    pub rounds: RangeInclusive<u64>,
    /// The time that the rounds should take.
    pub budget: Duration,
    /// Decides the order within each round.
    pub order_seed: u64,
}

/// The outcome; a round has a sample of each point.
#[derive(Clone, Debug, Default)]
pub struct Scaled {
    /// Threads that scan and threads that read.
    pub points: Vec<ScalingPoint>,
    /// Threads that compute.
    pub compute: Vec<ComputePoint>,
}

/// Measures each number of threads on the whole file and on a part that stays in cache, and checks
/// the answer of each thread. A file of fewer lines than threads has no point for them.
///
/// # Errors
///
/// A [`WrongAnswer`](super::WrongAnswer), or the file or the threads cannot be had.
pub fn measure_scaling(
    workload: &Workload,
    scaling: &Scaling,
    observer: &mut dyn Observer,
) -> Result<Scaled> {
    let path = workload.input().path;
    let (map, check) = File::open(path)
        .and_then(GuardedMap::open)
        .with_context(|| format!("{} cannot be mapped", path.display()))?;
    let mut all_workers = all_workers(workload, map.as_bytes(), scaling)?;
    let mut all_series = all_series(&all_workers, scaling);
    observer.begin("scaling with threads", (scaling.rounds.end() + 1) * all_series.len() as u64);
    for series in &all_series {
        series.sample(&mut all_workers, workload, observer)?;
    }
    let mut random = Random::new(scaling.order_seed);
    let start = Instant::now();
    for round in 0..*scaling.rounds.end() {
        if round >= *scaling.rounds.start() && start.elapsed() > scaling.budget {
            break;
        }
        random.shuffle(&mut all_series);
        for series in &mut all_series {
            let sample_ns = series.sample(&mut all_workers, workload, observer)?;
            series.samples_ns.push(sample_ns);
        }
    }
    check.verify()?;
    all_series.sort_by_key(|series| series.index);
    let mut scaled = Scaled::default();
    for series in all_series {
        series.end(&all_workers, workload, &mut scaled);
    }
    Ok(scaled)
}

/// Makes workers for each number of threads and each working set. They scan the file; the answers
/// that they have to give come from the bytes that the workload has in memory.
fn all_workers<'a>(
    workload: &Workload,
    file: &'a [u8],
    scaling: &Scaling,
) -> Result<Vec<Workers<'a>>> {
    let known = workload.bytes();
    ensure!(file.len() == known.len(), "the file has another size than when it was loaded");
    let mut all_workers = Vec::new();
    for &threads in &scaling.threads {
        for lines in working_sets(known, threads) {
            let file = &file[..lines.len()];
            all_workers.extend(Workers::new(threads, file, lines, workload, scaling.backend)?);
        }
    }
    Ok(all_workers)
}

/// Returns what a number of threads go over: whole lines that their caches hold, and the whole
/// file.
fn working_sets(file: &[u8], threads: NonZeroUsize) -> impl Iterator<Item = &[u8]> {
    let cached_bytes = CACHED_BYTES_PER_THREAD.saturating_mul(threads.get());
    let cached = file.get(..cached_bytes).and_then(|cached| {
        let newline = cached.iter().rposition(|&byte| byte == b'\n')?;
        Some(&cached[..=newline])
    });
    cached.into_iter().chain([file])
}

/// The samples of one task of some workers: a point of the plot.
struct Series {
    /// The index of the point among all.
    index: usize,
    workers: usize,
    engine: String,
    task: Task,
    samples_ns: Vec<u64>,
}

/// Lists what all workers do: scan and read their working set, where that is wanted, and compute,
/// once for each number of threads.
fn all_series(all_workers: &[Workers<'_>], scaling: &Scaling) -> Vec<Series> {
    let mut tasks = Vec::new();
    if scaling.with_backend {
        tasks.extend([true, false].map(|padded| Task::Scan { padded }));
    }
    tasks.extend(scaling.with_read_limit.then_some(Task::Read));
    let mut pairs = Vec::new();
    for (index, workers) in all_workers.iter().enumerate() {
        pairs.extend(tasks.iter().map(|&task| (index, task)));
        let is_first_of_many =
            all_workers[..index].iter().all(|other| other.threads() != workers.threads());
        if is_first_of_many {
            pairs.extend(Steps::ALL.map(|steps| (index, Task::Compute(steps))));
        }
    }
    let series = |(index, (workers, task))| {
        let engine = match task {
            Task::Scan { .. } => format!("delimark/{}", scaling.backend),
            Task::Read => READ_LIMIT.to_owned(),
            Task::Compute(_) => COMPUTE.to_owned(),
        };
        Series { index, workers, engine, task, samples_ns: Vec::new() }
    };
    pairs.into_iter().enumerate().map(series).collect()
}

impl Series {
    /// Takes a sample, nanoseconds.
    fn sample(
        &self,
        all_workers: &mut [Workers<'_>],
        workload: &Workload,
        observer: &mut dyn Observer,
    ) -> Result<u64> {
        let workers = &mut all_workers[self.workers];
        let (engine, threads) = (&self.engine, workers.threads());
        observer.sample(&format!("{engine} on {threads} threads"));
        let outcome = workers.sample(self.task)?;
        if let Some((expected, answer)) = outcome.wrong {
            let dataset = &workload.facts().name;
            let cell = format!("{engine} {SCALING_MODEL} {dataset} on {threads} threads");
            return Err(WrongAnswer { cell, expected, answer }.into());
        }
        Ok((outcome.duration.as_nanos() as u64).max(1))
    }

    /// Turns the samples into a point.
    fn end(self, all_workers: &[Workers<'_>], workload: &Workload, scaled: &mut Scaled) {
        let workers = &all_workers[self.workers];
        let dataset = workload.facts().name.clone();
        let threads = workers.threads() as u64;
        if let Task::Compute(steps) = self.task {
            let steps_per_sample = threads * compute::count(steps);
            let samples_ns = self.samples_ns;
            let point = ComputePoint { dataset, steps, threads, steps_per_sample, samples_ns };
            scaled.compute.push(point);
            return;
        }
        let bytes_per_sample = workers.bytes_per_sample();
        scaled.points.push(ScalingPoint {
            engine: self.engine,
            model: SCALING_MODEL.to_owned(),
            dataset,
            threads,
            padded: self.task.is_padded(),
            working_set_bytes: workers.working_set_bytes(),
            bytes_per_sample,
            gigabytes_per_second: throughput(&self.samples_ns, bytes_per_sample),
            samples_ns: self.samples_ns,
        });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn threads_go_over_what_their_caches_hold_and_over_everything() {
        let file = b"a line of some bytes\n".repeat(30_000);
        let lengths = |threads| {
            let threads = NonZeroUsize::new(threads).expect("there is a thread at least");
            working_sets(&file, threads).map(<[u8]>::len).collect::<Vec<_>>()
        };
        assert_eq!(lengths(1), [262_143, 630_000], "whole lines of 21 bytes");
        assert_eq!(lengths(2), [524_286, 630_000]);
        assert_eq!(lengths(3), [630_000], "the file is no larger than what caches hold");
    }
}
