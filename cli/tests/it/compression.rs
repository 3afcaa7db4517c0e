//! Inputs that are compressed, recognised by their first bytes.

use std::fs;
use std::io::Write;
use std::process::{Command, Stdio};

use delimark_datasets::{Shape, generate};

use super::{assert_fails, cut, delimark, extract, extract_command, run, spawn, stdout_of, text};

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

#[test]
fn a_window_over_the_limit_is_an_error_with_the_option() {
    // Frames that do not say how long they are, as pipes make them.
    let compress = |log: u32| {
        let mut encoder = zstd::stream::Encoder::new(Vec::new(), 1).unwrap();
        encoder.window_log(log).unwrap();
        encoder.write_all(b"a|b\n").unwrap();
        encoder.finish().unwrap()
    };
    assert_eq!(stdout_of(&extract(&["-f", "1"], &compress(25))), b"a\n");
    let output = extract(&["-f", "1"], &[compress(25), compress(26)].concat());
    let message = "at byte 4: the zstd data need a window over the limit of 32MiB; --window-limit ";
    assert_fails(&output, 2, message);
    assert_eq!(output.stdout, b"a\n");
    let output = run(&mut delimark(&["check"]), &compress(26));
    assert_fails(&output, 2, "over the limit of 32MiB; --window-limit ");

    for (arguments, log) in [(["--window-limit", "128MiB"], 27), (["--window-limit", "64MiB"], 26)]
    {
        let output = extract(&[&["-f", "1"], &arguments[..]].concat(), &compress(log));
        assert_eq!(stdout_of(&output), b"a\n");
        let output = run(delimark(&["check"]).args(arguments), &compress(log));
        assert!(output.stdout.starts_with(b"standard input: 1 line, 4 bytes\n"), "{output:?}");
        assert!(output.stderr.is_empty(), "{output:?}");
    }
    let output = extract(&["-f", "1", "--window-limit", "64MiB"], &compress(27));
    assert_fails(&output, 2, "over the limit of 64MiB");
    let output = extract(&["-f", "1", "--window-limit", "48MiB"], b"");
    assert_fails(&output, 2, "'48MiB' is not a power of two from 1KiB to 2GiB");
}
