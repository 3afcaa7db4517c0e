//! HAProxy: pasted configurations, and lines as HAProxy 2.6 writes them.

use delimark_formats::{Column, Encoding, LogFormat, TimestampFormat, ValueType};

use crate::check::{check, check_mismatch, decoded, names, read};

#[track_caller]
fn haproxy(text: &str) -> LogFormat {
    LogFormat::haproxy(text).unwrap_or_else(|error| panic!("{error}"))
}

const TAIL: &str = "200 2750 - - ---- 1/1/1/1/0 0/0";

#[test]
fn headers_of_syslog_and_captures_may_be_there() {
    let format = LogFormat::preset("haproxy-http").unwrap();
    let core = [
        "remote_addr=10.0.1.2",
        "remote_port=33317",
        "time_local=06/Feb/2009:12:14:14.655",
        "frontend_name=http-in~",
        "backend_name=static",
        "server_name=srv1",
        "header_time_ms=10",
        "queue_time_ms=0",
        "connect_time_ms=30",
        "response_time_ms=69",
        "active_time_ms=109",
        "status=200",
        "bytes_sent=2750",
        "request_cookie=-",
        "response_cookie=-",
        "termination_state=----",
        "active_connections=1",
        "frontend_connections=1",
        "backend_connections=1",
        "server_connections=1",
        "retries=0",
        "server_queue=0",
        "backend_queue=0",
    ];
    for header in [
        "",
        "Mar  1 10:00:00 localhost haproxy[123]: ",
        "Mar 11 10:00:00 localhost haproxy[123]: ",
        "<134>Mar  1 10:00:00 haproxy[123]: ",
        "2026-03-01T10:00:00.123456+00:00 web1 haproxy[123]: ",
        "<134>1 2026-03-01T10:00:00.123456+00:00 web1 haproxy 123 - - ",
        "haproxy[123]: ",
    ] {
        for (captures, columns) in [
            ("", &[][..]),
            ("{1wt.eu} ", &["request_headers={1wt.eu}"]),
            ("{a (b c) d|} {} ", &["request_headers={a (b c) d|}", "response_headers={}"]),
            ("{} {x y} ", &["request_headers={}", "response_headers={x y}"]),
        ] {
            let line = format!(
                "{header}10.0.1.2:33317 [06/Feb/2009:12:14:14.655] http-in~ static/srv1 \
                 10/0/30/69/109 \
                 {TAIL} {captures}\"GET /a b HTTP/1.1\""
            );
            let expected = [&core[..], columns, &["request=GET /a b HTTP/1.1"]].concat();
            check(&format, &line, &expected);
        }
    }
}

#[test]
fn values_of_trouble_are_read() {
    let format = LogFormat::preset("haproxy-http").unwrap();
    let lines = [
        "2001:db8::1:5 [06/Feb/2009:12:14:14.655] fe be/<NOSRV> -1/-1/-1/-1/+8490 -1 0 - - CR-- \
         2/2/2/0/+3 0/0 \"\"",
        "unix:1 [06/Feb/2009:12:14:14.655] fe fe/<STATS> 0/0/0/0/0 400 +49 - - PR-- 2/2/2/0/0 \
         0/0 \"<BADREQ>\"",
        "10.0.0.1:5 [06/Feb/2009:12:14:14.655] fe be/s 0/0/0/035/0 200 9 a=b - LR-- 2/2/2/0/0 \
         0/0 \"GET /#22#7C HTTP/1.1\"",
    ];
    let column = |line: &str, name: &str| {
        let values = read(&format, line.as_bytes()).remove(0).unwrap();
        String::from_utf8(values[format.find(name).unwrap()].clone().unwrap()).unwrap()
    };
    assert_eq!(column(lines[0], "remote_addr"), "2001:db8::1");
    assert_eq!(column(lines[0], "active_time_ms"), "+8490");
    assert_eq!(column(lines[0], "retries"), "+3");
    assert_eq!(column(lines[1], "remote_port"), "1");
    assert_eq!(column(lines[1], "server_name"), "<STATS>");
    assert_eq!(column(lines[2], "response_time_ms"), "035");
    assert_eq!(decoded(&format, lines[2], "request"), br#"GET /"| HTTP/1.1"#);
    // The closing quote of a long request can be lost.
    check_mismatch(&format, lines[1].trim_end_matches('"'), "ragged");
    check_mismatch(
        &format,
        "10.0.0.1:5 [06/Feb/2009:12:14:14.655] fe/f1: Connection error during SSL handshake",
        "byte 45: expected '/' after backend_name, found 'Connection'",
    );
}

#[test]
fn https_and_tcp() {
    check(
        &LogFormat::preset("haproxy-https").unwrap(),
        &format!(
            "10.0.1.2:33317 [06/Feb/2009:12:14:14.655] in~ st/srv1 10/0/30/69/109 {TAIL} \
             {{1wt.eu}} \
             {{}} \"GET / HTTP/1.1\" 0/0/0/0/0 1wt.eu/TLSv1.3/TLS_AES_256_GCM_SHA384"
        ),
        &[
            "remote_addr=10.0.1.2",
            "remote_port=33317",
            "time_local=06/Feb/2009:12:14:14.655",
            "frontend_name=in~",
            "backend_name=st",
            "server_name=srv1",
            "header_time_ms=10",
            "queue_time_ms=0",
            "connect_time_ms=30",
            "response_time_ms=69",
            "active_time_ms=109",
            "status=200",
            "bytes_sent=2750",
            "request_cookie=-",
            "response_cookie=-",
            "termination_state=----",
            "active_connections=1",
            "frontend_connections=1",
            "backend_connections=1",
            "server_connections=1",
            "retries=0",
            "server_queue=0",
            "backend_queue=0",
            "request_headers={1wt.eu}",
            "response_headers={}",
            "request=GET / HTTP/1.1",
            "fc_err=0",
            "ssl_fc_err_hex=0",
            "ssl_c_err=0",
            "ssl_c_ca_err=0",
            "ssl_fc_is_resumed=0",
            "ssl_fc_sni=1wt.eu",
            "ssl_protocol=TLSv1.3",
            "ssl_cipher=TLS_AES_256_GCM_SHA384",
        ],
    );
    check(
        &LogFormat::preset("haproxy-tcp").unwrap(),
        "haproxy[7]: 10.0.1.2:33313 [06/Feb/2009:12:12:51.443] fnt bck/srv1 0/0/5007 212 -- \
         0/0/0/0/3 0/0",
        &[
            "remote_addr=10.0.1.2",
            "remote_port=33313",
            "time_local=06/Feb/2009:12:12:51.443",
            "frontend_name=fnt",
            "backend_name=bck",
            "server_name=srv1",
            "queue_time_ms=0",
            "connect_time_ms=0",
            "total_time_ms=5007",
            "bytes_sent=212",
            "termination_state=--",
            "active_connections=0",
            "frontend_connections=0",
            "backend_connections=0",
            "server_connections=0",
            "retries=3",
            "server_queue=0",
            "backend_queue=0",
        ],
    );
}

#[test]
fn pastes_are_alike_however_they_are_cut() {
    let expected = "remote_addr remote_port time_local backend_name server_name status request";
    for text in [
        "%ci:%cp [%tr] %b/%s %ST %{+Q}r",
        r#"log-format "%ci:%cp [%tr] %b/%s %ST %{+Q}r""#,
        r#"    log-format "%ci:%cp  [%tr]   %b/%s %ST %{+Q}r" # as httplog"#,
        "log-format '%ci:%cp [%tr] %b/%s %ST %{+Q}r'",
        r"log-format %ci:%cp\ [%tr]\ %b/%s\ %ST\ %{+Q}r",
        r"%ci:%cp\ [%tr]\ %b/%s\ %ST\ %{+Q}r",
        r#""%ci:%cp [%tr] %b/%s %ST %{+Q}r""#,
        r#"log-format "%ci:%cp [%tr] %b/%s %ST \"%r\"""#,
    ] {
        let format = haproxy(text);
        assert_eq!(names(&format), expected, "{text}");
        check(
            &format,
            r#"::1:5 [06/Feb/2009:12:14:14.655] b/s 200 "GET / HTTP/1.1""#,
            &[
                "remote_addr=::1",
                "remote_port=5",
                "time_local=06/Feb/2009:12:14:14.655",
                "backend_name=b",
                "server_name=s",
                "status=200",
                "request=GET / HTTP/1.1",
            ],
        );
    }
}

#[test]
fn flags_quote_strings_and_not_numbers() {
    let format = haproxy("%{+Q}o %t %s %ST %{-Q}ci %HU");
    check(
        &format,
        r#"06/Feb/2009:12:14:14.655 "srv 1" 200 ::1 "/""#,
        &[
            "time_local=06/Feb/2009:12:14:14.655",
            "server_name=srv 1",
            "status=200",
            "remote_addr=::1",
            "request_uri=/",
        ],
    );
}

#[test]
fn items_have_names_and_expressions() {
    let format = haproxy(
        "log-format \
         \"%(client)ci|%[capture.req.hdr(0)]|\
         %(agent:str){+Q}[capture.req.hdr(1),lower]|%HM|%%|%Ts|%[var(txn.x),map(\\\"]\\\")]\"",
    );
    assert_eq!(
        names(&format),
        "client capture_req_hdr_0 agent request_method time_sec var_txn_x_map"
    );
    let encodings: Vec<Encoding> = format.columns().iter().map(Column::encoding).collect();
    let raw = Encoding::Verbatim;
    assert_eq!(encodings, [raw, raw, raw, Encoding::HashEscapes, raw, raw]);
    let time = ValueType::Timestamp(TimestampFormat::EpochSeconds);
    assert_eq!(format.columns()[4].value_type(), time);
    check(
        &format,
        r#"Mar  1 10:00:00 h haproxy[1]: ::1|example.com|"x|y"|GET|%|1772359200|-"#,
        &[
            "client=::1",
            "capture_req_hdr_0=example.com",
            "agent=x|y",
            "request_method=GET",
            "time_sec=1772359200",
            "var_txn_x_map=-",
        ],
    );
}

#[test]
fn a_string_without_a_word_before_it_is_told_from_apaches() {
    for (text, expected) in [
        ("%t|%HM|%HV|%r", "time_local request_method server_protocol request"),
        ("%t|%H|%r", "time_local server_protocol request"),
        ("%t|%Dus|%>s", "time_local request_time_us status"),
    ] {
        assert_eq!(names(&LogFormat::of_server(text).unwrap()), expected, "{text}");
    }
    // HAProxy's times have no brackets around them, Apache's have.
    let line = "30/Nov/2026:13:25:54.511|GET|HTTP/1.1|GET / HTTP/1.1";
    assert!(read(&LogFormat::of_server("%t|%HM|%HV|%r").unwrap(), line.as_bytes())[0].is_ok());
    let line = "[30/Nov/2026:13:25:54 +0000]|HTTP/1.1|GET / HTTP/1.1";
    assert!(read(&LogFormat::of_server("%t|%H|%r").unwrap(), line.as_bytes())[0].is_ok());
}

#[test]
fn its_own_formats_can_be_a_part_of_one() {
    let http = names(&LogFormat::preset("haproxy-http").unwrap());
    for variable in ["${HAPROXY_HTTP_LOG_FMT}", "$HAPROXY_HTTP_LOG_FMT"] {
        let text = format!("log-format \"{variable} rule=%[last_rule_line]\"");
        let format = LogFormat::of_server(&text).unwrap_or_else(|error| panic!("{error}"));
        assert_eq!(names(&format), format!("{http} last_rule_line"));
    }
    let https = LogFormat::haproxy("log-format \"${HAPROXY_HTTPS_LOG_FMT}\"").unwrap();
    assert_eq!(names(&https), names(&LogFormat::preset("haproxy-https").unwrap()));
    let tcp = LogFormat::haproxy("log-format \"$HAPROXY_TCP_LOG_FMT\"").unwrap();
    assert_eq!(names(&tcp), names(&LogFormat::preset("haproxy-tcp").unwrap()));
    let error = LogFormat::haproxy("log-format \"%ci ${SITE}\"").unwrap_err();
    let reason = "what $SITE stands for is not known here; put its value in its place";
    assert_eq!((error.offset(), error.reason()), (16, reason));
    // Outside of double quotes, and behind a backslash, it is a dollar.
    for text in ["log-format '%ci|$SITE|%cp'", "log-format \"%ci|\\$SITE|%cp\""] {
        let lines = read(&LogFormat::haproxy(text).unwrap(), b"::1|$SITE|80\n");
        assert!(lines[0].is_ok(), "{text}: {lines:?}");
    }
}
