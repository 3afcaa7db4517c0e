//! Passes that the kernel's counters count, after the rounds: no pass that is timed carries any.

use anyhow::{Context, Result};
use delimark_results::{Cell, Counter};
use delimark_runner::model::Model;

use super::{Observer, WrongAnswer};
use crate::counters::{Event, PerfEvent};
use crate::engine::{Engine, Laps};
use crate::workload::Workload;

/// Has passes of each cell counted, and checks their answers. What comes of it stands in the order
/// of the cells: a count or a reason for each event.
///
/// # Errors
///
/// A [`WrongAnswer`], or what an engine failed with.
pub fn count_passes(
    workload: &Workload,
    engines: &mut [Box<dyn Engine>],
    cells: &[Cell],
    source: &mut PerfEvent,
    observer: &mut dyn Observer,
) -> Result<Vec<Vec<(Event, Counter)>>> {
    observer.begin("counting with the kernel's counters", cells.len() as u64);
    let counted = cells.iter().map(|cell| {
        observer.sample(&format!("{} {}", cell.engine, cell.model));
        let engine = engines.iter_mut().find(|engine| engine.name() == cell.engine);
        let model = Model::ALL.into_iter().find(|model| model.name() == cell.model);
        let engine = engine.with_context(|| format!("{} is gone", cell.engine))?;
        let model = model.with_context(|| format!("unknown model '{}'", cell.model))?;
        match engine.uncountable() {
            Some(reason) => Ok(source.events().map(|event| (event, unavailable(reason))).collect()),
            None => count_cell(workload, engine.as_mut(), model, source),
        }
    });
    counted.collect()
}

fn count_cell(
    workload: &Workload,
    engine: &mut dyn Engine,
    model: Model,
    source: &mut PerfEvent,
) -> Result<Vec<(Event, Counter)>> {
    let input = workload.input();
    let expected = workload.expected(model, engine.answers());
    let name = engine.name();
    let mut laps = Laps::off();
    let mut outcome = Ok(());
    let counters = source.count(&mut || {
        let answer = engine.run(model, &input, &mut laps);
        match answer.with_context(|| format!("{name} failed on {model}")) {
            Ok(answer) if answer == expected => {}
            Ok(answer) => {
                let cell = format!("{name} {model} {}", workload.facts().name);
                outcome = Err(WrongAnswer { cell, expected, answer }.into());
            }
            Err(error) => outcome = Err(error),
        }
    });
    outcome.map(|()| counters)
}

fn unavailable(reason: &str) -> Counter {
    Counter::Unavailable { unavailable: reason.to_owned() }
}
