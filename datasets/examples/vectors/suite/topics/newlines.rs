//! Many newlines: those who count them in vectors of small counters have to empty these in time.

use super::super::case::{Case, Line, joined, line, x};
use super::super::dialect::{Ragged, pipe};

pub(super) fn cases() -> Vec<Case> {
    let mut cases = only_newlines();
    cases.extend(one_byte_of_vectors());
    cases
}

fn only_newlines() -> Vec<Case> {
    let counts = [64, 65, 127, 128, 254, 255, 256, 257, 4096];
    let mut cases: Vec<Case> = counts
        .into_iter()
        .map(|newlines| {
            joined(
                format!("y_{newlines}_newlines"),
                "R2.5",
                format!("{newlines} newlines are as many empty lines."),
                pipe(),
                vec![line![""]; newlines],
            )
        })
        .collect();
    // The first line stops the reading, so that no list of records is needed.
    cases.extend([8128, 8129, 65_535, 65_536, 65_537].map(|newlines| {
        joined(
            format!("n_{newlines}_newlines_are_counted"),
            "R8.3",
            format!("{newlines} empty lines are counted, although the first one is ragged."),
            pipe().columns(2),
            vec![line![""]; newlines],
        )
    }));
    cases.push(joined(
        "y_300_newlines_are_all_ragged",
        "R5.4",
        "Two columns are expected of 300 empty lines.",
        pipe().columns(2).ragged(Ragged::Report),
        vec![line![""]; 300],
    ));
    cases
}

/// A counter of one byte overflows with the 256th newline that it sees.
fn one_byte_of_vectors() -> Vec<Case> {
    let mut cases = Vec::new();
    for vector in [16, 32, 64] {
        for (first, newlines) in [(0, 255), (vector - 1, 256), (0, 257)] {
            // Byte 0 of the input would make an empty line.
            let before = if first == 0 { vector } else { first };
            let lines = [vec![line![x(before)]], vec![line![x(vector - 1)]; newlines - 1]].concat();
            cases.push(joined(
                format!("y_{newlines}_newlines_at_byte_{first}_of_{vector}"),
                "R2.1",
                format!("{newlines} times {vector} bytes have a newline at byte {first} each."),
                pipe(),
                lines,
            ));
        }
    }
    cases.push(joined(
        "y_300_newlines_and_delimiters_in_columns",
        "R5.2",
        "300 lines of 32 bytes have both of their columns.",
        pipe().columns(2),
        vec![two_columns(); 300],
    ));
    cases
}

fn two_columns() -> Line {
    line![x(15), x(15)]
}
