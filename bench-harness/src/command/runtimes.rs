//! `delimark-bench runtimes`: what the engines of WebAssembly are, and in what they differ.

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use delimark::Dialect;
use delimark_datasets::{Shape, generate};
use delimark_harness::runtime::{self, Launch, Module, RunnerProcess, Tiers};
use delimark_results::display;
use delimark_runner::model::Model;
use tempfile::TempDir;

use super::print;
use super::progress::Progress;
use crate::exit::Exit;

/// The lines of the log that passes go through, 20 MB.
const LINES: u64 = 100_000;

/// The passes of which the last half is taken for warm.
const PASSES: usize = 10;

/// The passes over one line that show the step of a clock.
const TICKS: usize = 2_000;

/// The size of the input that a memory has to grow for: 1 GiB.
const LARGE_BYTES: u64 = 1 << 30;

/// Compare the engines of WebAssembly: what each is, and in what they differ
///
/// Starts every engine that is installed on both modules of this project, and finds out: how long
/// it compiles, how much slower the first call is than later ones, with the flags that people have
/// and with those of a run, what SIMD gains, what it says of a trap, whether its memory grows to
/// take 1 GiB, and in which steps its clock goes. Prints a table in Markdown.
#[derive(clap::Args)]
#[command(after_help = "\
Examples:
  delimark-bench runtimes
  delimark-bench runtimes --write-page docs/runtimes.md

scripts/engines installs the engines.

Exit codes:
  0  the table is printed; an engine that is missing or fails has its reason there
  2  no engine or no module is there")]
pub(crate) struct Args {
    /// Also write the table to this file
    #[arg(long, value_name = "FILE")]
    write_page: Option<PathBuf>,
}

/// The traits of a runtime, each of them as a text.
struct Traits {
    engine: String,
    compile: String,
    first_by_default: String,
    first_by_flags: String,
    simd_gain: String,
    trap: String,
    growth: String,
    clock_step: String,
}

/// The files that runners load.
struct Inputs {
    folder: TempDir,
}

pub(crate) fn run(args: &Args) -> Result<Exit> {
    let mut progress = Progress::new();
    progress.begin_work("building the WebAssembly modules (the first time takes minutes)");
    runtime::build_modules()?;
    let inputs = Inputs::make()?;
    let mut rows = Vec::new();
    for launch in Launch::ALL {
        progress.begin_work(&format!("trying {}", launch.runtime.name));
        let traits = launch.find().map_err(anyhow::Error::from);
        rows.push((launch, traits.and_then(|_program| Traits::of(&launch, &inputs))));
    }
    progress.finish();
    let page = page(&rows);
    print(&page)?;
    if let Some(path) = &args.write_page {
        fs::write(path, &page).with_context(|| path.display().to_string())?;
    }
    Ok(if rows.iter().any(|(_, traits)| traits.is_ok()) { Exit::Success } else { Exit::Usage })
}

impl Inputs {
    fn make() -> Result<Self> {
        let folder = tempfile::tempdir().context("no temporary folder can be made")?;
        let inputs = Self { folder };
        fs::write(inputs.log(), generate(Shape::Nginx12, LINES, 1))?;
        fs::write(inputs.line(), b"a|b\n")?;
        // Sparse: it takes no room.
        let mut large = fs::File::create(inputs.large())?;
        large.write_all(b"a|b\n")?;
        large.set_len(LARGE_BYTES)?;
        Ok(inputs)
    }

    fn log(&self) -> PathBuf {
        self.folder.path().join("log")
    }

    fn line(&self) -> PathBuf {
        self.folder.path().join("line")
    }

    fn large(&self) -> PathBuf {
        self.folder.path().join("large")
    }
}

impl Traits {
    fn of(launch: &Launch, inputs: &Inputs) -> Result<Self> {
        let mut by_default = launch.runner(Module::Simd128, Tiers::Default)?;
        let defaults = passes(&mut by_default, &inputs.log(), Model::Fields)?;
        let mut with_flags = launch.runner(Module::Simd128, Tiers::Optimising)?;
        let about = with_flags.about()?;
        let pinned = passes(&mut with_flags, &inputs.log(), Model::Fields)?;
        let count = warm(&passes(&mut with_flags, &inputs.log(), Model::Count)?);
        let mut scalar = launch.runner(Module::Scalar, Tiers::Optimising)?;
        let scalar_fields = warm(&passes(&mut scalar, &inputs.log(), Model::Fields)?);
        let scalar_count = warm(&passes(&mut scalar, &inputs.log(), Model::Count)?);
        let compile_ms = about.compile_ns.map(|ns| ns as f64 / 1e6);
        Ok(Self {
            engine: about.engine,
            compile: compile_ms.map_or_else(|| "n/a".to_owned(), |ms| format!("{ms:.0} ms")),
            first_by_default: format!("{:.1} x", defaults[0] / warm(&defaults)),
            first_by_flags: format!("{:.1} x", pinned[0] / warm(&pinned)),
            simd_gain: format!(
                "{:.1} x, {:.1} x",
                scalar_count / count,
                scalar_fields / warm(&pinned)
            ),
            trap: trap_words(&mut with_flags)?,
            growth: match with_flags.load(&inputs.large()) {
                Ok(_bytes) => "yes".to_owned(),
                Err(error) => format!("no: {error}"),
            },
            clock_step: clock_step(&mut scalar, &inputs.line())?,
        })
    }
}

/// Goes through a log several times; returns the time of each pass, ns.
fn passes(runner: &mut RunnerProcess, path: &Path, model: Model) -> Result<Vec<f64>> {
    runner.load(path)?;
    runner.set_dialect(&Dialect::new(b'|')?)?;
    let pass = |_| Ok(runner.run(model, &[])?.duration.as_nanos() as f64);
    (0..PASSES).map(pass).collect()
}

/// Returns the least of the last half: whatever else the machine does only adds to a time.
fn warm(passes: &[f64]) -> f64 {
    passes[passes.len() / 2..].iter().copied().fold(f64::INFINITY, f64::min)
}

/// Returns the words for a trap, without the panic's message behind them.
fn trap_words(runner: &mut RunnerProcess) -> Result<String> {
    let Err(error) = runner.verify(b"this is no frame") else {
        anyhow::bail!("{} takes a case that is none", runner.name());
    };
    let message = error.to_string();
    let words = message.split_once("trapped (").and_then(|(_, rest)| rest.split_once(") "));
    Ok(words.map_or(message.clone(), |(words, _)| words.to_owned()))
}

/// Returns the least difference of two times that the clock has told.
fn clock_step(runner: &mut RunnerProcess, path: &Path) -> Result<String> {
    runner.load(path)?;
    runner.set_dialect(&Dialect::new(b'|')?)?;
    let mut times = BTreeSet::new();
    for _ in 0..TICKS {
        times.insert(runner.run(Model::Count, &[])?.duration.as_nanos());
    }
    let times: Vec<u128> = times.into_iter().collect();
    let step = times.windows(2).map(|pair| pair[1] - pair[0]).min();
    Ok(step.map_or_else(|| "n/a".to_owned(), |ns| format!("{ns} ns")))
}

fn page(rows: &[(Launch, Result<Traits>)]) -> String {
    let mut page = String::from(
        "# The engines of WebAssembly\n\n\
         Made by `delimark-bench runtimes`, which starts both modules under each engine.\n\n\
         | `@` | engine | compiles in | first call, as it comes | first call, in a run \
         | SIMD gains: count, fields | a trap is called | takes 1 GiB | steps of the clock |\n\
         |---|---|---|---|---|---|---|---|---|\n",
    );
    for (launch, traits) in rows {
        let name = launch.runtime.name;
        let line = match traits {
            Ok(traits) => {
                let Traits { engine, compile, first_by_default, first_by_flags, .. } = traits;
                let Traits { simd_gain, trap, growth, clock_step, .. } = traits;
                format!(
                    "| {name} | {engine} | {compile} | {first_by_default} | {first_by_flags} \
                     | {simd_gain} | {trap} | {growth} | {clock_step} |"
                )
            }
            Err(reason) => {
                let reason = display::lines(&format!("{reason:#}")).replace('|', "\\|");
                format!("| {name} | not there: {reason} | | | | | | | |")
            }
        };
        let _ = writeln!(page, "{line}");
    }
    let _ = write!(
        page,
        "\nA first call is given in times of a warm one: the first pass over {LINES} lines in a \
         new process against the least of the last {} of {PASSES}, model `fields`, module \
         `simd128`. *As it comes* is without flags; *in a run* is with those that `run` and \
         `verify` have, see [the runners](../bench-harness/engines/runtimes/README.md). What SIMD \
         gains is the time of the scalar module over that of the other one, both warm. A step is \
         the least difference between {TICKS} times of short passes.\n",
        PASSES / 2
    );
    page
}
