//! Outputs whose readers leave, and outputs that are inputs as well.

use std::fs::{self, File};
use std::io;
use std::os::unix::fs::symlink;
use std::path::Path;
use std::process::{Command, Output, Stdio};
use std::thread;

use super::{access_log, assert_fails, cut, extract, extract_command, stderr_of, text};

/// More than a pipe holds, all of it ragged where two columns are expected.
const RAGGED_BYTES: usize = 4 << 20;

/// Runs with a standard error that nobody reads.
fn run_unheard(arguments: &[&str]) -> Output {
    let (reader, writer) = io::pipe().unwrap();
    drop(reader);
    extract_command(arguments).stderr(writer).stdin(Stdio::null()).output().unwrap()
}

#[test]
fn messages_that_nobody_reads_do_not_end_it() {
    let path = access_log();
    let path = text(&path);
    let heard = extract(&["--fields", "1,6", "--columns", "12", path], b"");
    assert!(stderr_of(&heard).lines().count() > 100);
    let unheard = run_unheard(&["--fields", "1,6", "--columns", "12", path]);
    assert_eq!(unheard.status.code(), Some(0));
    assert!(unheard.stdout == heard.stdout);
}

#[test]
fn failures_that_nobody_reads_of_keep_their_exit_codes() {
    let path = access_log();
    let path = text(&path);
    let missing = run_unheard(&["--fields", "1", "missing.log", path]);
    assert_eq!(missing.status.code(), Some(2));
    assert!(missing.stdout == cut("1", &fs::read(path).unwrap()));
    let ragged = run_unheard(&["--fields", "1", "--columns", "12", "--ragged", "error", path]);
    assert_eq!(ragged.status.code(), Some(1));
    assert_eq!(run_unheard(&["--fields", "0"]).status.code(), Some(2));
}

#[test]
fn a_reader_of_ragged_lines_that_leaves_is_told() {
    let folder = tempfile::tempdir().unwrap();
    let (fifo, log) = (folder.path().join("ragged"), folder.path().join("a.log"));
    assert!(Command::new("mkfifo").arg(&fifo).status().unwrap().success());
    fs::write(&log, "ragged\n".repeat(RAGGED_BYTES / 7)).unwrap();
    let output = thread::scope(|scope| {
        // Opening waits for the other end; the reader leaves as soon as it is there.
        scope.spawn(|| drop(File::open(&fifo).unwrap()));
        let arguments = ["--fields", "1", "--columns", "2", "--ragged-output", text(&fifo)];
        extract(&[&arguments[..], &[text(&log)]].concat(), b"")
    });
    assert_fails(&output, 2, "delimark: the file of ragged lines cannot be written: Broken pipe");
}

#[test]
fn a_full_disk_for_ragged_lines_is_told() {
    let arguments = ["--fields", "1", "--columns", "2", "--ragged-output", "/dev/full"];
    let message = "the file of ragged lines cannot be written: No space left on device";
    assert_fails(&extract(&arguments, b"ragged\n"), 2, message);
}

const LOG: &[u8] = b"a|b\nc\n";

/// Makes sure that the file is named, and left as it was.
#[track_caller]
fn assert_refused(output: &Output, name: &str, file: &Path) {
    assert_fails(output, 2, &format!("delimark: {name}: input file is output file"));
    assert_eq!(fs::read(file).unwrap(), LOG);
}

#[test]
fn ragged_lines_do_not_overwrite_an_input() {
    let folder = tempfile::tempdir().unwrap();
    let (log, link, hard_link) =
        (folder.path().join("a.log"), folder.path().join("link"), folder.path().join("hard"));
    fs::write(&log, LOG).unwrap();
    symlink(&log, &link).unwrap();
    fs::hard_link(&log, &hard_link).unwrap();
    for output in [&log, &link, &hard_link] {
        let arguments = ["--fields", "1", "--columns", "2", "--ragged-output", text(output)];
        let named = extract(&[&arguments[..], &["-", text(&log)]].concat(), b"x|y\n");
        assert_refused(&named, text(&log), &log);
        let mut command = extract_command(&arguments);
        let unnamed = command.stdin(File::open(&log).unwrap()).output().unwrap();
        assert_refused(&unnamed, "standard input", &log);
    }
}

#[test]
fn standard_streams_are_not_appended_to_an_input() {
    let folder = tempfile::tempdir().unwrap();
    let log = folder.path().join("a.log");
    fs::write(&log, LOG).unwrap();
    let append = || File::options().append(true).open(&log).unwrap();
    // Mapped, since what is read where it is appended to never ends.
    let mut command = extract_command(&["--fields", "1", text(&log)]);
    let output = command.stdout(append()).stderr(Stdio::piped()).spawn().unwrap();
    assert_refused(&output.wait_with_output().unwrap(), text(&log), &log);

    let mut command = extract_command(&["--fields", "1", "--columns", "2", text(&log)]);
    let output = command.stderr(append()).output().unwrap();
    assert_eq!((output.status.code(), &output.stdout[..]), (Some(2), &b""[..]));
    let message = format!("delimark: {}: input file is output file\n", text(&log));
    assert_eq!(fs::read(&log).unwrap(), [LOG, message.as_bytes()].concat());
}

#[test]
fn devices_may_be_read_and_written() {
    let arguments = ["--fields", "1", "--columns", "2", "--ragged-output", "/dev/null"];
    let output = extract(&[&arguments[..], &["/dev/null"]].concat(), b"");
    assert_eq!((stderr_of(&output), output.status.code()), ("", Some(0)));
}
