//! `delimark-bench compare`: compares one run with another, or two engines of a run.

use std::path::PathBuf;

use anyhow::Result;
use delimark_report::comparison::{self, Subject, Unit};

use super::reading::{self, Filters, Format};
use super::{print, print_verdict, tell};
use crate::exit::Exit;

/// Compare two runs, or two engines of a run
///
/// Says for each cell (engine, model, data set) how many times as fast B is as A, with a 95 %
/// interval. Engines of one run are compared round by round; of two runs the medians are, since
/// their rounds have nothing to do with each other. Where the interval includes 1, or reaches
/// within what either run found an engine to differ from itself, there is no difference. Cells that
/// only one of the two has, and those on other data, are listed with the reason.
///
/// Times of different machines are not compared. With --of-limit, each time is compared with that
/// of only reading the bytes, in the same round on the same machine, and those shares are compared.
///
/// It informs and does not gate: the exit code does not tell what came of it, only whether any cell
/// could be compared.
#[derive(clap::Args)]
#[command(after_help = "\
Examples:
  delimark-bench compare before/results.json after/results.json
  delimark-bench compare zen3.json sapphire-rapids.json --of-limit --engines delimark/
  delimark-bench compare results.json --engine-a peer/csv --engine-b delimark/avx2
  delimark-bench compare old.json new.json --engine-a delimark/sse42 --engine-b delimark/avx2

Exit codes:
  0  the comparison was printed, whatever it says of the cells that are in both
  2  a file cannot be read or does not keep to the schema, a filter or a name fits nothing, times
     would be compared across machines, all data of the two runs differ, or no cell is in both")]
pub(crate) struct Args {
    /// The results of the run that comes first
    a: PathBuf,

    /// The results that are compared with it [default: the same run, for two of its engines]
    #[arg(required_unless_present = "engine_a")]
    b: Option<PathBuf>,

    /// Compare only this engine of A
    #[arg(long, value_name = "NAME", requires = "engine_b", conflicts_with = "engines")]
    engine_a: Option<String>,

    /// Compare it with this engine of B
    #[arg(long, value_name = "NAME", requires = "engine_a")]
    engine_b: Option<String>,

    /// Compare shares of the read limit, each of its own run, instead of times
    #[arg(long)]
    of_limit: bool,

    #[command(flatten)]
    filters: Filters,

    /// Format of standard output
    #[arg(long, value_enum, default_value_t = Format::Text)]
    format: Format,
}

pub(crate) fn run(args: &Args) -> Result<Exit> {
    let a = reading::read(&args.a)?;
    let b = match &args.b {
        Some(path) => reading::read(path)?,
        None => a.clone(),
    };
    let sources = [a, b];
    let selection = args.filters.selection(&sources)?;
    let subject = match (&args.engine_a, &args.engine_b) {
        (Some(a), Some(b)) => Subject::Engines { a: a.clone(), b: b.clone() },
        _ => Subject::SameNames,
    };
    let unit = if args.of_limit { Unit::ShareOfReadLimit } else { Unit::Time };
    let [a, b] = &sources;
    let changes = comparison::compare(a, b, &subject, unit, &selection)?;
    if changes.changes.is_empty() {
        let count = changes.not_compared.len();
        tell(format_args!(
            "nothing could be compared: each of the {count} cells is left out, with the reason"
        ));
        return print_verdict(&args.format.render(&changes), Exit::Usage);
    }
    print(&args.format.render(&changes))?;
    Ok(Exit::Success)
}
