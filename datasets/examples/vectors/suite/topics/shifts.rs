//! The same lines after a first field of every length: nothing but offsets may change.

use super::super::case::{Case, Line, joined, line, x};
use super::super::dialect::pipe;

const LENGTHS: [usize; 30] = [
    1, 2, 3, 4, 5, 6, 7, 8, 9, 15, 16, 17, 31, 32, 33, 47, 48, 49, 62, 63, 64, 65, 127, 128, 4094,
    4095, 4096, 65_534, 65_535, 65_536,
];

/// For what has cases at every edge elsewhere, where it occurs once.
const FEW_LENGTHS: [usize; 13] = [1, 7, 15, 16, 31, 32, 33, 63, 64, 65, 128, 4096, 65_536];

pub(super) fn cases() -> Vec<Case> {
    let mut cases: Vec<Case> = LENGTHS.into_iter().map(plain).collect();
    cases.extend(FEW_LENGTHS.into_iter().flat_map(others));
    cases
}

/// Shifts separators in a row and far apart, and bytes that are almost separators.
fn plain(bytes: usize) -> Case {
    joined(
        format!("y_shifted_by_{bytes}"),
        "R1.5",
        format!("Lines of many kinds are shifted by {bytes} bytes."),
        pipe(),
        [
            line![x(bytes), "b", "c"],
            line!["", "", ""],
            line!["}", b"\x0b\x0b", "d"],
            line![x(61), "e"],
            line![b"\x8a\xfc", "", x(70), ""],
            line!["f", "g"].unterminated(),
        ],
    )
}

/// Shifts what other readers are likely to have rules of their own about.
fn others(bytes: usize) -> [Case; 3] {
    let case = |id: &str, rule, title: &str, lines: Vec<Line>| {
        let id = format!("y_{id}_shifted_by_{bytes}");
        joined(id, rule, format!("{title} are shifted by {bytes} bytes."), pipe(), lines)
    };
    [
        case(
            "empty_lines",
            "R2.5",
            "Empty lines, one and two in a row,",
            vec![line![x(bytes)], line![""], line!["a", "b"], line![""], line![""], line!["c"]],
        ),
        case(
            "crlf_lines",
            "R4.1",
            "Lines in CRLF",
            vec![line![x(bytes)].crlf(), line!["a", ""].crlf(), line![x(61), "b"].crlf()],
        ),
        case(
            "nul_fields",
            "R1.2",
            "Fields with NULs",
            vec![line![x(bytes), b"\0"], line![b"a\0", [0; 70]], line![b"\0", b"\0\0"]],
        ),
    ]
}
