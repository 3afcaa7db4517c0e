//! One thing at a time at every offset next to an edge.

use super::super::case::{Case, Line, joined, line, x};
use super::super::dialect::{Dialect, Ragged, pipe};
use super::EDGES;

/// A feature of lines that lies at an offset.
pub(super) struct Feature {
    /// The identifier's beginning.
    pub(super) id: &'static str,
    pub(super) rule: &'static str,
    /// The title's beginning.
    pub(super) title: &'static str,
    /// The first offset that it is put at.
    pub(super) first: usize,
    pub(super) dialect: fn(usize) -> Dialect,
    pub(super) lines: fn(usize) -> Vec<Line>,
}

impl Feature {
    /// Keeps a newline off the first byte, where it would make an empty line: one thing at a time.
    fn behind_data(self) -> Self {
        Self { first: 1, ..self }
    }

    pub(super) fn at(&self, at: usize) -> Case {
        let Self { id, rule, title, first: _, dialect, lines } = self;
        joined(
            format!("{id}_at_{at}"),
            rule,
            format!("{title} at byte {at}."),
            dialect(at),
            lines(at),
        )
    }
}

pub(super) fn cases() -> Vec<Case> {
    let mut cases = Vec::new();
    for feature in bytes().iter().chain(&separators()).chain(&carriage_returns()).chain(&counted())
    {
        let edges = EDGES.into_iter().filter(|&at| at >= feature.first);
        cases.extend(edges.map(|at| feature.at(at)));
    }
    // A line of two columns and its newline take two bytes at least.
    let behind_a_line = EDGES.into_iter().filter(|&at| at != 1);
    for feature in lines() {
        cases.extend(behind_a_line.clone().map(|at| feature.at(at)));
    }
    cases
}

/// Makes a feature of the usual dialect.
fn usual(
    id: &'static str,
    rule: &'static str,
    title: &'static str,
    lines: fn(usize) -> Vec<Line>,
) -> Feature {
    Feature { id, rule, title, first: 0, dialect: |_| pipe(), lines }
}

/// Makes data of so many bytes and these.
pub(super) fn data(before: usize, bytes: impl AsRef<[u8]>) -> Vec<u8> {
    [&x(before), bytes.as_ref()].concat()
}

fn bytes() -> [Feature; 5] {
    [
        usual("y_nul", "R1.2", "A NUL is", |at| vec![line![data(at, b"\0"), "y"], line!["a"]]),
        usual("y_high_bit", "R1.1", "0x8a and 0xfc, separators but for a bit, begin", |at| {
            vec![line![data(at, b"\x8a\xfc"), "y"], line!["a", "b"]]
        }),
        usual("y_borrow", "R3.5", "A delimiter, with braces behind it, is", |at| {
            vec![line![x(at), "}}", "}"], line!["a", "b"]]
        }),
        usual("y_quote", "R1.3", "A quote, with separators before the next, is", |at| {
            vec![line![data(at, "\"a"), "b"], line!["c\"", "d"]]
        }),
        usual("y_mark", "R1.4", "A byte order mark begins", |at| {
            vec![line![data(at, "\u{feff}"), "y"], line!["a", "b"]]
        }),
    ]
}

fn separators() -> [Feature; 9] {
    [
        usual("y_delimiter", "R3.1", "A delimiter is", |at| {
            vec![line![x(at), "y"], line!["a", "b"]]
        }),
        Feature {
            id: "y_nul_delimiter",
            rule: "R3.4",
            title: "NUL is the delimiter and is",
            first: 0,
            dialect: |_| Dialect::new(0),
            lines: |at| vec![line![x(at), b"\x01"], line!["a", "b"]],
        },
        usual("y_empty_field", "R3.2", "The first of two delimiters in a row is", |at| {
            vec![line![x(at), "", "y"], line!["a", "b"]]
        }),
        usual("y_separators", "R3.2", "A delimiter, a newline and a delimiter begin", |at| {
            vec![line![x(at), ""], line!["", "a"], line!["b"]]
        }),
        usual("y_newline", "R2.1", "A newline is", |at| vec![line![x(at)], line!["a", "b"]])
            .behind_data(),
        Feature {
            // Inputs that are shorter are among the tails.
            first: 64,
            ..usual("y_last_newline", "R2.4", "The newline that ends the input is", |at| {
                vec![line![x(at)]]
            })
        },
        usual(
            "y_newline_before_last_line",
            "R2.3",
            "The last newline, but not the end, is",
            |at| vec![line![x(at)], line!["a", "b"].unterminated()],
        )
        .behind_data(),
        usual("y_empty_line", "R2.5", "The first of two newlines in a row is", |at| {
            vec![line![x(at)], line![""], line!["a", "b"]]
        }),
        Feature {
            id: "y_rest",
            rule: "R5.6",
            title: "The delimiter before the rest of the line is",
            first: 0,
            dialect: |_| pipe().columns(2).ragged(Ragged::Rest),
            lines: |at| vec![line![x(at), "a", "b", "c"], line!["d", "e"]],
        },
    ]
}

fn carriage_returns() -> [Feature; 7] {
    [
        usual("y_crlf", "R4.1", "A CRLF begins", |at| vec![line![x(at)].crlf(), line!["a", "b"]])
            .behind_data(),
        usual("y_delimiter_before_crlf", "R4.1", "A delimiter before CRLF is", |at| {
            vec![line![x(at), ""].crlf(), line!["a", "b"]]
        }),
        usual("y_newline_before_crlf", "R4.1", "A newline before an empty line in CRLF is", |at| {
            vec![line![x(at)], line![""].crlf(), line!["a", "b"]]
        }),
        usual("y_cr_cr_lf", "R4.2", "The first CR of CRCRLF is", |at| {
            vec![line![data(at, "\r")].crlf(), line!["a", "b"]]
        }),
        usual("y_lone_cr", "R4.3", "A CR without LF is", |at| {
            vec![line![data(at, "\ry"), "z"], line!["a", "b"]]
        }),
        usual("y_last_cr", "R4.4", "The CR that ends the input is", |at| {
            vec![line![data(at, "\r")].unterminated()]
        }),
        Feature {
            id: "y_lf_keeps_cr",
            rule: "R4.5",
            title: "A CR that is data before LF is",
            first: 0,
            dialect: |_| pipe().lf(),
            lines: |at| vec![line![x(at)].crlf(), line!["a", "b"]],
        },
    ]
}

fn counted() -> [Feature; 3] {
    [
        usual("y_counted_line", "R8.1", "The data that ends the input is", |at| {
            vec![line![data(at, "y")].unterminated()]
        }),
        usual("y_counted_field", "R8.2", "The delimiter before an unterminated field is", |at| {
            vec![line![x(at), "y"].unterminated()]
        }),
        Feature {
            id: "n_counted_line",
            rule: "R8.3",
            title: "The end of a ragged line, behind which counting goes on, is",
            first: 1,
            dialect: |_| pipe().columns(2),
            lines: |at| vec![line![x(at)], line!["a", "b"]],
        },
    ]
}

/// Makes lines of which the second begins at the offset; the first one has two columns.
fn begin(at: usize, lines: [Line; 2]) -> Vec<Line> {
    let first = at.checked_sub(2).map(|data| line!["", x(data)]);
    first.into_iter().chain(lines).collect()
}

fn lines() -> [Feature; 9] {
    let few = |at| begin(at, [line!["abc"], line!["d", "e"]]);
    let many = |at| begin(at, [line!["a", "b", "c"], line!["d", "e"]]);
    [
        Feature {
            id: "y_any_line",
            rule: "R5.1",
            title: "A line with one field less than those around it begins",
            first: 0,
            dialect: |_| pipe().ragged(Ragged::Report),
            lines: few,
        },
        Feature {
            id: "y_whole_line",
            rule: "R5.2",
            title: "A line with all columns begins",
            first: 0,
            dialect: |_| pipe().columns(2),
            lines: |at| begin(at, [line!["a", "b"], line!["d", "e"]]),
        },
        Feature {
            id: "n_ragged_line",
            rule: "R5.3",
            title: "A line with a column too many begins",
            first: 0,
            dialect: |_| pipe().columns(2),
            lines: many,
        },
        Feature {
            id: "y_reported_line",
            rule: "R5.4",
            title: "A line with a column too few, which is left out, begins",
            first: 0,
            dialect: |_| pipe().columns(2).ragged(Ragged::Report),
            lines: few,
        },
        Feature {
            id: "y_kept_line",
            rule: "R5.5",
            title: "A line with a column too many, which is kept, begins",
            first: 0,
            dialect: |_| pipe().columns(2).ragged(Ragged::Keep),
            lines: many,
        },
        Feature {
            id: "y_rest_too_few",
            rule: "R5.7",
            title: "A line with a column too few, and so without a rest, begins",
            first: 0,
            dialect: |_| pipe().columns(2).ragged(Ragged::Rest),
            lines: few,
        },
        Feature {
            id: "n_long_line_under_keep",
            rule: "R6.3",
            title: "A line over the limit begins",
            first: 0,
            dialect: |at| pipe().columns(2).ragged(Ragged::Keep).limit(at as u64 + 10),
            lines: |at| begin(at, [line!["a", x(at + 9)], line!["d", "e"]]),
        },
        Feature {
            id: "n_ragged_before_long_line",
            rule: "R6.4",
            title: "A ragged line before one over the limit begins",
            first: 0,
            dialect: |at| pipe().columns(2).limit(at as u64 + 10),
            lines: |at| begin(at, [line!["abc"], line!["d", x(at + 9)]]),
        },
        usual("y_numbered_line", "R7.1", "A line, numbered by those before it, begins", |at| {
            begin(at, [line!["abc"], line!["d", "e"]])
        }),
    ]
}
