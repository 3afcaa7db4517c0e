//! Presets: each reads its example, and lines as its service documents them.

use delimark_formats::{LogFormat, Preset, ValueType};

use crate::check::{check, check_mismatch, decoded, names, read};

#[test]
fn every_preset_reads_its_example() {
    for preset in Preset::ALL {
        let format = preset.format();
        if preset.name() == "w3c" {
            continue;
        }
        let lines = read(&format, preset.example().as_bytes());
        let values = lines[0].as_ref().unwrap_or_else(|error| panic!("{}: {error}", preset.name()));
        let missing = values.iter().position(Option::is_none);
        let missing = missing.map(|column| format.columns()[column].name());
        assert!(
            matches!(missing, None | Some("request_headers")),
            "{}: {missing:?}",
            preset.name()
        );
        for (column, value) in format.columns().iter().zip(values) {
            let value = value.as_deref().unwrap_or_default();
            let is_number = matches!(
                column.value_type(),
                ValueType::Integer | ValueType::Seconds | ValueType::Milliseconds
            );
            let is_digits = value.iter().all(|byte| b"0123456789.-+, ".contains(byte));
            assert!(!is_number || is_digits, "{}: {}", preset.name(), column.name());
            assert!(!value.starts_with(b"\"") && !value.starts_with(b"["), "{}", preset.name());
        }
    }
}

#[test]
fn presets_have_names_of_their_own() {
    let mut names: Vec<&str> = Preset::ALL.iter().map(Preset::name).collect();
    names.sort_unstable();
    let count = names.len();
    names.dedup();
    assert_eq!(names.len(), count);
    for preset in Preset::ALL {
        assert!(!preset.description().contains('\n') && preset.description().len() <= 90);
        assert!(!preset.example().contains('\n'));
    }
}

#[test]
fn an_unknown_preset_lists_the_known_ones() {
    let error = LogFormat::preset("haproxy").unwrap_err().to_string();
    let start =
        "unknown preset 'haproxy' (expected one of: combined, nginx-combined, apache-combined, ";
    assert!(error.starts_with(start), "{error}");
}

#[test]
fn squid_pads() {
    let format = LogFormat::preset("squid").unwrap();
    for blanks in ["", " ", "     "] {
        check(
            &format,
            &format!("1286536309.450 {blanks}921 ::1 NONE_NONE/000 507 - error:x - HIER_NONE/- -"),
            &[
                "time_sec=1286536309.450",
                "request_time_ms=921",
                "remote_addr=::1",
                "cache_result=NONE_NONE",
                "status=000",
                "bytes_sent=507",
                "request_method=-",
                "uri=error:x",
                "remote_user=-",
                "hierarchy=HIER_NONE",
                "server_addr=-",
                "content_type=-",
            ],
        );
    }
    check_mismatch(
        &format,
        "1286536309.450    921 ::1 TCP_MISS 507 GET / - HIER_NONE/- -",
        "byte 26: expected '/' after cache_result, found 'TCP_MISS'",
    );
}

#[test]
fn squid_escapes_users_and_nothing_else() {
    let format = LogFormat::preset("squid").unwrap();
    let line =
        r"1286536309.450 921 ::1 TCP_MISS/200 507 GET /%41 corp\\zo%c3%ab%5b  x HIER_NONE/- -";
    assert_eq!(decoded(&format, line, "remote_user"), r"corp\zoë[  x".as_bytes());
    assert_eq!(decoded(&format, line, "uri"), b"/%41");
    let format = LogFormat::preset("squid-combined").unwrap();
    let line = concat!(
        r#"::1 - 50%2525 ab [01/Mar/2026:10:00:00 +0000] "GET /%41 HTTP/1.1" 200 507 "-" "#,
        r#""\\%41" TCP_MISS:HIER_DIRECT"#
    );
    assert_eq!(decoded(&format, line, "remote_user"), b"50%25 ab");
    assert_eq!(decoded(&format, line, "http_user_agent"), br"\\%41");
}

#[test]
fn directives_change_the_columns() {
    let format = LogFormat::preset("iis").unwrap();
    assert_eq!(format.columns().len(), 15);
    let line = "2026-03-01 10:00:00 ::1 GET / - 80 - ::2 Mozilla/5.0+(X11) - 200 0 0 15";
    assert_eq!(decoded(&format, line, "cs(User-Agent)"), b"Mozilla/5.0 (X11)");
    let changed = format.read_directive(b"#Fields: date cs-uri-stem sc-status time-taken").unwrap();
    let changed = changed.unwrap();
    check(
        &changed,
        "2026-01-02 /x 200 5",
        &["date=2026-01-02", "cs-uri-stem=/x", "sc-status=200", "time-taken=5"],
    );
    check_mismatch(&changed, line, "byte 28: the line has 15 fields, 4 are expected");
    assert!(changed.read_directive(b"#Date: 2026-03-01").unwrap().is_none());
    let error = changed.read_directive(b"#Fields: ").unwrap_err();
    assert_eq!(error.reason(), "the line '#Fields:' names no column");
    assert!(LogFormat::preset("common").unwrap().read_directive(b"#Fields: a").unwrap().is_none());
}

#[test]
fn w3c_has_no_columns_before_they_are_named() {
    let format = LogFormat::preset("w3c").unwrap();
    check_mismatch(&format, "a b", "byte 0: no line '#Fields:' has named the columns yet");
    let named = format.read_directive(b"#fields: x\ty").unwrap().unwrap();
    check(&named, "a b\t\"c\td\"", &["x=a b", "y=c\td"]);
    assert_eq!(names(&LogFormat::w3c("#Fields: a b(C) a").unwrap()), "a b(C) a_2");
}

#[test]
fn cloudfront_is_decoded() {
    let format = LogFormat::preset("cloudfront").unwrap();
    let example =
        Preset::ALL.iter().find(|preset| preset.name() == "cloudfront").unwrap().example();
    assert_eq!(decoded(&format, example, "cs(User-Agent)"), b"Mozilla/5.0 (X11)");
    let kinds = ["time-taken", "sc-status", "c-port"]
        .map(|name| format.columns()[format.find(name).unwrap()].value_type());
    assert_eq!(kinds, [ValueType::Seconds, ValueType::Integer, ValueType::Integer]);
}

#[test]
fn services_add_fields_over_time() {
    let format = LogFormat::preset("s3").unwrap();
    let old = "owner bucket [01/Mar/2026:10:00:00 +0000] - svc:x 3E57 S3.EXPIRE.OBJECT key - - - \
               - 7 - - \"-\" - -";
    let values = read(&format, old.as_bytes()).remove(0).unwrap();
    let value = |name: &str| values[format.find(name).unwrap()].as_deref();
    assert_eq!(value("request"), Some(&b"-"[..]));
    assert_eq!(value("http_referer"), Some(&b"-"[..]));
    assert_eq!(value("host_id"), None);
    let newer = format!("{old} a b c d e f g h i j");
    let values = read(&format, newer.as_bytes()).remove(0).unwrap();
    assert_eq!(values[format.find("acl_required").unwrap()].as_deref(), Some(&b"h"[..]));
    check_mismatch(
        &format,
        "owner bucket [01/Mar/2026:10:00:00 +0000] - x",
        "byte 45: the line ends with 6 fields, at least 19 are expected; request_id is missing",
    );
}

#[test]
fn every_encoding_is_explained() {
    let explained = include_str!("../../../docs/formats.md");
    for preset in Preset::ALL {
        for column in preset.format().columns() {
            let row = format!("\n| `{}` | ", column.encoding());
            assert!(explained.contains(&row), "docs/formats.md: {}", column.encoding());
        }
    }
}
