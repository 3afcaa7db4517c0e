//! The promises of the views beyond the records themselves.

use delimark::{Dialect, QuoteEscape, RaggedPolicy, RaggedReason, Scanner};

use crate::check::{check, scanner};

fn dialect() -> Dialect {
    Dialect::new(b'|').unwrap()
}

#[test]
fn inputs_without_a_record_or_a_field() {
    for input in [&b""[..], b"\n", b"\r\n", b"\r", b"\n\n", b"|", b"|\n|", b"a", b"\0", b"\xff\n"] {
        check(input, dialect());
    }
}

#[test]
fn a_ragged_burst_between_uniform_ones() {
    let mut input = b"aaaa|bbbb|cccc\n".repeat(500);
    input.extend_from_slice(b"x|y\n\nfour|of|these|fields\n");
    input.extend_from_slice(&b"aaaa|bbbb|cccc\n".repeat(500));
    for policy in RaggedPolicy::ALL {
        check(&input, dialect().with_columns(3).unwrap().with_ragged(policy));
    }
}

#[test]
fn as_many_separators_as_uniform_records_would_have() {
    // Each third separator is a newline, and yet the records have 1, 2 and 3 fields.
    check(b"a\nb|c\nd|e|f\n", dialect().with_columns(3).unwrap().with_ragged(RaggedPolicy::Keep));
    check(b"a\nb|c\n", dialect().with_columns(3).unwrap().with_ragged(RaggedPolicy::Report));
}

#[test]
fn separators_are_lent_as_they_are() {
    let mut scanner = Scanner::new(dialect()).unwrap();
    let mut batches = scanner.scan(b"a|bc\r\n|d");
    let batch = batches.next().unwrap().unwrap();
    assert_eq!(batch.separators(), [1, 5]);
    assert_eq!((batch.offset(), batch.as_bytes()), (0, &b"a|bc\r\n"[..]));
    assert_eq!(batch.uniform_columns(), Some(2));
    let batch = batches.next().unwrap().unwrap();
    assert_eq!(batch.separators(), [0, 2]);
    assert_eq!((batch.offset(), batch.as_bytes()), (6, &b"|d"[..]));
}

#[test]
fn a_ragged_record_says_where_it_is() {
    let columns = dialect().with_columns(2).unwrap();
    let mut scanner = Scanner::new(columns.with_ragged(RaggedPolicy::Report)).unwrap();
    let mut batches = scanner.scan(b"a|b\nlonely\nc|d\n");
    let batch = batches.next().unwrap().unwrap();
    let ragged = batch.ragged().next().unwrap();
    assert_eq!(ragged.reason(), RaggedReason::FieldCount { expected: 2, found: 1 });
    assert_eq!(ragged.fields_found(), 1);
    assert_eq!((ragged.record().line_number(), ragged.record().offset()), (2, 4));
    assert_eq!(ragged.record().as_bytes(), b"lonely");
    assert_eq!((batch.line_count(), batch.record_count()), (3, 2));

    let mut scanner = Scanner::new(columns).unwrap();
    let mut batches = scanner.scan(b"a|b\nlonely\nc|d\n");
    assert_eq!(batches.next().unwrap().unwrap().record_count(), 1);
    let error = batches.next().unwrap_err();
    assert_eq!(error.to_string(), "line 2 at byte 4 has 1 field, 2 are expected");
}

#[test]
fn an_open_quote_says_where_it_is() {
    let quoted = dialect().with_quote(b'"', QuoteEscape::None).unwrap();
    let input = b"\"a|b\"|c\nd|\"e|f\n\"g\"|h\n";
    let mut scanner = Scanner::new(quoted.with_ragged(RaggedPolicy::Report)).unwrap();
    let mut batches = scanner.scan(input);
    let batch = batches.next().unwrap().unwrap();
    let ragged = batch.ragged().next().unwrap();
    assert_eq!(ragged.reason(), RaggedReason::OpenQuote { quote_offset: 10 });
    assert_eq!((ragged.record().line_number(), ragged.record().offset()), (2, 8));
    assert_eq!(ragged.fields_found(), 2);
    assert!(batch.column(0).eq([Some(&b"a|b"[..]), Some(b"g")]));

    let mut scanner = Scanner::new(quoted).unwrap();
    let mut batches = scanner.scan(input);
    assert_eq!(batches.next().unwrap().unwrap().record_count(), 1);
    let error = batches.next().unwrap_err();
    assert_eq!(error.to_string(), "line 2 at byte 8 ends inside the quotes that open at byte 10");
    assert!(error.is_ragged());
    assert_eq!((error.fields_found(), error.fields_expected()), (None, None));
}

#[test]
fn raw_ranges_have_the_quotes_that_fields_lost() {
    let quoted = dialect().with_quote(b'"', QuoteEscape::None).unwrap();
    let input = b"\"a|b\"|c\"\"|\"\"\r\n";
    let mut scanner = Scanner::new(quoted).unwrap();
    let mut batches = scanner.scan(input);
    let batch = batches.next().unwrap().unwrap();
    let record = batch.records().next().unwrap();
    let raw = (0..3).map(|index| record.raw_field_range(index).unwrap());
    assert!(raw.eq([0..5, 6..9, 10..12]));
    let fields = (0..3).map(|index| record.field_range(index).unwrap());
    assert!(fields.eq([1..4, 6..9, 11..11]));
    assert_eq!(record.raw_field_range(3), None);
}

#[test]
fn a_line_over_the_limit_says_where_it_is() {
    let limited = dialect().with_line_limit(4).unwrap();
    for burst_bytes in [1, 4, 5, 6, 100] {
        let mut scanner = scanner(limited, delimark::Backend::best(), burst_bytes);
        let mut batches = scanner.scan(b"four\nfive5\n");
        assert_eq!(batches.next().unwrap().unwrap().record_count(), 1);
        let error = batches.next().unwrap_err().to_string();
        assert_eq!(error, "line 2 at byte 5 is longer than the limit of 4 bytes");
    }
}

#[test]
fn a_dialect_that_cannot_be_is_refused() {
    for (error, message) in [
        (Dialect::new(b'\n'), r"'\n' belongs to the line ending and cannot be a delimiter"),
        (
            dialect().with_quote(b'\r', QuoteEscape::None),
            r"'\r' belongs to the line ending and cannot be a quote",
        ),
        (
            dialect().with_quote(b'|', QuoteEscape::None),
            "'|' is the delimiter and cannot be the quote as well",
        ),
        (
            dialect().with_quote(b'\\', QuoteEscape::Backslash),
            "a backslash that escapes quotes can be neither the delimiter nor the quote",
        ),
        (
            Dialect::new(b'\\').unwrap().with_quote(b'"', QuoteEscape::Backslash),
            "a backslash that escapes quotes can be neither the delimiter nor the quote",
        ),
        (dialect().with_columns(0), "a record has at least 1 column, but 0 were asked for"),
        (
            dialect().with_line_limit(0),
            "a line limit is 1 to 1073741824 bytes, but 0 were asked for",
        ),
    ] {
        assert_eq!(error.unwrap_err().to_string(), message);
    }
    assert!("drop".parse::<RaggedPolicy>().is_err());
    assert!("doubled".parse::<QuoteEscape>().is_err());
}
