//! Lines: what ends them, what is none, and what one without bytes is.

use super::super::case::{Case, Line, joined, line, x};
use super::super::dialect::{Ragged, pipe};

pub(super) fn cases() -> Vec<Case> {
    let mut cases = terminated();
    cases.extend(no_input());
    cases.extend(unterminated());
    cases.extend(empty());
    cases
}

fn terminated() -> Vec<Case> {
    let case = |id, rule, title, lines: Vec<_>| joined(id, rule, title, pipe(), lines);
    vec![
        case("y_one_line", "R2.1", "A newline ends a line.", vec![line!["a"]]),
        case("y_two_lines", "R2.1", "Each newline ends a line.", vec![line!["a"], line!["b"]]),
        case(
            "y_lines_of_unlike_width",
            "R2.1",
            "Lines need not be alike.",
            vec![line!["a", "b", "c"], line!["d"], line!["e", "f"]],
        ),
        case(
            "y_hundred_lines",
            "R2.1",
            "A hundred lines are a hundred records.",
            vec![line!["a", "b"]; 100],
        ),
        case(
            "y_newline_at_the_end",
            "R2.4",
            "No line begins behind the last newline.",
            vec![line!["a", "b"], line!["c", "d"]],
        ),
    ]
}

fn no_input() -> Vec<Case> {
    let case = |id: &str, title: &str, dialect| joined(id, "R2.2", title, dialect, []);
    let mut cases = vec![
        case("y_no_input", "No input has no records.", pipe()),
        case(
            "y_no_input_under_lf",
            "No input has no records where lines end in LF only.",
            pipe().lf(),
        ),
        case("y_no_input_under_limit_1", "No input is no line over the limit.", pipe().limit(1)),
    ];
    cases.extend(Ragged::ALL.map(|(policy, name)| {
        let id = format!("y_no_input_under_{name}");
        case(
            &id,
            &format!("No input has no ragged records under `{name}`."),
            pipe().columns(3).ragged(policy),
        )
    }));
    cases
}

fn unterminated() -> Vec<Case> {
    let case = |id: &str, title: &str, lines: Vec<Line>| joined(id, "R2.3", title, pipe(), lines);
    let mut cases = vec![
        case("y_one_byte", "A byte is a line.", vec![line!["a"].unterminated()]),
        case(
            "y_unterminated_line",
            "The last line lacks its newline.",
            vec![line!["a", "b"], line!["c", "d"].unterminated()],
        ),
        case(
            "y_unterminated_delimiter",
            "The last line is a delimiter.",
            vec![line!["a", "b"], line!["", ""].unterminated()],
        ),
        case(
            "y_unterminated_empty_last_field",
            "The last line ends in a delimiter.",
            vec![line!["a", "b", ""].unterminated()],
        ),
        case(
            "y_unterminated_behind_empty_line",
            "The last line lacks its newline behind an empty line.",
            vec![line![""], line!["a"].unterminated()],
        ),
        joined(
            "y_unterminated_with_all_columns",
            "R2.3",
            "The last line lacks its newline, but no column.",
            pipe().columns(2),
            [line!["a", "b"], line!["c", "d"].unterminated()],
        ),
    ];
    for bytes in [63, 64, 65, 127, 128, 129, 4095, 4096, 4097, 65535, 65536, 65537] {
        cases.push(case(
            &format!("y_unterminated_at_{bytes}_bytes"),
            &format!("An unterminated line ends an input of {bytes} bytes."),
            vec![line!["a", x(bytes - 5)], line!["b", ""].unterminated()],
        ));
    }
    cases
}

fn empty() -> Vec<Case> {
    let case = |id: &str, title: &str, lines: Vec<Line>| joined(id, "R2.5", title, pipe(), lines);
    vec![
        case("y_newline_alone", "An empty line has one empty field.", vec![line![""]]),
        case("y_two_newlines", "Two empty lines are two records.", vec![line![""]; 2]),
        case("y_empty_line_first", "An empty line is the first.", vec![line![""], line!["a", "b"]]),
        case("y_empty_line_last", "An empty line is the last.", vec![line!["a", "b"], line![""]]),
        case(
            "y_empty_line_between",
            "An empty line is between others.",
            vec![line!["a", "b"], line![""], line!["c", "d"]],
        ),
        case(
            "y_empty_lines_in_a_row",
            "Ten empty lines are between others.",
            [vec![line!["a"]], vec![line![""]; 10], vec![line!["b"]]].concat(),
        ),
        case(
            "y_empty_line_of_a_column",
            "An empty line is between lines of one field.",
            vec![line!["a"], line![""], line!["b"]],
        ),
        joined(
            "y_empty_line_has_one_column",
            "R2.5",
            "Where one column is expected, an empty line is not ragged.",
            pipe().columns(1),
            [line![""], line!["a"], line![""]],
        ),
        joined(
            "y_empty_line_under_lf",
            "R2.5",
            "A line is empty where lines end in LF only.",
            pipe().lf(),
            [line!["a"], line![""], line!["b"]],
        ),
    ]
}
