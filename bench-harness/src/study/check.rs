//! What makes results fit to be compared with another machine's, beyond what every reader checks:
//! a full run of a clean build, on data that everybody can make, by engines that everybody has.

use std::collections::BTreeSet;

use delimark_datasets::Shape;
use delimark_datasets::manifest::Manifest;

use super::engines;
use crate::measure::DISQUALIFIED;
use crate::results::{Cell, Dataset, DatasetSource, Environment, Known, Results, Skipped};
use crate::statistics::MINIMUM_ROUNDS;

/// How a contribution that was changed can be mended.
const AS_WRITTEN: &str = "contribute the file as `delimark run` wrote it";

/// Returns everything that is wrong with results, each with what to do about it.
pub(super) fn flaws(results: &Results) -> Vec<String> {
    let mut flaws = run_flaws(results);
    flaws.extend(environment_flaws(&results.environment));
    flaws.extend(results.datasets.iter().filter_map(dataset_flaw));
    flaws.extend(engine_flaws(results));
    flaws.extend(results.cells.iter().filter_map(|cell| amount_flaw(results, cell)));
    flaws.extend(results.cells.iter().filter_map(count_flaw));
    flaws
}

fn run_flaws(results: &Results) -> Vec<String> {
    let mut flaws = Vec::new();
    if results.quick {
        flaws.push("it is of a quick run, a first look: run without --quick".to_owned());
    }
    if results.rounds < MINIMUM_ROUNDS as u64 {
        flaws.push(format!(
            "it has {} rounds, and an interval takes {MINIMUM_ROUNDS}: run again",
            results.rounds
        ));
    }
    flaws
}

fn environment_flaws(environment: &Environment) -> Vec<String> {
    let mut flaws = Vec::new();
    let facts = [
        ("the processor's model", reason(&environment.cpu.model)),
        ("the compiler", reason(&environment.rustc)),
        ("the commit", reason(&environment.commit)),
        ("whether the build was clean", reason(&environment.dirty)),
    ];
    for (fact, reason) in facts {
        flaws.extend(reason.map(|reason| {
            format!(
                "{fact} is not known ({reason}): run a build from a git checkout on a system that \
                 tells"
            )
        }));
    }
    if environment.dirty == Known::Value(true) {
        let what = "the build held changes that its commit does not have: commit them, or take \
                    them back, and build and run again";
        flaws.push(what.to_owned());
    }
    let follows = environment.cpu.fingerprint();
    if environment.fingerprint != follows {
        flaws.push(format!(
            "its fingerprint is {}, but {follows} follows from its processor: {AS_WRITTEN}",
            environment.fingerprint
        ));
    }
    flaws
}

fn reason<T>(known: &Known<T>) -> Option<&str> {
    match known {
        Known::Value(_) => None,
        Known::Unavailable(reason) => Some(reason),
    }
}

/// Others can only measure on the same bytes if they can make them.
fn dataset_flaw(dataset: &Dataset) -> Option<String> {
    let shape = dataset.shape.as_deref().and_then(|shape| shape.parse::<Shape>().ok());
    let (DatasetSource::Generated, Some(shape), Some(seed)) = (dataset.source, shape, dataset.seed)
    else {
        return Some(format!(
            "nobody else can make the data set {}: run on a generated one",
            dataset.name
        ));
    };
    let manifest = Manifest::embedded();
    let pinned = manifest.lookup(shape, dataset.lines, seed)?;
    let is_pinned = (&pinned.sha256, pinned.bytes) == (&dataset.sha256, dataset.bytes);
    (!is_pinned).then(|| {
        format!(
            "its data set {} is not the one that is pinned as {}: update, and run again",
            dataset.name, pinned.name
        )
    })
}

fn engine_flaws(results: &Results) -> Vec<String> {
    let cells = results.cells.iter().map(|cell| &cell.engine);
    let others = results.ladder.iter().map(|point| &point.engine);
    let others = others.chain(results.twins.iter().map(|twins| &twins.engine));
    let names: BTreeSet<&String> = cells.chain(others).collect();
    let unknown = names.into_iter().filter_map(|name| engines::name_flaw(name));
    let changed = results.cells.iter().filter_map(engines::backend_flaw);
    unknown.chain(changed).chain(results.skipped.iter().filter_map(disqualification)).collect()
}

/// A rival with a wrong answer is shown as such. One of this project's own is a fault to be mended
/// before anything is compared.
fn disqualification(skipped: &Skipped) -> Option<String> {
    let is_wrong = skipped.reason.starts_with(DISQUALIFIED) && engines::is_own(&skipped.engine);
    is_wrong.then(|| {
        let Skipped { engine, model, reason, .. } = skipped;
        format!("{engine} {model} was {reason}: report that, and run again once it is mended")
    })
}

/// Rates follow from how much was gone over, which is all of the data set.
fn amount_flaw(results: &Results, cell: &Cell) -> Option<String> {
    let dataset = results.dataset(&cell.dataset)?;
    let is_all = (cell.bytes, cell.records) == (dataset.bytes, dataset.records);
    (!is_all).then(|| {
        format!(
            "{} {} went over {} bytes and {} records, and {} has others: {AS_WRITTEN}",
            cell.engine, cell.model, cell.bytes, cell.records, dataset.name
        )
    })
}

/// The counts stand in the answer, too.
fn count_flaw(cell: &Cell) -> Option<String> {
    let found = cell.answer.split(", checksum ").next()?;
    let expected = format!("{} records, {} fields", cell.records, cell.fields);
    let has_counts = cell.answer.contains(", checksum ");
    (has_counts && found != expected).then(|| {
        format!(
            "{} {} answered {found:?}, and its cell says {expected:?}: {AS_WRITTEN}",
            cell.engine, cell.model
        )
    })
}
