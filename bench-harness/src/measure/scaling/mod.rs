//! Throughput against threads: one file cut at newlines, a part for each thread, the answers in the
//! order of the parts.
//!
//! The file is mapped, and gone over once, before any clock starts: what is measured is the scan,
//! not the mapping. It is gone over whole, which takes it from memory where it is large, and in a
//! part that the caches of the cores hold, which shows what the threads do to each other.

mod crew;

use std::fs::File;
use std::num::NonZeroUsize;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, ensure};
use delimark::Backend;
use delimark_datasets::Random;

use self::crew::{Crew, Task};
use super::{Observer, WrongAnswer};
use crate::engine::READ_LIMIT;
use crate::model::Model;
use crate::results::ScalingPoint;
use crate::truncation::GuardedMap;
use crate::workload::Workload;

/// The model that threads share: every field of a mapped file.
pub const SCALING_MODEL: Model = Model::FileMap;

/// What each thread goes over where it is to stay in cache: fits the second level of any core.
const CACHED_BYTES_PER_THREAD: usize = 256 << 10;

/// What to measure with threads.
#[derive(Clone, Debug)]
pub struct Scaling {
    /// The numbers of threads.
    pub threads: Vec<NonZeroUsize>,
    /// What scans.
    pub backend: Backend,
    /// Whether threads that scan are wanted.
    pub with_backend: bool,
    /// Whether threads that only read are wanted.
    pub with_read_limit: bool,
    /// The time that the rounds should take.
    pub budget: Duration,
    /// Decides the order within each round.
    pub order_seed: u64,
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
) -> Result<Vec<ScalingPoint>> {
    const ROUNDS: u64 = 9;
    let path = workload.input().path;
    let (map, witness) = File::open(path)
        .and_then(GuardedMap::open)
        .with_context(|| format!("{} cannot be mapped", path.display()))?;
    let mut crews = crews(workload, map.as_bytes(), scaling)?;
    let mut lanes = lanes(&crews, scaling);
    observer.begin("scaling with threads", (ROUNDS + 1) * lanes.len() as u64);
    for lane in &lanes {
        lane.sample(&mut crews, workload, observer)?;
    }
    let mut random = Random::new(scaling.order_seed);
    let start = Instant::now();
    for round in 0..ROUNDS {
        if round > 0 && start.elapsed() > scaling.budget {
            break;
        }
        random.shuffle(&mut lanes);
        for lane in &mut lanes {
            let sample_ns = lane.sample(&mut crews, workload, observer)?;
            lane.samples_ns.push(sample_ns);
        }
    }
    witness.confirm()?;
    lanes.sort_by_key(|lane| lane.place);
    Ok(lanes.into_iter().map(|lane| lane.into_point(&crews, workload)).collect())
}

/// A crew for each number of threads and each working set. What they scan is the file; what they
/// have to answer comes from the bytes that the workload has in memory.
fn crews<'a>(workload: &Workload, file: &'a [u8], scaling: &Scaling) -> Result<Vec<Crew<'a>>> {
    let known = workload.bytes();
    ensure!(file.len() == known.len(), "the file has another size than when it was loaded");
    let mut crews = Vec::new();
    for &threads in &scaling.threads {
        for lines in working_sets(known, threads) {
            let file = &file[..lines.len()];
            crews.extend(Crew::new(threads, file, lines, workload, scaling.backend)?);
        }
    }
    Ok(crews)
}

/// What so many threads go over: whole lines that their caches hold, and the whole file.
fn working_sets(file: &[u8], threads: NonZeroUsize) -> impl Iterator<Item = &[u8]> {
    let cached_bytes = CACHED_BYTES_PER_THREAD.saturating_mul(threads.get());
    let cached = file.get(..cached_bytes).and_then(|cached| {
        let newline = cached.iter().rposition(|&byte| byte == b'\n')?;
        Some(&cached[..=newline])
    });
    cached.into_iter().chain([file])
}

/// What one crew does again and again: a point of the plot.
struct Lane {
    /// Where the point stands among the others.
    place: usize,
    crew: usize,
    engine: String,
    task: Task,
    samples_ns: Vec<u64>,
}

fn lanes(crews: &[Crew<'_>], scaling: &Scaling) -> Vec<Lane> {
    let scans = [Task::Scan { padded: true }, Task::Scan { padded: false }];
    let scans = scans.into_iter().filter(|_| scaling.with_backend);
    let tasks = scans.chain(scaling.with_read_limit.then_some(Task::Read));
    let pairs = (0..crews.len()).flat_map(|crew| tasks.clone().map(move |task| (crew, task)));
    let lane = |(place, (crew, task))| {
        let engine = match task {
            Task::Scan { .. } => format!("delimark/{}", scaling.backend),
            Task::Read => READ_LIMIT.to_owned(),
        };
        Lane { place, crew, engine, task, samples_ns: Vec::new() }
    };
    pairs.enumerate().map(lane).collect()
}

impl Lane {
    /// Takes a sample, nanoseconds.
    fn sample(
        &self,
        crews: &mut [Crew<'_>],
        workload: &Workload,
        observer: &mut dyn Observer,
    ) -> Result<u64> {
        let crew = &mut crews[self.crew];
        let (engine, threads) = (&self.engine, crew.threads());
        observer.sample(&format!("{engine} on {threads} threads"));
        let outcome = crew.sample(self.task)?;
        if let Some((expected, answer)) = outcome.wrong {
            let dataset = &workload.facts().name;
            let cell = format!("{engine} {SCALING_MODEL} {dataset} on {threads} threads");
            return Err(WrongAnswer { cell, expected, answer }.into());
        }
        Ok((outcome.duration.as_nanos() as u64).max(1))
    }

    fn into_point(self, crews: &[Crew<'_>], workload: &Workload) -> ScalingPoint {
        let crew = &crews[self.crew];
        let bytes_per_sample = crew.bytes_per_sample();
        ScalingPoint {
            engine: self.engine,
            model: SCALING_MODEL.to_string(),
            dataset: workload.facts().name.clone(),
            threads: crew.threads() as u64,
            // Threads that read write nothing before they end.
            padded: self.task != Task::Scan { padded: false },
            working_set_bytes: crew.working_set_bytes(),
            bytes_per_sample,
            gigabytes_per_second: ScalingPoint::derive(&self.samples_ns, bytes_per_sample),
            samples_ns: self.samples_ns,
        }
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
