//! The program `delimark`: one file a verb, and nothing else prints.

mod arguments;
mod check;
mod closed_streams;
mod completions;
#[cfg(feature = "convert")]
mod convert;
mod extract;
mod formats;
mod inputs;
mod log_formats;
mod man;
mod options;
mod progress_line;
#[cfg(feature = "ship")]
mod ship;
#[cfg(feature = "sql")]
mod sql;

use std::io::{self, Write};
use std::process::ExitCode;
use std::{env, fmt};

use anyhow::bail;
use clap::error::{ContextKind, ContextValue};
use clap::{CommandFactory, Parser, Subcommand};
use delimark_extract::Waiting;
use delimark_extract::escape::Printable;

/// Takes fields out of delimiter-separated log lines, at gigabytes a second.
#[derive(Parser)]
#[command(name = "delimark", version)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    Extract(Box<extract::Args>),
    Formats(formats::Args),
    Check(check::Args),
    #[cfg(feature = "convert")]
    Convert(Box<convert::Args>),
    #[cfg(feature = "ship")]
    Ship(ship::Args),
    #[cfg(feature = "sql")]
    Sql(Box<sql::Args>),
    Completions(completions::Args),
    Man(man::Args),
}

/// The end of a verb, as scripts see it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[repr(u8)]
enum Exit {
    /// All went well.
    Success = 0,
    /// A ragged record was met under the policy `error`, or a check found something.
    Failure = 1,
    /// The command line or the environment (a file, the machine) does not allow it.
    Usage = 2,
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        Self::from(exit as u8)
    }
}

/// Reads the command line, runs its verb, and prints the error if there is one.
fn main() -> ExitCode {
    let arguments = arguments::keep_equals_signs(&Cli::command(), env::args_os());
    let result = match Cli::try_parse_from(arguments) {
        Ok(cli) => run(cli.command),
        Err(error) => print_usage(&shortened(error)),
    };
    result.unwrap_or_else(|error| report_error(&error)).into()
}

fn run(command: Command) -> anyhow::Result<Exit> {
    match command {
        Command::Extract(args) => extract::run(&args),
        Command::Formats(args) => formats::run(&args),
        Command::Check(args) => check::run(&args),
        #[cfg(feature = "convert")]
        Command::Convert(args) => convert::run(&args),
        #[cfg(feature = "ship")]
        Command::Ship(args) => ship::run(&args),
        #[cfg(feature = "sql")]
        Command::Sql(args) => sql::run(&args),
        Command::Completions(args) => completions::run(&args),
        Command::Man(args) => man::run(&args),
    }
}

/// The most characters of a value that a message about it repeats.
const VALUE_CHARACTERS: usize = 60;

/// Shortens a value that is repeated in an error, such as a whole configuration: what is wrong with
/// it stands behind it.
fn shortened(mut error: clap::Error) -> clap::Error {
    if let Some(ContextValue::String(value)) = error.get(ContextKind::InvalidValue) {
        let line = value.lines().next().unwrap_or_default();
        let start: String = line.chars().take(VALUE_CHARACTERS).collect();
        if start != *value {
            error.insert(ContextKind::InvalidValue, ContextValue::String(start + "..."));
        }
    }
    error
}

/// Prints help, version or a usage error: clap tells which of them it is.
fn print_usage(error: &clap::Error) -> anyhow::Result<Exit> {
    if error.use_stderr() {
        if are_arguments_plain() {
            let _ = error.print();
        } else {
            // Without colours, and with what the names of files would do to a terminal escaped.
            let text = error.render().to_string();
            let lines = text.lines().map(|line| format!("{}\n", Printable(line.as_bytes())));
            let _ = Waiting::new(io::stderr()).write_all(lines.collect::<String>().as_bytes());
        }
        return Ok(Exit::Usage);
    }
    check_output()?;
    error.print().map_err(standard_output_error)?;
    Ok(Exit::Success)
}

/// Tells whether no argument has a control character in it: a shell puts any name of a file there.
fn are_arguments_plain() -> bool {
    // A log format that is pasted has lines.
    let is_odd = |letter: char| letter.is_control() && !matches!(letter, '\n' | '\t');
    env::args_os().all(|argument| !argument.to_string_lossy().contains(is_odd))
}

/// Prints the whole chain of causes, except when the reader of the output has left.
fn report_error(error: &anyhow::Error) -> Exit {
    if has_reader_left(error) {
        return Exit::Success;
    }
    tell(format_args!("{error:#}"));
    Exit::Usage
}

/// Writes bytes to standard output.
fn print(bytes: &[u8]) -> anyhow::Result<()> {
    check_output()?;
    let mut stdout = Waiting::new(io::stdout().lock());
    stdout.write_all(bytes).and_then(|()| stdout.flush()).map_err(standard_output_error)
}

/// Prints a message. Where standard error cannot be written there is nobody left to tell.
fn tell(message: fmt::Arguments<'_>) {
    // In one piece, so that it stays together where others write, too.
    let line = format!("delimark: {message}\n");
    let _ = Waiting::new(io::stderr()).write_all(line.as_bytes());
}

/// Fails where the process was started without standard output.
fn check_output() -> anyhow::Result<()> {
    if closed_streams::is_output_closed() {
        bail!("standard output cannot be written: it is closed");
    }
    Ok(())
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
