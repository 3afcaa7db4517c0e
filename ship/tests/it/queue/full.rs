//! Queues that are full, by their limit or by their disk.

use std::env;
use std::fs;
use std::path::Path;
use std::process::Command;

use delimark_ship::queue::{Queue, QueueLimits};

use super::{SMALL, drain, entries, open};

/// Set in the process that runs the test on a small disk; it is the disk's folder.
const DISK: &str = "DELIMARK_SMALL_DISK";

#[test]
fn a_queue_at_its_limit_takes_more_once_there_is_room() {
    let folder = tempfile::tempdir().unwrap();
    let limits = QueueLimits { bytes: 64 << 10, segment_bytes: 8 << 10 };
    let (mut writer, mut reader) = Queue::open(folder.path(), limits).unwrap();
    let mut appended = 0;
    let error = loop {
        match writer.append(&entries(appended..appended + 10)) {
            Ok(()) => appended += 10,
            Err(error) => break error,
        }
    };
    assert!(error.is_full(), "{error}");
    let text = error.to_string();
    assert!(text.contains("of at most 65536 bytes are taken"), "{text}");
    assert!(writer.gauge().bytes() <= 64 << 10);
    for _ in 0..100 {
        let batch = reader.next(1).unwrap().unwrap();
        reader.ack(batch.position).unwrap();
    }
    writer.append(&entries(appended..appended + 10)).unwrap();
    assert_eq!(drain(&mut reader), entries(1000..appended + 10));
}

#[test]
fn an_append_that_never_fits_is_told_from_one_that_has_to_wait() {
    let folder = tempfile::tempdir().unwrap();
    let limits = QueueLimits { bytes: 64 << 10, segment_bytes: 8 << 10 };
    let (mut writer, mut reader) = Queue::open(folder.path(), limits).unwrap();
    let error = writer.append(&entries(0..2000)).unwrap_err();
    assert!(!error.is_full(), "{error}");
    // A drained queue takes whatever fits its limit, also behind a segment of any length.
    for round in 0..20 {
        let numbers = round * 700..(round + 1) * 700;
        writer.append(&entries(numbers.clone())).unwrap();
        assert_eq!(drain(&mut reader), entries(numbers));
    }
}

#[test]
fn limits_that_leave_no_room_are_an_error() {
    let folder = tempfile::tempdir().unwrap();
    let limits = QueueLimits { bytes: 1000, ..SMALL };
    let error = Queue::open(folder.path(), limits).unwrap_err();
    assert_eq!(error.to_string(), "a queue of 1000 bytes is too small: at least 65536");
}

#[test]
fn a_full_disk_loses_nothing_and_shows_nothing_half() {
    if let Some(disk) = env::var_os(DISK) {
        return fill(Path::new(&disk));
    }
    run_on("tmpfs -o size=512k", "a_full_disk_loses_nothing_and_shows_nothing_half");
}

#[test]
fn a_disk_that_does_not_say_how_full_it_is_is_written_to() {
    if let Some(disk) = env::var_os(DISK) {
        let (mut writer, mut reader) = open(&Path::new(&disk).join("queue"));
        writer.append(&entries(0..20)).unwrap();
        assert_eq!(drain(&mut reader), entries(0..20));
        return;
    }
    run_on("ramfs", "a_disk_that_does_not_say_how_full_it_is_is_written_to");
}

/// Runs a test of this file again, on a file system in a namespace of its own.
fn run_on(file_system: &str, test: &str) {
    let folder = tempfile::tempdir().unwrap();
    let script = format!(
        "mount -t {file_system} none '{0}' && {DISK}='{0}' exec '{1}' --exact --nocapture \
         queue::full::{test}",
        folder.path().display(),
        env::current_exe().unwrap().display()
    );
    let mut command = Command::new("unshare");
    command.args(["--user", "--map-root-user", "--mount", "sh", "-c", &script]);
    let output = command.output().expect("this test needs unshare, of util-linux");
    let text = String::from_utf8_lossy(&output.stdout);
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{text}{errors}");
    assert!(text.contains("1 passed"), "{text}");
}

/// Fills a disk, makes room, and so on.
fn fill(disk: &Path) {
    let queue = disk.join("queue");
    let mut appended = 0;
    let mut read = Vec::new();
    let mut full_count = 0;
    for _ in 0..5 {
        let (mut writer, mut reader) = open(&queue);
        loop {
            match writer.append(&entries(appended..appended + 20)) {
                Ok(()) => appended += 20,
                Err(error) => {
                    assert!(error.is_full(), "{error}");
                    assert!(error.to_string().contains("are kept for"), "{error}");
                    full_count += 1;
                    break;
                }
            }
        }
        writer.sync().unwrap();
        // What has to be written before entries can be acknowledged still has room.
        fs::write(disk.join("letters"), [b'x'; 40 << 10]).unwrap();
        fs::remove_file(disk.join("letters")).unwrap();
        // Everything before the failed append is there, and no part of it.
        for _ in 0..appended / 60 {
            let Some(batch) = reader.next(1).unwrap() else { break };
            assert_eq!(batch.entries.len(), 20);
            read.extend(batch.entries);
            reader.ack(batch.position).unwrap();
        }
        writer.append(&entries(appended..appended + 20)).unwrap();
        appended += 20;
    }
    let (_writer, mut reader) = open(&queue);
    read.extend(drain(&mut reader));
    assert_eq!(full_count, 5);
    assert_eq!(read, entries(0..appended));
}
