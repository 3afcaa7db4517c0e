//! The memory that the program takes, whatever its input is like.

use std::fs;
use std::io::Read;
use std::process::Child;

use super::{extract_command, spawn, text};

/// The most memory that the program is to take, beside what is mapped.
pub(super) const MOST_BYTES: u64 = 64 << 20;

/// Returns the most memory that a living process has held.
pub(super) fn peak_resident_bytes(process: u32) -> Option<u64> {
    let status = fs::read_to_string(format!("/proc/{process}/status")).ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
    let kibibytes: u64 = line.trim().strip_suffix(" kB")?.parse().ok()?;
    Some(kibibytes << 10)
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
