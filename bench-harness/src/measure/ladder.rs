//! Throughput against working set: from what fits the nearest cache to the whole file.
//!
//! A small working set is gone over many times, which also teaches the branch predictor its
//! pattern. Each sample takes another part of the file, so that what was learnt is not kept.

use std::time::{Duration, Instant};

use anyhow::{Context, Result};
use delimark_datasets::Random;

use super::Observer;
use crate::engine::{Engine, Input, Laps};
use crate::model::Model;
use crate::results::LadderPoint;
use crate::workload::Workload;

/// The model that climbs the ladder.
pub const LADDER_MODEL: Model = Model::Fields;

const SMALLEST_BYTES: usize = 16 << 10;

/// What a sample goes over at least, so that the clock's cost does not count.
const SAMPLE_BYTES_LEAST: usize = 8 << 20;

/// Measures these engines on working sets that double from 16 KiB to the whole input.
///
/// # Errors
///
/// What an engine fails with.
pub fn measure_ladder(
    workload: &Workload,
    engines: &mut [Box<dyn Engine>],
    names: &[String],
    budget: Duration,
    order_seed: u64,
    observer: &mut dyn Observer,
) -> Result<Vec<LadderPoint>> {
    const ROUNDS: u64 = 5;
    let mut steps: Vec<Step> = Vec::new();
    for working_set_bytes in working_sets(workload.bytes().len()) {
        for name in names {
            steps.push(Step { name: name.clone(), working_set_bytes, samples_ns: Vec::new() });
        }
    }
    observer.begin("climbing the ladder of working sets", ROUNDS * steps.len() as u64);
    let mut random = Random::new(order_seed);
    let start = Instant::now();
    for round in 0..ROUNDS {
        if round > 0 && start.elapsed() > budget {
            break;
        }
        random.shuffle(&mut steps);
        for step in &mut steps {
            observer.sample(&format!("{} in {} KiB", step.name, step.working_set_bytes >> 10));
            let engine = engines.iter_mut().find(|engine| engine.name() == step.name);
            let engine = engine.context("the ladder's engines are among those of the run")?;
            step.sample(engine.as_mut(), workload, &mut random)?;
        }
    }
    steps.sort_by_key(|step| step.working_set_bytes);
    let dataset = workload.facts().name.as_str();
    let model = LADDER_MODEL.name();
    Ok(steps
        .into_iter()
        .map(|step| {
            let bytes_per_sample = step.passes() * step.working_set_bytes as u64;
            LadderPoint::from_samples(
                [&step.name, model, dataset],
                step.working_set_bytes as u64,
                bytes_per_sample,
                step.samples_ns,
            )
        })
        .collect())
}

/// An engine on a size.
struct Step {
    name: String,
    working_set_bytes: usize,
    samples_ns: Vec<u64>,
}

impl Step {
    fn passes(&self) -> u64 {
        SAMPLE_BYTES_LEAST.div_ceil(self.working_set_bytes) as u64
    }

    /// Goes over one part of the input again and again, once before the clock starts. The part is
    /// whole lines, so a little shorter than asked for; the time is scaled to the full size.
    fn sample(
        &mut self,
        engine: &mut dyn Engine,
        workload: &Workload,
        random: &mut Random,
    ) -> Result<()> {
        let part = random_lines(workload.bytes(), self.working_set_bytes, random);
        let input = Input { bytes: part, ..workload.input() };
        let mut laps = Laps::new(u64::MAX, 0);
        engine.run(LADDER_MODEL, &input, &mut laps)?;
        let clock = Instant::now();
        for _ in 0..self.passes() {
            std::hint::black_box(engine.run(LADDER_MODEL, &input, &mut laps)?);
        }
        let scale = self.working_set_bytes as f64 / part.len() as f64;
        let duration_ns = clock.elapsed().as_nanos() as f64 * scale;
        self.samples_ns.push((duration_ns as u64).max(1));
        Ok(())
    }
}

/// Whole lines from somewhere in the input, at most so many bytes unless one line has more.
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

/// Powers of two from the smallest on, and the whole input.
fn working_sets(input_bytes: usize) -> Vec<usize> {
    let mut sizes: Vec<usize> = std::iter::successors(Some(SMALLEST_BYTES), |size| Some(size * 2))
        .take_while(|&size| size < input_bytes)
        .collect();
    sizes.push(input_bytes);
    sizes
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
        assert_eq!(working_sets(100_000), [16 << 10, 32 << 10, 64 << 10, 100_000]);
        assert_eq!(working_sets(1000), [1000]);
    }
}
