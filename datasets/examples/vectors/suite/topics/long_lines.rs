//! Long lines: longer than a block, a group, a burst, two bursts.

use super::super::case::{Case, joined, line, x};
use super::super::dialect::pipe;

const LENGTHS: [usize; 9] = [100, 4095, 4096, 4097, 65535, 65536, 65537, 131_072, 131_073];

pub(super) fn cases() -> Vec<Case> {
    LENGTHS.into_iter().flat_map(of_length).collect()
}

fn of_length(bytes: usize) -> [Case; 4] {
    let case = |name: &str, title: &str, lines: Vec<_>| {
        let title = format!("A line of {bytes} bytes {title}.");
        joined(format!("y_line_of_{bytes}_bytes_{name}"), "R2.6", title, pipe(), lines)
    };
    [
        case("alone", "is the input", vec![line![x(bytes)].unterminated()]),
        case(
            "first",
            "comes before short ones",
            vec![line![x(bytes)], line!["a"], line!["b", "c"]],
        ),
        case(
            "between",
            "with delimiters at both ends is between short ones",
            vec![line!["a", "b"], line!["", x(bytes - 2), ""], line!["c", "d"]],
        ),
        case(
            "in_crlf",
            "is followed by another, both in CRLF",
            vec![line!["a", x(bytes - 2)].crlf(), line![x(bytes - 2), "b"].crlf()],
        ),
    ]
}
