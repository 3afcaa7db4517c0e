//! Tests of guarded maps: truncation, many maps, many threads, and other bus errors.

use std::io::Write;
use std::os::unix::process::ExitStatusExt;
use std::process::{Command, Output};
use std::sync::Barrier;
use std::{env, thread};

use delimark::{Counts, Dialect, Scanner};

use super::*;

const BYTES: usize = 1 << 20;
/// Set in a process of a test's own, mostly one that is to end by the signal.
const CHILD_VARIABLE: &str = "DELIMARK_TEST_BUS_ERROR";

fn guarded(byte: u8) -> (GuardedMap, TruncationCheck, File) {
    guarded_file(&vec![byte; BYTES])
}

fn guarded_file(bytes: &[u8]) -> (GuardedMap, TruncationCheck, File) {
    let writer = file(bytes);
    let file = writer.try_clone().expect("another handle");
    let (map, check) = GuardedMap::open(file).expect("a map");
    (map, check, writer)
}

fn file(bytes: &[u8]) -> File {
    let mut file = tempfile::tempfile().expect("a temporary file");
    file.write_all(bytes).expect("room for it");
    file
}

/// Shortens a file, has the page of a byte be missing, and makes the file as long again.
fn miss_page(map: &GuardedMap, writer: &File, index: usize) {
    writer.set_len(0).expect("a shorter file");
    assert_eq!(map.as_bytes()[index], 0);
    writer.set_len(BYTES as u64).expect("a longer file");
}

#[test]
fn a_whole_file_is_verified() {
    let (map, check, _writer) = guarded(b'x');
    assert_eq!(map.as_bytes()[BYTES - 1], b'x');
    assert!(check.verify().is_ok());
}

#[test]
fn missing_pages_read_as_zeros_and_are_told() {
    let (map, check, writer) = guarded(b'x');
    writer.set_len(0).expect("a shorter file");
    assert_eq!(map.as_bytes()[BYTES - 1], 0);
    let message = check.verify().expect_err("the file shrank").to_string();
    assert_eq!(message, "the file shrank from 1048576 to 0 bytes while it was being read");

    writer.set_len(BYTES as u64).expect("a longer file");
    let message = check.verify().expect_err("a page was missing").to_string();
    assert!(message.starts_with("a page was missing"), "{message}");
}

#[test]
fn a_shorter_last_page_is_told_without_a_signal() {
    let (_map, check, writer) = guarded(b'x');
    writer.set_len(BYTES as u64 - 1).expect("a shorter file");
    assert!(check.verify().is_err());
}

#[test]
fn a_new_map_starts_afresh() {
    let (map, check, writer) = guarded(b'x');
    miss_page(&map, &writer, 0);
    drop((map, check));
    let (_map, check, _writer) = guarded(b'x');
    assert!(check.verify().is_ok());
}

#[test]
fn a_check_outlives_its_map() {
    let (map, check, writer) = guarded(b'x');
    miss_page(&map, &writer, 0);
    drop(map);
    let (other, other_check, _writer) = guarded(b'y');
    assert_eq!(other.as_bytes()[0], b'y');
    assert!(other_check.verify().is_ok());
    assert!(check.verify().is_err());
}

#[test]
fn maps_on_one_thread_are_told_apart() {
    let (outer, outer_check, _outer_writer) = guarded(b'x');
    let (inner, inner_check, inner_writer) = guarded(b'y');
    miss_page(&inner, &inner_writer, BYTES / 2);
    assert!(inner_check.verify().is_err());
    assert!(outer.as_bytes().iter().all(|&byte| byte == b'x'));
    assert!(outer_check.verify().is_ok());

    drop((inner, inner_check));
    let (inner, inner_check, _writer) = guarded(b'z');
    assert_eq!(inner.as_bytes()[0], b'z');
    assert!(inner_check.verify().is_ok() && outer_check.verify().is_ok());
}

#[test]
fn an_outer_map_is_mended_while_an_inner_one_lives() {
    let (outer, outer_check, outer_writer) = guarded(b'x');
    {
        let (inner, inner_check, _writer) = guarded(b'y');
        miss_page(&outer, &outer_writer, 0);
        assert_eq!(inner.as_bytes()[BYTES - 1], b'y');
        assert!(inner_check.verify().is_ok());
    }
    assert!(outer_check.verify().is_err());
}

#[test]
fn slots_are_used_again() {
    for _ in 0..4 * GUARDED_MAPS_MAXIMUM {
        let (map, check, _writer) = guarded_file(b"a|b\n");
        assert_eq!(map.as_bytes(), b"a|b\n");
        assert!(check.verify().is_ok());
    }
}

/// Runs alone in a process of its own: the others would find no slot meanwhile.
#[test]
fn more_maps_than_slots_are_an_error() {
    if !is_child() {
        assert_child_passes("more_maps_than_slots_are_an_error");
        return;
    }
    let open = || GuardedMap::open(file(b"a"));
    let maps: Vec<_> = (0..GUARDED_MAPS_MAXIMUM).map(|_| open().expect("a slot")).collect();
    let message = open().expect_err("no slot is left").to_string();
    assert_eq!(message, "256 maps are guarded already");
    drop(maps);
    assert!(open().is_ok());
}

#[test]
fn what_is_not_guarded_ends_the_process_as_before() {
    if !is_child() {
        assert_child_ends_by_the_signal("what_is_not_guarded_ends_the_process_as_before");
        return;
    }
    let (_guarded, _check, _writer) = guarded(b'x');
    let writer = file(&[b'y'; BYTES]);
    let map = MapSource::from_file(&writer).expect("a map");
    writer.set_len(0).expect("a shorter file");
    // Not guarded, so this is the end.
    assert_eq!(map.as_bytes()[0], 0);
}

/// The standard library's handler, which this one calls, restores the default action.
#[test]
fn a_signal_that_was_sent_leaves_maps_guarded() {
    if !is_child() {
        assert_child_passes("a_signal_that_was_sent_leaves_maps_guarded");
        return;
    }
    let (map, check, writer) = guarded(b'x');
    raise_bus_error();
    miss_page(&map, &writer, 0);
    assert!(check.verify().is_err());
    let (map, check, writer) = guarded(b'y');
    miss_page(&map, &writer, 0);
    assert!(check.verify().is_err());
}

#[test]
fn a_second_signal_that_was_sent_ends_the_process_as_before() {
    if !is_child() {
        assert_child_ends_by_the_signal("a_second_signal_that_was_sent_ends_the_process_as_before");
        return;
    }
    let (_map, _check, _writer) = guarded(b'x');
    raise_bus_error();
    raise_bus_error();
}

#[test]
fn what_is_not_guarded_ends_the_process_after_a_signal_too() {
    if !is_child() {
        assert_child_ends_by_the_signal("what_is_not_guarded_ends_the_process_after_a_signal_too");
        return;
    }
    let (_guarded, _check, _writer) = guarded(b'x');
    raise_bus_error();
    let writer = file(&[b'y'; BYTES]);
    let map = MapSource::from_file(&writer).expect("a map");
    writer.set_len(0).expect("a shorter file");
    assert_eq!(map.as_bytes()[0], 0);
}

#[expect(unsafe_code, reason = "signals are the C library's")]
fn raise_bus_error() {
    // SAFETY: `raise` has no preconditions.
    assert_eq!(unsafe { libc::raise(libc::SIGBUS) }, 0);
}

fn is_child() -> bool {
    env::var_os(CHILD_VARIABLE).is_some()
}

fn run_child(test: &str) -> Output {
    let mut command = Command::new(env::current_exe().expect("this program"));
    command.args(["--exact", &format!("truncation::tests::{test}")]);
    command.env(CHILD_VARIABLE, "1").output().expect("it can be started")
}

#[track_caller]
fn assert_child_passes(test: &str) {
    let Output { status, stdout, .. } = run_child(test);
    let stdout = String::from_utf8_lossy(&stdout);
    assert!(status.success() && stdout.contains("1 passed"), "{status}: {stdout}");
}

#[track_caller]
fn assert_child_ends_by_the_signal(test: &str) {
    let Output { status, stdout, .. } = run_child(test);
    let stdout = String::from_utf8_lossy(&stdout);
    assert_eq!(status.signal(), Some(libc::SIGBUS), "{status}: {stdout}");
}

#[test]
fn eight_threads_read_eight_files_and_one_shrinks() {
    const THREADS: usize = 8;
    const SHRINKING: usize = 3;
    const PASSES: usize = 40;
    // One more for the thread that shortens the file.
    let halfway = Barrier::new(THREADS + 1);
    let is_short = Barrier::new(THREADS + 1);
    let pass = |map: &GuardedMap| {
        let dialect = Dialect::new(b'|').expect("a delimiter");
        let scanner = Scanner::new(dialect).expect("a backend");
        scanner.count(map.as_bytes())
    };
    let read = |index: usize, map: &GuardedMap, check: &TruncationCheck| {
        // As many fields as the index, and one.
        let line_bytes = index as u64 + 1;
        let records = (BYTES as u64).div_ceil(line_bytes);
        let fields = BYTES as u64 + u64::from(!(BYTES as u64).is_multiple_of(line_bytes));
        let expected = Counts { records, fields };
        // Told at the end: a thread that panics would keep the others waiting.
        let mut wrong = Vec::new();
        for number in 0..PASSES {
            if number == PASSES / 2 {
                halfway.wait();
            }
            let answer = pass(map);
            if number == PASSES / 2 {
                is_short.wait();
            }
            let is_whole = index != SHRINKING || number < PASSES / 2;
            if is_whole && (answer != expected || check.verify().is_err()) {
                wrong.push(format!("file {index}, pass {number}: {answer:?}"));
            }
        }
        (wrong, pass(map) == expected)
    };
    let maps: Vec<_> = (0..THREADS)
        .map(|index| {
            let line: Vec<u8> = [&vec![b'|'; index][..], b"\n"].concat();
            guarded_file(&line.iter().copied().cycle().take(BYTES).collect::<Vec<_>>())
        })
        .collect();
    thread::scope(|scope| {
        let readers: Vec<_> = maps
            .iter()
            .enumerate()
            .map(|(index, (map, check, _))| scope.spawn(move || read(index, map, check)))
            .collect();
        halfway.wait();
        // While all of them are amid a pass.
        maps[SHRINKING].2.set_len(4096).expect("a shorter file");
        is_short.wait();
        for (index, reader) in readers.into_iter().enumerate() {
            let (wrong, is_right) = reader.join().expect("no reader panics");
            assert_eq!(wrong, [""; 0]);
            assert_eq!(is_right, index != SHRINKING, "file {index}");
        }
    });
    // As long as before, so only the missing page tells.
    maps[SHRINKING].2.set_len(BYTES as u64).expect("a longer file");
    for (index, (_, check, _)) in maps.iter().enumerate() {
        assert_eq!(check.verify().is_ok(), index != SHRINKING, "file {index}");
    }
}
