//! The cells of each engine, and the engines that are ranked at all.

use std::collections::{BTreeMap, BTreeSet};

use delimark_results::{Cell, EngineName};

use super::{CellName, EngineLeftOut, LackedCell};
use crate::comparison::{Selection, Source};
use crate::report::Family;

/// Engines by cells, as far as they were asked for.
pub(super) struct Grid<'a> {
    /// The cells that at least one engine has.
    pub(super) columns: Vec<Column<'a>>,
    /// The engines that could be ranked, with what was to be measured and was not.
    pub(super) engines: BTreeSet<&'a str>,
    /// The engines that are no part of any ranking.
    pub(super) not_ranked: BTreeSet<&'a str>,
}

/// A model on a data set in one file: only there, times can be compared.
pub(super) struct Column<'a> {
    /// The index of its file.
    pub(super) file: usize,
    source: &'a Source,
    pub(super) model: &'a str,
    pub(super) dataset: &'a str,
    cells: BTreeMap<&'a str, &'a Cell>,
}

impl<'a> Grid<'a> {
    pub(super) fn gather(sources: &'a [Source], selection: &Selection) -> Self {
        let mut grid =
            Self { columns: Vec::new(), engines: BTreeSet::new(), not_ranked: BTreeSet::new() };
        for (file, source) in sources.iter().enumerate() {
            for cell in &source.results.cells {
                if !selection.wants(&cell.engine, &cell.model, &cell.dataset) {
                    continue;
                }
                if is_ranked(&cell.engine) {
                    grid.engines.insert(&cell.engine);
                    grid.column(file, source, cell).cells.insert(&cell.engine, cell);
                } else {
                    grid.not_ranked.insert(&cell.engine);
                }
            }
            let skipped = source.results.skipped.iter().filter(|skipped| {
                is_ranked(&skipped.engine)
                    && selection.wants(&skipped.engine, &skipped.model, &skipped.dataset)
            });
            grid.engines.extend(skipped.map(|skipped| &*skipped.engine));
        }
        grid
    }

    /// Returns the column that a cell belongs to; it begins with its first cell.
    fn column(&mut self, file: usize, source: &'a Source, cell: &'a Cell) -> &mut Column<'a> {
        let is_it = |column: &Column<'_>| {
            (column.file, column.model, column.dataset) == (file, &*cell.model, &*cell.dataset)
        };
        let index = self.columns.iter().position(is_it).unwrap_or_else(|| {
            let (model, dataset) = (&*cell.model, &*cell.dataset);
            self.columns.push(Column { file, source, model, dataset, cells: BTreeMap::new() });
            self.columns.len() - 1
        });
        &mut self.columns[index]
    }

    /// Counts an engine's cells.
    pub(super) fn cells_of(&self, engine: &str) -> usize {
        self.columns.iter().filter(|column| column.has(engine)).count()
    }

    /// Returns the engines with at least this share of the cells, and those with less. Nobody is
    /// ranked without any cell.
    pub(super) fn split(&self, coverage_percent: u8) -> (Vec<&'a str>, Vec<EngineLeftOut>) {
        let needed = usize::from(coverage_percent) * self.columns.len();
        let is_covered = |engine: &&str| {
            let cells = self.cells_of(engine);
            cells > 0 && cells * 100 >= needed
        };
        let (ranked, others): (Vec<&str>, Vec<&str>) =
            self.engines.iter().copied().partition(is_covered);
        (ranked, others.into_iter().map(|engine| self.left_out(engine)).collect())
    }

    fn left_out(&self, engine: &str) -> EngineLeftOut {
        let lacking = self.columns.iter().filter(|column| !column.has(engine));
        let lacks = lacking
            .map(|column| LackedCell { cell: column.name(), reason: column.absence(engine) });
        EngineLeftOut {
            engine: engine.to_owned(),
            cells: self.cells_of(engine),
            lacks: lacks.collect(),
        }
    }
}

impl<'a> Column<'a> {
    pub(super) fn has(&self, engine: &str) -> bool {
        self.cells.contains_key(engine)
    }

    pub(super) fn cell(&self, engine: &str) -> Option<&'a Cell> {
        self.cells.get(engine).copied()
    }

    /// Says why an engine is not in it.
    pub(super) fn absence(&self, engine: &str) -> String {
        self.source.absence(engine, self.model, self.dataset)
    }

    pub(super) fn name(&self) -> CellName {
        CellName {
            file: self.source.name.clone(),
            model: self.model.to_owned(),
            dataset: self.dataset.to_owned(),
        }
    }
}

/// Tells what is up for comparison: no limit, nothing that is slow on purpose, nothing emulated.
fn is_ranked(engine: &str) -> bool {
    let name = EngineName::parse(engine);
    !name.is_emulated() && matches!(name.family(), Family::Delimark | Family::Peer)
}
