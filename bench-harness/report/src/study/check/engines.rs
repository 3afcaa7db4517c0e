//! That engines are those of a full run on that machine: each is one that everybody has and did
//! what it can do, and none is missing that the processor can run.

use std::collections::BTreeSet;

use delimark::Backend;
use delimark_results::{
    BROWSER_NAMES, Catalog, Cell, EXTRACT, EngineName, Family, Results, SkipKind, Skipped,
};
use delimark_runner::model::Model;

use super::AS_WRITTEN;
use crate::study::engines::{LIMIT, OWN, is_own, promised_backend};

/// The target that the page in a browser says its modules are built for.
const BROWSER_TARGET: &str = "wasm32-unknown-unknown";

/// The features that a processor has to have for a backend, by the names that files have.
///
/// PCLMULQDQ is in no file: a feature more would change the fingerprint of every machine, and what
/// has AVX2 has it.
const NEEDED: [(Backend, &[&str]); 5] = [
    (Backend::Scalar, &[]),
    (Backend::Sse42, &["sse4.2", "popcnt"]),
    (Backend::Neon, &["neon"]),
    (Backend::Avx2, &["avx2", "bmi1", "bmi2", "popcnt"]),
    (
        Backend::Avx512,
        &["avx512f", "avx512bw", "avx512vl", "avx512vbmi2", "bmi1", "bmi2", "popcnt"],
    ),
];

pub(super) fn flaws(results: &Results, catalog: &Catalog) -> Vec<String> {
    let backends = backends(&results.environment.cpu.features);
    let names = names(results);
    let unknown = names.into_iter().filter_map(|engine| name_flaw(engine, catalog));
    let cells = results.cells.iter().filter_map(|cell| {
        model_flaw(cell, catalog)
            .or_else(|| backend_flaw(cell))
            .or_else(|| cpu_flaw(cell, &backends))
    });
    let mut flaws: Vec<String> = unknown.chain(cells).collect();
    flaws.extend(results.skipped.iter().filter_map(disqualification));
    flaws.extend(results.datasets.iter().filter_map(|data| lack(results, &data.name, &backends)));
    flaws
}

/// Returns the backends that a processor with these features runs.
fn backends(features: &[String]) -> Vec<Backend> {
    let has = |needed: &&str| features.iter().any(|feature| feature == needed);
    let can_run = |backend: &Backend| {
        let (_, needed) = NEEDED.iter().find(|(of, _)| of == backend)?;
        needed.iter().all(has).then_some(*backend)
    };
    Backend::ALL.iter().filter_map(can_run).collect()
}

/// Returns every name of an engine in a file.
fn names(results: &Results) -> BTreeSet<&str> {
    let cells = results.cells.iter().map(|cell| &cell.engine);
    let skipped = results.skipped.iter().map(|skipped| &skipped.engine);
    let sweep = results.ladder.iter().map(|point| &point.engine);
    let scaling = results.scaling.iter().map(|point| &point.engine);
    let controls = results.twins.iter().map(|aa_control| &aa_control.engine);
    let names = cells.chain(skipped).chain(sweep).chain(scaling).chain(controls);
    names.map(String::as_str).collect()
}

fn name_flaw(engine: &str, catalog: &Catalog) -> Option<String> {
    if Family::of(engine) == Family::Handicap {
        return Some(format!("{engine} is slow on purpose: run without it"));
    }
    catalog.models(engine).is_none().then(|| {
        format!(
            "no engine is called {engine}: measure with an unchanged build of this project, and \
             {AS_WRITTEN}"
        )
    })
}

/// Says that an engine does not do a model, where one of that name is known.
fn model_flaw(cell: &Cell, catalog: &Catalog) -> Option<String> {
    let Cell { engine, model, .. } = cell;
    let supported = catalog.models(engine)?;
    let is_supported = supported.iter().any(|supported| supported.name() == model);
    (!is_supported).then(|| {
        let names: Vec<&str> = supported.iter().map(|model| model.name()).collect();
        format!("{engine} does not do {model}, but {}: {AS_WRITTEN}", names.join(", "))
    })
}

/// Says that another backend ran than the name of a cell promises, if one did.
fn backend_flaw(cell: &Cell) -> Option<String> {
    let promised = promised_backend(&cell.engine)?;
    let executed = cell.backend_executed.as_deref();
    (Some(promised) != executed).then(|| {
        format!(
            "{} on {} ran the backend {}, not the one of its name",
            cell.engine,
            cell.model,
            executed.unwrap_or("that it does not say")
        )
    })
}

/// Says that the processor cannot run what a cell says has run on it.
fn cpu_flaw(cell: &Cell, backends: &[Backend]) -> Option<String> {
    let is_native = cell.engine == EXTRACT || EngineName::parse(&cell.engine).runtime().is_none();
    let executed = cell.backend_executed.as_ref().filter(|_| is_native)?;
    let executed: Backend = executed.parse().ok()?;
    (!backends.contains(&executed)).then(|| {
        format!(
            "{} on {} ran the backend {executed}, and its processor lacks the features for that: \
             {AS_WRITTEN}",
            cell.engine, cell.model
        )
    })
}

/// Finds a wrong answer of one of this project's own engines, a fault to be mended before anything
/// is compared; a peer with a wrong answer is shown as such.
fn disqualification(skipped: &Skipped) -> Option<String> {
    let is_wrong = skipped.kind() == Some(SkipKind::InvalidResult) && is_own(&skipped.engine);
    is_wrong.then(|| {
        let Skipped { engine, model, reason, .. } = skipped;
        format!("{engine} {model} was {reason}: report that, and run again once it is mended")
    })
}

/// Returns what a full run always has: the read limit, and each backend that the processor can run,
/// on every model of a library; in a browser, all that the page measures.
fn needed(results: &Results, backends: &[Backend]) -> (Vec<String>, &'static [Model]) {
    if results.environment.target == BROWSER_TARGET {
        return (BROWSER_NAMES.map(str::to_owned).to_vec(), &[Model::Fields]);
    }
    let of_backends = backends.iter().map(|backend| format!("{OWN}{backend}"));
    ([LIMIT.to_owned()].into_iter().chain(of_backends).collect(), &Model::OF_LIBRARIES)
}

/// Names what a full run always has and this one lacks.
fn lack(results: &Results, dataset: &str, backends: &[Backend]) -> Option<String> {
    let (needed, models) = needed(results, backends);
    let there: BTreeSet<(&str, &str)> = results
        .cells
        .iter()
        .filter(|cell| cell.dataset == dataset)
        .map(|cell| (&*cell.engine, &*cell.model))
        .collect();
    let lacked = needed.iter().filter_map(|engine| {
        let models = models.iter().map(|model| model.name());
        let lacked: Vec<&str> =
            models.filter(|model| !there.contains(&(engine.as_str(), *model))).collect();
        (!lacked.is_empty()).then(|| format!("{engine} on {}", lacked.join(", ")))
    });
    let lacked: Vec<String> = lacked.collect();
    (!lacked.is_empty()).then(|| {
        format!(
            "a full run on this processor has {} on {}, and on {dataset} it lacks {}: run with all \
             of them",
            needed.join(", "),
            if models.len() > 1 { "every model" } else { "its model" },
            lacked.join("; ")
        )
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use delimark_harness::environment;

    #[test]
    fn the_backends_of_this_processor_follow_from_its_features() {
        let available: Vec<Backend> = Backend::available().collect();
        assert_eq!(backends(&environment::cpu().features), available);
    }

    #[test]
    fn every_native_backend_says_what_it_needs() {
        let says = |backend: &Backend| NEEDED.iter().any(|(of, _)| of == backend);
        let silent: Vec<Backend> = Backend::ALL.iter().copied().filter(|b| !says(b)).collect();
        assert_eq!(silent, [Backend::Simd128], "a module's instructions are no CPU's features");
    }
}
