//! Tables with names of their own.

use delimark::QuoteEscape;
use delimark_formats::LogFormat;

use crate::check::{check, check_mismatch, names};

#[test]
fn columns_are_fields() {
    let format = LogFormat::delimited(b'|', ["ip", "uri", "ip"], None).unwrap();
    assert_eq!(names(&format), "ip uri ip_2");
    check(&format, "1|\"/x|2", &["ip=1", "uri=\"/x", "ip_2=2"]);
    check_mismatch(
        &format,
        "1|/x",
        "byte 4: the line ends with 2 fields, at least 3 are expected; ip_2 is missing",
    );
    check_mismatch(&format, "1|/x|2|3", "byte 7: the line has 4 fields, 3 are expected");
}

#[test]
fn fields_can_be_quoted() {
    let format = LogFormat::delimited(b',', ["a", "b"], Some(QuoteEscape::None)).unwrap();
    check(&format, "\"x,y\",z", &["a=x,y", "b=z"]);
    check(&format, "x,\"\"", &["a=x", "b="]);
}

#[test]
fn names_are_needed() {
    let error = LogFormat::delimited(b',', [], None).unwrap_err();
    assert_eq!(
        error.to_string(),
        "log format at byte 0: there is no variable in it, so no line has a column"
    );
    let error = LogFormat::delimited(b'"', ["a"], Some(QuoteEscape::None)).unwrap_err();
    assert!(error.reason().contains("is the delimiter"), "{error}");
}
