//! Quotes at every offset next to an edge, and the same quoted lines at other offsets.

use super::super::case::{Case, Line, joined, line, x};
use super::super::dialect::{Dialect, Ragged, escaped, quoted};
use super::EDGES;
use super::edges::{Feature, data};

/// The edges of two quads, whose positions some backends write together.
const MORE_EDGES: [usize; 2] = [255, 256];

/// The lengths that lines are shifted by: every one within a vector, and the edges.
const SHIFTS: [usize; 26] = [
    1, 2, 3, 4, 5, 6, 7, 8, 9, 15, 16, 17, 31, 32, 33, 47, 48, 49, 62, 63, 64, 65, 128, 4095, 4096,
    65_536,
];

pub(super) fn cases() -> Vec<Case> {
    let mut cases = Vec::new();
    for feature in features() {
        let edges = EDGES.into_iter().chain(MORE_EDGES).filter(|&at| at >= feature.first);
        cases.extend(edges.map(|at| feature.at(at)));
    }
    cases.extend(SHIFTS.into_iter().flat_map(shifted));
    cases
}

/// Makes a quote, data up to an offset, and these bytes.
fn inside(at: usize, bytes: &str) -> Vec<u8> {
    [b"\"", &x(at - 1)[..], bytes.as_bytes()].concat()
}

fn kept() -> Dialect {
    quoted().ragged(Ragged::Keep)
}

fn features() -> Vec<Feature> {
    let plain = |id, rule, title, first, lines| Feature {
        id,
        rule,
        title,
        first,
        dialect: |_| quoted(),
        lines,
    };
    let mut features = vec![
        plain("y_opening_quote", "R11.1", "A quote that opens is", 1, |at| {
            vec![line![data(at, r#""a|b""#), "c"], line!["d", "e"]]
        }),
        plain(
            "y_closing_quote",
            "R11.1",
            "A quote that closes, with a delimiter before it, is",
            2,
            |at| vec![line![[&inside(at - 1, "|"), &b"\""[..]].concat(), "c"], line!["d", "e"]],
        ),
        plain("y_quote_in_a_pair", "R11.1", "The first of two quotes in a row is", 1, |at| {
            vec![line![data(at, r#""""#), "b"], line![r#""c|d""#, "e"]]
        }),
        plain("y_delimiter_inside", "R11.2", "A delimiter inside is", 1, |at| {
            vec![line![inside(at, r#"|""#), "a"], line!["b", "c"]]
        }),
        plain("y_quoted_field", "R11.4", "The first quote of a field is", 1, |at| {
            vec![line![x(at - 1), r#""a|b""#, "c"], line!["d", "e"]]
        }),
        plain("y_empty_quoted_field", "R11.4", "The first quote of an empty field is", 1, |at| {
            vec![line![x(at - 1), r#""""#, "c"], line!["d", "e"]]
        }),
        plain("y_quote_before_newline", "R11.4", "The last quote of a line is", 1, |at| {
            vec![line![inside(at, r#"""#)], line!["a", "b"]]
        }),
        plain("y_quote_before_crlf", "R11.5", "A quote before CRLF is", 1, |at| {
            vec![line![inside(at, r#"""#)].crlf(), line!["a", "b"]]
        }),
        plain("y_quote_behind_newline", "R11.1", "A newline before a quote is", 1, |at| {
            vec![line![x(at)], line![r#""a|b""#, "c"]]
        }),
        plain("y_last_quote", "R11.4", "A quote that ends the input is", 2, |at| {
            vec![line![inside(at, r#"""#)].unterminated()]
        }),
    ];
    features.extend(open());
    features.extend(behind_backslashes());
    features
}

fn open() -> [Feature; 5] {
    [
        Feature {
            id: "y_newline_inside",
            rule: "R11.3",
            title: "A newline inside, behind which all is as ever, is",
            first: 1,
            dialect: |_| kept(),
            lines: |at| {
                vec![line![inside(at, "")].open(0), line!["a", r#""b|c""#], line!["d", "e"]]
            },
        },
        Feature {
            id: "n_open_quote",
            rule: "R11.9",
            title: "The quote of an open line is",
            first: 0,
            dialect: |_| quoted(),
            lines: |at| vec![line!["a", "b"], line![data(at, r#""c|d"#)].open(at), line!["e"]],
        },
        Feature {
            id: "y_reported_quote",
            rule: "R11.10",
            title: "In a line, the quote that leaves it open is",
            first: 0,
            dialect: |_| quoted().ragged(Ragged::Report),
            lines: |at| {
                vec![line![data(at, r#""a|b"#)].open(at), line![r#""c|d""#, "e"], line!["f", "g"]]
            },
        },
        Feature {
            id: "y_open_quote_alone",
            rule: "R11.8",
            title: "The quote of an open line is the last byte of the input and is",
            first: 0,
            dialect: |_| quoted().ragged(Ragged::Report),
            lines: |at| vec![line![data(at, r#"""#)].unterminated().open(at)],
        },
        Feature {
            id: "y_kept_quote",
            rule: "R11.11",
            title: "The quote before the newline of an open line is",
            first: 0,
            dialect: |_| kept(),
            lines: |at| vec![line![data(at, r#"""#)].open(at), line!["a", r#""b|c""#]],
        },
    ]
}

fn behind_backslashes() -> [Feature; 6] {
    let escaped = |id, rule, title, first, lines| Feature {
        id,
        rule,
        title,
        first,
        dialect: |_| escaped(),
        lines,
    };
    [
        escaped("y_escaped_quote", "R11.6", "A quote behind a backslash is", 2, |at| {
            vec![line![inside(at - 1, r#"\"|""#), "a"], line!["b", "c"]]
        }),
        escaped("y_quote_behind_two", "R11.6", "A quote behind two backslashes is", 3, |at| {
            vec![line![inside(at - 2, r#"\\""#), "a"], line!["b", "c"]]
        }),
        escaped("y_quote_behind_three", "R11.6", "A quote behind three backslashes is", 4, |at| {
            vec![line![inside(at - 3, r#"\\\"|""#), "a"], line!["b", "c"]]
        }),
        escaped("y_escaped_quote_outside", "R11.6", "A quote that opens nothing is", 1, |at| {
            vec![line![data(at - 1, r#"\""#), "a"], line![r#""b|c""#, "d"]]
        }),
        escaped(
            "y_backslash_a_block_before_quote",
            "R11.7",
            "A quote, with a block between it and a backslash, is",
            65,
            |at| {
                let before = data(at - 65, r"\");
                vec![line![[&before, &x(64), &br#""a|b""#[..]].concat(), "c"], line!["d", "e"]]
            },
        ),
        escaped(
            "y_backslash_before_line_with_quote",
            "R11.7",
            "A newline between a backslash and a quote is",
            1,
            |at| vec![line![data(at - 1, r"\")], line![r#""a|b""#, "c"]],
        ),
    ]
}

/// Shifts lines with quotes of all kinds, and lines that are open.
fn shifted(bytes: usize) -> [Case; 2] {
    let case = |id: &str, title: &str, dialect, lines: Vec<Line>| {
        let id = format!("y_{id}_shifted_by_{bytes}");
        joined(id, "R1.5", format!("{title} are shifted by {bytes} bytes."), dialect, lines)
    };
    [
        case(
            "quotes",
            "Lines with quotes of many kinds",
            escaped(),
            vec![
                line![x(bytes), r#""b|\"|\\""#, r#""""#],
                line![r#""|""#, r#""|""#, r#"a"|"b"|"c"#],
                line![[b"\"", &[b'|'; 70][..], b"\""].concat(), r#"\""#],
                line![r#""""""#, r#"\\\\""#.to_owned() + r#"|""#, "d"],
                line!["f", r#""g|h""#].unterminated(),
            ],
        ),
        case(
            "open_lines",
            "Lines of which some are open",
            kept(),
            vec![
                line![x(bytes), r#""b|c"#].open(bytes + 1),
                line![r#""d|e""#, "f"],
                line!["g", r#"""#].open(2),
                line![[b"\"", &[b'|'; 70][..]].concat()].open(0),
                line!["h", r#""i|j""#].unterminated(),
            ],
        ),
    ]
}
