//! The reasons that there is no ranking, each with what to do about it.

use std::error::Error;
use std::fmt;

use super::EngineLeftOut;
use super::grid::Grid;

/// The reason that engines cannot be ranked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RankError {
    what: String,
}

impl RankError {
    pub(super) fn same_run(one: &str, other: &str) -> Self {
        Self { what: format!("{one} and {other} hold the same run, which would count twice") }
    }

    pub(super) fn too_few(
        engines: &[&str],
        left_out: &[EngineLeftOut],
        grid: &Grid<'_>,
        coverage_percent: u8,
    ) -> Self {
        let there_is = match engines {
            [] => "there is none".to_owned(),
            _ => format!("there is only {}", engines.join(", ")),
        };
        let mut what = format!("it takes two engines to rank, and {there_is}");
        if !grid.not_ranked.is_empty() {
            let names: Vec<&str> = grid.not_ranked.iter().copied().collect();
            what += &format!("; {} is never ranked", names.join(", "));
        }
        if !left_out.is_empty() {
            let cells = grid.columns.len();
            let names: Vec<String> = left_out
                .iter()
                .map(|left_out| format!("{} ({} of {cells})", left_out.engine, left_out.cells))
                .collect();
            what += &format!(
                "; left out for having less than {coverage_percent} % of the cells: {}; ask for \
                 less with --coverage, or name what they have in common with --models and \
                 --datasets",
                names.join(", ")
            );
        }
        Self { what }
    }

    pub(super) fn no_common_cell(engines: &[&str], grid: &Grid<'_>) -> Self {
        let all = grid.columns.len();
        let fewest = engines.iter().min_by_key(|engine| grid.cells_of(engine));
        let fewest = fewest.map_or_else(String::new, |engine| {
            format!("; {engine} has the fewest, {} of {all}", grid.cells_of(engine))
        });
        Self {
            what: format!(
                "no cell is common to the {} engines{fewest}: name fewer with --engines, or ask \
                 for more cells with --coverage",
                engines.len()
            ),
        }
    }
}

impl fmt::Display for RankError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.what)
    }
}

impl Error for RankError {}
