//! The program `delimark` as a user meets it: its bytes, its messages, its exit codes.

mod check;
mod columns;
mod compression;
#[cfg(feature = "convert")]
mod convert_faults;
#[cfg(feature = "convert")]
mod convert_schemas;
#[cfg(feature = "convert")]
mod convert_streams;
mod endings;
mod errors;
mod formats;
mod formats_list;
mod inputs;
mod json_lines;
#[cfg(feature = "convert")]
mod killed;
mod lines;
mod memory;
mod outputs;
#[cfg(feature = "convert")]
mod partitions;
mod program;
mod ragged;
mod recorded;
mod rotation;
mod selection;
#[cfg(feature = "ship")]
mod ship;
#[cfg(feature = "sql")]
mod sql;
mod streams;
mod threads;

use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::thread;

/// Runs `delimark extract` with these arguments and this on standard input.
fn extract(arguments: &[&str], input: &[u8]) -> Output {
    let mut command = extract_command(arguments);
    run(&mut command, input)
}

fn extract_command(arguments: &[&str]) -> Command {
    let mut command = delimark(&["extract"]);
    command.args(arguments);
    command
}

fn delimark(arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_delimark"));
    command.args(arguments).env_remove("DELIMARK_BACKEND");
    command
}

fn spawn(command: &mut Command) -> Child {
    command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("the program starts")
}

/// Feeds a program from a thread, since it may write before it has read everything.
fn run(command: &mut Command, input: &[u8]) -> Output {
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().expect("the program starts");
    let mut stdin = child.stdin.take().expect("it was piped");
    thread::scope(|scope| {
        // A program that stops early closes its end; its exit code is what is tested then.
        scope.spawn(move || stdin.write_all(input));
        child.wait_with_output().expect("the program ends")
    })
}

/// Returns what the program wrote, after making sure that it had nothing to complain about.
fn stdout_of(output: &Output) -> &[u8] {
    assert_eq!(stderr_of(output), "");
    assert_eq!(output.status.code(), Some(0));
    &output.stdout
}

/// Makes sure of what comes out without a word, on one thread and on several.
#[track_caller]
fn assert_extracts(arguments: &[&str], input: &[u8], expected: &[u8]) {
    for way in [&[][..], &["--threads", "3"]] {
        let output = extract(&[arguments, way].concat(), input);
        assert_eq!(
            stdout_of(&output).escape_ascii().to_string(),
            expected.escape_ascii().to_string(),
            "{arguments:?}"
        );
    }
}

fn stderr_of(output: &Output) -> &str {
    str::from_utf8(&output.stderr).expect("messages are UTF-8")
}

/// Makes sure of an exit code and of what the messages contain.
fn assert_fails(output: &Output, exit_code: i32, message: &str) {
    let stderr = stderr_of(output);
    assert!(stderr.contains(message), "{stderr:?} does not contain {message:?}");
    assert_eq!(output.status.code(), Some(exit_code), "{stderr}");
}

/// Returns what the real `cut` makes of it.
fn cut(fields: &str, input: &[u8]) -> Vec<u8> {
    let mut command = Command::new("cut");
    command.args(["-d|", &format!("-f{fields}")]).env("LC_ALL", "C");
    let output = run(&mut command, input);
    assert!(output.status.success());
    output.stdout
}

/// Returns the log that a real nginx wrote.
fn access_log() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../datasets/nginx/access.log")
}

fn text(path: &Path) -> &str {
    path.to_str().expect("paths of tests are UTF-8")
}
