//! Outputs whose readers leave, and outputs that are inputs as well.

use std::fs::{self, File};
use std::io;
use std::os::unix::fs::symlink;
use std::path::Path;
use std::process::{Command, Output, Stdio};
use std::thread;

use super::{access_log, assert_fails, cut, extract, extract_command, stderr_of, stdout_of, text};

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

/// Runs a shell line in a folder with files `f` and `kept`.
fn shell(line: &str) -> (Output, tempfile::TempDir) {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("f"), b"a|b\nc\nd|e|f\n").unwrap();
    fs::write(folder.path().join("kept"), LOG).unwrap();
    let mut command = Command::new("bash");
    let line = format!("X='extract -f 1 --columns 2 --ragged-output'; {line}");
    command.args(["-c", &line]).current_dir(folder.path());
    let output = command.env("D", env!("CARGO_BIN_EXE_delimark")).output().unwrap();
    (output, folder)
}

#[test]
fn ragged_lines_do_not_overwrite_another_output() {
    for (line, stream) in [
        ("$D $X out f > out", "output"),
        ("$D $X ./out f >> out", "output"),
        ("touch out; ln out hard; $D $X hard f > out", "output"),
        ("ln -s out link; $D $X link f > out", "output"),
        ("$D $X /dev/stdout f > out", "output"),
        ("$D $X /dev/fd/1 f > out", "output"),
        ("$D $X /proc/self/fd/1 f > out", "output"),
        ("$D $X err f 2> err; r=$?; cat err >&2; exit $r", "error"),
        ("$D $X /dev/stderr f 2> err; r=$?; cat err >&2; exit $r", "error"),
    ] {
        let (output, folder) = shell(line);
        assert_fails(&output, 2, &format!("the file of ragged lines is standard {stream}, too"));
        let out = fs::read(folder.path().join("out")).unwrap_or_default();
        assert_eq!(out, b"", "{line}");
    }
}

#[test]
fn a_file_of_ragged_lines_is_changed_only_when_all_else_is_fine() {
    for (line, message) in [
        ("$D $X kept -f 3 f", "cannot be used multiple times"),
        ("$D $X kept --backend mmx f", "unknown backend"),
        ("DELIMARK_BACKEND=mmx $D $X kept f", "unknown backend"),
        ("$D $X kept --names x f", "--names needs"),
        ("$D $X kept --ragged keep f", "leaves out no line"),
        ("$D $X kept f kept", "kept: input file is output file"),
        ("$D $X kept f - < kept", "standard input: input file is output file"),
        ("$D $X kept f >> kept", "is standard output, too"),
        ("$D $X missing/x f", "cannot write missing/x: No such file"),
        ("$D $X $'mis\\nsing/x' f", "cannot write mis\\nsing/x: No such file"),
    ] {
        let (output, folder) = shell(line);
        assert_fails(&output, 2, message);
        assert_eq!(fs::read(folder.path().join("kept")).unwrap(), LOG, "{line}");
    }
}

#[test]
fn ragged_lines_and_an_input_that_is_not_there_are_not_one_file() {
    for line in ["$D $X new f new", "ln -s new link; $D $X link f new", "$D $X ./new f $PWD/new"] {
        let (output, folder) = shell(line);
        assert_fails(&output, 2, "new: input file is output file");
        assert!(!folder.path().join("new").exists(), "{line}");
    }
}

#[test]
fn a_dash_is_no_file_of_ragged_lines() {
    let (output, folder) = shell("$D $X - f");
    assert_fails(&output, 2, "--ragged-output - would mix ragged lines with the fields");
    assert!(!folder.path().join("-").exists());
    let (output, folder) = shell("$D $X ./- f 2> /dev/null");
    assert_eq!(stdout_of(&output), b"a\n");
    assert_eq!(fs::read(folder.path().join("-")).unwrap(), b"c\nd|e|f\n");
}

#[test]
fn streams_may_share_a_file_and_outputs_a_pipe() {
    let (output, folder) = shell("$D extract -f 1 --columns 2 f > out 2>&1");
    assert_eq!(stdout_of(&output), b"");
    let both = fs::read_to_string(folder.path().join("out")).unwrap();
    assert!(both.contains("a\n") && both.contains("left out 2 ragged of 3 lines\n"), "{both}");
    let (output, _folder) = shell("$D $X /dev/stdout f 2> /dev/null | cat");
    assert_eq!(stdout_of(&output), b"a\nc\nd|e|f\n");
    let (output, _folder) = shell("mkfifo p; cat p & $D $X p f 2> /dev/null; wait");
    let lines = str::from_utf8(stdout_of(&output)).unwrap();
    assert!(lines.contains("c\nd|e|f\n") && lines.len() == 10, "{lines}");
}

#[test]
fn names_of_files_are_shown_in_one_line_and_without_controls() {
    let (output, _folder) =
        shell("cp f $'x\\ny\\e[31m'; $D extract -f 1 --columns 2 $'x\\ny\\e[31m' $'\\xff'");
    let messages = stderr_of(&output);
    assert_eq!(messages.lines().count(), 4, "{messages}");
    assert!(messages.starts_with(r"delimark: x\ny\u{1b}[31m: line 2 at byte 4 has 1 field"));
    assert!(messages.contains(r"delimark: x\ny\u{1b}[31m: left out 2 ragged of 3 lines"));
    assert!(messages.contains(r"delimark: \xff: No such file"), "{messages}");
}

#[test]
fn devices_may_be_read_and_written() {
    let arguments = ["--fields", "1", "--columns", "2", "--ragged-output", "/dev/null"];
    let output = extract(&[&arguments[..], &["/dev/null"]].concat(), b"");
    assert_eq!((stderr_of(&output), output.status.code()), ("", Some(0)));
}
