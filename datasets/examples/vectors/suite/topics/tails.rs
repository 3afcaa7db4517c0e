//! The end of an input that does not fill its last block, of every length.

use super::super::case::{Case, Line, joined, line, x};
use super::super::dialect::{Dialect, Ragged, pipe};

/// Lengths next to the edges of words, vectors and blocks.
const LENGTHS: [usize; 22] =
    [1, 2, 7, 8, 9, 15, 16, 17, 31, 32, 33, 47, 48, 49, 62, 63, 64, 65, 66, 95, 127, 129];

pub(super) fn cases() -> Vec<Case> {
    let mut cases: Vec<Case> = (1..=64).flat_map(every_length).collect();
    cases.extend((2..=64).map(ends_in_newline));
    cases.extend(LENGTHS.into_iter().flat_map(nul_delimiter));
    cases.extend([1, 2, 15, 31, 32, 33, 62, 63].map(dense));
    cases.extend([1, 2, 31, 32, 33, 62, 63].map(behind_blocks));
    cases
}

fn every_length(bytes: usize) -> [Case; 2] {
    [
        joined(
            format!("y_tail_of_{bytes}_ends_in_delimiter"),
            "R3.2",
            format!("A delimiter ends an input of length {bytes}."),
            pipe(),
            [line![x(bytes - 1), ""].unterminated()],
        ),
        joined(
            format!("y_tail_of_{bytes}_ends_in_data"),
            "R2.3",
            format!("Data ends an input of length {bytes}."),
            pipe(),
            [line![x(bytes)].unterminated()],
        ),
    ]
}

fn ends_in_newline(bytes: usize) -> Case {
    joined(
        format!("y_tail_of_{bytes}_ends_in_newline"),
        "R2.4",
        format!("A newline ends an input of length {bytes}."),
        pipe(),
        [line![x(bytes - 1)]],
    )
}

/// Whoever fills the last block up with zeros must not find them.
fn nul_delimiter(bytes: usize) -> [Case; 2] {
    [
        joined(
            format!("y_nul_delimiter_is_not_behind_{bytes}_bytes"),
            "R3.4",
            format!("NUL is the delimiter and is not in an input of length {bytes}."),
            Dialect::new(0),
            [line![x(bytes)].unterminated()],
        ),
        joined(
            format!("y_nul_delimiter_is_last_of_{bytes}_bytes"),
            "R3.4",
            format!("NUL is the delimiter and ends an input of length {bytes}."),
            Dialect::new(0),
            [line![x(bytes - 1), ""].unterminated()],
        ),
    ]
}

fn dense(bytes: usize) -> Case {
    joined(
        format!("y_tail_of_{bytes}_delimiters"),
        "R3.2",
        format!("Behind a whole block, a tail of length {bytes} is delimiters."),
        pipe(),
        [line![x(63)], Line::new(vec![x(0); bytes + 1]).unterminated()],
    )
}

fn behind_blocks(bytes: usize) -> Case {
    joined(
        format!("y_tail_of_{bytes}_behind_blocks"),
        "R2.3",
        format!("A last line of length {bytes} is behind two whole blocks and a ragged line."),
        pipe().columns(2).ragged(Ragged::Report),
        [line!["a", x(61)], line![x(63)], line!["", x(bytes - 1)].unterminated()],
    )
}
