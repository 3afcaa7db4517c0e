//! Prints the right answers on the pinned data sets afresh, as the reference parser finds them:
//! `cargo run -p delimark-bench --release --example pin_answers`.

use std::io::{self, Write};

use delimark_datasets::manifest::{Entry, Manifest};
use delimark_harness::workload::{GeneratedOptions, Workload, data_folder};

fn main() -> anyhow::Result<()> {
    let mut out = io::stdout().lock();
    writeln!(
        out,
        "# What the reference parser answers on the pinned data sets, by task. Written by"
    )?;
    writeln!(out, "# the example `pin_answers` of the harness; see README.md.")?;
    for Entry { name, shape, lines, seed, .. } in Manifest::embedded().entries() {
        let options = GeneratedOptions { shape: *shape, lines: *lines, seed: *seed };
        let workload = Workload::generated(&data_folder(), options, &mut |_| ())?;
        write!(out, "\n{}", workload.pins(name))?;
    }
    Ok(())
}
