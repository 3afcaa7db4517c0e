//! Engines put in order by the geometric mean of their ratios to the best, over the cells that all
//! of them have.
//!
//! Each file's cells are cells of their own: times are never compared across files, so it does not
//! matter that these may come from different machines.

mod chapters;
mod error;
mod grid;
mod standing;

use delimark_results::Known;
use serde::Serialize;

pub use self::error::RankError;
use self::grid::{Column, Grid};
use self::standing::Field;
use super::source::aa_spread;
use super::{RunFacts, Selection, Source};

/// Engines in order, with all that was left out to get there.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Ranking {
    /// The files that the cells are from.
    pub files: Vec<RunFacts>,
    /// The engines, best first.
    pub engines: Vec<Standing>,
    /// The cells that they are ranked over; ratios are in this order.
    pub cells: Vec<CellName>,
    /// The cells that some of them lack.
    pub cells_left_out: Vec<CellLeftOut>,
    /// The percentage of the cells that an engine needs to be ranked.
    pub coverage_percent: u8,
    /// The engines that have fewer.
    pub engines_left_out: Vec<EngineLeftOut>,
    /// Limits, engines that are slow on purpose, and emulated ones.
    pub not_ranked: Vec<String>,
    /// The most that the runs found an engine apart from itself.
    pub twin_spread: Known<f64>,
}

/// An engine's rank, with the figures that it comes from.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Standing {
    /// From 1; engines that the rounds do not tell apart share one.
    pub rank: usize,
    /// The engine's name.
    pub engine: String,
    /// Its time over that of the best, over all cells.
    pub mean_ratio: MeanRatio,
    /// In how many cells it is the best.
    pub cells_won: usize,
    /// Its time over that of the best, by cell.
    pub ratios: Vec<f64>,
}

/// A geometric mean with its 95 % interval.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct MeanRatio {
    /// The geometric mean.
    pub mean: f64,
    /// The lower end of the interval.
    pub low: f64,
    /// The upper end of the interval.
    pub high: f64,
}

/// A model on a data set in one file.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct CellName {
    /// The file's name.
    pub file: String,
    /// The model's name.
    pub model: String,
    /// The data set's name.
    pub dataset: String,
}

/// A cell that not all ranked engines have.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct CellLeftOut {
    /// The cell's name.
    pub cell: CellName,
    /// The ranked engines that lack it.
    pub lacked_by: Vec<Gap>,
}

/// An engine that lacks a cell.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Gap {
    /// The engine's name.
    pub engine: String,
    /// The reason that it lacks it.
    pub reason: String,
}

/// An engine with too few cells.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct EngineLeftOut {
    /// The engine's name.
    pub engine: String,
    /// The number of its cells.
    pub cells: usize,
    /// The cells that it lacks.
    pub lacks: Vec<LackedCell>,
}

/// A cell that an engine lacks.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct LackedCell {
    /// The cell's name.
    pub cell: CellName,
    /// The reason that the engine lacks it.
    pub reason: String,
}

/// Ranks the engines that have at least `coverage_percent` of the cells, over the cells that all
/// of these have.
///
/// # Errors
///
/// Fails if the same run is there twice, if fewer than two engines have enough cells, and if these
/// have no cell in common.
///
/// # Panics
///
/// Panics if a cell lacks the sample of a round, which no file does that could be read.
pub fn rank(
    sources: &[Source],
    selection: &Selection,
    coverage_percent: u8,
) -> Result<Ranking, RankError> {
    check_runs(sources)?;
    let grid = Grid::gather(sources, selection);
    let (engines, engines_left_out) = grid.split(coverage_percent);
    if engines.len() < 2 {
        return Err(RankError::too_few(&engines, &engines_left_out, &grid, coverage_percent));
    }
    let lacked_by = |column: &Column<'_>| -> Vec<Gap> {
        let lacking = engines.iter().filter(|engine| !column.has(engine));
        let gap =
            |engine: &&str| Gap { engine: (*engine).to_owned(), reason: column.absence(engine) };
        lacking.map(gap).collect()
    };
    let (common, others): (Vec<&Column<'_>>, Vec<&Column<'_>>) =
        grid.columns.iter().partition(|column| lacked_by(column).is_empty());
    if common.is_empty() {
        return Err(RankError::no_common_cell(&engines, &grid));
    }
    let left_out = others
        .iter()
        .map(|column| CellLeftOut { cell: column.name(), lacked_by: lacked_by(column) });
    let twin_spread = aa_spread(sources);
    let spread = twin_spread.value().copied().unwrap_or(1.0);
    Ok(Ranking {
        files: sources.iter().map(Source::facts).collect(),
        engines: Field::new(sources, &common, &engines).standings(spread),
        cells: common.iter().map(|column| column.name()).collect(),
        cells_left_out: left_out.collect(),
        coverage_percent,
        engines_left_out,
        not_ranked: grid.not_ranked.iter().map(|&engine| engine.to_owned()).collect(),
        twin_spread,
    })
}

/// Checks that no run is given twice: it would count twice.
fn check_runs(sources: &[Source]) -> Result<(), RankError> {
    for (index, source) in sources.iter().enumerate() {
        if let Some(same) = sources[..index].iter().find(|other| other.results == source.results) {
            return Err(RankError::same_run(&same.name, &source.name));
        }
    }
    Ok(())
}
