//! The results arranged as a report shows them: by data set and model, fastest engine first, each
//! with its paired ratios. Apart so that each way of laying out has the same numbers.

pub use delimark_results::Family;
use delimark_results::statistics::Comparison;
use delimark_results::{AaControl, Cell, Dataset, EngineName, Results, WorkingSetPoint};

use crate::attribution::Scaling;

/// The model that the verdict is about: every field handed over.
pub(super) const MODEL: &str = "fields";

/// The engine that no parser can beat: it only reads.
pub(super) const LIMIT: &str = "limit/read";

/// Results by data set.
pub(super) struct View<'a> {
    pub(super) results: &'a Results,
    pub(super) sections: Vec<Section<'a>>,
    /// The factor by which the run found an engine apart from itself, which no difference may be
    /// within.
    pub(super) spread: Option<f64>,
}

/// All that was measured on one data set.
pub(super) struct Section<'a> {
    pub(super) dataset: &'a Dataset,
    pub(super) models: Vec<ModelView<'a>>,
    /// The points of the working-set sweep, by model.
    pub(super) sweeps: Vec<(&'a str, Vec<&'a WorkingSetPoint>)>,
    /// Throughput against threads.
    pub(super) scaling: Scaling<'a>,
}

/// All that was measured of one model on one data set.
pub(super) struct ModelView<'a> {
    pub(super) model: &'a str,
    /// Fastest first.
    pub(super) rows: Vec<Row<'a>>,
    /// The read limit that was measured for this model: another's bounds it in no way.
    pub(super) limit: Option<&'a Cell>,
    /// The engine that was measured as two.
    pub(super) aa_control: Option<&'a AaControl>,
}

/// One engine in a model.
pub(super) struct Row<'a> {
    pub(super) cell: &'a Cell,
    pub(super) family: Family,
    /// The factor by which the fastest `delimark` engine of the model is faster than this one;
    /// absent for that engine itself.
    pub(super) fastest_over_this: Option<Comparison>,
    /// The factor by which this engine is faster than the read limit; absent for the limit itself.
    pub(super) this_over_limit: Option<Comparison>,
}

/// The process that an engine runs in, as its name tells it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum ProcessKind {
    /// The process that measures.
    Here,
    /// One with a runtime: of this project's engines, that is WebAssembly.
    Runtime,
    /// One of its own for each pass.
    Command,
}

impl ProcessKind {
    pub(super) fn of(engine: &str) -> Self {
        let name = EngineName::parse(engine);
        match name.runtime() {
            None => Self::Here,
            Some(_) if name.is_whole_command() => Self::Command,
            Some(_) => Self::Runtime,
        }
    }
}

impl<'a> View<'a> {
    pub(super) fn new(results: &'a Results) -> Self {
        let spread = results.aa_spread();
        let sections = results.datasets.iter();
        let sections = sections.map(|dataset| Section::new(results, dataset, spread));
        Self { results, sections: sections.collect(), spread }
    }

    /// Returns the data set that a report opens with: the one that the verdict is about, or else
    /// the first that anything was measured on.
    pub(super) fn lead(&self) -> Option<&Section<'a>> {
        let has_verdict = |section: &&Section<'_>| {
            section.model(MODEL).is_some_and(|model| model.fastest(Family::Delimark).is_some())
        };
        let sections = || self.sections.iter();
        let measured = || sections().find(|section| !section.models.is_empty());
        sections().find(has_verdict).or_else(measured)
    }

    /// Returns the factor by which one cell is faster than another.
    pub(super) fn compare(&self, cell: &Cell, other: &Cell) -> Option<Comparison> {
        compare(cell, other, self.spread)
    }
}

fn compare(cell: &Cell, other: &Cell, spread: Option<f64>) -> Option<Comparison> {
    Comparison::of(&cell.samples_ns, &other.samples_ns, spread.unwrap_or(1.0))
}

impl<'a> Section<'a> {
    fn new(results: &'a Results, dataset: &'a Dataset, spread: Option<f64>) -> Self {
        let cells: Vec<&Cell> =
            results.cells.iter().filter(|cell| cell.dataset == dataset.name).collect();
        let aa_controls: Vec<&AaControl> =
            results.twins.iter().filter(|aa_control| aa_control.dataset == dataset.name).collect();
        let models = in_order(cells.iter().map(|cell| cell.model.as_str()));
        let models =
            models.into_iter().map(|model| ModelView::new(model, &cells, &aa_controls, spread));
        let points = results.ladder.iter().filter(|point| point.dataset == dataset.name);
        let swept_models = in_order(points.clone().map(|point| point.model.as_str()));
        Self {
            dataset,
            models: models.collect(),
            sweeps: swept_models
                .into_iter()
                .map(|model| (model, points.clone().filter(|p| p.model == model).collect()))
                .collect(),
            scaling: Scaling::of(results, dataset),
        }
    }

    pub(super) fn model(&self, name: &str) -> Option<&ModelView<'a>> {
        self.models.iter().find(|model| model.model == name)
    }

    /// Returns the engines of all models, fastest first by their best model.
    pub(super) fn engines(&self) -> Vec<&'a str> {
        let mut rows: Vec<&Row<'a>> = self.models.iter().flat_map(|model| &model.rows).collect();
        rows.sort_by(|a, b| b.throughput().total_cmp(&a.throughput()));
        in_order(rows.into_iter().map(|row| row.cell.engine.as_str()))
    }
}

impl<'a> ModelView<'a> {
    fn new(
        model: &'a str,
        cells: &[&'a Cell],
        aa_controls: &[&'a AaControl],
        spread: Option<f64>,
    ) -> Self {
        let mut own: Vec<&Cell> = cells.iter().copied().filter(|c| c.model == model).collect();
        own.sort_by(|a, b| b.gigabytes_per_second.median.total_cmp(&a.gigabytes_per_second.median));
        let limit = own.iter().copied().find(|cell| cell.engine == LIMIT);
        let fastest = own.iter().copied().find(|c| Family::of(&c.engine) == Family::Delimark);
        let rows = own.iter().map(|cell| Row {
            cell,
            family: Family::of(&cell.engine),
            fastest_over_this: fastest
                .filter(|fastest| fastest.engine != cell.engine)
                .and_then(|fastest| compare(fastest, cell, spread)),
            this_over_limit: limit
                .filter(|limit| limit.engine != cell.engine)
                .and_then(|limit| compare(cell, limit, spread)),
        });
        let aa_control = aa_controls.iter().copied().find(|aa_control| aa_control.model == model);
        Self { model, rows: rows.collect(), limit, aa_control }
    }

    /// Returns the fastest engine of a family.
    pub(super) fn fastest(&self, family: Family) -> Option<&Row<'a>> {
        self.rows.iter().find(|row| row.family == family)
    }

    pub(super) fn row(&self, engine: &str) -> Option<&Row<'a>> {
        self.rows.iter().find(|row| row.cell.engine == engine)
    }
}

impl Row<'_> {
    /// Tells engines in another process, which their names have after an `@`.
    pub(super) fn runs_elsewhere(&self) -> bool {
        EngineName::parse(&self.cell.engine).runtime().is_some()
    }

    pub(super) fn throughput(&self) -> f64 {
        self.cell.gigabytes_per_second.median
    }
}

/// Returns each name once, in the order of its first appearance.
pub(super) fn in_order<'a>(names: impl Iterator<Item = &'a str>) -> Vec<&'a str> {
    let mut seen = Vec::new();
    for name in names {
        if !seen.contains(&name) {
            seen.push(name);
        }
    }
    seen
}
