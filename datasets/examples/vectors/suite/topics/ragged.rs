//! Shared parts of the four policies' topics: lines of three columns, and the places of an odd one.

use super::super::case::{Case, Line, line};

/// Makes a line of three columns.
pub(super) fn three() -> Line {
    line!["a", "b", "c"]
}

/// Makes cases of three columns with one ragged line, in each place that it can have.
pub(super) fn in_each_place(prefix: &str, case: fn(&str, &str, Vec<Line>) -> Case) -> Vec<Case> {
    let mut cases = Vec::new();
    let odd = [("few", line!["d", "e"]), ("many", line!["d", "e", "f", "g"])];
    for (name, odd) in odd {
        let case = |place: &str, title: &str, lines| {
            let title = format!("{title} has too {name} columns.");
            case(&format!("{prefix}too_{name}_{place}"), &title, lines)
        };
        cases.extend([
            case("in_only_line", "The only line", vec![odd.clone()]),
            case("in_first_line", "The first line", vec![odd.clone(), three(), three()]),
            case("between", "A line between others", vec![three(), odd.clone(), three()]),
            case("in_last_line", "The last line", vec![three(), three(), odd.clone()]),
            case(
                "in_unterminated_line",
                "The unterminated last line",
                vec![three(), three(), odd.clone().unterminated()],
            ),
            case("in_crlf", "A line in CRLF", vec![three().crlf(), odd.crlf(), three().crlf()]),
        ]);
    }
    cases
}
