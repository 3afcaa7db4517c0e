//! Shared parts of the fuzz targets: a random dialect, and the reference's outcome of an input.

use arbitrary::{Result, Unstructured};
use delimark::reference::{Event, Line as ReferenceLine, Stop, parse};
use delimark::{Dialect, LineEnding, QuoteEscape, RaggedPolicy};
use delimark_runner::outcome::{Failure, Line, Outcome, RaggedLine};

/// Takes a legal dialect from the fuzzer's bytes.
pub fn dialect(bytes: &mut Unstructured<'_>) -> Result<Dialect> {
    let delimiter = match bytes.arbitrary()? {
        b'\r' | b'\n' => b'|',
        delimiter => delimiter,
    };
    let dialect = Dialect::new(delimiter)
        .expect("neither of the two that are refused")
        .with_ragged(*bytes.choose(&RaggedPolicy::ALL)?)
        .with_line_ending(*bytes.choose(&LineEnding::ALL)?)
        .with_line_limit(bytes.int_in_range(1..=1 << 12)?)
        .expect("the limit is in range");
    let dialect = match bytes.int_in_range(0..=8)? {
        0 => dialect,
        columns => dialect.with_columns(columns).expect("not zero"),
    };
    quoted(bytes, dialect)
}

/// Takes a quote from the fuzzer's bytes, in three of four dialects; some are the byte that tests
/// know best, so that what was learnt with one is of use with others.
fn quoted(bytes: &mut Unstructured<'_>, dialect: Dialect) -> Result<Dialect> {
    let quote = match bytes.int_in_range(0..=3)? {
        0 => return Ok(dialect),
        1 => bytes.arbitrary()?,
        _ => b'"',
    };
    let escape = *bytes.choose(&QuoteEscape::ALL)?;
    // A dialect that cannot be is one without quotes.
    Ok(dialect.with_quote(quote, escape).unwrap_or(dialect))
}

/// Takes a burst size, mostly one near the edge of a block.
pub fn burst_bytes(bytes: &mut Unstructured<'_>) -> Result<usize> {
    bytes.int_in_range(1..=200)
}

/// Returns the outcome of an input by the reference.
pub fn expected(input: &[u8], dialect: &Dialect) -> Outcome {
    let mut outcome = Outcome::default();
    let result = parse(input, dialect, |event| match event {
        Event::Record(ReferenceLine { number, offset, fields, .. }) => outcome.records.push(Line {
            line: number,
            offset,
            fields: fields.iter().map(|field| field.to_vec()).collect(),
        }),
        Event::Ragged(ReferenceLine { number, offset, fields, open_quote }) => {
            let found = fields.len() as u32;
            outcome.ragged.push(RaggedLine { line: number, offset, found, quote: open_quote });
        }
    });
    outcome.error = result.err().map(|stop| match stop {
        Stop::Ragged { line_number: line, offset, found } => Failure::Ragged {
            at: RaggedLine { line, offset, found, quote: None },
            expected: dialect.columns().expect("it takes columns to be ragged"),
        },
        Stop::OpenQuote { line_number: line, offset, quote_offset: quote } => {
            Failure::OpenQuote { line, offset, quote }
        }
        Stop::LineTooLong { line_number: line, offset } => Failure::LineTooLong { line, offset },
    });
    outcome.counts = Some(counts(input, dialect));
    outcome
}

/// Returns the number of lines, and of the fields of all lines, by a plain loop.
fn counts(input: &[u8], dialect: &Dialect) -> (u64, u64) {
    let (mut lines, mut delimiters) = (0, 0);
    for line in input.split_inclusive(|&byte| byte == b'\n') {
        lines += 1;
        let mut is_inside = false;
        let mut backslashes = 0;
        for &byte in line {
            delimiters += u64::from(byte == dialect.delimiter() && !is_inside);
            let is_escaped =
                dialect.quote_escape() == QuoteEscape::Backslash && backslashes % 2 == 1;
            is_inside ^= dialect.quote() == Some(byte) && !is_escaped;
            backslashes = if byte == b'\\' { backslashes + 1 } else { 0 };
        }
    }
    (lines, lines + delimiters)
}
