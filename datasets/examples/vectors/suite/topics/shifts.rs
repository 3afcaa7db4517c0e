//! The same lines behind a first line of every length: nothing but offsets may change.

use super::super::case::{Case, Line, joined, line, x};
use super::super::dialect::pipe;

const LENGTHS: [usize; 26] = [
    1, 2, 3, 4, 5, 6, 7, 8, 9, 15, 16, 17, 31, 32, 33, 47, 48, 49, 62, 63, 64, 65, 127, 4094, 4095,
    65534,
];

pub(super) fn cases() -> Vec<Case> {
    let cases = LENGTHS.map(|bytes| {
        joined(
            format!("y_shifted_by_{bytes}"),
            "R1.5",
            format!("Lines of all kinds begin at byte {bytes}."),
            pipe(),
            [vec![line![x(bytes - 1)]], of_all_kinds()].concat(),
        )
    });
    cases.into()
}

/// Makes lines with separators in a row and far apart, and with bytes that are almost separators.
fn of_all_kinds() -> Vec<Line> {
    vec![
        line!["a", "b", "c"],
        line![""],
        line!["", "", ""].crlf(),
        line!["}", b"\x0b\x0b", "\r", b"\0"],
        line![x(61), "d"].crlf(),
        line![b"\x8a\xfc", "", x(70), ""],
        line![""].crlf(),
        line!["e", "\r"].unterminated(),
    ]
}
