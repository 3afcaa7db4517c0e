//! The stopwatch within a pass, which times bursts of records.

use std::time::{Duration, Instant};

use delimark_results::{BurstSample, Timer};

/// Times bursts of records while an engine runs.
///
/// A burst costs one reading of the clock, some 30 ns for about 64 KiB of input: see
/// [`BurstOverhead`].
#[derive(Debug)]
pub struct BurstTimer {
    records_per_burst: u64,
    records: u64,
    burst_start: Instant,
    samples: Vec<BurstSample>,
    /// The time of the pass, where another clock than ours has taken it.
    pass: Option<Duration>,
}

impl BurstTimer {
    /// Makes a stopwatch with room for all bursts of an input, so that timing one allocates
    /// nothing.
    #[must_use]
    pub fn new(records_per_burst: u64, records: u64) -> Self {
        let records_per_burst = records_per_burst.max(1);
        // Bursts that end with a line can be a little more than the average asks for.
        let bursts = records / records_per_burst * 2 + 2;
        Self {
            records_per_burst,
            records: 0,
            burst_start: Instant::now(),
            samples: Vec::with_capacity(bursts as usize),
            pass: None,
        }
    }

    /// Makes a stopwatch that times no burst, for passes that are timed as a whole.
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

    /// Forgets all bursts and starts.
    pub fn start(&mut self) {
        self.records = 0;
        self.samples.clear();
        self.pass = None;
        self.burst_start = Instant::now();
    }

    /// Notes that a record is done: a burst ends with the last of its number.
    #[inline(always)]
    pub fn record(&mut self) {
        self.records += 1;
        if self.records >= self.records_per_burst {
            self.end_burst();
        }
    }

    /// Notes that a burst of this many records is done, from an engine that works in bursts of the
    /// same size by itself.
    pub fn burst(&mut self, records: u64) {
        self.records += records;
        if self.records > 0 && self.records_per_burst < u64::MAX {
            self.end_burst();
        }
    }

    /// Notes the time of the whole pass, from an engine with a clock of its own.
    pub fn set_pass(&mut self, duration: Duration) {
        self.pass = Some(duration);
    }

    /// Returns the time of the whole pass, if the engine has told it.
    #[must_use]
    pub fn pass(&self) -> Option<Duration> {
        self.pass
    }

    /// Returns the bursts since the start. Records after the last one's end are in none.
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

/// The time that reading the clock adds to each burst: from one reading to the next, one is paid
/// for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BurstOverhead {
    cost_ns: u64,
    /// No burst is shorter: less cannot be told from nothing.
    granularity_ns: u64,
}

impl BurstOverhead {
    /// Takes what was measured of the clock, in whole nanoseconds.
    #[must_use]
    pub fn of(timer: &Timer) -> Self {
        let granularity_ns = timer.granularity_ns.value().copied().unwrap_or(1);
        Self { cost_ns: timer.cost_ns.round() as u64, granularity_ns }
    }

    /// Returns the time that is taken off, nanoseconds.
    #[must_use]
    pub fn cost_ns(self) -> u64 {
        self.cost_ns
    }

    /// Takes it off each burst, which stays as long as the clock's granularity at least.
    #[must_use]
    pub fn taken_off(self, mut bursts: Vec<BurstSample>) -> Vec<BurstSample> {
        for burst in &mut bursts {
            burst.duration_ns =
                burst.duration_ns.saturating_sub(self.cost_ns).max(self.granularity_ns);
        }
        bursts
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
        let bursts = |durations_ns: [u64; 5]| {
            durations_ns.map(|duration_ns| BurstSample { duration_ns, records: 7 }).to_vec()
        };
        let rest = overhead.taken_off(bursts([1000, 36, 35, 30, 0]));
        assert_eq!(rest, bursts([975, 11, 10, 10, 10]));
    }
}
