//! `--counters`: which counts a run takes beside its times, and taking them after the rounds.

use std::env;

use anyhow::{Context, Result};
use clap::ValueEnum;
use delimark_harness::counters::child::{Child, Job, WindowFile};
use delimark_harness::counters::{
    Circumstances, Event, Ledger, PerfEvent, ThisKernel, Tool, ToolKind,
};
use delimark_harness::engine::Engine;
use delimark_harness::environment::{self, Sys};
use delimark_harness::measure::{ChildOutcome, ChildTask, count_children, count_passes};
use delimark_harness::workload::Workload;
use delimark_results::counter::{name, source};
use delimark_results::{Cell, Counter};
use delimark_runner::model::Model;

use crate::build_info;
use crate::command::progress::Progress;

/// The bytes that a child goes through: a burst, and half of one in a quick run. They decide how
/// long counting takes, since a virtual machine makes some 25,000 single steps a second, and the
/// slowest backend takes 5 instructions a byte.
const WINDOW_BYTES: usize = 64 << 10;
const QUICK_WINDOW_BYTES: usize = 32 << 10;

/// The models that a quick run counts in children: those with most of the work of a parser.
const QUICK_MODELS: [Model; 2] = [Model::Index, Model::Fields];

/// The counts that the causes are found by: where the processor lacks one of them, a child has to
/// give it.
const WANTED: [&str; 2] = [name::INSTRUCTIONS, name::BRANCH_MISSES];

/// The source of a run's counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(super) enum Choice {
    /// The processor's counters; for each cell without instructions or branch misses of theirs, as
    /// simulated
    Auto,
    /// The processor's counters, or the reason why there are none
    Hardware,
    /// Callgrind and single steps, in processes of their own, on a small part of the data
    Simulated,
    /// Allocations, page faults and context switches, which take no time, and nothing else
    None,
}

/// The counts to take, and how much of them.
#[derive(Clone, Copy)]
pub(super) struct Wish {
    pub(super) choice: Choice,
    pub(super) quick: bool,
}

/// Adds to each cell what was counted of it, and the reason for what was not.
pub(super) fn count(
    wish: Wish,
    workload: &Workload,
    engines: &mut [Box<dyn Engine>],
    cells: &mut [Cell],
    progress: &mut Progress,
) -> Result<()> {
    let mut ledgers = vec![Ledger::default(); cells.len()];
    match wish.choice {
        Choice::Auto | Choice::Hardware => {
            let mut kernel = kernel(progress);
            let counted = count_passes(workload, engines, cells, &mut kernel, progress)?;
            for (ledger, counters) in ledgers.iter_mut().zip(counted) {
                let named =
                    counters.into_iter().map(|(event, counter)| (event.count_name(), counter));
                note(ledger, source::PERF_EVENT, named);
            }
        }
        Choice::Simulated | Choice::None => note_unasked(wish.choice, engines, cells, &mut ledgers),
    }
    count_outside(wish, workload, engines, cells, &mut ledgers, progress)?;
    for (cell, ledger) in cells.iter_mut().zip(ledgers) {
        cell.counters.extend(ledger.settle());
    }
    Ok(())
}

/// Tries the kernel's counters, and says so if the processor's are not among them.
fn kernel(progress: &Progress) -> PerfEvent {
    let environment = environment::collect(build_info::build());
    let circumstances = Circumstances::of(&Sys::default(), &environment.virtualisation);
    let kernel = PerfEvent::probe(Box::new(ThisKernel), &Event::all_groups(), circumstances);
    if let Some(reason) = kernel.refusal(Event::Instructions) {
        progress.note(&format!("delimark-bench: the processor counts no instructions: {reason}"));
    }
    kernel
}

/// Tells whether a child is to count what the processor has or has not counted of a cell.
fn takes_a_child(choice: Choice, counted: &Ledger) -> bool {
    match choice {
        Choice::Simulated => true,
        Choice::Auto => WANTED.iter().any(|name| counted.lacks(name)),
        Choice::Hardware | Choice::None => false,
    }
}

/// Notes that nobody asked the kernel.
fn note_unasked(
    choice: Choice,
    engines: &[Box<dyn Engine>],
    cells: &[Cell],
    ledgers: &mut [Ledger],
) {
    let choice = choice.to_possible_value().expect("no choice is hidden");
    let unasked = format!("not asked for: --counters {}", choice.get_name());
    for (cell, ledger) in cells.iter().zip(ledgers) {
        let reason = uncountable(engines, cell).unwrap_or(&unasked);
        let events = Event::all_groups().concat();
        note(
            ledger,
            source::PERF_EVENT,
            without(events.into_iter().map(Event::count_name), reason),
        );
    }
}

/// Has tools count children, those of them that are here, for the cells that need it.
fn count_outside(
    wish: Wish,
    workload: &Workload,
    engines: &[Box<dyn Engine>],
    cells: &[Cell],
    ledgers: &mut [Ledger],
    progress: &mut Progress,
) -> Result<()> {
    let is_countable = |cell: &usize| uncountable(engines, &cells[*cell]).is_none();
    let countable: Vec<usize> = (0..cells.len()).filter(is_countable).collect();
    let is_taken = |cell: &usize| takes_a_child(wish.choice, &ledgers[*cell]);
    let taken: Vec<usize> = countable.iter().copied().filter(is_taken).collect();
    if taken.is_empty() {
        return Ok(());
    }
    if wish.choice == Choice::Auto {
        progress.note(&format!("delimark-bench: {}", announcement(cells, &taken, countable.len())));
    }
    let tools = ToolKind::ALL.map(Tool::find);
    for tool in &tools {
        if let Some(reason) = tool.missing() {
            progress
                .note(&format!("delimark-bench: no counts by {}: {reason}", tool.kind().source()));
        }
    }
    let tasks = tasks(wish, workload, cells, &taken, ledgers)?;
    for ChildOutcome { cell, tool, counters } in count_children(&tools, &tasks, progress) {
        note(&mut ledgers[cell], tool.source(), counters);
    }
    Ok(())
}

/// Says which cells the processor did not count enough of.
fn announcement(cells: &[Cell], taken: &[usize], countable: usize) -> String {
    let which = if taken.len() == countable {
        "every cell".to_owned()
    } else {
        let names =
            taken.iter().map(|&cell| format!("{} {}", cells[cell].engine, cells[cell].model));
        names.collect::<Vec<_>>().join(", ")
    };
    format!("child processes count where instructions or branch misses are lacking, for {which}")
}

/// Returns a child for each cell whose model is counted; a reason for the others.
fn tasks(
    wish: Wish,
    workload: &Workload,
    cells: &[Cell],
    taken: &[usize],
    ledgers: &mut [Ledger],
) -> Result<Vec<ChildTask>> {
    let program = env::current_exe().context("this program's own file cannot be found")?;
    let window_bytes = if wish.quick { QUICK_WINDOW_BYTES } else { WINDOW_BYTES };
    let window = WindowFile::cut(workload, window_bytes)?;
    let mut tasks = Vec::new();
    for &cell in taken {
        let Cell { engine, model, backend_executed, .. } = &cells[cell];
        match models(wish).find(|wanted| wanted.name() == model) {
            Some(model) => {
                let (program, window) = (program.clone(), window.clone());
                let (child, engine) = (Child::Harness, engine.clone());
                let executed = backend_executed.clone();
                let job = Job { program, child, engine, executed, model, window };
                tasks.push(ChildTask { cell, job });
            }
            None => {
                let names = ToolKind::Callgrind.names().into_iter();
                let reason = "a quick run counts index and fields only";
                note(&mut ledgers[cell], source::CALLGRIND, without(names, reason));
            }
        }
    }
    Ok(tasks)
}

/// Returns the models that are counted in children.
fn models(wish: Wish) -> impl Iterator<Item = Model> {
    Model::ALL.into_iter().filter(move |model| !wish.quick || QUICK_MODELS.contains(model))
}

/// Says why nobody can count what an engine does, where that is so.
fn uncountable(engines: &[Box<dyn Engine>], cell: &Cell) -> Option<&'static str> {
    engines.iter().find(|engine| engine.name() == cell.engine)?.uncountable()
}

fn note(
    ledger: &mut Ledger,
    source: &str,
    counters: impl IntoIterator<Item = (&'static str, Counter)>,
) {
    for (name, counter) in counters {
        ledger.note(source, name, counter);
    }
}

/// Returns a reason for each name.
fn without(
    names: impl Iterator<Item = &'static str>,
    reason: &str,
) -> impl Iterator<Item = (&'static str, Counter)> {
    names.map(move |name| (name, Counter::Unavailable { unavailable: reason.to_owned() }))
}

#[cfg(test)]
mod tests {
    use super::*;
    use delimark_results::Count;

    fn counted_by_the_processor(names: &[&'static str]) -> Ledger {
        let mut ledger = Ledger::default();
        for &name in names {
            let source = source::PERF_EVENT.to_owned();
            let count = Count { value: 1.0, source, event: None, window: None };
            ledger.note(source::PERF_EVENT, name, Counter::Counted(count));
        }
        ledger
    }

    #[test]
    fn children_count_what_the_processor_lacks_and_nothing_else() {
        let enough = counted_by_the_processor(&WANTED);
        let mut shared = counted_by_the_processor(&[name::INSTRUCTIONS]);
        note(&mut shared, source::PERF_EVENT, without([name::BRANCH_MISSES].into_iter(), "shared"));
        let cycles = counted_by_the_processor(&[name::CYCLES, name::BRANCH_MISSES]);
        for (choice, expected) in [
            (Choice::Auto, [false, true, true, true]),
            (Choice::Simulated, [true; 4]),
            (Choice::Hardware, [false; 4]),
            (Choice::None, [false; 4]),
        ] {
            let ledgers = [&enough, &shared, &cycles, &Ledger::default()];
            assert_eq!(ledgers.map(|ledger| takes_a_child(choice, ledger)), expected, "{choice:?}");
        }
    }

    #[test]
    fn the_cells_that_children_count_are_named() {
        let results = delimark_results::Results::from_json(EXAMPLE).unwrap();
        let all: Vec<usize> = (0..results.cells.len()).collect();
        let text = announcement(&results.cells, &all, all.len());
        assert!(text.ends_with("are lacking, for every cell"), "{text}");
        let text = announcement(&results.cells, &all[..2], all.len());
        let [one, other] = [0, 1].map(|cell| &results.cells[cell]);
        let expected =
            format!(", for {} {}, {} {}", one.engine, one.model, other.engine, other.model);
        assert!(text.ends_with(&expected), "{text}");
    }

    const EXAMPLE: &str = include_str!("../../../tests/it/data/results.json");
}
