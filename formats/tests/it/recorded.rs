//! Logs that real servers wrote, in `datasets/`: every column is that of the facts, which other
//! programs found.

use std::fs;
use std::path::Path;

use delimark_formats::{Candidate, LogFormat, decode, guess};
use serde_json::Value;
use sha2::{Digest, Sha256};

use crate::check::{Values, names, read};

/// Returns the text of a file in `datasets/`.
fn text(path: &str) -> String {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../datasets");
    let bytes = fs::read(folder.join(path)).unwrap_or_else(|error| panic!("{path}: {error}"));
    String::from_utf8(bytes).unwrap_or_else(|error| panic!("{path}: {error}"))
}

/// Returns the first line of a server's configuration with this in it.
fn configured(path: &str, part: &str) -> String {
    let text = text(path);
    let line = text.lines().find(|line| line.contains(part));
    line.unwrap_or_else(|| panic!("{path} has no line with {part}")).to_owned()
}

fn facts(folder: &str) -> Value {
    serde_json::from_str(&text(&format!("{folder}/facts.json"))).expect("facts are JSON")
}

/// Returns the numbers of lines in a list of numbers, or of facts that have one.
fn line_numbers(list: &Value) -> Vec<usize> {
    let list = list.as_array().expect("there is a list").iter();
    let number = |fact: &Value| fact.as_u64().or(fact["line"].as_u64()).expect("there is a line");
    list.map(|fact| number(fact) as usize).collect()
}

/// Reads a log, and compares it with the facts: all lines that can be read are, and those that are
/// not are ragged or unreadable there, too. Returns the values of the lines that are.
#[track_caller]
fn check(format: &LogFormat, folder: &str, log: &str, columns: &[(&str, &str)]) {
    let all = facts(&format!("logs/{folder}"));
    let facts = &all[log];
    let content = fs::read(
        Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("../datasets/logs/{folder}/{log}")),
    );
    let lines = read(format, &content.expect("the log is there"));
    assert_eq!(lines.len() as u64, facts["lines"].as_u64().unwrap());
    let ragged = line_numbers(&facts["ragged"]);
    let unreadable = line_numbers(&facts["unreadable"]);
    for (number, values) in (1..).zip(&lines) {
        let is_strange = ragged.contains(&number) || unreadable.contains(&number);
        assert!(values.is_ok() || is_strange, "line {number}: {values:?}");
        assert!(values.is_err() || !unreadable.contains(&number), "line {number}: {values:?}");
    }

    // Either as many as can be read at all, or those of the usual number of fields.
    let read_count = lines.iter().filter(|values| values.is_ok()).count() as u64;
    let has_all = read_count == facts["records"].as_u64().unwrap();
    let key = if has_all { "sha256" } else { "sha256_of_regular" };
    let kept: Vec<&Values> = (1..)
        .zip(&lines)
        .filter(|(number, _)| has_all || !ragged.contains(number))
        .filter_map(|(_, values)| values.as_ref().ok())
        .collect();
    let mut compared = 0;
    let own = names(format);
    for (index, name) in own.split(' ').enumerate() {
        let theirs = columns.iter().find(|(ours, _)| *ours == name).map_or(name, |(_, name)| name);
        let Some(expected) = facts["columns"][theirs][key].as_str() else {
            assert!(theirs.is_empty(), "the facts of {log} have no column {theirs}");
            continue;
        };
        let values = kept.iter().map(|values| values[index].as_deref().unwrap_or_default());
        let joined = values.collect::<Vec<_>>().join(&b"\n"[..]);
        let hash: String =
            Sha256::digest(&joined).iter().map(|byte| format!("{byte:02x}")).collect();
        assert_eq!(hash, expected, "{name} of {log}");
        compared += 1;
    }
    assert!(compared > 3, "{log}: {compared} columns were compared");
    check_decoded(format, &lines, &facts["escaped"], columns);
}

/// Compares what is decoded with what the client sent.
#[track_caller]
fn check_decoded(
    format: &LogFormat,
    lines: &[Result<Values, String>],
    escaped: &Value,
    columns: &[(&str, &str)],
) {
    let escaped = escaped.as_array().expect("there is a list");
    let mut compared = 0;
    for fact in escaped {
        let number = fact["line"].as_u64().expect("there is a line") as usize;
        let values = lines[number - 1].as_ref().unwrap_or_else(|error| panic!("{number}: {error}"));
        for (theirs, sent) in fact["values"].as_object().expect("there are values") {
            let ours = columns.iter().find(|(_, name)| name == theirs).map_or(&**theirs, |c| c.0);
            let Some(index) = format.find(ours) else { continue };
            let mut decoded = Vec::new();
            let encoding = format.columns()[index].encoding();
            decode(encoding, values[index].as_deref().unwrap_or_default(), &mut decoded);
            // There, each character stands for one byte.
            let decoded: String = decoded.into_iter().map(char::from).collect();
            assert_eq!(Some(&*decoded), sent.as_str(), "line {number}: {ours}");
            compared += 1;
        }
    }
    assert!(compared > 0 || escaped.is_empty());
}

#[track_caller]
fn preset(name: &str) -> LogFormat {
    LogFormat::preset(name).unwrap_or_else(|error| panic!("{error}"))
}

#[test]
fn nginx_is_read_as_its_facts_say() {
    check(&preset("nginx-combined"), "nginx", "combined.log", &[]);
    check(&preset("combined"), "nginx", "combined.log", &[("remote_logname", "")]);
}

#[test]
fn nginx_with_pipes_is_read_by_its_whole_configuration() {
    let format = LogFormat::nginx(&text("nginx/nginx.conf")).unwrap();
    assert_eq!(format.dialect().delimiter(), b'|');
    let lines = read(&format, text("nginx/access.log").as_bytes());
    let facts = facts("nginx");
    assert_eq!(lines.len() as u64, facts["lines"].as_u64().unwrap());
    let strange: Vec<usize> =
        (1..).zip(&lines).filter(|(_, values)| values.is_err()).map(|(number, _)| number).collect();
    assert_eq!(strange, line_numbers(&facts["ragged"]));
}

#[test]
fn apache_is_read_as_its_facts_say() {
    for (log, name) in [
        ("combined.log", "\" combined"),
        ("vhost_combined.log", "\" vhost_combined"),
        ("common.log", "\" common"),
    ] {
        let format = LogFormat::apache(&configured("logs/apache/apache.conf", name)).unwrap();
        check(&format, "apache", log, &[("remote_logname", "identity")]);
    }
    let columns = [("remote_logname", "identity"), ("body_bytes_sent", "bytes_sent")];
    check(&preset("combined"), "apache", "combined.log", &columns);
    check(&preset("common"), "apache", "common.log", &columns);
    check(&preset("vhost-combined"), "apache", "vhost_combined.log", &columns);
}

#[test]
fn lighttpd_is_read_as_its_facts_say() {
    check(&preset("lighttpd"), "lighttpd", "access.log", &[("host", "server_name")]);
    let line = configured("logs/lighttpd/lighttpd.conf", "accesslog.format");
    check(
        &LogFormat::apache(&line).unwrap(),
        "lighttpd",
        "timed.log",
        &[
            ("host", "server_name"),
            ("request_time", "seconds"),
            ("request_time_us", "microseconds"),
        ],
    );
}

#[test]
fn haproxy_is_read_as_its_facts_say() {
    // Its columns, and their names in its documentation.
    let names: Value = serde_json::from_str(&text("logs/haproxy/columns.json")).unwrap();
    let names = names.as_object().expect("it is an object").iter();
    let columns: Vec<(&str, &str)> =
        names.map(|(ours, theirs)| (&**ours, theirs.as_str().expect("it is a name"))).collect();
    check(&preset("haproxy-http"), "haproxy", "httplog.log", &columns);
    check(&preset("haproxy-http"), "haproxy", "captures.log", &columns);
    for (log, part) in [("custom.log", "%ci|%cp"), ("pairs.log", "%t|%HM")] {
        let line = configured("logs/haproxy/haproxy.cfg", part);
        check(&LogFormat::haproxy(&line).unwrap(), "haproxy", log, &columns);
    }
}

#[test]
fn squid_is_read_as_its_facts_say() {
    let columns = [
        ("time_sec", "time"),
        ("request_time_ms", "elapsed"),
        ("cache_result", "result_code"),
        ("request_method", "method"),
        ("hierarchy", "hierarchy_code"),
        ("server_addr", "peer"),
        ("remote_logname", "identity"),
    ];
    check(&preset("squid"), "squid", "access.log", &columns);
    check(&preset("squid-combined"), "squid", "combined.log", &columns);
}

#[test]
fn varnish_is_read_as_its_facts_say() {
    check(&preset("varnish"), "varnish", "access.log", &[("remote_logname", "identity")]);
}

#[test]
fn each_is_guessed() {
    for (log, expected) in [
        ("nginx/combined.log", "combined"),
        ("apache/combined.log", "combined"),
        ("apache/common.log", "common"),
        ("apache/vhost_combined.log", "vhost-combined"),
        ("lighttpd/access.log", "lighttpd"),
        ("haproxy/httplog.log", "haproxy-http"),
        ("haproxy/captures.log", "haproxy-http"),
        ("squid/access.log", "squid"),
        ("squid/combined.log", "squid-combined"),
        ("varnish/access.log", "combined"),
    ] {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../datasets/logs");
        let content = fs::read(folder.join(log)).expect("the log is there");
        let guess = guess(&content);
        let best = guess.best().map(|best| best.preset().name());
        assert_eq!(best, Some(expected), "{log}: {guess}");
        let runner_up = guess.candidates().get(1).map_or(0, Candidate::lines);
        let lines = guess.best().map_or(0, Candidate::lines);
        assert!(runner_up < lines, "{log}: {runner_up} lines are in another");
    }
}
