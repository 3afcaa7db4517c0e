//! `delimark-bench gate`: says whether a candidate may take the place of a baseline.

mod answers;
mod contest;
mod counting;
mod decision;
mod engines;
mod options;
mod output;
mod quantity;
mod rates;
mod self_test;
mod sides;
mod stored;
mod timing;

use std::path::PathBuf;
use std::time::Instant;

use anyhow::{Context, Result, bail};
use delimark_harness::supervised;
use delimark_report::gate::{Report, Verdict};

use self::contest::{Contest, workloads};
use self::decision::{Decision, decide};
use self::options::{Options, Settings};
use self::output::Format;
use super::progress::Progress;
use crate::exit::Exit;

/// Say whether a change made anything slower
///
/// Holds a candidate against a baseline, in four layers, each of which can be turned off: answers
/// (the conformance suite, and every pass against the reference), instructions (counted by
/// callgrind, or step by step where Valgrind cannot), memory, and time. Times are measured in pairs
/// of processes side by side until the interval of each cell is clear of the margin or the budget
/// ends; what seems slower is measured again and has to be so twice. A second process of the
/// baseline in each pair shows what this machine makes of no difference. Of each process its
/// fastest pass counts: what is slow in some passes or runs only, such as a pause every third run,
/// is not seen. Where the budget ends first, a candidate that was far slower in every pair is a
/// regression.
///
/// A side is a git revision, which is built (delimark-runner alone, in seconds, and kept), or a
/// program that is there, which is one of its kind; a baseline can also be a file with counts of
/// another time on this machine, which leaves out times.
///
/// With --engine-baseline and --engine-candidate it gates anybody's command in the same way: a
/// process a pass, from its start to its end, whose outputs have to be equal.
#[derive(clap::Args)]
#[command(after_help = "\
Examples:
  delimark-bench gate
  delimark-bench gate --baseline main --short
  delimark-bench gate --baseline v0.1.0 --candidate HEAD --margin 3% --budget 5m
  delimark-bench gate --layers answers,instructions --engines 'avx2$' --models 'index|fields'
  delimark-bench gate --baseline HEAD^ --format markdown -o gate.json -o gate.xml
  delimark-bench gate --config ci/gate.toml
  delimark-bench gate --engine-baseline 'old/parse {path}' --engine-candidate 'new/parse {path}'
  delimark-bench gate --self-test
  delimark-bench gate --save-baseline
  delimark-bench gate --baseline reports/baselines/FINGERPRINT/TOOLCHAIN.json

Exit codes:
  0  nothing is worse, or what could not be decided may pass: --inconclusive pass
  1  the candidate answers wrongly, or not at all; with --self-test: the gate was fooled
  2  the command line, a side or the machine does not allow it
  3  regression: slower, more instructions or more memory than the limits allow
  4  inconclusive: neither this nor that could be shown; also with --inconclusive pass where the
     budget ended with a few pairs, each of them slower by more than twice the margin")]
pub(crate) struct Args {
    #[command(flatten)]
    options: Options,

    /// Take what the command line does not say from this file, see ci/gate.toml
    #[arg(long, value_name = "FILE")]
    config: Option<PathBuf>,

    /// Take fewer models and less time: under three minutes on two cores, builds included
    #[arg(long)]
    short: bool,

    /// Measure even where both sides are one program, byte for byte
    #[arg(long)]
    measure_same: bool,

    /// Store the counts of the candidate instead of comparing them [default: this machine's and
    /// compiler's file in reports/baselines]
    #[arg(long, value_name = "FILE", num_args = 0..=1, conflicts_with_all = ["output", "format"])]
    save_baseline: Option<Option<PathBuf>>,

    /// See whether the gate notices: hold a build against itself, and against itself slowed on
    /// purpose in four ways, and fail where the gate is fooled
    #[arg(long, conflicts_with_all = ["save_baseline", "output", "baseline"])]
    self_test: bool,

    /// Find out how often the gate is wrong: hold hours of gates, store every pair of processes in
    /// this folder, hold thousands more with what is stored, and write a table and a plot. It goes
    /// on where it was stopped
    #[arg(long, value_name = "DIR")]
    #[arg(conflicts_with_all = ["self_test", "save_baseline", "output", "baseline"])]
    measure_rates: Option<PathBuf>,

    /// Hold so many gates now at most [default: all that are missing]; with 0 nothing is built, and
    /// the table is made of what is stored, of any machine
    #[arg(long, value_name = "N", requires = "measure_rates")]
    gates_most: Option<usize>,

    /// What to write to standard output
    #[arg(long, value_enum, default_value_t = Format::Text)]
    format: Format,

    /// Also write the report to this file: .json, .xml (JUnit), .md, .svg or .txt [repeatable]
    #[arg(long, short, value_name = "FILE")]
    output: Vec<PathBuf>,
}

pub(crate) fn run(args: &Args) -> Result<Exit> {
    let settings = Settings::of(&args.options, args.config.as_deref(), args.short)?;
    check_subject(args, &settings)?;
    output::check(&args.output)?;
    supervised::end_children_on_signals().context("no signal can be handled")?;
    let begin = Instant::now();
    let mut progress = Progress::new();
    if let Some(path) = &args.save_baseline {
        return stored::save(&settings, path.as_deref(), &mut progress);
    }
    let workloads = workloads(&settings, &mut progress)?;
    if args.self_test {
        return self_test::run(&settings, &workloads, &mut progress);
    }
    if let Some(folder) = &args.measure_rates {
        let most = args.gates_most.unwrap_or(usize::MAX);
        return rates::run(&settings, &workloads, folder, most, &mut progress);
    }
    if let Some(commands) = &settings.commands {
        let report = engines::decide(commands, &settings, &workloads, &mut progress)?;
        return finish(args, &settings, report, begin, &progress);
    }
    let contest = Contest::find(&settings, &workloads, args.measure_same, &mut progress)?;
    let Decision { report, units: _ } = decide(&contest, &mut progress)?;
    finish(args, &settings, report, begin, &progress)
}

/// Sees that nothing is asked of somebody else's engine that can be asked of this project's alone.
fn check_subject(args: &Args, settings: &Settings) -> Result<()> {
    let options = [
        ("--save-baseline", args.save_baseline.is_some()),
        ("--self-test", args.self_test),
        ("--measure-rates", args.measure_rates.is_some()),
    ];
    let own = options.iter().find(|(_, is_given)| *is_given && settings.commands.is_some());
    if let Some((option, _)) = own {
        bail!("{option} is about this project's own engines; --engine-baseline is somebody else's");
    }
    Ok(())
}

/// Writes the report, and turns its verdict into an exit code.
fn finish(
    args: &Args,
    settings: &Settings,
    report: Report,
    begin: Instant,
    progress: &Progress,
) -> Result<Exit> {
    progress.finish();
    let report = Report { seconds: begin.elapsed().as_secs_f64(), ..report };
    let exit = exit_code(report.verdict, settings.lets_inconclusive_pass && !report.seems_slower());
    output::write(&report, exit, args.format, &args.output)
}

/// Returns the exit code of a verdict; who wants it so lets pass what could not be decided.
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
