//! The command line: one file a verb, and the only place that prints.

use std::io::{self, Write};

use clap::{CommandFactory, FromArgMatches, Parser, Subcommand};

use crate::build_info;
use crate::exit::Exit;

mod byte;
mod doctor;
mod extract;
mod generate;
mod report;
mod run;

/// Measures how fast delimiter-separated records can be taken apart, and checks every answer.
#[derive(Parser)]
#[command(name = "delimark", version)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    Doctor(doctor::Args),
    Extract(extract::Args),
    Generate(generate::Args),
    Report(report::Args),
    Run(run::Args),
}

/// Reads the command line, runs its verb, and prints the error if there is one.
pub(crate) fn main() -> Exit {
    let parsed = Cli::command()
        .version(build_info::version())
        .try_get_matches()
        .and_then(|matches| Cli::from_arg_matches(&matches));
    let result = match parsed {
        Ok(cli) => run(cli.command),
        Err(error) => print_usage(&error),
    };
    result.unwrap_or_else(|error| report_error(&error))
}

fn run(command: Command) -> anyhow::Result<Exit> {
    match command {
        Command::Doctor(args) => doctor::run(&args),
        Command::Extract(args) => extract::run(&args),
        Command::Generate(args) => generate::run(&args),
        Command::Report(args) => report::run(&args),
        Command::Run(args) => run::run(&args),
    }
}

/// Prints help, version or a usage error: clap tells which of them it is.
fn print_usage(error: &clap::Error) -> anyhow::Result<Exit> {
    error.print()?;
    Ok(if error.use_stderr() { Exit::Usage } else { Exit::Success })
}

/// Prints the whole chain of causes, except when the reader of the output has left.
fn report_error(error: &anyhow::Error) -> Exit {
    if is_broken_pipe(error) {
        return Exit::Success;
    }
    // Where standard error cannot be written there is nobody left to tell.
    let _ = writeln!(io::stderr(), "delimark: {error:#}");
    Exit::Usage
}

fn is_broken_pipe(error: &anyhow::Error) -> bool {
    error.chain().any(|cause| {
        cause
            .downcast_ref::<io::Error>()
            .is_some_and(|cause| cause.kind() == io::ErrorKind::BrokenPipe)
    })
}
