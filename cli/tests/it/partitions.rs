//! Folders by the values of a column.

use std::fs;

use super::{assert_fails, delimark, run, stderr_of, text};

#[test]
fn rows_go_into_folders_and_never_among_others() {
    let folder = tempfile::tempdir().unwrap();
    let (log, table) = (folder.path().join("log"), folder.path().join("table"));
    fs::write(&log, "10.0.0.1|200\n10.0.0.2|404\n10.0.0.3|200\n").unwrap();
    let arguments = ["convert", "--log-format", "$remote_addr|$status", "--to", "csv"];
    let by = ["--partition-by", "status", "--output", text(&table), text(&log)];
    let convert = || run(&mut delimark(&[&arguments[..], &by[..]].concat()), b"");
    let output = convert();
    assert_eq!(output.status.code(), Some(0), "{}", stderr_of(&output));
    let found = fs::read_to_string(table.join("status_is=200/part.csv")).unwrap();
    assert_eq!(found, "remote_addr,status\n10.0.0.1,200\n10.0.0.3,200\n");
    assert!(table.join("status_is=404/part.csv").exists());
    assert_fails(&convert(), 2, "is not empty");

    let on_text = ["--partition-by", "remote_addr", "--output", text(folder.path()), text(&log)];
    let output = run(&mut delimark(&[&arguments[..], &on_text[..]].concat()), b"");
    assert_fails(&output, 2, "is not empty");
    let other = folder.path().join("other");
    let on_text = ["--partition-by", "remote_addr", "--output", text(&other), text(&log)];
    let output = run(&mut delimark(&[&arguments[..], &on_text[..]].concat()), b"");
    assert_fails(&output, 2, "--partition-by remote_addr: 'remote_addr' is neither a whole number");
    assert!(!other.exists());
}
