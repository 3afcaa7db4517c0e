//! Fields: what parts them, that they may be empty, and that a line may have any number.

use super::super::case::{Case, Line, joined, line, x};
use super::super::dialect::pipe;

pub(super) fn cases() -> Vec<Case> {
    let mut cases = parted();
    cases.extend(empty());
    cases.extend(wide());
    cases
}

fn parted() -> Vec<Case> {
    let case = |id, title, lines: Vec<Line>| joined(id, "R3.1", title, pipe(), lines);
    vec![
        case("y_one_field", "A line without a delimiter has one field.", vec![line!["abc"]]),
        case("y_two_fields", "A delimiter parts two fields.", vec![line!["a", "b"]]),
        case("y_three_fields", "Two delimiters part three fields.", vec![line!["a", "b", "c"]]),
        case(
            "y_fields_of_unlike_length",
            "Fields have any length.",
            vec![line!["a", x(70), "bc", x(500), "def"]],
        ),
        case(
            "y_nginx_line",
            "A line of an access log has its twelve fields.",
            vec![line![
                "203.0.113.7",
                "2026-01-31T23:59:59+00:00",
                "GET",
                "/search?q=a,b;c&page=2",
                "HTTP/1.1",
                "200",
                "5120",
                "-",
                "Mozilla/5.0 (X11; Linux x86_64)",
                "0.004",
                "10.0.0.1:8080, 10.0.0.2:8080",
                "0.001, 0.003"
            ]],
        ),
    ]
}

fn empty() -> Vec<Case> {
    let case = |id, title, lines: Vec<Line>| joined(id, "R3.2", title, pipe(), lines);
    vec![
        case(
            "y_delimiter_alone",
            "A delimiter alone has an empty field at each side.",
            vec![line!["", ""]],
        ),
        case("y_empty_first_field", "The first field is empty.", vec![line!["", "a"]]),
        case("y_empty_last_field", "The last field is empty.", vec![line!["a", ""]]),
        case("y_empty_middle_field", "The middle field is empty.", vec![line!["a", "", "b"]]),
        case(
            "y_empty_outer_fields",
            "All fields but the middle one are empty.",
            vec![line!["", "a", ""]],
        ),
        case(
            "y_empty_fields_in_a_row",
            "Three fields in a row are empty.",
            vec![line!["a", "", "", "", "b"]],
        ),
        case("y_empty_fields_only", "All fields are empty.", vec![line!["", "", "", "", ""]]),
        case(
            "y_empty_last_field_before_empty_first",
            "One line ends in an empty field, the next begins with one.",
            vec![line!["a", ""], line!["", "b"]],
        ),
        case(
            "y_empty_last_field_before_crlf",
            "A delimiter is right before CRLF.",
            vec![line!["a", ""].crlf(), line!["b", ""].crlf()],
        ),
        case(
            "y_empty_line_of_delimiters",
            "Lines of delimiters only follow each other.",
            vec![line!["", "", ""]; 3],
        ),
    ]
}

/// The numbers are next to those that a byte, or an array of positions, holds.
fn wide() -> Vec<Case> {
    let mut cases = Vec::new();
    for fields in [12, 63, 64, 65, 100, 127, 128, 129, 254, 255, 256, 257, 1000] {
        let line = Line::new(vec![b"a".to_vec(); fields]);
        cases.push(joined(
            format!("y_{fields}_fields"),
            "R3.3",
            format!("Two lines have {fields} fields each."),
            pipe().columns(fields as u32),
            [line.clone(), line],
        ));
    }
    for fields in [4096, 4097] {
        cases.push(joined(
            format!("y_{fields}_empty_fields"),
            "R3.3",
            format!("A line has {fields} empty fields."),
            pipe(),
            [Line::new(vec![x(0); fields]), line!["a", "b"]],
        ));
    }
    cases
}
