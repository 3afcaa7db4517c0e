//! Quotes: what is inside of them, where they are, and what is handed out.

use super::super::case::{Case, Line, joined, line, literal, x};
use super::super::dialect::{Dialect, Escape, Ragged, pipe, quoted};
use super::ragged::three;

pub(super) fn cases() -> Vec<Case> {
    let mut cases = sides();
    cases.extend(insides());
    cases.extend(handed_out());
    cases.extend(line_endings());
    cases.extend(columns());
    cases.extend(rests());
    cases.extend(long());
    cases.extend(runs());
    cases.extend(dense());
    cases.extend(every_byte());
    cases.extend(nul());
    cases.extend(counts());
    cases.extend(by_hand());
    cases
}

fn case(id: &str, rule: &'static str, title: &str, lines: Vec<Line>) -> Case {
    joined(id, rule, title, quoted(), lines)
}

/// Returns so many quotes.
pub(super) fn quotes(count: usize) -> Vec<u8> {
    vec![b'"'; count]
}

fn sides() -> Vec<Case> {
    let case = |id, title, lines| case(id, "R11.1", title, lines);
    vec![
        case(
            "y_quote_amid_a_field",
            "Quotes open and close amid a field.",
            vec![line![r#"a"b|c"d"#, "e"]],
        ),
        case(
            "y_quotes_twice_in_a_field",
            "Two parts of a field are quoted.",
            vec![line![r#""a|b"c"d|e""#, "f"]],
        ),
        case(
            "y_delimiter_between_quoted_parts",
            "A delimiter between two quoted fields is one.",
            vec![line![r#""a""#, r#""b""#]],
        ),
        case(
            "y_quote_opens_amid_a_field",
            "A quote opens behind data and closes before more.",
            vec![line![r#"a"|"b"#, "c"]],
        ),
        case(
            "y_quotes_first_and_last",
            "A quote is the first byte of the input, and one the last.",
            vec![line![r#""a|b|c""#].unterminated()],
        ),
        case(
            "y_quoted_first_and_last_field",
            "The first and the last field are quoted.",
            vec![line![r#""a|b""#, "c", r#""d|e""#], line!["f", "g", "h"]],
        ),
        case(
            "y_every_field_quoted",
            "Every field is quoted.",
            vec![line![r#""a|""#, r#""|b""#, r#""|""#]; 3],
        ),
        case(
            "y_no_quote_in_a_quoted_dialect",
            "Nothing is quoted where it could be.",
            vec![line!["a", "b"], line!["", "c"]],
        ),
        case(
            "y_line_begins_outside",
            "Each line begins outside, behind quoted ones too.",
            vec![line![r#""a|b""#], line!["c", "d"], line!["e", r#""f|g""#], line!["h", "i"]],
        ),
    ]
}

fn insides() -> Vec<Case> {
    let case = |id, title, lines| case(id, "R11.2", title, lines);
    vec![
        case(
            "y_delimiter_alone_inside",
            "A quoted field is a delimiter.",
            vec![line!["a", r#""|""#, "b"]],
        ),
        case(
            "y_delimiters_inside",
            "A quoted field is delimiters only.",
            vec![line!["a", r#""|||""#, "b"]],
        ),
        joined(
            "y_blanks_inside",
            "R11.2",
            "Blanks, which are the delimiter, are inside and in a row outside.",
            Dialect::new(b' ').quote(b'"'),
            [line![r#""GET / HTTP/1.1""#, "", "200"], line!["a", r#"" ""#, ""]],
        ),
        joined(
            "y_nul_delimiter_inside",
            "R11.2",
            "NUL is the delimiter and is inside.",
            Dialect::new(0).quote(b'"'),
            [line![b"\"a\0b\"", "c"], line!["d", b"\"\0\""]],
        ),
        joined(
            "y_high_delimiter_inside",
            "R11.2",
            "0xff is the delimiter and is inside.",
            Dialect::new(0xff).quote(b'"'),
            [line![b"\"a\xffb\"", "c"], line!["d", b"\"\xff\""]],
        ),
    ]
}

fn handed_out() -> Vec<Case> {
    let case = |id, title, lines| case(id, "R11.4", title, lines);
    vec![
        case(
            "y_empty_quoted_field",
            "A quoted field is empty.",
            vec![line!["a", r#""""#, "b"], line![r#""""#, r#""""#]],
        ),
        case(
            "y_empty_quoted_line",
            "A line is an empty quoted field, and no empty line.",
            vec![line![r#""""#], line!["a"]],
        ),
        case(
            "y_empty_quoted_input",
            "The input is two quotes.",
            vec![line![r#""""#].unterminated()],
        ),
        case(
            "y_quoted_field_of_a_byte",
            "A quoted field has one byte.",
            vec![line![r#""a""#, "b", r#""c""#]],
        ),
        case(
            "y_doubled_quotes_stay",
            "Doubled quotes inside of a field stay two.",
            vec![line![r#""a""b""#, r#"c""d"#]],
        ),
        case(
            "y_four_quotes",
            "Of four quotes two are handed out, and two of six, twice.",
            vec![line![r#""""""#, "a"], line!["b", r#""""""""#]],
        ),
        case(
            "y_quote_at_one_end_only",
            "A field begins or ends with a quoted part, and keeps all quotes.",
            vec![line![r#""a|b"c"#, r#"d"e|f""#]],
        ),
        case(
            "y_quotes_at_ends_of_two_fields",
            "A field ends where the quote opened amid it closes, and the next is not quoted.",
            vec![line![r#"a"b""#, "c", r#""d"e"#]],
        ),
        case(
            "y_blanks_inside_quotes_stay",
            "Blanks at both ends of a quoted field stay.",
            vec![line![r#"" a ""#, r#"" ""#]],
        ),
        case(
            "y_blank_before_quote",
            "A field with blanks around its quotes keeps them.",
            vec![line![r#" "a|b""#, r#""c|d" "#]],
        ),
        case(
            "y_other_quotes_stay",
            "Quotes that the dialect does not name stay, and hide nothing.",
            vec![line!["'a", "b'"], line!["`c", "d`", r#""'e|f'""#]],
        ),
    ]
}

fn line_endings() -> Vec<Case> {
    let lf =
        |id: &str, title: &str, lines: Vec<Line>| joined(id, "R11.5", title, quoted().lf(), lines);
    let case = |id, title, lines| case(id, "R11.5", title, lines);
    vec![
        case(
            "y_quoted_before_crlf",
            "The last field is quoted, before CRLF.",
            vec![line!["a", r#""b|c""#].crlf(), line![r#""d""#].crlf(), line![r#""""#].crlf()],
        ),
        case(
            "y_cr_inside_before_quote",
            "A CR before the closing quote is data.",
            vec![line!["a", "\"b\r\""], line!["\"\r\"", "c"]],
        ),
        case(
            "y_cr_behind_quote_amid_a_line",
            "A CR is behind the quotes of a field that is not the last.",
            vec![line!["\"a\"\r", "b"]],
        ),
        case(
            "y_two_cr_behind_quote",
            "Of two CR behind a quote one is data, and the field ends with it.",
            vec![line!["\"a\"\r"].crlf(), line!["b"].crlf()],
        ),
        case(
            "y_cr_behind_quote_at_the_end",
            "A CR that ends the input behind a quote is data, and the field ends with it.",
            vec![line!["a"], line!["\"b|c\"\r"].unterminated()],
        ),
        lf(
            "y_lf_quoted_before_crlf",
            "A CR that is data is behind the quote, and the field ends with it.",
            vec![line!["a", r#""b|c""#].crlf(), line![r#""d""#]],
        ),
    ]
}

fn columns() -> Vec<Case> {
    let mut cases = Vec::new();
    for (policy, name) in Ragged::ALL {
        let dialect = quoted().columns(3).ragged(policy);
        let case = |id: &str, title: &str, lines: Vec<Line>| {
            let id = format!("{id}_under_{name}");
            joined(id, "R5.2", format!("{title} under `{name}`."), dialect, lines)
        };
        cases.extend([
            case(
                "y_quoted_columns",
                "Every record has its columns, with delimiters in them,",
                vec![line![r#""a|b""#, "c", "d"], line!["e", r#""|""#, r#""f||g""#], three()],
            ),
            case(
                "y_quoted_columns_for_a_burst",
                "Every record of a burst and more has its columns, quoted,",
                vec![line!["a", [br#"""#, &x(998)[..], br#"|""#].concat(), r#""b|""#]; 70],
            ),
        ]);
    }
    let case = |id: &str, title: &str, lines: Vec<Line>| {
        joined(id, "R5.2", title, quoted().columns(3).ragged(Ragged::Report), lines)
    };
    cases.extend([
        case(
            "y_delimiter_inside_is_no_column",
            "A delimiter inside does not make up for a column.",
            vec![three(), line![r#""d|e""#, "f"], three()],
        ),
        case(
            "y_sum_of_quoted_columns",
            "Two records together have the columns of two, and a quoted delimiter more.",
            vec![three(), line!["d", r#""e|f""#], line!["g", "h", "i", "j"], three()],
        ),
    ]);
    cases
}

fn rests() -> Vec<Case> {
    let dialect = quoted().columns(2).ragged(Ragged::Rest);
    let case = |id: &str, title: &str, lines: Vec<Line>| joined(id, "R11.5", title, dialect, lines);
    vec![
        case(
            "y_quoted_rest",
            "The rest begins and ends with a quote, and loses these two.",
            vec![line!["a", r#""b""#, r#""c|d""#], line!["e", "f"]],
        ),
        case(
            "y_rest_ends_quoted",
            "The rest ends with a quoted field and begins otherwise, and keeps its quotes.",
            vec![line!["a", "b", r#""c""#], line!["d", "e"]],
        ),
        case(
            "y_rest_begins_quoted",
            "The rest begins with a quoted field and ends otherwise, and keeps its quotes.",
            vec![line!["a", r#""b""#, "c"], line!["d", "e"]],
        ),
        case(
            "y_delimiter_inside_before_rest",
            "A delimiter inside does not begin the rest.",
            vec![line![r#""a|b""#, "c", "d"], line![r#""e|f""#, r#""g|h""#]],
        ),
        case(
            "y_quoted_rest_crlf",
            "The rest ends with a quote, before CRLF.",
            vec![line!["a", r#""b""#, r#""c""#].crlf(), line!["d", "e"].crlf()],
        ),
        case(
            "y_quoted_rest_unterminated",
            "The rest ends with a quote, and with the input.",
            vec![line!["a", r#""b""#, r#""c""#].unterminated()],
        ),
        joined(
            "y_only_column_is_quoted_rest",
            "R11.5",
            "The only column takes the whole line, and loses the quotes at its ends.",
            quoted().columns(1).ragged(Ragged::Rest),
            [line![r#""a""#, r#""b""#], line!["c", r#""d""#], line![r#""e|f""#]],
        ),
        joined(
            "y_quoted_too_few_under_rest",
            "R5.7",
            "A line has too few columns, since a delimiter is inside.",
            quoted().columns(3).ragged(Ragged::Rest),
            [line!["a", r#""b|c""#], three()],
        ),
    ]
}

/// Quoted parts that span blocks, groups and bursts.
fn long() -> Vec<Case> {
    let mut cases = Vec::new();
    for bytes in [30, 31, 32, 61, 62, 63, 64, 126, 127, 128, 254, 256, 4094, 4096, 65_536] {
        let delimiters = [quotes(1), vec![b'|'; bytes], quotes(1)].concat();
        cases.push(case(
            &format!("y_{bytes}_delimiters_inside"),
            "R11.2",
            &format!("A quoted field is {bytes} delimiters."),
            vec![line![delimiters, "a"], line!["b", "c"]],
        ));
    }
    for bytes in [62, 126, 190, 4096, 65_536] {
        let field = [quotes(1), x(bytes), quotes(1)].concat();
        cases.push(case(
            &format!("y_quoted_fields_around_{bytes}_bytes"),
            "R11.4",
            &format!("A quoted field of {bytes} bytes is between others."),
            vec![line![r#""a|b""#, field, r#""c|d""#, ""], line!["e", "f"]],
        ));
    }
    cases
}

/// Quotes in a row: an even number comes out where it went in.
fn runs() -> Vec<Case> {
    let mut cases = Vec::new();
    for count in [2, 4, 8, 16, 32, 62, 64, 66, 126, 128, 4096, 65_536] {
        cases.push(case(
            &format!("y_{count}_quotes_in_a_row"),
            "R11.1",
            &format!("A field ends in {count} quotes, and the delimiter behind them is one."),
            vec![line![[x(1), quotes(count)].concat(), "b"], line!["c", r#""d|e""#]],
        ));
        cases.push(case(
            &format!("y_{count}_quotes_in_a_row_and_one"),
            "R11.1",
            &format!("A delimiter is inside behind {} quotes.", count + 1),
            vec![line![[&x(1), &quotes(count + 1), &b"|b\""[..]].concat(), "c"]],
        ));
    }
    cases
}

/// Quotes and delimiters are all that there is, in several orders.
fn dense() -> Vec<Case> {
    let mut cases = Vec::new();
    let patterns: [(&str, &str, &[&str]); 5] = [
        ("quoted_delimiters", "quoted delimiters", &[r#""|""#]),
        ("pairs", "pairs of quotes", &[r#""""#]),
        ("quoted_pairs", "quoted pairs and empty fields", &[r#""|""#, "", r#""||""|""#]),
        ("parts", "quoted parts amid fields", &[r#"a"|"b"#, r#""|"c"|""#]),
        ("letters", "single letters, every third quoted", &["a", "b", r#""c""#]),
    ];
    for (name, title, pattern) in patterns {
        for fields in [15, 64, 1400] {
            let all = pattern.iter().cycle().take(fields).map(|field| field.as_bytes().to_vec());
            cases.push(case(
                &format!("y_{fields}_{name}"),
                "R11.1",
                &format!("A line of {fields} fields is {title}."),
                vec![Line::new(all.collect()), line!["a", r#""b|c""#]],
            ));
        }
    }
    cases
}

/// Every kind of byte as the quote, with bytes beside it that are like it.
fn every_byte() -> Vec<Case> {
    let mut cases = Vec::new();
    let bytes = [
        0x01, b'\t', 0x0b, 0x0c, 0x0e, b' ', b'\'', b'a', b'\\', b'`', b'{', b'}', 0x7f, 0x80,
        0x8a, 0x8d, 0xa2, 0xfc, 0xff,
    ];
    for quote in bytes {
        let near = [quote ^ 0x80, quote ^ 0x01, quote.wrapping_add(1), quote.wrapping_sub(1)];
        let is_data = |byte: &u8| ![quote, b'|', b'\n', b'\r', 0].contains(byte);
        let near: Vec<u8> = near.into_iter().filter(is_data).collect();
        let inside = [&[quote], &near[..], b"|", &near, &[quote]].concat();
        cases.push(joined(
            format!("y_quote_{quote:02x}"),
            "R11.12",
            format!("The quote is 0x{quote:02x}, and bytes like it are data."),
            pipe().quote(quote),
            [line![near, inside, "z"], line![[quote, b'|', quote], [quote, quote]]],
        ));
    }
    cases.push(joined(
        "y_backslash_quote",
        "R11.12",
        "A backslash is the quote where it is not the escape.",
        pipe().quote(b'\\').escape(Escape::None),
        [line![r"\a|b\", r#""c"#, r#"d""#], line![r"\\", r"\\\|\"]],
    ));
    cases.push(joined(
        "y_quote_inside_a_character",
        "R11.12",
        "The quote 0x85 is one at the end of an encoded character, too.",
        pipe().quote(0x85),
        [line!["\u{2005}|\u{2045}", "a"], line![b"\x85b|c\x85", "d"]],
    ));
    cases
}

/// The filling of a block's copy must not be taken for quotes.
fn nul() -> Vec<Case> {
    let dialect = pipe().quote(0);
    let mut cases = Vec::new();
    for bytes in [1, 7, 30, 31, 60, 61, 62, 63, 64, 65, 127, 4096] {
        cases.push(joined(
            format!("y_nul_quote_and_{bytes}_bytes"),
            "R11.12",
            format!("NUL is the quote, and {bytes} bytes are behind it."),
            dialect,
            [line![b"\0a|b\0", "c"], line![b"\0d\0", x(bytes)].unterminated()],
        ));
    }
    cases.push(joined(
        "y_nul_quotes",
        "R11.12",
        "NUL is the quote, around the whole input.",
        dialect,
        [line![b"\0a|b\0"].unterminated()],
    ));
    cases.push(joined(
        "y_nul_is_data_inside",
        "R1.2",
        "NUL is data inside, around, and alone in quotes.",
        quoted(),
        [line![b"\"\0|\0\"", b"\0\"a\"\0"], line![b"\"\0\"", "b"]],
    ));
    cases
}

fn counts() -> Vec<Case> {
    let mut cases = Vec::new();
    for lines in [63, 64, 65, 1000] {
        cases.push(case(
            &format!("y_counted_quoted_fields_of_{lines}_lines"),
            "R8.2",
            &format!("Delimiters inside count for nothing in {lines} lines."),
            vec![line![r#""a|b""#, "c", r#""||""#]; lines],
        ));
    }
    cases
}

fn by_hand() -> [Case; 4] {
    [
        literal(
            "y_quotes_by_hand",
            "R11.2",
            "A request with a delimiter in it is one field.",
            Dialect::new(b' ').quote(b'"'),
            b"10.0.0.1 - \"GET /a b HTTP/1.1\" 200\n::1 u \"-\" 400\n",
        )
        .record(1, 0, [b"10.0.0.1", b"-", b"GET /a b HTTP/1.1", b"200"])
        .record(2, 35, [b"::1", b"u", b"-", b"400"])
        .counts(2, 8),
        literal(
            "y_quote_sides_by_hand",
            "R11.1",
            "Each quote changes sides, wherever it is.",
            quoted(),
            b"a\"|\"b|c\n\"\"|\"\"\"|\"|d",
        )
        .record(1, 0, [b"a\"|\"b", b"c"])
        .record(2, 8, [b"", b"\"\"|", b"d"])
        .counts(2, 5),
        literal(
            "y_quotes_taken_off_by_hand",
            "R11.4",
            "Only quotes at both ends go.",
            quoted(),
            b"\"a\"|b\"c\"|\"d\"e|\"f\"\"g\"\n",
        )
        .record(1, 0, [b"a", b"b\"c\"", b"\"d\"e", b"f\"\"g"])
        .counts(1, 4),
        literal(
            "y_quoted_rest_by_hand",
            "R11.5",
            "The last column is the rest of the line, without the quotes at its ends.",
            quoted().columns(2).ragged(Ragged::Rest),
            b"\"a|b\"|\"c\"|\"d|\"\n\"e\"|f|\"g\"\n",
        )
        .record(1, 0, [&b"a|b"[..], b"c\"|\"d|"])
        .record(2, 15, [&b"e"[..], b"f|\"g\""])
        .counts(2, 6),
    ]
}
