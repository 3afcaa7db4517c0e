//! A first look at a side: whether it answers rightly, how long a pass takes, and what it does with
//! the heap, which is the same each time.

use std::time::{Duration, Instant};

use super::{Arena, Contestant, Failed, PairCell, Role};
use crate::runtime::Passes;

/// How many passes are made; the last is looked at, which has the buffers of those before it.
const PASSES: usize = 3;

/// What a first look shows.
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
    arena: &Arena<'_>,
    contestant: &Contestant,
    role: Role,
    cells: &[PairCell],
    mut begin: impl FnMut(&PairCell),
) -> Vec<Result<Survey, Failed>> {
    let mut look = |cell: &PairCell| {
        begin(cell);
        let mut host = contestant.host(role, &cell.backend, arena.time_limit);
        arena.load(&mut host, role, cell)?;
        let measured = arena.measure(&mut host, role, cell, PASSES)?;
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
        if looked.is_err() && start.elapsed() >= arena.time_limit {
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
