//! Line endings, and inputs that end in unusual ways.

use super::{extract, stdout_of};

#[track_caller]
fn check(arguments: &[&str], input: &[u8], expected: &[u8]) {
    assert_eq!(stdout_of(&extract(arguments, input)), expected);
}

#[test]
fn a_carriage_return_belongs_to_the_line_ending() {
    check(&["--fields", "2,1"], b"a|b\r\nc|d\n", b"b|a\nd|c\n");
    check(&["--fields", "1-"], b"a|b\r\n", b"a|b\n");
    check(&["--fields", "2", "--line-ending", "lf"], b"a|b\r\n", b"b\r\n");
}

#[test]
fn a_carriage_return_elsewhere_is_data() {
    check(&["--fields", "1-"], b"a\r|b\rc\n", b"a\r|b\rc\n");
    check(&["--fields", "2"], b"a|b\r", b"b\r\n");
}

#[test]
fn the_last_newline_may_be_missing() {
    check(&["--fields", "2"], b"a|b\nc|d", b"b\nd\n");
}

#[test]
fn an_empty_input_gives_nothing() {
    check(&["--fields", "1"], b"", b"");
    let file = tempfile::NamedTempFile::new().expect("a temporary file");
    check(&["--fields", "1", super::text(file.path())], b"", b"");
}

#[test]
fn an_empty_line_is_one_empty_field() {
    check(&["--fields", "1"], b"\n\n", b"\n\n");
}
