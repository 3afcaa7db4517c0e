//! `delimark generate` as a user meets it.

use std::fs;
use std::path::Path;
use std::process::{Command, Output};

use delimark_datasets::{Shape, generate};

fn run(arguments: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_delimark"));
    command.arg("generate").args(arguments).output().expect("the program starts")
}

#[track_caller]
fn assert_ends(output: &Output, exit_code: i32, message: &str) {
    let stderr = str::from_utf8(&output.stderr).expect("messages are UTF-8");
    assert!(stderr.contains(message), "{stderr:?} does not contain {message:?}");
    assert_eq!(output.status.code(), Some(exit_code), "{stderr}");
}

#[test]
fn a_pinned_data_set_matches_the_manifest() {
    for shape in Shape::ALL {
        let output = run(&["--shape", shape.name(), "--lines", "10_000", "--output", "-"]);
        assert_ends(&output, 0, ", matches the manifest\n");
        assert!(output.stdout == generate(shape, 10_000, 1), "{shape}");
    }
}

#[test]
fn others_say_that_they_are_not_pinned() {
    let output = run(&["--shape", "short", "--lines", "3", "--seed", "9", "--output", "-"]);
    assert_ends(&output, 0, ", the manifest does not pin it\n");
    assert_eq!(output.stdout, generate(Shape::Short, 3, 9));
}

#[test]
fn a_file_is_replaced_as_a_whole() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("short.log");
    fs::write(&path, "old").unwrap();
    let path = path.to_str().unwrap();
    let output = run(&["--shape", "short", "--lines", "1_000", "--output", path]);
    assert_ends(&output, 0, "sha256 ");
    assert_eq!(output.stdout, b"");
    assert!(fs::read(path).unwrap() == generate(Shape::Short, 1_000, 1));
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1, "nothing is left beside it");
}

#[test]
fn a_file_gets_the_permissions_of_any_other() {
    use std::os::unix::fs::PermissionsExt;

    let folder = tempfile::tempdir().unwrap();
    let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode();
    let (ours, other) = (folder.path().join("ours"), folder.path().join("other"));
    fs::write(&other, "").unwrap();
    run(&["--shape", "short", "--lines", "1", "--output", ours.to_str().unwrap()]);
    assert_eq!(mode(&ours), mode(&other));
}

#[test]
fn the_list_has_every_shape() {
    let output = run(&["--list"]);
    assert_ends(&output, 0, "");
    let list = String::from_utf8(output.stdout).unwrap();
    for shape in Shape::ALL {
        assert!(list.contains(&format!("{:<12} {}\n", shape.name(), shape.description())));
    }
}

#[test]
fn what_does_not_work_is_told() {
    assert_ends(&run(&["--shape", "square", "--output", "-"]), 2, "no shape is called \"square\"");
    assert_ends(&run(&["--shape", "short"]), 2, "--output <FILE>");
    assert_ends(&run(&[]), 2, "--shape <NAME>");
    let output = run(&["--shape", "short", "--lines", "many", "--output", "-"]);
    assert_ends(&output, 2, "invalid digit");
    let output = run(&["--shape", "short", "--lines", "1", "--output", "/nowhere/short.log"]);
    assert_ends(&output, 2, "cannot write /nowhere/short.log: ");
    let output = run(&["--shape", "short", "--lines", "1", "--output", "/dev/full/x"]);
    assert_ends(&output, 2, "cannot write /dev/full/x: ");
}

#[test]
fn help_has_an_example_and_the_exit_codes() {
    let help = String::from_utf8(run(&["--help"]).stdout).unwrap();
    for part in ["Examples:", "delimark generate --shape nginx12", "Exit codes:"] {
        assert!(help.contains(part), "{help}");
    }
}
