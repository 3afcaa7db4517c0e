//! The choice of a run's engines of other processes, and getting them ready: apart from the run,
//! since each may be missing and none may stop it.

use delimark::Backend;
use delimark_harness::engine::{Definition, HostedEngine, HostedEngines, MissingEngine, Workshop};
use delimark_harness::host;
use delimark_harness::workload::Input;
use delimark_results::{EXTRACT, Skipped};
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
    fn wants_module(&self, engine: HostedEngine) -> bool {
        let is_named = self.engines.is_none_or(|filter| filter.is_match(&engine.name()));
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
        is_named && self.wants_any(&[Model::Extract])
    }

    fn wants_any(&self, models: &[Model]) -> bool {
        models.iter().any(|model| self.models.contains(model))
    }

    /// Says why this many cannot have the data.
    fn refuses(&self, count: usize) -> Option<String> {
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
pub(super) fn start(wish: &Wish<'_>, input: &Input<'_>, progress: &mut Progress) -> HostedEngines {
    let mut hosted = HostedEngines::default();
    let mut workshop = Workshop::default();
    let modules: Vec<HostedEngine> =
        HostedEngine::ALL.into_iter().filter(|engine| wish.wants_module(*engine)).collect();
    let (holders, commands): (Vec<_>, Vec<_>) =
        wish.declared().into_iter().partition(|definition| definition.holds_data());
    match wish.refuses(modules.len() + holders.len()) {
        Some(reason) => {
            modules.iter().for_each(|module| hosted.miss(*module, reason.clone()));
            holders.iter().for_each(|holder| hosted.miss_declared(holder, reason.clone()));
        }
        None => {
            start_modules(&mut hosted, &modules, input, progress);
            start_declared(&mut hosted, &holders, input, &mut workshop, progress);
        }
    }
    if wish.wants_extract() {
        progress.begin_work("building delimark extract (the first time takes a minute)");
        hosted.start_extract(input, wish.backend);
    }
    start_declared(&mut hosted, &commands, input, &mut workshop, progress);
    hosted
}

fn start_modules(
    hosted: &mut HostedEngines,
    modules: &[HostedEngine],
    input: &Input<'_>,
    progress: &mut Progress,
) {
    // Nothing is built that has nothing to run in; starting tells what is missing.
    if modules.iter().all(|engine| engine.check_runtime().is_err()) {
        return hosted.start(modules, input);
    }
    progress.begin_work("building the WebAssembly modules (the first time takes minutes)");
    match host::build_modules() {
        Ok(()) => hosted.start(modules, input),
        Err(missing) => {
            modules.iter().for_each(|module| hosted.miss(*module, missing.to_string()));
        }
    }
}

fn start_declared(
    hosted: &mut HostedEngines,
    definitions: &[&Definition],
    input: &Input<'_>,
    workshop: &mut Workshop,
    progress: &mut Progress,
) {
    if !definitions.is_empty() {
        let names: Vec<&str> = definitions.iter().map(|definition| &*definition.name).collect();
        progress.begin_work(&format!("getting ready: {}", names.join(", ")));
    }
    for definition in definitions {
        hosted.start_declared(definition, input, workshop);
    }
}

/// Says once for each reason which engines are missing.
pub(super) fn tell(hosted: &HostedEngines, progress: &Progress) {
    let mut told: Vec<&str> = Vec::new();
    for missing in &hosted.missing {
        if told.contains(&missing.reason.as_str()) {
            continue;
        }
        told.push(&missing.reason);
        let same = hosted.missing.iter().filter(|other| other.reason == missing.reason);
        let names: Vec<&str> = same.map(|other| other.name.as_str()).collect();
        progress.note(&format!("delimark-bench: without {}: {}", names.join(", "), missing.reason));
    }
}

/// Returns the cells that are not measured, as the results list them.
pub(super) fn skipped(hosted: &HostedEngines, models: &[Model], dataset: &str) -> Vec<Skipped> {
    let skipped = |missing: &MissingEngine, model: Model| Skipped {
        engine: missing.name.clone(),
        model: model.to_string(),
        dataset: dataset.to_owned(),
        reason: missing.reason(model).to_owned(),
    };
    let of_engine = |missing| models.iter().map(move |&model| skipped(missing, model));
    hosted.missing.iter().flat_map(of_engine).collect()
}
