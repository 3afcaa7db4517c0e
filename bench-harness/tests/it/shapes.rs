//! Every backend against the reference, field by field, on every shape under every policy.

use delimark::reference::{self, Event, Stop};
use delimark::{Backend, Dialect, LineEnding, QuoteEscape, RaggedPolicy, RaggedReason, Scanner};
use delimark_datasets::{Shape, generate};

const LINES: u64 = 3000;

#[test]
fn every_backend_agrees_with_the_reference_on_every_shape() {
    for shape in Shape::ALL {
        let input = generate(shape, LINES, 5);
        let plain = Dialect::new(shape.delimiter()).unwrap();
        check_policies(&input, plain, shape);
        for escape in QuoteEscape::ALL {
            match shape.quote() {
                Some(quote) => {
                    check_policies(&input, plain.with_quote(quote, escape).unwrap(), shape);
                }
                // There are quotes and backslashes in some, where they are not meant.
                None => {
                    let quoted = plain.with_quote(b'"', escape).unwrap();
                    let columns = quoted.with_columns(shape.columns()).unwrap();
                    check(&input, columns.with_ragged(RaggedPolicy::Report), shape);
                }
            }
        }
    }
}

#[track_caller]
fn check_policies(input: &[u8], any: Dialect, shape: Shape) {
    let columns = any.with_columns(shape.columns()).unwrap();
    check(input, any, shape);
    check(input, any.with_line_ending(LineEnding::Lf), shape);
    for policy in RaggedPolicy::ALL {
        check(input, columns.with_ragged(policy), shape);
    }
}

#[track_caller]
fn check(input: &[u8], dialect: Dialect, shape: Shape) {
    let expected = by_reference(input, &dialect);
    assert!(expected.lines.len() > 1 || expected.stop.is_some(), "{shape} has lines");
    for backend in Backend::available() {
        let scanner = Scanner::with_backend(dialect, backend).unwrap();
        let found = by_scan(input, scanner);
        // Not assert_eq: the difference would be megabytes long.
        let first_difference =
            expected.lines.iter().zip(&found.lines).position(|(expected, found)| expected != found);
        assert_eq!(first_difference, None, "{backend} on {shape}, {dialect:?}");
        assert_eq!(found.lines.len(), expected.lines.len(), "{backend} on {shape}, {dialect:?}");
        assert_eq!(found.stop, expected.stop, "{backend} on {shape}, {dialect:?}");
    }
}

struct Outcome<'a> {
    lines: Vec<Line<'a>>,
    stop: Option<Stop>,
}

#[derive(PartialEq)]
struct Line<'a> {
    number: u64,
    offset: u64,
    is_left_out: bool,
    fields: Vec<&'a [u8]>,
}

fn by_reference<'a>(input: &'a [u8], dialect: &Dialect) -> Outcome<'a> {
    let mut lines = Vec::new();
    let result = reference::parse(input, dialect, |event| {
        let (line, is_left_out) = match event {
            Event::Record(line) => (line, false),
            Event::Ragged(line) => (line, true),
        };
        let (number, offset) = (line.number, line.offset);
        lines.push(Line { number, offset, is_left_out, fields: line.fields.to_vec() });
    });
    Outcome { lines, stop: result.err() }
}

fn by_scan(input: &[u8], mut scanner: Scanner) -> Outcome<'_> {
    let mut lines = Vec::new();
    let mut batches = scanner.scan(input);
    let stop = loop {
        let batch = match batches.next() {
            Ok(Some(batch)) => batch,
            Ok(None) => break None,
            Err(error) => {
                let line_number = error.line_number().expect("a slice does not fail");
                let offset = error.offset();
                break Some(match error.ragged_reason() {
                    Some(RaggedReason::OpenQuote { quote_offset }) => {
                        Stop::OpenQuote { line_number, offset, quote_offset }
                    }
                    _ => {
                        let found = error.fields_found().expect("no line is over the limit");
                        Stop::Ragged { line_number, offset, found }
                    }
                });
            }
        };
        let left_out = batch.ragged().map(|ragged| (ragged.record(), true));
        let mut records: Vec<_> = batch.records().map(|record| (record, false)).collect();
        records.extend(left_out);
        records.sort_by_key(|(record, _)| record.line_number());
        lines.extend(records.into_iter().map(|(record, is_left_out)| Line {
            number: record.line_number(),
            offset: record.offset(),
            is_left_out,
            fields:
                (0..record.len()).filter_map(|index| slice(input, record.field(index))).collect(),
        }));
    };
    Outcome { lines, stop }
}

/// The same field, borrowed from the input itself: batches live shorter.
fn slice<'a>(input: &'a [u8], field: Option<&[u8]>) -> Option<&'a [u8]> {
    let field = field?;
    let start = field.as_ptr().addr() - input.as_ptr().addr();
    input.get(start..start + field.len())
}
