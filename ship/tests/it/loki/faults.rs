//! A hundred faults, restarts of the sink and a full disk, with exact accounts.

use std::collections::{BTreeMap, BTreeSet};
use std::io::{self, Write};
use std::path::Path;
use std::process::Command;
use std::sync::Arc;
use std::time::Duration;
use std::{env, iter};

use bytes::Bytes;
use delimark_loki_double::{Fault, LokiDouble, MetFault};
use delimark_ship::loki::{Count, LokiCounters, LokiSink};
use delimark_ship::queue::{Queue, QueueLimits, QueueWriter};
use delimark_ship::{Entry, Labels, Origin};
use tokio::time::{sleep, timeout};

use crate::server::{Server, minutes, now_ns};
use crate::sink_run::{Letters, options};

/// Set in the process that has a small disk; it is the disk's folder.
const DISK: &str = "DELIMARK_FAULTS_DISK";

const FAULTS: usize = 100;
/// The entries at least; more until every fault happened.
const ENTRIES: u64 = 30_000;
const APPENDED_AT_ONCE: u64 = 50;

#[test]
fn a_hundred_faults_lose_nothing_and_double_nothing() {
    if let Some(disk) = env::var_os(DISK) {
        let runtime = tokio::runtime::Runtime::new().unwrap();
        return runtime.block_on(survive(Path::new(&disk)));
    }
    let folder = tempfile::tempdir().unwrap();
    let script = format!(
        "mount -t tmpfs -o size=768k none '{0}' && {DISK}='{0}' exec '{1}' --exact --nocapture \
         loki::faults::a_hundred_faults_lose_nothing_and_double_nothing",
        folder.path().display(),
        env::current_exe().unwrap().display()
    );
    let mut command = Command::new("unshare");
    command.args(["--user", "--map-root-user", "--mount", "sh", "-c", &script]);
    let output = command.output().expect("this test needs unshare, of util-linux");
    let text = String::from_utf8_lossy(&output.stdout);
    io::stdout().write_all(text.as_bytes()).unwrap();
    assert!(output.status.success(), "{text}{}", String::from_utf8_lossy(&output.stderr));
    assert!(text.contains("1 passed"), "{text}");
}

fn random_fault(random: &mut fastrand::Rng) -> Fault {
    match random.u8(0..10) {
        0 => Fault::Status { status: 429 },
        1 => Fault::Status { status: 500 },
        2 => Fault::Status { status: 503 },
        3 | 4 => Fault::Partial { every: random.usize(10..200) },
        5 => Fault::CutBefore,
        6 | 7 => Fault::CutAfter,
        8 => Fault::Stall { milliseconds: if random.bool() { 20 } else { 400 } },
        _ => Fault::Restart { milliseconds: random.u64(10..300) },
    }
}

fn entry(number: u64, begin_ns: i64) -> Entry {
    let labels = [("job".into(), format!("f{}", number % 5).into())];
    Entry {
        labels: Labels::from(labels),
        // A hundred of a time, with ten equal lines.
        timestamp_ns: begin_ns + (number / 100).cast_signed(),
        line: Bytes::from(format!("line {} of a log that is followed", number / 10)),
        metadata: [("trace", format!("{:032x}", number / 7))].into_iter().collect(),
        origin: Origin { source: Arc::from("a.log"), line: Some(number), offset: number },
    }
}

async fn survive(disk: &Path) {
    let server = Server::start_double();
    let double = server.double.as_ref().unwrap();
    let mut random = fastrand::Rng::with_seed(now_ns().cast_unsigned());
    let seed = random.get_seed();
    for _ in 0..FAULTS {
        // Mostly pushes that are new, not one push again and again.
        double.add_faults(iter::repeat_n(Fault::None, random.usize(0..16)));
        double.add_faults([random_fault(&mut random)]);
    }
    let (letters, counters) = (Letters::default(), LokiCounters::default());
    let begin_ns = now_ns() - minutes(10);
    let (mut appended, mut full, mut restarts) = (0, 0, 0);
    loop {
        let limits = QueueLimits { bytes: 1 << 30, segment_bytes: 64 << 10 };
        let (mut writer, mut reader) = Queue::open(disk, limits).unwrap();
        let gauge = writer.gauge();
        let mut options = options(&server.url);
        options.timeout = Duration::from_millis(200);
        options.push_bytes = 20_000;
        let sink = LokiSink::new(options).unwrap();
        let mut kept = letters.clone();
        let work = async {
            append(&mut writer, double, &mut appended, &mut full, begin_ns).await;
            while gauge.waiting_entries() > 0 {
                sleep(Duration::from_millis(5)).await;
            }
        };
        // Until the end, or a random moment: the sink is stopped wherever it is.
        let life = Duration::from_millis(random.u64(100..1500));
        let shutdown = async {
            restarts += usize::from(timeout(life, work).await.is_err());
        };
        sink.run(&mut reader, &mut kept, &counters, shutdown).await.unwrap();
        if double.met_faults().len() == FAULTS
            && appended >= ENTRIES
            && gauge.waiting_entries() == 0
        {
            break;
        }
    }
    let met = double.met_faults();
    show(&met, seed, full, restarts, &counters);
    assert_eq!(met.len(), FAULTS, "every fault happened");
    assert!(full > 0, "the disk was full");
    assert!(restarts > 0, "the sink was stopped");
    check_accounts(&server, &letters, appended).await;
}

/// Appends until there were entries and faults enough, and waits where the disk is full.
async fn append(
    writer: &mut QueueWriter,
    double: &LokiDouble,
    appended: &mut u64,
    full: &mut usize,
    begin_ns: i64,
) {
    while *appended < ENTRIES || double.met_faults().len() < FAULTS {
        let numbers = *appended..*appended + APPENDED_AT_ONCE;
        let entries: Vec<Entry> = numbers.map(|number| entry(number, begin_ns)).collect();
        match writer.append(&entries) {
            Ok(()) => {
                *appended += APPENDED_AT_ONCE;
                tokio::task::yield_now().await;
            }
            Err(error) => {
                assert!(error.is_full(), "{error}");
                *full += 1;
                sleep(Duration::from_millis(20)).await;
            }
        }
    }
    writer.sync().unwrap();
}

async fn check_accounts(server: &Server, letters: &Letters, appended: u64) {
    let found = server.find_entries("{job=~\"f.\"}").await;
    let stored: BTreeSet<u64> =
        found.iter().map(|entry| entry.labels["offset"].parse().unwrap()).collect();
    let dead: BTreeSet<u64> = letters.all().iter().map(|letter| letter.line_number).collect();
    let account = format!(
        "{appended} entries appended = {} found by query + {} dead letters\n",
        found.len(),
        dead.len()
    );
    io::stdout().write_all(account.as_bytes()).unwrap();
    assert_eq!(found.len(), stored.len(), "no entry is stored twice");
    assert!(stored.is_disjoint(&dead), "what is stored is no dead letter");
    assert_eq!(stored.len() + dead.len(), appended as usize);
    assert_eq!(server.count("{job=~\"f.\"}", 1).await, stored.len() as u64);
}

/// Prints which faults happened, how often, and to how many entries.
fn show(met: &[MetFault], seed: u64, full: usize, restarts: usize, counters: &LokiCounters) {
    let mut table: BTreeMap<String, (usize, usize)> = BTreeMap::new();
    for (fault, entry_count) in met {
        let name = match fault {
            Fault::None => continue,
            Fault::Status { status } => format!("answer {status}"),
            Fault::Partial { .. } => "partial 400".to_owned(),
            Fault::CutBefore => "cut in mid-push".to_owned(),
            Fault::CutAfter => "cut in place of the answer".to_owned(),
            Fault::Stall { milliseconds } => format!("stall of {milliseconds} ms"),
            Fault::Restart { .. } => "restart of the server".to_owned(),
        };
        let row = table.entry(name).or_default();
        row.0 += 1;
        row.1 += entry_count.unwrap_or(0);
    }
    let mut text = format!("seed {seed}\n{:28} {:>6} {:>8}\n", "fault", "times", "entries");
    for (name, (times, entries)) in table {
        let entries = if entries == 0 { "-".to_owned() } else { entries.to_string() };
        text.push_str(&format!("{name:28} {times:6} {entries:>8}\n"));
    }
    text.push_str(&format!("{:28} {full:6} {:>8}\n", "append on a full disk", "-"));
    text.push_str(&format!("{:28} {restarts:6} {:>8}\n", "stop of the sink", "-"));
    for (count, name) in Count::ALL {
        text.push_str(&format!("{name:28} {:>15}\n", counters.get(count)));
    }
    io::stdout().write_all(text.as_bytes()).unwrap();
}
