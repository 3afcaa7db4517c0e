//! Several threads do what one does: the same bytes, messages and exit code.

use std::fs::{self, File};
use std::io::Read;
use std::path::Path;

use delimark_datasets::{Shape, generate};

use super::{assert_fails, extract, extract_command, spawn, stdout_of, text};

/// A generator of numbers, so that a failure comes again.
struct Random(u64);

impl Random {
    fn below(&mut self, limit: u64) -> u64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
        (self.0 >> 33) % limit
    }
}

/// Makes lines of which some are ragged, empty, long, comments, or no UTF-8.
fn log(random: &mut Random, bytes: usize) -> Vec<u8> {
    let mut log = Vec::new();
    let wrong_one_in = [20, 1_000, 1_000_000][random.below(3) as usize];
    while log.len() < bytes {
        if random.below(wrong_one_in) == 0 {
            match random.below(6) {
                0 => log.extend(b"#comment|x|y"),
                1 => log.extend(b"ragged|line"),
                2 => log.extend(vec![b'l'; 2_000 + random.below(3_000_000) as usize]),
                3 => log.extend(b"a|b\xff|c"),
                4 => log.extend(b"one|field|too|many\r"),
                _ => {}
            }
        } else {
            let width = random.below(80) as usize;
            log.extend(format!("{}|{:width$}|  last", random.below(1_000_000), "x").bytes());
        }
        log.push(b'\n');
    }
    if random.below(2) == 0 {
        log.pop();
    }
    log
}

const WAYS: [&[&str]; 12] = [
    &["-f", "2,1"],
    &["-f", "1-", "--columns", "3"],
    &["-f", "3,1", "--columns", "3", "--ragged", "error"],
    &["-f", "3,1", "--columns", "3", "--ragged", "rest", "--comment", "#"],
    &["-f", "1,last", "--columns", "3", "--comment", "#", "--long-lines", "report"],
    &["-f", "2", "--format", "jsonl", "--columns", "3"],
    &["-f", "1-", "--format", "jsonl", "--invalid-utf8", "replace", "-s"],
    &["-f", "1,2", "--whitespace", "--columns", "2"],
    &["-f", "1-", "--whitespace", "--format", "jsonl", "--comment", "#"],
    &["-f", "1-,1-,1-,1-,1-,1-,1-,1-", "--output-delimiter", "----"],
    &["-f", "2", "--header", "--line-limit", "1500", "--long-lines", "report"],
    &["-f", "1", "--line-limit", "1500"],
];

/// Returns the exit code, the output, the messages and the ragged lines.
fn run(arguments: &[&str], bad: &Path) -> (Option<i32>, Vec<u8>, Vec<u8>, Vec<u8>) {
    let keeps = arguments.contains(&"--columns")
        && !arguments.iter().any(|argument| ["error", "rest"].contains(argument));
    let bad_arguments = ["--ragged-output", text(bad)];
    let _ = fs::remove_file(bad);
    let output = extract(&[arguments, if keeps { &bad_arguments } else { &[] }].concat(), b"");
    (output.status.code(), output.stdout, output.stderr, fs::read(bad).unwrap_or_default())
}

#[test]
fn threads_do_not_change_anything() {
    let folder = tempfile::tempdir().unwrap();
    let (path, bad) = (folder.path().join("a.log"), folder.path().join("bad"));
    let mut exit_codes = Vec::new();
    for seed in 0..6 {
        let mut random = Random(seed);
        let bytes = [0, 10, 1 << 20, 3 << 20, 7 << 20][random.below(5) as usize];
        fs::write(&path, log(&mut random, bytes)).unwrap();
        for way in WAYS {
            let arguments = |threads| [way, &["--threads", threads, text(&path)]].concat();
            let expected = run(&arguments("1"), &bad);
            exit_codes.push(expected.0);
            for threads in ["2", "4"] {
                for access in [&[][..], &["--read"]] {
                    let found = run(&[access, &arguments(threads)].concat(), &bad);
                    let (of, place) = (way.join(" "), format!("{threads} threads, seed {seed}"));
                    assert_eq!(found.0, expected.0, "{of}: exit code with {place}");
                    assert!(found.1 == expected.1, "{of}: output with {place}");
                    assert!(found.2 == expected.2, "{of}: messages with {place}");
                    assert!(found.3 == expected.3, "{of}: ragged lines with {place}");
                }
            }
        }
    }
    for exit_code in [0, 1, 2] {
        assert!(exit_codes.contains(&Some(exit_code)), "no run ended with {exit_code}");
    }
}

#[test]
fn files_follow_each_other_with_the_same_threads() {
    let folder = tempfile::tempdir().unwrap();
    let log = generate(Shape::Nginx12, 60_000, 9);
    let path = folder.path().join("a.log");
    fs::write(&path, &log).unwrap();
    let output = extract(&["-f", "1-", "--threads", "3", text(&path), "-", text(&path)], b"x\n");
    assert!(output.stdout == [&log[..], b"x\n", &log].concat());
}

#[test]
fn outputs_that_fail_end_all_threads() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a.log");
    fs::write(&path, "left|right\nragged\n".repeat(400_000)).unwrap();
    let arguments = ["-f", "1", "--columns", "2", "--threads", "4", text(&path)];
    let full = || File::options().write(true).open("/dev/full").unwrap();
    let output = extract_command(&arguments).stdout(full()).output().unwrap();
    assert_fails(&output, 2, "standard output cannot be written: No space left on device");
    let ragged = [&["--ragged-output", "/dev/full"], &arguments[..]].concat();
    let output = extract(&ragged, b"");
    assert_fails(&output, 2, "the file of ragged lines cannot be written: No space left on device");
    let mut child = spawn(extract_command(&arguments[..2]).args(&arguments[4..]));
    let mut stdout = child.stdout.take().unwrap();
    stdout.read_exact(&mut [0; 10]).unwrap();
    drop(stdout);
    assert_eq!(stdout_of(&child.wait_with_output().unwrap()), b"");
}

#[test]
fn numbers_of_threads_that_cannot_be() {
    for number in ["0", "-1", "65", "two", ""] {
        let output = extract(&["-f", "1", &format!("--threads={number}")], b"");
        assert_fails(&output, 2, "is not a number of threads, 1 to 64");
    }
}
