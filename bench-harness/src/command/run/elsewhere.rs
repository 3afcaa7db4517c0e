//! The choice of a run's engines of other processes, and getting them ready. Each may be
//! missing, and none may stop the run.

use delimark::Backend;
use delimark_harness::engine::{Definition, EngineBuilder, ModuleEngine, ProcessEngines};
use delimark_harness::runtime;
use delimark_harness::workload::Input;
use delimark_results::{EXTRACT, SkipKind, Skipped};
use delimark_runner::model::Model;
use regex::Regex;

use crate::command::progress::Progress;

/// The wishes that decide whether they are wanted.
pub(super) struct Wish<'a> {
    /// The pattern that their names have to match.
    pub(super) engines: Option<&'a Regex>,
    /// The models that are measured.
    pub(super) models: &'a [Model],
    /// The engines that are declared, wanted or not.
    pub(super) definitions: &'a [Definition],
    /// The backend that this project's own command runs with.
    pub(super) backend: Backend,
    /// True where one backend alone is wanted: one of this process.
    pub(super) is_backend_forced: bool,
    /// The size of the data, which each of them holds once more.
    pub(super) data_bytes: u64,
    /// The most that all data together may take.
    pub(super) memory_limit_bytes: u64,
}

impl<'a> Wish<'a> {
    fn wants_module(&self, engine: ModuleEngine) -> bool {
        let is_named = match self.engines {
            Some(filter) => filter.is_match(&engine.name()),
            None => engine.in_plain_run(),
        };
        is_named && !self.is_backend_forced && self.wants_any(&Model::OF_LIBRARIES)
    }

    /// Returns the declared engines that are wanted; unasked, a run measures only those that take
    /// it little time.
    fn declared(&self) -> Vec<&'a Definition> {
        let is_wanted = |definition: &&Definition| {
            let is_named = match self.engines {
                Some(filter) => filter.is_match(&definition.name),
                None => definition.in_plain_run,
            };
            is_named && self.wants_any(&definition.models)
        };
        self.definitions.iter().filter(is_wanted).collect()
    }

    fn wants_extract(&self) -> bool {
        let is_named = self.engines.is_none_or(|filter| filter.is_match(EXTRACT));
        is_named && self.wants_any(&Model::OF_COMMANDS)
    }

    fn wants_any(&self, models: &[Model]) -> bool {
        models.iter().any(|model| self.models.contains(model))
    }

    /// Says why this many cannot have the data.
    fn lacks_memory(&self, count: usize) -> Option<String> {
        let needed_bytes = self.data_bytes.saturating_mul(count as u64 + 1);
        let limit = self.memory_limit_bytes;
        (needed_bytes > limit).then(|| {
            format!(
                "each process holds the data, {needed_bytes} bytes in all, and {limit} are the \
                 limit here; name fewer with --engines"
            )
        })
    }
}

/// Builds what is wanted and can run, and starts the processes.
pub(super) fn start(wish: &Wish<'_>, input: &Input<'_>, progress: &mut Progress) -> ProcessEngines {
    let mut elsewhere = ProcessEngines::default();
    let mut builder = EngineBuilder::default();
    let modules: Vec<ModuleEngine> =
        ModuleEngine::all().filter(|engine| wish.wants_module(*engine)).collect();
    let (holders, commands): (Vec<_>, Vec<_>) =
        wish.declared().into_iter().partition(|definition| definition.holds_data());
    match wish.lacks_memory(modules.len() + holders.len()) {
        Some(reason) => {
            modules
                .iter()
                .for_each(|module| elsewhere.miss(*module, SkipKind::NoMemory, reason.clone()));
            holders.iter().for_each(|holder| {
                elsewhere.miss_declared(holder, SkipKind::NoMemory, reason.clone());
            });
        }
        None => {
            start_modules(&mut elsewhere, &modules, input, progress);
            start_declared(&mut elsewhere, &holders, input, &mut builder, progress);
        }
    }
    if wish.wants_extract() {
        progress.begin_work("building delimark extract (the first time takes a minute)");
        elsewhere.start_extract(input, wish.backend);
    }
    start_declared(&mut elsewhere, &commands, input, &mut builder, progress);
    elsewhere
}

fn start_modules(
    elsewhere: &mut ProcessEngines,
    modules: &[ModuleEngine],
    input: &Input<'_>,
    progress: &mut Progress,
) {
    // Nothing is built that has nothing to run in; starting tells what is missing.
    if modules.iter().all(|engine| engine.check_runtime().is_err()) {
        return elsewhere.start(modules, input);
    }
    progress.begin_work("building the WebAssembly modules (the first time takes minutes)");
    match runtime::build_modules() {
        Ok(()) => elsewhere.start(modules, input),
        Err(missing) => {
            modules.iter().for_each(|module| {
                elsewhere.miss(*module, SkipKind::NotInstalled, missing.to_string());
            });
        }
    }
}

fn start_declared(
    elsewhere: &mut ProcessEngines,
    definitions: &[&Definition],
    input: &Input<'_>,
    builder: &mut EngineBuilder,
    progress: &mut Progress,
) {
    if !definitions.is_empty() {
        let names: Vec<&str> = definitions.iter().map(|definition| &*definition.name).collect();
        progress.begin_work(&format!("getting ready: {}", names.join(", ")));
    }
    for definition in definitions {
        elsewhere.start_declared(definition, input, builder);
    }
}

/// Says once for each reason which engines are missing.
pub(super) fn tell(elsewhere: &ProcessEngines, progress: &Progress) {
    let mut told: Vec<&str> = Vec::new();
    for missing in &elsewhere.missing {
        if told.contains(&missing.reason.as_str()) {
            continue;
        }
        told.push(&missing.reason);
        let same = elsewhere.missing.iter().filter(|other| other.reason == missing.reason);
        let names: Vec<&str> = same.map(|other| other.name.as_str()).collect();
        progress.note(&format!("delimark-bench: without {}: {}", names.join(", "), missing.reason));
    }
}

/// Returns the cells that are not measured, as the results list them.
pub(super) fn skipped(elsewhere: &ProcessEngines, models: &[Model], dataset: &str) -> Vec<Skipped> {
    let pairs = elsewhere
        .missing
        .iter()
        .flat_map(|missing| models.iter().map(move |&model| (missing, model)));
    pairs.map(|(missing, model)| missing.skipped(model, dataset)).collect()
}
