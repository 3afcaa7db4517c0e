//! `delimark-bench report`: rebuilds the report of a run from its results alone.

use std::path::{Path, PathBuf};

use anyhow::Context;
use delimark_report::report;
use delimark_results::{Results, display};

use super::print;
use crate::exit::Exit;

/// Rebuild the report of a run from its results.json
///
/// Checks RESULTS against the schema, writes report.html, report.md and plots/*.svg, and prints
/// the tables and, on the last line, the path of report.html.
#[derive(clap::Args)]
#[command(after_help = "\
Example:
  delimark-bench report reports/local/2026-01-31-1200/results.json --output report

Exit codes:
  0  the report was written
  2  RESULTS cannot be read or does not keep to the schema, or the report cannot be written")]
pub(crate) struct Args {
    /// The results of a run
    results: PathBuf,

    /// The folder to write to, made if absent [default: the folder of RESULTS]
    #[arg(long, short, value_name = "DIR")]
    output: Option<PathBuf>,
}

pub(crate) fn run(args: &Args) -> anyhow::Result<Exit> {
    let results = Results::read(&args.results)
        .with_context(|| format!("cannot use {}", display::path(&args.results)))?;
    let beside = args.results.parent().unwrap_or(Path::new(""));
    let directory = args.output.as_deref().unwrap_or(beside);
    let files = report::write(&results, directory)?;

    print(&format!("{}\n{}\n", report::terminal::render(&results), files.html.display()))?;
    Ok(Exit::Success)
}
