//! The policy `rest`: the last column takes the rest of the line, delimiters included.

use super::super::case::{Case, Line, joined, line, literal, x};
use super::super::dialect::{Dialect, Ragged, pipe};
use super::ragged::three;

pub(super) fn cases() -> Vec<Case> {
    let mut cases = too_many();
    cases.extend(too_few());
    cases.extend(by_hand());
    cases.extend(long());
    cases
}

fn dialect() -> Dialect {
    pipe().columns(3).ragged(Ragged::Rest)
}

fn too_many() -> Vec<Case> {
    let case = |id, title, lines: Vec<Line>| joined(id, "R5.6", title, dialect(), lines);
    let four = || line!["d", "e", "f", "g"];
    vec![
        case("y_rest_first_line", "The first line has a rest.", vec![four(), three()]),
        case("y_rest_between", "A line between others has a rest.", vec![three(), four(), three()]),
        case("y_rest_last_line", "The last line has a rest.", vec![three(), four()]),
        case(
            "y_rest_unterminated",
            "The unterminated last line has a rest.",
            vec![three(), four().unterminated()],
        ),
        case("y_rest_crlf", "The rest ends before CRLF.", vec![four().crlf(), three().crlf()]),
        case("y_rest_all", "All lines have a rest.", vec![four(); 4]),
        case(
            "y_rest_ends_in_delimiter",
            "The rest ends in a delimiter.",
            vec![line!["a", "b", "c", ""], three()],
        ),
        case(
            "y_rest_begins_with_delimiter",
            "The rest begins with a delimiter.",
            vec![line!["a", "b", "", "c"], three()],
        ),
        case(
            "y_rest_of_delimiters",
            "The rest is nothing but delimiters.",
            vec![line!["a", "b", "", "", "", ""], three()],
        ),
        case(
            "y_rest_of_delimiters_only",
            "The line is nothing but delimiters.",
            vec![line!["", "", "", "", ""], three()],
        ),
        case("y_rest_has_cr", "The rest has a CR.", vec![line!["a", "b", "c\r", "d"]]),
        case(
            "y_rest_unterminated_ends_in_delimiter",
            "The rest and the input end in a delimiter.",
            vec![line!["a", "b", "c", ""].unterminated()],
        ),
        joined(
            "y_rest_keeps_cr_under_lf",
            "R5.6",
            "Where lines end in LF, a CR before it is a part of the rest.",
            dialect().lf(),
            [line!["a", "b", "c", ""].crlf()],
        ),
        joined(
            "y_rest_of_one_column",
            "R5.6",
            "The only column takes the whole line.",
            pipe().columns(1).ragged(Ragged::Rest),
            [line!["a", "b"], line!["", ""], line!["c"]],
        ),
        joined(
            "y_rest_under_nul_delimiter",
            "R5.6",
            "The rest has NULs, which are delimiters.",
            Dialect::new(0).columns(2).ragged(Ragged::Rest),
            [line!["a", "b", "", "c"], line!["d", "e"]],
        ),
    ]
}

fn too_few() -> Vec<Case> {
    let case = |id, title, lines: Vec<Line>| joined(id, "R5.7", title, dialect(), lines);
    vec![
        case(
            "y_rest_too_few",
            "A line between others has too few columns.",
            vec![three(), line!["a", "b"], three()],
        ),
        case(
            "y_rest_too_few_first",
            "The first line has too few columns.",
            vec![line!["a"], three()],
        ),
        case(
            "y_rest_too_few_last",
            "The last line has too few columns.",
            vec![three(), line!["a", "b"]],
        ),
        case(
            "y_rest_too_few_unterminated",
            "The unterminated last line has too few columns.",
            vec![three(), line!["a", ""].unterminated()],
        ),
        case(
            "y_rest_empty_line",
            "An empty line has too few columns.",
            vec![three(), line![""], three()],
        ),
        case(
            "y_rest_too_few_crlf",
            "A line in CRLF has too few columns.",
            vec![line!["a"].crlf(), three().crlf()],
        ),
        case(
            "y_rest_too_few_and_too_many",
            "Lines with too few and too many follow each other.",
            vec![line!["a", "b"], line!["c", "d", "e", "f"], line!["g"], three()],
        ),
    ]
}

fn by_hand() -> [Case; 2] {
    [
        literal(
            "y_rest_by_hand",
            "R5.6",
            "A delimiter in the last column, here a URL's, stays in it.",
            pipe().columns(3).ragged(Ragged::Rest),
            b"GET|200|/a|b?c=|\nPUT|404|/\nPOST|500",
        )
        .record(1, 0, [b"GET", b"200", b"/a|b?c=|"])
        .record(2, 17, [b"PUT", b"404", b"/"])
        .record(3, 27, [b"POST", b"500"])
        .counts(3, 10),
        literal(
            "y_rest_of_two_by_hand",
            "R5.6",
            "Only the first delimiter of a line counts.",
            pipe().columns(2).ragged(Ragged::Rest),
            b"|||\na||\n||",
        )
        .record(1, 0, [b"", b"||"])
        .record(2, 4, [b"a", b"|"])
        .record(3, 8, [b"", b"|"])
        .counts(3, 10),
    ]
}

/// The rest reaches over edges.
fn long() -> Vec<Case> {
    let mut cases = Vec::new();
    for delimiters in [60, 61, 62, 63, 64, 65, 127, 4096, 65_536] {
        cases.push(joined(
            format!("y_rest_of_{delimiters}_delimiters"),
            "R5.6",
            format!("The rest is {delimiters} delimiters."),
            dialect(),
            [line!["a"], Line::new(vec![x(0); delimiters + 3]), three()],
        ));
    }
    for bytes in [62, 63, 64, 4096, 65_536] {
        cases.push(joined(
            format!("y_rest_of_{bytes}_bytes_and_more"),
            "R5.6",
            format!("A delimiter is behind {bytes} bytes of the rest."),
            dialect(),
            [three(), line!["", "", x(bytes), "d", x(bytes)], three()],
        ));
    }
    cases
}
