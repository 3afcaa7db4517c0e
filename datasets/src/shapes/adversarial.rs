//! Lines made to break a parser: about bytes and blocks, not about logs.

use crate::random::Random;

/// Kernels work in blocks of this many bytes.
const BLOCK_BYTES: u64 = 64;

/// Places of a newline or a delimiter relative to the start of a block: the last two bytes of
/// one, the first two of the next.
const EDGES: [u64; 4] = [62, 63, 0, 1];

/// Bytes that resemble a delimiter, a newline or nothing, with one bit changed or sign extended.
const NEAR_MISSES: [u8; 16] = [
    b'|' ^ 0x80,
    b'|' ^ 1,
    b'|' ^ 2,
    b'|' ^ 0x20,
    b'\n' ^ 0x80,
    b'\n' ^ 1,
    b'\n' ^ 4,
    b'\n' ^ 0x20,
    b'\r' ^ 0x80,
    0x00,
    0x01,
    0x1f,
    0x7f,
    0x80,
    0xfe,
    0xff,
];

/// Bytes that UTF-8 forbids: a continuation alone, overlong forms, a surrogate, missing ends.
const INVALID_UTF8: [&[u8]; 8] = [
    b"\x80",
    b"\xbf\xbf",
    b"\xc0\xaf",
    b"\xe0\x80\xfc",
    b"\xed\xa0\x80",
    b"\xf4\x90\x80\x80",
    b"\xe2\x82",
    b"\xf0\x9f\x98",
];

/// Appends one line without its newline.
///
/// No kind writes a newline, so a dataset has as many records as lines.
pub(super) fn write_line(bytes_before: u64, random: &mut Random, out: &mut Vec<u8>) {
    match random.below(16) {
        0 => push_run(b'|', 1..=300, random, out),
        1 => push_letters(random.below(400), random, out),
        2 => {}
        3 => out.push(b'\r'),
        4 => push_fields(random, out, |_, out| out.push(0)),
        5 => push_fields(random, out, |random, out| {
            out.extend_from_slice(random.pick(&INVALID_UTF8));
        }),
        6 => push_fields(random, out, |random, out| {
            out.push(random.pick(&NEAR_MISSES));
        }),
        7 => push_fields(random, out, |random, out| {
            push_run(0xff, 0..=40, random, out);
        }),
        8 => push_fields(random, out, push_high_bytes),
        9 => push_fields(random, out, |_, out| out.extend_from_slice(b"a\rb\r")),
        10 => {
            push_fields(random, out, |random, out| {
                push_letters(random.below(9), random, out);
            });
            out.push(b'\r');
        }
        11 => push_fields(random, out, |random, out| {
            out.extend_from_slice(random.pick(&[
                b"\"a" as &[u8],
                b"b\"",
                b"\"\"",
                b"\"",
                b"'",
                b"\\",
            ]));
        }),
        12 => push_any_bytes(random, out),
        13 => push_to_edge(bytes_before, b"", random, out),
        14 => push_to_edge(bytes_before, b"\r", random, out),
        _ => push_to_edge(bytes_before, b"||x", random, out),
    }
}

/// Appends the last line, which has no newline and therefore must not be empty.
pub(super) fn write_last_line(random: &mut Random, out: &mut Vec<u8>) {
    push_fields(random, out, |random, out| {
        push_letters(1 + random.below(20), random, out);
    });
}

/// Appends 12 fields.
fn push_fields(
    random: &mut Random,
    out: &mut Vec<u8>,
    mut write_field: impl FnMut(&mut Random, &mut Vec<u8>),
) {
    write_field(random, out);
    for _ in 1..12 {
        out.push(b'|');
        write_field(random, out);
    }
}

/// Appends letters, so that what follows them falls on or beside the edge of a block.
///
/// Up to three blocks of letters go before, sometimes with a delimiter in each byte instead.
fn push_to_edge(bytes_before: u64, then: &[u8], random: &mut Random, out: &mut Vec<u8>) {
    let edge = random.pick(&EDGES);
    let to_edge = (edge + BLOCK_BYTES - bytes_before % BLOCK_BYTES) % BLOCK_BYTES;
    let count = to_edge + BLOCK_BYTES * random.below(4);
    if random.percent(20) {
        push_run(b'|', count..=count, random, out);
    } else {
        push_letters(count, random, out);
    }
    out.extend_from_slice(then);
}

fn push_letters(count: u64, random: &mut Random, out: &mut Vec<u8>) {
    for _ in 0..count {
        out.push(b'a' + random.below(26) as u8);
    }
}

fn push_high_bytes(random: &mut Random, out: &mut Vec<u8>) {
    for _ in 0..random.below(12) {
        out.push(0x80 + random.below(0x80) as u8);
    }
}

/// Appends up to 200 bytes of any kind but newlines.
fn push_any_bytes(random: &mut Random, out: &mut Vec<u8>) {
    for _ in 0..random.below(200) {
        let byte = random.below(255) as u8;
        out.push(if byte < b'\n' { byte } else { byte + 1 });
    }
}

fn push_run(
    byte: u8,
    lengths: core::ops::RangeInclusive<u64>,
    random: &mut Random,
    out: &mut Vec<u8>,
) {
    let length = lengths.start() + random.below(lengths.end() - lengths.start() + 1);
    out.resize(out.len() + length as usize, byte);
}
