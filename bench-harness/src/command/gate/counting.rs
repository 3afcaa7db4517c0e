//! The counts of a side: instructions and branch misses by tools that look at a child, allocations
//! and memory from the first look.

use anyhow::Result;
use delimark_harness::counters::child::{Child, Job, WindowFile};
use delimark_harness::counters::{Tool, ToolKind};
use delimark_harness::measure::pairs::Survey;
use delimark_harness::measure::{ChildTask, count_children};
use delimark_report::gate::{CellCounts, Counted, Layer};
use delimark_results::counter::{name, source};
use delimark_results::{Counter, Known};

use super::Progress;
use super::side::ProgramSide;
use super::sides::Sides;

/// The data of a child: a burst.
const WINDOW_BYTES: usize = 64 << 10;

/// Counts what a side does in each cell, as far as the layers ask for it.
pub(super) fn count(
    sides: &Sides<'_>,
    program: &ProgramSide,
    survey: &[Survey],
    progress: &mut Progress,
) -> Result<Vec<CellCounts>> {
    let mut counts = vec![CellCounts::none("not asked for"); sides.cells.len()];
    if sides.settings.has(Layer::Memory) {
        for ((counts, look), cell) in counts.iter_mut().zip(survey).zip(&sides.cells) {
            let records = sides.workloads[cell.workload].facts().records;
            let of_allocator =
                |amount| Known::Value(Counted { amount, source: source::ALLOCATOR.to_owned() });
            counts.allocations = of_allocator(look.allocations as f64 / records as f64);
            counts.peak_memory = of_allocator(look.peak_heap_bytes as f64);
        }
    }
    if sides.settings.has(Layer::Instructions) {
        let tasks = tasks(sides, program)?;
        for (counts, [instructions, misses]) in counts.iter_mut().zip(executed(&tasks, progress)) {
            counts.instructions = instructions;
            counts.branch_misses = misses;
        }
    }
    Ok(counts)
}

/// Returns a child for each cell.
fn tasks(sides: &Sides<'_>, program: &ProgramSide) -> Result<Vec<ChildTask>> {
    let windows = sides.workloads.iter().map(|workload| WindowFile::cut(workload, WINDOW_BYTES));
    let windows: Vec<WindowFile> = windows.collect::<Result<_>>()?;
    let task = |(index, cell): (usize, &delimark_harness::measure::pairs::PairCell)| {
        let environment = program.runner.environment.clone();
        let job = Job {
            program: program.runner.path.clone(),
            child: Child::Runner { environment },
            engine: format!("delimark/{}", cell.backend),
            executed: None,
            model: cell.model,
            window: windows[cell.workload].clone(),
        };
        ChildTask { cell: index, job }
    };
    Ok(sides.cells.iter().enumerate().map(task).collect())
}

/// Counts instructions and branch misses a record, cell by cell: callgrind's, and single steps
/// where it cannot execute a backend or is not here.
fn executed(tasks: &[ChildTask], progress: &mut Progress) -> Vec<[Known<Counted>; 2]> {
    let mut executed = vec![[(); 2].map(|()| Known::Unavailable(String::new())); tasks.len()];
    let mut open = tasks.to_vec();
    for kind in [ToolKind::Callgrind, ToolKind::SingleStep] {
        for outcome in count_children(&[Tool::find(kind)], &open, progress) {
            let records = tasks[outcome.cell].job.window.window().records;
            let found = &mut executed[outcome.cell];
            for (count_name, counter) in outcome.counters {
                match count_name {
                    name::INSTRUCTIONS => note(&mut found[0], kind, &counter, records),
                    name::BRANCH_MISSES => note(&mut found[1], kind, &counter, records),
                    _ => {}
                }
            }
        }
        open.retain(|task| executed[task.cell][0].value().is_none());
        if open.is_empty() {
            break;
        }
    }
    executed
}

/// Notes a count, or adds to the reasons why there is none.
fn note(noted: &mut Known<Counted>, kind: ToolKind, counter: &Counter, records: u64) {
    *noted = match (counter, &*noted) {
        (Counter::Counted(count), _) => Known::Value(Counted {
            amount: count.value / records as f64,
            source: count.source.clone(),
        }),
        (_, Known::Value(value)) => Known::Value(value.clone()),
        (Counter::Unavailable { unavailable }, Known::Unavailable(before)) => {
            let reason = format!("{}: {unavailable}", kind.source());
            let reasons = [before.as_str(), &reason];
            let said = reasons.into_iter().filter(|reason| !reason.is_empty());
            Known::Unavailable(said.collect::<Vec<_>>().join("; "))
        }
    };
}
