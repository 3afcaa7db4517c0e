//! Errors as whoever writes a statement meets them.

use std::fs;
use std::os::unix::fs::PermissionsExt;

use super::{Desk, recorded};

#[test]
fn errors_say_what_is_wrong_and_what_there_is() {
    let desk = Desk::new();
    desk.write("access.log", &recorded("nginx/combined.log"));
    desk.write("notes.txt", b"milk\nbread and butter\n");
    desk.write("empty.log", b"");
    let create = "CREATE EXTERNAL TABLE web STORED AS DELIMARK LOCATION '{}/access.log'";
    for (sql, words) in [
        ("SELECT * FROM '{}/none*.log'", &["{}/none*.log: there is no such file"][..]),
        ("SELECT * FROM '{}/none.log'", &["{}/none.log: there is no such file"]),
        ("SELECT * FROM '/dev/null'", &["/dev/null: it is a pipe or a device"]),
        ("SELECT * FROM acces", &["table", "acces", "not found"]),
        ("SELECT statuss FROM '{}/access.log'", &["statuss", "status"]),
        ("SELECT * FROM '{}/notes.txt'", &["{}/notes.txt: ", "no known format", "preset"]),
        ("SELECT * FROM '{}/empty.log'", &["all empty"]),
        ("SELECT * FORM x", &["the SQL cannot be read", "Line: 1, Column: "]),
        ("SELECT nosuch(1)", &["nosuch"]),
        (&format!("{create} OPTIONS (preset 'combind')"), &["OPTIONS (preset ...)", "combined"]),
        (&format!("{create} OPTIONS (presets 'combined')"), &["unknown option 'presets'"]),
        (
            &format!("{create} OPTIONS (preset 'combined', log_format '$status')"),
            &["both name the format"],
        ),
        (&format!("{create} OPTIONS (on_bad_line 'stop')"), &["expected error, dead-letter"]),
        (
            "CREATE EXTERNAL TABLE web (a INT) STORED AS DELIMARK LOCATION '{}/access.log'",
            &["the columns of a log are those of its format"],
        ),
        ("SELECT * FROM 's3://bucket/a.log'", &["files of this machine only"]),
    ] {
        let error = desk.error(sql);
        for word in words {
            assert!(error.contains(word), "{sql}: {error}");
        }
        let is_plain = ["External error", "Execution error", "DataFusion error"];
        assert!(is_plain.iter().all(|prefix| !error.contains(prefix)), "{sql}: {error}");
    }
}

#[test]
fn a_folder_without_rights_is_told() {
    let desk = Desk::new();
    desk.write("logs/access.log", &recorded("nginx/combined.log"));
    let folder = desk.path("logs");
    fs::set_permissions(&folder, fs::Permissions::from_mode(0o000)).unwrap();
    // Root may read everything.
    let is_root = fs::read_dir(&folder).is_ok();
    let result = desk.query("SELECT count(*) FROM '{}/logs/*.log'");
    fs::set_permissions(&folder, fs::Permissions::from_mode(0o755)).unwrap();
    match result {
        Err(error) => {
            let error = error.to_string();
            assert!(error.to_lowercase().contains("permission denied"), "{error}");
        }
        Ok(_) => assert!(is_root, "a folder that cannot be read was taken for an empty one"),
    }
}
