//! Log formats through `delimark extract`: columns by name, other lines, other names on the way.

use std::fs;
use std::path::Path;

use super::recorded::{dataset, left_out, read};
use super::{assert_fails, extract, stderr_of, stdout_of, text};

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
                "10.0.{}.{} - - [01/Mar/2026:10:00:00 +0000] \"GET /{number}?a=\\\"b\\\" \
                 HTTP/1.1\" {status} {number} \"-\" \"{agent} y\"\n",
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
    let message = "invalid value 'log_format a '$remote_addr';...' for '--log-format <STRING>': \
                   log format at byte 40: another log_format begins here; give one of them\n  \
                   log_format b '$status';\n             ^\n";
    assert_fails(&output, 2, message);
}
