//! Standard streams: where they stand, closed ones, and those that would block.

use std::fs::{self, File};
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::process::{Command, Output, Stdio};
use std::thread;
use std::time::Duration;

use rustix::fs::{OFlags, fcntl_getfl, fcntl_setfl};

use super::{assert_fails, extract_command, spawn, stderr_of, stdout_of, text};

/// Runs a shell line in a folder of its own, in which the program is `$D`.
fn shell(line: &str) -> Output {
    let folder = tempfile::tempdir().unwrap();
    let mut command = Command::new("bash");
    command.args(["-c", line]).current_dir(folder.path());
    command.env("D", env!("CARGO_BIN_EXE_delimark")).env_remove("DELIMARK_BACKEND");
    command.output().unwrap()
}

#[test]
fn standard_input_is_read_once() {
    for (input, access) in [("< f", ""), ("< f", "--read"), ("< <(cat f)", "")] {
        let line = format!("printf 'l1|a\nl2|b\n' > f; $D extract {access} -f 2 - - {input}");
        assert_eq!(stdout_of(&shell(&line)), b"a\nb\n", "{line}");
    }
    let between = shell("printf 'a\n' > f; printf 'b\n' > g; $D extract -f 1 - g - < f");
    assert_eq!(stdout_of(&between), b"a\nb\n");
}

#[test]
fn standard_input_is_read_from_where_it_stands_and_left_at_its_end() {
    for access in ["", "--read", "--threads 2"] {
        let line = format!(
            "printf '1|a\n2|b\n3|c\n' > f; (read; $D extract {access} -f 2; cat) < f; \
             (head -c 6 > x; $D extract {access} -f 1 --columns 2) < f 2> e; cat e"
        );
        // The shell takes a line; a part of the next one is a line of its own.
        assert_eq!(
            str::from_utf8(&shell(&line).stdout).unwrap(),
            "b\nc\n3\ndelimark: standard input: line 1 at byte 0 has 1 field, 2 are expected\n\
             delimark: standard input: left out 1 ragged of 2 lines\n"
        );
    }
    let appended =
        shell("printf 'a\n' > f; ($D extract -f 1 -; echo b >> f; $D extract -f 1 -) < f");
    assert_eq!(stdout_of(&appended), b"a\nb\n");
}

#[test]
fn a_closed_standard_output_is_told() {
    for arguments in ["extract -f 1 f", "extract --help", "--version", "completions bash"] {
        let output = shell(&format!("echo a > f; $D {arguments} >&-"));
        assert_fails(&output, 2, "delimark: standard output cannot be written: it is closed\n");
        // Nothing is changed on disk, and nothing lands in a file by accident.
        let kept = "echo kept > bad; $D extract -f 1 --columns 2 --ragged-output bad f >&- 2> e";
        let output = shell(&format!("echo a > f; {kept}; cat bad"));
        assert_eq!(stdout_of(&output), b"kept\n");
    }
}

#[test]
fn a_closed_standard_input_is_told_where_it_is_read() {
    let output = shell("echo a > f; $D extract -f 1 - f <&-");
    assert_fails(&output, 2, "delimark: standard input: it is closed\n");
    assert_eq!(output.stdout, b"a\n");
    assert_eq!(stdout_of(&shell("echo a > f; $D extract -f 1 f <&-")), b"a\n");
}

#[test]
fn a_closed_standard_error_takes_no_file() {
    let output = shell(
        "printf 'a\nb|c\n' > f; $D extract -f 2 --columns 2 --ragged-output bad f missing 2>&-; \
         echo $?; cat bad",
    );
    assert_eq!(stdout_of(&output), b"c\n2\na\n");
    // All of them closed: the exit code is left.
    assert_eq!(shell("$D extract -f 1 <&- >&- 2>&-").status.code(), Some(2));
}

#[test]
fn streams_that_are_open_the_wrong_way_are_told() {
    let output = shell("echo a > f; $D extract -f 1 f 1< f");
    assert_fails(&output, 2, "f: input file is output file");
    let output = shell("echo a > f; $D extract -f 1 f 1< /dev/null");
    assert_fails(&output, 2, "standard output cannot be written: Bad file descriptor");
    let output = shell("$D extract -f 1 0> f");
    assert_fails(&output, 2, "standard input: the input could not be read at byte 0: Bad file");
}

fn set_nonblocking(file: &impl std::os::fd::AsFd) {
    let flags = fcntl_getfl(file).unwrap();
    fcntl_setfl(file, flags | OFlags::NONBLOCK).unwrap();
}

#[test]
fn pipes_that_would_block_are_waited_for() {
    let (input, mut to_input) = io::pipe().unwrap();
    let (mut from_output, output) = io::pipe().unwrap();
    let (mut from_errors, errors) = io::pipe().unwrap();
    set_nonblocking(&input);
    set_nonblocking(&output);
    set_nonblocking(&errors);
    let mut command = extract_command(&["-f", "2", "--columns", "2"]);
    let mut child = command.stdin(input).stdout(output).stderr(errors).spawn().unwrap();
    drop(command);
    const LINES: usize = 300_000;
    let (fields, messages) = thread::scope(|scope| {
        scope.spawn(move || {
            for _ in 0..3 {
                thread::sleep(Duration::from_millis(50));
                to_input.write_all(&b"left|right\nragged\n".repeat(LINES / 3)).unwrap();
            }
        });
        let messages = scope.spawn(move || {
            let mut messages = Vec::new();
            thread::sleep(Duration::from_millis(300));
            from_errors.read_to_end(&mut messages).unwrap();
            messages
        });
        let mut fields = Vec::new();
        thread::sleep(Duration::from_millis(300));
        from_output.read_to_end(&mut fields).unwrap();
        (fields, messages.join().unwrap())
    });
    assert_eq!(child.wait().unwrap().code(), Some(0));
    assert!(fields == b"right\n".repeat(LINES));
    assert_eq!(messages.iter().filter(|&&byte| byte == b'\n').count(), LINES + 1);
}

#[test]
fn several_threads_do_not_wait_for_input_after_an_error() {
    let arguments = ["-f", "1", "--columns", "2", "--ragged", "error", "--threads", "4"];
    let mut child = spawn(extract_command(&arguments).stdin(Stdio::piped()));
    let mut stdin = child.stdin.take().unwrap();
    stdin.write_all(b"a|b\nc\n").unwrap();
    // The input stays open: the thread that waits for more of it is called off.
    assert_eq!(child.wait().unwrap().code(), Some(1));
    let output = child.wait_with_output().unwrap();
    assert_eq!(output.stdout, b"a\n");
    assert!(stderr_of(&output).contains("line 2 at byte 4 has 1 field"));
    drop(stdin);
}

#[test]
fn a_file_that_is_appended_to_is_taken_as_it_was_opened() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a.log");
    fs::write(&path, "a|b\n").unwrap();
    let mut file = File::options().read(true).append(true).open(&path).unwrap();
    file.seek(SeekFrom::Start(0)).unwrap();
    let stdin = file.try_clone().unwrap();
    let output = extract_command(&["-f", "2", "-", text(&path)]).stdin(stdin).output().unwrap();
    assert_eq!(stdout_of(&output), b"b\nb\n");
    assert_eq!(file.stream_position().unwrap(), 4);
}

#[test]
fn a_terminal_shows_how_far_long_work_got() {
    // `script` runs it on a terminal of its own, and passes on what is shown there.
    let on_terminal = |line: &str| {
        let output = shell(&format!("script -qec \"{line}\" /dev/null < /dev/null"));
        assert_eq!(output.status.code(), Some(0), "{output:?}");
        String::from_utf8_lossy(&output.stdout).into_owned()
    };
    let slow = "(printf 'a|b\\nc\\n'; sleep 3; echo 'd|e') | $D extract -f 1 --columns 2";
    let shown = on_terminal(&format!("{slow} > out; echo; cat out"));
    assert!(shown.contains("6 B, "), "{shown:?}");
    assert!(shown.contains("line 2 at byte 4 has 1 field"), "{shown:?}");
    // The line is cleared for messages and at the end.
    let cleared = "\r\u{1b}[2K";
    let message = format!("{cleared}delimark: standard input: left out 1 ragged of 3 lines\r\n");
    assert!(shown.contains(&message), "{shown:?}");
    assert!(shown.ends_with(&format!("{cleared}\r\na\r\nd\r\n")), "{shown:?}");
    // Quick work has none, and none runs into fields.
    assert_eq!(on_terminal("printf 'a|b' | $D extract -f 1 > out"), "");
    assert_eq!(on_terminal("(sleep 3; echo 'a|b') | $D extract -f 1"), "a\r\n");
}
