//! Columns: which records are ragged, and that sums over several records do not hide it.

use super::super::case::{Case, Line, joined, line, literal, x};
use super::super::dialect::{Ragged, pipe};

pub(super) fn cases() -> Vec<Case> {
    let mut cases = none_expected();
    cases.extend(all_there());
    cases.extend(hidden());
    cases.extend(narrow());
    cases
}

fn none_expected() -> Vec<Case> {
    let of_any_width = || [line!["a"], line!["b", "c", "d"], line!["e", "f"]];
    let cases = Ragged::ALL.map(|(policy, name)| {
        joined(
            format!("y_any_columns_under_{name}"),
            "R5.1",
            format!("Nothing is ragged under `{name}` where no number of columns is expected."),
            pipe().ragged(policy),
            of_any_width(),
        )
    });
    cases.into()
}

fn all_there() -> Vec<Case> {
    let mut cases = Vec::new();
    for (policy, name) in Ragged::ALL {
        let dialect = pipe().columns(3).ragged(policy);
        let case = |id: &str, title: &str, lines: Vec<Line>| {
            let id = format!("y_{id}_under_{name}");
            joined(id, "R5.2", format!("{title} under `{name}`."), dialect, lines)
        };
        cases.extend([
            case("all_columns", "Every record has its columns", vec![line!["a", "b", "c"]; 3]),
            case("all_columns_empty", "Every column is empty", vec![line!["", "", ""]; 3]),
            case(
                "all_columns_unterminated",
                "The last line has its columns and no newline",
                vec![line!["a", "b", "c"], line!["d", "e", ""].unterminated()],
            ),
            case(
                "all_columns_for_a_burst",
                "Every record of a burst and more has its columns",
                vec![line!["a", x(1000), "b"]; 70],
            ),
        ]);
    }
    cases
}

/// The sums over all records are as if none were ragged, or the separators lie as if none were.
fn hidden() -> Vec<Case> {
    let case = |id, title, columns, lines: Vec<Line>| {
        joined(id, "R5.2", title, pipe().columns(columns), lines)
    };
    let three = || line!["a", "b", "c"];
    vec![
        case(
            "n_two_and_four_of_three",
            "A record lacks the column that the next has too many.",
            3,
            vec![three(), line!["d", "e"], line!["f", "g", "h", "i"], three()],
        ),
        case(
            "n_four_and_two_of_three",
            "A record has the column too many that the next lacks.",
            3,
            vec![three(), line!["d", "e", "f", "g"], line!["h", "i"], three()],
        ),
        case(
            "n_one_and_five_of_three",
            "A record lacks two columns, which the next has.",
            3,
            vec![line!["d"], line!["e", "f", "g", "h", "i"]],
        ),
        case(
            "n_four_three_two_of_three",
            "A record between them parts a column too many from one too few.",
            3,
            vec![line!["a", "b", "c", "d"], three(), line!["e", "f"]],
        ),
        case(
            "n_two_lines_of_one_of_two",
            "Every second separator is a newline, but so is every first.",
            2,
            vec![line!["a"], line!["b"], line!["c"], line!["d"]],
        ),
        case(
            "n_one_line_of_six_of_three",
            "A record is as wide as two.",
            3,
            vec![three(), line!["a", "b", "c", "d", "e", "f"]],
        ),
        case(
            "n_three_lines_of_one_of_three",
            "Three lines have the columns of one.",
            3,
            vec![line!["a"], line!["b"], line!["c"]],
        ),
        case(
            "n_shifted_by_an_empty_line",
            "An empty line is in front of records with all columns.",
            3,
            vec![line![""], three(), three()],
        ),
        case(
            "n_last_line_ends_early",
            "The input ends in the middle of a record.",
            3,
            vec![three(), three(), line!["a", "b"].unterminated()],
        ),
        case(
            "n_last_line_is_cut_behind_delimiter",
            "The input ends behind the first delimiter of a record.",
            3,
            vec![three(), line!["a", ""].unterminated()],
        ),
    ]
}

/// One column: then a line is its only field.
fn narrow() -> Vec<Case> {
    let mut cases: Vec<Case> = Ragged::ALL
        .map(|(policy, name)| {
            joined(
                format!("y_one_column_under_{name}"),
                "R5.2",
                format!("A column is expected and there under `{name}`."),
                pipe().columns(1).ragged(policy),
                [line!["a"], line!["bc"], line!["d"]],
            )
        })
        .into();
    cases.push(
        literal(
            "n_delimiter_where_one_column_is_expected",
            "R5.2",
            "A delimiter makes a record of one column ragged, even with nothing around it.",
            pipe().columns(1),
            b"a\n|\nb\n",
        )
        .record(1, 0, [b"a"])
        .counts(3, 4)
        .stops_at_ragged(2, 2, 2, 1),
    );
    cases
}
