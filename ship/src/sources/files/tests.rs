//! Tests of followed files: every kind of rotation, with and without a restart in between.

use std::fs::{self, File, OpenOptions};
use std::io::Write;
use std::path::{Path, PathBuf};
use std::sync::Mutex;

use tempfile::TempDir;

use super::*;
use crate::newline::Newline;

const RULES: LineRules = LineRules { max_bytes: 100, newline: Newline::Byte };

/// Events that were taken.
#[derive(Default)]
struct Told(Mutex<Vec<Event>>);

impl Events for Told {
    fn take(&self, event: &Event) {
        self.0.lock().unwrap().push(event.clone());
    }
}

/// A folder of logs, and a source that follows them.
struct Logs {
    folder: TempDir,
    files: Files,
    told: Told,
    options: String,
}

impl Logs {
    /// Follows `*.log`, or what the options say.
    fn new(options: &str) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let files = follow(folder.path(), options, None);
        Self { folder, files, told: Told::default(), options: options.to_owned() }
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn append(&self, name: &str, text: &str) {
        let mut file = OpenOptions::new().create(true).append(true).open(self.path(name)).unwrap();
        file.write_all(text.as_bytes()).unwrap();
    }

    fn rename(&self, from: &str, to: &str) {
        fs::rename(self.path(from), self.path(to)).unwrap();
    }

    /// Copies a file and empties it, as logrotate does.
    fn copy_and_truncate(&self, from: &str, to: &str) {
        fs::copy(self.path(from), self.path(to)).unwrap();
        OpenOptions::new().write(true).open(self.path(from)).unwrap().set_len(0).unwrap();
    }

    /// Reads all lines that there are.
    fn lines(&mut self) -> Vec<String> {
        self.placed_lines().into_iter().map(|(_, _, line)| line).collect()
    }

    /// Reads all lines that there are, with the numbers of their files and with their offsets,
    /// which tell equal ones apart.
    fn placed_lines(&mut self) -> Vec<(u64, u64, String)> {
        let mut found = Vec::new();
        // A look that finds nothing is followed by another scan.
        for _ in 0..3 {
            while let Some(read) = self.files.next(&self.told) {
                for lines in read.lines {
                    found.extend(lines.spans.iter().map(|span| {
                        let line = String::from_utf8_lossy(&lines.bytes[span.range()]);
                        let offset = lines.offset + u64::from(span.start);
                        (lines.identity, offset, line.into_owned())
                    }));
                }
            }
        }
        found
    }

    /// Reads all lines that there are, of files in any order.
    fn sorted_lines(&mut self) -> Vec<String> {
        let mut found = self.lines();
        found.sort();
        found
    }

    /// Ends the process, and begins another one with its last checkpoint.
    fn restart(&mut self) {
        let states = serde_json::to_string(&self.files.states()).unwrap();
        let states = serde_json::from_str(&states).unwrap();
        self.files = follow(self.folder.path(), &self.options, Some(states));
    }

    fn told(&self, is_it: impl Fn(&Event) -> bool) -> usize {
        self.told.0.lock().unwrap().iter().filter(|event| is_it(event)).count()
    }
}

fn follow(folder: &Path, options: &str, states: Option<Vec<FileState>>) -> Files {
    let config = format!(
        "paths = [\"{}/*.log\"]\npoll_milliseconds = 0\nscan_milliseconds = 0\n{options}",
        folder.display()
    );
    let config: FilesConfig = toml::from_str(&config).unwrap();
    Files::new(&config, RULES, states).unwrap()
}

const AT_ONCE: &str = "rotated_wait_milliseconds = 0";

/// Returns lines `a1` to `an`.
fn numbered(letter: &str, numbers: std::ops::RangeInclusive<u32>) -> Vec<String> {
    numbers.map(|number| format!("{letter}{number}")).collect()
}

fn text(lines: &[String]) -> String {
    lines.iter().map(|line| format!("{line}\n")).collect()
}

#[test]
fn lines_are_read_as_they_are_written() {
    let mut logs = Logs::new("");
    assert!(logs.lines().is_empty());
    logs.append("a.log", "a1\na2\npart");
    assert_eq!(logs.lines(), ["a1", "a2"]);
    assert!(logs.lines().is_empty(), "a part of a line waits");
    logs.append("a.log", "ial\n");
    logs.append("b.log", "b1\n");
    assert_eq!(logs.sorted_lines(), ["b1", "partial"]);
}

#[test]
fn files_that_were_there_begin_where_the_source_says() {
    let mut logs = Logs::new("read_from = \"end\"");
    logs.append("a.log", "a1\na2\npart");
    logs.append("a.log.1", "old\n");
    assert!(logs.lines().is_empty());
    logs.append("a.log", "ial\na3\n");
    logs.append("b.log", "b1\n");
    assert_eq!(logs.sorted_lines(), ["a3", "b1", "partial"]);
    let mut logs = Logs::new("");
    logs.append("a.log", "a1\n");
    logs.append("a.log.1", "old\n");
    assert_eq!(logs.lines(), ["a1"], "rotated logs are not named by the pattern");
}

#[test]
fn a_file_that_was_renamed_is_read_to_its_end() {
    let mut logs = Logs::new("");
    logs.append("a.log", "a1\n");
    assert_eq!(logs.lines(), ["a1"]);
    logs.append("a.log", "a2\n");
    logs.rename("a.log", "a.log.1");
    logs.append("a.log", "b1\n");
    logs.append("a.log.1", "a3\n");
    let found = logs.sorted_lines();
    assert_eq!(found, ["a2", "a3", "b1"]);
    // The server has not been told yet.
    logs.append("a.log.1", "a4\n");
    assert_eq!(logs.lines(), ["a4"]);
}

#[test]
fn a_file_that_was_renamed_away_or_deleted_is_read_to_its_end() {
    let mut logs = Logs::new("");
    logs.append("a.log", "a1\n");
    assert_eq!(logs.lines(), ["a1"]);
    logs.append("a.log", "a2\n");
    fs::remove_file(logs.path("a.log")).unwrap();
    assert_eq!(logs.lines(), ["a2"]);
    logs.append("a.log", "b1\n");
    assert_eq!(logs.lines(), ["b1"]);
    logs.append("a.log", "b2\n");
    fs::create_dir(logs.path("old")).unwrap();
    logs.rename("a.log", "old/elsewhere");
    logs.append("old/elsewhere", "b3\n");
    assert_eq!(logs.lines(), ["b2", "b3"]);
}

#[test]
fn the_part_of_a_line_at_the_end_of_a_rotated_file_is_a_line() {
    let mut logs = Logs::new(AT_ONCE);
    logs.append("a.log", "a1\npart");
    assert_eq!(logs.lines(), ["a1"]);
    logs.rename("a.log", "a.log.1");
    assert_eq!(logs.lines(), ["part"]);
    assert!(logs.lines().is_empty());
    logs.restart();
    assert!(logs.lines().is_empty());
    // Somebody still had it open.
    logs.append("a.log.1", "late\n");
    assert_eq!(logs.lines(), ["late"]);
}

#[test]
fn two_rotations_between_two_looks_lose_nothing() {
    let mut logs = Logs::new(AT_ONCE);
    logs.append("a.log", "a1\n");
    assert_eq!(logs.lines(), ["a1"]);
    logs.append("a.log", "a2\n");
    logs.rename("a.log", "a.log.1");
    logs.append("a.log", "b1\n");
    logs.rename("a.log.1", "a.log.2");
    logs.rename("a.log", "a.log.1");
    logs.append("a.log", "c1\n");
    let found = logs.sorted_lines();
    assert_eq!(found, ["a2", "b1", "c1"]);
    logs.restart();
    assert!(logs.lines().is_empty());
}

#[test]
fn rotations_during_a_restart_lose_and_double_nothing() {
    for options in ["", AT_ONCE] {
        let mut logs = Logs::new(options);
        logs.append("a.log", "a1\na2\n");
        assert_eq!(logs.lines(), ["a1", "a2"]);
        logs.append("a.log", "a3\n");
        logs.rename("a.log", "a.log.1");
        logs.append("a.log", "b1\n");
        logs.rename("a.log.1", "a.log.2");
        logs.rename("a.log", "a.log.1");
        logs.append("a.log", "c1\n");
        logs.restart();
        let found = logs.sorted_lines();
        assert_eq!(found, ["a3", "b1", "c1"]);
        logs.restart();
        assert!(logs.lines().is_empty());
    }
}

#[test]
fn a_file_that_was_copied_and_truncated_is_read_in_its_copy() {
    let mut logs = Logs::new("");
    logs.append("a.log", &text(&numbered("a", 1..=50)));
    assert_eq!(logs.lines().len(), 50);
    logs.append("a.log", "a51\n");
    logs.copy_and_truncate("a.log", "a.log.1");
    logs.append("a.log", "b1\n");
    let found = logs.sorted_lines();
    assert_eq!(found, ["a51", "b1"]);
    let is_it = |event: &Event| matches!(event, Event::Truncated { copy: Some(_), .. });
    assert_eq!(logs.told(is_it), 1);
    logs.restart();
    assert!(logs.lines().is_empty());
}

#[test]
fn a_copy_that_is_seen_before_the_truncation_is_not_read_twice() {
    let mut logs = Logs::new("");
    logs.append("a.log", &text(&numbered("a", 1..=50)));
    assert_eq!(logs.lines().len(), 50);
    // The copy is not whole yet.
    let whole = fs::read(logs.path("a.log")).unwrap();
    fs::write(logs.path("a.log.1"), "").unwrap();
    assert!(logs.lines().is_empty());
    fs::write(logs.path("a.log.1"), &whole[..30]).unwrap();
    assert!(logs.lines().is_empty());
    logs.append("a.log", "a51\n");
    fs::copy(logs.path("a.log"), logs.path("a.log.1")).unwrap();
    assert_eq!(logs.lines(), ["a51"]);
    // This one is in the copy only after another look; it was read in the file.
    logs.append("a.log", "a52\n");
    assert_eq!(logs.lines(), ["a52"]);
    OpenOptions::new().write(true).open(logs.path("a.log")).unwrap().set_len(0).unwrap();
    assert!(logs.lines().is_empty());
    logs.append("a.log", "b1\n");
    assert_eq!(logs.lines(), ["b1"]);
    logs.restart();
    assert!(logs.lines().is_empty());
}

#[test]
fn a_truncation_during_a_restart_is_noticed() {
    let mut logs = Logs::new("");
    logs.append("a.log", &text(&numbered("a", 1..=50)));
    assert_eq!(logs.lines().len(), 50);
    logs.append("a.log", "a51\n");
    logs.copy_and_truncate("a.log", "a.log.1");
    // More than it had: its size does not tell.
    logs.append("a.log", &text(&numbered("b", 1..=100)));
    logs.restart();
    let found = logs.lines();
    assert_eq!(found.iter().filter(|line| line.starts_with('a')).count(), 1, "{found:?}");
    assert_eq!(found.len(), 101);
    logs.restart();
    assert!(logs.lines().is_empty());
}

#[test]
fn lines_that_come_again_from_a_copy_are_those_of_the_file() {
    let mut logs = Logs::new("");
    logs.append("a.log", "a1\n");
    assert_eq!(logs.lines(), ["a1"]);
    let states = logs.files.states();
    logs.append("a.log", "a2\n");
    let expected = logs.placed_lines();
    logs.append("a.log", "a3\n");
    logs.copy_and_truncate("a.log", "a.log.1");
    let rest = logs.placed_lines();
    assert_eq!(rest.len(), 1);
    assert_eq!(rest[0].0, expected[0].0, "the truncation was seen");
    logs.append("a.log", "x1\na2\n");
    let others = logs.placed_lines();
    assert_eq!(others[1].1, expected[0].1);
    assert_ne!(others[1].0, expected[0].0, "an equal line in the same place is another one");
    // Killed before another checkpoint: all come again, the second one out of the copy.
    logs.files = follow(logs.folder.path(), &logs.options, Some(states));
    let mut all = [expected, rest, others].concat();
    let mut again = logs.placed_lines();
    all.sort();
    again.sort();
    assert_eq!(again, all);
    logs.append("a.log", "b1\n");
    logs.restart();
    assert_eq!(logs.lines(), ["b1"]);
}

#[test]
fn a_truncation_without_a_copy_is_told() {
    let mut logs = Logs::new("");
    logs.append("a.log", "a1\na2\n");
    assert_eq!(logs.lines(), ["a1", "a2"]);
    fs::write(logs.path("a.log"), "b1\nb2\nb3\nb4\n").unwrap();
    assert_eq!(logs.lines(), ["b1", "b2", "b3", "b4"]);
    fs::write(logs.path("a.log"), "c1\nc2\nc3\nc4\n").unwrap();
    assert_eq!(logs.lines(), ["c1", "c2", "c3", "c4"], "it has the same size");
    let is_it = |event: &Event| matches!(event, Event::Truncated { copy: None, .. });
    assert_eq!(logs.told(is_it), 2);
}

#[test]
fn a_place_that_is_used_again_is_another_file() {
    let mut logs = Logs::new("");
    logs.append("a.log", "a1\na2\n");
    assert_eq!(logs.lines(), ["a1", "a2"]);
    let mut states = logs.files.states();
    fs::remove_file(logs.path("a.log")).unwrap();
    logs.append("b.log", "b1\nb2\nb3\n");
    // Whether the file system gives it the same number is up to it: the checkpoint says so.
    let metadata = fs::metadata(logs.path("b.log")).unwrap();
    (states[0].device, states[0].inode) = {
        let id = FileId::of(&metadata);
        (id.device, id.inode)
    };
    logs.files = follow(logs.folder.path(), "", Some(states));
    assert_eq!(logs.lines(), ["b1", "b2", "b3"]);
}

#[test]
fn a_file_that_a_scan_has_missed_is_not_read_again() {
    let mut logs = Logs::new(AT_ONCE);
    logs.append("a.log", "a1\n");
    assert_eq!(logs.lines(), ["a1"]);
    logs.rename("a.log", "a.log.1");
    logs.append("a.log", "b1\n");
    assert_eq!(logs.lines(), ["b1"]);
    // Under no name of the source, as between two names of which one is listed before and the other
    // one behind the rename.
    for is_remembered in [false, true] {
        logs.rename("a.log.1", "hidden");
        if is_remembered {
            logs.restart();
        }
        for _ in 1..MISSES {
            assert!(logs.files.next(&logs.told).is_none());
        }
        logs.rename("hidden", "a.log.1");
        assert!(logs.lines().is_empty(), "{is_remembered}");
    }
}

#[test]
fn a_file_that_is_compressed_afterwards_is_not_read_twice() {
    let mut logs = Logs::new("");
    logs.append("a.log", "a1\n");
    assert_eq!(logs.lines(), ["a1"]);
    logs.rename("a.log", "a.log.1");
    logs.append("a.log", "b1\n");
    assert_eq!(logs.lines(), ["b1"]);
    fs::write(logs.path("a.log.1.gz"), b"\x1f\x8b\x08\x00rest\nof it\n").unwrap();
    fs::remove_file(logs.path("a.log.1")).unwrap();
    assert!(logs.lines().is_empty());
    logs.restart();
    assert!(logs.lines().is_empty());
}

#[test]
fn a_file_that_is_compressed_during_a_restart_is_read_on() {
    let mut logs = Logs::new("");
    logs.append("a.log", &text(&numbered("a", 1..=50)));
    logs.append("b.log", &text(&numbered("b", 1..=50)));
    assert_eq!(logs.lines().len(), 100);
    logs.append("a.log", &text(&numbered("a", 51..=9_000)));
    for name in ["a.log", "b.log"] {
        let bytes = fs::read(logs.path(name)).unwrap();
        let file = File::create(logs.path(&format!("{name}.1.gz"))).unwrap();
        let mut encoder = flate2::write::GzEncoder::new(file, flate2::Compression::fast());
        encoder.write_all(&bytes).unwrap();
        encoder.finish().unwrap();
    }
    // Their places stay taken, so that no new file gets them.
    fs::create_dir(logs.path("old")).unwrap();
    logs.rename("a.log", "old/a");
    logs.rename("b.log", "old/b");
    logs.append("a.log", "c1\n");
    logs.restart();
    let mut expected = numbered("a", 51..=9_000);
    expected.push("c1".to_owned());
    assert_eq!(logs.lines(), expected);
    logs.restart();
    assert!(logs.lines().is_empty());
}

#[test]
fn a_compressed_file_of_one_endless_line_is_a_dead_letter() {
    let mut logs = Logs::new("");
    logs.append("a.log", "a1\n");
    assert_eq!(logs.lines(), ["a1"]);
    let file = File::create(logs.path("a.log.1.gz")).unwrap();
    let mut encoder = flate2::write::GzEncoder::new(file, flate2::Compression::fast());
    encoder.write_all(b"a1\n").unwrap();
    for _ in 0..64 {
        encoder.write_all(&[0; 1 << 20]).unwrap();
    }
    encoder.write_all(b"\na3\n").unwrap();
    encoder.finish().unwrap();
    assert!(fs::metadata(logs.path("a.log.1.gz")).unwrap().len() < 1 << 20);
    fs::create_dir(logs.path("old")).unwrap();
    logs.rename("a.log", "old/a");
    logs.restart();
    let (mut lines, mut dead) = (0, 0);
    for _ in 0..3 {
        while let Some(read) = logs.files.next(&logs.told) {
            let count = read.lines.iter().map(|lines| lines.bytes.len()).sum::<usize>();
            assert!(count < 1 << 10, "the endless line is in memory");
            lines += read.lines.iter().map(|lines| lines.spans.len()).sum::<usize>();
            dead += read.dead.len();
        }
    }
    assert_eq!((lines, dead), (1, 1));
}

#[test]
fn lines_that_are_too_long_are_dead_letters() {
    let mut logs = Logs::new("");
    logs.append("a.log", &format!("a1\n{}\na3\n", "x".repeat(101)));
    logs.append("b.log", &"y".repeat(300_000));
    let (mut lines, mut dead) = (Vec::new(), Vec::new());
    for _ in 0..3 {
        while let Some(read) = logs.files.next(&logs.told) {
            lines.extend(read.lines.into_iter().map(|lines| (lines.first_line, lines.len())));
            dead.extend(read.dead);
        }
    }
    dead.sort_by_key(|dead| std::cmp::Reverse(dead.origin.line));
    assert_eq!(lines, [(Some(1), 1), (Some(3), 1)]);
    let places: Vec<_> = dead.iter().map(|dead| (dead.origin.line, dead.origin.offset)).collect();
    assert_eq!(places, [(Some(2), 3), (Some(1), 0)]);
    assert_eq!(dead[0].reason, "is longer than 100 bytes (max_line_bytes)");
    // The rest of the line, after a restart in the middle of it.
    logs.restart();
    logs.append("b.log", "yyy\nb2\n");
    assert_eq!(logs.lines(), ["b2"]);
}

#[test]
fn a_backup_of_a_log_is_not_read() {
    let mut logs = Logs::new("");
    logs.append("a.log", &text(&numbered("a", 1..=50)));
    assert_eq!(logs.lines().len(), 50);
    fs::copy(logs.path("a.log"), logs.path("a.log.bak")).unwrap();
    assert!(logs.lines().is_empty());
    logs.rename("a.log", "a.log.1");
    logs.append("a.log", "b1\n");
    assert_eq!(logs.lines(), ["b1"]);
    logs.restart();
    assert!(logs.lines().is_empty());
}

#[test]
fn other_patterns_go_on_with_the_files_that_both_name() {
    let mut logs = Logs::new("");
    logs.append("a.log", "a1\n");
    logs.append("b.txt", "b1\n");
    assert_eq!(logs.lines(), ["a1"]);
    logs.append("a.log", "a2\n");
    let config = format!(
        "paths = [\"{}/*.*\"]\nscan_milliseconds = 0\npoll_milliseconds = 0",
        logs.folder.path().display()
    );
    logs.files.reconfigure(&toml::from_str(&config).unwrap(), RULES).unwrap();
    let found = logs.sorted_lines();
    assert_eq!(found, ["a2", "b1"]);
}
