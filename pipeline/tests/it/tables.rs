//! Lines of logs become typed rows, and those that do not fit are listed.

use delimark_formats::LogFormat;
use delimark_pipeline::{BadLineReason, FormatOptions, ValueError};

use super::{convert, json};

const PIPES: &str =
    "$remote_addr|$time_iso8601|$request_uri|$status|$request_time|$upstream_response_time";

#[test]
fn rows_have_types() {
    let format = LogFormat::nginx(PIPES).unwrap();
    let log = b"\
10.0.0.1|2026-03-01T10:00:00+00:00|/|200|0.001|0.001, 0.002 : 0.003
10.0.0.2|2026-03-01T10:00:01+02:00|/a-longer-one?q=1|404|12.345|-
";
    let table = convert(&format, FormatOptions::default(), log);
    let expected = concat!(
        r#"{"remote_addr":"10.0.0.1","time_iso8601":"2026-03-01T10:00:00Z","request_uri":"/","#,
        r#""status":200,"request_time":0.001,"upstream_response_time":[0.001,0.002,0.003]}"#,
        "\n",
        r#"{"remote_addr":"10.0.0.2","time_iso8601":"2026-03-01T08:00:01Z","#,
        r#""request_uri":"/a-longer-one?q=1","status":404,"request_time":12.345}"#,
        "\n",
    );
    assert_eq!(json(&format, log), expected);
    assert_eq!((table.lines, table.rows, table.left_out), (2, 2, 0));
    assert_eq!(table.usual_bytes, log.len() as u64);
}

#[test]
fn bad_lines_are_listed_with_place_and_reason() {
    let format = LogFormat::nginx(PIPES).unwrap();
    let log = b"\
10.0.0.1|2026-03-01T10:00:00+00:00|/|200|0.001|-
10.0.0.1|2026-03-01T10:00:00+00:00|/|2o0|x|-
only|three|fields
10.0.0.1|2026-02-30T10:00:00+00:00|/\xff|200|0.001|0.5, x
10.0.0.1|2026-03-01T10:00:00+00:00|/last|200|0.001|-
";
    let table = convert(&format, FormatOptions::default(), log);
    assert_eq!((table.lines, table.rows, table.left_out), (5, 2, 3));
    let reasons: Vec<_> = table
        .bad
        .iter()
        .map(|bad| (bad.line_number, bad.column, bad.value, bad.reason.clone()))
        .collect();
    let value = |error| BadLineReason::Value(error);
    assert_eq!(reasons[0], (2, Some(3), Some((37, 40)), value(ValueError::NotInteger)));
    assert_eq!(reasons[1], (2, Some(4), Some((41, 42)), value(ValueError::NotNumber)));
    assert_eq!((reasons[2].0, reasons[2].1), (3, None));
    assert_eq!(reasons[3], (4, Some(1), Some((9, 34)), value(ValueError::NoSuchTime)));
    let not_utf8 = value(ValueError::NotUtf8 { offset: 1 });
    assert_eq!(reasons[4], (4, Some(2), Some((35, 37)), not_utf8));
    assert_eq!(reasons[5], (4, Some(5), Some((53, 54)), value(ValueError::NotNumber)));
    assert!(
        json(&format, log)
            .ends_with("\"request_uri\":\"/last\",\"status\":200,\"request_time\":0.001}\n")
    );
}
