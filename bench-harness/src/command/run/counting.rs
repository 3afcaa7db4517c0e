//! `--counters`: which counts a run takes beside its times, and taking them behind the rounds.

use std::env;

use anyhow::{Context, Result};
use clap::ValueEnum;

use super::progress::Progress;
use crate::counters::child::{Job, WindowFile};
use crate::counters::{Circumstances, Event, Ledger, PerfEvent, ThisKernel, Tool, ToolKind};
use crate::engine::Engine;
use crate::environment::{self, Sys};
use crate::measure::{ChildOutcome, ChildTask, count_children, count_passes};
use crate::model::Model;
use crate::results::counter::source;
use crate::results::{Cell, Counter};
use crate::workload::Workload;

/// What a child goes through: a burst, and half of one in a quick run. It decides how long counting
/// takes, since a virtual machine makes some 25,000 single steps a second, and the slowest backend
/// takes 5 instructions a byte.
const WINDOW_BYTES: usize = 64 << 10;
const QUICK_WINDOW_BYTES: usize = 32 << 10;

/// What a quick run counts in children: where most of the work of a parser is.
const QUICK_MODELS: [Model; 2] = [Model::Index, Model::Fields];

/// Where the counts of a run come from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(super) enum Choice {
    /// The processor's counters; where there are none, as simulated
    Auto,
    /// The processor's counters, or the reason why there are none
    Hardware,
    /// Callgrind and single steps, in processes of their own, on a small part of the data
    Simulated,
    /// Allocations, page faults and context switches, which take no time, and nothing else
    None,
}

/// What is to be counted, and how much of it.
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
    let hardware = match wish.choice {
        Choice::Auto | Choice::Hardware => {
            let mut kernel = kernel(wish.choice, progress);
            let counted = count_passes(workload, engines, cells, &mut kernel, progress)?;
            for (ledger, counters) in ledgers.iter_mut().zip(counted) {
                let named =
                    counters.into_iter().map(|(event, counter)| (event.count_name(), counter));
                note(ledger, source::PERF_EVENT, named);
            }
            kernel.refusal(Event::Instructions).is_none()
        }
        Choice::Simulated | Choice::None => {
            decline(wish.choice, engines, cells, &mut ledgers);
            false
        }
    };
    if wish.choice == Choice::Simulated || (wish.choice == Choice::Auto && !hardware) {
        count_outside(wish, workload, engines, cells, &mut ledgers, progress)?;
    }
    for (cell, ledger) in cells.iter_mut().zip(ledgers) {
        cell.counters.extend(ledger.settle());
    }
    Ok(())
}

/// Tries the kernel's counters, and says so if the processor's are not among them.
fn kernel(choice: Choice, progress: &Progress) -> PerfEvent {
    let environment = environment::collect();
    let circumstances = Circumstances::of(&Sys::default(), &environment.virtualisation);
    let kernel = PerfEvent::probe(Box::new(ThisKernel), &Event::all_groups(), circumstances);
    if let Some(reason) = kernel.refusal(Event::Instructions) {
        let instead = match choice {
            Choice::Auto => "; counting in child processes instead",
            _ => "",
        };
        progress.note(&format!("delimark: instructions are not counted: {reason}{instead}"));
    }
    kernel
}

/// Notes that nobody asked the kernel.
fn decline(choice: Choice, engines: &[Box<dyn Engine>], cells: &[Cell], ledgers: &mut [Ledger]) {
    let choice = choice.to_possible_value().expect("no choice is hidden");
    let declined = format!("not asked for: --counters {}", choice.get_name());
    for (cell, ledger) in cells.iter().zip(ledgers) {
        let reason = uncountable(engines, cell).unwrap_or(&declined);
        let events = Event::all_groups().concat();
        note(
            ledger,
            source::PERF_EVENT,
            without(events.into_iter().map(Event::count_name), reason),
        );
    }
}

/// Has tools count children, those of them that are here.
fn count_outside(
    wish: Wish,
    workload: &Workload,
    engines: &[Box<dyn Engine>],
    cells: &[Cell],
    ledgers: &mut [Ledger],
    progress: &mut Progress,
) -> Result<()> {
    let countable: Vec<usize> =
        (0..cells.len()).filter(|&cell| uncountable(engines, &cells[cell]).is_none()).collect();
    if countable.is_empty() {
        return Ok(());
    }
    let tools = ToolKind::ALL.map(Tool::find);
    for tool in &tools {
        if let Some(reason) = tool.missing() {
            progress.note(&format!("delimark: no counts by {}: {reason}", tool.kind().source()));
        }
    }
    let program = env::current_exe().context("this program's own file cannot be found")?;
    let window_bytes = if wish.quick { QUICK_WINDOW_BYTES } else { WINDOW_BYTES };
    let window = WindowFile::cut(workload, window_bytes)?;
    let mut tasks = Vec::new();
    for cell in countable {
        let Cell { engine, model, .. } = &cells[cell];
        match models(wish).find(|wanted| wanted.name() == model) {
            Some(model) => {
                let (program, window) = (program.clone(), window.clone());
                let job = Job { program, engine: engine.clone(), model, window };
                tasks.push(ChildTask { cell, job });
            }
            None => {
                let names = ToolKind::Callgrind.names().iter().copied();
                let reason = "a quick run counts index and fields only";
                note(&mut ledgers[cell], source::CALLGRIND, without(names, reason));
            }
        }
    }
    for ChildOutcome { cell, tool, counters } in count_children(&tools, &tasks, progress) {
        note(&mut ledgers[cell], tool.source(), counters);
    }
    Ok(())
}

/// The models that are counted in children.
fn models(wish: Wish) -> impl Iterator<Item = Model> {
    Model::ALL.into_iter().filter(move |model| !wish.quick || QUICK_MODELS.contains(model))
}

/// Why nobody can count what an engine does, where that is so.
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

/// A reason for each name.
fn without(
    names: impl Iterator<Item = &'static str>,
    reason: &str,
) -> impl Iterator<Item = (&'static str, Counter)> {
    names.map(move |name| (name, Counter::Unavailable { unavailable: reason.to_owned() }))
}
