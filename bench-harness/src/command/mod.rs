//! The command line: one file a verb, and the only place that prints.

use std::ffi::OsString;
use std::io::{self, Write};
use std::{env, fmt};

use clap::{CommandFactory, FromArgMatches, Parser, Subcommand};
use delimark_results::display;

use crate::build_info;
use crate::exit::Exit;

mod compare;
mod demo;
mod doctor;
mod file_dialect;
mod gate;
mod generate;
mod palette;
mod pass;
mod progress;
mod rank;
mod reading;
mod report;
mod run;
mod runtimes;
mod study;
mod verify;

/// Measures how fast delimiter-separated records can be taken apart, and checks every answer.
#[derive(Parser)]
#[command(name = "delimark-bench", version)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    Compare(compare::Args),
    Demo(demo::Args),
    Doctor(doctor::Args),
    Gate(Box<gate::Args>),
    Generate(generate::Args),
    #[command(hide = true)]
    Pass(pass::Args),
    Rank(rank::Args),
    Report(report::Args),
    Run(run::Args),
    Runtimes(runtimes::Args),
    Study(study::Args),
    Verify(verify::Args),
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
        Command::Compare(args) => compare::run(&args),
        Command::Demo(args) => demo::run(&args),
        Command::Doctor(args) => doctor::run(&args),
        Command::Gate(args) => gate::run(&args),
        Command::Generate(args) => generate::run(&args),
        Command::Pass(args) => pass::run(&args),
        Command::Rank(args) => rank::run(&args),
        Command::Report(args) => report::run(&args),
        Command::Run(args) => run::run(&args),
        Command::Runtimes(args) => runtimes::run(&args),
        Command::Study(args) => study::run(&args),
        Command::Verify(args) => verify::run(&args),
    }
}

/// Prints help, version or a usage error: clap tells which of them it is.
fn print_usage(error: &clap::Error) -> anyhow::Result<Exit> {
    if error.use_stderr() {
        // A shell puts any name of a file among the arguments.
        let is_obeyed = |argument: OsString| {
            display::lines(&argument.to_string_lossy()) != argument.to_string_lossy()
        };
        if env::args_os().any(is_obeyed) {
            let text = error.render().to_string();
            let _ = io::stderr().write_all(display::lines(&text).as_bytes());
        } else {
            let _ = error.print();
        }
        return Ok(Exit::Usage);
    }
    error.print().map_err(standard_output_error)?;
    Ok(Exit::Success)
}

/// Prints the whole chain of causes, except when the reader of the output has left.
fn report_error(error: &anyhow::Error) -> Exit {
    if has_reader_left(error) {
        return Exit::Success;
    }
    tell(format_args!("{error:#}"));
    Exit::Usage
}

/// Writes text to standard output, with nothing in it that a terminal would obey: it can name files
/// and engines of other people.
fn print(text: &str) -> anyhow::Result<()> {
    write_to_stdout(&display::lines(text))
}

/// Writes text to standard output as [`print`] does, but for the colours.
fn print_coloured(text: &str) -> anyhow::Result<()> {
    write_to_stdout(&palette::lines(text))
}

fn write_to_stdout(text: &str) -> anyhow::Result<()> {
    let mut stdout = io::stdout().lock();
    stdout.write_all(text.as_bytes()).and_then(|()| stdout.flush()).map_err(standard_output_error)
}

/// Writes what a verdict is about to standard output, as [`print`] does. Who reads it may leave
/// early, which changes no verdict.
fn print_verdict(text: &str, exit: Exit) -> anyhow::Result<Exit> {
    after_printing(print(text), exit)
}

/// Returns the verdict, unless what it is about could not be printed.
fn after_printing(printed: anyhow::Result<()>, exit: Exit) -> anyhow::Result<Exit> {
    match printed {
        Err(error) if has_reader_left(&error) => Ok(exit),
        printed => printed.map(|()| exit),
    }
}

/// Prints a message. Where standard error cannot be written there is nobody left to tell.
fn tell(message: fmt::Arguments<'_>) {
    let message = format!("delimark-bench: {message}\n");
    let _ = io::stderr().write_all(display::lines(&message).as_bytes());
}

/// Recognises that the reader of standard output has left.
///
/// A broken pipe without any context is standard output's: verbs name every other file that they
/// cannot write, and what was meant for it is lost.
fn has_reader_left(error: &anyhow::Error) -> bool {
    let outermost = error.chain().next().and_then(|error| error.downcast_ref::<io::Error>());
    outermost.is_some_and(|error| error.kind() == io::ErrorKind::BrokenPipe)
}

/// Says that standard output failed, in the way that [`has_reader_left`] recognises.
fn standard_output_error(error: io::Error) -> anyhow::Error {
    let is_broken_pipe = error.kind() == io::ErrorKind::BrokenPipe;
    let error = anyhow::Error::new(error);
    if is_broken_pipe { error } else { error.context("standard output cannot be written") }
}
