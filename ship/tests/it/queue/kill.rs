//! A process that appends and reads, killed with -9 at random moments, again and again.

use std::collections::BTreeSet;
use std::fs::{self, File};
use std::io::Write;
use std::path::Path;
use std::process::{Command, Stdio};
use std::thread::sleep;
use std::time::Duration;
use std::{env, iter};

use super::{drain, entries, open};

/// Set in the process that is killed; it is the folder that it works in.
const FOLDER: &str = "DELIMARK_KILLED_FOLDER";

const KILLS: u32 = 40;

#[test]
fn a_kill_loses_nothing_that_was_appended() {
    if let Some(folder) = env::var_os(FOLDER) {
        work(Path::new(&folder));
    }
    let folder = tempfile::tempdir().unwrap();
    let mut random = fastrand::Rng::with_seed(7);
    for _ in 0..KILLS {
        let mut child = Command::new(env::current_exe().unwrap())
            .args(["--exact", "queue::kill::a_kill_loses_nothing_that_was_appended"])
            .env(FOLDER, folder.path())
            .stdout(Stdio::null())
            .spawn()
            .unwrap();
        sleep(Duration::from_millis(random.u64(20..150)));
        // SIGKILL, of which the process learns nothing.
        child.kill().unwrap();
        child.wait().unwrap();
    }
    let (_writer, mut reader) = open(&folder.path().join("queue"));
    let waiting: Vec<u64> = drain(&mut reader).iter().map(number).collect();
    let (appended, read) = (read(folder.path(), "appended"), read(folder.path(), "read"));
    let missing: Vec<u64> = appended
        .iter()
        .filter(|number| !read.contains(number) && !waiting.contains(number))
        .copied()
        .collect();
    assert!(missing.is_empty(), "{} are lost: {missing:?}", missing.len());
    assert!(appended.len() > 100, "{} were appended", appended.len());
    assert!(!read.is_empty(), "some were acknowledged");
    // An append that nobody was told of may be there, but whole.
    assert!(waiting.len().is_multiple_of(10), "{} wait, in appends of 10", waiting.len());
    assert!(waiting.is_sorted_by(|number, next| number < next), "in order, and none twice");
}

fn number(entry: &delimark_ship::Entry) -> u64 {
    entry.origin.line.unwrap()
}

/// Returns the numbers in a journal, of which a kill may have torn the last line.
fn read(folder: &Path, name: &str) -> BTreeSet<u64> {
    let text = fs::read_to_string(folder.join(name)).unwrap_or_default();
    let whole = text.rsplit_once('\n').map_or("", |(whole, _)| whole);
    whole.lines().map(|line| line.parse().unwrap()).collect()
}

/// Appends and reads for ever, and writes down what is done for sure.
fn work(folder: &Path) -> ! {
    let journal =
        |name: &str| File::options().append(true).create(true).open(folder.join(name)).unwrap();
    let (mut appended, mut acknowledged) = (journal("appended"), journal("read"));
    let (mut writer, mut reader) = open(&folder.join("queue"));
    let done = read(folder, "appended").union(&read(folder, "read")).max().copied();
    let mut waiting_from = done.map_or(0, |number| number + 1);
    // Appends that were not written down are in the queue all the same: go on behind them.
    let all = iter::from_fn(|| reader.next(1 << 20).unwrap());
    let last = all.flat_map(|batch| batch.entries).map(|entry| number(&entry)).max();
    waiting_from = waiting_from.max(last.map_or(0, |number| number + 1));
    drop((writer, reader));
    (writer, reader) = open(&folder.join("queue"));
    loop {
        let numbers = waiting_from..waiting_from + 10;
        if writer.append(&entries(numbers.clone())).is_ok() {
            write_lines(&mut appended, numbers.clone());
            waiting_from = numbers.end;
        }
        if waiting_from.is_multiple_of(30)
            && let Some(batch) = reader.next(2000).unwrap()
        {
            // Written down first: what is acknowledged is never to be found again.
            write_lines(&mut acknowledged, batch.entries.iter().map(number));
            reader.ack(batch.position).unwrap();
        }
    }
}

fn write_lines(file: &mut File, numbers: impl Iterator<Item = u64>) {
    let lines: String = numbers.map(|number| format!("{number}\n")).collect();
    file.write_all(lines.as_bytes()).unwrap();
}
