//! Logs that real servers wrote, through `delimark extract`: every column is that of the facts,
//! which other programs found.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Output;

use serde_json::Value;
use sha2::{Digest, Sha256};

use super::{extract, stderr_of, stdout_of, text};

/// Returns a path in `datasets/`.
pub(super) fn dataset(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../datasets").join(path)
}

pub(super) fn read(path: &Path) -> Vec<u8> {
    fs::read(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// Returns the line of a server's configuration with this in it, as somebody would paste it.
fn configured(path: &str, part: &str) -> String {
    let text = String::from_utf8(read(&dataset(path))).expect("configurations are UTF-8");
    let line = text.lines().find(|line| line.contains(part));
    line.unwrap_or_else(|| panic!("{path} has no line with {part}")).to_owned()
}

/// Returns the numbers of lines in a list of numbers, or of facts that have one.
fn line_numbers(list: &Value) -> Vec<u64> {
    let list = list.as_array().expect("there is a list").iter();
    list.map(|fact| fact.as_u64().or(fact["line"].as_u64()).expect("there is a line")).collect()
}

/// Returns the numbers of the lines that were left out, by the messages.
pub(super) fn left_out(output: &Output) -> Vec<u64> {
    let lines = stderr_of(output).lines().filter_map(|message| {
        let (_, rest) = message.split_once(": line ")?;
        rest.split_once(" at byte ")?.0.parse().ok()
    });
    lines.collect()
}

/// A recorded log with the format to read it by.
struct Recorded<'a> {
    folder: &'a str,
    log: &'a str,
    /// The option and its value.
    format: [&'a str; 2],
    /// Names of columns with those in the facts, where they differ; without one there is no fact.
    columns: &'a [(&'a str, &'a str)],
}

impl Recorded<'_> {
    fn path(&self) -> PathBuf {
        dataset(&format!("logs/{}/{}", self.folder, self.log))
    }

    fn facts(&self) -> Value {
        let path = dataset(&format!("logs/{}/facts.json", self.folder));
        let facts: Value = serde_json::from_slice(&read(&path)).expect("facts are JSON");
        facts[self.log].clone()
    }

    /// Returns the name that the facts have for a column.
    fn name_of<'n>(&'n self, ours: &'n str) -> &'n str {
        self.columns.iter().find(|(name, _)| *name == ours).map_or(ours, |(_, theirs)| theirs)
    }

    /// Returns the names of the columns, as the keys of JSON Lines have them.
    fn names(&self) -> Vec<String> {
        let [option, format] = self.format;
        let arguments = ["--format", "jsonl", "--invalid-utf8", "replace"];
        let output = extract(&[&[option, format], &arguments[..]].concat(), &read(&self.path()));
        let first = output.stdout.split(|&byte| byte == b'\n').next().unwrap();
        let object: Value = serde_json::from_slice(first).expect("it is JSON");
        object.as_object().expect("it is an object").keys().cloned().collect()
    }

    /// Compares every column with the facts, and what was left out.
    #[track_caller]
    fn check(&self) {
        let (facts, path, [option, format]) = (self.facts(), self.path(), self.format);
        let ragged = line_numbers(&facts["ragged"]);
        let unreadable = line_numbers(&facts["unreadable"]);
        let lines = facts["lines"].as_u64().unwrap();
        let mut compared = 0;
        for name in self.names() {
            let output = extract(&[option, format, "--fields", &name, text(&path)], b"");
            assert_eq!(output.status.code(), Some(0), "{}", stderr_of(&output));
            let left_out = left_out(&output);
            assert!(unreadable.iter().all(|line| left_out.contains(line)));
            assert!(left_out.iter().all(|line| ragged.contains(line) || unreadable.contains(line)));

            let kept: Vec<u64> = (1..=lines).filter(|line| !left_out.contains(line)).collect();
            let values: Vec<&[u8]> = output.stdout.split(|&byte| byte == b'\n').collect();
            // After the last newline there is nothing.
            assert_eq!(values.len(), kept.len() + 1, "{}: {name}", self.log);
            let has_all = kept.len() as u64 == facts["records"].as_u64().unwrap();
            let key = if has_all { "sha256" } else { "sha256_of_regular" };
            let Some(expected) = facts["columns"][self.name_of(&name)][key].as_str() else {
                assert!(self.name_of(&name).is_empty(), "the facts have no column {name}");
                continue;
            };
            let values = kept.iter().zip(&values);
            let values = values.filter(|(line, _)| has_all || !ragged.contains(line));
            let values: Vec<&[u8]> = values.map(|(_, value)| *value).collect();
            let hash = Sha256::digest(values.join(&b'\n'));
            let hash: String = hash.iter().map(|byte| format!("{byte:02x}")).collect();
            assert_eq!(hash, expected, "{name} of {}", self.log);
            compared += 1;
        }
        assert!(compared > 3, "{}: {compared} columns were compared", self.log);
        self.check_decoded(&facts);
    }

    /// Compares what `--decode` gives with what the client sent.
    #[track_caller]
    fn check_decoded(&self, facts: &Value) {
        let log = read(&self.path());
        let lines: Vec<&[u8]> = log.split_inclusive(|&byte| byte == b'\n').collect();
        let ([option, format], names) = (self.format, self.names());
        let escaped = facts["escaped"].as_array().expect("there is a list");
        let mut compared = 0;
        for fact in escaped {
            let number = fact["line"].as_u64().expect("there is a line") as usize;
            for (theirs, sent) in fact["values"].as_object().expect("there are values") {
                let Some(name) = names.iter().find(|name| self.name_of(name) == theirs) else {
                    continue;
                };
                let arguments = [option, format, "--decode", "--fields", name];
                let output = extract(&arguments, lines[number - 1]);
                let decoded = stdout_of(&output).strip_suffix(b"\n").expect("it is a line");
                // There, each character stands for one byte.
                let decoded: String = decoded.iter().copied().map(char::from).collect();
                assert_eq!(Some(&*decoded), sent.as_str(), "line {number}: {name}");
                compared += 1;
            }
        }
        assert!(compared > 0 || escaped.is_empty());
    }
}

#[test]
fn nginx_and_apache_are_read_as_their_facts_say() {
    let identity = &[("remote_logname", "identity")][..];
    Recorded {
        folder: "nginx",
        log: "combined.log",
        format: ["--preset", "nginx-combined"],
        columns: &[],
    }
    .check();
    let columns = &[("remote_logname", "identity"), ("body_bytes_sent", "bytes_sent")][..];
    for (log, preset) in [
        ("combined.log", "combined"),
        ("common.log", "common"),
        ("vhost_combined.log", "vhost-combined"),
    ] {
        Recorded { folder: "apache", log, format: ["--preset", preset], columns }.check();
    }
    for (log, name) in [
        ("combined.log", "\" combined"),
        ("vhost_combined.log", "\" vhost_combined"),
        ("common.log", "\" common"),
    ] {
        let line = configured("logs/apache/apache.conf", name);
        let format = ["--log-format", &*line];
        Recorded { folder: "apache", log, format, columns: identity }.check();
    }
}

#[test]
fn a_guessed_format_gives_what_a_given_one_does() {
    for (log, preset) in [
        ("apache/combined.log", "combined"),
        ("apache/vhost_combined.log", "vhost-combined"),
        ("haproxy/captures.log", "haproxy-http"),
        ("lighttpd/access.log", "lighttpd"),
        ("squid/access.log", "squid"),
    ] {
        let path = dataset("logs").join(log);
        let guessed = extract(&["--preset", "auto", text(&path)], b"");
        let given = extract(&["--preset", preset, text(&path)], b"");
        assert!(guessed.stdout == given.stdout && !given.stdout.is_empty(), "{log}");
        let told = stderr_of(&guessed).strip_suffix(stderr_of(&given));
        let told = told.unwrap_or_else(|| panic!("{}", stderr_of(&guessed)));
        assert!(told.contains(&format!("{log}: {preset}: ")), "{told}");
        assert!(told.ends_with(" of 200 lines are in this format\n"), "{told}");
    }
}

#[test]
fn lighttpd_squid_and_varnish_are_read_as_their_facts_say() {
    let (folder, log) = ("lighttpd", "access.log");
    let columns = &[("host", "server_name")][..];
    Recorded { folder, log, format: ["--preset", "lighttpd"], columns }.check();
    let line = configured("logs/lighttpd/lighttpd.conf", "accesslog.format");
    let columns = &[
        ("host", "server_name"),
        ("request_time", "seconds"),
        ("request_time_us", "microseconds"),
    ][..];
    let format = ["--log-format", line.trim()];
    Recorded { folder, log: "timed.log", format, columns }.check();

    let columns = &[
        ("time_sec", "time"),
        ("request_time_ms", "elapsed"),
        ("cache_result", "result_code"),
        ("request_method", "method"),
        ("hierarchy", "hierarchy_code"),
        ("server_addr", "peer"),
        ("remote_logname", "identity"),
    ][..];
    for (log, preset) in [("access.log", "squid"), ("combined.log", "squid-combined")] {
        Recorded { folder: "squid", log, format: ["--preset", preset], columns }.check();
    }
    let columns = &[("remote_logname", "identity")][..];
    Recorded { folder: "varnish", log: "access.log", format: ["--preset", "varnish"], columns }
        .check();
}

/// Returns the columns of HAProxy, and their names in its documentation.
fn haproxy_columns() -> Vec<(String, String)> {
    let names = read(&dataset("logs/haproxy/columns.json"));
    let names: BTreeMap<String, String> = serde_json::from_slice(&names).expect("it is JSON");
    names.into_iter().collect()
}

#[test]
fn haproxy_is_read_as_its_facts_say() {
    let columns = haproxy_columns();
    let columns: Vec<_> = columns.iter().map(|(ours, theirs)| (&**ours, &**theirs)).collect();
    let (folder, columns) = ("haproxy", &columns[..]);
    for log in ["httplog.log", "captures.log"] {
        Recorded { folder, log, format: ["--preset", "haproxy-http"], columns }.check();
    }
    for (log, part) in [("custom.log", "%ci|%cp"), ("pairs.log", "%t|%HM")] {
        let line = configured("logs/haproxy/haproxy.cfg", part);
        Recorded { folder, log, format: ["--log-format", line.trim()], columns }.check();
    }
}
