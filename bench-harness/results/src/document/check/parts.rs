//! That the parts of results refer to parts that are there, that nothing is there twice, and that
//! what is there twice on purpose is the same.

use std::collections::HashSet;

use super::{Checked, Contradiction};
use crate::{AaControl, Cell, Results};

pub(super) fn check(results: &Results) -> Checked {
    check_datasets(results)?;
    check_cells(results)?;
    check_skipped(results)?;
    let ladder = results.ladder.iter().map(|point| &point.dataset);
    let scaling = results.scaling.iter().map(|point| &point.dataset);
    let compute = results.compute.iter().map(|point| &point.dataset);
    let twins = results.twins.iter().map(|twins| &twins.dataset);
    check_listed(results, "/ladder", ladder)?;
    check_listed(results, "/scaling", scaling)?;
    check_listed(results, "/compute", compute)?;
    check_listed(results, "/twins", twins)?;
    let mut twins = results.twins.iter().enumerate();
    twins.try_for_each(|(index, twins)| check_aa_control(results, index, twins))
}

fn check_datasets(results: &Results) -> Checked {
    let mut seen = HashSet::new();
    for (index, dataset) in results.datasets.iter().enumerate() {
        if !seen.insert(&dataset.name) {
            let what = format!("data set {:?} is listed twice", dataset.name);
            return Contradiction::at(format!("/datasets/{index}"), what);
        }
    }
    Ok(())
}

/// Checks that index is round, too.
fn check_cells(results: &Results) -> Checked {
    let mut seen = HashSet::new();
    for (index, cell) in results.cells.iter().enumerate() {
        let found = |what| Contradiction::at(format!("/cells/{index}"), what);
        if results.dataset(&cell.dataset).is_none() {
            return found(format!("data set {:?} is not listed", cell.dataset));
        }
        if !seen.insert((&cell.engine, &cell.model, &cell.dataset)) {
            return found(format!("{} {} is there twice", cell.engine, cell.model));
        }
        let samples = cell.samples_ns.len();
        if samples as u64 != results.rounds {
            return found(format!("{samples} samples in {} rounds", results.rounds));
        }
    }
    Ok(())
}

/// Checks that nothing was measured and left out.
fn check_skipped(results: &Results) -> Checked {
    let cells: HashSet<[&str; 3]> =
        results.cells.iter().map(|cell| [&*cell.engine, &*cell.model, &*cell.dataset]).collect();
    for (index, skipped) in results.skipped.iter().enumerate() {
        if cells.contains(&[&*skipped.engine, &*skipped.model, &*skipped.dataset]) {
            let what = format!("{} {} has a cell as well", skipped.engine, skipped.model);
            return Contradiction::at(format!("/skipped/{index}"), what);
        }
    }
    Ok(())
}

/// Checks that the data sets that are referred to are listed.
fn check_listed<'a>(
    results: &Results,
    place: &str,
    names: impl Iterator<Item = &'a String>,
) -> Checked {
    for (index, name) in names.enumerate() {
        if results.dataset(name).is_none() {
            let what = format!("data set {name:?} is not listed");
            return Contradiction::at(format!("{place}/{index}"), what);
        }
    }
    Ok(())
}

/// Checks that an engine's samples are the same in the A/A control as in its cell.
fn check_aa_control(results: &Results, index: usize, twins: &AaControl) -> Checked {
    let found = |what| Contradiction::at(format!("/twins/{index}"), what);
    let rounds = [twins.engine_ns.len(), twins.twin_ns.len()];
    if rounds.iter().any(|&samples| samples as u64 != results.rounds) {
        return found(format!("{rounds:?} samples in {} rounds", results.rounds));
    }
    let AaControl { engine, model, dataset, engine_ns, .. } = twins;
    let is_its_engine =
        |cell: &&Cell| (&cell.engine, &cell.model, &cell.dataset) == (engine, model, dataset);
    match results.cells.iter().find(is_its_engine) {
        None => found(format!("{engine} {model} has an A/A control and no cell")),
        Some(cell) if cell.samples_ns != *engine_ns => {
            found(format!("{engine} {model} has other samples than in its cell"))
        }
        Some(_) => Ok(()),
    }
}
