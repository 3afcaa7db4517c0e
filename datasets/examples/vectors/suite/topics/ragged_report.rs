//! The policy `report`: what is left out, what is listed, and that neighbours are untouched.

use super::super::case::{Case, Line, joined, line, literal, x};
use super::super::dialect::{Dialect, Ragged, pipe};
use super::ragged::{in_each_place, three};

pub(super) fn cases() -> Vec<Case> {
    let mut cases = in_each_place("y_report_", case);
    cases.extend(several());
    cases.extend(counts());
    cases.extend(bursts());
    cases.push(by_hand());
    cases
}

fn dialect() -> Dialect {
    pipe().columns(3).ragged(Ragged::Report)
}

fn case(id: &str, title: &str, lines: Vec<Line>) -> Case {
    joined(id, "R5.4", title, dialect(), lines)
}

fn several() -> Vec<Case> {
    let (two, four) = (|| line!["d", "e"], || line!["f", "g", "h", "i"]);
    vec![
        case(
            "y_report_cancelling",
            "Two ragged lines together have the columns of two.",
            vec![three(), two(), four(), three()],
        ),
        case(
            "y_report_in_a_row",
            "Three ragged lines are in a row.",
            vec![three(), two(), four(), two(), three()],
        ),
        case(
            "y_report_every_second",
            "Every second line is ragged.",
            vec![[three(), two()]; 5].concat(),
        ),
        case(
            "y_report_301_lines",
            "Of 302 lines, all but the last are ragged.",
            [vec![two(); 301], vec![three()]].concat(),
        ),
        case("y_report_all", "All lines are ragged.", vec![[two(), four()]; 3].concat()),
        case(
            "y_report_all_but_last",
            "All lines but the last are ragged.",
            vec![two(), four(), three()],
        ),
        case(
            "y_report_all_but_first",
            "All lines but the first are ragged.",
            vec![three(), four(), two()],
        ),
        case(
            "y_report_first_and_last",
            "The first and the last line are ragged.",
            vec![two(), three(), four()],
        ),
        case("y_report_none", "No line is ragged, and nothing is listed.", vec![three(); 4]),
        case(
            "y_report_around_an_empty_line",
            "An empty line is between ragged ones.",
            vec![three(), two(), line![""], four(), three()],
        ),
        case(
            "y_report_empty_lines",
            "Every second line is an empty line, and ragged.",
            vec![[three(), line![""]]; 3].concat(),
        ),
        case(
            "y_report_empty_first_line",
            "An empty line is ragged and the first.",
            vec![line![""], three()],
        ),
        case(
            "y_report_empty_crlf_line",
            "An empty line in CRLF is ragged.",
            vec![three(), line![""].crlf(), three()],
        ),
        case(
            "y_report_newline_alone",
            "An empty line is ragged and the whole input.",
            vec![line![""]],
        ),
        case(
            "y_report_neighbours_with_empty_fields",
            "Neighbours of a ragged line end and begin in empty fields.",
            vec![line!["a", "", ""], two(), line!["", "", "b"], four(), line!["", "", ""]],
        ),
    ]
}

fn counts() -> Vec<Case> {
    let mut cases = Vec::new();
    for found in [255, 256, 257, 259, 65_535, 65_536, 65_537, 65_539] {
        cases.push(case(
            &format!("y_report_{found}_columns"),
            &format!("A line has {found} columns, which small numbers cannot tell."),
            vec![three(), Line::new(vec![x(0); found]), three()],
        ));
    }
    for columns in [255, 256, 257, 1000] {
        let wide = |columns| Line::new(vec![b"a".to_vec(); columns]);
        cases.push(joined(
            format!("y_report_around_{columns}_columns"),
            "R5.4",
            format!("Lines have one column more and one less than {columns}."),
            pipe().columns(columns as u32).ragged(Ragged::Report),
            [wide(columns + 1), wide(columns), wide(columns - 1)],
        ));
    }
    cases
}

/// The lines before have all columns, so that whole bursts do, and the ragged one comes late.
fn bursts() -> Vec<Case> {
    let mut cases = Vec::new();
    for lines in [16, 63, 64, 65, 128] {
        let whole = line!["a", "b", x(59)];
        cases.push(case(
            &format!("y_report_behind_{lines}_lines_of_a_block"),
            &format!("The ragged line is behind {lines} of 64 bytes each, and before as many."),
            [vec![whole.clone(); lines], vec![line!["d", "e"]], vec![whole; lines]].concat(),
        ));
    }
    for bytes in [4093, 4094, 4095, 4096, 65_533, 65_534, 65_535, 65_536] {
        let first = line!["a", "b", x(bytes - 5)];
        cases.push(case(
            &format!("y_report_behind_{bytes}_bytes"),
            &format!("Two ragged lines of different width begin behind {bytes} bytes."),
            vec![first, line!["d"], line!["e", "f"], three()],
        ));
    }
    cases.push(case(
        "y_report_long_line",
        "The ragged line is longer than a burst.",
        vec![three(), line!["d", x(65_537)], three()],
    ));
    cases
}

fn by_hand() -> Case {
    literal(
        "y_report_by_hand",
        "R5.4",
        "Lines, offsets and numbers of columns of what is left out are listed.",
        dialect(),
        b"1|2|3\n4|5\n6|7|8\n9|10|11|12",
    )
    .record(1, 0, [b"1", b"2", b"3"])
    .left_out(2, 6, 2)
    .record(3, 10, [b"6", b"7", b"8"])
    .left_out(4, 16, 4)
    .counts(4, 12)
}
