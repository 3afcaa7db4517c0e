//! Fields by name and by the end of the line, and all fields but some.

use std::fs;
use std::path::Path;

use super::{assert_extracts, assert_fails, extract, stderr_of, text};

#[test]
fn an_equals_sign_is_a_delimiter_in_every_way_to_write_it() {
    for delimiter in
        [&["-d="][..], &["-d", "="], &["--delimiter=="], &["--delimiter", "="], &["-sd="]]
    {
        assert_extracts(&[delimiter, &["-f2"]].concat(), b"a=b\n", b"b\n");
    }
    assert_extracts(&["-f=2", "-d=,"], b"a,b\n", b"b\n");
    assert_extracts(&["-f", "1-", "--output-delimiter=="], b"a|b\n", b"a=b\n");
    assert_extracts(&["-f", "1-", "--output-delimiter", "-d="], b"a|b\n", b"a-d=b\n");
}

#[test]
fn last_is_the_last_field_of_each_line() {
    assert_extracts(&["-f", "last"], b"a|b|c\na|d\ne\n\nf|\r\n", b"c\nd\ne\n\n\n");
    assert_extracts(&["-f", "last,1"], b"a|b|c\na|d\ne\n", b"c|a\nd|a\ne|e\n");
    assert_extracts(&["-f", "2-last"], b"a|b|c\nd\n", b"b|c\n\n");
    assert_extracts(&["-f", "-last"], b"a|b|c\nd\n", b"a|b|c\nd\n");
    assert_extracts(&["-f", "last", "--columns", "2", "--ragged", "rest"], b"a|b|c\n", b"b|c\n");
    assert_extracts(&["-f", "last", "--format", "jsonl"], b"a|b\n", b"{\"last\":\"b\"}\n");
    let named = ["-f", "last", "--format", "jsonl", "--names", "x"];
    assert_extracts(&named, b"a|b\nc\n", b"{\"x\":\"b\"}\n{\"x\":\"c\"}\n");
    assert_fails(&extract(&["-f", "last-"], b""), 2, "'last-' is neither a field number nor");
}

#[test]
fn the_complement_is_all_other_fields() {
    assert_extracts(&["--complement", "-f", "2"], b"a|b|c\nd\ne|f\n", b"a|c\nd\ne\n");
    assert_extracts(&["--complement", "-f", "4,2"], b"a|b|c|d|e\n", b"a|c|e\n");
    assert_extracts(&["--complement", "-f", "last"], b"a|b|c\nd|e\nf\n", b"a|b\nd\n\n");
    assert_extracts(
        &["--complement", "-f", "1,last", "--output-delimiter", "+"],
        b"a|b|c|d\n",
        b"b+c\n",
    );
    let arguments = ["--complement", "-f", "2", "--format", "jsonl"];
    assert_extracts(&arguments, b"a|b|c\n", b"{\"1\":\"a\",\"3\":\"c\"}\n");
    let arguments = ["--complement", "-f", "last", "--format", "jsonl"];
    assert_extracts(&arguments, b"a|b|c\nd\n", b"{\"1\":\"a\",\"2\":\"b\"}\n{}\n");
    assert_extracts(&["--complement", "-f", "3", "--columns", "3"], b"a|b|c\n", b"a|b\n");
    let output = extract(&["--complement", "-f", "1-"], b"");
    assert_fails(&output, 2, "these are all fields, which leaves none");
}

#[test]
fn a_header_names_the_columns() {
    assert_extracts(&["--header", "-f", "uri"], b"ip|uri\n1|/x\n2|/y", b"/x\n/y\n");
    assert_extracts(&["--header", "-f", "uri,1"], b"ip|uri\r\n1|/x\r\n", b"/x|1\n");
    assert_extracts(
        &["--header", "-f", "uri,ip", "--format", "jsonl"],
        b"ip|uri\n1|/x\n2\n",
        b"{\"uri\":\"/x\",\"ip\":\"1\"}\n{\"uri\":null,\"ip\":\"2\"}\n",
    );
    assert_extracts(
        &["--header", "-f", "1-", "--format", "jsonl"],
        b"ip|uri\n1|/x|more\n2\n",
        b"{\"ip\":\"1\",\"uri\":\"/x\",\"3\":\"more\"}\n{\"ip\":\"2\"}\n",
    );
    assert_extracts(
        &["--header", "-f", "uri", "--format", "jsonl", "--names", "path"],
        b"ip|uri\n1|/x\n",
        b"{\"path\":\"/x\"}\n",
    );
    assert_extracts(&["--header", "--complement", "-f", "b"], b"a|b|c\n1|2|3\n", b"1|3\n");
    assert_extracts(&["--header", "--comment", "#", "-f", "b"], b"# x\na|b\n1|2\n#\n", b"2\n");
    assert_extracts(&["--header", "--whitespace", "-f", "b"], b"  a  b\n 1   2\n", b"2\n");
    assert_extracts(&["--header", "-f", "last,2"], b"last|x|y\n1|2|3\n", b"1|2\n");
    assert_extracts(&["--header", "-f", "a"], b"", b"");
    assert_extracts(&["--header", "-f", "a"], b"a|b", b"");
}

#[test]
fn the_header_is_a_line() {
    let output = extract(&["--header", "-f", "b", "--columns", "2"], b"a|b\n1\n2|3\n");
    assert_fails(&output, 0, "line 2 at byte 4 has 1 field, 2 are expected");
    assert_fails(&output, 0, "left out 1 ragged of 3 lines");
}

#[test]
fn columns_that_are_not_there_are_told_with_those_that_are() {
    let output = extract(&["--header", "-f", "status"], b"ip|uri\n1|/x\n");
    let message = "delimark: standard input: there is no column 'status', and it is no number or \
                   range (the columns are: ip, uri)\n";
    assert_fails(&output, 2, message);
    let output = extract(&["--header", "-f", "a"], b"a|b|a\n1|2|3\n");
    assert_fails(&output, 2, "columns 1 and 3 are both named 'a': give a number");
    let output = extract(&["--header", "-f", "1-", "--format", "jsonl"], b"a|b|a\n1|2|3\n");
    assert_fails(&output, 2, "the key 'a' would come twice in an object");
    let output = extract(&["-f", "status"], b"");
    assert_fails(&output, 2, "invalid value 'status' for '--fields <LIST>'");
    let output = extract(&["--header", "-f", "3", "--columns", "2"], b"a|b\n");
    assert_fails(&output, 2, "field 3 never exists");
}

fn write(folder: &Path, name: &str, bytes: &str) -> String {
    let path = folder.join(name);
    fs::write(&path, bytes).unwrap();
    text(&path).to_owned()
}

#[test]
fn names_are_found_in_each_file_by_its_own_header() {
    let folder = tempfile::tempdir().unwrap();
    let first = write(folder.path(), "first", "ip|status\n1|200\n");
    let second = write(folder.path(), "second", "status|x|ip\n404|y|2\n");
    let without = write(folder.path(), "without", "uri\n/\n");
    assert_extracts(&["--header", "-f", "ip,status", &first, &second], b"", b"1|200\n2|404\n");
    let output = extract(&["--header", "-f", "ip", &without, &first], b"");
    assert_fails(&output, 2, "without: there is no column 'ip'");
    assert_eq!(output.stdout, b"1\n");
}

#[test]
fn numbers_do_not_mix_columns_of_different_names() {
    let folder = tempfile::tempdir().unwrap();
    let first = write(folder.path(), "first", "ip|status\n1|200\n");
    let other = write(folder.path(), "other", "ip|uri\n2|/\n");
    let longer = write(folder.path(), "longer", "ip|status|uri\n3|404|/\n");
    let output = extract(&["--header", "-f", "1,2", &first, &other, &longer, &first], b"");
    let by_name = "fields that are asked for by name are found wherever they are\n";
    let messages = format!(
        "delimark: {other}: its header is not that of {first}: column 2 is 'uri', not 'status'; \
         {by_name}delimark: {longer}: its header is not that of {first}: it has 3 columns, not 2; \
         {by_name}"
    );
    assert_eq!(stderr_of(&output), messages);
    assert_eq!((output.status.code(), &output.stdout[..]), (Some(2), &b"1|200\n1|200\n"[..]));
}
