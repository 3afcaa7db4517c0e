//! Lines that end inside quotes: that they are ragged, what becomes of them under each policy, and
//! that the next line knows nothing of it.

use super::super::case::{Case, Line, joined, line, literal, x};
use super::super::dialect::{Ragged, escaped, quoted};
use super::quotes::quotes;

pub(super) fn cases() -> Vec<Case> {
    let mut cases = in_each_place();
    cases.extend(columns());
    cases.extend(several());
    cases.extend(looks_closed());
    cases.extend(bursts());
    cases.extend(places());
    cases.extend(counts());
    cases.extend(by_hand());
    cases
}

/// Makes a line of two columns with a delimiter inside.
fn two() -> Line {
    line![r#""a|b""#, "c"]
}

/// Makes an open line of two columns with a delimiter inside.
fn open() -> Line {
    line!["d", r#""e|f"#].open(2)
}

/// Returns the rule of an open line under a policy, and the first letter of such a case.
fn rule(policy: Ragged) -> (&'static str, &'static str) {
    match policy {
        Ragged::Error => ("R11.9", "n"),
        Ragged::Report => ("R11.10", "y"),
        Ragged::Keep | Ragged::Rest => ("R11.11", "y"),
    }
}

/// One open line, in each place that it can have, under each policy.
fn in_each_place() -> Vec<Case> {
    let places = [
        ("in_only_line", "The only line", vec![open()]),
        ("in_first_line", "The first line", vec![open(), two(), two()]),
        ("between", "A line between others", vec![two(), open(), two()]),
        ("in_last_line", "The last line", vec![two(), two(), open()]),
        ("unterminated", "The unterminated last line", vec![two(), two(), open().unterminated()]),
        ("in_crlf", "A line in CRLF", vec![two().crlf(), open().crlf(), two().crlf()]),
    ];
    let mut cases = Vec::new();
    for (policy, name) in Ragged::ALL {
        let (rule, letter) = rule(policy);
        for (place, title, lines) in &places {
            cases.push(joined(
                format!("{letter}_open_{place}_under_{name}"),
                rule,
                format!("{title} is open, under `{name}`."),
                quoted().ragged(policy),
                lines.clone(),
            ));
        }
    }
    cases
}

/// With a number of columns, which the open line has, or not.
fn columns() -> Vec<Case> {
    let mut cases = Vec::new();
    let odd = [
        ("all", "all columns", open()),
        ("too_few", "too few columns", line![r#""d|e"#].open(0)),
        ("too_many", "too many columns", line!["d", "e", r#""f|g"#].open(4)),
        ("hidden", "a column that the quote hides", line![r#"d"e"#].open(1)),
    ];
    for (policy, name) in Ragged::ALL {
        let (rule, letter) = rule(policy);
        for (id, title, odd) in &odd {
            cases.push(joined(
                format!("{letter}_open_with_{id}_under_{name}"),
                rule,
                format!("An open line has {title}, under `{name}`."),
                quoted().columns(2).ragged(policy),
                [two(), odd.clone(), two()],
            ));
        }
    }
    let rest = quoted().columns(2).ragged(Ragged::Rest);
    cases.extend([
        joined(
            "y_open_quoted_rest",
            "R11.5",
            "The rest of an open line begins and ends with a quote, and loses both.",
            rest,
            [two(), line!["a", r#""b""#, r#""c""#, r#"""#].open(10), two()],
        ),
        joined(
            "y_open_only_column_rest",
            "R11.11",
            "An open line is handed out whole where there is one column.",
            quoted().columns(1).ragged(Ragged::Rest),
            [line!["a", r#""b"#].open(2), line![r#""c|d""#, "e"]],
        ),
        joined(
            "n_ragged_line_before_open_one",
            "R5.3",
            "A ragged line comes before an open one and is told.",
            quoted().columns(2),
            [two(), line!["a"], open()],
        ),
        joined(
            "n_open_line_before_ragged_one",
            "R11.9",
            "An open line comes before a ragged one and is told.",
            quoted().columns(2),
            [two(), open(), line!["a"]],
        ),
        joined(
            "y_reported_for_two_reasons",
            "R11.10",
            "Of lines with another number of columns, the open ones are listed with their quote.",
            quoted().columns(2).ragged(Ragged::Report),
            [line!["a"], line![r#""b"#].open(0), two(), line!["c", "d", r#"""#].open(4), two()],
        ),
    ]);
    cases
}

fn several() -> Vec<Case> {
    let mut cases = Vec::new();
    for (policy, name) in [(Ragged::Report, "report"), (Ragged::Keep, "keep")] {
        let rule = rule(policy).0;
        let case = |id: &str, title: &str, lines: Vec<Line>| {
            let id = format!("y_{id}_under_{name}");
            joined(id, rule, format!("{title}, under `{name}`."), quoted().ragged(policy), lines)
        };
        let opening = || line!["a", r#""b|c"#].open(2);
        cases.extend([
            case(
                "open_lines_in_a_row",
                "The quotes of two open lines would pair over a newline",
                vec![two(), opening(), line![r#"d"e|f"#].open(1), two()],
            ),
            case(
                "three_open_lines",
                "Three open lines are in a row",
                vec![opening(), opening(), opening(), two()],
            ),
            case(
                "every_second_line_open",
                "Every second line is open",
                vec![[two(), opening()]; 5].concat(),
            ),
            case("all_lines_open", "All lines are open", vec![opening(); 4]),
            case(
                "all_but_last_line_open",
                "All lines but the last are open",
                vec![opening(), opening(), opening(), line!["x", "y"]],
            ),
            case(
                "open_first_and_last_line",
                "The first and the last line are open",
                vec![opening(), two(), line!["d", "e"], opening()],
            ),
            case(
                "open_line_around_plain_ones",
                "Two open lines are around lines without quotes",
                vec![opening(), line!["d", "e"], line!["f"], opening(), line!["g", "h"]],
            ),
            case(
                "lines_of_a_quote",
                "Lines are one quote",
                vec![line![r#"""#].open(0), line![r#"""#].open(0), line!["a", "b"]],
            ),
            case(
                "open_line_and_empty_line",
                "An open line is before an empty line",
                vec![opening(), line![""], line!["d", "e"]],
            ),
            case(
                "301_open_lines",
                "Of 302 lines, all but the last are open",
                [vec![line![r#""a|b"#].open(0); 301], vec![two()]].concat(),
            ),
        ]);
    }
    cases
}

/// The number of quotes of a line, or its ends, deceive.
fn looks_closed() -> Vec<Case> {
    let keep = |id: &str, title: &str, lines: Vec<Line>| {
        joined(id, "R11.8", title, quoted().ragged(Ragged::Keep), lines)
    };
    let mut cases = vec![
        keep(
            "y_three_quotes",
            "A line is three quotes: it is open, and its field is one.",
            vec![line![quotes(3)].open(2), two()],
        ),
        keep(
            "y_open_field_ends_with_quote",
            "An open field ends with the quote that leaves it open.",
            vec![line!["a", r#"b""#].open(3), line![r#""c"d""#].open(4), two()],
        ),
        keep(
            "y_open_behind_quoted_fields",
            "A quote is behind quoted fields.",
            vec![line![r#""a|b""#, r#""c""#, r#""d|"#].open(10), two()],
        ),
        keep(
            "y_quotes_even_in_the_input",
            "The input has an even number of quotes, and each line an odd one.",
            vec![line!["a", r#""b"#].open(2), line![r#"c"d"#].open(1)],
        ),
        keep(
            "y_cr_behind_open_quote",
            "A CR is between the open quote and the newline.",
            vec![line!["a", r#"""#].open(2).crlf(), two().crlf()],
        ),
    ];
    for count in [1, 5, 63, 65, 127, 129, 4097] {
        cases.push(joined(
            format!("y_open_behind_{count}_quotes"),
            "R11.10",
            format!("Of {count} quotes and two more, with data between, the last is listed."),
            quoted().ragged(Ragged::Report),
            [two(), line![[&quotes(count), &br#"|"ab"c|d"#[..]].concat()].open(count + 4), two()],
        ));
    }
    cases
}

/// The lines before are closed, so that whole bursts are, and the open one comes late.
fn bursts() -> Vec<Case> {
    let report = |id: String, title: String, lines: Vec<Line>| {
        joined(id, "R11.10", title, quoted().columns(2).ragged(Ragged::Report), lines)
    };
    let mut cases = Vec::new();
    for lines in [1, 16, 63, 64, 65, 128] {
        let whole = line![r#""a|b""#, [b"\"", &x(55)[..], b"\""].concat()];
        let open = line!["d", r#""e|"#].open(2);
        cases.push(report(
            format!("y_open_behind_{lines}_lines_of_a_block"),
            format!("The open line is behind {lines} of 64 bytes each, and before as many."),
            [vec![whole.clone(); lines], vec![open], vec![whole; lines]].concat(),
        ));
    }
    for bytes in [4094, 4095, 4096, 65_534, 65_535, 65_536] {
        let first = line![r#""|""#, x(bytes - 5)];
        cases.push(report(
            format!("y_open_behind_{bytes}_bytes"),
            format!("Two open lines of different width begin behind {bytes} bytes."),
            vec![first, line![r#"d""#].open(1), line!["e", r#""|"#].open(2), two()],
        ));
    }
    for bytes in [62, 63, 64, 128, 4096, 65_537] {
        cases.push(report(
            format!("y_open_line_of_{bytes}_delimiters"),
            format!("An open line has {bytes} delimiters inside."),
            vec![two(), line!["d", [&quotes(1)[..], &vec![b'|'; bytes]].concat()].open(2), two()],
        ));
    }
    for bytes in [64, 4096, 65_537] {
        cases.push(joined(
            format!("y_open_rest_of_{bytes}_bytes"),
            "R11.11",
            format!("Behind {bytes} bytes of an open line's rest comes its quote."),
            quoted().columns(2).ragged(Ragged::Rest),
            [two(), line!["d", x(bytes), r#""e|f"#].open(bytes + 3), two()],
        ));
    }
    cases
}

/// Numbers of lines and offsets behind open lines, of all lines.
fn places() -> [Case; 2] {
    [
        joined(
            "y_open_lines_are_numbered",
            "R7.1",
            "Open lines that are left out have numbers.",
            quoted().ragged(Ragged::Report),
            [open(), two(), open(), open(), two(), line!["x"]],
        ),
        joined(
            "y_offsets_behind_open_lines",
            "R7.2",
            "Offsets count the bytes of open lines, with CRLF and without.",
            quoted().ragged(Ragged::Keep),
            [open().crlf(), two(), open(), two().crlf(), open(), line!["x"]],
        ),
    ]
}

fn counts() -> Vec<Case> {
    let mut cases = Vec::new();
    for lines in [1, 64, 1000] {
        cases.push(joined(
            format!("n_counted_behind_{lines}_open_lines"),
            "R8.3",
            format!("Counting goes on behind {lines} open lines, and each begins outside."),
            quoted(),
            [vec![open(); lines], vec![two(), line!["x", "y", "z"]]].concat(),
        ));
    }
    for bytes in [65_530, 65_536, 70_000] {
        cases.push(joined(
            format!("y_counted_behind_open_line_at_{bytes}"),
            "R8.3",
            format!("An open line is behind {bytes} bytes, and delimiters in those before count."),
            quoted().ragged(Ragged::Keep),
            [
                line![r#""|""#, x(bytes - 5)],
                open(),
                two(),
                line![r#""|""#, x(bytes - 5)],
                line!["x", "y", "z"],
            ],
        ));
    }
    cases
}

fn by_hand() -> [Case; 4] {
    [
        literal(
            "y_open_quote_by_hand",
            "R11.3",
            "A quote that nobody closed does not swallow the next lines.",
            quoted().ragged(Ragged::Keep),
            b"a|\"b|c\nd|\"e|f\"\n\"g|h\ni|j",
        )
        .record(1, 0, [&b"a"[..], b"\"b|c"])
        .record(2, 7, [&b"d"[..], b"e|f"])
        .record(3, 15, [b"\"g|h"])
        .record(4, 20, [b"i", b"j"])
        .counts(4, 7),
        literal(
            "y_open_quotes_are_listed_by_hand",
            "R11.10",
            "Lines, offsets, numbers of fields and open quotes of what is left out are listed.",
            quoted().columns(2).ragged(Ragged::Report),
            b"a|\"b|c\nd|\"e\"\nf\n\"g\"|h|\"\ni|j",
        )
        .left_out_open(1, 0, 2, 2)
        .record(2, 7, [b"d", b"e"])
        .left_out(3, 13, 1)
        .left_out_open(4, 15, 3, 21)
        .record(5, 23, [b"i", b"j"])
        .counts(5, 10),
        literal(
            "n_open_quote_by_hand",
            "R11.9",
            "The error names line, offset and quote.",
            quoted(),
            b"a|\"b\"\n\"c\"|\"d|e\nf\n",
        )
        .record(1, 0, [b"a", b"b"])
        .counts(3, 5)
        .stops_at_open_quote(2, 6, 10),
        literal(
            "y_open_rest_by_hand",
            "R11.11",
            "The last column is the rest of an open line, with its quotes.",
            escaped().columns(2).ragged(Ragged::Rest),
            b"a|b|\"c|d\\\"\n\"e|f\"|g\n",
        )
        .record(1, 0, [&b"a"[..], b"b|\"c|d\\\""])
        .record(2, 11, [&b"e|f"[..], b"g"])
        .counts(2, 5),
    ]
}
