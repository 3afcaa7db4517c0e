//! Inputs that are compressed, recognised by their first bytes.

use std::fs;
use std::io::Write;
use std::process::{Command, Stdio};

use delimark_datasets::{Shape, generate};

use super::{assert_fails, cut, extract, extract_command, run, spawn, stdout_of, text};

/// Compresses with the program `gzip`, or the library that comes with `zstd`.
fn compress(name: &str, bytes: &[u8]) -> Vec<u8> {
    if name == "zstd" {
        return zstd::stream::encode_all(bytes, 3).unwrap();
    }
    let output = run(Command::new(name).arg("-c"), bytes);
    assert!(output.status.success(), "{output:?}");
    output.stdout
}

const COMPRESSIONS: [&str; 2] = ["gzip", "zstd"];

#[test]
fn files_and_pipes_are_decompressed() {
    let log = generate(Shape::Nginx12, 12_000, 3);
    let folder = tempfile::tempdir().unwrap();
    // The name does not matter.
    let path = folder.path().join("a.log");
    for name in COMPRESSIONS {
        let half = log.len() / 2;
        let parts = [compress(name, &log[..half]), compress(name, &log[half..])].concat();
        for compressed in [compress(name, &log), parts] {
            fs::write(&path, &compressed).unwrap();
            let expected = cut("1,6", &log);
            for way in [&[][..], &["--read"], &["--threads", "1"], &["--threads", "4"]] {
                let output = extract(&[way, &["-f", "1,6", text(&path)]].concat(), b"");
                assert!(stdout_of(&output) == expected, "{name} {way:?}");
                let output = extract(&[way, &["-f", "1,6"]].concat(), &compressed);
                assert!(stdout_of(&output) == expected, "{name} {way:?} from a pipe");
            }
            let mut command = extract_command(&["-f", "1,6", "-", "-"]);
            let output = command.stdin(fs::File::open(&path).unwrap()).output().unwrap();
            assert!(stdout_of(&output) == expected, "{name} as standard input");
        }
    }
}

#[test]
fn data_cut_short_is_told_after_what_it_holds() {
    let log = generate(Shape::Nginx12, 20_000, 4);
    let folder = tempfile::tempdir().unwrap();
    for name in COMPRESSIONS {
        let path = folder.path().join(name);
        let compressed = compress(name, &log);
        fs::write(&path, &compressed[..compressed.len() / 2]).unwrap();
        for threads in ["1", "3"] {
            let output = extract(&["-f", "1-", "--threads", threads, text(&path)], b"");
            let message =
                format!("delimark: {}: the input could not be read at byte ", text(&path));
            assert_fails(&output, 2, &message);
            assert_fails(&output, 2, &format!("the {name} data is cut short\n"));
            assert!(log.starts_with(&output.stdout));
            assert!(output.stdout.len() > 10_000, "{name}");
        }
    }
}

#[test]
fn bytes_that_follow_are_told() {
    let output = extract(&["-f", "1"], &[&compress("gzip", b"a|b\n")[..], b"trailing"].concat());
    assert_fails(&output, 2, "at byte 4: what follows the gzip data is none");
    assert_eq!(output.stdout, b"a\n");
}

#[test]
fn a_compressed_pipe_is_told_of_as_it_flows() {
    // Nothing but the first bytes is waited for, and lines come out as they are decompressed.
    let mut child = spawn(extract_command(&["-f", "1"]).stdin(Stdio::piped()));
    let mut stdin = child.stdin.take().unwrap();
    stdin.write_all(b"\x1f").unwrap();
    stdin.write_all(b"|a\n").unwrap();
    drop(stdin);
    assert_eq!(child.wait_with_output().unwrap().stdout, b"\x1f\n");
}
