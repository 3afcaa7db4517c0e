//! Misses of the last cache, simulated: a cell's, less those of what stands around it.

use std::env;
use std::process::Command;

use anyhow::{Context, bail, ensure};

use crate::cells::bursts;

/// The lines of a log that has no room in any cache, and takes Valgrind seconds.
const LINES: u64 = 300_000;

/// Returns the misses of each size of bursts, a record.
pub(crate) fn simulate() -> anyhow::Result<Vec<(String, f64)>> {
    let around = of_cell("nothing")?;
    let mut misses = Vec::new();
    for (name, _) in bursts() {
        let own = of_cell(&name)?.saturating_sub(around);
        misses.push((name, own as f64 / LINES as f64));
    }
    Ok(misses)
}

fn of_cell(name: &str) -> anyhow::Result<u64> {
    let program = env::current_exe().context("the path of this program")?;
    let output = Command::new("valgrind")
        .args(["--tool=cachegrind", "--cache-sim=yes", "--cachegrind-out-file=/dev/null"])
        .arg(program)
        .args(["--lines", &LINES.to_string(), "--only", name])
        .output()
        .context("valgrind, which --misses needs, cannot be started: scripts/setup installs it")?;
    let text = String::from_utf8_lossy(&output.stderr);
    ensure!(output.status.success(), "valgrind failed: {text}");
    // `==1234== LL misses:  1,234,567  ( 1,234,000 rd  + 567 wr)`
    let Some(rest) = text.lines().find_map(|line| line.split_once("LL misses:")) else {
        bail!("valgrind told of no misses: {text}");
    };
    let number = rest.1.split_whitespace().next().unwrap_or_default().replace(',', "");
    number.parse().with_context(|| format!("'{number}' is no number of misses"))
}
