//! A run with the name of its file: what is told of it, and why a cell is not in it.

use delimark_results::{Cell, Known, Results};
use serde::Serialize;

/// The results of a run, and what to call them.
#[derive(Clone, Debug, PartialEq)]
pub struct Source {
    /// The file's path, as it was given.
    pub name: String,
    /// What it holds.
    pub results: Results,
}

/// What is told of a run beside its cells.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct RunFacts {
    /// The file's path, as it was given.
    pub file: String,
    /// When the run began.
    pub created: String,
    /// Tells machines apart.
    pub fingerprint: String,
    /// The processor's name.
    pub cpu: Known<String>,
    /// How many samples each of its cells has.
    pub rounds: u64,
    /// Whether it was only a first look.
    pub quick: bool,
}

impl Source {
    pub(super) fn facts(&self) -> RunFacts {
        let results = &self.results;
        RunFacts {
            file: self.name.clone(),
            created: results.created.to_string(),
            // The one that is stored could be that of another machine.
            fingerprint: results.environment.cpu.fingerprint(),
            cpu: results.environment.cpu.model.clone(),
            rounds: results.rounds,
            quick: results.quick,
        }
    }

    pub(super) fn cell(&self, engine: &str, model: &str, dataset: &str) -> Option<&Cell> {
        let is_it = |cell: &&Cell| {
            (&*cell.engine, &*cell.model, &*cell.dataset) == (engine, model, dataset)
        };
        self.results.cells.iter().find(is_it)
    }

    /// Why an engine has no cell here.
    pub(super) fn absence(&self, engine: &str, model: &str, dataset: &str) -> String {
        let skipped = self.results.skipped.iter().find(|skipped| {
            (&*skipped.engine, &*skipped.model, &*skipped.dataset) == (engine, model, dataset)
        });
        match skipped {
            Some(skipped) => skipped.reason.clone(),
            None => "the file does not say why".to_owned(),
        }
    }
}

impl RunFacts {
    /// Names the machine.
    pub(super) fn machine(&self) -> String {
        let cpu = self.cpu.value().map_or("unknown CPU", String::as_str);
        format!("{cpu}, {}", self.fingerprint)
    }
}

/// How far apart any of these runs found an engine from itself: what one run finds of nothing, the
/// others may find as well.
pub(super) fn twin_spread<'a>(sources: impl IntoIterator<Item = &'a Source>) -> Known<f64> {
    let spreads = sources.into_iter().filter_map(|source| source.results.aa_spread());
    Known::from_option(spreads.max_by(f64::total_cmp), || "no engine was measured twice".to_owned())
}
