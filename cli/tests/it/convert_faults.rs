//! Conversions that go wrong: nothing is lost without a word, and nothing else is harmed.

use std::fs;
use std::os::unix::fs::symlink;
use std::path::Path;
use std::process::{Command, Output};

use super::{assert_fails, delimark, run, stderr_of, text};

const FORMAT: [&str; 3] = ["convert", "--log-format", "$remote_addr|$status"];

fn convert(arguments: &[&str], input: &[u8]) -> Output {
    run(&mut delimark(&[&FORMAT[..], arguments].concat()), input)
}

/// Runs a shell line in a folder, in which the conversion is `$C`.
fn shell(folder: &Path, line: &str) -> Output {
    let mut command = Command::new("bash");
    let line = format!("C() {{ $D convert --log-format '$remote_addr|$status' \"$@\"; }}; {line}");
    command.args(["-c", &line]).current_dir(folder);
    command.env("D", env!("CARGO_BIN_EXE_delimark")).env_remove("DELIMARK_BACKEND");
    command.output().unwrap()
}

#[test]
fn compressed_data_that_is_broken_is_no_empty_log() {
    let folder = tempfile::tempdir().unwrap();
    let (log, table) = (folder.path().join("log"), folder.path().join("t.csv"));
    let lines: String =
        (0..2000).map(|number| format!("10.0.0.{}|{number}\n", number % 9)).collect();
    let compressed = zstd::stream::encode_all(lines.as_bytes(), 1).unwrap();
    for length in [10, compressed.len() / 2, compressed.len() - 1] {
        fs::write(&log, &compressed[..length]).unwrap();
        let output = convert(&["-o", text(&table), text(&log)], b"");
        assert_fails(&output, 2, "the zstd data is cut short");
        assert_fails(&output, 2, "--partial writes the rows before the error");
        assert!(!table.exists());
    }
    let output = convert(&["--partial", "-o", text(&table), text(&log)], b"");
    assert_fails(&output, 2, "the zstd data is cut short");
    assert!(table.exists());
}

#[test]
fn links_stay_links_and_pipes_stay_pipes() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("log"), "10.0.0.1|200\n").unwrap();
    fs::create_dir(folder.path().join("real")).unwrap();
    fs::write(folder.path().join("real/t.csv"), "before").unwrap();
    symlink("real/t.csv", folder.path().join("link.csv")).unwrap();
    let output = shell(folder.path(), "C -o link.csv log");
    assert_eq!(output.status.code(), Some(0), "{}", stderr_of(&output));
    let expected = "remote_addr,status\n10.0.0.1,200\n";
    assert_eq!(fs::read_to_string(folder.path().join("real/t.csv")).unwrap(), expected);
    assert!(folder.path().join("link.csv").is_symlink());

    let output =
        shell(folder.path(), "mkfifo p; C -o p --to csv log & timeout 20 cat p; wait; test -p p");
    assert_eq!(output.status.code(), Some(0), "{}", stderr_of(&output));
    assert_eq!(str::from_utf8(&output.stdout).unwrap(), expected);

    symlink("/dev/full", folder.path().join("full.csv")).unwrap();
    assert_fails(&shell(folder.path(), "C -o full.csv log"), 2, "No space left on device");
}

#[test]
fn what_is_read_is_not_written() {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name);
    fs::write(path("log"), "10.0.0.1|200\nbad\n").unwrap();
    let schema = "version = 1\n[[columns]]\nname = \"status\"\ntype = \"integer\"\n";
    fs::write(path("s.toml"), schema).unwrap();
    fs::write(path("old.jsonl"), "kept").unwrap();
    for line in [
        "C --schema s.toml --dead-letter s.toml -o t.csv log",
        "C --schema s.toml -o s.toml --to csv log",
        "C -o t.csv --dead-letter t.csv log",
        "C -o t.csv --dead-letter log log",
        "C -o t.csv --dead-letter - log",
        "C -o t.csv --dead-letter old.jsonl --on-bad-line error log; c=$?; ((c == 1)) && exit 2",
    ] {
        let output = shell(folder.path(), line);
        assert_eq!(output.status.code(), Some(2), "{line}: {}", stderr_of(&output));
    }
    assert_eq!(fs::read_to_string(path("s.toml")).unwrap(), schema);
    assert_eq!(fs::read_to_string(path("old.jsonl")).unwrap(), "kept");
    assert_fails(&shell(folder.path(), "C - - -o t.csv < log"), 2, "named twice");
}

#[test]
fn a_line_with_two_bad_values_comes_back_once() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("log"), "10.0.0.1|x\n10.0.0.2|7\n").unwrap();
    let line = "B='convert --log-format $status|$body_bytes_sent'; \
                printf 'x|y\\n1|2\\n' > l; $D $B l -o t.csv --dead-letter b; wc -l < b; \
                sed -i 's/x|y/3|4/' b; $D $B --replay b -o r.csv; cat r.csv; \
                printf 'x|2\\n' > m; $D $B m -o n.csv --on-bad-line null --dead-letter n; \
                $D $B --replay n -o e.csv; cat e.csv";
    let output = shell(folder.path(), line);
    let expected = "1\nstatus,body_bytes_sent\n3,4\nstatus,body_bytes_sent\n";
    assert_eq!(str::from_utf8(&output.stdout).unwrap(), expected);
    let output = shell(folder.path(), "C --replay log -o r.csv");
    assert_fails(&output, 2, "line 1 of the dead letters is none");
}

#[test]
fn a_reader_that_leaves_is_no_error() {
    let folder = tempfile::tempdir().unwrap();
    let lines: String = (0..200_000).map(|number| format!("10.0.0.1|{number}\n")).collect();
    fs::write(folder.path().join("log"), lines).unwrap();
    let line = "C -o - --to csv log 2> errors | head -1; echo ${PIPESTATUS[0]}; cat errors";
    let output = shell(folder.path(), line);
    assert_eq!(str::from_utf8(&output.stdout).unwrap(), "remote_addr,status\n0\n");
}

#[test]
fn a_byte_order_mark_is_left_out() {
    let output = convert(&["-o", "-", "--to", "csv"], b"\xef\xbb\xbf10.0.0.1|200\n10.0.0.2|x\n");
    assert_eq!(output.stdout, b"remote_addr,status\n10.0.0.1,200\n");
    assert!(stderr_of(&output).contains("left out the byte order mark"));
    assert!(stderr_of(&output).contains("line 2 at byte 16"), "{}", stderr_of(&output));
}

#[test]
fn numbered_files_are_not_mixed() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("log"), "10.0.0.1|200\n").unwrap();
    let line = "C log -o t.csv --roll-rows 1 && C log -o t.csv --roll-rows 1";
    assert_fails(&shell(folder.path(), line), 2, "t-00001.csv is there from an earlier time");
    assert_fails(&shell(folder.path(), "C log -o no/such/t.csv"), 2, "No such file");
    assert!(!folder.path().join("no").exists());
}

#[test]
fn a_type_that_no_value_fits_is_no_success() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("log"), "10.0.0.1|200\n10.0.0.2|404\n").unwrap();
    let schema = "version = 1\n[[columns]]\nname = \"remote_addr\"\ntype = \"text\"\n\
                  [[columns]]\nname = \"status\"\ntype = \"timestamp(clf)\"\n";
    fs::write(folder.path().join("s.toml"), schema).unwrap();
    let message = "no value of 'status' is of its type; --print-schema shows the types";
    let output = shell(folder.path(), "C --schema s.toml -o t.csv log");
    assert_fails(&output, 1, &format!("none of 2 lines fits: {message}"));
    assert_fails(&output, 1, "nothing was written to t.csv");
    assert!(!folder.path().join("t.csv").exists());
    // Who has said what is to become of such lines gets it, and is told.
    for (way, table) in [
        ("dead-letter", "remote_addr,status\n"),
        ("null", "remote_addr,status\n10.0.0.1,\n10.0.0.2,\n"),
    ] {
        let line = format!("C --schema s.toml -o t.csv --on-bad-line {way} log");
        assert_fails(&shell(folder.path(), &line), 0, message);
        assert_eq!(fs::read_to_string(folder.path().join("t.csv")).unwrap(), table);
    }
    fs::write(folder.path().join("log"), "10.0.0.1|200|more\n").unwrap();
    assert_fails(&shell(folder.path(), "C -o t.parquet log"), 1, "none of 1 lines fits");
    fs::write(folder.path().join("log"), "").unwrap();
    let output = shell(folder.path(), "C -o t.parquet log");
    assert_eq!(output.status.code(), Some(0), "{}", stderr_of(&output));
}
