//! The memory that the program takes, whatever its input is like.

use std::fs;
use std::io::Read;
use std::process::Child;
#[cfg(feature = "convert")]
use std::process::Stdio;

use super::{assert_fails, extract, extract_command, spawn, text};
#[cfg(feature = "convert")]
use super::{delimark, run};

/// The most memory that the program is to take, beside what is mapped.
pub(super) const MOST_BYTES: u64 = 64 << 20;

/// Returns the most memory that a living process has held, beside what is mapped of files: of the
/// program itself, too, which is larger where it is not optimized.
pub(super) fn peak_resident_bytes(process: u32) -> Option<u64> {
    let status = fs::read_to_string(format!("/proc/{process}/status")).ok()?;
    let kibibytes = |name: &str| -> Option<u64> {
        let line = status.lines().find_map(|line| line.strip_prefix(name))?;
        line.trim().strip_suffix(" kB")?.parse().ok()
    };
    let (peak, of_files) = (kibibytes("VmHWM:")?, kibibytes("RssFile:")?);
    Some(peak.saturating_sub(of_files) << 10)
}

/// Reads what a process writes to its end, and returns it with the most memory that it has held.
fn read_output(child: &mut Child) -> (Vec<u8>, u64) {
    let mut stdout = child.stdout.take().expect("it was piped");
    let (mut output, mut peak_bytes) = (Vec::new(), 0);
    let mut piece = vec![0; 1 << 20];
    loop {
        let count = stdout.read(&mut piece).expect("a pipe can be read");
        if count == 0 {
            return (output, peak_bytes);
        }
        output.extend_from_slice(&piece[..count]);
        peak_bytes = peak_bytes.max(peak_resident_bytes(child.id()).unwrap_or(0));
    }
}

#[test]
fn long_lines_of_several_threads_wait_for_each_other() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("long.log");
    let mut log = Vec::new();
    for number in 0..8 {
        log.extend(format!("{number}|short|line\n").repeat(20_000).bytes());
        log.extend(format!("{number}|").bytes());
        log.resize(log.len() + (15 << 20), b'x');
        log.extend(b"|end\n");
    }
    fs::write(&path, &log).unwrap();
    for threads in ["1", "2", "8"] {
        let arguments = ["-f", "1-", "--read", "--threads", threads, text(&path)];
        let mut child = spawn(&mut extract_command(&arguments));
        let (output, peak_bytes) = read_output(&mut child);
        assert_eq!(child.wait().unwrap().code(), Some(0));
        assert!(output == log, "{threads} threads change what comes out");
        // Less than a line would say that nothing was looked at.
        let range = 15 << 20..MOST_BYTES;
        assert!(range.contains(&peak_bytes), "{peak_bytes} bytes with {threads} threads");
    }
}

#[test]
fn threads_that_wait_for_memory_end_with_the_others() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("long.log");
    let line = [&vec![b'x'; 9 << 20][..], b"|end\n"].concat();
    fs::write(&path, line.repeat(6)).unwrap();
    let arguments = ["-f", "1-", "--read", "--threads", "8", text(&path)];
    let full = || fs::File::options().write(true).open("/dev/full").unwrap();
    let output = extract_command(&arguments).stdout(full()).output().unwrap();
    assert_fails(&output, 2, "standard output cannot be written: No space left on device");
    let output = extract(&[&["--columns", "3", "--ragged", "error"], &arguments[..]].concat(), b"");
    assert_fails(&output, 1, "line 1 at byte 0 has 2 fields");
    let output = extract(&[&["--line-limit", "3MiB"], &arguments[..]].concat(), b"");
    assert_fails(&output, 2, "line 1 at byte 0 is longer than");
}

/// The most memory of a conversion that is not of lines longer than the usual limit.
#[cfg(feature = "convert")]
const MOST_OF_CONVERSION: u64 = 256 << 20;

#[cfg(feature = "convert")]
#[test]
fn ten_thousand_columns_are_a_table() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("wide.txt");
    let names: Vec<String> = (0..10_000).map(|column| format!("c{column}")).collect();
    let mut table = names.join("|") + "\n";
    for row in 0..60 {
        let values = (0..10_000_u64).map(|column| match column % 3 {
            0 => format!("text{}", column * row % 977),
            _ => (column * 104_729 + row).to_string(),
        });
        table += &(values.collect::<Vec<_>>().join("|") + "\n");
    }
    fs::write(&path, &table).unwrap();
    let arguments = ["convert", "--delimiter", "|", "--header", "--to", "csv", "-o", "-"];
    let mut command = delimark(&arguments);
    // A line for each type that is found, which nobody reads.
    command.stdout(Stdio::piped()).stderr(Stdio::null());
    let mut child = command.args(["--threads", "2", text(&path)]).spawn().unwrap();
    let (output, peak_bytes) = read_output(&mut child);
    assert_eq!(child.wait().unwrap().code(), Some(0));
    assert!(output == table.replace('|', ",").into_bytes(), "the table has other values");
    assert!((1..MOST_OF_CONVERSION).contains(&peak_bytes), "{peak_bytes} bytes");
}

#[cfg(feature = "convert")]
#[test]
fn a_line_over_the_limit_is_told_and_can_be_converted() {
    let line = format!("10.0.0.2|/{}|201\n", "u".repeat(20_000_000));
    let log = format!("10.0.0.1|/a|200\n{line}10.0.0.3|/c|202\n");
    let convert = |arguments: &[&str]| {
        let format = ["convert", "--log-format", "$remote_addr|$request_uri|$status"];
        let mut command = delimark(&[&format[..], arguments].concat());
        run(command.args(["--to", "csv", "-o", "-", "-"]), log.as_bytes())
    };
    let output = convert(&[]);
    assert_fails(&output, 2, "line 2 at byte 16 is longer than the limit; --line-limit sets");
    let output = convert(&["--skip-long-lines"]);
    assert_fails(&output, 0, "left out 1 of 3 lines");
    let header = "remote_addr,request_uri,status\n";
    let short = format!("{header}10.0.0.1,/a,200\n10.0.0.3,/c,202\n");
    assert_eq!(str::from_utf8(&output.stdout).unwrap(), short);
    let output = convert(&["--line-limit", "32MiB"]);
    assert_eq!(output.status.code(), Some(0));
    let expected = header.to_owned() + &log.replace('|', ",");
    assert!(output.stdout == expected.into_bytes(), "the table has other values");
}
