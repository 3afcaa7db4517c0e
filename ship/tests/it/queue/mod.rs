//! Queues on disk: what comes out is what went in, whatever happens in between.

mod damage;
mod full;
mod kill;
mod model;

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use bytes::Bytes;
use delimark_ship::queue::{Queue, QueueLimits, QueueReader, QueueWriter};
use delimark_ship::{Entry, Labels, Origin};

const SMALL: QueueLimits = QueueLimits { bytes: 1 << 20, segment_bytes: 4 << 10 };

/// Returns an entry that its number can be told from.
pub(crate) fn entry(number: u64) -> Entry {
    let labels = [("job".into(), format!("job{}", number % 3).into())];
    Entry {
        labels: Labels::from(labels),
        timestamp_ns: (1_700_000_000_000_000_000 + number).cast_signed(),
        line: Bytes::from(format!("line {number} {}", "x".repeat(number as usize % 50))),
        metadata: [("number", number.to_string())].into_iter().collect(),
        origin: Origin { source: Arc::from("a.log"), line: Some(number), offset: number * 10 },
    }
}

pub(crate) fn entries(numbers: std::ops::Range<u64>) -> Vec<Entry> {
    numbers.map(entry).collect()
}

/// Reads all that is left, and acknowledges it.
pub(crate) fn drain(reader: &mut QueueReader) -> Vec<Entry> {
    let mut all = Vec::new();
    while let Some(batch) = reader.next(1 << 20).unwrap() {
        all.extend(batch.entries);
        reader.ack(batch.position).unwrap();
    }
    all
}

fn open(folder: &Path) -> (QueueWriter, QueueReader) {
    Queue::open(folder, SMALL).unwrap()
}

/// Returns the segments in a folder, in order.
fn segments(folder: &Path) -> Vec<PathBuf> {
    let files = fs::read_dir(folder).unwrap().map(|file| file.unwrap().path());
    let mut segments: Vec<PathBuf> =
        files.filter(|path| path.extension().is_some_and(|name| name == "segment")).collect();
    segments.sort();
    segments
}

#[test]
fn what_was_not_acknowledged_comes_again() {
    let folder = tempfile::tempdir().unwrap();
    let (mut writer, mut reader) = open(folder.path());
    writer.append(&entries(0..10)).unwrap();
    writer.append(&entries(10..20)).unwrap();
    writer.sync().unwrap();
    let first = reader.next(1).unwrap().unwrap();
    assert_eq!(first.entries, entries(0..10), "a record at least, however few bytes are asked for");
    reader.ack(first.position).unwrap();
    assert_eq!(reader.next(1 << 20).unwrap().unwrap().entries, entries(10..20));
    assert!(reader.next(1 << 20).unwrap().is_none());
    assert_eq!(reader.gauge().waiting_entries(), 10);
    drop((writer, reader));

    let (writer, mut reader) = open(folder.path());
    assert_eq!(writer.recovery().entries, 10);
    assert_eq!(drain(&mut reader), entries(10..20));
    assert_eq!(reader.gauge().waiting_entries(), 0);
    drop((writer, reader));
    let (mut writer, mut reader) = open(folder.path());
    assert!(reader.next(1).unwrap().is_none());
    writer.append(&entries(20..21)).unwrap();
    assert_eq!(drain(&mut reader), entries(20..21));
}

#[test]
fn segments_that_are_done_with_are_removed() {
    let folder = tempfile::tempdir().unwrap();
    let (mut writer, mut reader) = open(folder.path());
    for number in 0..1000 {
        writer.append(&entries(number..number + 1)).unwrap();
    }
    assert!(segments(folder.path()).len() > 10);
    assert!(writer.gauge().bytes() > 40 << 10);
    assert_eq!(drain(&mut reader), entries(0..1000));
    assert_eq!(segments(folder.path()).len(), 1);
    assert!(writer.gauge().bytes() < 8 << 10);
}

#[test]
fn a_queue_has_one_owner() {
    let folder = tempfile::tempdir().unwrap();
    let ends = open(folder.path());
    let error = Queue::open(folder.path(), SMALL).unwrap_err();
    assert!(error.to_string().contains("another process has this queue"), "{error}");
    let (writer, reader) = ends;
    drop(writer);
    Queue::open(folder.path(), SMALL).unwrap_err();
    drop(reader);
    open(folder.path());
}

#[tokio::test]
async fn a_reader_waits_for_what_comes() {
    let folder = tempfile::tempdir().unwrap();
    let (mut writer, mut reader) = open(folder.path());
    let written = tokio::spawn(async move {
        tokio::time::sleep(std::time::Duration::from_millis(50)).await;
        writer.append(&entries(0..1)).unwrap();
        writer
    });
    reader.wait(1).await;
    assert_eq!(drain(&mut reader), entries(0..1));
    written.await.unwrap();
}
