//! The line limit: what it counts, exactly met and exceeded by a byte, at every place.

use super::super::case::{Case, Line, joined, line, literal, x};
use super::super::dialect::{Ragged, pipe, quoted};

pub(super) fn cases() -> Vec<Case> {
    let mut cases: Vec<Case> =
        [1, 2, 63, 64, 65, 127, 128, 4095, 4096, 65_535, 65_536].into_iter().flat_map(at).collect();
    cases.extend(carriage_returns());
    cases.extend(places());
    cases.extend(policies());
    cases.extend(order());
    cases.extend(quotes());
    cases.extend(large());
    cases.push(by_hand());
    cases
}

/// Lines of the limit, and of a byte more.
fn at(limit: usize) -> [Case; 4] {
    let dialect = pipe().limit(limit as u64);
    let case = |id: &str, rule, title: String, lines: Vec<Line>| {
        joined(format!("{id}_limit_{limit}"), rule, title, dialect, lines)
    };
    [
        case(
            "y_line_at",
            "R6.2",
            format!("Lines of length {limit} are at the limit."),
            vec![line![x(limit)], line!["a"], line![x(limit)]],
        ),
        case(
            "n_line_over",
            "R6.1",
            format!("A line of length {} is over the limit.", limit + 1),
            vec![line!["a"], line![x(limit + 1)], line!["b"]],
        ),
        case(
            "y_unterminated_line_at",
            "R6.2",
            format!("An unterminated line of length {limit} is at the limit."),
            vec![line!["a"], line![x(limit)].unterminated()],
        ),
        case(
            "n_unterminated_line_over",
            "R6.1",
            format!("An unterminated line of length {} is over the limit.", limit + 1),
            vec![line!["a"], line![x(limit + 1)].unterminated()],
        ),
    ]
}

fn carriage_returns() -> Vec<Case> {
    let case = |id: &str, title: &str, dialect, lines: Vec<Line>| {
        joined(id, "R6.2", title, dialect, lines)
    };
    let mut cases = Vec::new();
    for limit in [2, 10, 63, 64, 65, 4096] {
        let dialect = pipe().limit(limit as u64);
        cases.extend([
            case(
                &format!("y_crlf_line_at_limit_{limit}"),
                &format!("With the CR of its terminator, a line is at the limit of {limit}."),
                dialect,
                vec![line![x(limit - 1)].crlf(), line!["a"]],
            ),
            case(
                &format!("n_crlf_line_over_limit_{limit}"),
                &format!("With the CR of its terminator, a line is over the limit of {limit}."),
                dialect,
                vec![line![x(limit)].crlf(), line!["a"]],
            ),
        ]);
    }
    let dialect = pipe().limit(10).lf();
    cases.extend([
        case(
            "y_lf_crlf_line_at_limit",
            "A CR that is data counts, and the line is at the limit.",
            dialect,
            vec![line![x(9)].crlf(), line!["a"]],
        ),
        case(
            "n_lf_crlf_line_over_limit",
            "A CR that is data counts, and the line is over the limit.",
            dialect,
            vec![line![x(10)].crlf(), line!["a"]],
        ),
        case(
            "y_delimiters_at_limit",
            "Delimiters count, and the line is at the limit.",
            pipe().limit(10),
            vec![line!["abc", "def", "gh"], line!["a"]],
        ),
        case(
            "n_delimiters_over_limit",
            "Delimiters count, and the line is over the limit.",
            pipe().limit(10),
            vec![line!["abc", "def", "ghi"], line!["a"]],
        ),
        case(
            "y_delimiters_only_at_limit",
            "Ten delimiters are at the limit.",
            pipe().limit(10),
            vec![Line::new(vec![x(0); 11]), line!["a"]],
        ),
        case(
            "y_sum_over_limit",
            "Each line is at the limit, and their sum does not matter.",
            pipe().limit(10),
            vec![line![x(10)]; 30],
        ),
        case(
            "y_empty_crlf_line_at_limit_1",
            "With the CR of its terminator, an empty line is at the limit of 1.",
            pipe().limit(1),
            vec![line![""].crlf(), line!["a"]],
        ),
        case(
            "y_empty_lines_under_limit_1",
            "Empty lines are under any limit.",
            pipe().limit(1),
            vec![line![""]; 5],
        ),
    ]);
    cases
}

fn places() -> Vec<Case> {
    let case = |id: &str, title: &str, lines: Vec<Line>| {
        joined(id, "R6.1", title, pipe().limit(100), lines)
    };
    let short = || line!["a", "b"];
    vec![
        case("n_long_only_line", "The only line is over the limit.", vec![line![x(101)]]),
        case(
            "n_long_first_line",
            "The first line is over the limit.",
            vec![line![x(101)], short()],
        ),
        case(
            "n_long_second_line",
            "The second line is over the limit.",
            vec![short(), line![x(101)], short()],
        ),
        case(
            "n_long_last_line",
            "The last line is over the limit.",
            vec![short(), short(), line![x(101)]],
        ),
        case("n_long_by_far", "A line is over the limit by far.", vec![short(), line![x(70_000)]]),
        case(
            "n_first_of_two_long",
            "Of two lines over the limit, the first one is told.",
            vec![line![x(101)], line![x(102)]],
        ),
        case(
            "n_long_behind_empty_lines",
            "Empty lines come before one over the limit.",
            vec![line![""], line![""], line![x(101)]],
        ),
        case(
            "n_long_behind_a_block",
            "Lines at the limit come before one over it.",
            [vec![line![x(100)]; 40], vec![line![x(101)], short()]].concat(),
        ),
        joined(
            "n_long_behind_a_burst",
            "R6.1",
            "Lines at the limit, of more than a burst, come before one over it.",
            pipe().limit(1000),
            [vec![line!["a", x(998)]; 70], vec![line![x(1001)], short()]].concat(),
        ),
    ]
}

fn policies() -> Vec<Case> {
    let cases = Ragged::ALL.map(|(policy, name)| {
        joined(
            format!("n_long_line_under_{name}"),
            "R6.3",
            format!("A line over the limit is an error under `{name}`."),
            pipe().columns(2).ragged(policy).limit(20),
            [line!["a", "b"], line!["c", x(19)], line!["d", "e"]],
        )
    });
    let odd = [(Ragged::Report, "report"), (Ragged::Keep, "keep"), (Ragged::Rest, "rest")];
    let odd = odd.map(|(policy, name)| {
        joined(
            format!("n_long_and_ragged_line_under_{name}"),
            "R6.3",
            format!("A ragged line over the limit is an error under `{name}`."),
            pipe().columns(2).ragged(policy).limit(20),
            [line!["a", "b"], line!["c", "d", x(19)], line!["e", "f"]],
        )
    });
    cases.into_iter().chain(odd).collect()
}

fn order() -> [Case; 3] {
    let dialect = pipe().columns(2).limit(20);
    [
        joined(
            "n_ragged_line_before_long_one",
            "R6.4",
            "A ragged line comes first and is told.",
            dialect,
            [line!["a", "b"], line!["c"], line!["d", x(30)]],
        ),
        joined(
            "n_long_line_before_ragged_one",
            "R6.4",
            "A line over the limit comes first and is told.",
            dialect,
            [line!["a", "b"], line!["d", x(30)], line!["c"]],
        ),
        joined(
            "n_reported_line_before_long_one",
            "R6.4",
            "Ragged lines before one over the limit are listed.",
            dialect.ragged(Ragged::Report),
            [line!["a"], line!["b", "c"], line!["d", "e", "f"], line!["g", x(30)], line!["h"]],
        ),
    ]
}

fn quotes() -> Vec<Case> {
    let dialect = quoted().limit(10);
    let case = |id: &str, rule, title: &str, dialect, lines: Vec<Line>| {
        joined(id, rule, title, dialect, lines)
    };
    let mut cases = vec![
        case(
            "y_quotes_at_limit",
            "R6.2",
            "Quotes count, and the line is at the limit.",
            dialect,
            vec![line![r#""a|b""#, "cdef"], line!["a"]],
        ),
        case(
            "n_quotes_over_limit",
            "R6.2",
            "Quotes count, and the line is over the limit.",
            dialect,
            vec![line![r#""a|b""#, "cdefg"], line!["a"]],
        ),
        case(
            "y_open_line_at_limit",
            "R6.2",
            "An open line is at the limit.",
            dialect.ragged(Ragged::Keep),
            vec![line!["a", r#""bcdefg|"#].open(2), line![r#""a|b""#, "c"]],
        ),
        case(
            "n_open_line_before_long_one",
            "R6.4",
            "An open line comes first and is told.",
            dialect,
            vec![line!["a", "b"], line![r#""c"#].open(0), line![x(30)]],
        ),
        case(
            "n_long_line_before_open_one",
            "R6.4",
            "A line over the limit comes first and is told.",
            dialect,
            vec![line!["a", "b"], line![x(30)], line![r#""c"#].open(0)],
        ),
        case(
            "n_reported_open_line_before_long_one",
            "R6.4",
            "Open lines before one over the limit are listed.",
            dialect.ragged(Ragged::Report),
            vec![line![r#""a"#].open(0), line!["b", r#""c"#].open(2), line!["d"], line![x(11)]],
        ),
    ];
    let policies = [(Ragged::Report, "report"), (Ragged::Keep, "keep"), (Ragged::Rest, "rest")];
    cases.extend(policies.map(|(policy, name)| {
        joined(
            format!("n_long_and_open_line_under_{name}"),
            "R6.3",
            format!("An open line over the limit is an error under `{name}`."),
            dialect.ragged(policy),
            [line!["a", "b"], line![r#""cccc|ccccc"#].open(0), line!["d", "e"]],
        )
    }));
    cases
}

/// A limit of many bursts.
fn large() -> [Case; 2] {
    const LIMIT: usize = 1 << 20;
    let dialect = pipe().limit(LIMIT as u64);
    let between = |bytes| [line!["a"], line![x(bytes)], line!["b"]];
    [
        joined(
            "y_line_at_limit_1048576",
            "R6.2",
            "A line of a mebibyte is at the limit.",
            dialect,
            between(LIMIT),
        ),
        joined(
            "n_line_over_limit_1048576",
            "R6.1",
            "A line of a mebibyte and a byte is over the limit.",
            dialect,
            between(LIMIT + 1),
        ),
    ]
}

fn by_hand() -> Case {
    literal(
        "n_long_line_by_hand",
        "R6.1",
        "The error names line and offset.",
        pipe().limit(6),
        b"12|456\n12|45\n12|4567\n1\n",
    )
    .record(1, 0, [b"12", b"456"])
    .record(2, 7, [b"12", b"45"])
    .counts(4, 7)
    .stops_at_long_line(3, 13)
}
