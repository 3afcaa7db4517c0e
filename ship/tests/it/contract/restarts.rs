//! A server that is killed and started again, while a sink sends to it.

use std::env;
use std::fs;
use std::path::PathBuf;
use std::time::Duration;

use bytes::Bytes;
use delimark_loki_double::Fault;
use delimark_ship::loki::{Count, LokiSink};
use delimark_ship::queue::QueueWriter;
use delimark_ship::{Entry, Metadata, Origin};
use tokio::time::{Instant, sleep};

use crate::server::{Server, now_ns};
use crate::sink_run::{SinkRun, options};

/// The file whose creation asks for a restart, and which is gone when the server is there again.
const RESTART: &str = "DELIMARK_LOKI_RESTART";

const RESTARTS: usize = 3;
const BATCHES: u64 = 400;
const ENTRIES: u64 = 50;

#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_is_killed_costs_nothing() {
    let server = Server::find();
    let job = Server::job();
    let folder = tempfile::tempdir().unwrap();
    let SinkRun { mut writer, mut reader, letters, counters } = SinkRun::new(folder.path());
    let gauge = writer.gauge();
    let sink = LokiSink::new(options(&server.url)).unwrap();
    let done = async {
        for restart in 0..RESTARTS {
            let numbers = BATCHES * restart as u64..BATCHES * (restart as u64 + 1);
            // One half before the server is gone, the other while it is.
            let (before, while_gone) = (numbers.start..numbers.start + BATCHES / 2, numbers.end);
            append(&mut writer, &job, before.clone()).await;
            request_restart(&server);
            append(&mut writer, &job, before.end..while_gone).await;
            wait_for_restart(&server).await;
        }
        while gauge.waiting_entries() > 0 {
            sleep(Duration::from_millis(20)).await;
        }
    };
    let mut kept = letters.clone();
    sink.run(&mut reader, &mut kept, &counters, done).await.unwrap();
    let selector = format!("{{job=\"{job}\"}}");
    let all = RESTARTS as u64 * BATCHES * ENTRIES;
    assert_eq!(letters.reasons(), [""; 0]);
    assert_eq!(counters.get(Count::SentEntries), all);
    assert!(counters.get(Count::Retries) >= RESTARTS as u64, "pushes met a server that was gone");
    let mut found: Vec<u64> = server
        .find_entries(&selector)
        .await
        .iter()
        .map(|entry| entry.labels["offset"].parse().unwrap())
        .collect();
    found.sort_unstable();
    assert_eq!(found, (0..all).collect::<Vec<u64>>(), "each of them once");
    assert_eq!(server.count(&selector, 1).await, all);
}

async fn append(writer: &mut QueueWriter, job: &str, batches: std::ops::Range<u64>) {
    for batch in batches {
        let numbers = batch * ENTRIES..(batch + 1) * ENTRIES;
        let entries: Vec<Entry> = numbers.map(|number| entry(job, number)).collect();
        writer.append(&entries).unwrap();
        sleep(Duration::from_millis(2)).await;
    }
}

fn entry(job: &str, number: u64) -> Entry {
    Entry {
        labels: [("job".into(), job.into())].into(),
        timestamp_ns: now_ns(),
        line: Bytes::from(format!("line {}", number % 7)),
        metadata: Metadata::default(),
        origin: Origin { source: "a.log".into(), line: Some(number), offset: number },
    }
}

fn file() -> PathBuf {
    env::var_os(RESTART)
        .expect("a server that is not a double has to be restarted by ci/loki")
        .into()
}

fn request_restart(server: &Server) {
    match &server.double {
        Some(double) => double.add_faults([Fault::Restart { milliseconds: 300 }]),
        None => fs::write(file(), b"").unwrap(),
    }
}

async fn wait_for_restart(server: &Server) {
    if server.double.is_some() {
        return sleep(Duration::from_millis(400)).await;
    }
    let begin = Instant::now();
    while file().exists() {
        assert!(begin.elapsed() < Duration::from_secs(180), "the server does not come again");
        sleep(Duration::from_millis(100)).await;
    }
}
