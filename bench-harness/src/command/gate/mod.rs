//! `delimark-bench gate`: says whether a candidate may take the place of a baseline.

mod answers;
mod commands;
mod counting;
mod decision;
mod modes;
mod options;
mod output;
mod quantity;
mod rates;
mod record;
mod self_test;
mod side;
mod sides;
mod timing;

use std::path::{Path, PathBuf};
use std::time::Instant;

use anyhow::{Context, Result, bail};
use delimark_harness::supervised;
use delimark_report::gate::{Report, Verdict};

use self::decision::decide;
use self::modes::{Mode, ReportOptions, Request};
use self::options::Settings;
use self::sides::{Sides, workloads};
use super::progress::Progress;
use crate::exit::Exit;

/// Say whether a change made anything slower
///
/// Compares a candidate with a baseline, in four layers, each of which can be turned off: answers
/// (the conformance suite, and every pass against the reference), instructions (counted by
/// callgrind, or step by step where Valgrind cannot), memory, and time. Times are measured in pairs
/// of processes side by side until the interval of each cell is clear of the margin or the budget
/// ends; what seems slower is measured again and has to be so twice. A second process of the
/// baseline in each pair, the control, shows what this machine makes of no difference. Of each
/// process its fastest pass counts: what is slow in some passes or runs only, such as a pause every
/// third run, is not seen. Where the budget ends first, a candidate that was far slower in every
/// pair is a regression.
///
/// A side is a git revision, which is built (delimark-runner alone, in seconds, and kept), or a
/// program that is there, which is one of its kind; a baseline can also be a file with counts of
/// another time on this machine, which leaves out times.
///
/// Without a mode, --baseline says which it is: a revision, a program or a stored baseline. With
/// --engine-baseline and --engine-candidate it is `gate commands`.
#[derive(clap::Args)]
#[command(args_conflicts_with_subcommands = true)]
#[command(after_help = "\
Examples:
  delimark-bench gate
  delimark-bench gate --baseline main --short
  delimark-bench gate revision v0.1.0 --candidate HEAD --margin 3% --budget 5m
  delimark-bench gate --layers answers,instructions --engines 'avx2$' --models 'index|fields'
  delimark-bench gate --baseline HEAD^ --format markdown -o gate.json -o gate.xml
  delimark-bench gate --config ci/gate.toml
  delimark-bench gate commands 'old/parse {path}' 'new/parse {path}'
  delimark-bench gate record
  delimark-bench gate stored reports/baselines/FINGERPRINT/TOOLCHAIN.json
  delimark-bench gate self-test

Exit codes:
  0  nothing is worse, or what could not be decided may pass: --inconclusive pass
  1  the candidate answers wrongly, or not at all; of self-test: the gate was fooled
  2  the command line, a side or the machine does not allow it
  3  regression: slower, more instructions or more memory than the limits allow
  4  inconclusive: neither this nor that could be shown; also with --inconclusive pass where the
     budget ended with a few pairs, each of them slower by more than twice the margin")]
pub(crate) struct Args {
    #[command(subcommand)]
    mode: Option<Mode>,

    #[command(flatten)]
    request: Request,

    /// Measure even where both sides are one program, byte for byte
    #[arg(long)]
    measure_same: bool,

    #[command(flatten)]
    report: ReportOptions,

    #[command(flatten)]
    former: FormerOptions,
}

/// Options that are modes now, as scripts know them.
#[derive(clap::Args)]
struct FormerOptions {
    /// Store the counts of the candidate: `gate record`
    #[arg(long, value_name = "FILE", num_args = 0..=1, hide = true)]
    #[arg(conflicts_with_all = ["output", "format"])]
    save_baseline: Option<Option<PathBuf>>,

    /// See whether the gate notices: `gate self-test`
    #[arg(long, hide = true, conflicts_with_all = ["save_baseline", "output", "baseline"])]
    self_test: bool,

    /// Find out how often the gate is wrong: `gate rates`
    #[arg(long, value_name = "DIR", hide = true)]
    #[arg(conflicts_with_all = ["self_test", "save_baseline", "output", "baseline"])]
    measure_rates: Option<PathBuf>,

    /// The most gates to run now
    #[arg(long, value_name = "N", requires = "measure_rates", hide = true)]
    gates_most: Option<usize>,
}

pub(crate) fn run(args: &Args) -> Result<Exit> {
    if let Some(mode) = &args.mode {
        return mode.run();
    }
    let settings = args.request.settings()?;
    let FormerOptions { save_baseline, self_test, measure_rates, gates_most } = &args.former;
    match (save_baseline, measure_rates) {
        (Some(path), _) => record::save(&settings, path.as_deref()),
        _ if *self_test => run_self_test(&settings),
        (_, Some(folder)) => run_rates(&settings, folder, *gates_most),
        _ => compare(&settings, args.measure_same, &args.report),
    }
}

/// Compares two sides, writes the report, and turns its verdict into an exit code.
fn compare(settings: &Settings, measure_same: bool, options: &ReportOptions) -> Result<Exit> {
    output::check(&options.output)?;
    let begin = Instant::now();
    let mut progress = start()?;
    let workloads = workloads(settings, &mut progress)?;
    let report = match &settings.commands {
        Some(commands) => commands::decide(commands, settings, &workloads, &mut progress)?,
        None => {
            let sides = Sides::find(settings, &workloads, measure_same, &mut progress)?;
            decide(&sides, &mut progress)?.report
        }
    };
    progress.finish();
    let report = Report { seconds: begin.elapsed().as_secs_f64(), ..report };
    let exit = exit_code(report.verdict, settings.lets_inconclusive_pass && !report.seems_slower());
    output::write(&report, exit, options.format, &options.output)
}

fn run_self_test(settings: &Settings) -> Result<Exit> {
    check_is_own("self-test", settings)?;
    let mut progress = start()?;
    let workloads = workloads(settings, &mut progress)?;
    self_test::run(settings, &workloads, &mut progress)
}

fn run_rates(settings: &Settings, folder: &Path, gates_most: Option<usize>) -> Result<Exit> {
    check_is_own("rates", settings)?;
    let mut progress = start()?;
    let workloads = workloads(settings, &mut progress)?;
    rates::run(settings, &workloads, folder, gates_most.unwrap_or(usize::MAX), &mut progress)
}

/// Begins the work: from here on a signal ends children, too.
fn start() -> Result<Progress> {
    supervised::end_children_on_signals().context("no signal can be handled")?;
    Ok(Progress::new())
}

/// Checks that nothing is asked of somebody else's engine that can be asked of this project's
/// alone.
fn check_is_own(mode: &str, settings: &Settings) -> Result<()> {
    if settings.commands.is_some() {
        bail!(
            "`gate {mode}` is about this project's own engines, and the commands somebody else's"
        );
    }
    Ok(())
}

/// Returns the exit code of a verdict; with `lets_inconclusive_pass`, 0
/// for what could not be decided.
const fn exit_code(verdict: Verdict, lets_inconclusive_pass: bool) -> Exit {
    match verdict {
        Verdict::Pass => Exit::Success,
        Verdict::Inconclusive if lets_inconclusive_pass => Exit::Success,
        Verdict::Inconclusive => Exit::Inconclusive,
        Verdict::Regression => Exit::Regression,
        Verdict::WrongAnswers => Exit::Failure,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_verdict_has_its_exit_code() {
        let verdicts =
            [Verdict::Pass, Verdict::WrongAnswers, Verdict::Regression, Verdict::Inconclusive];
        assert_eq!(verdicts.map(|verdict| exit_code(verdict, false) as u8), [0, 1, 3, 4]);
        assert_eq!(verdicts.map(|verdict| exit_code(verdict, true) as u8), [0, 1, 3, 0]);
    }
}
