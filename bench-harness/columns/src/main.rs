//! The program `delimark-columns`: measures typed columns, each answer checked before its time
//! counts. It is apart from the suite, which builds no Arrow.

mod cells;
mod misses;
mod picture;
mod reference;
mod sample;

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, ensure};
use clap::Parser;
use comfy_table::{CellAlignment, Table, presets};
use delimark_datasets::{Shape, generate};

use self::cells::{Cell, cells};
use self::sample::{Measured, measure};

/// Measure typed columns of a log of 12 fields against arrow-csv, one thread, in CPU time
///
/// Every cell makes Arrow record batches of the same log, in rounds that interleave the cells. What
/// each comes to is compared, value by value, with what a slow reference makes of the log, before
/// its time counts.
#[derive(Parser)]
#[command(
    name = "delimark-columns",
    version,
    after_help = "\
Examples:
  cargo run --release -p delimark-columns
  cargo run --release -p delimark-columns -- --lines 200000 --rounds 5 --cells 'full|arrow'
  cargo run --release -p delimark-columns -- --cells 'burst|one record' --misses --svg bursts.svg

Exit codes:
  0  every answer is right
  2  an answer is wrong, or the command line is"
)]
struct Args {
    /// The lines of the log
    #[arg(long, default_value_t = 1_000_000)]
    lines: u64,

    /// The rounds
    #[arg(long, default_value_t = 11)]
    rounds: usize,

    /// Only cells whose name has one of these in it, with | between them; arrow-csv's typed one is
    /// always measured
    #[arg(long, default_value = "")]
    cells: String,

    /// Simulate the misses of the last cache, one record at a time and in bursts, with Valgrind;
    /// it hides AVX-512
    #[arg(long)]
    misses: bool,

    /// Write results there, as JSON
    #[arg(long)]
    json: Option<PathBuf>,

    /// Draw the burst sizes there, as SVG
    #[arg(long)]
    svg: Option<PathBuf>,

    /// Run one cell once, unchecked, for whoever counts; `nothing` is only what stands around it
    #[arg(long, hide = true)]
    only: Option<String>,
}

#[expect(clippy::print_stdout, clippy::print_stderr, reason = "this is the printer")]
fn main() -> anyhow::Result<()> {
    let args = Args::parse();
    if let Some(name) = &args.only {
        let log = generate(Shape::Nginx12, args.lines, 1);
        let cells = cells(&log, Path::new(""));
        cells.iter().filter(|cell| cell.name == *name).for_each(|cell| drop((cell.run)(false)));
        return Ok(());
    }
    ensure!(args.rounds > 0, "--rounds is 0");
    eprintln!("generating {} lines of nginx12", args.lines);
    let log = generate(Shape::Nginx12, args.lines, 1);
    let path = std::env::temp_dir().join(format!("delimark-columns-{}.log", std::process::id()));
    fs::write(&path, &log).with_context(|| path.display().to_string())?;

    let wanted = |cell: &Cell| {
        cell.name == BASE || args.cells.split('|').any(|part| cell.name.contains(part))
    };
    let cells: Vec<Cell> = cells(&log, &path).into_iter().filter(wanted).collect();
    let expected = reference::tables(&log);
    let mut checked = Vec::new();
    for cell in cells {
        eprintln!("checking {}", cell.name);
        let batches = (cell.run)(true);
        reference::compare(&batches, &expected[&cell.kind]).with_context(|| cell.name.clone())?;
        checked.push(cell);
    }
    let measured = measure(&checked, args.rounds);
    fs::remove_file(&path).with_context(|| path.display().to_string())?;
    println!("{}", table(&measured, args.lines));
    let misses = if args.misses { misses::simulate()? } else { Vec::new() };
    for (name, misses) in &misses {
        println!("{name}: {misses:.3} misses of the last cache a record, simulated");
    }
    if let Some(path) = &args.svg {
        let svg = picture::draw(&measured, args.lines)?;
        fs::write(path, svg).with_context(|| path.display().to_string())?;
    }
    if let Some(path) = args.json {
        let json = serde_json::to_string_pretty(&sample::json(&measured, &misses, args.lines))?;
        fs::write(&path, json + "\n").with_context(|| path.display().to_string())?;
    }
    Ok(())
}

/// The cell that others are compared with.
const BASE: &str = "arrow-csv typed";

fn table(measured: &[Measured], lines: u64) -> Table {
    let mut table = Table::new();
    table.load_style(presets::ASCII_MARKDOWN);
    table.set_header(["cell", "ns a record", "x arrow-csv typed", "from", "to"]);
    let base = measured.iter().find(|cell| cell.name == BASE).expect("it is always measured");
    for cell in measured {
        let [low, middle, high] = cell.ratios(base);
        table.add_row([
            cell.name.clone(),
            format!("{:.1}", cell.median() / lines as f64),
            format!("{middle:.2}"),
            format!("{low:.2}"),
            format!("{high:.2}"),
        ]);
    }
    for column in table.column_iter_mut().skip(1) {
        column.set_cell_alignment(CellAlignment::Right);
    }
    table
}
