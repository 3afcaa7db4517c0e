//! The gate's modes, a subcommand each, and what the command line says to each of them.

use std::path::PathBuf;

use anyhow::{Result, ensure};
use clap::{Arg, Subcommand};

use super::options::{Options, Settings};
use super::output::Format;
use super::{compare, record, run_rates, run_self_test};
use crate::exit::Exit;
use crate::revision::Source;

/// The options that name what somebody else's engines are, which only `commands` compares.
const OF_COMMANDS: [&str; 2] = ["engine_baseline", "engine_candidate"];

/// The exit codes of the modes that compare.
const EXIT_CODES: &str = "\
Exit codes:
  0  nothing is worse, or what could not be decided may pass: --inconclusive pass
  1  the candidate answers wrongly, or not at all
  2  the command line, a side or the machine does not allow it
  3  regression: slower, more instructions or more memory than the limits allow
  4  inconclusive: neither this nor that could be shown";

#[derive(Subcommand)]
pub(super) enum Mode {
    Revision(RevisionArgs),
    Stored(StoredArgs),
    Commands(CommandsArgs),
    Record(RecordArgs),
    SelfTest(SelfTestArgs),
    Rates(RatesArgs),
}

/// Options of every mode: the data, the rules and the time.
#[derive(clap::Args)]
pub(super) struct Request {
    #[command(flatten)]
    options: Options,

    /// Read the options that the command line leaves out from this file, see ci/gate.toml
    #[arg(long, value_name = "FILE")]
    config: Option<PathBuf>,

    /// Take fewer models and less time: under three minutes on two cores, builds included
    #[arg(long)]
    short: bool,
}

/// Options about the report.
#[derive(clap::Args)]
pub(super) struct ReportOptions {
    /// The form that standard output gets
    #[arg(long, value_enum, default_value_t = Format::Text)]
    pub(super) format: Format,

    /// Also write the report to this file: .json, .xml (JUnit), .md, .svg or .txt [repeatable]
    #[arg(long, short, value_name = "FILE")]
    pub(super) output: Vec<PathBuf>,
}

/// Compare a revision or a program with the candidate
///
/// A revision is built (delimark-runner alone, in seconds, and kept); a program is a
/// delimark-runner that is there. The candidate is the files of the checkout, or what --candidate
/// names. `delimark-bench gate --baseline REV` is the same.
#[derive(clap::Args)]
#[command(mut_args(without(&["baseline", OF_COMMANDS[0], OF_COMMANDS[1]])))]
#[command(after_help = format!("\
Examples:
  delimark-bench gate revision main --short
  delimark-bench gate revision v0.1.0 --candidate HEAD --margin 3% --budget 5m

{EXIT_CODES}"))]
pub(super) struct RevisionArgs {
    /// The baseline: a revision or a program
    #[arg(value_name = "REV|FILE")]
    revision: String,

    #[command(flatten)]
    request: Request,

    /// Measure even where both sides are one program, byte for byte
    #[arg(long)]
    measure_same: bool,

    #[command(flatten)]
    report: ReportOptions,
}

/// Compare counts that `gate record` stored on this machine with the candidate
///
/// There are no times: they compare only within a run.
#[derive(clap::Args)]
#[command(mut_args(without(&["baseline", OF_COMMANDS[0], OF_COMMANDS[1]])))]
#[command(after_help = format!("\
Example:
  delimark-bench gate stored reports/baselines/FINGERPRINT/TOOLCHAIN.json

{EXIT_CODES}"))]
pub(super) struct StoredArgs {
    /// The baseline: a file that `gate record` wrote
    #[arg(value_name = "FILE")]
    file: String,

    #[command(flatten)]
    request: Request,

    #[command(flatten)]
    report: ReportOptions,
}

/// Compare two commands, or two declared engines, of anybody's
///
/// A command is a process a pass, timed from its start to its end, and the outputs of both have to
/// be equal. In it {path} stands for the data, and {delimiter}, {fields} and {awk_fields} can
/// stand, too; without {path} it reads standard input.
#[derive(clap::Args)]
#[command(mut_args(without(&[
    "baseline", "candidate", "engines", OF_COMMANDS[0], OF_COMMANDS[1],
])))]
#[command(after_help = format!("\
Examples:
  delimark-bench gate commands 'old/parse {{path}}' 'new/parse {{path}}'
  delimark-bench gate commands old.toml new.toml --models 'count|fields' -o gate.xml

{EXIT_CODES}"))]
pub(super) struct CommandsArgs {
    /// The engine as it was: a command, or a declaration (.toml)
    #[arg(value_name = "BASELINE")]
    before: String,

    /// The engine that may take its place
    #[arg(value_name = "CANDIDATE")]
    after: String,

    #[command(flatten)]
    request: Request,

    #[command(flatten)]
    report: ReportOptions,
}

/// Store the counts of the candidate, for `gate stored` to compare with
#[derive(clap::Args)]
#[command(mut_args(without(&["baseline", OF_COMMANDS[0], OF_COMMANDS[1]])))]
#[command(after_help = "\
Examples:
  delimark-bench gate record
  delimark-bench gate record counts.json --candidate v0.1.0

Exit codes:
  0  the counts are stored, in the file that standard output names
  1  the candidate answers wrongly, or not at all
  2  the command line, the candidate or the machine does not allow it")]
pub(super) struct RecordArgs {
    /// The file to write [default: this machine's and compiler's file in reports/baselines]
    #[arg(value_name = "FILE")]
    file: Option<PathBuf>,

    #[command(flatten)]
    request: Request,
}

/// See whether the gate notices a slowdown on this machine
///
/// Compares a build with itself, and with itself slowed on purpose in four ways.
#[derive(clap::Args)]
#[command(mut_args(without(&["baseline", OF_COMMANDS[0], OF_COMMANDS[1]])))]
#[command(after_help = "\
Example:
  delimark-bench gate self-test --short --engines 'scalar$' --models 'index|fields'

Exit codes:
  0  the gate notices
  1  the gate was fooled
  2  the command line, the build or the machine does not allow it
  4  the gate cannot tell here: this machine is too noisy")]
pub(super) struct SelfTestArgs {
    #[command(flatten)]
    request: Request,
}

/// Find out how often the gate is wrong
///
/// Runs gates for hours, stores every pair of processes, repeats thousands of gates with what is
/// stored, and writes a table and a plot. It goes on where it was stopped.
#[derive(clap::Args)]
#[command(mut_args(without(&["baseline", OF_COMMANDS[0], OF_COMMANDS[1]])))]
#[command(after_help = "\
Examples:
  delimark-bench gate rates reports/gate --short
  delimark-bench gate rates reports/gate --gates-most 0

Exit codes:
  0  the table is written
  2  the command line, the build or the machine does not allow it")]
pub(super) struct RatesArgs {
    /// The folder with the pairs and the table
    #[arg(value_name = "DIR")]
    folder: PathBuf,

    /// The most gates to run now [default: all that are missing]; with 0 nothing is built, and the
    /// table is made of what is stored, of any machine
    #[arg(long, value_name = "N")]
    gates_most: Option<usize>,

    #[command(flatten)]
    request: Request,
}

impl Mode {
    pub(super) fn run(&self) -> Result<Exit> {
        match self {
            Self::Revision(args) => {
                let settings = args.request.settings_against(&args.revision)?;
                compare(&settings, args.measure_same, &args.report)
            }
            Self::Stored(StoredArgs { file, request, report }) => {
                let is_stored = matches!(Source::find(file)?, Source::Stored(_));
                ensure!(is_stored, "{file} is no stored baseline: `gate revision` takes others");
                compare(&request.settings_against(file)?, false, report)
            }
            Self::Commands(CommandsArgs { before, after, request, report }) => {
                let commands = [before.clone(), after.clone()];
                let options = request.options.clone().with_commands(commands);
                compare(&request.settings_of(&options)?, false, report)
            }
            Self::Record(args) => record::save(&args.request.settings()?, args.file.as_deref()),
            Self::SelfTest(args) => run_self_test(&args.request.settings()?),
            Self::Rates(RatesArgs { folder, gates_most, request }) => {
                run_rates(&request.settings()?, folder, *gates_most)
            }
        }
    }
}

impl Request {
    /// Puts the settings together.
    pub(super) fn settings(&self) -> Result<Settings> {
        self.settings_of(&self.options)
    }

    /// Puts the settings together, with this baseline.
    fn settings_against(&self, baseline: &str) -> Result<Settings> {
        self.settings_of(&self.options.clone().with_baseline(baseline))
    }

    fn settings_of(&self, options: &Options) -> Result<Settings> {
        Settings::of(options, self.config.as_deref(), self.short)
    }
}

/// Takes the options of other modes out of a mode's help, and refuses them.
fn without(ids: &[&str]) -> impl FnMut(Arg) -> Arg {
    move |arg| match ids.contains(&arg.get_id().as_str()) {
        true => arg.hide(true).value_parser(refuse),
        false => arg,
    }
}

fn refuse(_value: &str) -> Result<String, String> {
    Err("this mode does not have it, see `delimark-bench gate --help`".to_owned())
}

#[cfg(test)]
mod tests {
    use clap::{CommandFactory, Parser};

    use super::*;

    #[derive(Parser)]
    struct Gate {
        #[command(subcommand)]
        mode: Mode,
    }

    #[test]
    fn the_help_of_each_mode_has_an_example_and_the_exit_codes() {
        let mut gate = Gate::command();
        for mode in gate.get_subcommands_mut() {
            let name = mode.get_name().to_owned();
            let help = mode.render_long_help().to_string();
            assert!(help.contains(&format!("delimark-bench gate {name}")), "{help}");
            assert!(help.contains("Exit codes:\n  0  "), "{help}");
            assert!(!help.contains("--baseline") || name == "revision", "{help}");
        }
    }

    #[test]
    fn options_of_other_modes_are_refused() {
        for arguments in [
            &["gate", "revision", "main", "--baseline", "HEAD"][..],
            &["gate", "record", "--engine-baseline", "cat"],
            &["gate", "commands", "cat", "cat", "--engines", "avx2"],
            &["gate", "self-test", "--baseline", "HEAD"],
        ] {
            let error = Gate::try_parse_from(arguments).err().expect("it is refused").to_string();
            assert!(error.contains("this mode does not have it"), "{error}");
        }
        let Mode::Revision(args) =
            Gate::try_parse_from(["gate", "revision", "main", "--short"]).unwrap().mode
        else {
            panic!("another mode")
        };
        assert!(args.revision == "main" && args.request.short && !args.measure_same);
    }
}
