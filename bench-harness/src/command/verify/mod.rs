//! `delimark-bench verify`: puts the conformance suite to every backend, or to anybody's parser.

mod matrix;
mod progress;
mod terminal;

use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::{Context, Result, bail, ensure};
use clap::ValueEnum;
use delimark_conformance::{
    self, Case, Column, External, Peer, Report, Selector, Skips, Suite, format, page,
};
use delimark_harness::{checkout, supervised};
use regex::Regex;

use self::progress::Progress;
use self::terminal::Layout;
use super::palette::Palette;
use super::{after_printing, print_coloured, print_verdict, tell};
use crate::exit::Exit;

/// The folder of the vectors, from the root of the checkout.
const VECTORS: &str = "datasets/conformance";

/// The longest that an engine may take for a case unless somebody says otherwise.
const TIMEOUT_SECONDS: f64 = 10.0;

/// Compare every backend, or anybody's parser, with the conformance suite
///
/// Puts every case to every backend that can run here, natively and in runtimes (six of
/// WebAssembly, and QEMU), from memory, through a reader and from a memory map, at several
/// alignments and burst sizes, and compares all that they say. With --engine it asks other programs
/// instead.
#[derive(clap::Args)]
#[command(after_help = "\
Examples:
  delimark-bench verify
  delimark-bench verify --expect scalar,sse42,avx2,neon,simd128
  delimark-bench verify --backend avx2 --filter crlf
  delimark-bench verify --backend scalar@node --format junit > junit.xml
  delimark-bench verify --engine 'mine=python3 my_parser.py' --timeout-seconds 5
  delimark-bench verify --peers --write-page reports/conformance/peers.md

What an engine reads and prints is in bench-harness/engines/conformance/README.md.

Exit codes:
  0  all cases are as expected, those that are skipped aside
  1  a case failed (but not with --peers) or could not be executed, an expected backend did not
     run, or no case was executed
  2  the command line, the vectors or the machine does not allow it")]
pub(crate) struct Args {
    /// The folder with manifest.json [default: datasets/conformance of the checkout]
    #[arg(long, value_name = "DIR")]
    vectors: Option<PathBuf>,

    /// Ask only this backend; without @RUNTIME in every runtime [repeatable]
    #[arg(long, value_name = "NAME[@RUNTIME]")]
    backend: Vec<Selector>,

    /// Put only cases whose id matches this regular expression
    #[arg(long, value_name = "REGEX")]
    filter: Option<Regex>,

    /// List the cases and engines instead of running them
    #[arg(long, conflicts_with = "format")]
    list: bool,

    /// Fail where one of these backends did not run all cases; without @RUNTIME any runtime will do
    #[arg(long, value_name = "NAME[@RUNTIME],...", value_delimiter = ',')]
    expect: Vec<Selector>,

    /// Boot an emulated CPU where this one lacks AVX-512; it takes minutes, and is done as well
    /// where --expect or --backend names avx512@bochs, or --expect names avx512
    #[arg(long, conflicts_with_all = ["engine", "peers", "runner"])]
    emulate_avx512: bool,

    /// Ask each --backend in this build of delimark-runner, started with the backend's name
    #[arg(long, value_name = "COMMAND", requires = "backend")]
    #[arg(conflicts_with_all = ["expect", "engine", "peers"])]
    runner: Option<String>,

    /// Ask this program instead of the backends [repeatable]
    #[arg(long, value_name = "[NAME=]COMMAND", conflicts_with_all = ["backend", "expect"])]
    engine: Vec<String>,

    /// Ask the adapters in bench-harness/engines instead of the backends
    #[arg(long, alias = "rivals", conflicts_with_all = ["backend", "expect", "engine"])]
    peers: bool,

    /// Write the page of what the peers fail to this file
    #[arg(long, value_name = "FILE", requires = "peers")]
    #[arg(conflicts_with_all = ["filter", "list"])]
    write_page: Option<PathBuf>,

    /// Longest that an --engine or a --runner may take for a case
    #[arg(long, value_name = "SECONDS", default_value_t = TIMEOUT_SECONDS, value_parser = seconds)]
    timeout_seconds: f64,

    /// Excuse the failures in this file: lines of an engine, a case (* for any letters), the reason
    #[arg(long, value_name = "FILE")]
    skip: Option<PathBuf>,

    /// Format of standard output
    #[arg(long, value_enum, default_value_t = Format::Text)]
    format: Format,

    /// Failures of an engine to show in full
    #[arg(long, value_name = "N", default_value_t = 20)]
    show_failures: usize,
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Format {
    /// The matrix and the failures, for people
    Text,
    /// One document, see reports/conformance/verify.schema.json
    Json,
    /// JUnit XML, for CI systems
    Junit,
    /// The Test Anything Protocol, version 14
    Tap,
}

pub(crate) fn run(args: &Args) -> Result<Exit> {
    let suite = Suite::load(&vectors_folder(args.vectors.as_deref())?)?;
    let skips = skips(args.skip.as_deref())?;
    let is_wanted =
        |case: &&Case| args.filter.as_ref().is_none_or(|filter| filter.is_match(&case.id));
    let cases: Vec<&Case> = suite.cases.iter().filter(is_wanted).collect();
    let peers = if args.peers { delimark_conformance::peers()? } else { Vec::new() };
    let columns = columns(args, &peers)?;
    if args.list {
        return print_verdict(&list(&cases, &columns), Exit::Success);
    }
    let asked = columns.iter().filter(|column| column.runner.is_ok()).count();
    tell_of_unused_skips(args, &skips, &cases, &columns);
    if args.peers || !args.engine.is_empty() {
        supervised::end_children_on_signals().context("no signal can be handled")?;
    }
    let progress = Progress::new((cases.len() * asked) as u64);
    let columns = delimark_conformance::run(&cases, columns, &skips, &progress);
    progress.finish();
    let report = Report {
        suite: &suite,
        cases: &cases,
        columns: &columns,
        expected: &args.expect,
        tolerates_failures: args.peers,
    };
    if let Some(path) = &args.write_page {
        let page = page(&report, &peers);
        std::fs::write(path, page).with_context(|| format!("cannot write {}", path.display()))?;
    }
    show(args, &report)
}

fn vectors_folder(given: Option<&Path>) -> Result<PathBuf> {
    match (given, checkout::root()) {
        (Some(folder), _) => Ok(folder.to_owned()),
        (None, Some(root)) => Ok(root.join(VECTORS)),
        (None, None) => bail!("this is no checkout of Delimark: say where they are with --vectors"),
    }
}

fn skips(path: Option<&Path>) -> Result<Skips> {
    let Some(path) = path else { return Ok(Skips::default()) };
    let text = std::fs::read_to_string(path);
    let text = text.with_context(|| format!("cannot read {}", path.display()))?;
    Skips::parse(&text).with_context(|| format!("cannot use {}", path.display()))
}

/// Tells of excuses for nothing, which are misspelt or out of date; part of a run cannot tell.
fn tell_of_unused_skips(args: &Args, skips: &Skips, cases: &[&Case], columns: &[Column]) {
    if args.filter.is_some() || !args.backend.is_empty() {
        return;
    }
    let engines: Vec<&str> = columns.iter().map(|column| column.name.as_str()).collect();
    let cases: Vec<&str> = cases.iter().map(|case| case.id.as_str()).collect();
    for line in skips.unused(&engines, &cases) {
        tell(format_args!("warning: there is nothing that this skip fits: {line}"));
    }
}

fn columns(args: &Args, peers: &[Peer]) -> Result<Vec<Column>> {
    let time_limit = Duration::from_secs_f64(args.timeout_seconds);
    if args.peers {
        return Ok(peers.iter().map(|peer| peer.column(time_limit)).collect());
    }
    if let Some(command) = &args.runner {
        let column = |selector: &Selector| {
            delimark_conformance::runner_column(selector.backend(), command, time_limit)
        };
        return args.backend.iter().map(column).collect();
    }
    if args.engine.is_empty() {
        let names_avx512 = |selector: &Selector| selector.fits("avx512@bochs");
        let emulates_avx512 = args.emulate_avx512
            || args.expect.iter().any(names_avx512)
            || args.backend.iter().any(|selector| selector.to_string() == "avx512@bochs");
        let columns = delimark_conformance::columns(&args.backend, emulates_avx512);
        for selector in &args.backend {
            let is_there = columns.iter().any(|column| selector.fits(&column.name));
            ensure!(is_there, "no runtime here has the backend {selector}");
        }
        return Ok(columns);
    }
    let mut columns: Vec<Column> = Vec::new();
    for given in &args.engine {
        let (name, command) = engine_name(given);
        let external = External::new(command, time_limit)?;
        let is_taken = columns.iter().any(|column| column.name == name);
        ensure!(!is_taken, "two engines are called {name}: name them with --engine NAME=COMMAND");
        let selection = format!("--engine {}", shell_words::quote(given));
        columns.push(Column { name: name.to_owned(), selection, runner: Ok(Box::new(external)) });
    }
    Ok(columns)
}

/// Splits a name off, or takes that of the program.
fn engine_name(given: &str) -> (&str, &str) {
    let is_name = |text: &str| {
        let fits = |letter: char| letter.is_ascii_alphanumeric() || "_-.@+".contains(letter);
        !text.is_empty() && text.chars().all(fits)
    };
    match given.split_once('=') {
        Some((name, command)) if is_name(name) => (name, command),
        _ => {
            let program = given.split_whitespace().next().unwrap_or(given);
            (program.rsplit('/').next().unwrap_or(program), given)
        }
    }
}

fn list(cases: &[&Case], columns: &[Column]) -> String {
    let case = |case: &&Case| format!("{}\t{}\t{}\n", case.id, case.rule, case.title);
    let column = |column: &Column| match &column.runner {
        Ok(_) => format!("{}\n", column.name),
        Err(missing) => format!("{}\tmissing\t{missing}\n", column.name),
    };
    let cases: String = cases.iter().map(case).collect();
    let columns: String = columns.iter().map(column).collect();
    format!("{cases}\n{columns}")
}

fn show(args: &Args, report: &Report<'_>) -> Result<Exit> {
    let text = match args.format {
        Format::Json => format::json(report),
        Format::Junit => format::junit(report),
        Format::Tap => format::tap(report),
        Format::Text => {
            let options = options(args);
            let palette = Palette::of_stdout();
            let failures_most = args.show_failures;
            terminal::render(report, &Layout { palette, failures_most, options: &options })
        }
    };
    let faults = report.faults();
    if args.format != Format::Text {
        let warnings = report.warnings();
        warnings.iter().for_each(|warning| tell(format_args!("warning: {warning}")));
        faults.iter().for_each(|fault| tell(format_args!("{fault}")));
    }
    let exit = if faults.is_empty() { Exit::Success } else { Exit::Failure };
    after_printing(print_coloured(&text), exit)
}

/// Returns the options that a command line for the same again needs.
fn options(args: &Args) -> String {
    let mut options = String::new();
    if let Some(folder) = &args.vectors {
        let folder = folder.to_string_lossy();
        options.push_str(&format!(" --vectors {}", shell_words::quote(&folder)));
    }
    if args.timeout_seconds != TIMEOUT_SECONDS {
        options.push_str(&format!(" --timeout-seconds {}", args.timeout_seconds));
    }
    if args.emulate_avx512 {
        options.push_str(" --emulate-avx512");
    }
    options
}

/// Reads a number of seconds above 0.
fn seconds(text: &str) -> Result<f64, String> {
    match text.parse::<f64>() {
        Ok(seconds) if seconds > 0.0 && seconds <= 86_400.0 => Ok(seconds),
        _ => Err(format!("'{text}' is no number of seconds from above 0 to 86400")),
    }
}
