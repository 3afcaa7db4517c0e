//! `delimark-bench pass`: what a child does whose instructions are counted from outside. Hidden,
//! since the numbers are its parent's to print.

use std::io::{self, Write};
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail, ensure};
use delimark_harness::counters::child::{PassReport, engine, pass, stepped_pass};
use delimark_harness::engine::BurstTimer;
use delimark_harness::workload::{FileOptions, Workload};
use delimark_runner::model::Model;

use super::file_dialect::FileDialect;
use crate::exit::Exit;

/// Go once through a file while a tool counts instructions
///
/// Warms up on one file and goes through another in the function delimark_counted_pass, for tools
/// such as callgrind to look for, and prints a line of JSON: the answer and what was executed.
#[derive(clap::Args)]
#[command(after_help = "\
Example:
  valgrind --tool=callgrind --toggle-collect='*delimark_counted_pass*' \\
    delimark-bench pass --engine delimark/avx2 --model fields --input access.log

Exit codes:
  0  the answer is right
  1  it is not the reference's
  2  the command line, the files or the machine does not allow it")]
pub(crate) struct Args {
    /// The engine's name
    #[arg(long, value_name = "NAME")]
    engine: String,

    /// Backend that it has to execute, where its name leaves that open [default: the best that runs
    /// here]
    #[arg(long, value_name = "NAME")]
    executed: Option<String>,

    /// Model that it is asked
    #[arg(long, value_name = "NAME", value_parser = model)]
    model: Model,

    /// The file to go through
    #[arg(long, value_name = "FILE")]
    input: PathBuf,

    /// The file to go through before [default: that of --input]
    #[arg(long, value_name = "FILE")]
    warm_up: Option<PathBuf>,

    /// The rules of both files.
    #[command(flatten)]
    rules: FileDialect,

    /// Wait for a line on standard input, then stop before and after an empty pass and the real
    /// one, for somebody who steps from stop to stop
    #[arg(long)]
    stops: bool,
}

pub(crate) fn run(args: &Args) -> Result<Exit> {
    let workload = workload(args, &args.input)?;
    let warm_up_path = args.warm_up.as_ref();
    let warm_up = warm_up_path.map(|path| self::workload(args, path)).transpose()?;
    let input = workload.input();
    let mut engine = engine(&args.engine, args.executed.as_deref(), &input)?;
    if let Err(reason) = engine.supports(args.model, &input) {
        bail!("{} does not do {}: {reason}", args.engine, args.model);
    }
    engine.run(
        args.model,
        &warm_up.as_ref().unwrap_or(&workload).input(),
        &mut BurstTimer::off(),
    )?;
    if args.stops {
        wait_for_line()?;
    }
    let engine = engine.as_mut();
    let answer = match args.stops {
        true => stepped_pass(engine, args.model, &input)?,
        false => pass(engine, args.model, &input)?,
    };

    let report = PassReport {
        answer: answer.to_string(),
        backend_executed: engine.executes(),
        bytes: workload.facts().bytes,
        records: workload.facts().records,
    };
    writeln!(io::stdout(), "{}", serde_json::to_string(&report)?)?;
    let is_right = answer == workload.expected(args.model, engine.answers());
    Ok(if is_right { Exit::Success } else { Exit::Failure })
}

fn model(name: &str) -> Result<Model, String> {
    let models = Model::OF_LIBRARIES;
    let model = models.into_iter().find(|model| model.name() == name);
    model.ok_or_else(|| format!("there are {}", models.map(Model::name).join(", ")))
}

fn workload(args: &Args, path: &Path) -> Result<Workload> {
    let options = FileOptions { dialect: args.rules.dialect()?, memory_limit_bytes: u64::MAX };
    Workload::from_file(path, options)
}

/// Waits for the line that says that somebody is there: a process that stopped alone would stay.
fn wait_for_line() -> Result<()> {
    let mut line = String::new();
    let length = io::stdin().read_line(&mut line).context("standard input cannot be read")?;
    ensure!(length > 0, "nobody is there to go on from the stops");
    Ok(())
}
