//! That the data are pinned ones, and the answers the right ones: whoever pins them has the data
//! made and parsed again, so here nothing has to be.

use std::collections::BTreeMap;

use delimark_datasets::Shape;
use delimark_datasets::manifest::{Entry, Manifest};
use delimark_results::{Cell, Dataset, DatasetSource, Results};
use delimark_runner::model::Answer;

use super::AS_WRITTEN;
use crate::study::{engines, pinned_answer};

/// The most cells with the same wrong answer that are named.
const CELLS_NAMED: usize = 3;

pub(super) fn flaws(results: &Results) -> Vec<String> {
    let manifest = Manifest::embedded();
    let mut flaws = Vec::new();
    for dataset in &results.datasets {
        match pinned(&manifest, dataset) {
            Err(flaw) => flaws.push(flaw),
            Ok(pinned) => {
                let cells = results.cells.iter().filter(|cell| cell.dataset == dataset.name);
                flaws.extend(fact_flaw(dataset, pinned));
                flaws.extend(answer_flaws(cells.clone(), pinned));
                flaws.extend(cells.filter_map(|cell| cell_flaw(cell, dataset)));
            }
        }
    }
    flaws
}

/// Others can only measure on the same bytes if they can make them and see that they are the same.
fn pinned<'a>(manifest: &'a Manifest, dataset: &Dataset) -> Result<&'a Entry, String> {
    let shape = dataset.shape.as_deref().and_then(|shape| shape.parse::<Shape>().ok());
    let (DatasetSource::Generated, Some(shape), Some(seed)) = (dataset.source, shape, dataset.seed)
    else {
        return Err(format!(
            "nobody else can make the data set {}: run on a generated one",
            dataset.name
        ));
    };
    manifest.lookup(shape, dataset.lines, seed).ok_or_else(|| {
        let of_shape = manifest.entries().iter().filter(|entry| entry.shape == shape);
        let names: Vec<&str> = of_shape.map(|entry| entry.name.as_str()).collect();
        format!(
            "its data set {} has {} lines of seed {seed}, which are pinned nowhere, so that nobody \
             can tell whether they are right: run on one of {}",
            dataset.name,
            dataset.lines,
            names.join(", ")
        )
    })
}

/// Finds a fact of a data set that does not follow from its bytes.
fn fact_flaw(dataset: &Dataset, pinned: &Entry) -> Option<String> {
    let &Dataset { records, fields, .. } = dataset;
    let count = Answer::Records { records, fields, checksum: 0 }.to_string();
    let is_pinned = (&pinned.sha256, pinned.bytes) == (&dataset.sha256, dataset.bytes)
        && pinned_answer(&pinned.name, "count") == Some(&*count);
    (!is_pinned).then(|| {
        format!(
            "its data set {} is not the one that is pinned as {}: update, and run again",
            dataset.name, pinned.name
        )
    })
}

/// Names each wrong answer with the cells that have it. Of a model that there is not, no answer is
/// right; that is told elsewhere.
fn answer_flaws<'a>(cells: impl Iterator<Item = &'a Cell>, pinned: &Entry) -> Vec<String> {
    let mut wrong: BTreeMap<(&str, &str), Vec<String>> = BTreeMap::new();
    for cell in cells {
        let Some(right) = pinned_answer(&pinned.name, engines::task(cell)) else { continue };
        if right != cell.answer {
            let names = wrong.entry((&cell.answer, right)).or_default();
            names.push(format!("{} {}", cell.engine, cell.model));
        }
    }
    let flaw = |((answer, right), names): ((&str, &str), Vec<String>)| {
        let named = names[..names.len().min(CELLS_NAMED)].join(", ");
        let more = match names.len().saturating_sub(CELLS_NAMED) {
            0 => String::new(),
            more => format!(" and {more} more"),
        };
        format!(
            "{named}{more} answered {answer:?}, and the right answer on {} is {right:?}: \
             {AS_WRITTEN}",
            pinned.name
        )
    };
    wrong.into_iter().map(flaw).collect()
}

fn cell_flaw(cell: &Cell, dataset: &Dataset) -> Option<String> {
    amount_flaw(cell, dataset)
        .or_else(|| count_flaw(cell))
        .map(|what| format!("{} {} {what}: {AS_WRITTEN}", cell.engine, cell.model))
}

/// Rates follow from how much was gone over, which is all of the data set.
fn amount_flaw(cell: &Cell, dataset: &Dataset) -> Option<String> {
    let is_all = (cell.bytes, cell.records) == (dataset.bytes, dataset.records);
    (!is_all).then(|| {
        format!(
            "went over {} bytes and {} records, and {} has others",
            cell.bytes, cell.records, dataset.name
        )
    })
}

/// Finds a count that is not in the answer, which has them, too.
fn count_flaw(cell: &Cell) -> Option<String> {
    let found = cell.answer.split(", checksum ").next()?;
    let expected = format!("{} records, {} fields", cell.records, cell.fields);
    let has_counts = cell.answer.contains(", checksum ");
    (has_counts && found != expected)
        .then(|| format!("answered {found:?}, and its cell says {expected:?}"))
}
