//! A first look at a side: the rightness of its answers, the duration of a pass, and its use of
//! the heap, which is the same each time.

use std::time::{Duration, Instant};

use super::{Failed, PairCell, PairingWorkloads, Role, RunnerProgram};
use crate::runtime::Passes;

/// The passes of a first look; the last counts, which has the buffers of those before it.
const PASSES: usize = 3;

/// The findings of a first look.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Survey {
    /// The fastest pass.
    pub pass: Duration,
    /// Allocations in a pass.
    pub allocations: u64,
    /// The most heap in use at once beyond what was in use before, bytes.
    pub peak_heap_bytes: u64,
}

/// Looks at a side's cells, one after the other; what fails is in its place. Each has a process of
/// its own, so that one that dies takes no other cell along. A backend that hangs is not asked any
/// more, and its other cells are left out: each would take the whole time limit.
pub fn survey(
    workloads: &PairingWorkloads<'_>,
    runner: &RunnerProgram,
    role: Role,
    cells: &[PairCell],
    mut begin: impl FnMut(&PairCell),
) -> Vec<Result<Survey, Failed>> {
    let mut look = |cell: &PairCell| {
        begin(cell);
        let mut process = runner.process(role, &cell.backend, workloads.time_limit);
        workloads.load(&mut process, role, cell)?;
        let measured = workloads.measure(&mut process, role, cell, PASSES)?;
        Ok(Survey::of(&measured))
    };
    let mut hung = Vec::new();
    let mut seen = Vec::with_capacity(cells.len());
    for cell in cells {
        if hung.contains(&cell.backend) {
            continue;
        }
        let start = Instant::now();
        let looked: Result<Survey, Failed> = look(cell);
        // No other failure takes as long.
        if looked.is_err() && start.elapsed() >= workloads.time_limit {
            hung.push(cell.backend.clone());
        }
        seen.push(looked);
    }
    seen
}

impl Survey {
    fn of(passes: &Passes) -> Self {
        let fastest = passes.durations_ns.iter().copied().min().unwrap_or_default();
        Self {
            pass: Duration::from_nanos(fastest),
            allocations: passes.allocations,
            peak_heap_bytes: passes.peak_heap_bytes,
        }
    }
}
