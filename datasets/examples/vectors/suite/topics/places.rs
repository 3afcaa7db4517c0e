//! Places: numbers of lines and offsets after everything that could be forgotten in counting.

use super::super::case::{Case, Line, joined, line, literal, x};
use super::super::dialect::{Ragged, pipe};

pub(super) fn cases() -> Vec<Case> {
    let mut cases = numbers();
    cases.extend(offsets());
    cases.extend(by_hand());
    cases
}

fn by_hand() -> [Case; 2] {
    [
        literal(
            "y_places_by_hand",
            "R7.2",
            "Offsets count all bytes before a line, those of LF and CRLF included.",
            pipe(),
            b"ab|c\r\nd\ne|f",
        )
        .record(1, 0, [b"ab", b"c"])
        .record(2, 6, [b"d"])
        .record(3, 8, [b"e", b"f"])
        .counts(3, 5),
        literal(
            "y_places_around_empty_lines_by_hand",
            "R7.2",
            "Offsets count the terminators of empty lines, in LF and CRLF.",
            pipe(),
            b"ab|c\r\n\nd\n\r\ne|f",
        )
        .record(1, 0, [b"ab", b"c"])
        .record(2, 6, [b""])
        .record(3, 7, [b"d"])
        .record(4, 9, [b""])
        .record(5, 11, [b"e", b"f"])
        .counts(5, 7),
    ]
}

fn numbers() -> Vec<Case> {
    let case = |id: &str, title: &str, lines: Vec<Line>| joined(id, "R7.1", title, pipe(), lines);
    let report = pipe().columns(2).ragged(Ragged::Report);
    let mut cases = vec![
        case(
            "y_empty_lines_are_numbered",
            "Empty lines have numbers.",
            vec![line![""], line![""], line!["a"], line![""], line!["b"]],
        ),
        joined(
            "y_left_out_lines_are_numbered",
            "R7.1",
            "Lines that are left out have numbers.",
            report,
            [line!["a"], line!["b"], line!["c", "d"], line!["e"], line!["f", "g"]],
        ),
        joined(
            "y_left_out_bursts_are_numbered",
            "R7.1",
            "The lines of bursts of which nothing is left have numbers.",
            report,
            [vec![line![x(4095)]; 17], vec![line!["a", "b"], line!["c"]]].concat(),
        ),
        joined(
            "n_errors_count_left_out_lines",
            "R7.1",
            "The number in an error counts lines that were left out.",
            report.limit(10),
            [line!["a"], line!["b", "c"], line!["d"], line![x(11)]],
        ),
        joined(
            "n_errors_count_empty_lines",
            "R7.1",
            "The number in an error counts empty lines.",
            pipe().columns(1),
            [line![""], line!["a"], line![""], line!["b", "c"]],
        ),
    ];
    for lines in [255, 256, 257, 1000] {
        cases.push(case(
            &format!("y_line_{lines}_behind_short_lines"),
            &format!("Numbers go to {lines}."),
            vec![line!["a"]; lines],
        ));
    }
    cases
}

fn offsets() -> Vec<Case> {
    let mut cases = Vec::new();
    for bytes in [1, 63, 64, 65, 4095, 4096, 65_535, 65_536, 65_537, 131_072] {
        let case = |id: String, title: String, line: Line| {
            joined(id, "R7.2", title, pipe(), [line, line!["a", "b"], line!["c"]])
        };
        cases.extend([
            case(
                format!("y_offset_behind_line_of_{bytes}_bytes"),
                format!("An offset counts a line of {bytes} bytes and its newline."),
                line![x(bytes)],
            ),
            case(
                format!("y_offset_behind_crlf_line_of_{bytes}_bytes"),
                format!("An offset counts a line of {bytes} bytes and its CRLF."),
                line![x(bytes)].crlf(),
            ),
        ]);
    }
    cases.push(joined(
        "y_offset_beyond_18_bits",
        "R7.2",
        "The last of 300,000 bytes is a line.",
        pipe(),
        [line![x(299_998)], line!["a"].unterminated()],
    ));
    cases.push(joined(
        "y_offsets_of_left_out_lines",
        "R7.2",
        "Offsets count lines that were left out.",
        pipe().columns(2).ragged(Ragged::Report),
        [line![x(100)], line!["a", "b"], line!["c", "d", x(4096)], line!["e", "f"]],
    ));
    cases
}
