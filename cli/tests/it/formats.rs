//! Logs of servers through `delimark extract`, by preset and by the server's own configuration.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Output;

use serde_json::Value;
use sha2::{Digest, Sha256};

use super::{assert_fails, extract, stderr_of, stdout_of, text};

/// Returns a path in `datasets/`.
fn dataset(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../datasets").join(path)
}

fn read(path: &Path) -> Vec<u8> {
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
fn left_out(output: &Output) -> Vec<u64> {
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

/// The columns of HAProxy, and their names in its documentation.
const HAPROXY: [(&str, &str); 23] = [
    ("active_connections", "actconn"),
    ("active_time_ms", "Ta"),
    ("backend_connections", "beconn"),
    ("bytes_sent", "bytes_read"),
    ("capture_req_hdr_0", "http_referer"),
    ("capture_req_hdr_1", "http_user_agent"),
    ("connect_time_ms", "Tc"),
    ("frontend_connections", "feconn"),
    ("header_time_ms", "TR"),
    ("queue_time_ms", "Tw"),
    ("remote_port", "client_port"),
    ("request_cookie", "captured_request_cookie"),
    // Those captured are columns of their own there.
    ("request_headers", ""),
    ("response_headers", ""),
    ("request_method", "method"),
    ("request_uri", "uri"),
    ("response_cookie", "captured_response_cookie"),
    ("response_time_ms", "Tr"),
    ("server_connections", "srv_conn"),
    ("server_protocol", "version"),
    ("server_queue", "srv_queue"),
    ("time_local", "accept_date"),
    ("total_request_time_ms", "Tq"),
];

#[test]
fn haproxy_is_read_as_its_facts_say() {
    let (folder, columns) = ("haproxy", &HAPROXY[..]);
    for log in ["httplog.log", "captures.log"] {
        Recorded { folder, log, format: ["--preset", "haproxy-http"], columns }.check();
    }
    for (log, part) in [("custom.log", "%ci|%cp"), ("pairs.log", "%t|%HM")] {
        let line = configured("logs/haproxy/haproxy.cfg", part);
        Recorded { folder, log, format: ["--log-format", line.trim()], columns }.check();
    }
}

#[test]
fn a_whole_nginx_configuration_is_a_format() {
    let configuration = String::from_utf8(read(&dataset("nginx/nginx.conf"))).unwrap();
    let path = dataset("nginx/access.log");
    let arguments = ["--log-format", &configuration, "--fields", "status,request_time,12,1"];
    let by_name = extract(&[&arguments[..], &[text(&path)]].concat(), b"");
    let by_number = extract(&["--fields", "6,10,12,1", "--columns", "12", text(&path)], b"");
    assert!(by_name.stdout == by_number.stdout);
    assert_eq!(left_out(&by_name), left_out(&by_number));
    assert_eq!(left_out(&by_name).len(), 154);
}

#[track_caller]
fn check(arguments: &[&str], log: &str, expected: &str) {
    let output = extract(arguments, log.as_bytes());
    assert_eq!(str::from_utf8(stdout_of(&output)).unwrap(), expected, "{arguments:?}");
}

const COMBINED: &str = "10.0.0.1 - - [01/Mar/2026:10:00:00 +0000] \"GET /a b HTTP/1.1\" 200 5 \
                        \"-\" \"x \\\"y\\\"\"\n";

#[test]
fn columns_are_chosen_by_name_number_and_range() {
    let names = "remote_addr\t-\t-\t01/Mar/2026:10:00:00 +0000\tGET /a b HTTP/1.1\t200\t5\t-\tx ";
    let all = format!("{names}\\\"y\\\"\n");
    check(&["--preset", "combined"], COMBINED, &all.replace("remote_addr", "10.0.0.1"));
    for (fields, expected) in [
        ("status,request", "200\tGET /a b HTTP/1.1\n"),
        ("last", "x \\\"y\\\"\n"),
        ("6-7,1", "200\t5\t10.0.0.1\n"),
        ("status,status,6", "200\t200\t200\n"),
        ("8-", "-\tx \\\"y\\\"\n"),
        ("8-last", "-\tx \\\"y\\\"\n"),
    ] {
        check(&["--preset", "combined", "-f", fields], COMBINED, expected);
    }
    let arguments = ["--preset", "combined", "--complement", "-f", "time_local,8-,2-3"];
    check(&arguments, COMBINED, "10.0.0.1\tGET /a b HTTP/1.1\t200\t5\n");
    let arguments = ["--preset", "combined", "-f", "status,request", "--output-delimiter", "|"];
    check(&arguments, COMBINED, "200|GET /a b HTTP/1.1\n");
    let arguments = ["--preset", "combined", "--decode", "-f", "http_user_agent"];
    check(&arguments, COMBINED, "x \"y\"\n");
    check(&["--log-format", "$remote_addr|$status", "-f", "2,1"], "::1|200\n", "200|::1\n");
}

#[test]
fn names_that_are_not_there_are_told_with_those_that_are() {
    let output = extract(&["--preset", "common", "-f", "statuss"], b"");
    assert_fails(&output, 2, "statuss");
    assert!(stderr_of(&output).contains("body_bytes_sent"), "{}", stderr_of(&output));
    let output = extract(&["--preset", "common", "-f", "8"], b"");
    assert_fails(&output, 2, "there is no column 8: the format has 7");
    assert_fails(&extract(&["--preset", "commn"], b""), 2, "is it common?");
    let place = "nothing stands between $a and $b; put a delimiter between them\n  $a$b\n    ^";
    assert_fails(&extract(&["--log-format", "$a$b"], b""), 2, place);
}

#[test]
fn options_that_say_what_a_line_is_do_not_go_with_a_format() {
    for option in [&["-d", ","][..], &["--columns", "3"], &["--header"], &["--whitespace"], &["-s"]]
    {
        let output = extract(&[&["--preset", "common"], option].concat(), b"");
        assert_fails(&output, 2, "cannot be used with");
    }
    let output = extract(&["--preset", "common", "--ragged", "rest"], b"");
    assert_fails(&output, 2, "--ragged rest has no meaning with a log format");
    assert_fails(&extract(&["--decode", "-f", "1"], b""), 2, "--decode needs --preset");
}

/// Names and problems of the cases that users told of.
#[test]
fn lines_that_users_have_are_read() {
    let start = "10.0.0.1 - - [01/Mar/2026:10:00:00 +0000]";
    let fields = ["--preset", "combined", "-f", "request,status", "--output-delimiter", "|"];
    check(&fields, &format!("{start} \"\" 400 0 \"-\" \"-\"\n"), "|400\n");
    let escaped = format!("{start} \"GET /\\\"q\\\" HTTP/1.1\" 200 5 \"-\" \"a\\\\\"\n");
    check(&fields, &escaped, "GET /\\\"q\\\" HTTP/1.1|200\n");
    // An odd quote does not swallow the next line.
    let odd =
        "1 - - [t z] \"GET / 200 5 \"-\" \"-\"\n2 - - [t z] \"GET / HTTP/1.1\" 201 5 \"-\" \"-\"\n";
    let output = extract(&["--preset", "combined", "-f", "status"], odd.as_bytes());
    assert_eq!(output.stdout, b"201\n");
    assert_fails(&output, 0, "line 1 at byte 0");
    let iis = "#Version: 1.0\n#Fields: date cs-uri-stem sc-status\n2026-01-02 /x 200\n";
    check(&["--preset", "iis", "-f", "sc-status"], iis, "200\n");
    let arguments = ["--log-format", "$remote_addr|$status|$request_time", "-f"];
    check(
        &[&arguments[..], &["status,request_time"]].concat(),
        "1.2.3.4|200|0.001\n",
        "200|0.001\n",
    );
}

#[test]
fn directives_name_columns_again_on_the_way() {
    let log = "#Software: Microsoft Internet Information Services 10.0\r\n\
               #Fields: date time cs-uri-stem sc-status\r\n\
               2026-03-01 10:00:00 /a 200\r\n\
               #Fields: sc-status date cs-uri-stem\r\n\
               404 2026-03-02 /b\r\n";
    for preset in ["iis", "w3c"] {
        let arguments = ["--preset", preset, "-f", "cs-uri-stem,sc-status"];
        check(&arguments, log, "/a 200\n/b 404\n".replace(' ', "\t").as_str());
    }
    let output = extract(&["--preset", "auto", "-f", "sc-status"], log.as_bytes());
    assert_eq!(output.stdout, b"200\n404\n");
    assert_fails(&output, 0, "iis: 2 of 2 lines are in this format");
    // A name that is not there any more.
    let output = extract(&["--preset", "iis", "-f", "time"], log.as_bytes());
    assert_eq!(output.stdout, b"10:00:00\n");
    assert_fails(&output, 2, "line 4");
    assert!(stderr_of(&output).contains("time"), "{}", stderr_of(&output));
    let output = extract(&["--preset", "w3c", "-f", "1"], b"a b\n");
    assert_fails(&output, 2, "there is no line '#Fields: ...' before the first record");
}

#[test]
fn json_lines_have_the_columns_as_keys() {
    let arguments = ["--preset", "combined", "--format", "jsonl", "-f"];
    check(
        &[&arguments[..], &["status,http_user_agent"]].concat(),
        COMBINED,
        "{\"status\":\"200\",\"http_user_agent\":\"x \\\\\\\"y\\\\\\\"\"}\n",
    );
    check(
        &[&arguments[..], &["status,http_user_agent", "--decode", "--names", "s,ua"]].concat(),
        COMBINED,
        "{\"s\":\"200\",\"ua\":\"x \\\"y\\\"\"}\n",
    );
    // A column that the line does not have.
    let log = "10.0.0.1:1 [01/Mar/2026:10:00:00.655] a b/c 0/0/0/0/0 200 5 - - ---- 1/1/1/1/0 0/0 \
               \"GET / HTTP/1.1\"\n";
    let arguments = ["--preset", "haproxy-http", "--format", "jsonl", "-f"];
    check(
        &[&arguments[..], &["request_headers,status"]].concat(),
        log,
        "{\"request_headers\":null,\"status\":\"200\"}\n",
    );
    let log = COMBINED.replace("/a b", "/\\xff");
    let arguments = ["--preset", "combined", "--format", "jsonl", "--decode", "-f", "request"];
    assert_fails(&extract(&arguments, log.as_bytes()), 2, "is not UTF-8");
}

#[test]
fn lines_in_another_format_follow_the_policies() {
    let folder = tempfile::tempdir().unwrap();
    let bad = folder.path().join("bad.log");
    let log = format!("{COMBINED}nginx: [alert] x\n{COMBINED}");
    let arguments = ["--preset", "combined", "-f", "status", "--ragged-output", text(&bad)];
    let output = extract(&arguments, log.as_bytes());
    assert_eq!(output.stdout, b"200\n200\n");
    let place =
        format!("line 2 at byte {} is in another format: the line ends with", COMBINED.len());
    assert_fails(&output, 0, &place);
    assert!(stderr_of(&output).ends_with("left out 1 ragged of 3 lines\n"));
    assert_eq!(read(&bad), b"nginx: [alert] x\n");
    let arguments = ["--preset", "combined", "-f", "status", "--ragged", "error"];
    let output = extract(&arguments, log.as_bytes());
    assert_eq!(output.stdout, b"200\n");
    assert_fails(&output, 1, &place);
    assert_eq!(stderr_of(&output).lines().count(), 1);
}

#[test]
fn each_of_several_files_is_guessed_by_itself() {
    let folder = tempfile::tempdir().unwrap();
    let paths = ["a", "b"].map(|name| folder.path().join(name));
    fs::write(&paths[0], COMBINED).unwrap();
    let common = COMBINED.split(" \"-\"").next().unwrap().to_owned() + "\n";
    fs::write(&paths[1], common.replace(" 200 ", " 404 ")).unwrap();
    let arguments = ["--preset", "auto", "-f", "status", text(&paths[0]), text(&paths[1])];
    let output = extract(&arguments, b"");
    assert_eq!(output.stdout, b"200\n404\n");
    let told: Vec<&str> = stderr_of(&output).lines().collect();
    assert!(told[0].ends_with("a: combined: 1 of 1 lines are in this format"), "{told:?}");
    assert!(told[1].ends_with("b: common: 1 of 1 lines are in this format"), "{told:?}");
    assert_eq!(told.len(), 2);
    let output = extract(&["--preset", "auto", "-f", "status"], b"a b\n");
    assert_fails(&output, 2, "the lines are in no known format; `delimark formats` lists");
}

/// Returns a log of 20 MB in the combined format, in which some lines are not.
fn large_log() -> Vec<u8> {
    let mut log = Vec::with_capacity(21 << 20);
    let mut number = 0_u64;
    while log.len() < 20 << 20 {
        number += 1;
        let (status, agent) = (200 + number % 300, "x".repeat((number % 90) as usize));
        let line = match number % 4_001 {
            7 => format!("{number} is no record\n"),
            1_900 => COMBINED.replace("HTTP/1.1\" ", "HTTP/1.1 "),
            _ => format!(
                "10.0.{}.{} - - [01/Mar/2026:10:00:00 +0000] \"GET /{number}?a=\\\"b\\\" HTTP/1.1\" \
                 {status} {number} \"-\" \"{agent} y\"\n",
                number % 256,
                number % 251
            ),
        };
        log.extend(line.as_bytes());
    }
    log
}

#[test]
fn threads_and_compression_change_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let log = large_log();
    let (plain, compressed) = (folder.path().join("log"), folder.path().join("log.zst"));
    fs::write(&plain, &log).unwrap();
    fs::write(&compressed, zstd::encode_all(&log[..], 1).unwrap()).unwrap();
    for decode in [&[][..], &["--decode"]] {
        let of = |path: &Path, threads: &str| {
            let fields = ["-f", "http_user_agent,status,request"];
            let arguments = ["--preset", "combined", "--threads", threads, text(path)];
            extract(&[&arguments[..], &fields, decode].concat(), b"")
        };
        let one = of(&plain, "1");
        assert_eq!(one.status.code(), Some(0));
        assert!(left_out(&one).len() > 50, "{}", left_out(&one).len());
        for threads in ["2", "4"] {
            let several = of(&plain, threads);
            assert!(several.stdout == one.stdout, "{threads} threads");
            assert!(several.stderr == one.stderr, "{threads} threads");
        }
        let decompressed = of(&compressed, "2");
        assert!(decompressed.stdout == one.stdout);
        assert_eq!(left_out(&decompressed), left_out(&one));
    }
}

#[test]
fn gzip_is_read_by_format() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("access.log");
    fs::write(&path, COMBINED.repeat(100)).unwrap();
    let packed = std::process::Command::new("gzip").arg(&path).status().expect("gzip is there");
    assert!(packed.success());
    let path = folder.path().join("access.log.gz");
    for preset in ["combined", "auto"] {
        let output = extract(&["--preset", preset, "-f", "status", text(&path)], b"");
        assert_eq!(output.stdout, b"200\n".repeat(100));
        assert_eq!(output.status.code(), Some(0));
    }
}

#[test]
fn a_configuration_that_is_refused_is_not_repeated_whole() {
    let second = "log_format a '$remote_addr';\nlog_format b '$status';\n";
    let output = extract(&["--log-format", second], b"");
    let message = "invalid value 'log_format a '$remote_addr';...' for '--log-format <STRING>': log \
                   format at byte 40: another log_format begins here; give one of them\n  \
                   log_format b '$status';\n             ^\n";
    assert_fails(&output, 2, message);
}
