//! `delimark-bench doctor`: what this machine has for measuring, and what to install for the rest.

use std::time::Duration;

use clap::ValueEnum;
use delimark_harness::environment::noise::Noise;
use delimark_harness::environment::{self, ClockWatch, Sys};
use delimark_results::{Environment, Known};
use serde::Serialize;

use super::palette::Palette;
use super::{print_coloured, tell};
use crate::build_info;
use crate::exit::Exit;

mod backends;
mod counters;
mod layout;
mod noise;
mod text;
mod tools;

/// Enough to see whether it holds still; a few milliseconds.
const CLOCK_LOOKS: usize = 9;

/// Show what this machine has, what is missing, and what to install
///
/// Looks at the processor, the memory, the backends, the kernel's counters, the clock and the
/// tools that help with measuring. Everything told was tried just now: a backend is asked whether
/// it can run, a counter is opened and read, a tool is started to hear its version.
#[derive(clap::Args)]
#[command(after_help = "\
Examples:
  delimark-bench doctor
  delimark-bench doctor --format json | jq .counters
  delimark-bench doctor --noise --seconds 20

Exit codes:
  0  delimark can run here, even if optional things are missing
  2  DELIMARK_BACKEND names a backend that does not exist or cannot run here; the list is printed
     all the same")]
pub(crate) struct Args {
    /// Format of standard output
    #[arg(long, value_enum, default_value_t = Format::Text)]
    format: Format,

    /// Also measure how much this machine disturbs measurements
    #[arg(long)]
    noise: bool,

    /// Seconds to measure that for
    #[arg(long, value_name = "N", default_value_t = 5, requires = "noise")]
    #[arg(value_parser = clap::value_parser!(u64).range(1..=3600))]
    seconds: u64,
}

#[derive(Clone, Copy, ValueEnum)]
enum Format {
    /// A list to read
    Text,
    /// The same facts for scripts; missing ones as {"unavailable": "the reason"}
    Json,
}

pub(crate) fn run(args: &Args) -> anyhow::Result<Exit> {
    let mut findings = Findings::collect();
    if args.noise {
        findings.noise = Some(measure_noise(args.seconds));
    }
    print_coloured(&match args.format {
        Format::Text => text::render(&findings, Palette::of_stdout()),
        Format::Json => serde_json::to_string_pretty(&findings)? + "\n",
    })?;
    Ok(match findings.backends.chosen {
        Known::Value(_) => Exit::Success,
        Known::Unavailable(_) => Exit::Usage,
    })
}

fn measure_noise(seconds: u64) -> Noise {
    tell(format_args!("measuring noise for {seconds} s"));
    Noise::measure(Duration::from_secs(seconds), &mut |what| tell(format_args!("{what}")))
}

/// Everything found out; its JSON form is what `--format json` prints.
#[derive(Serialize)]
struct Findings {
    schema: &'static str,
    environment: Environment,
    /// The huge pages that are set aside, beside the transparent ones.
    reserved_huge_pages: Known<u64>,
    backends: backends::Backends,
    counters: counters::Counters,
    tools: Vec<tools::Tool>,
    /// The machine's disturbance of measurements, where that was asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    noise: Option<Noise>,
}

impl Findings {
    fn collect() -> Self {
        let sys = Sys::default();
        let mut environment = environment::collect(build_info::build());
        let mut clock = ClockWatch::default();
        (0..CLOCK_LOOKS).for_each(|_| clock.look());
        environment.cpu.measured_clock = clock.measured();
        // The counters come before any tool runs beside them; the clock did.
        Self {
            schema: "delimark-doctor/1",
            counters: counters::Counters::probe(&sys, &environment.virtualisation),
            reserved_huge_pages: sys.reserved_huge_pages(),
            environment,
            backends: backends::Backends::collect(),
            tools: tools::find_all(),
            noise: None,
        }
    }
}
