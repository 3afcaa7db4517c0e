//! Prints the manifest afresh: `cargo run -p delimark-datasets --release --example pin`.

use std::io::{self, Write};

use delimark_datasets::{Generator, Hasher, Shape};

const SEED: u64 = 1;

fn main() -> io::Result<()> {
    let mut out = io::stdout().lock();
    writeln!(out, "# The pinned datasets. Written by the example `pin`; see README.md.")?;
    // The default run and the quick run, then every shape for the tests.
    let runs = [(Shape::Nginx12, 1_000_000), (Shape::Nginx12, 200_000)];
    for (shape, lines) in runs.into_iter().chain(Shape::ALL.map(|shape| (shape, 10_000))) {
        let (bytes, sha256) = fingerprint(shape, lines);
        writeln!(out, "\n[[dataset]]")?;
        writeln!(out, "name = \"{shape}-{lines}-seed{SEED}\"")?;
        writeln!(out, "shape = \"{shape}\"\nlines = {lines}\nseed = {SEED}")?;
        writeln!(out, "bytes = {bytes}\nsha256 = \"{sha256}\"")?;
    }
    Ok(())
}

/// Generates a dataset and keeps only its size and its hash.
fn fingerprint(shape: Shape, lines: u64) -> (u64, String) {
    let mut generator = Generator::new(shape, lines, SEED);
    let mut hasher = Hasher::new();
    let mut burst = Vec::new();
    let mut bytes = 0;
    while generator.next_chunk(&mut burst, 1 << 20) {
        bytes += burst.len() as u64;
        hasher.update(&burst);
        burst.clear();
    }
    (bytes, hasher.finish())
}
