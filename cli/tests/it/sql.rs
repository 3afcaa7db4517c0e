//! `delimark sql`: results, outputs, exit codes.

use std::fs;
use std::path::Path;

use crate::{delimark, run};

struct Outcome {
    code: i32,
    stdout: String,
    stderr: String,
}

fn sql(arguments: &[&str]) -> Outcome {
    sql_of(arguments, b"")
}

fn sql_of(arguments: &[&str], input: &[u8]) -> Outcome {
    let mut command = delimark(&["sql"]);
    let output = run(command.args(arguments), input);
    Outcome {
        code: output.status.code().expect("no signal ends it"),
        stdout: String::from_utf8(output.stdout).unwrap(),
        stderr: String::from_utf8(output.stderr).unwrap(),
    }
}

fn log() -> String {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../datasets/logs");
    folder.join("nginx/combined.log").display().to_string()
}

#[test]
fn results_have_four_forms() {
    let statement = format!(
        "SELECT status, count(*) AS hits FROM '{}' WHERE status IN (404, 405) GROUP BY status \
         ORDER BY status",
        log()
    );
    let table = sql(&[&statement]);
    let lines = [
        "+--------+------+",
        "| status | hits |",
        "+--------+------+",
        "| 404    | 16   |",
        "| 405    | 7    |",
        "+--------+------+\n",
    ];
    assert_eq!((table.code, table.stdout), (0, lines.join("\n")));
    assert!(table.stderr.ends_with("combined: 200 of 200 lines are in this format\n"));
    let csv = sql(&["--format", "csv", "--preset", "combined", &statement]);
    assert_eq!((csv.code, &*csv.stdout, &*csv.stderr), (0, "status,hits\n404,16\n405,7\n", ""));
    let jsonl = sql(&["--format", "jsonl", &statement]);
    assert_eq!(jsonl.stdout, "{\"status\":404,\"hits\":16}\n{\"status\":405,\"hits\":7}\n");

    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("hits.parquet");
    let name = path.to_str().unwrap();
    let written = sql(&["-o", name, &statement]);
    assert_eq!((written.code, &*written.stdout), (0, ""));
    let again = sql(&["--format", "csv", &format!("SELECT sum(hits) FROM '{name}'")]);
    assert_eq!(again.stdout.lines().nth(1), Some("23"));
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1, "nothing is left beside it");
}

#[test]
fn a_long_table_is_cut_and_says_so() {
    let outcome = sql(&["--rows", "2", &format!("SELECT status FROM '{}'", log())]);
    assert_eq!((outcome.code, outcome.stdout.lines().count()), (0, 6));
    assert!(outcome.stderr.contains("the first 2 rows"), "{}", outcome.stderr);
}

#[test]
fn statements_come_from_standard_input_too() {
    let text = format!(
        "CREATE EXTERNAL TABLE web STORED AS DELIMARK LOCATION '{}' OPTIONS (preset 'combined');\n\
         SELECT count(*) AS lines FROM web;\nSELECT 1 AS one;\n",
        log()
    );
    let outcome = sql_of(&["--format", "csv"], text.as_bytes());
    assert_eq!((outcome.code, &*outcome.stdout), (0, "lines\n377\none\n1\n"));
}

#[test]
fn lines_that_do_not_fit_are_told_and_end_with_1_where_none_may_or_none_does() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a.log");
    fs::write(&path, "10.0.0.1 200\n10.0.0.2 x\nnot one\nat all, this\n").unwrap();
    let name = path.to_str().unwrap();
    let format = ["--log-format", "$remote_addr $status", "--format", "csv"];
    let statement = format!("SELECT count(status) AS known FROM '{name}'");
    let null = sql(&[&format[..], &[&statement]].concat());
    assert_eq!((null.code, &*null.stdout), (0, "known\n1\n"));
    assert!(null.stderr.contains("'x', is no whole number"), "{}", null.stderr);
    assert!(null.stderr.contains("left out 1 of 4 lines"), "{}", null.stderr);
    let error = sql(&[&format[..], &["--on-bad-line", "error", &statement]].concat());
    assert_eq!((error.code, &*error.stdout), (1, ""));
    assert!(error.stderr.contains("a.log: the line at byte 13"), "{}", error.stderr);
    let none = sql(&["--preset", "combined", &statement.replace("status", "*")]);
    assert_eq!(none.code, 1);
    assert!(none.stderr.contains("no line is in the format"), "{}", none.stderr);
}

#[test]
fn errors_end_with_2_and_leave_no_file() {
    let folder = tempfile::tempdir().unwrap();
    let output = folder.path().join("rows.csv");
    let output = output.to_str().unwrap();
    let log = log();
    for (arguments, words) in [
        (&["SELECT * FORM x"][..], "the SQL cannot be read"),
        (&["SELECT 1; SELECT * FROM 'none.log'"], "none.log: there is no such file"),
        (&["-o", "rows.xls", "SELECT 1"], "--format says it"),
        (&["-o", output, &format!("SELECT statuss FROM '{log}'")], "Did you mean"),
        (&["-o", output, "SELECT 1 AS a; SELECT 2 AS a"], "takes the rows of one statement"),
        (&["-o", "/nowhere/rows.csv", "SELECT 1"], "/nowhere/rows.csv cannot be written"),
        (&["--preset", "combind", "SELECT 1"], "combined"),
    ] {
        let outcome = sql(arguments);
        assert_eq!(outcome.code, 2, "{arguments:?}: {}", outcome.stderr);
        assert!(outcome.stderr.contains(words), "{arguments:?}: {}", outcome.stderr);
    }
}

#[test]
fn no_file_is_put_in_the_place_of_a_link_or_a_socket() {
    let folder = tempfile::tempdir().unwrap();
    let [file, link, socket] =
        ["rows.csv", "link.csv", "socket.csv"].map(|name| folder.path().join(name));
    fs::write(&file, "old").unwrap();
    std::os::unix::fs::symlink(&file, &link).unwrap();
    let outcome = sql(&["-o", link.to_str().unwrap(), "SELECT 1 AS a"]);
    assert_eq!((outcome.code, &*outcome.stderr), (0, ""));
    assert!(fs::symlink_metadata(&link).unwrap().is_symlink());
    assert_eq!(fs::read_to_string(&file).unwrap(), "a\n1\n");

    let _listener = std::os::unix::net::UnixListener::bind(&socket).unwrap();
    let outcome = sql(&["-o", socket.to_str().unwrap(), "SELECT 1 AS a"]);
    assert_eq!(outcome.code, 2, "{}", outcome.stderr);
    assert!(outcome.stderr.contains("socket.csv cannot be written"), "{}", outcome.stderr);
    assert!(!fs::symlink_metadata(&socket).unwrap().is_file());
}

#[test]
fn a_reader_who_has_left_is_no_error() {
    let statement = format!("SELECT * FROM '{}' AS a, '{}' AS b", log(), log());
    let mut command = delimark(&["sql", "--format", "csv", "--preset", "combined", &statement]);
    let mut child = crate::spawn(&mut command);
    drop(child.stdout.take());
    let output = child.wait_with_output().unwrap();
    assert_eq!((output.status.code(), &*output.stderr), (Some(0), &b""[..]));
}
