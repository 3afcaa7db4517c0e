//! The stopwatch within a pass: how long every so many records took.

use std::time::{Duration, Instant};

use delimark_results::{BurstSample, Timer};

/// Times bursts of records while an engine runs.
///
/// A lap costs one reading of the clock, some 30 ns for about 64 KiB of input: see [`BurstOverhead`].
#[derive(Debug)]
pub struct BurstTimer {
    records_per_burst: u64,
    records: u64,
    burst_start: Instant,
    samples: Vec<BurstSample>,
    /// How long the pass took, where another clock than ours has timed it.
    pass: Option<Duration>,
}

impl BurstTimer {
    /// Makes a stopwatch with room for all laps of an input, so that taking one allocates nothing.
    #[must_use]
    pub fn new(records_per_burst: u64, records: u64) -> Self {
        let records_per_burst = records_per_burst.max(1);
        // Bursts that end with a line can be a little more than the average asks for.
        let timer = records / records_per_burst * 2 + 2;
        Self {
            records_per_burst,
            records: 0,
            burst_start: Instant::now(),
            samples: Vec::with_capacity(timer as usize),
            pass: None,
        }
    }

    /// Makes a stopwatch that takes no lap, for passes that are timed as a whole.
    #[must_use]
    pub fn off() -> Self {
        Self {
            records_per_burst: u64::MAX,
            records: 0,
            burst_start: Instant::now(),
            samples: Vec::new(),
            pass: None,
        }
    }

    /// Forgets all laps and starts.
    pub fn start(&mut self) {
        self.records = 0;
        self.samples.clear();
        self.pass = None;
        self.burst_start = Instant::now();
    }

    /// Tells that a record is done: a lap ends with every so many.
    #[inline(always)]
    pub fn record(&mut self) {
        self.records += 1;
        if self.records >= self.records_per_burst {
            self.end_burst();
        }
    }

    /// Tells that a burst of so many records is done, from an engine that works in bursts of the
    /// same size by itself: a lap ends with each.
    pub fn burst(&mut self, records: u64) {
        self.records += records;
        if self.records > 0 && self.records_per_burst < u64::MAX {
            self.end_burst();
        }
    }

    /// Tells how long the whole pass took, from an engine with a clock of its own.
    pub fn set_pass(&mut self, duration: Duration) {
        self.pass = Some(duration);
    }

    /// How long the whole pass took, if the engine has told.
    #[must_use]
    pub fn pass(&self) -> Option<Duration> {
        self.pass
    }

    /// The laps since the start. Records behind the last lap's end are in none.
    #[must_use]
    pub fn samples(&self) -> &[BurstSample] {
        &self.samples
    }

    #[cold]
    fn end_burst(&mut self) {
        let now = Instant::now();
        let duration_ns = now.duration_since(self.burst_start).as_nanos() as u64;
        self.samples.push(BurstSample { duration_ns, records: self.records });
        self.records = 0;
        self.burst_start = now;
    }
}

/// What reading the clock adds to each lap. From one reading to the next, one is paid for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BurstOverhead {
    cost_ns: u64,
    /// No lap is shorter: less cannot be told from nothing.
    granularity_ns: u64,
}

impl BurstOverhead {
    /// Takes what was measured of the clock, in whole nanoseconds.
    #[must_use]
    pub fn of(timer: &Timer) -> Self {
        let granularity_ns = timer.granularity_ns.value().copied().unwrap_or(1);
        Self { cost_ns: timer.cost_ns.round() as u64, granularity_ns }
    }

    /// What is taken off, nanoseconds.
    #[must_use]
    pub fn cost_ns(self) -> u64 {
        self.cost_ns
    }

    /// Takes it off each lap, which stays as long as the clock's granularity at least.
    #[must_use]
    pub fn taken_off(self, mut timer: Vec<BurstSample>) -> Vec<BurstSample> {
        for lap in &mut timer {
            lap.duration_ns = lap.duration_ns.saturating_sub(self.cost_ns).max(self.granularity_ns);
        }
        timer
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use delimark_results::Known;

    #[test]
    fn a_reading_of_the_clock_is_taken_off_but_nothing_is_left_without_time() {
        let timer = Timer {
            granularity_ns: Known::Value(10),
            cost_ns: 24.6,
            clock_source: Known::Unavailable("made up".to_owned()),
        };
        let overhead = BurstOverhead::of(&timer);
        assert_eq!(overhead.cost_ns(), 25);
        let timer = |durations_ns: [u64; 5]| {
            durations_ns.map(|duration_ns| BurstSample { duration_ns, records: 7 }).to_vec()
        };
        let rest = overhead.taken_off(timer([1000, 36, 35, 30, 0]));
        assert_eq!(rest, timer([975, 11, 10, 10, 10]));
    }
}
