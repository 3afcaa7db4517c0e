//! The stopwatch within a pass: how long every so many records took.

use std::time::Instant;

use crate::results::BurstSample;

/// Times bursts of records while an engine runs.
///
/// A lap costs one reading of the clock, some 30 ns for about 64 KiB of input.
#[derive(Debug)]
pub struct Laps {
    records_per_lap: u64,
    records: u64,
    lap_start: Instant,
    samples: Vec<BurstSample>,
}

impl Laps {
    /// Makes a stopwatch with room for all laps of an input, so that taking one allocates nothing.
    #[must_use]
    pub fn new(records_per_lap: u64, records: u64) -> Self {
        let records_per_lap = records_per_lap.max(1);
        let laps = records / records_per_lap + 1;
        Self {
            records_per_lap,
            records: 0,
            lap_start: Instant::now(),
            samples: Vec::with_capacity(laps as usize),
        }
    }

    /// Forgets all laps and starts.
    pub fn start(&mut self) {
        self.records = 0;
        self.samples.clear();
        self.lap_start = Instant::now();
    }

    /// Tells that so many records are done.
    #[inline(always)]
    pub fn records(&mut self, count: u64) {
        self.records += count;
        if self.records >= self.records_per_lap {
            self.lap();
        }
    }

    /// The laps since the start. A last one of fewer records is not among them.
    #[must_use]
    pub fn samples(&self) -> &[BurstSample] {
        &self.samples
    }

    #[cold]
    fn lap(&mut self) {
        let now = Instant::now();
        let duration_ns = now.duration_since(self.lap_start).as_nanos() as u64;
        self.samples.push(BurstSample { duration_ns, records: self.records });
        self.records = 0;
        self.lap_start = now;
    }
}
