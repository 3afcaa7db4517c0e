//! `delimark check`: each finding with lines as servers write them, and none where there is none.

use std::fs;
use std::io::Write;
use std::path::Path;
use std::process::Output;

use serde_json::{Value, json};

use super::{assert_fails, delimark, run, stderr_of, stdout_of, text};

fn check_input(arguments: &[&str], input: &[u8]) -> Output {
    let mut command = delimark(&["check"]);
    command.args(arguments);
    run(&mut command, input)
}

/// Makes sure of the findings in a log, each a line of the report without its advice, and of the
/// exit code that comes with them.
#[track_caller]
fn check(arguments: &[&str], log: &[u8], expected: &[&str]) {
    let output = check_input(arguments, log);
    assert_eq!(stderr_of(&output), "");
    let report = String::from_utf8(output.stdout).expect("reports are UTF-8");
    assert_eq!(findings(&report), expected, "{report}");
    assert_eq!(output.status.code(), Some(i32::from(!expected.is_empty())));
}

/// Returns the findings in a report of one input.
fn findings(report: &str) -> Vec<&str> {
    let lines = report.lines().skip(1).filter(|line| !line.starts_with("    "));
    let lines = lines.map(str::trim_start);
    let is_finding = |line: &&str| !line.starts_with("format: ") && !line.starts_with("nothing ");
    lines.filter(is_finding).collect()
}

/// Returns a file in `datasets/logs/`.
fn recorded(path: &str) -> Vec<u8> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../datasets/logs");
    fs::read(folder.join(path)).unwrap_or_else(|error| panic!("{path}: {error}"))
}

/// Returns a line of the combined format, of a second within a minute.
fn combined(second: usize, request: &str, status: &str) -> String {
    format!(
        "10.0.0.1 - - [01/Mar/2026:10:00:{second:02} +0000] \"{request}\" {status} 5 \"-\" \
         \"x y\"\n"
    )
}

fn good_log() -> String {
    (0..60).map(|second| combined(second, "GET / HTTP/1.1", "200")).collect()
}

#[test]
fn a_log_with_nothing_strange_has_no_findings() {
    let log = good_log();
    let output = check_input(&[], log.as_bytes());
    let expected = format!(
        "standard input: 60 lines, {} bytes\n  format: combined, as all of the first 60 lines; \
         60 of 60 lines are in it\n  nothing strange was found\n",
        log.len()
    );
    assert_eq!(str::from_utf8(stdout_of(&output)).unwrap(), expected);
    check(&["--preset", "nginx-combined"], log.as_bytes(), &[]);
    check(&[], log.replace('\n', "\r\n").as_bytes(), &[]);
    check(&["--log-format", "$a|$b"], b"1|2\n3|4\n", &[]);
}

#[test]
fn programs_read_a_finding_a_line() {
    let log = good_log() + &combined(59, "GET / HTTP/1.1", "000").repeat(2) + "torn";
    let folder = tempfile::tempdir().unwrap();
    let [strange, good] = ["strange\n.log", "good.log"].map(|name| folder.path().join(name));
    fs::write(&strange, &log).unwrap();
    fs::write(&good, good_log()).unwrap();
    let files = [text(&strange), text(&good)];
    let arguments = [&["--format", "jsonl", "--limit", "1"][..], &files].concat();
    let output = check_input(&arguments, b"");
    assert_eq!((stderr_of(&output), output.status.code()), ("", Some(1)));
    let stdout = String::from_utf8(output.stdout).unwrap();
    let findings: Vec<Value> =
        stdout.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let kinds: Vec<&str> =
        findings.iter().map(|finding| finding["kind"].as_str().unwrap()).collect();
    assert_eq!(kinds, ["no-final-newline", "unknown-format", "equal-pair", "odd-status"]);
    assert!(findings.iter().all(|finding| finding["file"] == files[0]));
    let status = &findings[3];
    assert_eq!((&status["subject"], &status["count"]), (&json!("000"), &json!(2)));
    assert_eq!((&status["first_lines"], &status["lines"]), (&json!([61]), &json!(63)));
    assert_eq!(status["message"], "2 records with status 000");
    assert_eq!(findings[2]["subject"], Value::Null);

    let output = check_input(&["--format", "jsonl"], good_log().as_bytes());
    assert_eq!(stdout_of(&output), b"");
    let output = check_input(&["--format", "jsonl"], b"");
    assert!(output.stdout.starts_with(b"{") && output.stdout.ends_with(b"}\n"), "{output:?}");
}

#[test]
fn pairs_of_haproxy_need_not_be_adjacent() {
    let format = "log-format \"%t|%HM|%HV|%r\"";
    let log = "30/Nov/2026:13:25:54.511|GET|HTTP/1.1|GET /1 HTTP/1.1\n\
               30/Nov/2026:13:25:54.612|GET|HTTP/1.1|GET /2 HTTP/1.1\n\
               30/Nov/2026:13:25:54.511|GET|HTTP/1.1|GET /1 HTTP/1.1\n\
               30/Nov/2026:13:25:54.612|GET|HTTP/1.1|GET /2 HTTP/1.1\n\
               30/Nov/2026:13:25:54.713|<BADREQ>|<BADREQ>|<BADREQ>\n";
    let output = check_input(&["--log-format", format], log.as_bytes());
    let report = str::from_utf8(&output.stdout).unwrap();
    assert_eq!(findings(report), ["2 pairs of equal lines: lines 3, 4"]);
    assert!(report.contains("HAProxy writes a log-format twice"), "{report}");
    // Where they are few, they are something else.
    let log = good_log() + &combined(59, "GET / HTTP/1.1", "200");
    let output = check_input(&[], log.as_bytes());
    let report = str::from_utf8(&output.stdout).unwrap();
    assert_eq!(findings(report), ["1 pair of equal lines: line 61"]);
    assert!(report.contains("a log that was shipped twice"), "{report}");
}

#[test]
fn cut_requests_are_told_from_short_ones_of_http_0_9() {
    let long = "a".repeat(1018);
    let format = "%ci|%HV|%r";
    let log = format!("1.2.3.4|HTTP/0.9|GET /{long}\n1.2.3.4|HTT|GET /{long}\n");
    let expected = ["2 request lines cut short: lines 1, 2"];
    check(&["--log-format", format], log.as_bytes(), &expected);
    let log = format!("1.2.3.4|HTTP/0.9|GET /\n1.2.3.4|HTTP/1.1|GET /{long} HTTP/1.1\n");
    check(&["--log-format", format], log.as_bytes(), &[]);
    // The last quote is lost with the end of the line.
    let start = combined(0, "", "").split_once('"').unwrap().0.to_owned();
    let log = good_log() + &format!("{start}\"GET /{}\n", "a".repeat(960));
    check(&[], log.as_bytes(), &["1 request line cut short: line 61"]);
    let log = good_log() + &combined(59, &format!("GET /{long}"), "414");
    check(&[], log.as_bytes(), &["1 request line cut short: line 61"]);
}

#[test]
fn quotes_that_do_not_pair_are_told() {
    let log = good_log() + &combined(59, "GET /\" HTTP/1.1", "200");
    check(&[], log.as_bytes(), &["1 line with a quote that has no second one: line 61"]);
}

#[test]
fn prefaces_and_odd_statuses_are_told() {
    let log = combined(1, "PRI * HTTP/2.0", "100") + &combined(2, "GET / HTTP/2.0", "200");
    let expected = ["1 record of an HTTP/2 preface: line 1", "1 record with status 100: line 1"];
    check(&[], log.as_bytes(), &expected);
    let squid = "1796045315.608      0 127.0.0.1 NONE_NONE/400 3616 PRI * - HIER_NONE/- text/html\n\
                 1796045316.608      0 127.0.0.1 NONE_NONE/000 0 - error:invalid-request - \
                 HIER_NONE/- -\n";
    let expected = ["1 record of an HTTP/2 preface: line 1", "1 record with status 000: line 2"];
    check(&["--preset", "squid"], squid.as_bytes(), &expected);
    let statuses = ["0", "-", "-1", "009", "101", "200", "599", "-"];
    let log: String = statuses.iter().map(|status| format!("{status}|x\n")).collect();
    let expected = [
        "1 pair of equal lines: line 8",
        "2 records with status -: lines 2, 8",
        "1 record with status -1: line 3",
        "1 record with status 0: line 1",
        "1 record with status 009: line 4",
    ];
    check(&["--log-format", "$status|$x"], log.as_bytes(), &expected);
}

#[test]
fn other_statuses_are_counted_together_after_sixteen() {
    let log: String = (0..40).map(|number| format!("{number}|x\n")).collect();
    let output = check_input(&["--log-format", "$status|$x", "--limit", "2"], log.as_bytes());
    let report = String::from_utf8(output.stdout).unwrap();
    let findings = findings(&report);
    assert_eq!(findings.len(), 17, "{report}");
    assert!(findings.contains(&"24 records with still other statuses: lines 17, 18, ..."));
}

#[test]
fn negative_durations_are_told_by_column() {
    let format = "accesslog.format = \"%h %t %T %D\"";
    let log = "::1 [01/Mar/2026:10:00:00 +0000] -1 147\n::1 [01/Mar/2026:10:00:00 +0000] 0 99\n";
    let expected = ["1 negative duration in request_time: line 1"];
    check(&["--log-format", format], log.as_bytes(), &expected);
    let log = "0.1, -0.5|1\n-|1\n+114|1\n";
    let format = "$upstream_response_time|$status";
    let output = check_input(&["--log-format", format], log.as_bytes());
    let report = String::from_utf8(output.stdout).unwrap();
    assert!(report.contains("1 negative duration in upstream_response_time: line 1"), "{report}");
}

#[test]
fn lines_of_another_format_are_told_with_its_name() {
    let common = "10.0.0.1 - - [01/Mar/2026:10:00:59 +0000] \"GET /a HTTP/1.1\" 200 512\n";
    let log = good_log() + common + "nginx: [alert] something\n" + &common.replace("/a", "/b");
    let output = check_input(&[], log.as_bytes());
    let report = str::from_utf8(&output.stdout).unwrap();
    let expected = [
        "2 lines in another format, common: lines 61, 63",
        "1 line in another format, none that is known: line 62",
    ];
    assert_eq!(findings(report), expected);
    let note = "line 62 at byte 24: the line ends with 3 fields, at least 10 are expected";
    assert!(report.contains(note), "{report}");
    assert!(
        report
            .contains("format: combined, as 60 of the first 63 lines; 60 of 63 lines are in it\n"),
        "{report}"
    );
    // Without a format there is nothing to compare with.
    check(&[], b"a b\nc d\n", &["the lines are in no known format"]);
}

#[test]
fn directives_change_what_is_expected() {
    let log = "#Fields: date time c-ip sc-status time-taken\n\
               2026-03-01 10:00:00 ::1 200 5\n\
               #Fields: date time sc-status\n\
               2026-03-01 10:00:01 200\n\
               2026-03-01 10:00:02 ::1 200 5\n\
               2026-03-01 09:00:00 0\n";
    let expected = [
        "1 line in another format, none that is known: line 5",
        "1 record with status 0: line 6",
        "1 time more than a minute before the line before: line 6",
    ];
    check(&["--preset", "w3c"], log.as_bytes(), &expected);
    let output = check_input(&["--preset", "w3c"], log.as_bytes());
    let report = str::from_utf8(&output.stdout).unwrap();
    assert!(report.contains("\n  format: as given; 3 of 4 lines are in it\n"), "{report}");
    check(
        &["--preset", "w3c"],
        b"#Fields: a\nx\n#Fields:\ny\n",
        &["1 line in another format, none that is known: line 3"],
    );
}

#[test]
fn encodings_and_endings_are_told() {
    let good = good_log();
    let mixed = good.replacen('\n', "\r\n", 2);
    check(&[], mixed.as_bytes(), &["2 lines with CRLF among those with LF: lines 1, 2"]);
    let mixed = good.replace('\n', "\r\n").replacen("\r\n", "\n", 1);
    check(&[], mixed.as_bytes(), &["1 line with LF among those with CRLF: line 1"]);
    let marked = [b"\xef\xbb\xbf", good.as_bytes()].concat();
    check(&[], &marked, &["it begins with a byte order mark"]);
    let wide: Vec<u8> = good.bytes().flat_map(|byte| [byte, 0]).collect();
    check(&[], &wide, &["it is UTF-16 or UTF-32"]);
    let marked = [b"\xff\xfe", &wide[..]].concat();
    check(&[], &marked, &["it is UTF-16 or UTF-32"]);
    check(&[], b"", &["the file is empty"]);
    check(&[], good.trim_end().as_bytes(), &["the last line has no newline"]);
    check(
        &[],
        (good.clone() + "\n\r\n").as_bytes(),
        &["1 line with CRLF among those with LF: line 62", "2 empty lines: lines 61, 62"],
    );
}

#[test]
fn nul_bytes_of_a_truncation_are_told() {
    let mut log = good_log().into_bytes();
    let line = combined(59, "GET /b HTTP/1.1", "200");
    log.extend([&[0; 5000][..], line.as_bytes()].concat());
    let output = check_input(&["--preset", "combined"], &log);
    let report = String::from_utf8(output.stdout).unwrap();
    assert!(report.contains("1 line with NUL bytes: line 61"), "{report}");
}

#[test]
fn values_that_varnish_cut_are_told_unless_there_are_longer_ones() {
    let line = |request: &str, agent: &str| combined(59, request, "200").replace("x y", agent);
    let (path, agent) = ("a".repeat(253), "b".repeat(242));
    let cut = line(&format!("GET http://example.com/{path} HTTP/1.1"), &agent);
    let log = good_log() + &cut;
    let expected = [
        "1 value of http_user_agent cut at Varnish's 255 bytes: line 61",
        "1 value of request cut at Varnish's 255 bytes: line 61",
    ];
    check(&[], log.as_bytes(), &expected);
    let longer = line(&format!("GET http://example.com/{path}a HTTP/1.1"), &format!("{agent}b"));
    check(&[], (log.clone() + &longer).as_bytes(), &[]);
    check(&[], (good_log() + &longer + &cut).as_bytes(), &[]);
    // Escapes are not what was cut.
    let escaped = line("GET / HTTP/1.1", &format!("{}\\xc3", "b".repeat(241)));
    check(&[], (good_log() + &escaped).as_bytes(), &expected[..1]);
}

#[test]
fn times_may_go_back_by_a_minute() {
    let at = |time: &str| format!("10.0.0.1|{time}\n");
    let format = "$remote_addr|$time_local";
    let log = at("01/Mar/2026:10:01:00 +0000") + &at("01/Mar/2026:10:00:00 +0000");
    check(&["--log-format", format], log.as_bytes(), &[]);
    let log = at("01/Mar/2026:10:01:01 +0000") + &at("01/Mar/2026:10:00:00 +0000");
    let expected = ["1 time more than a minute before the line before: line 2"];
    check(&["--log-format", format], log.as_bytes(), &expected);
    // Another zone is the same time.
    let log = at("01/Mar/2026:10:00:00 +0000") + &at("01/Mar/2026:05:00:00 -0500");
    check(&["--log-format", format], log.as_bytes(), &[]);
}

#[test]
fn recorded_logs_have_what_their_readmes_say() {
    for (log, format, expected) in [
        (
            "nginx/combined.log",
            "auto",
            &[
                "1 request line cut short: line 254",
                "2 records of an HTTP/2 preface: lines 11, 332",
            ][..],
        ),
        (
            "lighttpd/access.log",
            "auto",
            &[
                "1 pair of equal lines: line 42",
                "2 records of an HTTP/2 preface: lines 11, 327",
                "2 records with status 100: lines 11, 327",
            ],
        ),
        (
            "haproxy/httplog.log",
            "haproxy-http",
            &[
                "4 request lines cut short: lines 105, 191, 251, 255",
                "60 negative durations in connect_time_ms: lines 1, 7, 14, 21, 33, ...",
                "49 negative durations in header_time_ms: lines 1, 7, 14, 21, 33, ...",
                "60 negative durations in queue_time_ms: lines 1, 7, 14, 21, 33, ...",
                "60 negative durations in response_time_ms: lines 1, 7, 14, 21, 33, ...",
            ],
        ),
        (
            "varnish/access.log",
            "varnish",
            &[
                "11 pairs of equal lines: lines 32, 48, 56, 66, 92, ...",
                "5 records with status -: lines 46, 149, 259, 283, 303",
                "1 value of http_user_agent cut at Varnish's 255 bytes: line 208",
                "4 values of request cut at Varnish's 255 bytes: lines 102, 184, 242, 246",
            ],
        ),
    ] {
        check(&["--preset", format], &recorded(log), expected);
    }
    let format = ["--log-format", "log-format \"%t|%HM|%HV|%r\"", "--limit", "2"];
    let expected = [
        "8 lines in another format, none that is known: lines 126, 127, ...",
        "8 request lines cut short: lines 190, 191, ...",
        "318 pairs of equal lines: lines 3, 5, ...",
    ];
    check(&format, &recorded("haproxy/pairs.log"), &expected);
}

#[test]
fn compressed_files_and_several_are_checked() {
    let folder = tempfile::tempdir().unwrap();
    let good = folder.path().join("good.zst");
    fs::write(&good, zstd::encode_all(good_log().as_bytes(), 1).unwrap()).unwrap();
    let empty = folder.path().join("empty");
    fs::File::create(&empty).unwrap().flush().unwrap();
    let output = check_input(&[text(&good), text(&empty), "missing"], b"");
    let report = str::from_utf8(&output.stdout).unwrap();
    assert!(report.contains("good.zst: 60 lines, "), "{report}");
    assert!(report.contains("empty: 0 lines, 0 bytes\n  the file is empty\n"), "{report}");
    assert_fails(&output, 2, "missing: ");
    // What was found before data that is broken is told.
    let broken = folder.path().join("broken.zst");
    let compressed = fs::read(&good).unwrap();
    fs::write(&broken, &compressed[..compressed.len() - 4]).unwrap();
    assert_fails(&check_input(&[text(&broken)], b""), 2, "broken.zst: ");
}

#[test]
fn options_are_refused_where_they_mean_nothing() {
    assert_fails(&check_input(&["--preset", "combind"], b""), 2, "is it combined?");
    let output = check_input(&["--preset", "common", "--log-format", "$a|$b"], b"");
    assert_fails(&output, 2, "cannot be used with");
    assert_fails(&check_input(&["--log-format", "$a$b"], b""), 2, "put a delimiter between them");
}
