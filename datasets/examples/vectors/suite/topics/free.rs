//! Decisions that the specification leaves to implementations, with those of this project.

use super::super::case::{Case, joined, line, literal, refused, x};
use super::super::dialect::{LINE_LIMIT, Ragged, pipe, quoted};

/// The highest limit that this project takes.
const HIGHEST_LINE_LIMIT: u64 = 1 << 30;

pub(super) fn cases() -> Vec<Case> {
    let mut cases = columns();
    cases.extend(limits());
    cases.extend(faults());
    cases
}

fn columns() -> Vec<Case> {
    let mut cases = Vec::new();
    for columns in [65_536, 2_147_483_648, u32::MAX] {
        let dialect = pipe().columns(columns).ragged(Ragged::Report);
        cases.push(joined(
            format!("i_{columns}_columns"),
            "R10.1",
            format!("{columns} columns can be expected, and are missing."),
            dialect,
            [line!["a", "b"], line!["c"].unterminated()],
        ));
    }
    cases.push(
        literal(
            "i_error_expects_4294967295_columns",
            "R10.1",
            "The number that is expected is told as it is.",
            pipe().columns(u32::MAX),
            b"a|b\n",
        )
        .counts(1, 2)
        .stops_at_ragged(1, 0, 2, u32::MAX),
    );
    cases
}

fn limits() -> Vec<Case> {
    let mut cases = Vec::new();
    for limit in [LINE_LIMIT + 1, HIGHEST_LINE_LIMIT] {
        cases.push(joined(
            format!("i_line_limit_{limit}"),
            "R10.2",
            format!("Lines may have {limit} bytes."),
            pipe().limit(limit),
            [line!["a", "b"], line!["c", "d"]],
        ));
    }
    for limit in [HIGHEST_LINE_LIMIT + 1, u64::from(u32::MAX) + 1, u64::MAX >> 11] {
        cases.push(refused(
            format!("i_line_limit_{limit}"),
            "R10.2",
            format!("Lines cannot have {limit} bytes."),
            pipe().limit(limit),
            b"a|b\n",
        ));
    }
    cases
}

fn faults() -> [Case; 3] {
    [
        joined(
            "i_long_and_ragged_line",
            "R10.3",
            "A line is too long and has too few columns; the length is told.",
            pipe().columns(2).limit(10),
            [line!["a", "b"], line![x(11)], line!["c", "d"]],
        ),
        joined(
            "i_ragged_before_it_is_long",
            "R10.3",
            "A line has too many columns long before it is too long; the length is told.",
            pipe().columns(2).limit(10),
            [line!["a", "b"], line!["c", "d", "e", x(70_000)], line!["f", "g"]],
        ),
        joined(
            "i_long_and_open_line",
            "R10.3",
            "A line is too long and open; the length is told.",
            quoted().limit(10),
            [line!["a", "b"], line!["c", [b"\"", &x(11)[..]].concat()].open(2), line!["d"]],
        ),
    ]
}
