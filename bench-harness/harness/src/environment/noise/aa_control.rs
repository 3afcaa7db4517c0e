//! A loop against itself: runs in small, as `run` would compare two engines.

use std::hint::black_box;
use std::time::{Duration, Instant};

use delimark_datasets::Random;
use delimark_results::statistics::median;
use serde::Serialize;

use crate::engine::ReadLoop;

/// Held by the last level of cache, and beyond the one before.
const BYTES: usize = 4 << 20;

/// The time that a sample takes at least, so that the clock does not count.
const SAMPLE_LEAST: Duration = Duration::from_millis(2);

const RUNS_LEAST: u64 = 3;
const RUNS_MOST: u64 = 50;

const ORDER_SEED: u64 = 4;

/// The distance at which a loop came out from itself.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct AaNoise {
    /// The bytes that the loop, the fastest that only reads, goes over in a pass.
    pub bytes: u64,
    /// The number of passes of a sample.
    pub passes_per_sample: u64,
    /// The number of times that the two were compared.
    pub runs: u64,
    /// The distance between them in the worst of the runs: a factor, 1 where they are alike.
    pub spread: f64,
}

impl AaNoise {
    /// The samples of each of the two in a run; its ratio is the median of theirs.
    pub const ROUNDS: u64 = 9;

    /// Compares them for about that time, three times at least.
    pub(super) fn measure(duration: Duration) -> Self {
        let bytes = vec![b'x'; BYTES];
        let read = ReadLoop::fastest(&bytes);
        let pass = || black_box(read.fold(black_box(&bytes)));
        let start = Instant::now();
        pass();
        let pass_ns = start.elapsed().as_nanos().max(1);
        let passes_per_sample = SAMPLE_LEAST.as_nanos().div_ceil(pass_ns) as u64;
        let mut random = Random::new(ORDER_SEED);
        let mut runs = 0;
        let mut spread = 1.0_f64;
        let start = Instant::now();
        while runs < RUNS_LEAST || (runs < RUNS_MOST && start.elapsed() < duration) {
            spread = spread.max(run(&mut random, || {
                let start = Instant::now();
                (0..passes_per_sample).for_each(|_| {
                    pass();
                });
                start.elapsed()
            }));
            runs += 1;
        }
        Self { bytes: BYTES as u64, passes_per_sample, runs, spread }
    }

    /// Returns the share below which a difference means nothing: the spread, rounded up to 0.1 %.
    #[must_use]
    pub fn insignificant_share(&self) -> f64 {
        ((self.spread - 1.0) * 1000.0).ceil().max(1.0) / 1000.0
    }
}

/// Returns how far apart two come out that take turns at random: the median of their ratios or its
/// inverse, whichever is larger.
fn run(random: &mut Random, mut sample: impl FnMut() -> Duration) -> f64 {
    let mut ratio = || {
        let (first, second) = (sample(), sample());
        let (one, other) = if random.below(2) == 0 { (first, second) } else { (second, first) };
        one.as_secs_f64() / other.as_secs_f64().max(1e-9)
    };
    let ratios: Vec<f64> = (0..AaNoise::ROUNDS).map(|_| ratio()).collect();
    let ratio = median(&ratios);
    ratio.max(1.0 / ratio)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_run_with_one_disturbance_shows_none_and_a_drift_is_cancelled() {
        let mut samples = 0_u32;
        let spread = run(&mut Random::new(1), || {
            samples += 1;
            let is_disturbed = samples == 5;
            Duration::from_micros(if is_disturbed { 9000 } else { 1000 })
        });
        assert_eq!((spread, samples), (1.0, 18));
    }

    #[test]
    fn the_share_is_rounded_up_and_never_nothing() {
        let share = |spread| {
            let aa_noise = AaNoise { bytes: 1, passes_per_sample: 1, runs: 3, spread };
            aa_noise.insignificant_share()
        };
        assert_eq!([share(1.0), share(1.0101), share(1.25)], [0.001, 0.011, 0.25]);
    }
}
