//! Dialects that contradict themselves.

use super::super::case::{Case, refused};
use super::super::dialect::{Dialect, Ragged, pipe};

const INPUT: &[u8] = b"a|b\nc|d\n";

pub(super) fn cases() -> Vec<Case> {
    let newline = "A newline ends lines and cannot be the delimiter.";
    let carriage_return = "A carriage return can be a part of a terminator, so it is no delimiter.";
    let mut cases = vec![
        refused("n_delimiter_newline", "R9.1", newline, Dialect::new(b'\n'), INPUT),
        refused("n_delimiter_carriage_return", "R9.1", carriage_return, Dialect::new(b'\r'), INPUT),
        refused(
            "n_delimiter_carriage_return_under_lf",
            "R9.1",
            "A carriage return is no delimiter where lines end in LF only, either.",
            Dialect::new(b'\r').lf(),
            INPUT,
        ),
        refused(
            "n_delimiter_newline_without_input",
            "R9.1",
            "A dialect is refused even if there is nothing to read.",
            Dialect::new(b'\n'),
            b"",
        ),
        refused(
            "n_no_columns_without_input",
            "R9.2",
            "No columns are refused even if there is nothing to read.",
            pipe().columns(0),
            b"",
        ),
        refused(
            "n_line_limit_0",
            "R9.3",
            "A limit of no bytes is refused.",
            pipe().limit(0),
            INPUT,
        ),
        refused(
            "n_line_limit_0_and_empty_lines",
            "R9.3",
            "A limit of no bytes is refused even for empty lines.",
            pipe().limit(0),
            b"\n\n",
        ),
        refused(
            "n_line_limit_0_without_input",
            "R9.3",
            "A limit of no bytes is refused even if there is nothing to read.",
            pipe().limit(0),
            b"",
        ),
    ];
    cases.extend(Ragged::ALL.map(|(policy, name)| {
        let id = format!("n_no_columns_under_{name}");
        let title = format!("No record has no columns, so they are refused under `{name}`.");
        refused(id, "R9.2", title, pipe().columns(0).ragged(policy), INPUT)
    }));
    cases
}
