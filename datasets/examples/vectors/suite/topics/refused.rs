//! Dialects that contradict themselves.

use super::super::case::{Case, refused};
use super::super::dialect::{Dialect, Escape, Ragged, escaped, pipe, quoted};

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
    cases.extend(quotes());
    cases
}

fn quotes() -> Vec<Case> {
    let case = |id, rule, title, dialect| refused(id, rule, title, dialect, INPUT);
    let carriage_return = pipe().quote(b'\r');
    let delimiter = Dialect::new(b'"').quote(b'"');
    let backslash = pipe().quote(b'\\').escape(Escape::Backslash);
    let delimiting = Dialect::new(b'\\').quote(b'"').escape(Escape::Backslash);
    vec![
        case(
            "n_quote_newline",
            "R9.4",
            "A newline ends lines and cannot be the quote.",
            pipe().quote(b'\n'),
        ),
        case(
            "n_quote_carriage_return",
            "R9.4",
            "A carriage return can be a part of a terminator, so it is no quote.",
            carriage_return,
        ),
        case(
            "n_quote_carriage_return_under_lf",
            "R9.4",
            "A carriage return is no quote where lines end in LF only, either.",
            carriage_return.lf(),
        ),
        case(
            "n_quote_newline_with_escape",
            "R9.4",
            "A newline cannot be the quote, whatever the escape.",
            pipe().quote(b'\n').escape(Escape::Backslash),
        ),
        refused(
            "n_quote_newline_without_input",
            "R9.4",
            "A quote is refused even if there is nothing to read.",
            pipe().quote(b'\n'),
            b"",
        ),
        case("n_quote_is_delimiter", "R9.5", "The delimiter cannot be the quote.", delimiter),
        case(
            "n_quote_is_nul_delimiter",
            "R9.5",
            "NUL cannot be both the delimiter and the quote.",
            Dialect::new(0).quote(0),
        ),
        case(
            "n_quote_is_delimiter_with_escape",
            "R9.5",
            "The delimiter cannot be the quote, whatever the escape.",
            delimiter.escape(Escape::Backslash),
        ),
        case("n_quote_is_escape", "R9.6", "A backslash cannot be quote and escape.", backslash),
        case(
            "n_delimiter_is_escape",
            "R9.6",
            "A backslash cannot be delimiter and escape.",
            delimiting,
        ),
        refused(
            "n_quote_is_escape_without_input",
            "R9.6",
            "A backslash with two meanings is refused even if there is nothing to read.",
            backslash,
            b"",
        ),
        case(
            "n_no_columns_with_quotes",
            "R9.2",
            "No columns are refused in a dialect with quotes, too.",
            quoted().columns(0),
        ),
        case(
            "n_line_limit_0_with_quotes",
            "R9.3",
            "A limit of no bytes is refused in a dialect with quotes, too.",
            escaped().limit(0),
        ),
        case(
            "n_delimiter_newline_with_quotes",
            "R9.1",
            "A newline cannot be the delimiter in a dialect with quotes, either.",
            Dialect::new(b'\n').quote(b'"'),
        ),
    ]
}
