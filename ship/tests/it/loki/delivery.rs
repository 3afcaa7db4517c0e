//! What is tried again, what is divided, and what is given up.

use std::io;
use std::time::Duration;

use delimark_loki_double::Fault;
use delimark_pipeline::{DeadLetter, DeadLetters};
use delimark_ship::loki::{Count, Credentials, LokiSink, SecretSource, StreamLimits};
use tokio::time::{Instant, sleep};

use crate::queue::entries;
use crate::server::{Server, now_ns};
use crate::sink_run::{Letters, SinkRun, options};

/// Sends 100 entries to a double with these faults, and returns the run.
async fn send(faults: impl IntoIterator<Item = Fault>) -> (Server, SinkRun) {
    let server = Server::start_double();
    server.double.as_ref().unwrap().add_faults(faults);
    let folder = tempfile::tempdir().unwrap();
    let mut run = SinkRun::new(folder.path());
    run.writer.append(&recent(100)).unwrap();
    let mut options = options(&server.url);
    options.timeout = Duration::from_millis(300);
    run.drain(options).await;
    (server, run)
}

fn recent(count: u64) -> Vec<delimark_ship::Entry> {
    let mut entries = entries(0..count);
    let begin = now_ns() - 1_000_000_000;
    for (time, entry) in (begin..).zip(&mut entries) {
        entry.timestamp_ns = time;
    }
    entries
}

/// Counts what is stored, and checks that it is all but the dead letters.
async fn stored(server: &Server, run: &SinkRun) -> usize {
    let found = server.find_entries("{job=~\"job.*\"}").await.len();
    assert_eq!(found + run.letters.all().len(), 100);
    found
}

#[tokio::test]
async fn trouble_is_waited_out() {
    for fault in [
        Fault::Status { status: 429 },
        Fault::Status { status: 502 },
        Fault::Status { status: 503 },
        Fault::Status { status: 504 },
        Fault::Status { status: 404 },
        Fault::CutBefore,
        Fault::CutAfter,
        Fault::Stall { milliseconds: 500 },
        Fault::Restart { milliseconds: 100 },
    ] {
        let (server, run) = send([fault; 3]).await;
        assert_eq!(stored(&server, &run).await, 100, "{fault:?}");
        let retries = run.counters.get(Count::Retries);
        assert!(retries >= 3, "{fault:?}: {retries} retries");
        assert_eq!(run.counters.last_error(), None);
    }
}

#[tokio::test]
async fn entries_that_are_refused_are_found_by_halving() {
    let (server, run) = send([Fault::Partial { every: 10 }]).await;
    // 34, 33 and 33 entries of three streams.
    assert_eq!(stored(&server, &run).await, 88);
    let letters = run.letters.all();
    assert_eq!(letters.len(), 12);
    assert!(letters.iter().all(|letter| letter.reason.contains("total ignored: 1 out of 1")));
    assert_eq!(run.counters.get(Count::RefusedEntries), 12);
    assert_eq!(run.counters.get(Count::SentEntries), 88);
}

#[tokio::test]
async fn a_push_that_is_too_large_for_somebody_between_is_divided() {
    let (server, run) = send([Fault::Status { status: 413 }; 3]).await;
    assert_eq!(stored(&server, &run).await, 100);
    assert_eq!(run.counters.get(Count::Divisions), 3);
    assert_eq!(run.counters.get(Count::Retries), 0);
}

#[tokio::test]
async fn a_500_that_stays_costs_no_entry_once_the_server_recovers() {
    let (server, run) = send([Fault::Status { status: 500 }; 15]).await;
    assert_eq!(stored(&server, &run).await, 100);
    assert!(run.counters.get(Count::Divisions) > 0);
}

#[tokio::test]
async fn a_500_for_one_entry_alone_is_not_for_ever() {
    let server = Server::start_double();
    // Two entries: the first push and its first half fail, the second half is accepted, and then
    // the first one fails on.
    let five_hundred = Fault::Status { status: 500 };
    server.double.as_ref().unwrap().add_faults([five_hundred; 3]);
    let folder = tempfile::tempdir().unwrap();
    let mut run = SinkRun::new(folder.path());
    run.writer.append(&recent(1)).unwrap();
    server.double.as_ref().unwrap().add_faults(vec![five_hundred; 10_000]);
    let mut options = options(&server.url);
    options.retry.longest_500 = Duration::from_millis(500);
    run.drain(options).await;
    let reasons = run.letters.reasons();
    assert_eq!(reasons, ["was refused by Loki: 500 a fault of the double"]);
}

#[tokio::test]
async fn an_entry_waits_no_longer_than_the_latency() {
    const LATENCY: Duration = Duration::from_millis(100);
    let server = Server::start_double();
    let folder = tempfile::tempdir().unwrap();
    let SinkRun { mut writer, mut reader, letters, counters } = SinkRun::new(folder.path());
    let mut options = options(&server.url);
    options.latency = LATENCY;
    let mut waits = Vec::new();
    let done = async {
        for (number, entry) in (1..).zip(recent(20)) {
            let begin = Instant::now();
            writer.append(&[entry]).unwrap();
            while server.count("{job=~\"job.*\"}", 1).await < number {
                sleep(Duration::from_millis(2)).await;
            }
            waits.push(begin.elapsed());
        }
    };
    let mut kept = letters.clone();
    let sink = LokiSink::new(options).unwrap();
    sink.run(&mut reader, &mut kept, &counters, done).await.unwrap();
    waits.sort_unstable();
    // The median, since other tests run beside this one.
    let median = waits[waits.len() / 2];
    assert!(median >= LATENCY && median < 2 * LATENCY, "{waits:?}");
}

/// Dead letters on a disk that fails at first.
struct FailingLetters {
    failures: u32,
    letters: Letters,
}

impl FailingLetters {
    fn fail(&mut self) -> io::Result<()> {
        self.failures = self.failures.saturating_sub(1);
        if self.failures > 0 { Err(io::Error::other("the disk fails")) } else { Ok(()) }
    }
}

impl DeadLetters for FailingLetters {
    fn take(&mut self, input: &str, letter: &DeadLetter) -> io::Result<()> {
        self.fail()?;
        self.letters.take(input, letter)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.fail()
    }
}

#[tokio::test]
async fn nothing_is_acknowledged_before_its_dead_letter_is_kept() {
    let server = Server::start_double();
    let folder = tempfile::tempdir().unwrap();
    let mut run = SinkRun::new(folder.path());
    // Of 2023, and so too old.
    run.writer.append(&entries(0..3)).unwrap();
    let letters = run.letters.clone();
    for (failures, kept, waiting) in [(u32::MAX, 0, 3), (8, 3, 0)] {
        let mut failing = FailingLetters { failures, letters: letters.clone() };
        let sink = LokiSink::new(options(&server.url)).unwrap();
        let end = sleep(Duration::from_secs(1));
        sink.run(&mut run.reader, &mut failing, &run.counters, end).await.unwrap();
        assert_eq!(letters.all().len(), kept);
        assert_eq!(run.reader.gauge().waiting_entries(), waiting);
        let SinkRun { writer, reader, .. } = run;
        drop((writer, reader));
        run = SinkRun::new(folder.path());
    }
}

#[tokio::test]
async fn streams_beyond_the_limit_are_metadata() {
    let server = Server::start_double();
    let folder = tempfile::tempdir().unwrap();
    let mut run = SinkRun::new(folder.path());
    let mut entries = recent(1000);
    for (number, entry) in entries.iter_mut().enumerate() {
        let file = ("file".into(), number.to_string().into());
        entry.labels = [file, ("job".into(), "x".into())].into();
    }
    run.writer.append(&entries).unwrap();
    let mut options = options(&server.url);
    options.streams = StreamLimits { streams: 50, values: 30 };
    run.drain(options).await;
    let found = server.find_entries("{job=\"x\"}").await;
    assert_eq!(found.len(), 1000);
    assert!(found.iter().all(|entry| entry.labels.contains_key("file")), "as label or metadata");
    let moved = server.find_entries("{job=\"x\", file=\"\"}").await;
    assert_eq!(moved.len(), 970);
    assert_eq!(run.counters.get(Count::MovedLabels), 970);
}

#[tokio::test]
async fn a_secret_that_is_gone_shows_at_once_and_names_its_place() {
    let mut options = options("http://localhost");
    let path = std::path::PathBuf::from("not-there");
    options.credentials = Credentials::Bearer(SecretSource::File(path));
    let error = LokiSink::new(options).unwrap_err().to_string();
    assert!(error.starts_with("Loki sink: not-there: cannot read the secret: "), "{error}");
}
