//! Apache: pasted configurations, and lines as Apache 2.4 and lighttpd 1.4 write them.

use delimark_formats::{Column, LogFormat, TimestampFormat, ValueType};

use crate::check::{check, check_mismatch, decoded, names};

#[track_caller]
fn apache(text: &str) -> LogFormat {
    LogFormat::apache(text).unwrap_or_else(|error| panic!("{error}"))
}

#[test]
fn the_formats_of_the_packaged_configuration() {
    let vhost = apache(
        "LogFormat \"%v:%p %h %l %u %t \\\"%r\\\" %>s %O \\\"%{Referer}i\\\" \
         \\\"%{User-Agent}i\\\"\" vhost_combined",
    );
    check(
        &vhost,
        "example.com:80 ::1 - - [01/Mar/2026:10:00:00 +0000] \"GET / HTTP/1.1\" 200 3380 \"-\" \
         \"curl/8 (x)\"",
        &[
            "server_name=example.com",
            "server_port=80",
            "remote_addr=::1",
            "remote_logname=-",
            "remote_user=-",
            "time_local=01/Mar/2026:10:00:00 +0000",
            "request=GET / HTTP/1.1",
            "status=200",
            "bytes_sent=3380",
            "http_referer=-",
            "http_user_agent=curl/8 (x)",
        ],
    );
    let referer = apache(r#"LogFormat "%{Referer}i -> %U" referer"#);
    check(&referer, "http://x/ -> /a", &["http_referer=http://x/", "uri=/a"]);
    assert_eq!(names(&apache(r#"LogFormat "%{User-agent}i" agent"#)), "http_user_agent");
}

#[test]
fn pastes_are_alike_however_they_are_cut() {
    let expected =
        "remote_addr remote_logname remote_user time_local request status body_bytes_sent";
    for text in [
        r#"%h %l %u %t "%r" %>s %b"#,
        r#"%h %l %u %t \"%r\" %>s %b"#,
        r#""%h %l %u %t \"%r\" %>s %b""#,
        r#"LogFormat "%h %l %u %t \"%r\" %>s %b" common"#,
        r#"  LogFormat '%h %l %u %t "%r" %>s %b'"#,
        "LogFormat \"%h %l %u \\\n  %t \\\"%r\\\" %>s %b\" common",
        r#"CustomLog /var/log/apache2/access.log "%h %l %u %t \"%r\" %>s %b" env=!x"#,
        r#"CustomLog "/var/log/a b.log" "%h %l %u %t \"%r\" %>s %b""#,
        r#"accesslog.format = "%h %l %u %t \"%r\" %s %b""#,
        r#"%h %l %u [%{%d/%b/%Y:%H:%M:%S %z}t] "%r" %>s %B\n"#,
        r#"%h %l %u %t "%r" %400,501s %!200,304b"#,
    ] {
        assert_eq!(names(&apache(text)), expected, "{text}");
    }
}

#[test]
fn directives_have_arguments() {
    let format = apache(
        "%a|%{c}a|%A|%B|%{X-Trace}C|%D|%{PATH}e|%f|%H|%k|%L|%m|%{note}n|\
         %{Content-Type}o|%{remote}p|\
         %P|%{tid}P|%q|%R|%<s|%{ms}T|%{us}T|%T|%U|%V|%X|%I|%O|%S|%{SSL_PROTOCOL}x|%{A}^ti|%^FB|%%|\
         %!200,304{User-agent}i",
    );
    assert_eq!(
        names(&format),
        "remote_addr peer_addr server_addr body_bytes_sent cookie_x_trace request_time_us env_path \
         request_filename server_protocol keepalive_requests log_id request_method note_note \
         sent_http_content_type remote_port pid tid query_string handler status request_time_ms \
         request_time_us_2 request_time uri host connection_status request_length bytes_sent \
         bytes_transferred ssl_protocol trailer_a first_byte_time_us http_user_agent",
    );
}

#[test]
fn times_are_written_in_many_ways() {
    let kinds = |text: &str| {
        let columns = apache(text).columns().to_vec();
        columns.iter().map(Column::value_type).collect::<Vec<_>>()
    };
    let time = ValueType::Timestamp;
    assert_eq!(kinds("%t"), [time(TimestampFormat::Clf)]);
    assert_eq!(kinds("%{%d/%b/%Y:%T %z}t"), [time(TimestampFormat::Clf)]);
    assert_eq!(kinds("%{end:%FT%T%z}t"), [time(TimestampFormat::Iso8601)]);
    assert_eq!(
        kinds("%{sec}t %{begin:msec}t %{usec}t"),
        [
            time(TimestampFormat::EpochSeconds),
            time(TimestampFormat::EpochMilliseconds),
            time(TimestampFormat::EpochMicroseconds),
        ]
    );
    check(
        &apache("[%{%Y-%m-%d %H:%M:%S}t.%{msec_frac}t %{%z}t] %s"),
        "[2026-03-01 10:00:00.035 +0100] 200",
        &[
            "time_local=2026-03-01 10:00:00",
            "time_msec_frac=035",
            "time_local_2=+0100",
            "status=200",
        ],
    );
    // A day that is padded with a blank has one or two, so this takes what is too much.
    check(
        &apache("%h %{%b %e %T}t %s"),
        "::1 Mar  1 10:00:00 200",
        &["remote_addr=::1", "time_local=Mar  1 10:00:00", "status=200"],
    );
}

#[test]
fn escaped_quotes_are_data() {
    let format = LogFormat::preset("combined").unwrap();
    let line = r#"10.0.0.1 - - [01/Mar/2026:10:00:00 +0000] "GET /\"q\" HTTP/1.1" 200 5 "-" "a\\""#;
    check(
        &format,
        line,
        &[
            "remote_addr=10.0.0.1",
            "remote_logname=-",
            "remote_user=-",
            "time_local=01/Mar/2026:10:00:00 +0000",
            r#"request=GET /\"q\" HTTP/1.1"#,
            "status=200",
            "body_bytes_sent=5",
            "http_referer=-",
            r"http_user_agent=a\\",
        ],
    );
    assert_eq!(decoded(&format, line, "request"), br#"GET /"q" HTTP/1.1"#);
    assert_eq!(decoded(&format, line, "http_user_agent"), br"a\");
}

#[test]
fn combined_reads_what_nginx_escapes() {
    // nginx has no other escape, and no backslash that is not one: each is read as by its own.
    let values: Vec<u8> = (0..=255).collect();
    let written: String = values
        .iter()
        .map(|&byte| match byte {
            b'"' | b'\\' | 0..0x20 | 0x7f.. => format!("\\x{byte:02X}"),
            byte => char::from(byte).to_string(),
        })
        .collect();
    let line =
        format!("::1 - - [01/Mar/2026:10:00:00 +0000] \"{written}\" 400 5 \"-\" \"{written}\"");
    for name in ["combined", "nginx-combined"] {
        let format = LogFormat::preset(name).unwrap();
        assert_eq!(decoded(&format, &line, "request"), values, "{name}");
        assert_eq!(decoded(&format, &line, "http_user_agent"), values, "{name}");
    }
}

#[test]
fn users_have_blanks() {
    let format = LogFormat::preset("combined").unwrap();
    let rest = r#"[01/Mar/2026:10:00:00 +0000] "GET / HTTP/1.1" 401 5 "-" "-""#;
    let user = |name: &str| decoded(&format, &format!("::1 - {name} {rest}"), "remote_user");
    assert_eq!(user("john m doe"), b"john m doe");
    assert_eq!(user(r#"a \"b\" [c]"#), br#"a "b" [c]"#);
    // A user without a name.
    assert_eq!(user(r#""""#), b"");
}

#[test]
fn what_lies_outside_of_quotes_is_compared() {
    let format = LogFormat::preset("combined").unwrap();
    check_mismatch(
        &format,
        r#"::1 - - [01/Mar/2026:10:00:00 +0000] "-" 408 - "-" "-" "-""#,
        "byte 55: the line has 11 fields, 10 are expected",
    );
    check_mismatch(
        &format,
        r#"::1 - - [01/Mar/2026:10:00:00 +0000] "-" 408 - "-" -"#,
        r#"byte 51: expected '\"' before http_user_agent, found '-'"#,
    );
}
