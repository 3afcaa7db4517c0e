//! The cause of a cell's speed: from times and counts to a cause and a sentence with the figures
//! that show it. Apart from the report, which lays the sentences out, so that each rule is tested.
//!
//! What was timed outranks what was counted, and what the processor counted outranks what was
//! simulated: a simulation knows neither prefetching nor this processor's branch predictor. A
//! figure that is simulated, stepped or estimated is called so. Where evidence is missing, the
//! sentence names what is missing and concludes nothing from it.

mod clock;
mod counts;
mod evidence;
mod rules;
mod scaling;
mod shares;
pub mod thresholds;

use delimark_results::statistics::Ratio;
use delimark_results::{Cell, Family, Results};

pub use self::clock::{EstimateClock, estimate_clock};
pub use self::counts::{Cycles, Ipc, Proportion, alternatives, cycles, ipc, proportion};
pub use self::scaling::{Curve, Paired, Scaling, explain_scaling};
pub use self::shares::{Part, Shares, Stage, shares};

/// The kind of work that a cell's time goes into.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Cause {
    /// The read limit, which it is near.
    ReadLimit,
    /// Reading the bytes, more than any further step.
    Reading,
    /// Finding separators.
    Search,
    /// Writing positions.
    Emission,
    /// Handing fields over, and what is done with them.
    Consumer,
    /// Bringing a file's bytes into memory.
    Input,
    /// The scan of a file's bytes; the models in memory show its steps.
    Scan,
    /// Branches that went the other way than was predicted.
    Branches,
    /// A pass over memory that the task does not need.
    ExtraPass,
    /// Waiting for memory that no prefetch brought in time.
    MemoryLatency,
    /// Waiting for results of its own instructions.
    Latency,
    /// The number of instructions.
    Instructions,
    /// The processors: threads do not have a core each, or not all of the time.
    Processors,
    /// The threads' effect on each other.
    Threads,
    /// Figures that cannot be true together.
    Contradiction,
    /// Nothing that was measured stands out.
    Nothing,
    /// No cause: the evidence that it would take was not measured.
    Unknown,
}

/// A cause, and the sentence that says it with the figures that show it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// The conclusion.
    pub cause: Cause,
    /// The sentence.
    pub sentence: String,
}

impl Finding {
    fn new(cause: Cause, sentence: impl Into<String>) -> Self {
        Self { cause, sentence: sentence.into() }
    }
}

/// Returns the limits that a cell beats by more than the noise of the run, and how many times. Then
/// one of the two figures is wrong.
#[must_use]
pub fn beaten_limits<'a>(results: &'a Results, cell: &'a Cell) -> Vec<(&'a Cell, Ratio)> {
    evidence::Evidence::gather(results, cell).beaten_limits().collect()
}

/// Says what a cell's time goes into: first where, from times, then why, from counts.
///
/// A limit has nothing to be compared with, so nothing is found of it.
#[must_use]
pub fn attribute(results: &Results, cell: &Cell) -> Vec<Finding> {
    if Family::of(&cell.engine) == Family::Limit {
        return Vec::new();
    }
    rules::findings(&evidence::Evidence::gather(results, cell))
}
