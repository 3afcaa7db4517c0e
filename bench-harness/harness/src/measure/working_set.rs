//! Throughput against working set: from what fits the nearest cache to the whole file.
//!
//! A small working set is gone over many times, which also teaches the branch predictor its
//! pattern. Each sample takes another part of the file, so that what was learnt is not kept.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use anyhow::Result;
use delimark_datasets::Random;
use delimark_results::WorkingSetPoint;
use delimark_runner::model::Model;

use super::{Observer, WrongAnswer};
use crate::engine::{Engine, Laps};
use crate::workload::{Input, LinesReference, Workload};

/// The model of the working-set sweep.
pub const WORKING_SET_MODEL: Model = Model::Fields;

const SMALLEST_BYTES: usize = 16 << 10;

/// The bytes that a sample goes over at least, so that the clock's cost does not count. Code that
/// is not optimised is run by tests, which want no figures.
const SAMPLE_BYTES_LEAST: usize = if cfg!(debug_assertions) { 128 << 10 } else { 8 << 20 };

/// Measures these engines on working sets that double from 16 KiB to the whole input. In a round
/// all engines get the same lines, and each pass is checked.
///
/// # Errors
///
/// A [`WrongAnswer`], or what an engine failed with.
pub fn sweep_working_sets(
    workload: &Workload,
    engines: &mut [Box<dyn Engine>],
    names: &[String],
    budget: Duration,
    order_seed: u64,
    observer: &mut dyn Observer,
) -> Result<Vec<WorkingSetPoint>> {
    const ROUNDS: u64 = 5;
    let mut swept: Vec<&mut Box<dyn Engine>> =
        engines.iter_mut().filter(|engine| names.contains(&engine.name())).collect();
    let mut sizes: Vec<WorkingSet> =
        working_sets(workload.bytes().len()).map(WorkingSet::new).collect();
    let samples = ROUNDS * (sizes.len() * swept.len()) as u64;
    observer.begin("sweeping the working sets", samples);
    let mut random = Random::new(order_seed);
    let start = Instant::now();
    for round in 0..ROUNDS {
        if round > 0 && start.elapsed() > budget {
            break;
        }
        random.shuffle(&mut sizes);
        for size in &mut sizes {
            let lines = random_lines(workload.bytes(), size.working_set_bytes, &mut random);
            let reference = workload.expected_of_lines(lines);
            random.shuffle(&mut swept);
            for engine in &mut swept {
                observer.sample(&format!("{} in {} KiB", engine.name(), size.kibibytes()));
                size.sample(engine.as_mut(), workload, lines, &reference)?;
            }
        }
    }
    sizes.sort_by_key(|size| size.working_set_bytes);
    Ok(sizes.into_iter().flat_map(|size| size.into_points(workload)).collect())
}

/// A size of working set.
struct WorkingSet {
    working_set_bytes: usize,
    /// By engine.
    samples_ns: BTreeMap<String, Vec<u64>>,
}

impl WorkingSet {
    fn new(working_set_bytes: usize) -> Self {
        Self { working_set_bytes, samples_ns: BTreeMap::new() }
    }

    fn kibibytes(&self) -> usize {
        self.working_set_bytes >> 10
    }

    fn passes(&self) -> u64 {
        SAMPLE_BYTES_LEAST.div_ceil(self.working_set_bytes) as u64
    }

    /// Goes over the lines again and again, once before the clock starts. They are whole lines, so
    /// a little less than the working set; the time is scaled to its full size.
    fn sample(
        &mut self,
        engine: &mut dyn Engine,
        workload: &Workload,
        lines: &[u8],
        reference: &LinesReference,
    ) -> Result<()> {
        let name = engine.name();
        let expected = reference.answer(engine.answers());
        let input = Input { bytes: lines, ..workload.input() };
        let mut laps = Laps::off();
        let mut wrong = None;
        let mut pass = |engine: &mut dyn Engine| -> Result<()> {
            let answer = engine.run(WORKING_SET_MODEL, &input, &mut laps)?;
            wrong = wrong.or((answer != expected).then_some(answer));
            Ok(())
        };
        pass(engine)?;
        let clock = Instant::now();
        for _ in 0..self.passes() {
            pass(engine)?;
        }
        let elapsed_ns = clock.elapsed().as_nanos() as f64;
        if let Some(answer) = wrong {
            let dataset = &workload.facts().name;
            let cell = format!("{name} {WORKING_SET_MODEL} {dataset} in {} KiB", self.kibibytes());
            return Err(WrongAnswer { cell, expected, answer }.into());
        }
        let scaled_ns = elapsed_ns * self.working_set_bytes as f64 / lines.len() as f64;
        self.samples_ns.entry(name).or_default().push((scaled_ns as u64).max(1));
        Ok(())
    }

    fn into_points(self, workload: &Workload) -> Vec<WorkingSetPoint> {
        let bytes = self.working_set_bytes as u64;
        let bytes_per_sample = self.passes() * bytes;
        let dataset = workload.facts().name.as_str();
        let point = |(name, samples_ns): (String, Vec<u64>)| {
            let identity = [name.as_str(), WORKING_SET_MODEL.name(), dataset];
            WorkingSetPoint::from_samples(identity, bytes, bytes_per_sample, samples_ns)
        };
        self.samples_ns.into_iter().map(point).collect()
    }
}

/// Returns whole lines from somewhere in the input, within a number of bytes unless one line has
/// more.
fn random_lines<'a>(input: &'a [u8], most_bytes: usize, random: &mut Random) -> &'a [u8] {
    let is_newline = |&byte: &u8| byte == b'\n';
    let start = random.below((input.len() - most_bytes) as u64 + 1) as usize;
    let start = match input[..start].iter().rposition(is_newline) {
        Some(newline) => newline + 1,
        None => 0,
    };
    let rest = &input[start..];
    let window = &rest[..most_bytes.min(rest.len())];
    let end = window.iter().rposition(is_newline).or_else(|| rest.iter().position(is_newline));
    &rest[..end.map_or(rest.len(), |newline| newline + 1)]
}

/// Returns powers of two from the smallest on, and the whole input.
fn working_sets(input_bytes: usize) -> impl Iterator<Item = usize> {
    std::iter::successors(Some(SMALLEST_BYTES), |size| Some(size * 2))
        .take_while(move |&size| size < input_bytes)
        .chain([input_bytes])
}

#[cfg(test)]
mod tests {
    use delimark_datasets::Random;

    use super::{random_lines, working_sets};

    #[test]
    fn parts_are_whole_lines() {
        let input = b"first\nsecond line\nthird\nlast";
        let mut random = Random::new(1);
        for most_bytes in 1..=input.len() {
            let part = random_lines(input, most_bytes, &mut random);
            let start = part.as_ptr().addr() - input.as_ptr().addr();
            assert!(start == 0 || input[start - 1] == b'\n');
            assert!(part.ends_with(b"\n") || part.ends_with(b"last"));
        }
    }

    #[test]
    fn the_whole_input_is_the_last_step() {
        assert!(working_sets(100_000).eq([16 << 10, 32 << 10, 64 << 10, 100_000]));
        assert!(working_sets(1000).eq([1000]));
    }
}
