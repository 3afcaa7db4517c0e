//! Adds up a column of an access log on several threads, each of which reads a range of bytes.
//!
//! The ranges are cut without a look at the file, as a scheduler of many machines would: a line
//! belongs to the range that has its first byte.
//!
//! `cargo run --release -p delimark --example ranges -- access.log`

#![expect(clippy::print_stdout, reason = "it is a program")]

use std::ffi::OsStr;
use std::fs::{self, File};
use std::ops::Range;
use std::thread;

use delimark::{Dialect, RaggedPolicy, ReadSource, Scanner};

type AnyError = Box<dyn std::error::Error + Send + Sync>;

/// The column of bytes sent, in Nginx's fields with `|` between them.
const COLUMN: usize = 6;

fn main() -> Result<(), AnyError> {
    let path = std::env::args_os().nth(1).ok_or("name the access log to add up")?;
    let bytes = fs::metadata(&path)?.len();
    let threads = thread::available_parallelism()?.get() as u64;
    let cut = |index| bytes / threads * index + bytes % threads * index / threads;
    let ranges = (0..threads).map(|index| cut(index)..cut(index + 1));

    let sums: Result<Vec<Sum>, AnyError> = thread::scope(|scope| {
        let workers: Vec<_> = ranges.map(|range| scope.spawn(|| add_up(&path, range))).collect();
        let joined = workers.into_iter().map(|worker| worker.join().expect("no worker panics"));
        joined.collect()
    });
    let sums = sums?;
    let lines: u64 = sums.iter().map(|sum| sum.lines).sum();
    let total: u64 = sums.iter().map(|sum| sum.total).sum();
    println!("{total} in {lines} lines, by {} threads", sums.len());
    Ok(())
}

/// The outcome of a range.
struct Sum {
    lines: u64,
    total: u64,
}

/// Adds up the lines that begin in a range; what is no number counts as none.
fn add_up(path: &OsStr, range: Range<u64>) -> Result<Sum, AnyError> {
    let dialect = Dialect::new(b'|')?.with_columns(12)?.with_ragged(RaggedPolicy::Report);
    let source = ReadSource::new(File::open(path)?).seek_to_range(range)?;
    let mut batches = Scanner::new(dialect)?.into_batches(source);
    let mut sum = Sum { lines: 0, total: 0 };
    while let Some(batch) = batches.next()? {
        sum.lines += batch.line_count();
        for span in batch.spans(COLUMN).flatten() {
            let number = str::from_utf8(&batch.as_bytes()[span.range()]);
            sum.total += number.ok().and_then(|number| number.parse().ok()).unwrap_or(0);
        }
    }
    Ok(sum)
}
