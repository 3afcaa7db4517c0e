//! Data: every byte, text in and out of its encoding, and letters that mean something elsewhere.

use super::super::case::{Case, joined, line, literal, x};
use super::super::dialect::{Dialect, pipe};

pub(super) fn cases() -> Vec<Case> {
    let mut cases = every_byte();
    cases.extend(encodings());
    cases.extend(nul());
    cases.extend(letters_with_a_meaning());
    cases.extend(white_space());
    cases.extend(byte_order_marks());
    cases
}

fn every_byte() -> Vec<Case> {
    let bytes: Vec<u8> = (0..=255).filter(|byte| ![b'|', b'\n'].contains(byte)).collect();
    let reversed: Vec<u8> = bytes.iter().rev().copied().collect();
    let case = |id, title, line| joined(id, "R1.1", title, pipe(), [line, line!["y"]]);
    let mut cases = vec![
        case("y_all_bytes_ascending", "All bytes but separators are in a field.", line![bytes]),
        case(
            "y_all_bytes_descending",
            "All bytes but separators are in a field, from high to low.",
            line![reversed],
        ),
        case(
            "y_all_bytes_before_crlf",
            "All bytes but separators are in a line in CRLF.",
            line![bytes].crlf(),
        ),
        case(
            "y_all_bytes_in_each_of_two_fields",
            "All bytes but separators are in each of two fields.",
            line![bytes, bytes],
        ),
        joined(
            "y_all_bytes_unterminated",
            "R1.1",
            "All bytes but separators are in an unterminated last line.",
            pipe(),
            [line!["a"], line![bytes].unterminated()],
        ),
        joined(
            "y_pipe_is_data_under_comma",
            "R1.1",
            "Another dialect's delimiter is data.",
            Dialect::new(b','),
            [line!["a|b", "|"]],
        ),
    ];
    cases.extend((0..16_u8).map(|row| {
        let row_of = |byte: &&u8| **byte >> 4 == row;
        let bytes: Vec<u8> = bytes.iter().filter(row_of).copied().collect();
        joined(
            format!("y_bytes_{row:x}0_to_{row:x}f"),
            "R1.1",
            format!("The bytes from 0x{row:x}0 to 0x{row:x}f, without separators, are data."),
            pipe(),
            [line!["a", bytes, "z"], line![bytes]],
        )
    }));
    cases
}

fn encodings() -> Vec<Case> {
    let texts: [(&str, &str, &[u8]); 13] = [
        ("utf8_of_two_bytes", "UTF-8 of two bytes a character", "äöüß".as_bytes()),
        ("utf8_of_three_bytes", "UTF-8 of three bytes a character", "日本語".as_bytes()),
        ("utf8_of_four_bytes", "UTF-8 of four bytes a character", "🦀🐈".as_bytes()),
        ("lone_continuation_byte", "A continuation byte alone", b"\x80"),
        ("lone_leading_byte", "A leading byte right before a separator", b"\xe2\x82"),
        ("overlong_nul", "An overlong NUL", b"\xc0\x80"),
        ("overlong_newline", "An overlong newline", b"\xc0\x8a"),
        ("overlong_pipe", "An overlong delimiter", b"\xc1\xbc"),
        ("surrogate_half", "Half of a surrogate pair", b"\xed\xa0\x80"),
        ("code_point_too_high", "A code point above U+10FFFF", b"\xf4\x90\x80\x80"),
        ("bytes_never_in_utf8", "Each byte that UTF-8 never has", b"\xc0\xc1\xf5\xfe\xff"),
        ("latin_1", "Latin-1", b"caf\xe9"),
        ("shift_jis", "Shift JIS, whose second bytes can be letters,", b"\x83\x41\x95\x5c"),
    ];
    let mut cases: Vec<Case> = texts
        .into_iter()
        .map(|(id, title, text)| {
            let id = format!("y_data_{id}");
            let title = format!("{title} is data.");
            joined(id, "R1.1", title, pipe(), [line![text, text], line!["a", text]])
        })
        .collect();
    cases.push(
        literal(
            "y_utf16_is_cut_at_its_bytes",
            "R1.1",
            "In UTF-16 the zeros next to separators are data.",
            pipe(),
            b"a\0|\0b\0\n\0c\0",
        )
        .record(1, 0, [b"a\0", b"\0b\0"])
        .record(2, 7, [b"\0c\0"])
        .counts(2, 3),
    );
    cases
}

fn nul() -> Vec<Case> {
    let case = |id, title, lines: Vec<_>| joined(id, "R1.2", title, pipe(), lines);
    vec![
        case("y_nul_alone", "A line can be a NUL.", vec![line![b"\0"].unterminated()]),
        case("y_nul_and_newline", "A NUL is no end of text.", vec![line![b"\0"], line!["a"]]),
        case("y_nul_fields", "Fields can be NULs.", vec![line![b"\0", b"\0\0", b"\0"]]),
        case("y_nul_before_crlf", "A NUL is right before CRLF.", vec![line!["a", b"\0"].crlf()]),
        case("y_nul_first", "A NUL is the first byte.", vec![line![b"\0a", "b"]]),
        case("y_nul_last", "A NUL is the last byte.", vec![line!["a", b"b\0"].unterminated()]),
        case("y_nul_block", "A block is nothing but NULs.", vec![line![[0; 64]], line!["a", "b"]]),
        case(
            "y_nul_group",
            "4096 bytes are nothing but NULs.",
            vec![line![[0; 4096]], line!["a", "b"]],
        ),
        case(
            "y_nul_tail",
            "The bytes behind the last delimiter are NULs.",
            vec![line!["a", [0; 30]].unterminated()],
        ),
    ]
}

fn letters_with_a_meaning() -> Vec<Case> {
    let case = |id, title, lines: Vec<_>| joined(id, "R1.3", title, pipe(), lines);
    vec![
        case(
            "y_quotes_around_a_field",
            "Double quotes around a field stay.",
            vec![line![r#""a""#, r#""b""#]],
        ),
        case(
            "y_quotes_around_a_delimiter",
            "A delimiter between double quotes is one.",
            vec![line![r#""a"#, r#"b""#]],
        ),
        case(
            "y_quotes_around_a_newline",
            "A newline between double quotes is one.",
            vec![line![r#""a"#], line![r#"b""#, "c"]],
        ),
        case("y_quote_unclosed", "A quote need not be closed.", vec![line![r#""a"#, "b"]]),
        case("y_quote_alone", "Fields can be a quote or two.", vec![line!["\"", "\"", "\"\""]]),
        case(
            "y_quotes_doubled",
            "Doubled quotes inside of quotes stay two.",
            vec![line![r#""a""b""#, "c"]],
        ),
        case("y_quote_inside", "A quote is inside of a field.", vec![line![r#"a"b"#, r#"c"""#]]),
        case(
            "y_quote_before_block_edge",
            "A quote opened in a block does not reach into the next.",
            vec![line![x(62), "\""], line!["a", "b\""]],
        ),
        case("y_single_quotes", "Single quotes hold nothing together.", vec![line!["'a", "b'"]]),
        case("y_backticks", "Backticks hold nothing together.", vec![line!["`a", "b`"]]),
        case("y_brackets", "Brackets hold nothing together.", vec![line!["[a", "b]"]]),
        case(
            "y_backslash_before_delimiter",
            "A backslash does not escape a delimiter.",
            vec![line![r"a\", "b"]],
        ),
        case(
            "y_backslash_before_newline",
            "A backslash does not escape a newline.",
            vec![line![r"a\"], line!["b"]],
        ),
        case("y_backslash_before_n", "A backslash and an n stay.", vec![line![r"a\nb", r"\t"]]),
        case(
            "y_backslash_before_quote",
            "A backslash before a quote stays.",
            vec![line![r#"\""#, "b"]],
        ),
        case(
            "y_comment_sign",
            "A number sign begins no comment.",
            vec![line!["#a", "b"], line!["#"]],
        ),
        case("y_null_word", "Words for a missing value are data.", vec![line!["-", "NULL", r"\N"]]),
    ]
}

fn white_space() -> Vec<Case> {
    let case = |id, title, lines: Vec<_>| joined(id, "R1.3", title, pipe(), lines);
    vec![
        case("y_blanks_around_fields", "Blanks around fields stay.", vec![line![" a ", "  b"]]),
        case("y_blank_field", "Fields can be a blank.", vec![line![" ", " "]]),
        case("y_blank_line", "A line of blanks is not empty.", vec![line!["   "], line!["a"]]),
        case("y_tabs_around_fields", "Tabs around fields stay.", vec![line!["\ta", "b\t"]]),
        case("y_vertical_tab", "A vertical tab ends no line.", vec![line![b"a\x0bb", "c"]]),
        case("y_form_feed", "A form feed ends no line.", vec![line![b"a\x0cb", "c"]]),
        case("y_next_line", "U+0085 ends no line.", vec![line!["a\u{85}b", "c"]]),
        case("y_line_separator", "U+2028 ends no line.", vec![line!["a\u{2028}b", "c"]]),
        case("y_no_break_space", "A no-break space stays.", vec![line!["\u{a0}a", "b\u{a0}"]]),
        case(
            "y_end_of_file_character",
            "0x1a does not end the input.",
            vec![line![b"a\x1a", b"\x1a"], line!["b"]],
        ),
        case(
            "y_ascii_separators",
            "The separators of ASCII are data.",
            vec![line![b"a\x1cb\x1dc\x1ed\x1fe", "f"]],
        ),
    ]
}

fn byte_order_marks() -> Vec<Case> {
    let case = |id, title, lines: Vec<_>| joined(id, "R1.4", title, pipe(), lines);
    vec![
        case("y_mark_first", "A mark belongs to the first field.", vec![line!["\u{feff}a", "b"]]),
        case("y_mark_alone", "A mark alone is a line.", vec![line!["\u{feff}"].unterminated()]),
        case("y_mark_as_a_field", "A mark is a field.", vec![line!["\u{feff}", "b"]]),
        case("y_mark_and_newline", "A mark is no empty line.", vec![line!["\u{feff}"], line!["a"]]),
        case(
            "y_mark_of_utf16",
            "A mark of UTF-16 belongs to the first field.",
            vec![line![b"\xff\xfea", "b"]],
        ),
        case("y_mark_inside", "A mark is inside of a line.", vec![line!["a", "\u{feff}b"]]),
    ]
}
