//! The choice of what a run measures, from the command line: backends, models, and engines of all
//! kinds.

use anyhow::{Result, bail, ensure};
use delimark::{BACKEND_VARIABLE, Backend};
use delimark_harness::engine::{self, Definition, Engine, ModuleEngine, ProcessEngines};
use delimark_harness::workload::Workload;
use delimark_results::{EXTRACT, HANDICAPS};
use delimark_runner::model::Model;
use regex::Regex;

use super::elsewhere::{self, Wish};
use super::{Args, memory_limit_bytes};
use crate::command::progress::Progress;

/// The things that there are to choose from, as far as the command line leaves them.
#[derive(Clone, Copy)]
pub(super) struct Choice<'a> {
    pub(super) backends: &'a [Backend],
    pub(super) models: &'a [Model],
    pub(super) definitions: &'a [Definition],
}

/// Returns the engines of this process and those of others that were asked for and can run; what is
/// left of the latter says which are missing.
pub(super) fn engines(
    args: &Args,
    choice: Choice<'_>,
    workload: &Workload,
    progress: &mut Progress,
) -> Result<(Vec<Box<dyn Engine>>, ProcessEngines)> {
    let Choice { backends, models, definitions } = choice;
    let wish = Wish {
        engines: args.engines.as_ref(),
        models,
        definitions,
        backend: backends.last().copied().unwrap_or_else(Backend::best),
        is_backend_forced: args.backend.is_some() || is_backend_named(),
        data_bytes: workload.facts().bytes,
        memory_limit_bytes: memory_limit_bytes(),
    };
    let mut engines = engine::all(&workload.input(), backends)?;
    if args.engines.as_ref().is_some_and(|filter| filter.as_str().contains(HANDICAPS)) {
        engines.extend(engine::handicaps(&workload.input(), backends)?);
    }
    let mut elsewhere = elsewhere::start(&wish, &workload.input(), progress);
    elsewhere::tell(&elsewhere, progress);
    if let Some(filter) = &args.engines {
        engines.retain(|engine| filter.is_match(&engine.name()));
    }
    let input = workload.input();
    let has_a_model = |engine: &dyn Engine| {
        models.iter().any(|model| {
            engine.supports(*model, &input).map_or_else(|reason| !reason.is_foreign(), |()| true)
        })
    };
    engines.retain(|engine| has_a_model(engine.as_ref()));
    engines.append(&mut elsewhere.engines);
    if let Some(filter) = &args.engines
        && engines.is_empty()
    {
        ensure!(elsewhere.missing.is_empty(), "no engine that matches '{filter}' can run here");
        let names = engine_names(workload, definitions)?;
        bail!("no engine matches '{filter}' and does a model that was asked for; {names}");
    }
    Ok((engines, elsewhere))
}

fn is_backend_named() -> bool {
    std::env::var_os(BACKEND_VARIABLE).is_some_and(|name| !name.is_empty())
}

/// Returns the backends to measure: one that was asked for has to be able to run.
pub(super) fn backends(wanted: Option<Backend>) -> Result<Vec<Backend>> {
    match wanted {
        Some(backend) => {
            let dialect = delimark::Dialect::new(b'|')?;
            delimark::Scanner::with_backend(dialect, backend)?;
            Ok(vec![backend])
        }
        None if is_backend_named() => Ok(vec![Backend::from_environment()?]),
        None => Ok(Backend::available().collect()),
    }
}

pub(super) fn models(filter: Option<&Regex>) -> Result<Vec<Model>> {
    let is_wanted = |model: &Model| filter.is_none_or(|filter| filter.is_match(model.name()));
    let models: Vec<Model> = Model::ALL.into_iter().filter(is_wanted).collect();
    if let Some(filter) = filter
        && models.is_empty()
    {
        let names = Model::ALL.map(Model::name).join(", ");
        bail!("no model matches '{filter}' (expected one of: {names})");
    }
    Ok(models)
}

fn engine_names(workload: &Workload, definitions: &[Definition]) -> Result<String> {
    let engines = engine::all(&workload.input(), &backends(None)?)?;
    let names = engines.iter().map(|engine| engine.name());
    let names = names.chain(ModuleEngine::all().map(ModuleEngine::name));
    let names = names.chain(definitions.iter().map(|definition| definition.name.clone()));
    let names: Vec<String> = names.chain([EXTRACT.to_owned()]).collect();
    Ok(format!("expected one of: {}", names.join(", ")))
}
