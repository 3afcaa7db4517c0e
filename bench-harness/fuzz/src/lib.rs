//! Shared parts of the fuzz targets: a random dialect, and the reference's outcome of an input.

use arbitrary::{Result, Unstructured};
use delimark::reference::{Event, Line as ReferenceLine, Stop, parse};
use delimark::{Dialect, LineEnding, RaggedPolicy};
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
    Ok(match bytes.int_in_range(0..=8)? {
        0 => dialect,
        columns => dialect.with_columns(columns).expect("not zero"),
    })
}

/// Takes a burst size, mostly one near the edge of a block.
pub fn burst_bytes(bytes: &mut Unstructured<'_>) -> Result<usize> {
    bytes.int_in_range(1..=200)
}

/// Returns the outcome of an input by the reference.
pub fn expected(input: &[u8], dialect: &Dialect) -> Outcome {
    let mut outcome = Outcome::default();
    let result = parse(input, dialect, |event| match event {
        Event::Record(ReferenceLine { number, offset, fields }) => outcome.records.push(Line {
            line: number,
            offset,
            fields: fields.iter().map(|field| field.to_vec()).collect(),
        }),
        Event::Ragged(ReferenceLine { number, offset, fields }) => {
            let found = fields.len() as u32;
            outcome.ragged.push(RaggedLine { line: number, offset, found });
        }
    });
    outcome.error = result.err().map(|stop| match stop {
        Stop::Ragged { line_number: line, offset, found } => Failure::Ragged {
            at: RaggedLine { line, offset, found },
            expected: dialect.columns().expect("it takes columns to be ragged"),
        },
        Stop::OpenQuote { line_number, offset, quote_offset } => Failure::Other(format!(
            "line {line_number} at byte {offset} ends inside the quotes that open at byte \
             {quote_offset}"
        )),
        Stop::LineTooLong { line_number: line, offset } => Failure::LineTooLong { line, offset },
    });
    outcome.counts = Some(counts(input, dialect.delimiter()));
    outcome
}

/// Lines, and fields of all lines, by a plain loop.
fn counts(input: &[u8], delimiter: u8) -> (u64, u64) {
    let lines = input.iter().filter(|&&byte| byte == b'\n').count() as u64;
    let delimiters = input.iter().filter(|&&byte| byte == delimiter).count() as u64;
    let unterminated = u64::from(input.last().is_some_and(|&byte| byte != b'\n'));
    (lines + unterminated, lines + unterminated + delimiters)
}
