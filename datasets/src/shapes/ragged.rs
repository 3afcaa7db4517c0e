//! Lines with other field counts: damage done to lines that were whole.

use core::ops::Range;

use crate::nginx::Log;
use crate::random::Random;

const URI: usize = 3;
const AGENT: usize = 8;

/// Appends a line of an access log, damaged four times in a hundred.
pub(super) fn write_line(log: &mut Log, random: &mut Random, out: &mut Vec<u8>) {
    let start = out.len();
    log.write_line(random, out);
    match random.below(200) {
        0..=2 => insert_delimiters(start, URI, random, out),
        3 | 4 => insert_delimiters(start, AGENT, random, out),
        // Cut off, as by a full disk.
        5 => {
            let kept_bytes = random.below((out.len() - start) as u64);
            out.truncate(start + kept_bytes as usize);
        }
        6 => replace(start, random, out),
        7 => out.truncate(start),
        _ => {}
    }
}

/// Puts 1 to 4 delimiters somewhere into a field, as a client can with a URI or its own name.
fn insert_delimiters(start: usize, field: usize, random: &mut Random, out: &mut Vec<u8>) {
    for _ in 0..=random.below(4) {
        let Range { start, end } = field_range(start, field, out);
        let position = start + random.below((end - start + 1) as u64) as usize;
        out.insert(position, b'|');
    }
}

/// Puts 1 to 30 fields of another log in the place of the line.
fn replace(start: usize, random: &mut Random, out: &mut Vec<u8>) {
    out.truncate(start);
    out.extend_from_slice(b"reopened");
    for _ in 0..random.below(30) {
        out.push(b'|');
        for _ in 0..random.below(8) {
            out.push(b'a' + random.below(26) as u8);
        }
    }
}

/// Finds a field of the line that begins at `start` and is the last in `out`.
fn field_range(start: usize, field: usize, out: &[u8]) -> Range<usize> {
    let mut begin = start;
    for (index, bytes) in out[start..].split(|&byte| byte == b'|').enumerate() {
        if index == field {
            return begin..begin + bytes.len();
        }
        begin += bytes.len() + 1;
    }
    unreachable!("a whole line has the field")
}
