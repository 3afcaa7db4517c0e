//! Inputs and outputs: files, pipes, devices, and what can happen to them.

use std::fs::{self, File};
use std::io::{BufRead, BufReader, Read, Seek, SeekFrom, Write};
use std::process::{Output, Stdio};
use std::time::{Duration, Instant};

use delimark_datasets::{Shape, generate};
use tempfile::TempDir;

use super::memory::{MOST_BYTES, peak_resident_bytes};
use super::{
    access_log, assert_fails, cut, extract, extract_command, spawn, stderr_of, stdout_of, text,
};

fn folder_with(name: &str, bytes: &[u8]) -> (TempDir, String) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join(name);
    fs::write(&path, bytes).unwrap();
    let path = text(&path).to_owned();
    (folder, path)
}

#[test]
fn several_inputs_come_out_one_after_the_other() {
    let (_folder, path) = folder_with("a.log", b"a|b\nc|d");
    let output = extract(&["--fields", "2", &path, "-", &path], b"e|f\n");
    assert_eq!(stdout_of(&output), b"b\nd\nf\nb\nd\n");
}

#[test]
fn line_numbers_and_offsets_are_each_inputs_own() {
    let (_folder, path) = folder_with("a.log", b"a|b\nc\n");
    let output = extract(&["--fields", "1", "--columns", "2", &path, "-"], b"d\n");
    let (first, second) = ("line 2 at byte 4 has 1 field", "line 1 at byte 0 has 1 field");
    assert_fails(&output, 0, &format!("{path}: {first}, 2 are expected"));
    assert_fails(&output, 0, &format!("standard input: {second}, 2 are expected"));
}

#[test]
fn a_missing_file_does_not_keep_the_others_back() {
    let (folder, path) = folder_with("a.log", b"a|b\n");
    let missing = folder.path().join("missing.log");
    let output = extract(&["--fields", "1", text(&missing), &path], b"");
    assert_fails(&output, 2, "missing.log: No such file or directory");
    assert_eq!(output.stdout, b"a\n");
}

#[test]
fn a_directory_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    for access in [
        &["--fields", "1", text(folder.path())][..],
        &["--read", "--fields", "1", text(folder.path())],
    ] {
        assert_fails(&extract(access, b""), 2, "is a directory");
    }
}

#[test]
fn standard_input_may_be_a_file_read_from_its_start_or_not() {
    let path = access_log();
    let log = fs::read(&path).unwrap();
    let mut file = File::open(&path).unwrap();
    for offset in [0, 1041] {
        file.seek(SeekFrom::Start(offset)).unwrap();
        let stdin = file.try_clone().unwrap();
        let output = extract_command(&["--fields", "1,6"]).stdin(stdin).output().unwrap();
        assert!(stdout_of(&output) == cut("1,6", &log[offset as usize..]), "{offset}");
    }
}

#[test]
fn files_that_cannot_be_mapped_are_read() {
    assert_eq!(stdout_of(&extract(&["--fields", "1", "/dev/null"], b"")), b"");
    let output = extract(&["--fields", "1", "--delimiter", " ", "/proc/self/status"], b"");
    assert!(stdout_of(&output).starts_with(b"Name:"), "{output:?}");
}

#[test]
fn lines_of_a_slow_pipe_come_out_at_once() {
    let mut child = spawn(extract_command(&["--fields", "2"]).stdin(Stdio::piped()));
    let mut stdin = child.stdin.take().unwrap();
    let mut stdout = BufReader::new(child.stdout.take().unwrap());
    for word in ["one", "two", "three"] {
        // The input stays open, so only what is written at once can be read here.
        writeln!(stdin, "x|{word}").unwrap();
        let mut line = String::new();
        stdout.read_line(&mut line).unwrap();
        assert_eq!(line.trim_end(), word);
    }
    drop(stdin);
    assert_eq!(child.wait().unwrap().code(), Some(0));
}

#[test]
fn a_reader_that_leaves_ends_it_quietly() {
    let log = generate(Shape::Nginx12, 100_000, 5);
    let (_folder, path) = folder_with("big.log", &log);
    for access in [&["--fields", "1-", &path][..], &["--read", "--fields", "1-", &path]] {
        let start = Instant::now();
        let mut child = spawn(&mut extract_command(access));
        let mut stdout = child.stdout.take().unwrap();
        stdout.read_exact(&mut [0; 10]).unwrap();
        drop(stdout);
        let output = child.wait_with_output().unwrap();
        stdout_of(&output);
        assert!(start.elapsed() < Duration::from_secs(10));
    }
}

#[test]
fn a_full_disk_is_told() {
    let full = File::options().write(true).open("/dev/full").unwrap();
    let mut command = extract_command(&["--fields", "1", text(&access_log())]);
    let output = command.stdout(full).output().unwrap();
    assert_fails(&output, 2, "standard output cannot be written: No space left on device");
}

#[test]
fn a_line_over_the_limit_is_told() {
    let mut log = b"a|b\n".to_vec();
    log.resize(100 << 20, b'x');
    let (_folder, path) = folder_with("long.log", &log);
    for access in [&["--fields", "2", &path][..], &["--read", "--fields", "2", &path]] {
        let output = extract(access, b"");
        let message = "long.log: line 2 at byte 4 is longer than the limit of 16777216 bytes; \
                       --line-limit sets another";
        assert_fails(&output, 2, message);
        assert_eq!(output.stdout, b"b\n");
    }
    let output = extract(&["--fields", "2", "--line-limit", "100MiB", &path], b"");
    assert_eq!(stdout_of(&output), b"b\n\n");
}

/// Shortens the file while the program waits for its output to be taken.
fn truncate_amid(arguments: &[&str], path: &str, bytes: u64) -> Output {
    let mut child = spawn(extract_command(arguments).arg(path));
    let mut stdout = child.stdout.take().unwrap();
    let mut output = vec![0; 1];
    // Once a byte has come, the file is mapped; the pipe holds less than all.
    stdout.read_exact(&mut output).unwrap();
    File::options().write(true).open(path).unwrap().set_len(bytes).unwrap();
    stdout.read_to_end(&mut output).unwrap();
    let mut ended = child.wait_with_output().unwrap();
    ended.stdout = output;
    ended
}

#[test]
fn a_file_truncated_under_the_map_is_told() {
    let log = generate(Shape::Nginx12, 100_000, 5);
    let expected = cut("1-", &log);
    for bytes in [0, 1, log.len() as u64 - 1] {
        for arguments in [
            &["--fields", "1-", "--threads", "1"][..],
            &["--fields", "1-", "--columns", "12", "--threads", "1"],
            &["--fields", "1-", "--columns", "12", "--threads", "3"],
        ] {
            let (_folder, path) = folder_with("shrinking.log", &log);
            let output = truncate_amid(arguments, &path, bytes);
            let message = format!("the file shrank from {} to {bytes} bytes", log.len());
            assert_fails(&output, 2, &message);
            assert_eq!(stderr_of(&output).lines().count(), 1);
            assert!(expected.starts_with(&output.stdout));
            assert!(output.stdout.len() < expected.len());
            assert_eq!(output.stdout.last(), Some(&b'\n'));
        }
    }
}

#[test]
fn a_file_truncated_while_it_is_read_just_ends() {
    let log = generate(Shape::Nginx12, 100_000, 5);
    let (_folder, path) = folder_with("shrinking.log", &log);
    let output = truncate_amid(&["--fields", "1-", "--read"], &path, 0);
    assert_eq!(output.status.code(), Some(0));
    assert!(output.stdout.len() < log.len());
}

/// Writes real lines at both ends of 5 GiB and a newline each 8 MiB in between; the rest is holes.
fn write_sparse(path: &str) -> u64 {
    const FIVE_GIB: u64 = 5 << 30;
    const STEP: u64 = 8 << 20;
    let mut file = File::create(path).unwrap();
    file.write_all(b"first|1\n").unwrap();
    for offset in (STEP..FIVE_GIB).step_by(STEP as usize) {
        file.seek(SeekFrom::Start(offset - 1)).unwrap();
        file.write_all(b"\n").unwrap();
    }
    file.seek(SeekFrom::Start(FIVE_GIB - 1)).unwrap();
    file.write_all(b"\nlast|2\nragged\n").unwrap();
    FIVE_GIB / STEP
}

#[test]
#[ignore = "takes minutes: scripts/test runs it by name"]
fn five_gib_sparse_file() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("sparse.log");
    let hole_lines = write_sparse(text(&path));
    for access in ["--read", "--backend=scalar"] {
        let mut command = extract_command(&["--fields", "2", "--columns", "2", access]);
        let mut child = spawn(command.arg(&path));
        let mut stdout = Vec::new();
        let mut peak_bytes = 0;
        // The program waits for its messages to be taken; its memory is looked at meanwhile.
        let mut stderr = BufReader::new(child.stderr.take().unwrap());
        let mut messages = Vec::new();
        let mut line = String::new();
        while stderr.read_line(&mut line).unwrap() > 0 {
            peak_bytes = peak_bytes.max(peak_resident_bytes(child.id()).unwrap_or(0));
            messages.push(std::mem::take(&mut line));
        }
        child.stdout.take().unwrap().read_to_end(&mut stdout).unwrap();
        assert_eq!(child.wait().unwrap().code(), Some(0), "{messages:?}");
        assert_eq!(stdout, b"1\n2\n");
        assert_eq!(messages.len() as u64, hole_lines + 2);
        let ragged = format!("line {} at byte 5368709127 has 1 field", hole_lines + 3);
        assert!(messages[messages.len() - 2].contains(&ragged), "{messages:?}");
        if access == "--read" {
            assert!(peak_bytes > 0 && peak_bytes < MOST_BYTES, "{peak_bytes} bytes");
        }
    }
}
