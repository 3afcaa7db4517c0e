//! Backslashes before quotes, where they are the escape, where not, and how many they are.

use super::super::case::{Case, Line, joined, line, literal, x};
use super::super::dialect::{Dialect, Escape, Ragged, escaped, quoted};

pub(super) fn cases() -> Vec<Case> {
    let mut cases = runs();
    cases.extend(inside());
    cases.extend(elsewhere());
    cases.extend(open());
    cases.extend(without_escape());
    cases.extend(by_hand());
    cases
}

fn backslashes(count: usize) -> Vec<u8> {
    vec![b'\\'; count]
}

/// Runs of backslashes of every short length, ending at, before and behind the edges of blocks,
/// and runs of whole blocks.
fn runs() -> Vec<Case> {
    let mut cases = Vec::new();
    let ends = [61, 62, 63, 64, 65, 66, 128, 4095, 4096, 4097, 65_536];
    let short = (1..=5).flat_map(|count| ends.map(|end| (count, end)));
    let long = [62, 63, 64, 65, 127, 128, 129, 4095, 4096, 4097, 65_535, 65_536];
    let long = long.into_iter().map(|count| (count, count + 1));
    for (count, end) in short.chain(long) {
        // The run ends before the byte `end`, which is the quote.
        let before = [b"\"", &x(end - count - 1)[..], &backslashes(count)].concat();
        let (sides, behind) = match count % 2 {
            0 => ("closes", r#"""#),
            _ => ("closes nothing", r#""|""#),
        };
        cases.push(joined(
            format!("y_{count}_backslashes_up_to_{end}"),
            "R11.6",
            format!("A quote behind {count} backslashes, at byte {end}, {sides}."),
            escaped(),
            [line![[&before, behind.as_bytes()].concat(), "a"], line!["b", r#""c|d""#]],
        ));
    }
    cases
}

fn inside() -> Vec<Case> {
    let case =
        |id: &str, title: &str, lines: Vec<Line>| joined(id, "R11.6", title, escaped(), lines);
    vec![
        case(
            "y_escaped_quotes",
            "Quotes behind backslashes are inside, and the backslashes stay.",
            vec![line![r#""a\"b|c\"""#, "d"], line![r#""\"""#, r#""\"|\"""#]],
        ),
        case(
            "y_escaped_backslash_before_quote",
            "A field ends with a backslash behind a backslash.",
            vec![line![r#""a\\""#, r#""b|c\\""#], line![r#""\\""#, "d"]],
        ),
        case(
            "y_backslash_before_letters",
            "A backslash before anything but a quote or a backslash is data.",
            vec![line![r#""\n|\t\x""#, r"\N"]],
        ),
        case(
            "y_backslashes_with_data_between",
            "Backslashes that are apart do not add up.",
            vec![line![r#""\a\"|""#, "b"], line![r#""\\a\\""#, "c"]],
        ),
        case(
            "y_two_escaped_quotes_in_a_row",
            "A quote is between two backslashes with quotes behind them.",
            vec![line![r#""\"\"|""#, "a"], line!["b", r#""\"|\"""#]],
        ),
        case(
            "y_every_byte_escaped",
            "Backslashes and quotes alternate for some blocks.",
            vec![line![[b"\"", &br#"\""#.repeat(100)[..], b"|\""].concat(), "a"], line!["b", "c"]],
        ),
        case(
            "y_pairs_of_backslashes_and_quotes",
            "Two backslashes and a quote alternate for some blocks.",
            vec![line![br#"\\""#.repeat(100), "a"], line!["b", r#""c|d""#]],
        ),
        case(
            "y_threes_of_backslashes_and_quotes",
            "Three backslashes and a quote alternate for some blocks.",
            vec![line![br#"\\\""#.repeat(100), "a"], line!["b", r#""c|d""#]],
        ),
    ]
}

fn elsewhere() -> Vec<Case> {
    let outside =
        |id: &str, title: &str, lines: Vec<Line>| joined(id, "R11.6", title, escaped(), lines);
    let case =
        |id: &str, title: &str, lines: Vec<Line>| joined(id, "R11.7", title, escaped(), lines);
    vec![
        outside(
            "y_escaped_quotes_outside",
            "Quotes behind backslashes open nothing.",
            vec![line![r#"\"a"#, r#"b\""#], line![r#"\""#, r#""c|d""#]],
        ),
        outside(
            "y_two_backslashes_before_opening_quote",
            "A quote behind two backslashes opens.",
            vec![line![r#"\\"a|b""#, "c"]],
        ),
        case(
            "y_escape_before_delimiter",
            "A delimiter behind a backslash is one, and a quote behind it opens.",
            vec![line![r"a\", r#""b|c""#], line![r"\", r"\", "d"]],
        ),
        case(
            "y_escape_before_delimiter_inside",
            "A delimiter behind a backslash is inside, and the quote behind it closes.",
            vec![line![r#""a\|""#, "b"]],
        ),
        case(
            "y_escape_before_newline",
            "A backslash is the last byte of a line, and a quote opens the next.",
            vec![line![r"a\"], line![r#""b|c""#, "d"]],
        ),
        case(
            "y_escapes_before_newline",
            "Three backslashes are the last bytes of a line, and a quote opens the next.",
            vec![line!["a", r"\\\"], line![r#""b|c""#, "d"]],
        ),
        case(
            "y_escape_before_crlf",
            "A backslash is before CRLF, and a quote opens the next line.",
            vec![line![r"a\"].crlf(), line![r#""b|c""#, "d"].crlf()],
        ),
        case(
            "y_escape_at_the_end",
            "A backslash is the last byte of the input.",
            vec![line![r#""a|b""#, r"c\"].unterminated()],
        ),
        case("y_escape_alone", "A backslash is the input.", vec![line![r"\"].unterminated()]),
        case(
            "y_escapes_only",
            "Lines are backslashes.",
            vec![line![r"\"], line![r"\\"], line![r"\\\", r#""a|b""#]],
        ),
    ]
}

/// Lines that look closed and are open.
fn open() -> Vec<Case> {
    let case = |id: &str, rule, title: &str, policy, lines: Vec<Line>| {
        joined(id, rule, title, escaped().ragged(policy), lines)
    };
    vec![
        case(
            "y_open_behind_escaped_quote",
            "R11.8",
            "The quote that would close is behind a backslash.",
            Ragged::Report,
            vec![line!["a", r#""b\""#].open(2), line![r#""c|d""#, "e"]],
        ),
        case(
            "y_open_with_escaped_quotes",
            "R11.10",
            "Quotes behind backslashes follow the open quote, and are not listed.",
            Ragged::Report,
            vec![line![r#""a""#, r#""b\"c\"\"d"#].open(4), line!["e", "f"]],
        ),
        case(
            "n_open_with_escaped_quotes",
            "R11.9",
            "Quotes behind backslashes follow the open quote, and are not named.",
            Ragged::Error,
            vec![line!["a", "b"], line![r#""c\\"d"e\""#].open(6), line!["f", "g"]],
        ),
        case(
            "y_kept_field_ends_with_escaped_quote",
            "R11.4",
            "An open line begins with a quote and ends with one that closes nothing.",
            Ragged::Keep,
            vec![line!["a", r#""b|c\""#].open(2), line![r#""\""#].open(0), line!["d", "e"]],
        ),
        case(
            "y_escape_before_newline_inside",
            "R11.7",
            "A backslash is before a newline inside, and the next line begins outside.",
            Ragged::Keep,
            vec![line![r#""a\"#].open(0), line![r#""b|c""#, "d"]],
        ),
    ]
}

fn without_escape() -> Vec<Case> {
    let case = |id: &str, title: &str, policy, lines: Vec<Line>| {
        joined(id, "R11.7", title, quoted().ragged(policy).escape(Escape::None), lines)
    };
    vec![
        case(
            "y_no_escape_before_closing_quote",
            "Without an escape a quote behind a backslash closes.",
            Ragged::Error,
            vec![line![r#""a|b\""#, "c"], line![r#""\""#, r#""\\\""#]],
        ),
        case(
            "y_no_escape_before_opening_quote",
            "Without an escape a quote behind a backslash opens.",
            Ragged::Error,
            vec![line![r#"\"a|b""#, "c"]],
        ),
        case(
            "y_no_escape_of_three_quotes",
            "Without an escape the third quote leaves the line open.",
            Ragged::Report,
            vec![line![r#""a\"b""#].open(5), line!["c", r#""d|e""#]],
        ),
        joined(
            "y_backslash_delimiter",
            "R11.2",
            "A backslash is the delimiter where it is not the escape, and is inside.",
            Dialect::new(b'\\').quote(b'"'),
            [line![r#""a\b""#, "c"], line!["d", r#""\""#]],
        ),
    ]
}

fn by_hand() -> [Case; 2] {
    [
        literal(
            "y_escapes_by_hand",
            "R11.6",
            "An agent has a quote in it, and a request ends with a backslash.",
            Dialect::new(b' ').quote(b'"').escape(Escape::Backslash),
            b"a \"b \\\"c\\\" d\" e\n\"GET \\\\\" f\n\\\"g h\\\"\n",
        )
        .record(1, 0, [b"a", b"b \\\"c\\\" d", b"e"])
        .record(2, 16, [b"GET \\\\", b"f"])
        .record(3, 27, [b"\\\"g", b"h\\\""])
        .counts(3, 7),
        literal(
            "n_open_escape_by_hand",
            "R11.9",
            "A quote behind a backslash does not close, and the error names the one before.",
            escaped().columns(2),
            b"a|\"b\"\nc|\"d\\\"\n\"e|f\"|g\n",
        )
        .record(1, 0, [b"a", b"b"])
        .counts(3, 6)
        .stops_at_open_quote(2, 6, 8),
    ]
}
