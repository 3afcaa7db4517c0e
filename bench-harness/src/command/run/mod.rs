//! `delimark-bench run`: the main job, from data to report.

mod choice;
mod counting;
mod elsewhere;
mod scaling;

use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};
use delimark::Backend;
use delimark_datasets::Shape;
use delimark_harness::engine::{self, BurstOverhead, Engine};
use delimark_harness::measure::{
    Measured, Sampling, Scaled, WORKING_SET_MODEL, WrongAnswer, measure, sweep_working_sets,
};
use delimark_harness::workload::{
    FileOptions, GeneratedOptions, InferredColumns, Workload, data_folder,
};
use delimark_harness::{checkout, environment, supervised};
use delimark_report::report;
use delimark_results::{
    Dataset, EngineName, Environment, Known, READ_LIMIT, Results, SchemaName, Skipped,
    WorkingSetPoint, display,
};
use delimark_runner::model::Model;
use jiff::{Timestamp, Zoned};
use regex::Regex;

use self::choice::{Choice, backends, engines, models};
use super::file_dialect::FileDialect;
use super::print;
use crate::build_info;
use crate::command::progress::Progress;
use crate::exit::Exit;

/// The lines of a full run and of a quick one.
const LINES: u64 = 1_000_000;
const QUICK_LINES: u64 = 200_000;

/// Decides the order of the samples; fixed, so that two runs differ in nothing but their times.
const ORDER_SEED: u64 = 20;

/// Measure every engine on a log, check every answer, write a report
///
/// Without options: makes a log of 1,000,000 lines as nginx writes them (kept for the next run),
/// measures the limits, every backend of this CPU, the WebAssembly modules under every engine that
/// compiles (V8 twice, JavaScriptCore, SpiderMonkey, Cranelift), and their peers on every model,
/// and the best backend with several threads on one file; prints a table, and writes results.json,
/// report.html, report.md and plots into a new folder. An engine that is missing is named with what
/// to install.
/// Of the peers in other languages, and of the engines of WebAssembly, only those are measured
/// unasked that take little time; --engines names the others, and scripts/peers and scripts/engines
/// install them.
/// The first run also builds the WebAssembly modules, which takes one to three minutes.
#[derive(clap::Args)]
#[command(after_help = "\
Examples:
  delimark-bench run
  delimark-bench run --quick
  delimark-bench run --input access.log --delimiter '|'
  delimark-bench run --input access.log --delimiter ' ' --quote '\"'
  delimark-bench run --input access.log --preset combined
  delimark-bench run --engines 'delimark/.*|peer/csv' --models '^fields$'
  delimark-bench run --engines '@node'
  delimark-bench run --quick --engines 'delimark/.*@'
  delimark-bench run --engines 'avx2$|peer/' --models 'fields|project|extract'
  delimark-bench run --engine-dir my-engines --engines 'delimark/|mine@'
  delimark-bench run --counters simulated --engines delimark --models '^index$'

Exit codes:
  0  measured; a peer's cell with a wrong answer is left out, and the report says so
  1  an engine of this project gave a wrong answer; the message names the cell
  2  the command line, the input or the machine does not allow it")]
pub(crate) struct Args {
    /// Take 200,000 lines and few rounds: a first look in about a minute
    #[arg(long)]
    quick: bool,

    /// Measure on this file instead of generated lines
    #[arg(long, value_name = "FILE", conflicts_with_all = ["shape", "lines", "seed"])]
    input: Option<PathBuf>,

    #[command(flatten)]
    rules: FileDialect,

    /// Shape of the generated lines, see `delimark-bench generate --list`
    #[arg(long, default_value_t = Shape::Nginx12)]
    shape: Shape,

    /// Number of lines to generate [default: 1000000, with --quick 200000]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u64).range(1..))]
    lines: Option<u64>,

    /// The seed that the lines grow from
    #[arg(long, value_name = "K", default_value_t = 1)]
    seed: u64,

    /// Measure only engines whose name matches this regular expression; those that are slow on
    /// purpose, to try how a report explains that, only where it holds `handicap/`
    #[arg(long, value_name = "REGEX")]
    engines: Option<Regex>,

    /// Also take the engines that the .toml files in this folder declare; can be given several
    /// times, see bench-harness/engines/peers/README.md
    #[arg(long, value_name = "DIR")]
    engine_dir: Vec<PathBuf>,

    /// Measure only models whose name matches this regular expression
    #[arg(long, value_name = "REGEX")]
    models: Option<Regex>,

    /// Of this project's backends, measure only this one
    /// [default: all that can run here, or the one that DELIMARK_BACKEND names]
    #[arg(long, value_name = "NAME")]
    backend: Option<Backend>,

    /// Counts to take beside times: instructions, misses of caches and branches, page faults
    #[arg(long, value_enum, value_name = "SOURCE", default_value_t = counting::Choice::Auto)]
    counters: counting::Choice,

    /// Numbers of threads to share one file among, beside the model file-map, such as 1,2,4
    /// [default: the powers of two up to the cores there are, and as many as there are]
    #[arg(long, value_name = "N", value_delimiter = ',')]
    #[arg(value_parser = clap::value_parser!(u16).range(1..=1024))]
    threads: Vec<u16>,

    /// The folder to write to [default: a new one under reports/local]
    #[arg(long, short, value_name = "DIR")]
    output: Option<PathBuf>,
}

pub(crate) fn run(args: &Args) -> Result<Exit> {
    let backends = backends(args.backend)?;
    let models = models(args.models.as_ref())?;
    let definitions = engine::definitions(&args.engine_dir)?;
    let output = output_folder(args.output.as_deref())?;
    let choice = Choice { backends: &backends, models: &models, definitions: &definitions };
    // Commands are in groups of their own.
    supervised::end_children_on_signals().context("no signal can be handled")?;
    let mut progress = Progress::new();
    let workload = workload(args, &mut progress)?;
    let (mut engines, elsewhere) = engines(args, choice, &workload, &mut progress)?;
    // Behind what is built once and kept.
    let begin = Instant::now();
    let created = Timestamp::now();
    let mut environment = environment::collect(build_info::build());
    let sampling = sampling(args.quick, environment.timer.value().map(BurstOverhead::of));
    let subject = Subject { workload: &workload, backends: &backends, models: &models, sampling };
    match measure_all(args, &subject, &mut engines, &mut progress) {
        Ok(mut outcome) => {
            progress.finish();
            let missed = elsewhere::skipped(&elsewhere, &models, &workload.facts().name);
            outcome.measured.skipped.extend(missed);
            environment.cpu.measured_clock = outcome.measured.clock.clone();
            environment.runtimes = elsewhere.runtimes;
            environment.compile_ns = elsewhere.compile_ns;
            let mut results =
                results(args, created, begin.elapsed(), &workload, outcome, environment);
            results.declared = elsewhere.declared;
            write(&results.sealed()?, &output)
        }
        Err(error) if error.is::<WrongAnswer>() => {
            progress.note(&format!("delimark-bench: {error}"));
            Ok(Exit::Failure)
        }
        Err(error) => Err(error),
    }
}

/// The engines, models and data that are measured, and how often.
struct Subject<'a> {
    workload: &'a Workload,
    backends: &'a [Backend],
    models: &'a [Model],
    sampling: Sampling,
}

/// The results of a run.
struct Outcome {
    measured: Measured,
    ladder: Vec<WorkingSetPoint>,
    scaling: Scaled,
}

fn measure_all(
    args: &Args,
    subject: &Subject<'_>,
    engines: &mut [Box<dyn Engine>],
    progress: &mut Progress,
) -> Result<Outcome> {
    let &Subject { workload, backends, models, sampling } = subject;
    let mut measured = measure(workload, engines, models, sampling, progress)?;
    if measured.cells.is_empty() {
        match measured.skipped.last() {
            Some(Skipped { engine, model, reason, .. }) => {
                bail!("nothing was measured: {engine} {model} was left out: {reason}")
            }
            None => bail!("nothing was measured: no engine that was asked for does the models"),
        }
    }
    let ladder = working_set_sweep(args, workload, engines, models, progress)?;
    let scaling = scaling::measure(args, workload, backends, models, progress)?;
    // Behind all that is timed: children would take the cores from it.
    let wish = counting::Wish { choice: args.counters, quick: args.quick };
    counting::count(wish, workload, engines, &mut measured.cells, progress)?;
    Ok(Outcome { measured, ladder, scaling })
}

/// Names the folder and tries to make it: what cannot be written should not be measured first.
/// While measuring goes on it is not there, so that no run that ends early leaves it.
fn output_folder(wanted: Option<&Path>) -> Result<PathBuf> {
    let folder = match wanted {
        Some(folder) => folder.to_owned(),
        None => {
            let reports = checkout::root().map_or_else(
                || PathBuf::from("delimark-reports"),
                |root| root.join("reports").join("local"),
            );
            reports.join(Zoned::now().strftime("%Y-%m-%d-%H%M%S").to_string())
        }
    };
    let is_there = folder.exists();
    make(&folder)?;
    if !is_there {
        std::fs::remove_dir(&folder)
            .with_context(|| format!("the folder {} cannot be removed", display::path(&folder)))?;
    }
    Ok(folder)
}

fn make(folder: &Path) -> Result<()> {
    std::fs::create_dir_all(folder)
        .with_context(|| format!("the folder {} cannot be made", display::path(folder)))
}

fn workload(args: &Args, progress: &mut Progress) -> Result<Workload> {
    let Some(path) = &args.input else {
        let lines = args.lines.unwrap_or(if args.quick { QUICK_LINES } else { LINES });
        let options = GeneratedOptions { shape: args.shape, lines, seed: args.seed };
        let mut advance = progress.begin_bytes("preparing the data set");
        return Workload::generated(&data_folder(), options, &mut advance);
    };
    let dialect = args.rules.dialect()?;
    let options = FileOptions { dialect, memory_limit_bytes: memory_limit_bytes() };
    let workload = Workload::from_file(path, options)?;
    let facts = workload.facts();
    let name = display::path(path);
    if args.rules.log_format().is_some() {
        let delimiter = dialect.delimiter().escape_ascii();
        let quote = dialect.quote().map(|quote| format!(", quoted by {}", char::from(quote)));
        let quote = quote.unwrap_or_default();
        progress
            .note(&format!("{name}: fields between '{delimiter}'{quote}, as the format has it"));
    }
    if let Some(columns) = facts.columns {
        let source = match workload.inferred_columns() {
            None => "as given".to_owned(),
            Some(InferredColumns { lines, lines_seen, .. }) => {
                format!("as {lines} of its first {lines_seen} lines have, the most with one number")
            }
        };
        let (ragged, lines) = (facts.traits.ragged_records, facts.records);
        let differ = match dialect.quote() {
            None => "have another number",
            Some(_) => "have another number, or end inside quotes",
        };
        progress.note(&format!(
            "{name}: {columns} columns, {source}; {ragged} of {lines} lines {differ}"
        ));
    }
    if facts.fields == facts.records {
        let delimiter = dialect.delimiter().escape_ascii();
        let option = if args.rules.log_format().is_some() { "the format" } else { "--delimiter" };
        progress.note(&format!("{name}: no '{delimiter}' in it; is {option} right?"));
    }
    Ok(workload)
}

/// Returns half of the memory, or 1 GiB where nobody knows how much there is.
fn memory_limit_bytes() -> u64 {
    match environment::collect(build_info::build()).memory_bytes {
        Known::Value(bytes) => bytes / 2,
        Known::Unavailable(_) => 1 << 30,
    }
}

fn sampling(quick: bool, burst_overhead: Option<BurstOverhead>) -> Sampling {
    let (rounds_least, rounds_most, budget_seconds) = if quick { (6, 9, 15) } else { (7, 15, 120) };
    Sampling {
        rounds_least,
        rounds_most,
        budget: Duration::from_secs(budget_seconds),
        order_seed: ORDER_SEED,
        burst_overhead,
    }
}

/// Measures the working-set sweep, which is for what is compared most: the limit, the backends and
/// the fastest peers. An engine elsewhere has the whole input and no part of it.
fn working_set_sweep(
    args: &Args,
    workload: &Workload,
    engines: &mut [Box<dyn Engine>],
    models: &[Model],
    progress: &mut Progress,
) -> Result<Vec<WorkingSetPoint>> {
    if !models.contains(&WORKING_SET_MODEL) {
        return Ok(Vec::new());
    }
    let swept = |engine: &dyn Engine| {
        let name = engine.name();
        let is_wanted = EngineName::parse(&name).is_own()
            || matches!(name.as_str(), READ_LIMIT | "peer/memchr" | "peer/simd-csv");
        let is_wanted = is_wanted && !engine.runs_elsewhere();
        (is_wanted && engine.supports(WORKING_SET_MODEL, &workload.input()).is_ok()).then_some(name)
    };
    let names: Vec<String> = engines.iter().filter_map(|engine| swept(engine.as_ref())).collect();
    let budget = Duration::from_secs(if args.quick { 5 } else { 30 });
    sweep_working_sets(workload, engines, &names, budget, ORDER_SEED, progress)
}

fn results(
    args: &Args,
    created: Timestamp,
    duration: Duration,
    workload: &Workload,
    outcome: Outcome,
    environment: Environment,
) -> Results {
    let Outcome { measured, ladder, scaling } = outcome;
    Results {
        schema: SchemaName::V1,
        created,
        command: std::env::args_os().map(|word| word.to_string_lossy().into_owned()).collect(),
        duration_seconds: duration.as_secs_f64(),
        order_seed: ORDER_SEED,
        rounds: measured.rounds,
        quick: args.quick,
        environment,
        datasets: vec![Dataset {
            log_format: args.rules.log_format().map(str::to_owned),
            ..workload.facts().clone()
        }],
        cells: measured.cells,
        skipped: measured.skipped,
        declared: Vec::new(),
        ladder,
        scaling: scaling.points,
        compute: scaling.compute,
        twins: measured.twins,
        seal: None,
    }
}

fn write(results: &Results, folder: &Path) -> Result<Exit> {
    make(folder)?;
    let results_path = folder.join("results.json");
    results
        .write(&results_path)
        .with_context(|| format!("{} cannot be written", display::path(&results_path)))?;
    let files = report::write(results, folder)?;
    print(&format!("{}\n{}\n", report::terminal::render(results), files.html.display()))?;
    Ok(Exit::Success)
}
