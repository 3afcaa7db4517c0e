//! Rotated logs in the order of time.

use std::fs::{self, File};
use std::time::{Duration, SystemTime};

use super::{extract, stdout_of, text};

#[test]
fn rotated_logs_are_taken_oldest_first() {
    let folder = tempfile::tempdir().unwrap();
    let now = SystemTime::now();
    // Times that say the contrary: names come first.
    let paths: Vec<String> =
        [("a.log", "4\n", 3), ("a.log.1", "3\n", 2), ("a.log.2", "2\n", 1), ("a.log.10", "1\n", 0)]
            .iter()
            .map(|(name, content, age)| {
                let path = folder.path().join(name);
                fs::write(&path, content).unwrap();
                let file = File::options().append(true).open(&path).unwrap();
                file.set_modified(now - Duration::from_secs(*age * 1000)).unwrap();
                text(&path).to_owned()
            })
            .collect();
    let paths: Vec<&str> = paths.iter().map(String::as_str).collect();
    let given = extract(&[&["-f", "1"], &paths[..], &["-"]].concat(), b"5\n");
    assert_eq!(stdout_of(&given), b"4\n3\n2\n1\n5\n");
    let ordered = extract(&[&["-f", "1", "--oldest-first", "-"], &paths[..]].concat(), b"5\n");
    assert_eq!(stdout_of(&ordered), b"1\n2\n3\n4\n5\n");

    // Other names: the times of their last change.
    for (name, path) in ["x", "y", "z", "w"].iter().zip(&paths) {
        fs::rename(path, folder.path().join(name)).unwrap();
    }
    let paths = ["w", "x", "y", "z"].map(|name| text(&folder.path().join(name)).to_owned());
    let paths: Vec<&str> = paths.iter().map(String::as_str).collect();
    let ordered = extract(&[&["-f", "1", "--oldest-first"], &paths[..]].concat(), b"");
    assert_eq!(stdout_of(&ordered), b"4\n3\n2\n1\n");
}
