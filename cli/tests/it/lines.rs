//! Lines that are no records or come in another form: comments, blanks, long ones, encodings.

use std::fs;

use super::{assert_extracts, assert_fails, extract, stderr_of, text};

#[test]
fn lines_without_a_delimiter_are_left_out_if_that_is_asked_for() {
    assert_extracts(&["-s", "-f", "2"], b"a|b\nc\n\nd|\n", b"b\n\n");
    assert_extracts(&["-s", "-f", "1"], b"a\nb\n", b"");
    assert_extracts(&["-s", "-f", "1-"], b"a|b\nc\nd|e", b"a|b\nd|e\n");
    assert_extracts(
        &["-s", "-f", "1,last", "--format", "jsonl"],
        b"a\nb|c\n",
        b"{\"1\":\"b\",\"last\":\"c\"}\n",
    );
    assert_extracts(&["--only-delimited", "--whitespace", "-f", "1"], b" a \nb c\n", b"b\n");
}

#[test]
fn comments_are_left_out_and_count_as_lines() {
    let log = b"#Fields: a b\n1 2\n# x\n#\n3 4\n #5\n#";
    assert_extracts(&["-d", " ", "--comment", "#", "-f", "2"], log, b"2\n4\n#5\n");
    assert_extracts(&["--comment", "//", "-f", "1"], b"/a\n//b\n///\nc//\n", b"/a\nc//\n");
    assert_extracts(&["--comment", r"\x23\t", "-f", "1"], b"#\ta\n#b\n", b"#b\n");
    let arguments = ["--comment", "#", "-f", "1", "--columns", "2"];
    let output = extract(&arguments, b"#\na|b\n#\nc\n#d|e\n");
    let message = "\
delimark: standard input: line 4 at byte 8 has 1 field, 2 are expected
delimark: standard input: left out 1 ragged, 3 comments of 5 lines\n";
    assert_eq!(stderr_of(&output), message);
    assert_eq!(output.stdout, b"a\n");
    // A comment is not ragged, whatever the policy.
    assert_extracts(
        &["--comment", "#", "-f", "1", "--columns", "2", "--ragged", "error"],
        b"#\na|b\n#x",
        b"a\n",
    );
    for wrong in ["", r"\n", "a\nb"] {
        let output = extract(&["-f", "1", "--comment", wrong], b"");
        assert_fails(&output, 2, "a comment begins with at least one byte, and no newline");
    }
}

#[test]
fn runs_of_blanks_separate_fields() {
    assert_extracts(&["--whitespace", "-f", "2"], b"a   b  c\n\t a\tb\n\n", b"b\nb\n\n");
    assert_extracts(&["--whitespace", "-f", "1-"], b"  a \t b  \r\nc", b"a b\nc\n");
    assert_extracts(
        &["--whitespace", "-f", "last,1", "--output-delimiter", "|"],
        b" a  b c ",
        b"c|a\n",
    );
    let output = extract(&["--whitespace", "-d", ",", "-f", "1"], b"");
    assert_fails(&output, 2, "cannot be used with");
}

#[test]
fn places_are_those_of_lines_as_they_are() {
    let folder = tempfile::tempdir().unwrap();
    let bad = folder.path().join("bad");
    let arguments = ["--whitespace", "-f", "1", "--columns", "2"];
    let log = b"  a   b\n#\n\n  c \r\n   d e f\n g h";
    let ragged = [&arguments[..], &["--comment", "#", "--ragged-output", text(&bad)]].concat();
    let output = extract(&ragged, log);
    let message = "\
delimark: standard input: line 3 at byte 10 has 1 field, 2 are expected
delimark: standard input: line 4 at byte 11 has 1 field, 2 are expected
delimark: standard input: line 5 at byte 17 has 3 fields, 2 are expected
delimark: standard input: left out 3 ragged, 1 comment of 6 lines\n";
    assert_eq!(stderr_of(&output), message);
    assert_eq!(output.stdout, b"a\ng\n");
    assert_eq!(fs::read(&bad).unwrap(), b"\n  c \r\n   d e f\n");

    let output = extract(&[&arguments[..], &["--ragged", "error"]].concat(), b" a  b\n\n  c\n");
    assert_fails(&output, 1, "line 2 at byte 6 has 1 field, 2 are expected");
    let arguments = ["--whitespace", "-f", "2", "--format", "jsonl"];
    let output = extract(&arguments, b"a b\n  c    d\xff e\n");
    assert_fails(&output, 2, "field 2 of line 2 is not UTF-8 at byte 12");
}

#[test]
fn long_lines_are_left_out_and_listed_if_that_is_asked_for() {
    let long = "a".repeat(24);
    for repeats in [1, 1000] {
        let log = format!("x|1\n{long}|2\ny|3\n").repeat(repeats);
        let arguments = ["-f", "2", "--line-limit", "10", "--long-lines", "report"];
        for way in [&[][..], &["--threads", "2"]] {
            let output = extract(&[&arguments[..], way].concat(), log.as_bytes());
            assert_eq!(output.stdout, "1\n3\n".repeat(repeats).as_bytes());
            assert_eq!(output.status.code(), Some(0));
            let messages = stderr_of(&output);
            let first = "line 2 at byte 4 is longer than the limit of 10 bytes\n";
            assert!(messages.starts_with(&format!("delimark: standard input: {first}")));
            let summary = format!("left out {repeats} too long of {} lines\n", 3 * repeats);
            assert!(messages.ends_with(&summary), "{messages}");
            assert_eq!(messages.lines().count(), repeats + 1);
            let last = format!("line {} at byte {} is", 3 * repeats - 1, log.len() - 31);
            assert!(messages.contains(&last), "{messages}");
        }
    }
    // At the end, without its newline, and longer than any buffer; from a file, too.
    let log = [&b"a|b|c\n"[..], &vec![b'x'; 40 << 20]].concat();
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a.log");
    fs::write(&path, &log).unwrap();
    for access in [&[][..], &["--read"], &["--threads", "2"], &["--read", "--threads", "2"]] {
        let arguments = ["-f", "1", "--columns", "2", "--long-lines", "report", text(&path)];
        let output = extract(&[access, &arguments].concat(), b"");
        assert_fails(&output, 0, "line 2 at byte 6 is longer than the limit of 16777216 bytes\n");
        assert_fails(&output, 0, "left out 1 ragged, 1 too long of 2 lines\n");
    }
    let kept = folder.path().join("kept.log");
    let arguments = ["-f", "1", "--columns", "2", "--long-lines", "report", "--ragged-output"];
    let output = extract(&[&arguments[..], &[text(&kept), text(&path)]].concat(), b"");
    let note = "1 too long of 2 lines; --ragged-output has none of those too long\n";
    assert_fails(&output, 0, note);
    assert_eq!(fs::read(&kept).unwrap(), b"a|b|c\n");
    let output = extract(&["-f", "1", "--long-lines", "drop"], b"");
    assert_fails(&output, 2, "[possible values: error, report]");
}

#[test]
fn a_byte_order_mark_is_left_out_with_a_note() {
    for arguments in
        [&["-f", "1"][..], &["-f", "1", "--columns", "2"], &["-f", "1", "--threads", "2"]]
    {
        let output = extract(arguments, b"\xef\xbb\xbfa|b\n\xef\xbb\xbfc|d\n");
        let note = "standard input: the byte order mark that it begins with is left out\n";
        assert_eq!(stderr_of(&output), format!("delimark: {note}"));
        assert_eq!(output.stdout, b"a\n\xef\xbb\xbfc\n");
    }
    // An input has one, not the whole of them.
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a.log");
    fs::write(&path, b"\xef\xbb\xbfip|uri\n1|/x\n").unwrap();
    let output = extract(&["--header", "-f", "ip", text(&path), text(&path)], b"");
    assert_eq!(stderr_of(&output).matches("byte order mark").count(), 2);
    assert_eq!(output.stdout, b"1\n1\n");
}

#[test]
fn utf16_is_told_of_and_taken_as_it_is() {
    for (log, note) in [
        (&b"a\0|\0b\0\n\0"[..], "each second byte is NUL: it seems to be UTF-16"),
        (b"\xff\xfea\0\n\0", "it begins with a byte order mark of UTF-16"),
        (b"\xfe\xff\0a\0\n", "it begins with a byte order mark of UTF-16"),
        (b"\xff\xfe\0\0a\0\0\0", "it begins with a byte order mark of UTF-32"),
    ] {
        let output = extract(&["-f", "1-", "--line-ending", "lf"], log);
        assert_fails(&output, 0, note);
        assert_eq!(stderr_of(&output).lines().count(), 1);
        let ending: &[u8] = if log.ends_with(b"\n") { b"" } else { b"\n" };
        assert_eq!(output.stdout, [log, ending].concat());
    }
    assert_extracts(&["-f", "1", "-d", r"\0"], b"a\0b\0c\0d\0\n", b"a\n");
}
