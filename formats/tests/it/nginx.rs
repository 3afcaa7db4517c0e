//! nginx: pasted configurations, and lines as nginx 1.22 writes them.

use delimark::{Dialect, QuoteEscape};
use delimark_formats::{Column, Encoding, LogFormat, TimestampFormat, ValueType};

use crate::check::{check, check_mismatch, decoded, names, read};

const MAIN: &str = r#"
    log_format  main  '$remote_addr - $remote_user [$time_local] "$request" '
                      '$status $body_bytes_sent "$http_referer" '
                      '"$http_user_agent" "$http_x_forwarded_for"';
"#;

#[track_caller]
fn nginx(text: &str) -> LogFormat {
    LogFormat::nginx(text).unwrap_or_else(|error| panic!("{error}"))
}

#[test]
fn the_format_of_the_packaged_configuration() {
    let format = nginx(MAIN);
    let quoted = Dialect::new(b' ').and_then(|dialect| dialect.with_quote(b'"', QuoteEscape::None));
    assert_eq!(Ok(format.dialect()), quoted);
    check(
        &format,
        "10.0.0.1 - - [01/Mar/2026:10:00:00 +0000] \"GET /a b HTTP/1.1\" 200 5 \"-\" \"x y\" \
         \"1.2.3.4, 5.6.7.8\"",
        &[
            "remote_addr=10.0.0.1",
            "remote_user=-",
            "time_local=01/Mar/2026:10:00:00 +0000",
            "request=GET /a b HTTP/1.1",
            "status=200",
            "body_bytes_sent=5",
            "http_referer=-",
            "http_user_agent=x y",
            "http_x_forwarded_for=1.2.3.4, 5.6.7.8",
        ],
    );
    assert!(format.fixed_layout().is_some());
}

#[test]
fn pastes_are_alike_however_they_are_cut() {
    let expected = names(&nginx(MAIN));
    let string = "$remote_addr - $remote_user [$time_local] \"$request\" $status \
                  $body_bytes_sent \"$http_referer\" \"$http_user_agent\" \
                  \"$http_x_forwarded_for\"";
    let double = format!("log_format main \"{}\";", string.replace('"', "\\\""));
    for text in [
        string,
        &format!("  {string}\n"),
        &format!("'{string}'"),
        &format!("'{string}';"),
        &format!("log_format main escape=default '{string}';"),
        &format!("log_format main\n# a comment\n'{string}'; access_log /var/log/x main;"),
        &format!("http {{ log_format main '{string}'; }}"),
        &format!(
            "worker_processes 1;\nhttp {{\n  # log_format old '$status';\n  log_format main \
             '{string}';\n}}"
        ),
        &double,
        double.trim_start_matches("log_format main "),
        &string.replace("$request\"", "${request}\""),
        &string.replace('"', "\\\""),
    ] {
        assert_eq!(names(&nginx(text)), expected, "{text}");
    }
}

#[test]
fn delimiters_are_found() {
    for (text, delimiter) in [
        ("$remote_addr|$status|$request_time", b'|'),
        (r"$remote_addr\t$status\t$request", b'\t'),
        ("$remote_addr\t$status\t$request", b'\t'),
        ("$remote_addr;$status;$request", b';'),
        ("$remote_addr, $status, $request", b','),
        ("$remote_addr | $status | $request", b'|'),
        ("$remote_addr - $remote_user [$time_local]", b' '),
        ("a=$remote_addr b=$status", b' '),
        ("$remote_addr\u{1}$status", 1),
        ("$remote_addr^$status", b'^'),
        ("$request", b'\t'),
    ] {
        assert_eq!(nginx(text).dialect().delimiter(), delimiter, "{text}");
    }
}

#[test]
fn named_columns_between_pipes() {
    let format = nginx("$remote_addr|$status|$request_time");
    check(
        &format,
        "1.2.3.4|200|0.001",
        &["remote_addr=1.2.3.4", "status=200", "request_time=0.001"],
    );
    let types: Vec<ValueType> = format.columns().iter().map(Column::value_type).collect();
    assert_eq!(types, [ValueType::Address, ValueType::Integer, ValueType::Seconds]);
}

#[test]
fn a_user_with_blanks_takes_what_is_too_much() {
    let format = LogFormat::preset("nginx-combined").unwrap();
    let rest = r#"[01/Mar/2026:10:00:00 +0000] "GET / HTTP/1.1" 200 5 "-" "-""#;
    let user = |user: &str| {
        let line = format!("10.0.0.1 - {user} {rest}");
        let values =
            read(&format, line.as_bytes()).remove(0).unwrap_or_else(|error| panic!("{error}"));
        String::from_utf8(values[1].clone().unwrap()).unwrap()
    };
    for name in [
        "-",
        "alice",
        "john doe",
        "a [b c] d",
        " ",
        "",
        "x ",
        r"a \x22b\x22 c",
        "[01/Mar/2026:10:00:00 +0000]",
    ] {
        assert_eq!(user(name), name);
    }
}

#[test]
fn lines_that_are_not_in_the_format_say_where() {
    let format = nginx(MAIN);
    check_mismatch(
        &format,
        "x",
        "byte 1: the line ends with 1 field, at least 11 are expected; remote_user is missing",
    );
    check_mismatch(
        &format,
        r#"10.0.0.1 + - [01/Mar/2026:10:00:00 +0000] "GET /" 200 5 "-" "x y" "-""#,
        "byte 9: expected '-', found '+'",
    );
    check_mismatch(
        &format,
        r#"10.0.0.1 - - 01/Mar/2026:10:00:00 +0000 "GET /" 200 5 "-" "x y" "-""#,
        "byte 13: expected '[' before time_local, found '01/Mar/2026:10:00:00 +0000'",
    );
    check_mismatch(
        &format,
        r#"10.0.0.1 - - [01/Mar/2026:10:00:00 +0000] GET 200 5 "-" "x y" "-""#,
        r#"byte 42: expected '\"' before request, found 'GET'"#,
    );
    check_mismatch(
        &format,
        r#"10.0.0.1 - - [01/Mar/2026:10:00:00 +0000] "GET /" 200 5 "-" "x y" "-" 7"#,
        "byte 70: the line has 12 fields, 11 are expected",
    );
    check_mismatch(&format, r#"10.0.0.1 - - [t z] "GET / 200 5 "-" "-""#, "ragged");
}

#[test]
fn an_odd_quote_does_not_swallow_the_next_line() {
    let format = LogFormat::preset("nginx-combined").unwrap();
    let log = b"1 - - [t z] \"GET / 200 5 \"-\" \"-\"\n2 - - [t z] \"GET / HTTP/1.1\" 201 5 \
                \"-\" \"-\"\n";
    let lines = read(&format, log);
    assert_eq!(lines[0], Err("ragged".to_owned()));
    let status = format.find("status").unwrap();
    assert_eq!(lines[1].as_ref().unwrap()[status].as_deref(), Some(&b"201"[..]));
}

#[test]
fn requests_of_any_form_are_kept() {
    let format = LogFormat::preset("nginx-combined").unwrap();
    let request = format.find("request").unwrap();
    for text in
        ["", "PRI * HTTP/2.0", "GET / HTTP/1.1  ", r"\x16\x03\x01\x02", "a|b", "-", "]", "["]
    {
        let line = format!("::1 - - [01/Mar/2026:10:00:00 +0000] \"{text}\" 400 0 \"-\" \"-\"");
        let values = read(&format, line.as_bytes()).remove(0).unwrap();
        assert_eq!(values[request].as_deref(), Some(text.as_bytes()));
    }
    let line = r#"::1 - - [01/Mar/2026:10:00:00 +0000] "GET /\x22\xC3\xA9\x5C" 400 0 "-" "-""#;
    assert_eq!(decoded(&format, line, "request"), "GET /\"é\\".as_bytes());
}

#[test]
fn lists_of_upstreams_say_where_they_end() {
    let format =
        nginx("$remote_user - $upstream_addr $upstream_status $upstream_response_time $pipe");
    check(
        &format,
        "- - 127.0.0.1:18099, 127.0.0.1:18081 502, 200 0.001, 0.000 .",
        &[
            "remote_user=-",
            "upstream_addr=127.0.0.1:18099, 127.0.0.1:18081",
            "upstream_status=502, 200",
            "upstream_response_time=0.001, 0.000",
            "pipe=.",
        ],
    );
    check(
        &format,
        "a b - - - 0.1 : 0.2, 0.3 : - p",
        &[
            "remote_user=a b",
            "upstream_addr=-",
            "upstream_status=-",
            "upstream_response_time=0.1 : 0.2, 0.3 : -",
            "pipe=p",
        ],
    );
    let list = &format.columns()[3];
    assert!(list.is_list() && list.value_type() == ValueType::Seconds);
}

#[test]
fn a_list_beside_an_open_value_is_not_guessed() {
    // A name of a user could end in a comma, too.
    let format = nginx("$remote_user $upstream_status $scheme");
    check(&format, "a b 200 http", &["remote_user=a b", "upstream_status=200", "scheme=http"]);
    check_mismatch(
        &format,
        "a b, 200 http",
        "byte 2: the line has 4 fields, of which it is not known how many are remote_user and how \
         many upstream_status",
    );
    let format = nginx("$scheme $upstream_status $remote_user");
    check(
        &format,
        "http 502, 200 -",
        &["scheme=http", "upstream_status=502, 200", "remote_user=-"],
    );
    check_mismatch(
        &format,
        "http 200 : -",
        "byte 5: the line has 4 fields, of which it is not known how many are upstream_status and \
         how many remote_user",
    );
}

#[test]
fn ingress_has_lists_and_brackets() {
    let format = LogFormat::preset("ingress-nginx").unwrap();
    let line = "10.0.0.1 - jo doe [01/Mar/2026:10:00:00 +0000] \"GET / HTTP/1.1\" 200 512 \"-\" \
                \"curl/8.5.0\" 74 0.003 [web-80] [] a:80, b:80 : c:80 0, 1 : 512 0.1, 0.2 : 0.3 \
                502, 502 : 200 8a";
    check(
        &format,
        line,
        &[
            "remote_addr=10.0.0.1",
            "remote_user=jo doe",
            "time_local=01/Mar/2026:10:00:00 +0000",
            "request=GET / HTTP/1.1",
            "status=200",
            "body_bytes_sent=512",
            "http_referer=-",
            "http_user_agent=curl/8.5.0",
            "request_length=74",
            "request_time=0.003",
            "proxy_upstream_name=web-80",
            "proxy_alternative_upstream_name=",
            "upstream_addr=a:80, b:80 : c:80",
            "upstream_response_length=0, 1 : 512",
            "upstream_response_time=0.1, 0.2 : 0.3",
            "upstream_status=502, 502 : 200",
            "req_id=8a",
        ],
    );
}

#[test]
fn prefixes_and_quotes_within_fields() {
    let format = nginx(
        "'$remote_addr \"$request\" $status rt=$request_time uct=\"$upstream_connect_time\" \
         ua=\"$http_user_agent\"'",
    );
    check(
        &format,
        r#"::1 "GET / HTTP/1.1" 200 rt=0.004 uct="0.001, 0.002" ua="x y""#,
        &[
            "remote_addr=::1",
            "request=GET / HTTP/1.1",
            "status=200",
            "request_time=0.004",
            "upstream_connect_time=0.001, 0.002",
            "http_user_agent=x y",
        ],
    );
    check_mismatch(
        &format,
        r#"::1 "GET /" 200 0.004 uct="-" ua="-""#,
        "byte 16: expected 'rt=' before request_time, found '0.004'",
    );
}

#[test]
fn json_is_a_format_like_others() {
    let format = nginx(
        r#"log_format json escape=json '{"time":"$time_iso8601","addr":"$remote_addr",'
            '"request":"$request","status":$status, "ua":"$http_user_agent"}';"#,
    );
    let line = "{\"time\":\"2026-03-01T10:00:00+00:00\",\"addr\":\"::1\",\"request\":\"GET \
                /\\\"a\\\",\\\"b\\\" HTTP/1.1\",\"status\":200, \"ua\":\"x, y\\\\\"}";
    check(
        &format,
        line,
        &[
            "time_iso8601=2026-03-01T10:00:00+00:00",
            "remote_addr=::1",
            r#"request=GET /\"a\",\"b\" HTTP/1.1"#,
            "status=200",
            r"http_user_agent=x, y\\",
        ],
    );
    assert_eq!(decoded(&format, line, "request"), br#"GET /"a","b" HTTP/1.1"#);
    assert_eq!(decoded(&format, line, "http_user_agent"), br"x, y\");
    assert_eq!(format.columns()[2].encoding(), Encoding::JsonEscapes);
    assert_eq!(format.columns()[3].encoding(), Encoding::Verbatim);
    let time = ValueType::Timestamp(TimestampFormat::Iso8601);
    assert_eq!(format.columns()[0].value_type(), time);
}

#[test]
fn several_variables_in_one_field() {
    let format = nginx(
        r#"$remote_addr:$remote_port "$request_method $request_uri $scheme" $host:$server_port"#,
    );
    check(
        &format,
        r#"2001:db8::1:443 "GET /a b c https" [::1]:8080"#,
        &[
            "remote_addr=2001:db8::1",
            "remote_port=443",
            "request_method=GET",
            "request_uri=/a b c",
            "scheme=https",
            "host=[::1]",
            "server_port=8080",
        ],
    );
    check_mismatch(
        &format,
        r#"10.0.0.1 "GET / http" h:80"#,
        "byte 0: expected ':' before remote_port, found '10.0.0.1'",
    );
}

#[test]
fn one_open_value_between_pipes_takes_the_rest() {
    let format = nginx("$remote_addr|$request|$status");
    check(
        &format,
        "::1|GET /a|b HTTP/1.1|200",
        &["remote_addr=::1", "request=GET /a|b HTTP/1.1", "status=200"],
    );
    let format = nginx("$remote_addr|$request|$http_user_agent|$status");
    check(
        &format,
        "::1|GET /|x|200",
        &["remote_addr=::1", "request=GET /", "http_user_agent=x", "status=200"],
    );
    check_mismatch(
        &format,
        "::1|GET /a|b HTTP/1.1|x|200",
        "byte 4: the line has 5 fields, of which it is not known how many are request and how many \
         http_user_agent",
    );
}

#[test]
fn the_same_variable_twice_has_two_names() {
    let format = nginx("$status|$status|$status_2");
    assert_eq!(names(&format), "status status_2 status_2_2");
}

#[test]
fn two_open_values_are_told_apart_by_what_is_between_them() {
    let format = nginx("$http_x_forwarded_for - $remote_user [$time_local] $status");
    let time = "[01/Mar/2026:10:00:00 +0000] 200";
    let expected = |addresses: &str, user: &str| {
        let line = format!("{addresses} - {user} {time}");
        let values = [format!("http_x_forwarded_for={addresses}"), format!("remote_user={user}")];
        let rest = ["time_local=01/Mar/2026:10:00:00 +0000", "status=200"];
        check(&format, &line, &[&values[0], &values[1], rest[0], rest[1]]);
    };
    expected("1.2.3.4", "-");
    expected("1.2.3.4, 5.6.7.8, 9.9.9.9", "-");
    expected("1.2.3.4, 5.6.7.8", "john doe");
    expected("1.2.3.4", "john doe");
    check_mismatch(
        &format,
        &format!("1.2.3.4 - john - doe {time}"),
        "byte 0: the line has 8 fields, of which it is not known how many are http_x_forwarded_for \
         and how many remote_user",
    );
    let format = nginx("$remote_addr $http_x_forwarded_for $remote_user $status");
    check_mismatch(
        &format,
        "::1 1.2.3.4, 5.6.7.8 - 200",
        "byte 4: the line has 5 fields, of which it is not known how many are http_x_forwarded_for \
         and how many remote_user",
    );
}
