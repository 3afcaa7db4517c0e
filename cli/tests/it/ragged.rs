//! Lines with another number of fields, under each policy, against the facts of a real log.

use std::fs;

use serde_json::Value;

use super::{access_log, assert_fails, cut, extract, stderr_of, stdout_of, text};

struct Fact {
    line: u64,
    offset: u64,
    found: u64,
}

fn facts() -> Vec<Fact> {
    let path = access_log().with_file_name("facts.json");
    let facts: Value = serde_json::from_str(&fs::read_to_string(path).unwrap()).unwrap();
    let number = |fact: &Value, key: &str| fact[key].as_u64().expect(key);
    let ragged = facts["ragged"].as_array().unwrap().iter();
    let facts: Vec<_> = ragged
        .map(|fact| Fact {
            line: number(fact, "line"),
            offset: number(fact, "offset"),
            found: number(fact, "found"),
        })
        .collect();
    assert_eq!(facts.len(), 154);
    facts
}

fn log() -> Vec<u8> {
    fs::read(access_log()).unwrap()
}

/// Returns the lines of the log whose numbers satisfy a condition, newlines included.
fn lines_where(condition: impl Fn(u64) -> bool) -> Vec<u8> {
    let log = log();
    let numbered = (1..).zip(log.split_inclusive(|&byte| byte == b'\n'));
    numbered.filter(|(number, _)| condition(*number)).flat_map(|(_, line)| line).copied().collect()
}

fn message(name: &str, fact: &Fact) -> String {
    let Fact { line, offset, found } = fact;
    format!("delimark: {name}: line {line} at byte {offset} has {found} fields, 12 are expected\n")
}

#[test]
fn report_is_the_default_and_lists_every_line() {
    let path = access_log();
    let facts = facts();
    let expected =
        cut("1,6,10", &lines_where(|number| facts.iter().all(|fact| fact.line != number)));
    for (name, output) in [
        (text(&path), extract(&["--fields", "1,6,10", "--columns", "12", text(&path)], b"")),
        (
            text(&path),
            extract(&["--fields", "1,6,10", "--columns", "12", "--read", text(&path)], b""),
        ),
        ("standard input", extract(&["--fields", "1,6,10", "--columns", "12"], &log())),
    ] {
        let mut messages: String = facts.iter().map(|fact| message(name, fact)).collect();
        messages += &format!("delimark: {name}: left out 154 ragged of 4000 lines\n");
        assert_eq!(stderr_of(&output), messages);
        assert_eq!(output.status.code(), Some(0));
        assert!(output.stdout == expected);
    }
}

#[test]
fn ragged_output_holds_the_lines_as_they_are() {
    let folder = tempfile::tempdir().unwrap();
    let bad = folder.path().join("bad.log");
    let path = access_log();
    let arguments =
        ["--fields", "1", "--columns", "12", "--ragged-output", text(&bad), text(&path)];
    let output = extract(&arguments, b"");
    assert_eq!(output.status.code(), Some(0));
    let facts = facts();
    let expected = lines_where(|number| facts.iter().any(|fact| fact.line == number));
    assert!(fs::read(&bad).unwrap() == expected);

    let arguments = ["--fields", "1", "--columns", "2", "--ragged-output", text(&bad)];
    extract(&arguments, b"a\r\nb|c\r\n\n\r\nd|e|f");
    assert_eq!(fs::read(&bad).unwrap(), b"a\r\n\n\r\nd|e|f\n");
}

#[test]
fn those_before_a_stop_are_listed_and_written() {
    let folder = tempfile::tempdir().unwrap();
    let bad = folder.path().join("bad.log");
    let arguments = ["--fields", "2", "--columns", "2", "--format", "jsonl"];
    let arguments = [&arguments[..], &["--ragged-output", text(&bad)]].concat();
    let output = extract(&arguments, b"a\nb|c\nd\ne|\xFF\nf\ng|h\n");
    let messages = "\
delimark: standard input: line 1 at byte 0 has 1 field, 2 are expected
delimark: standard input: line 3 at byte 6 has 1 field, 2 are expected
delimark: standard input: left out 2 ragged of 3 lines
delimark: standard input: field 2 of line 4 is not UTF-8 at byte 10; ";
    assert_fails(&output, 2, messages);
    assert_eq!(stderr_of(&output).lines().count(), 4);
    assert_eq!(output.stdout, b"{\"2\":\"c\"}\n");
    assert_eq!(fs::read(&bad).unwrap(), b"a\nd\n");
}

#[test]
fn error_stops_at_the_first_one() {
    let path = access_log();
    let arguments = ["--fields", "1,6", "--columns", "12", "--ragged", "error"];
    let output = extract(&[&arguments[..], &[text(&path), text(&path)]].concat(), b"");
    assert_eq!(stderr_of(&output), message(text(&path), &facts()[0]));
    assert_eq!(output.status.code(), Some(1));
    assert!(output.stdout == cut("1,6", &lines_where(|number| number < 8)));
}

#[test]
fn error_names_each_ragged_line_that_is_the_first_of_its_input() {
    let log = log();
    for pair in facts().windows(2) {
        let rest = &log[pair[0].offset as usize..];
        let start = rest.iter().position(|&byte| byte == b'\n').unwrap() + 1;
        let skipped = pair[0].offset + start as u64;
        let arguments = ["--fields", "1", "--columns", "12", "--ragged", "error"];
        let output = extract(&arguments, &rest[start..]);
        let fact = Fact {
            line: pair[1].line - pair[0].line,
            offset: pair[1].offset - skipped,
            found: pair[1].found,
        };
        assert_eq!(stderr_of(&output), message("standard input", &fact));
        assert_eq!(output.status.code(), Some(1));
    }
}

#[test]
fn a_ragged_line_does_not_hide_an_earlier_failure() {
    let path = access_log();
    let arguments = ["--fields", "1", "--columns", "12", "--ragged", "error"];
    for (files, exit_code) in
        [(&["missing.log", text(&path), text(&path)][..], 2), (&[text(&path), "missing.log"], 1)]
    {
        let output = extract(&[&arguments[..], files].concat(), b"");
        assert_fails(&output, exit_code, "line 8 at byte 1041 has 14 fields");
        assert!(output.stdout == cut("1", &lines_where(|number| number < 8)));
    }
}

#[test]
fn keep_takes_lines_as_they_are() {
    let path = access_log();
    let arguments = ["--fields", "1,4,12-", "--columns", "12", "--ragged", "keep", text(&path)];
    let output = extract(&arguments, b"");
    assert!(stdout_of(&output) == cut("1,4,12-", &log()));
}

#[test]
fn rest_gives_the_last_field_all_that_is_left() {
    let path = access_log();
    let arguments = ["--fields", "12,1", "--columns", "12", "--ragged", "rest", text(&path)];
    let output = extract(&arguments, b"");
    let (last, first) = (cut("12-", &log()), cut("1", &log()));
    let lines =
        |bytes: &[u8]| bytes.split(|&byte| byte == b'\n').map(<[u8]>::to_vec).collect::<Vec<_>>();
    let expected: Vec<Vec<u8>> = lines(&last)
        .iter()
        .zip(&lines(&first))
        .map(
            |(last, first)| {
                if first.is_empty() { Vec::new() } else { [last, &b"|"[..], first].concat() }
            },
        )
        .collect();
    assert!(stdout_of(&output) == expected.join(&b'\n'));
}

#[test]
fn policies_need_a_column_count() {
    let output = extract(&["--fields", "1", "--ragged", "error"], b"");
    assert_fails(&output, 2, "--ragged-output need --columns, --quote, --preset or --log-format");
    let output = extract(&["--fields", "1", "--ragged-output", "x"], b"");
    assert_fails(&output, 2, "--ragged-output need --columns, --quote, --preset or --log-format");
    let arguments =
        ["--fields", "1", "--columns", "2", "--ragged", "keep", "--ragged-output", "/dev/null"];
    assert_fails(&extract(&arguments, b""), 2, "the policy keep leaves out no line");
}

#[test]
fn neighbours_of_ragged_lines_are_untouched_by_their_number() {
    // More ragged lines than fit a burst, then a good one.
    let mut log = b"a|b|c\n".repeat(100_000);
    log.extend(b"d|e\n");
    let output = extract(&["--fields", "2", "--columns", "2"], &log);
    assert_eq!(output.stdout, b"e\n");
    assert_eq!(stderr_of(&output).lines().count(), 100_001);
    assert_fails(&output, 0, "left out 100000 ragged of 100001 lines");
}
