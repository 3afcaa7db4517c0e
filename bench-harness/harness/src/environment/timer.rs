//! The granularity of the clock and the cost of reading it, measured.

use std::time::{Duration, Instant};

use delimark_results::{Known, Timer};

use super::Sys;

/// Enough for a stable mean; a tenth of a second on the slowest clocks there are.
const READS: u32 = 100_000;

pub(super) fn measure(sys: &Sys) -> Timer {
    let begin = Instant::now();
    let mut previous = begin;
    let mut smallest: Option<Duration> = None;
    for _ in 0..READS {
        let now = Instant::now();
        let step = now.duration_since(previous);
        if !step.is_zero() {
            smallest = Some(smallest.map_or(step, |smallest| smallest.min(step)));
        }
        previous = now;
    }
    let elapsed = previous.duration_since(begin);
    let stood_still = || format!("the clock stood still for {READS} reads");
    Timer {
        granularity_ns: Known::from_option(smallest, stood_still)
            .map(|step| step.as_nanos() as u64),
        cost_ns: elapsed.as_secs_f64() * 1e9 / f64::from(READS),
        clock_source: sys.clock_source(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_clock_ticks_and_costs_something() {
        let timer = measure(&Sys::default());
        assert!(timer.granularity_ns.value().is_some_and(|&step| step > 0));
        assert!(timer.cost_ns > 0.0);
    }
}
