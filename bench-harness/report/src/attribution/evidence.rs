//! What a run holds that bears on one cell: the cell's limits, the same engine's other models, and
//! the backend it is made of.

use delimark_results::statistics::{Comparison, Ratio, paired_ratio};
use delimark_results::{Cell, Dataset, Results};
use delimark_runner::model::Model;

/// The models whose data are in memory before the clock starts.
const IN_MEMORY: [Model; 4] = [Model::Count, Model::Index, Model::Fields, Model::Project];

/// Tells whether a model's data are in memory before the clock starts.
pub(super) fn is_in_memory(model: &str) -> bool {
    IN_MEMORY.iter().any(|known| known.name() == model)
}

/// A cell with what it is held against; what was not measured is absent.
pub(super) struct Evidence<'a> {
    pub(super) results: &'a Results,
    pub(super) cell: &'a Cell,
    /// `limit/read`.
    pub(super) read: Option<&'a Cell>,
    /// `limit/copy`.
    pub(super) copy: Option<&'a Cell>,
    /// Search without emission, by the cell's backend.
    pub(super) masks: Option<&'a Cell>,
    /// The same engine on the model `index`.
    pub(super) index: Option<&'a Cell>,
    /// The same engine on the model `fields`.
    pub(super) fields: Option<&'a Cell>,
    /// The backend that an engine of another family is built on.
    pub(super) backend: Option<&'a Cell>,
}

impl<'a> Evidence<'a> {
    pub(super) fn gather(results: &'a Results, cell: &'a Cell) -> Self {
        let find = |engine: &str, model: &str| {
            let mut cells = results.cells.iter().filter(|other| other.dataset == cell.dataset);
            cells.find(|other| other.engine == engine && other.model == model)
        };
        let backend = format!("delimark/{}", cell.backend_executed.as_deref().unwrap_or_default());
        Self {
            results,
            cell,
            read: find("limit/read", &cell.model),
            copy: find("limit/copy", &cell.model),
            masks: masks_name(cell).and_then(|name| find(&name, &cell.model)),
            index: find(&cell.engine, Model::Index.name()),
            fields: find(&cell.engine, Model::Fields.name()),
            backend: find(&backend, &cell.model).filter(|_| !is_own(cell)),
        }
    }

    /// How far apart this run found an engine from itself, a factor; 1 where nobody looked.
    pub(super) fn spread(&self) -> f64 {
        self.results.aa_spread().unwrap_or(1.0)
    }

    /// How many times faster the cell is than another, by this run's own spread.
    pub(super) fn against(&self, other: &Cell) -> Option<Comparison> {
        Comparison::of(&self.cell.samples_ns, &other.samples_ns, self.spread())
    }

    /// The limits that the cell beats. Counting is the search itself, so it has no such limit.
    pub(super) fn beaten_limits(&self) -> impl Iterator<Item = (&'a Cell, Ratio)> {
        let masks = self.masks.filter(|_| self.cell.model != Model::Count.name());
        let limits = [self.read, masks].into_iter().flatten();
        limits.filter_map(|limit| {
            let ratio = paired_ratio(&self.cell.samples_ns, &limit.samples_ns)?;
            // Hardly any cell is faster, and the spread of the run takes long.
            let is_faster = ratio.median > 1.0 && ratio.is_significant();
            let is_beaten = is_faster && ratio.is_significant_beyond(self.spread());
            is_beaten.then_some((limit, ratio))
        })
    }

    /// Tells whether the data fit into the largest cache, so that passes need no memory.
    pub(super) fn fits_the_cache(&self) -> bool {
        let caches = self.results.environment.cpu.caches.value();
        let largest = caches.into_iter().flatten().map(|cache| cache.bytes).max();
        let bytes = self.results.dataset(&self.cell.dataset).map(|dataset: &Dataset| dataset.bytes);
        largest.zip(bytes).is_some_and(|(largest, bytes)| bytes <= largest)
    }
}

/// Tells the engines that are a backend and nothing else.
pub(super) fn is_own(cell: &Cell) -> bool {
    cell.engine.starts_with("delimark/")
}

/// Names the limit that searches as a cell does; there is none for what runs in another process.
pub(super) fn masks_name(cell: &Cell) -> Option<String> {
    let backend = cell.backend_executed.as_ref().filter(|_| !cell.engine.contains('@'))?;
    Some(format!("limit/masks-{backend}"))
}
