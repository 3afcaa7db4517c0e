//! That engines of other processes come with what a run notes of them: the runtime of a module, and
//! what a declared engine is. Apart because these are facts beside the cells, not of them.

use std::collections::BTreeSet;

use delimark_results::{Catalog, EngineKind, EngineName, Results};

use super::AS_WRITTEN;

pub(super) fn flaws(results: &Results, catalog: &Catalog) -> Vec<String> {
    let cells: BTreeSet<&str> = results.cells.iter().map(|cell| cell.engine.as_str()).collect();
    let skipped = results.skipped.iter().map(|skipped| skipped.engine.as_str());
    let asked_for: BTreeSet<&str> = cells.iter().copied().chain(skipped).collect();
    let of_kind = |wanted: EngineKind| {
        cells.iter().copied().filter(move |engine| catalog.kind(engine) == Some(wanted))
    };
    let runtimes = of_kind(EngineKind::Module).filter_map(|engine| runtime_flaw(results, engine));
    let declared =
        of_kind(EngineKind::Declared).filter_map(|engine| declared_flaw(results, engine));
    let mut flaws: Vec<String> = runtimes.chain(declared).collect();
    flaws.extend(strangers(results, &asked_for));
    flaws
}

/// Finds a module without the version of what it runs in, which stands in the environment.
fn runtime_flaw(results: &Results, engine: &str) -> Option<String> {
    let runtime_name = EngineName::parse(engine).runtime()?;
    let is_its = |runtime: &String| {
        let name = runtime.split(' ').next().unwrap_or_default();
        name.eq_ignore_ascii_case(runtime_name)
    };
    let environment = &results.environment;
    let is_noted = environment.runtimes.iter().any(is_its);
    (!is_noted).then(|| {
        format!("{engine} was measured, and no version of {runtime_name} is noted: {AS_WRITTEN}")
    })
}

/// Finds a declared engine without its version, which is the proof that it was there.
fn declared_flaw(results: &Results, engine: &str) -> Option<String> {
    let mut noted = results.declared.iter();
    let is_noted = noted.any(|noted| noted.engine == engine && !noted.version.is_empty());
    (!is_noted).then(|| {
        format!("{engine} was measured, and its version is not among those noted: {AS_WRITTEN}")
    })
}

/// Notes the engines that the file says nothing else of: they were called otherwise once.
fn strangers(results: &Results, asked_for: &BTreeSet<&str>) -> Vec<String> {
    let declared = results.declared.iter().map(|noted| noted.engine.as_str());
    let compiled = results.environment.compile_ns.keys().map(String::as_str);
    let strangers: BTreeSet<&str> =
        declared.chain(compiled).filter(|engine| !asked_for.contains(engine)).collect();
    let flaw = |engine| format!("{engine} is noted, and was not measured: {AS_WRITTEN}");
    strangers.into_iter().map(flaw).collect()
}
