//! `delimark-bench study` as contributors meet it: exit codes, messages, where files go.

use std::fs;
use std::path::Path;
use std::process::Command;

use tempfile::TempDir;

use super::{Folder, MACHINES, succeeds};

#[test]
fn the_committed_page_is_the_one_of_the_committed_machines() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap();
    let folder = TempDir::new().unwrap();
    let page = folder.path().join("page.html");
    let mut command = Command::new(env!("CARGO_BIN_EXE_delimark-bench"));
    let output = command.arg("study").arg("--out").arg(&page).current_dir(root).output().unwrap();
    succeeds(&output);
    let is_same = fs::read(page).unwrap() == fs::read(root.join("reports/index.html")).unwrap();
    assert!(is_same, "reports/index.html is out of date: `cargo run -- study` makes it again");
}

#[test]
fn what_is_refused_is_1_with_file_and_reason_and_writes_nothing() {
    let [(path, text), other] = MACHINES;
    let changed = text.replace("\"quick\": false", "\"quick\": true");
    let folder = Folder::new(&[(path, &changed), other]);
    let output = folder.study(&[]);
    let message = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(1), "{message}");
    assert!(
        message.contains(&format!("delimark-bench: {path}: it is of a quick run")),
        "{message}"
    );
    assert!(message.ends_with("nothing was written\n"), "{message}");
    assert!(!folder.page().exists());
}

#[test]
fn a_machine_is_added_with_one_command() {
    let [first, second] = MACHINES;
    let folder = Folder::new(&[first]);
    let results = folder.beside(second.1);
    succeeds(&folder.study(&[&results]));
    assert_eq!(fs::read_to_string(folder.machines().join(second.0)).unwrap(), second.1);
    let page = fs::read_to_string(folder.page()).unwrap();
    assert!(page.contains("Example CPU 8-Core") && page.contains("Example Core A"));
    // Once more changes nothing, and other results of that day do not replace it.
    succeeds(&folder.study(&[&results]));
    let other = folder.beside(&second.1.replace("\"order_seed\": 20", "\"order_seed\": 21"));
    let output = folder.study(&[&other]);
    assert_eq!(output.status.code(), Some(1));
    let message = String::from_utf8(output.stderr).unwrap();
    assert!(message.contains("results.json: 7e18f304fec6/2026-01-31.json is there already"));
    assert_eq!(fs::read_to_string(folder.machines().join(second.0)).unwrap(), second.1);
}

#[test]
fn what_is_refused_is_not_added() {
    let folder = Folder::new(&MACHINES[..1]);
    let results = folder.beside(&MACHINES[1].1.replace("\"quick\": false", "\"quick\": true"));
    let output = folder.study(&[&results]);
    assert_eq!(output.status.code(), Some(1));
    let message = String::from_utf8(output.stderr).unwrap();
    assert!(
        message.contains(&format!("delimark-bench: {}: it is of a quick run", results.display()))
    );
    assert!(!folder.machines().join("7e18f304fec6").exists());
}

#[test]
fn without_a_machine_it_says_how_to_add_one() {
    let folder = Folder::new(&[]);
    let output = folder.study(&[]);
    assert_eq!(output.status.code(), Some(2));
    assert!(String::from_utf8(output.stderr).unwrap().contains("study --add results.json"));
}
