//! Which engines of other processes a run wants, and getting them ready: apart from the run, since
//! each may be missing and none may stop it.

use regex::Regex;

use super::progress::Progress;
use crate::engine::{HostedEngine, HostedEngines, Input, MissingEngine};
use crate::host;
use crate::model::Model;
use crate::results::Skipped;

/// What decides whether they are wanted.
pub(super) struct Wish<'a> {
    /// What their names have to match.
    pub(super) engines: Option<&'a Regex>,
    /// Whether one backend alone is wanted: one of this process.
    pub(super) is_backend_forced: bool,
    /// The size of the data, which each of them holds once more.
    pub(super) data_bytes: u64,
    /// How much all data together may take.
    pub(super) memory_limit_bytes: u64,
}

impl Wish<'_> {
    fn wants(&self, engine: HostedEngine) -> bool {
        let is_named = self.engines.is_none_or(|filter| filter.is_match(&engine.name()));
        is_named && !(self.is_backend_forced && engine.has_module())
    }

    /// Why so many cannot have the data.
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

/// Builds the modules where they are wanted and can run, and starts the processes.
pub(super) fn start(wish: &Wish<'_>, input: &Input<'_>, progress: &mut Progress) -> HostedEngines {
    let wanted: Vec<HostedEngine> =
        HostedEngine::ALL.into_iter().filter(|engine| wish.wants(*engine)).collect();
    if let Some(reason) = wish.refuses(wanted.len()) {
        return miss_all(HostedEngines::default(), &wanted, &reason);
    }
    let (with_module, without): (Vec<_>, Vec<_>) =
        wanted.into_iter().partition(|engine| engine.has_module());
    // Nothing is built that has nothing to run in; starting tells what is missing.
    if with_module.iter().all(|engine| engine.check_runtime().is_err()) {
        return HostedEngines::start(&[with_module, without].concat(), input);
    }
    progress.begin_work("building the WebAssembly modules (the first time takes minutes)");
    match host::build_modules() {
        Ok(()) => HostedEngines::start(&[with_module, without].concat(), input),
        Err(missing) => {
            miss_all(HostedEngines::start(&without, input), &with_module, &missing.to_string())
        }
    }
}

fn miss_all(mut hosted: HostedEngines, engines: &[HostedEngine], reason: &str) -> HostedEngines {
    engines.iter().for_each(|engine| hosted.miss(*engine, reason.to_owned()));
    hosted
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
        progress.note(&format!("delimark: without {}: {}", names.join(", "), missing.reason));
    }
}

/// The cells that are not measured, as the results list them.
pub(super) fn skipped(hosted: &HostedEngines, models: &[Model], dataset: &str) -> Vec<Skipped> {
    let of_engine = |missing: &MissingEngine| {
        let (engine, reason) = (missing.name.clone(), missing.reason.clone());
        models.iter().map(move |model| Skipped {
            engine: engine.clone(),
            model: model.to_string(),
            dataset: dataset.to_owned(),
            reason: reason.clone(),
        })
    };
    hosted.missing.iter().flat_map(of_engine).collect()
}
