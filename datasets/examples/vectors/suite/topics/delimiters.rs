//! Delimiters: every byte that may be one, next to the bytes that are most like it.

use super::super::case::{Case, joined, line, literal, x};
use super::super::dialect::{Dialect, pipe};

pub(super) fn cases() -> Vec<Case> {
    let legal = (0..=255).filter(|byte| ![b'\n', b'\r'].contains(byte));
    let mut cases: Vec<Case> = legal.map(delimiter).collect();
    cases.extend(inside_of_characters());
    cases.extend([b'|', b'\0', b',', b'\t', 0x80, 0xff].map(borrowed));
    cases.extend((0..8).flat_map(lanes));
    cases
}

/// One bit off, and one more or less, is not the delimiter.
fn delimiter(delimiter: u8) -> Case {
    let differs = |byte: &u8| ![delimiter, b'\n', b'\r'].contains(byte);
    let bits = (0..8).map(|bit| delimiter ^ (1 << bit));
    let next = [delimiter.wrapping_add(1), delimiter.wrapping_sub(1)];
    let near: Vec<u8> = bits.chain(next).filter(differs).collect();
    joined(
        format!("y_delimiter_{delimiter:02x}"),
        "R3.4",
        format!("0x{delimiter:02x} is the delimiter, and what is like it is not."),
        Dialect::new(delimiter),
        [line!["", near], line![near, ""], line!["", ""]],
    )
}

fn inside_of_characters() -> [Case; 3] {
    [
        literal(
            "y_delimiter_leads_a_character",
            "R3.5",
            "A delimiter is found where it is the first byte of a character.",
            Dialect::new(0xc3),
            "aäb\n".as_bytes(),
        )
        .record(1, 0, [b"a", b"\xa4b"])
        .counts(1, 2),
        literal(
            "y_delimiter_continues_a_character",
            "R3.5",
            "A delimiter is found where it is the second byte of a character.",
            Dialect::new(0xa4),
            "aäb\n".as_bytes(),
        )
        .record(1, 0, [b"a\xc3", b"b"])
        .counts(1, 2),
        literal(
            "y_delimiter_is_not_the_code_point",
            "R3.5",
            "U+00E4 in UTF-8 is two bytes, and neither is 0xe4.",
            Dialect::new(0xe4),
            "aäb\n".as_bytes(),
        )
        .record(1, 0, [b"a\xc3\xa4b"])
        .counts(1, 1),
    ]
}

/// Looking for a zero byte by subtraction borrows from a byte that is one more than what is found.
fn borrowed(delimiter: u8) -> Case {
    let chain = vec![delimiter ^ 1; 9];
    joined(
        format!("y_borrows_behind_delimiter_{delimiter:02x}"),
        "R3.5",
        format!("0x{:02x} in a row behind the delimiter are data.", delimiter ^ 1),
        Dialect::new(delimiter),
        [line!["", chain, chain], line![chain, chain]],
    )
}

/// The byte of a word matters where words are searched. The word is the second of the input, so
/// that a newline at its byte 0 ends a line of data.
fn lanes(lane: usize) -> [Case; 4] {
    let case = |name: &str, rule, title: &str, lines: Vec<_>| {
        let id = format!("y_{name}_in_lane_{lane}");
        joined(id, rule, format!("{title} at byte {lane} of a word."), pipe(), lines)
    };
    [
        case(
            "borrow_behind_newline",
            "R2.1",
            "0x0b follows a newline",
            vec![line![x(8 + lane)], line![b"\x0b\x0b\x0b", "a"], line![b"\x0b"]],
        ),
        case(
            "borrow_behind_delimiter",
            "R3.5",
            "A brace follows a delimiter",
            vec![line![x(8 + lane), "}}}", "}"], line!["}", "}"]],
        ),
        case(
            "high_newline",
            "R2.1",
            "A newline with its high bit set is",
            vec![line![[x(8 + lane), vec![0x8a]].concat(), "a"], line![b"\x8a"]],
        ),
        case(
            "high_delimiter",
            "R3.5",
            "A delimiter with its high bit set is",
            vec![line![[x(8 + lane), vec![0xfc]].concat(), "a"], line![b"\xfc"]],
        ),
    ]
}
