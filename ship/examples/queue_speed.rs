//! Measures how fast a queue takes entries and gives them back, without syncs in between, so that
//! they go to the page cache: `cargo run --release --example queue_speed [FOLDER]`.
//!
//! Bytes are those of lines, names and values of metadata; a MB is 1,000,000 bytes.

use std::error::Error;
use std::io::{self, Write};
use std::sync::Arc;
use std::time::Instant;

use bytes::Bytes;
use delimark_ship::queue::{Queue, QueueLimits};
use delimark_ship::{Entry, Labels, Origin};

/// The entries of an append.
const ENTRIES: usize = 2000;

const APPENDS: usize = 1000;

fn main() -> Result<(), Box<dyn Error>> {
    let folder = tempfile::tempdir()?;
    let folder = std::env::args().nth(1).map_or(folder.path().to_owned(), Into::into);
    let limits = QueueLimits { bytes: 4 << 30, ..QueueLimits::default() };
    let (mut writer, mut reader) = Queue::open(folder, limits)?;
    let entries: Vec<Entry> = (0..ENTRIES).map(entry).collect();
    let size = |entry: &Entry| {
        let metadata = entry.metadata.iter().map(|(name, value)| name.len() + value.len());
        entry.line.len() + metadata.sum::<usize>()
    };
    let bytes = entries.iter().map(size).sum::<usize>() * APPENDS;

    let begin = Instant::now();
    for _ in 0..APPENDS {
        writer.append(&entries)?;
    }
    let appended = begin.elapsed();
    let begin = Instant::now();
    let mut read_count = 0;
    while let Some(batch) = reader.next(1 << 20)? {
        read_count += batch.entries.len();
    }
    let read = begin.elapsed();
    assert_eq!(read_count, ENTRIES * APPENDS, "all came back");
    for (what, time) in [("append", appended), ("read", read)] {
        let speed = bytes as f64 / 1e6 / time.as_secs_f64();
        let lines = read_count as f64 / 1e6 / time.as_secs_f64();
        writeln!(io::stdout(), "{what}: {speed:.0} MB/s, {lines:.2} million lines a second")?;
    }
    Ok(())
}

/// Returns a line of an access log, as the stages make an entry of it.
fn entry(number: usize) -> Entry {
    let line = format!(
        "203.0.113.{}|alice|2026-08-22T10:15:{:02}+00:00|GET /shop/item/{number}?ref=mail HTTP/1.1|\
         200|{}|https://shop.example/list|Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Firefox/140.0",
        number % 250,
        number / 100 % 60,
        number * 37 % 40_000
    );
    let labels = [("job".into(), "nginx".into()), ("status".into(), "2xx".into())];
    Entry {
        labels: Labels::from(labels),
        timestamp_ns: 1_755_857_700_000_000_000 + number as i64,
        line: Bytes::from(line),
        metadata: [("client", format!("203.0.113.{}", number % 250))].into_iter().collect(),
        origin: Origin {
            source: Arc::from("access.log"),
            line: Some(number as u64),
            offset: number as u64 * 200,
        },
    }
}
