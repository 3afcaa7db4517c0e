//! Steps that take a core and nothing else, no memory above all: how much more of them several
//! threads do is what the machine gives, whatever a scan makes of it.
//!
//! A step multiplies and adds. One chain of steps waits for each product, so that a core is idle
//! three cycles of four; eight chains side by side keep the multiplier of every current core busy.
//! Two threads on one core therefore double the dependent steps and gain next to nothing on the
//! independent ones, and only a core each doubles both. A scan, which waits now and then, can gain
//! somewhat more than these on a shared core.

use std::hint::black_box;

use delimark_results::Steps;

/// About 20 ms of a core at 3 GHz: four cycles for a dependent step, one for an independent one.
/// Code that is not optimised is run by tests, which want no figures.
const DEPENDENT_STEPS: u64 = if cfg!(debug_assertions) { 1 << 14 } else { 1 << 24 };
const INDEPENDENT_STEPS: u64 = 4 * DEPENDENT_STEPS;

/// More than products are under way at once in any core: latency times throughput is 3 to 5.
const CHAINS: usize = 8;

/// A multiplier and a summand that make a generator of full period, by Knuth: no value settles.
const FACTOR: u64 = 6_364_136_223_846_793_005;
const SUMMAND: u64 = 1_442_695_040_888_963_407;

/// Returns the number of steps that [`compute`] takes.
pub(super) const fn count(steps: Steps) -> u64 {
    match steps {
        Steps::Independent => INDEPENDENT_STEPS,
        Steps::Dependent => DEPENDENT_STEPS,
    }
}

/// Takes the steps; returns what they come to.
pub(super) fn compute(steps: Steps) -> u64 {
    match steps {
        Steps::Independent => walk::<CHAINS>(count(steps)),
        Steps::Dependent => walk::<1>(count(steps)),
    }
}

/// Returns what [`compute`] has to return, by another way.
pub(super) fn expected(steps: Steps) -> u64 {
    let chains = match steps {
        Steps::Independent => CHAINS as u64,
        Steps::Dependent => 1,
    };
    (0..chains).fold(0, |fold, start| fold ^ leap(start, count(steps) / chains))
}

fn walk<const CHAINS: usize>(steps: u64) -> u64 {
    // Opaque, so that the compiler cannot make one step of several.
    let (factor, summand) = black_box((FACTOR, SUMMAND));
    let mut chains: [u64; CHAINS] = std::array::from_fn(|start| start as u64);
    for _ in 0..steps / CHAINS as u64 {
        for value in &mut chains {
            *value = value.wrapping_mul(factor).wrapping_add(summand);
        }
    }
    chains.iter().fold(0, |fold, value| fold ^ value)
}

/// Takes a number of steps of one chain at once: twice as many are again a product and a sum.
fn leap(start: u64, steps: u64) -> u64 {
    let (mut factor, mut summand) = (FACTOR, SUMMAND);
    let mut value = start;
    let mut left = steps;
    while left > 0 {
        if left & 1 == 1 {
            value = value.wrapping_mul(factor).wrapping_add(summand);
        }
        summand = summand.wrapping_mul(factor.wrapping_add(1));
        factor = factor.wrapping_mul(factor);
        left >>= 1;
    }
    value
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_step_is_taken() {
        for steps in Steps::ALL {
            assert_eq!(compute(steps), expected(steps), "{steps:?}");
        }
        assert_ne!(expected(Steps::Independent), expected(Steps::Dependent));
        assert_eq!(leap(5, 0), 5);
        assert_eq!(leap(5, 3), (0..3).fold(5, |value, _| leap(value, 1)));
    }
}
