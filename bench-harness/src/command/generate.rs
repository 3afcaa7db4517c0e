//! `delimark-bench generate`: writes a data set, the same bytes for the same arguments everywhere.

use std::io::{self, Write};
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use delimark_datasets::Shape;
use delimark_datasets::manifest::{Entry, Manifest};
use delimark_extract::standard_output;
use delimark_harness::workload::{GeneratedOptions, write_generated, write_generated_file};
use delimark_results::display;
use indicatif::{ProgressBar, ProgressStyle};

use super::{print, standard_output_error};
use crate::exit::Exit;

/// Write a data set: the same shape, lines and seed give the same bytes everywhere
///
/// Prints the SHA-256 of what was written on standard error, and whether the manifest pins it.
/// A file appears under its name only when it is whole; until then its name begins with a dot and
/// ends in .unfinished. Pipes and devices are written to as they are.
#[derive(clap::Args)]
#[command(after_help = "\
Examples:
  delimark-bench generate --list
  delimark-bench generate --shape nginx12 --lines 1_000_000 --seed 1 --output access.log
  delimark-bench generate --shape crlf --lines 1000 --output - | delimark extract --fields 1

Exit codes:
  0  the data set was written
  1  its SHA-256 is not the one that the manifest pins
  2  the command line is wrong, or the output cannot be written")]
pub(crate) struct Args {
    /// Shape of the lines, see --list
    #[arg(long, value_name = "NAME", required_unless_present = "list")]
    shape: Option<Shape>,

    /// Number of lines; underscores may stand between digits
    #[arg(long, value_name = "N", value_parser = parse_count, default_value = "1_000_000")]
    lines: u64,

    /// The seed that the lines grow from
    #[arg(long, value_name = "K", value_parser = parse_count, default_value = "1")]
    seed: u64,

    /// The file to write; - is standard output
    #[arg(long, short, value_name = "FILE", required_unless_present = "list")]
    output: Option<PathBuf>,

    /// List the shapes and what they are for
    #[arg(long, conflicts_with_all = ["shape", "output"])]
    list: bool,
}

pub(crate) fn run(args: &Args) -> Result<Exit> {
    let (Some(shape), Some(output)) = (args.shape, &args.output) else {
        return list();
    };
    let options = GeneratedOptions { shape, lines: args.lines, seed: args.seed };
    let manifest = Manifest::embedded();
    let pinned = manifest.lookup(shape, args.lines, args.seed);
    let progress = progress_bar(pinned);
    let sha256 = if output == Path::new("-") {
        write_to_standard_output(options, &progress)
    } else {
        write_generated_file(options, output, &mut |bytes| progress.inc(bytes))
            .with_context(|| format!("cannot write {}", display::path(output)))
    }?;
    progress.finish_and_clear();
    Ok(report(&sha256, pinned))
}

fn list() -> Result<Exit> {
    let line = |shape: Shape| format!("{shape:<12} {}\n", shape.description());
    print(&Shape::ALL.map(line).concat())?;
    Ok(Exit::Success)
}

/// Shows how many bytes are done, of how many if that is known; nothing where no terminal is.
fn progress_bar(pinned: Option<&Entry>) -> ProgressBar {
    let (bar, template) = match pinned {
        Some(entry) => {
            (ProgressBar::new(entry.bytes), "{bar:40} {bytes} of {total_bytes}, {eta} left")
        }
        None => (ProgressBar::no_length(), "{spinner} {bytes} written, {elapsed}"),
    };
    let style = ProgressStyle::with_template(template).expect("the template is well formed");
    bar.with_style(style)
}

fn write_to_standard_output(options: GeneratedOptions, progress: &ProgressBar) -> Result<String> {
    let mut stdout = standard_output().context("there is no standard output")?;
    write_generated(options, &mut stdout, &mut |bytes| progress.inc(bytes))
        .map_err(standard_output_error)
}

fn report(sha256: &str, pinned: Option<&Entry>) -> Exit {
    let (verdict, exit) = match pinned {
        None => ("the manifest does not pin it".to_owned(), Exit::Success),
        Some(entry) if entry.sha256 == sha256 => ("matches the manifest".to_owned(), Exit::Success),
        Some(entry) => (
            format!("the manifest pins {}: the generator has changed", entry.sha256),
            Exit::Failure,
        ),
    };
    // Where standard error cannot be written there is nobody left to tell.
    let _ = writeln!(io::stderr(), "sha256 {sha256}, {verdict}");
    exit
}

fn parse_count(text: &str) -> Result<u64, std::num::ParseIntError> {
    text.replace('_', "").parse()
}
