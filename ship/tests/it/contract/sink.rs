//! The sink end to end: what was appended is what a query finds, and the dead letters.

use std::collections::BTreeSet;
use std::sync::Arc;

use bytes::Bytes;
use delimark_ship::loki::{Count, PushEncoding};
use delimark_ship::{Entry, Labels, Metadata, Origin};

use crate::server::{Server, minutes, now_ns};
use crate::sink_run::{SinkRun, options};

fn entry(labels: &Labels, timestamp_ns: i64, line: &str, number: u64) -> Entry {
    Entry {
        labels: Arc::clone(labels),
        timestamp_ns,
        line: Bytes::from(line.to_owned()),
        metadata: Metadata::default(),
        origin: Origin { source: "a.log".into(), line: Some(number), offset: number * 100 },
    }
}

fn labels(job: &str, kind: &str) -> Labels {
    [("job".into(), job.into()), ("kind".into(), kind.into())].into_iter().collect()
}

/// Sends entries of all kinds, and counts.
async fn check_counts(encoding: PushEncoding) {
    let server = Server::find();
    let job = Server::job();
    let folder = tempfile::tempdir().unwrap();
    let mut run = SinkRun::new(folder.path());
    let now = now_ns();
    let kinds = ["a", "b\"\\", "c\u{e9}"].map(|kind| labels(&job, kind));
    let mut expected = BTreeSet::new();
    let mut batch = Vec::new();
    for number in 0..6000u64 {
        // Backwards and forwards, but within the window; equal lines within equal times.
        let time = now - minutes(50) + (number.cast_signed() * 7919 % 3000) / 100 * 1_000_000_000;
        let text = format!("line {}", number % 10);
        let mut entry = entry(&kinds[number as usize % 3], time, &text, number);
        match number % 100 {
            10 => entry.line = vec![b'x'; 300_000].into(),
            20 => entry.timestamp_ns -= minutes(8 * 24 * 60),
            30 => entry.labels = [("a.b".into(), "x".into())].into_iter().collect(),
            40 => entry.metadata = [("", "x"), ("\u{6f22}", "y")].into_iter().collect(),
            50 => entry.metadata = [("k.k", "x"), ("k_k", "y")].into_iter().collect(),
            _ => {}
        }
        if ![10, 20, 30].contains(&(number % 100)) {
            expected.insert((number * 100).to_string());
        }
        batch.push(entry);
        if batch.len() == 50 {
            run.writer.append(&batch).unwrap();
            batch.clear();
        }
    }
    let mut options = options(&server.url);
    options.encoding = encoding;
    options.push_bytes = 200_000;
    run.drain(options).await;

    let found = server.find_entries(&format!("{{job=\"{job}\"}}")).await;
    let offsets: BTreeSet<String> =
        found.iter().map(|entry| entry.labels["offset"].clone()).collect();
    assert_eq!(found.len(), expected.len(), "none twice");
    assert_eq!(offsets, expected);
    assert_eq!(server.count(&format!("{{job=\"{job}\"}}"), 1).await, 5820);
    let letters = run.letters.all();
    assert_eq!(letters.len(), 180, "3 in 100");
    assert_eq!(run.counters.get(Count::SentEntries), 5820);
    assert_eq!(run.counters.get(Count::DeadEntries), 180);
    assert_eq!(run.counters.get(Count::RefusedEntries), 0, "all were found before they were sent");
    assert_eq!(run.counters.get(Count::RenamedNames), 180);
    let renamed = found.iter().find(|entry| entry.labels["offset"] == "5000").unwrap();
    assert_eq!((&*renamed.labels["k_k"], &*renamed.labels["k_k_2"]), ("y", "x"));
    let renamed = found.iter().find(|entry| entry.labels["offset"] == "4000").unwrap();
    assert_eq!((&*renamed.labels["unnamed"], &*renamed.labels["unnamed_2"]), ("x", "y"));
}

#[tokio::test]
async fn entries_are_found_or_dead_letters_by_protobuf() {
    check_counts(PushEncoding::Protobuf).await;
}

#[tokio::test]
async fn entries_are_found_or_dead_letters_by_json() {
    check_counts(PushEncoding::Json { is_compressed: true }).await;
}

#[tokio::test]
async fn entries_that_come_too_late_are_dead_letters_with_lokis_words() {
    let server = Server::find();
    let job = Server::job();
    let folder = tempfile::tempdir().unwrap();
    let mut run = SinkRun::new(folder.path());
    let kind = labels(&job, "late");
    let now = now_ns();
    run.writer.append(&[entry(&kind, now, "new", 0)]).unwrap();
    run.drain(options(&server.url)).await;
    // 700 of 1,000 are behind the window.
    let late = (0..1000).map(|number| {
        let time = now - minutes(60) + (i64::try_from(number).unwrap() - 700) * 1_000_000;
        entry(&kind, time, "late", number + 1)
    });
    run.writer.append(&late.collect::<Vec<_>>()).unwrap();
    run.drain(options(&server.url)).await;
    let found = server.find_entries(&format!("{{job=\"{job}\"}}")).await;
    assert_eq!(found.len(), 301);
    let letters = run.letters.all();
    let numbers: BTreeSet<u64> = letters.iter().map(|letter| letter.line_number).collect();
    assert_eq!(numbers, (1..=700).collect());
    assert_eq!(letters.len(), 700);
    for letter in &letters {
        let reason = &letter.reason;
        assert!(reason.starts_with("was refused by Loki: 400 entry with timestamp"), "{reason}");
        assert!(reason.contains("entry too far behind"), "{reason}");
    }
    let pushes = run.counters.get(Count::Pushes);
    assert!(pushes < 40, "{pushes} pushes found out which");
}

#[tokio::test]
async fn a_stream_that_spans_hours_is_sent_in_order_and_whole() {
    let server = Server::find();
    let job = Server::job();
    let folder = tempfile::tempdir().unwrap();
    let mut run = SinkRun::new(folder.path());
    let kind = labels(&job, "hours");
    let now = now_ns();
    // The newest first, as after a restart with several files.
    let entries = (0..120)
        .map(|number: i64| entry(&kind, now - minutes(number), "line", number.cast_unsigned()));
    run.writer.append(&entries.collect::<Vec<_>>()).unwrap();
    run.drain(options(&server.url)).await;
    assert_eq!(server.find_entries(&format!("{{job=\"{job}\"}}")).await.len(), 120);
    assert_eq!(run.letters.reasons(), [""; 0]);
    assert_eq!(run.counters.get(Count::Pushes), 2, "an hour each");
}

#[tokio::test]
async fn a_rate_that_is_too_high_is_waited_out() {
    let server = Server::find();
    let job = Server::job();
    let folder = tempfile::tempdir().unwrap();
    let mut run = SinkRun::new(folder.path());
    let kind = labels(&job, "fast");
    let now = now_ns();
    // 14 MB, of which a server takes 6 at once and 4 in a second.
    for number in 0..70 {
        let mut entry = entry(&kind, now + i64::try_from(number).unwrap(), "", number);
        entry.line = vec![b'x'; 200_000].into();
        run.writer.append(&[entry]).unwrap();
    }
    run.drain(options(&server.url)).await;
    assert!(run.counters.get(Count::Retries) > 0, "the server was too slow at least once");
    assert_eq!(run.letters.reasons(), [""; 0]);
    assert_eq!(run.counters.get(Count::SentEntries), 70);
    assert_eq!(server.count(&format!("{{job=\"{job}\"}}"), 1).await, 70);
}
