//! The clock that cores really have, found out without a counter: by timing a chain of steps of
//! which every current processor takes one a cycle.

use std::hint::black_box;
use std::time::Instant;

use delimark_results::statistics::median;
use delimark_results::{Known, MeasuredClock};

/// Rounds of a chain, each of two steps: an addition and an exclusive or, each waiting for
/// the one before. Some 75 microseconds at 3.5 GHz: long enough for the clock that times it, and
/// short enough that most chains are over before anything comes between.
const CHAIN_ROUNDS: u64 = 1 << 17;
const CYCLES: u64 = 2 * CHAIN_ROUNDS;

/// Whatever comes between makes a chain slower and never faster, so of several the fastest counts.
const CHAINS_PER_LOOK: usize = 8;

/// Looks at the clock now and then, best between the samples that it is to explain.
#[derive(Clone, Debug, Default)]
pub struct ClockWatch {
    /// Cycles a second, a look each.
    looks_hertz: Vec<f64>,
}

impl ClockWatch {
    /// Looks at the clock, which takes less than a millisecond. Code that is not optimised keeps
    /// the chain in memory, where a step takes several cycles, and does not look.
    pub fn look(&mut self) {
        if !cfg!(debug_assertions) {
            let chains = (0..CHAINS_PER_LOOK).map(|_| hertz_of_a_chain());
            self.looks_hertz.extend(chains.max_by(f64::total_cmp));
        }
    }

    /// Returns the clock that the looks found.
    #[must_use]
    pub fn measured(&self) -> Known<MeasuredClock> {
        let looks = self.looks_hertz.iter().copied();
        let ends = looks.clone().min_by(f64::total_cmp).zip(looks.max_by(f64::total_cmp));
        let measured = ends.map(|(hertz_least, hertz_most)| MeasuredClock {
            hertz: median(&self.looks_hertz),
            hertz_least,
            hertz_most,
            looks: self.looks_hertz.len() as u64,
            source: format!(
                "each look the fastest of {CHAINS_PER_LOOK} chains of {CYCLES} additions and \
                 exclusive ors, a cycle each"
            ),
        });
        Known::from_option(measured, || {
            "this build is not optimised, so that no step takes a cycle".to_owned()
        })
    }
}

fn hertz_of_a_chain() -> f64 {
    let start = Instant::now();
    black_box(chain(black_box(0)));
    CYCLES as f64 / start.elapsed().as_secs_f64()
}

fn chain(start: u64) -> u64 {
    // Opaque, so that the compiler cannot make one step of several.
    let (summand, mask) = black_box((0x9e37_79b9_7f4a_7c15_u64, 0x5555_5555_5555_5555_u64));
    (0..CHAIN_ROUNDS).fold(start, |value, _| value.wrapping_add(summand) ^ mask)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_looks_are_a_median_between_their_ends() {
        let watch = ClockWatch { looks_hertz: vec![3.4e9, 3.5e9, 2.0e9] };
        let Known::Value(clock) = watch.measured() else { panic!("there are looks") };
        let found = (clock.hertz, clock.hertz_least, clock.hertz_most, clock.looks);
        assert_eq!(found, (3.4e9, 2.0e9, 3.5e9, 3));
        assert!(clock.source.contains("the fastest of 8 chains of 262144 additions"));
    }

    #[test]
    fn optimised_code_finds_a_clock_that_a_core_can_have() {
        let mut watch = ClockWatch::default();
        watch.look();
        let measured = watch.measured();
        assert_eq!(measured.value().is_some(), !cfg!(debug_assertions), "{measured:?}");
        if let Known::Value(clock) = measured {
            assert!((0.2e9..10e9).contains(&clock.hertz), "{clock:?}");
            assert_eq!(clock.looks, 1);
        }
    }
}
