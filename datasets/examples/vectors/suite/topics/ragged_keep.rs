//! The policy `keep`: ragged records are handed out like all others.

use super::super::case::{Case, Line, joined, line, literal, x};
use super::super::dialect::{Ragged, pipe};
use super::ragged::three;

fn case(id: &str, title: &str, lines: Vec<Line>) -> Case {
    joined(id, "R5.5", title, pipe().columns(3).ragged(Ragged::Keep), lines)
}

pub(super) fn cases() -> Vec<Case> {
    let (two, four) = (|| line!["d", "e"], || line!["f", "g", "h", "i"]);
    let mut cases = vec![
        case("y_keep_too_few", "A record has too few fields.", vec![three(), two(), three()]),
        case("y_keep_too_many", "A record has too many fields.", vec![three(), four(), three()]),
        case("y_keep_first_line", "The first record is ragged.", vec![four(), three()]),
        case("y_keep_last_line", "The last record is ragged.", vec![three(), two()]),
        case(
            "y_keep_unterminated",
            "The unterminated last record is ragged.",
            vec![three(), four().unterminated()],
        ),
        case("y_keep_crlf", "Ragged lines end in CRLF.", vec![two().crlf(), four().crlf()]),
        case(
            "y_keep_empty_line",
            "An empty line is a ragged record.",
            vec![three(), line![""], three()],
        ),
        case(
            "y_keep_cancelling",
            "Two ragged records together have the fields of two.",
            vec![three(), two(), four(), three()],
        ),
        case("y_keep_all", "All records are ragged.", vec![[two(), four()]; 3].concat()),
        case(
            "y_keep_every_second",
            "Every second record is ragged.",
            vec![[three(), two()]; 5].concat(),
        ),
        case(
            "y_keep_empty_fields",
            "The fields too many are empty.",
            vec![line!["", "", "", "", ""], three()],
        ),
        case(
            "y_keep_behind_a_burst",
            "Ragged records are behind a burst without any.",
            vec![line!["a", "b", x(65_530)], two(), four(), three()],
        ),
        case(
            "y_keep_wide",
            "A record has 300 columns.",
            vec![three(), Line::new(vec![b"a".to_vec(); 300]), three()],
        ),
        literal(
            "y_keep_by_hand",
            "R5.5",
            "Records have as many fields as their lines.",
            pipe().columns(2).ragged(Ragged::Keep),
            b"1|2\n3\n4|5|6\n7|",
        )
        .record(1, 0, [b"1", b"2"])
        .record(2, 4, [b"3"])
        .record(3, 6, [b"4", b"5", b"6"])
        .record(4, 12, [b"7", b""])
        .counts(4, 8),
    ];
    for lines in [63, 64, 65] {
        cases.push(case(
            &format!("y_keep_behind_{lines}_lines_of_a_block"),
            &format!("A ragged record is behind {lines} of 64 bytes each."),
            [vec![line!["a", "b", x(59)]; lines], vec![four(), two(), three()]].concat(),
        ));
    }
    cases
}
