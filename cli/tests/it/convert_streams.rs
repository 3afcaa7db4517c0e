//! Conversions of pipes that trickle: rows come out in time, and chunks are as large as what comes.

use std::io::{BufRead, BufReader, Read, Write};
use std::process::Stdio;
use std::thread;
use std::time::{Duration, Instant};

use super::{assert_fails, delimark, run, stderr_of, text};

const FORMAT: [&str; 3] = ["convert", "--log-format", "$remote_addr|$status"];

/// The latency that is asked for, and what a busy machine may take beyond it.
const LATENCY: Duration = Duration::from_millis(200);
const GRACE: Duration = Duration::from_millis(800);

#[test]
fn rows_come_out_in_time() {
    for threads in ["1", "2"] {
        let arguments = ["--latency", "200", "--threads", threads, "--to", "csv", "-o", "-", "-"];
        let mut command = delimark(&[&FORMAT[..], &arguments].concat());
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.spawn().unwrap();
        let mut stdin = child.stdin.take().unwrap();
        let mut rows = BufReader::new(child.stdout.take().unwrap()).lines();
        for number in 0..5 {
            // The rest of a line that was begun, and the beginning of the next one.
            let begun = if number == 0 { "10.0.0.1|" } else { "" };
            let sent = Instant::now();
            stdin.write_all(format!("{begun}20{number}\n10.0.0.1|").as_bytes()).unwrap();
            if number == 0 {
                assert_eq!(rows.next().unwrap().unwrap(), "remote_addr,status");
            }
            assert_eq!(rows.next().unwrap().unwrap(), format!("10.0.0.1,20{number}"));
            let passed = sent.elapsed();
            assert!(passed < LATENCY + GRACE, "{passed:?} with {threads} threads");
            thread::sleep(LATENCY * 2);
        }
        stdin.write_all(b"299").unwrap();
        drop(stdin);
        assert_eq!(rows.next().unwrap().unwrap(), "10.0.0.1,299");
        assert_eq!(child.wait().unwrap().code(), Some(0));
    }
}

#[test]
fn without_a_latency_rows_wait_for_others() {
    let mut command = delimark(&[&FORMAT[..], &["--to", "jsonl", "-o", "-", "-"]].concat());
    command.stdin(Stdio::piped()).stdout(Stdio::piped());
    let mut child = command.spawn().unwrap();
    let mut stdin = child.stdin.take().unwrap();
    let mut stdout = child.stdout.take().unwrap();
    let reader = thread::spawn(move || {
        let mut byte = [0];
        stdout.read_exact(&mut byte).unwrap();
        Instant::now()
    });
    stdin.write_all(b"10.0.0.1|200\n").unwrap();
    thread::sleep(LATENCY * 3);
    let end = Instant::now();
    drop(stdin);
    assert!(reader.join().unwrap() >= end);
    assert_eq!(child.wait().unwrap().code(), Some(0));
}

/// Returns what `--stats` says of the chunks of a pipe that is written in such pieces.
fn chunks(pieces: &[&[u8]], pause: Duration) -> String {
    let arguments = ["--latency", "40", "--stats", "--to", "arrow-stream", "-o", "-", "-"];
    let mut command = delimark(&[&FORMAT[..], &arguments].concat());
    command.stdin(Stdio::piped()).stdout(Stdio::null()).stderr(Stdio::piped());
    let mut child = command.spawn().unwrap();
    let mut stdin = child.stdin.take().unwrap();
    for piece in pieces {
        stdin.write_all(piece).unwrap();
        thread::sleep(pause);
    }
    drop(stdin);
    let output = child.wait_with_output().unwrap();
    assert_eq!(output.status.code(), Some(0), "{}", stderr_of(&output));
    let line = stderr_of(&output).lines().find(|line| line.contains("chunks: "));
    line.unwrap().to_owned()
}

#[test]
fn chunks_are_as_large_as_what_comes() {
    let slow = chunks(&[&b"10.0.0.1|200\n"[..]; 5], Duration::from_millis(100));
    assert!(slow.contains(" of 4 KiB") && !slow.contains("64 KiB"), "{slow}");
    let much = b"10.0.0.1|200\n".repeat(1 << 19);
    let fast = chunks(&[&much], Duration::ZERO);
    assert!(fast.contains(" of 64 KiB") && !fast.contains("128 KiB"), "{fast}");
}

#[test]
fn a_latency_that_could_not_hold_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("table.csv");
    let refuse = |arguments: &[&str], input: &[u8], message: &str| {
        let output = run(&mut delimark(&[&FORMAT[..], arguments].concat()), input);
        assert_fails(&output, 2, message);
        assert!(output.stdout.is_empty());
    };
    let (latency, table) = (["--latency", "100"], text(&path));
    let with = |arguments: &[&'static str]| [&latency[..], arguments].concat();
    let line = b"10.0.0.1|200\n";
    refuse(&with(&["-o", "-", "--to", "parquet"]), line, "nobody can read a part of such a file");
    refuse(&[&latency[..], &["-o", table]].concat(), line, "a file has its name when it is whole");
    let compressed = zstd::stream::encode_all(&line[..], 1).unwrap();
    refuse(&with(&["-o", "-", "--to", "csv"]), &compressed, "comes compressed through a pipe");
    refuse(&["--latency", "0", "-o", "-", "--to", "csv"], line, "is no number of milliseconds");
}
