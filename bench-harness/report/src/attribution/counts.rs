//! Counts in proportion to what was scanned, and instructions a cycle, which is estimated where the
//! processor does not count cycles.

use delimark_results::counter::source;
use delimark_results::{Cell, Counter, Environment};

use super::clock::estimate_clock;
use super::thresholds::RETIRED_MOST;

/// The bytes that a backend looks at together, and those of a cache line.
const BLOCK_BYTES: f64 = 64.0;

/// A count in proportion to the data that it was taken over.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Proportion<'a> {
    /// For each byte.
    pub per_byte: f64,
    /// For each record.
    pub per_record: f64,
    /// The counter's name, see [`source`].
    pub source: &'a str,
}

impl<'a> Proportion<'a> {
    /// Returns the count for each 64 bytes: the block of a backend, the line of a cache.
    #[must_use]
    pub fn per_block(&self) -> f64 {
        self.per_byte * BLOCK_BYTES
    }

    /// Returns the words to add to the figure where it is not the processor's own.
    #[must_use]
    pub fn qualifier(&self) -> &'static str {
        match self.source {
            source::CALLGRIND => " (simulated)",
            source::SINGLE_STEP => " (single-stepped)",
            _ => "",
        }
    }

    /// Takes a counter's count, or the reason why there is none.
    fn of(counter: &'a Counter, cell: &Cell) -> Result<Self, &'a str> {
        match counter {
            Counter::Unavailable { unavailable } => Err(unavailable),
            Counter::Counted(count) => {
                let whole = (cell.bytes, cell.records);
                let (bytes, records) = count.window.map_or(whole, |w| (w.bytes, w.records));
                Ok(Self {
                    per_byte: count.value / bytes as f64,
                    per_record: count.value / records as f64,
                    source: &count.source,
                })
            }
        }
    }
}

/// Returns a cell's count of that name (see [`name`](delimark_results::counter::name)) in
/// proportion to its data.
///
/// # Errors
///
/// The reason why there is none.
pub fn proportion<'a>(cell: &'a Cell, name: &str) -> Result<Proportion<'a>, &'a str> {
    let counter = cell.counters.get(name).ok_or("nothing counted them in this run")?;
    Proportion::of(counter, cell)
}

/// Returns the counts that further sources have of the same.
pub fn alternatives<'a>(cell: &'a Cell, name: &str) -> impl Iterator<Item = Proportion<'a>> {
    cell.counters.iter().filter_map(move |(key, counter)| {
        key.strip_prefix(name)?.strip_prefix('@')?;
        Proportion::of(counter, cell).ok()
    })
}

/// The clock cycles that a byte took.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Cycles {
    /// For each byte.
    pub per_byte: f64,
    /// True where the processor counted them; else they are the time by a clock.
    pub is_measured: bool,
}

/// Returns the cycles that a byte took: counted, or else estimated from the median pass and
/// [`estimate_clock`].
///
/// # Errors
///
/// The reason why the clock is not known.
pub fn cycles<'a>(cell: &'a Cell, environment: &'a Environment) -> Result<Cycles, &'a str> {
    if let Ok(counted) = proportion(cell, delimark_results::counter::name::CYCLES) {
        return Ok(Cycles { per_byte: counted.per_byte, is_measured: true });
    }
    let clock = estimate_clock(environment)?;
    let seconds_per_byte = 1e-9 / cell.gigabytes_per_second.median;
    Ok(Cycles { per_byte: clock.hertz() * seconds_per_byte, is_measured: false })
}

/// Instructions a cycle.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Ipc {
    /// The ratio.
    pub value: f64,
    /// True where the processor counted both.
    pub is_measured: bool,
}

impl Ipc {
    /// Returns the words to add to the figure where it is not the processor's own.
    #[must_use]
    pub const fn qualifier(&self) -> &'static str {
        if self.is_measured { "" } else { " (estimated)" }
    }

    /// Tells an estimate that no core can reach: the time, the clock or the count is wrong.
    #[must_use]
    pub fn is_impossible(&self) -> bool {
        !self.is_measured && self.value > RETIRED_MOST
    }
}

/// Returns a cell's instructions a cycle.
///
/// # Errors
///
/// The reason why there are no instructions, or no cycles.
pub fn ipc<'a>(cell: &'a Cell, environment: &'a Environment) -> Result<Ipc, &'a str> {
    let instructions = proportion(cell, delimark_results::counter::name::INSTRUCTIONS)?;
    let cycles = cycles(cell, environment)?;
    Ok(Ipc {
        value: instructions.per_byte / cycles.per_byte,
        is_measured: cycles.is_measured && instructions.source == source::PERF_EVENT,
    })
}
