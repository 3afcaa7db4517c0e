//! The policy `error`: where reading stops, what it says, and what was handed out before.

use super::super::case::{Case, Line, joined, line, literal, x};
use super::super::dialect::pipe;
use super::ragged::{in_each_place, three};

pub(super) fn cases() -> Vec<Case> {
    let mut cases = in_each_place("n_", case);
    cases.extend(counts());
    cases.extend(far());
    cases.extend(by_hand());
    cases
}

/// Makes a case of three columns.
fn case(id: &str, title: &str, lines: Vec<Line>) -> Case {
    joined(id, "R5.3", title, pipe().columns(3), lines)
}

fn counts() -> Vec<Case> {
    let mut cases = vec![
        case("n_empty_line", "An empty line has one column.", vec![three(), line![""], three()]),
        case("n_empty_first_line", "An empty line is the first.", vec![line![""], three()]),
        case("n_empty_last_line", "An empty line is the last.", vec![three(), line![""]]),
        case("n_empty_crlf_line", "An empty line ends in CRLF.", vec![three(), line![""].crlf()]),
        case(
            "n_first_of_several",
            "Several lines are ragged; the first one is told.",
            vec![three(), line!["a", "b"], line!["c"], line!["d", "e", "f", "g"]],
        ),
        case("n_all_lines_ragged", "All lines are ragged.", vec![line!["a", "b"]; 4]),
        case("n_stray_delimiter", "A delimiter ends the line.", vec![line!["a", "b", "c", ""]]),
        case("n_delimiter_first", "A delimiter begins the line.", vec![line!["", "a", "b", "c"]]),
    ];
    for found in [255, 256, 257, 259, 65_535, 65_536, 65_537, 65_539] {
        cases.push(case(
            &format!("n_{found}_columns"),
            &format!("A line has {found} columns, which small numbers cannot tell."),
            vec![three(), Line::new(vec![x(0); found])],
        ));
    }
    cases
}

/// The ragged line is after many records without fault.
fn far() -> Vec<Case> {
    let mut cases = Vec::new();
    for lines in [1, 15, 16, 17, 63, 64, 65, 255, 256, 257] {
        cases.push(case(
            &format!("n_ragged_behind_{lines}_lines"),
            &format!("The ragged line is behind {lines} with all columns."),
            [vec![line!["a", "b", x(11)]; lines], vec![line!["d", "e"], three()]].concat(),
        ));
    }
    for bytes in [4088, 65_528, 65_529, 65_530, 131_072] {
        cases.push(case(
            &format!("n_ragged_behind_line_of_{bytes}_bytes"),
            &format!("The ragged line is behind one of {bytes} bytes."),
            vec![line!["a", "b", x(bytes - 4)], line!["d", "e"], three()],
        ));
    }
    cases
}

fn by_hand() -> [Case; 2] {
    [
        literal(
            "n_ragged_line_by_hand",
            "R5.3",
            "The error names line, offset, the number found and the number expected.",
            pipe().columns(3),
            b"1|2|3\n4|5|6\n7|8\n9|10|11\n",
        )
        .record(1, 0, [b"1", b"2", b"3"])
        .record(2, 6, [b"4", b"5", b"6"])
        .counts(4, 11)
        .stops_at_ragged(3, 12, 2, 3),
        literal(
            "n_ragged_crlf_by_hand",
            "R5.3",
            "Offsets count both bytes of CRLF.",
            pipe().columns(2),
            b"1|2\r\n3|4\n5\r\n",
        )
        .record(1, 0, [b"1", b"2"])
        .record(2, 5, [b"3", b"4"])
        .counts(3, 5)
        .stops_at_ragged(3, 9, 1, 2),
    ]
}
