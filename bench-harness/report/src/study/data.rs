//! The data of the page's script: the results by machine and day, without the samples, and what was
//! not measured with the reason.

use std::collections::{BTreeMap, BTreeSet};

use delimark_results::{Cell, Dataset, Environment, Known, Results};
use delimark_runner::model::Model;
use serde::Serialize;

use super::Contribution;
use super::engines::{BACKEND_ORDER, EngineGroup};
use super::values::{MEASURES, Measure, Value, of_cell};
use crate::number_format::{count, decimal_size};

/// The results of each machine and day, in the order of their paths.
pub(super) struct Days<'a> {
    pub(super) days: Vec<Day<'a>>,
}

/// The measurements of one machine on one day, which may be several files.
pub(super) struct Day<'a> {
    /// The machine's fingerprint and the day, the name in links to a view.
    pub(super) name: String,
    /// The name that people know it by.
    pub(super) title: String,
    /// True where the machine has no newer one.
    pub(super) is_latest: bool,
    pub(super) results: Vec<&'a Results>,
}

impl<'a> Days<'a> {
    pub(super) fn new(contributions: &'a [Contribution]) -> Self {
        let mut days: BTreeMap<(String, String), Vec<&Results>> = BTreeMap::new();
        for Contribution { results, .. } in contributions {
            let machine = results.environment.cpu.fingerprint();
            days.entry((machine, day(results))).or_default().push(results);
        }
        let latest: BTreeMap<String, String> = days.keys().cloned().collect();
        let day = |((machine, day), results): ((String, String), Vec<&'a Results>)| Day {
            title: title(&results[0].environment, &machine, &day),
            is_latest: latest[&machine] == day,
            name: format!("{machine}/{day}"),
            results,
        };
        Self { days: days.into_iter().map(day).collect() }
    }

    /// Returns every result of every machine and day.
    pub(super) fn results(&self) -> impl Iterator<Item = &'a Results> {
        self.days.iter().flat_map(|day| day.results.iter().copied())
    }

    /// Returns every engine that was asked for, those of a family together: backends in their
    /// order.
    pub(super) fn engines(&self) -> Vec<&'a str> {
        let cells = self.results().flat_map(|results| &results.cells).map(|cell| &*cell.engine);
        let skipped = self.results().flat_map(|results| &results.skipped);
        let names: BTreeSet<&str> = cells.chain(skipped.map(|s| &*s.engine)).collect();
        let mut names: Vec<&str> = names.into_iter().collect();
        let step = |name: &str| BACKEND_ORDER.iter().position(|step| *step == name);
        names.sort_by_key(|name| (EngineGroup::of(name), step(name)));
        names
    }

    /// Returns every model that something was measured on: those that this build knows in their
    /// order.
    pub(super) fn models(&self) -> Vec<&'a str> {
        let cells = self.results().flat_map(|results| &results.cells);
        let names: BTreeSet<&str> = cells.map(|cell| &*cell.model).collect();
        let mut names: Vec<&str> = names.into_iter().collect();
        names.sort_by_key(|name| {
            let known = Model::ALL.iter().position(|model| model.name() == *name);
            known.unwrap_or(Model::ALL.len())
        });
        names
    }

    /// Returns every data set, by its name in links; the same name is the same bytes.
    pub(super) fn datasets(&self) -> BTreeMap<String, &'a Dataset> {
        let datasets = self.results().flat_map(|results| &results.datasets);
        datasets.map(|dataset| (dataset_id(dataset), dataset)).collect()
    }

    /// Returns everything that the script needs.
    pub(super) fn document(&self) -> Document<'a> {
        let reasons = self.days.iter().flat_map(|day| {
            let skipped = day.results.iter().flat_map(|r| r.skipped.iter().map(move |s| (r, s)));
            skipped.filter_map(|(results, skipped)| {
                Some(Gap {
                    machine: day.name.clone(),
                    engine: &skipped.engine,
                    model: &skipped.model,
                    dataset: dataset_id(results.dataset(&skipped.dataset)?),
                    reason: &skipped.reason,
                })
            })
        });
        let cells = self.days.iter().flat_map(|day| {
            let cells = day.results.iter().flat_map(|r| r.cells.iter().map(move |cell| (r, cell)));
            cells.filter_map(|(results, cell)| Row::of(day, results, cell))
        });
        Document {
            machines: self.days.iter().map(|day| (day.name.clone(), day.title.clone())).collect(),
            engines: self.engines().into_iter().map(|e| (e, EngineGroup::of(e).class())).collect(),
            backend_order: BACKEND_ORDER,
            measures: MEASURES,
            cells: cells.collect(),
            gaps: reasons.collect(),
        }
    }
}

/// The document that the script reads.
#[derive(Serialize)]
pub(super) struct Document<'a> {
    machines: Vec<(String, String)>,
    engines: Vec<(&'a str, &'static str)>,
    backend_order: [&'static str; BACKEND_ORDER.len()],
    measures: [Measure; MEASURES.len()],
    cells: Vec<Row<'a>>,
    gaps: Vec<Gap<'a>>,
}

#[derive(Serialize)]
struct Row<'a> {
    machine: String,
    engine: &'a str,
    model: &'a str,
    dataset: String,
    values: BTreeMap<&'static str, Value>,
}

impl<'a> Row<'a> {
    fn of(day: &Day<'_>, results: &Results, cell: &'a Cell) -> Option<Self> {
        Some(Self {
            machine: day.name.clone(),
            engine: &cell.engine,
            model: &cell.model,
            dataset: dataset_id(results.dataset(&cell.dataset)?),
            values: of_cell(results, cell),
        })
    }
}

/// A cell that was asked for and not measured.
#[derive(Serialize)]
struct Gap<'a> {
    machine: String,
    engine: &'a str,
    model: &'a str,
    dataset: String,
    reason: &'a str,
}

/// Returns the day on which a run began, in UTC.
pub(super) fn day(results: &Results) -> String {
    results.created.strftime("%Y-%m-%d").to_string()
}

/// Names generated data by what they grow from, as the manifest of pinned ones does.
pub(super) fn dataset_id(dataset: &Dataset) -> String {
    let shape = dataset.shape.as_deref().unwrap_or(&dataset.name);
    match dataset.seed {
        Some(seed) => format!("{shape}-{}-seed{seed}", dataset.lines),
        None => shape.to_owned(),
    }
}

/// Returns the name that people know a data set by.
pub(super) fn dataset_title(dataset: &Dataset) -> String {
    let lines = count(dataset.lines);
    format!("{}, {lines} lines, {}", dataset.name, decimal_size(dataset.bytes))
}

/// Machines of one model are told apart by their fingerprints.
fn title(environment: &Environment, machine: &str, day: &str) -> String {
    let cpu = &environment.cpu;
    let model = cpu.model.value().map_or("a processor without a name", |model| model.trim());
    let threads = cpu.logical_cores;
    let hypervisor = match &environment.virtualisation {
        Known::Value(name) if name != "none" => format!(", {name}"),
        _ => String::new(),
    };
    format!("{model}, {threads} threads{hypervisor} ({machine}, {day})")
}
