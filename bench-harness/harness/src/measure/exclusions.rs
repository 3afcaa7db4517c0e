//! Exclusions from a run while it goes on: a peer's answer may be wrong, and a process may die.
//! The run goes on without, and its results say why.

use std::collections::BTreeMap;

use anyhow::Result;
use delimark_results::{EngineName, SkipKind, Skipped};
use delimark_runner::model::Model;

use super::own_clock::ImpossibleTime;
use super::{Observer, WrongAnswer};
use crate::engine::Engine;
use crate::runtime::{Fault, RunnerError};
use crate::workload::Workload;

/// The engines and the cells that dropped out. Engines are known by their index.
#[derive(Default)]
pub(super) struct Exclusions {
    engines: BTreeMap<usize, String>,
    cells: BTreeMap<(usize, Model), (SkipKind, String)>,
}

impl Exclusions {
    /// Returns true if an engine does a model no more.
    pub(super) fn has(&self, engine: usize, model: Model) -> bool {
        self.engines.contains_key(&engine) || self.cells.contains_key(&(engine, model))
    }

    /// Excludes what failed: a peer's cell for a wrong answer or an impossible time, a cell that
    /// was refused after all, a process that broke down.
    ///
    /// # Errors
    ///
    /// The error itself where it ends the run: this project's answers have to be right, and what
    /// goes wrong in this process is a fault of the harness.
    pub(super) fn exclude(
        &mut self,
        (index, model): (usize, Model),
        engine: &dyn Engine,
        error: anyhow::Error,
        observer: &mut dyn Observer,
    ) -> Result<()> {
        let name = engine.name();
        if let Some(invalid) = invalid_result(&error) {
            if !EngineName::parse(&name).is_peer() {
                return Err(error);
            }
            let reason = Skipped::disqualified(&invalid);
            observer.exclude(&format!("{name} {model}"), &reason);
            self.cells.insert((index, model), (SkipKind::InvalidResult, reason));
            return Ok(());
        }
        if !engine.runs_elsewhere() {
            return Err(error);
        }
        let is_refusal = error
            .downcast_ref::<RunnerError>()
            .is_some_and(|error| matches!(error.fault(), Fault::Refused(_)));
        let reason = format!("it failed on {model}: {}", error.root_cause());
        if is_refusal {
            observer.exclude(&format!("{name} {model}"), &reason);
            self.cells.insert((index, model), (SkipKind::Unsupported, reason));
        } else {
            observer.exclude(&name, &reason);
            self.engines.insert(index, reason);
        }
        Ok(())
    }

    /// Returns what results say of all that dropped out.
    pub(super) fn skipped(
        &self,
        workload: &Workload,
        engines: &[Box<dyn Engine>],
        models: &[Model],
    ) -> Vec<Skipped> {
        // What it never did is listed already.
        let does =
            |index: usize, model: Model| engines[index].supports(model, &workload.input()).is_ok();
        let of_engines = self.engines.iter().flat_map(|(&index, reason)| {
            let models = models.iter().filter(move |&&model| does(index, model));
            models.map(move |&model| (index, model, (SkipKind::Failed, reason)))
        });
        let of_cells =
            self.cells.iter().filter(|((index, _), _)| !self.engines.contains_key(index));
        let of_cells =
            of_cells.map(|(&(index, model), (kind, reason))| (index, model, (*kind, reason)));
        let skipped = of_engines.chain(of_cells).map(|(index, model, (kind, reason))| Skipped {
            engine: engines[index].name(),
            model: model.to_string(),
            dataset: workload.facts().name.clone(),
            reason: reason.clone(),
            kind: Some(kind),
        });
        skipped.collect()
    }
}

/// Returns the invalid result of an engine, in words, where the error is one.
fn invalid_result(error: &anyhow::Error) -> Option<String> {
    let answer = error.downcast_ref::<WrongAnswer>().map(|wrong| {
        let WrongAnswer { expected, answer, .. } = wrong;
        format!("it answered {answer}; right is {expected}")
    });
    answer.or_else(|| error.downcast_ref::<ImpossibleTime>().map(ToString::to_string))
}
