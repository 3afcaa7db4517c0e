//! `delimark-bench rank`: puts the engines of one or more runs in order.

use std::path::PathBuf;

use anyhow::Result;
use delimark_report::comparison;

use super::print;
use super::reading::{self, Filters, Format};
use crate::exit::Exit;

/// Put the engines of one or more runs in order
///
/// A cell is a model on a data set in one file. An engine's ratio in a cell is its median time over
/// that of the best engine there; engines are in the order of the geometric mean of these ratios,
/// over the cells that all of them have. So that an engine with a single cell does not make that
/// the only one, those with less than half of the cells are left out: --coverage sets another
/// share. All cells and engines that are left out are listed, with the reason. Ratios stay inside
/// a file, so files of different machines can be ranked together.
///
/// Limits, engines that are slow on purpose and emulated ones are not ranked. A cell that failed
/// or was disqualified counts as missing.
#[derive(clap::Args)]
#[command(after_help = "\
Examples:
  delimark-bench rank reports/local/2026-01-31-1200/results.json
  delimark-bench rank results.json --models 'fields|project' --coverage 100
  delimark-bench rank results.json --models '^extract$'
  delimark-bench rank reports/local/*/results.json --engines 'peer/|avx2' --format markdown

Exit codes:
  0  the ranking was printed
  2  a file cannot be read or does not keep to the schema, a filter fits nothing, fewer than two
     engines are left, or no cell is common to those that are")]
pub(crate) struct Args {
    /// The results of runs
    #[arg(required = true)]
    results: Vec<PathBuf>,

    #[command(flatten)]
    filters: Filters,

    /// Percentage of the cells that an engine needs to be ranked
    #[arg(long, value_name = "PERCENT", default_value_t = 50)]
    #[arg(value_parser = clap::value_parser!(u8).range(0..=100))]
    coverage: u8,

    /// Format of standard output
    #[arg(long, value_enum, default_value_t = Format::Text)]
    format: Format,
}

pub(crate) fn run(args: &Args) -> Result<Exit> {
    let sources =
        args.results.iter().map(|path| reading::read(path)).collect::<Result<Vec<_>>>()?;
    let selection = args.filters.selection(&sources)?;
    let ranking = comparison::rank(&sources, &selection, args.coverage)?;
    print(&args.format.render(&ranking))?;
    Ok(Exit::Success)
}
