//! Pairs of processes, for a gate: the unit of repetition is a new process of each side,
//! and not a pass.
//!
//! The processes of a unit live side by side and take turns of a few passes each, so that what
//! disturbs the machine for longer than a turn disturbs all of them. A turn begins with a pass that
//! nobody times. All map the same file, which is in memory once: they share the data's place in the
//! caches, and none has the better pages.
//!
//! What counts of a process is its fastest pass. On a machine with two cores and five times as much
//! to do, the spread of log ratios of a program with itself over units was, in percent:
//!
//! | | 1 MB, avx2 index | 4 MB, avx2 index | 4 MB, scalar index | 32 MB, avx2 index |
//! |---|---|---|---|---|
//! | fastest pass | 0.40 | 0.79 | 0.20 | 2.0 |
//! | lower quartile | 0.42 | 0.76 | 0.30 | 10.5 |
//! | median pass | 0.48 | 0.99 | 0.87 | 52 |
//!
//! That a few megabytes do as well as many is since lines are not repeated: the speeds are within
//! 5 % of each other, and a pass is short enough to come through undisturbed.

mod effort;
mod engines;
mod pairing;
mod survey;

use std::time::Instant;

use delimark_results::Arms;
use delimark_runner::model::Model;

pub use self::effort::Effort;
pub use self::engines::{EnginePairing, EngineSurvey};
pub use self::pairing::{Pairing, PairingWorkloads, Role, RunnerProgram};
pub use self::survey::{Survey, survey};

/// A task for a side.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PairCell {
    /// The name of the backend that a runner is started with, or of an engine that has none.
    pub backend: String,
    /// The model.
    pub model: Model,
    /// The index of the workload.
    pub workload: usize,
}

/// A side that did not give the right answer.
#[derive(Debug)]
pub struct Failed {
    /// The side.
    pub role: Role,
    /// The cell.
    pub cell: PairCell,
    /// A sentence about what it did instead.
    pub problem: String,
}

/// The orders in which the three processes of a unit take their turns: each is as often first, and
/// as often after each other.
const ORDERS: [[Role; 3]; 6] = {
    use Role::{Baseline as B, Candidate as C, Control as A};
    [[B, C, A], [C, A, B], [A, B, C], [A, C, B], [B, A, C], [C, B, A]]
};

/// The sentence about a side whose clock stands still, which gives no ratio.
const NO_TIME: &str = "by its own clock a pass took no time: it needs a finer one, or more data";

/// Has a unit measured: three new processes a backend, for each of these cells, or for the first of
/// them where it is past `until` before they are all done.
///
/// # Errors
///
/// A side did not give the right answer.
pub fn measure_unit(
    pairing: &Pairing<'_>,
    cells: &[(usize, &PairCell, Effort)],
    unit: usize,
    until: Option<Instant>,
) -> Result<Vec<(usize, Arms)>, Failed> {
    let order = ORDERS[unit % ORDERS.len()];
    let mut measured = Vec::with_capacity(cells.len());
    // Cells of a backend and a workload are next to each other, and share their processes.
    for cells in cells.chunk_by(|(_, a, _), (_, b, _)| a.shares_processes(b)) {
        let mut processes = pairing.start(cells[0].1)?;
        for &(index, cell, effort) in cells {
            let fastest = processes.take_turns(cell, effort, order)?;
            measured.push((index, fastest));
            if is_past(until) {
                return Ok(measured);
            }
        }
    }
    Ok(measured)
}

fn is_past(until: Option<Instant>) -> bool {
    until.is_some_and(|until| Instant::now() >= until)
}

impl PairCell {
    fn shares_processes(&self, other: &Self) -> bool {
        self.backend == other.backend && self.workload == other.workload
    }
}
