//! Carriage returns: which belong to a terminator, and which are data.

use super::super::case::{Case, Line, joined, line, literal, x};
use super::super::dialect::{Dialect, Ragged, pipe};

pub(super) fn cases() -> Vec<Case> {
    let mut cases = auto();
    cases.extend(by_hand());
    cases.extend(lone());
    cases.extend(unterminated());
    cases.extend(lf());
    cases
}

fn auto() -> Vec<Case> {
    let case = |id: &str, title: &str, lines: Vec<Line>| joined(id, "R4.1", title, pipe(), lines);
    let mut cases = vec![
        case("y_crlf", "CRLF ends a line.", vec![line!["a", "b"].crlf()]),
        case("y_crlf_lines", "CRLF ends every line.", vec![line!["a", "b"].crlf(); 5]),
        case("y_crlf_alone", "A CRLF is an empty line.", vec![line![""].crlf()]),
        case("y_crlf_empty_lines", "Three CRLFs are three empty lines.", vec![line![""].crlf(); 3]),
        case(
            "y_crlf_behind_delimiter",
            "A delimiter is right before CRLF.",
            vec![line!["a", ""].crlf()],
        ),
        case(
            "y_crlf_then_lf",
            "A line in CRLF comes before one in LF.",
            vec![line!["a"].crlf(), line!["b"]],
        ),
        case(
            "y_lf_then_crlf",
            "A line in LF comes before one in CRLF.",
            vec![line!["a"], line!["b"].crlf()],
        ),
        case(
            "y_crlf_and_lf_mixed",
            "Each line decides for itself.",
            vec![
                line!["a", "b"],
                line!["c", "d"].crlf(),
                line!["e", "f"].crlf(),
                line!["g", "h"],
                line!["i", "j"].crlf(),
            ],
        ),
        case(
            "y_crlf_then_unterminated",
            "A line in CRLF comes before an unterminated one.",
            vec![line!["a", "b"].crlf(), line!["c", "d"].unterminated()],
        ),
        case(
            "y_empty_crlf_behind_lf",
            "An empty line in CRLF is behind one in LF.",
            vec![line![""], line![""].crlf()],
        ),
        case(
            "y_empty_lf_behind_crlf",
            "An empty line in LF is behind one in CRLF.",
            vec![line![""].crlf(), line![""]],
        ),
        joined(
            "y_crlf_with_columns",
            "R4.1",
            "A terminator is no part of the last column.",
            pipe().columns(2),
            vec![line!["a", "b"].crlf(); 3],
        ),
        joined(
            "y_crlf_under_nul_delimiter",
            "R4.1",
            "CRLF ends lines whatever the delimiter.",
            Dialect::new(0),
            [line!["a", ""].crlf(), line!["", "b"].crlf()],
        ),
    ];
    for bytes in [64, 128] {
        cases.push(joined(
            format!("y_crlf_lines_of_{bytes}_bytes"),
            "R4.1",
            format!("Lines of {bytes} bytes end in CRLF, each with a block."),
            pipe().columns(2),
            vec![line!["a", x(bytes - 4)].crlf(); 4],
        ));
    }
    cases
}

fn by_hand() -> [Case; 6] {
    [
        literal(
            "y_cr_cr_lf",
            "R4.2",
            "Of two CRs before LF, the first is data.",
            pipe(),
            b"a|b\r\r\nc\n",
        )
        .record(1, 0, [b"a", b"b\r"])
        .record(2, 6, [b"c"])
        .counts(2, 3),
        literal(
            "y_cr_cr_lf_alone",
            "R4.2",
            "Of two CRs before LF, the first is the only field.",
            pipe(),
            b"\r\r\na\n",
        )
        .record(1, 0, [b"\r"])
        .record(2, 3, [b"a"])
        .counts(2, 2),
        literal(
            "y_ten_cr_then_lf",
            "R4.2",
            "Of ten CRs before LF, nine are data.",
            pipe(),
            b"\r\r\r\r\r\r\r\r\r\r\n",
        )
        .record(1, 0, [b"\r\r\r\r\r\r\r\r\r"])
        .counts(1, 1),
        literal("y_lf_cr", "R4.3", "LFCR is no terminator.", pipe(), b"a\n\rb\n\r")
            .record(1, 0, [b"a"])
            .record(2, 2, [b"\rb"])
            .record(3, 5, [b"\r"])
            .counts(3, 3),
        literal("y_lf_crlf", "R4.1", "An empty line ends in CRLF.", pipe(), b"a\n\r\nb\n")
            .record(1, 0, [b"a"])
            .record(2, 2, [b""])
            .record(3, 4, [b"b"])
            .counts(3, 3),
        literal(
            "y_cr_delimiter_lf",
            "R4.3",
            "A delimiter parts a CR from LF.",
            pipe(),
            b"a\r|\nb\n",
        )
        .record(1, 0, [b"a\r", b""])
        .record(2, 4, [b"b"])
        .counts(2, 3),
    ]
}

fn lone() -> Vec<Case> {
    let case = |id: &str, title: &str, lines: Vec<Line>| joined(id, "R4.3", title, pipe(), lines);
    vec![
        case("y_cr_inside", "A CR is inside of a field.", vec![line!["a\rb", "c"]]),
        case("y_cr_first", "A CR is the first byte.", vec![line!["\ra", "b"]]),
        case("y_cr_first_of_line", "A CR begins a line.", vec![line!["a"], line!["\rb"]]),
        case(
            "y_cr_before_delimiter",
            "A CR is right before a delimiter.",
            vec![line!["a\r", "b\r", "c"]],
        ),
        case("y_cr_behind_delimiter", "A CR is right behind a delimiter.", vec![line!["a", "\rb"]]),
        case("y_cr_as_a_field", "It is a field.", vec![line!["a", "\r", "b"]]),
        case("y_cr_lines_of_old", "A CR ends no line.", vec![line!["a\rb\rc", "d"]]),
        case(
            "y_cr_then_nul_then_lf",
            "A NUL parts a CR from LF.",
            vec![line![b"a\r\0"], line!["b"]],
        ),
        case(
            "y_cr_then_blank_then_lf",
            "A blank parts a CR from LF.",
            vec![line!["a\r "], line!["b"]],
        ),
        case(
            "y_cr_inside_and_crlf",
            "CRs are inside of a line in CRLF.",
            vec![line!["a\rb", "\r", "c"].crlf()],
        ),
        case("y_cr_block", "A block is nothing but CRs.", vec![line![[b'\r'; 64], "a"]]),
    ]
}

fn unterminated() -> Vec<Case> {
    let case = |id: &str, title: &str, lines: Vec<Line>| joined(id, "R4.4", title, pipe(), lines);
    vec![
        case(
            "y_cr_ends_the_input",
            "A CR ends the input and is data.",
            vec![line!["a", "b\r"].unterminated()],
        ),
        case(
            "y_cr_cr_ends_the_input",
            "Two CRs end the input and are data.",
            vec![line!["a\r\r"].unterminated()],
        ),
        case(
            "y_cr_ends_the_input_behind_crlf",
            "A CR ends the input and is data, although other lines end in CRLF.",
            vec![line!["a", "b"].crlf(), line!["c", "d\r"].unterminated()],
        ),
        case(
            "y_cr_ends_the_input_behind_delimiter",
            "It is the last field.",
            vec![line!["a", "\r"].unterminated()],
        ),
        joined(
            "y_cr_ends_the_input_under_lf",
            "R4.4",
            "A CR ends the input and is data where lines end in LF only.",
            pipe().lf(),
            [line!["a", "b\r"].unterminated()],
        ),
    ]
}

fn lf() -> Vec<Case> {
    let case =
        |id: &str, title: &str, lines: Vec<Line>| joined(id, "R4.5", title, pipe().lf(), lines);
    let mut cases = vec![
        case(
            "y_lf_keeps_cr",
            "A CR before LF stays in the last field.",
            vec![line!["a", "b"].crlf()],
        ),
        case("y_lf_keeps_cr_alone", "A CR before LF is the only field.", vec![line![""].crlf()]),
        case("y_lf_keeps_cr_cr", "Two CRs before LF stay.", vec![line!["a\r"].crlf(), line!["b"]]),
        case("y_lf_keeps_cr_as_a_field", "It is the last field.", vec![line!["a", ""].crlf()]),
        case("y_lf_without_cr", "There is no CR to keep.", vec![line!["a", "b"], line!["c", "d"]]),
        case(
            "y_lf_mixed",
            "One line of three has a CR to keep.",
            vec![line!["a"], line!["b"].crlf(), line!["c"]],
        ),
    ];
    cases.push(joined(
        "y_lf_keeps_cr_under_nul_delimiter",
        "R4.5",
        "A CR before LF is data whatever the delimiter.",
        Dialect::new(0).lf(),
        [line!["a", ""].crlf(), line!["", "b"].crlf()],
    ));
    cases.extend(Ragged::ALL.map(|(policy, name)| {
        joined(
            format!("y_lf_keeps_cr_under_{name}"),
            "R4.5",
            format!("A CR stays in the last column under `{name}`."),
            pipe().lf().columns(2).ragged(policy),
            vec![line!["a", "b"].crlf(); 2],
        )
    }));
    cases
}
