//! Counts the status codes in an access log whose sixth field holds them.
//!
//! `cargo run --release -p delimark --example status_codes -- access.log`

#![expect(clippy::print_stdout, clippy::print_stderr, reason = "it is a program")]

use std::collections::BTreeMap;

use delimark::{Dialect, MapSource, RaggedPolicy, Scanner};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let path = std::env::args_os().nth(1).ok_or("name the access log to count")?;
    let dialect = Dialect::new(b'|')?.with_columns(12)?.with_ragged(RaggedPolicy::Report);
    let mut scanner = Scanner::new(dialect)?;

    let mut counts = BTreeMap::new();
    let mut ragged_count = 0;
    let mut batches = scanner.scan_source(MapSource::open(path)?);
    while let Some(batch) = batches.next()? {
        for status in batch.column(5).flatten() {
            // Only a status that is new is copied.
            match counts.get_mut(status) {
                Some(count) => *count += 1,
                None => drop(counts.insert(status.to_vec(), 1_u64)),
            }
        }
        ragged_count += batch.ragged().len();
    }
    for (status, count) in counts {
        println!("{count:>10} {}", status.escape_ascii());
    }
    eprintln!("{ragged_count} lines have another number of fields than 12");
    Ok(())
}
