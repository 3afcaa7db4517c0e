//! JSON Lines, parsed back by another program's parser.

use serde_json::{Value, json};

use super::{access_log, assert_fails, cut, extract, stdout_of, text};

#[track_caller]
fn objects(arguments: &[&str], input: &[u8]) -> Vec<Value> {
    let output = extract(&[&["--format", "jsonl"], arguments].concat(), input);
    let text = str::from_utf8(stdout_of(&output)).expect("JSON is UTF-8");
    assert!(text.is_empty() || text.ends_with('\n'));
    text.lines().map(|line| serde_json::from_str(line).expect(line)).collect()
}

#[test]
fn keys_are_numbers_unless_named() {
    let input = b"a|b|c\nd\n";
    assert_eq!(
        objects(&["--fields", "3,1"], input),
        [json!({"3": "c", "1": "a"}), json!({"3": null, "1": "d"})]
    );
    assert_eq!(
        objects(&["--fields", "3,1", "--names", "last,first \"x\""], input),
        [json!({"last": "c", "first \"x\"": "a"}), json!({"last": null, "first \"x\"": "d"})]
    );
}

#[test]
fn members_are_in_the_order_asked_for() {
    let output = extract(&["--format", "jsonl", "--fields", "3-,1"], b"a|b|c|d\ne\n");
    assert_eq!(stdout_of(&output), b"{\"3\":\"c\",\"4\":\"d\",\"1\":\"a\"}\n{\"1\":\"e\"}\n");
    let output = extract(&["--format", "jsonl", "--fields", "2-"], b"a\n");
    assert_eq!(stdout_of(&output), b"{}\n");
}

#[test]
fn every_character_comes_back() {
    let awkward: String = (0..0x800)
        .chain(0xFFF0..=0x10010)
        .filter_map(char::from_u32)
        .filter(|&character| !"|\n".contains(character))
        .collect();
    let input = format!("{awkward}|\\u0041\\n\"\n");
    assert_eq!(
        objects(&["--fields", "1,2"], input.as_bytes()),
        [json!({"1": awkward, "2": "\\u0041\\n\""})]
    );
}

#[test]
fn a_real_log_comes_back() {
    let path = access_log();
    let log = std::fs::read(&path).unwrap();
    let arguments = ["--fields", "4,9", "--names", "uri,agent", text(&path)];
    let joined: String = objects(&arguments, b"")
        .iter()
        .map(|object| {
            format!("{}|{}\n", object["uri"].as_str().unwrap(), object["agent"].as_str().unwrap())
        })
        .collect();
    assert!(joined.as_bytes() == cut("4,9", &log));
}

#[test]
fn bytes_that_are_not_utf8_stop_it() {
    let output = extract(&["--format", "jsonl", "--fields", "1,2"], b"a|b\nc|d\xFFe\nf|g\n");
    assert_eq!(output.stdout, b"{\"1\":\"a\",\"2\":\"b\"}\n");
    assert_fails(&output, 2, "standard input: field 2 of line 2 is not UTF-8 at byte 7");
    assert_fails(&output, 2, "--invalid-utf8 replace");
}

#[test]
fn bytes_that_are_not_utf8_can_be_replaced() {
    let arguments = ["--fields", "2", "--invalid-utf8", "replace"];
    assert_eq!(objects(&arguments, b"c|d\xFFe\n"), [json!({"2": "d\u{FFFD}e"})]);
}

#[test]
fn keys_must_be_distinct_and_complete() {
    for (arguments, message) in [
        (&["--fields", "1,1"][..], "the key '1' would come twice"),
        (&["--fields", "2-,3"], "the key '3' would come twice"),
        (&["--fields", "2-,5-"], "the key '5' would come twice"),
        (&["--fields", "1,2", "--names", "a,a"], "the key 'a' would come twice"),
        (&["--fields", "1,2", "--names", "a"], "there are 1 names for 2 fields"),
        (&["--fields", "1", "--names", "a,b"], "there are 2 names for 1 fields"),
        (&["--fields", "1-", "--names", "a"], "without an end cannot be named"),
        (&["--fields", "1", "--output-delimiter", ","], "--output-delimiter has no meaning"),
    ] {
        let output = extract(&[&["--format", "jsonl"], arguments].concat(), b"a|b\n");
        assert_fails(&output, 2, message);
        assert_eq!(output.stdout, b"");
    }
    assert_fails(
        &extract(&["--fields", "1", "--names", "a"], b""),
        2,
        "--names needs --format jsonl",
    );
}

#[test]
fn options_that_mean_nothing_for_text_are_refused() {
    for way in ["error", "replace"] {
        let output = extract(&["--fields", "1", "--invalid-utf8", way], b"");
        assert_fails(&output, 2, "--invalid-utf8 needs --format jsonl: text passes any byte on");
    }
}
