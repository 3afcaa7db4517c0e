//! The comparison that every other test uses: each backend, each source, against the reference.

use std::borrow::BorrowMut;
use std::io::Read;
use std::num::NonZeroUsize;
use std::sync::LazyLock;

use delimark::reference::{self, Event, Stop};
use delimark::{Backend, Batches, Dialect, ReadSource, ScanError, Scanner, SliceSource, Source};

/// What an input comes to: the same for every way of getting there, or one of them is wrong.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Outcome {
    pub(crate) records: Vec<Line>,
    pub(crate) ragged: Vec<Line>,
    pub(crate) stop: Option<Stop>,
}

#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Line {
    pub(crate) number: u64,
    pub(crate) offset: u64,
    pub(crate) fields: Vec<Vec<u8>>,
}

/// Burst sizes around the edges of blocks and groups, and one that holds any small input.
pub(crate) const BURST_BYTES: [usize; 6] = [1, 63, 64, 65, 4096, 1 << 16];

/// Names the backends to check, separated by commas; set where emulation makes the others dear.
const CHECKED_VARIABLE: &str = "DELIMARK_CHECK_BACKENDS";

/// Returns the backends to hold to the reference: all that can run here, or those of the variable.
pub(crate) fn backends() -> impl Iterator<Item = Backend> {
    static CHECKED: LazyLock<Vec<Backend>> =
        LazyLock::new(|| match std::env::var(CHECKED_VARIABLE) {
            Ok(names) => {
                let named: Result<_, _> = names.split(',').map(str::parse).collect();
                named.expect("the variable names backends")
            }
            Err(_) => Backend::available().collect(),
        });
    CHECKED.iter().copied()
}

/// Asserts that every backend, source and burst size agrees with the reference.
#[track_caller]
pub(crate) fn check(input: &[u8], dialect: Dialect) {
    check_bursts(input, dialect, &BURST_BYTES);
}

/// As [`check`], for these burst sizes.
#[track_caller]
pub(crate) fn check_bursts(input: &[u8], dialect: Dialect, burst_sizes: &[usize]) {
    let expected = by_reference(input, &dialect);
    for backend in backends() {
        for &burst_bytes in burst_sizes {
            let mut scanner = scanner(dialect, backend, burst_bytes);
            let context = |source: &str| {
                let input = input.escape_ascii();
                format!("{backend}, {source}, bursts of {burst_bytes}, {dialect:?}: {input}")
            };
            let slice = by_scan(scanner.scan_source(SliceSource::new(input)));
            assert_eq!(slice, expected, "{}", context("slice"));
            let read = by_scan(scanner.scan_source(ReadSource::new(input)));
            assert_eq!(read, expected, "{}", context("read"));
            let trickle = by_scan(scanner.scan_source(ReadSource::new(Trickle { rest: input })));
            assert_eq!(trickle, expected, "{}", context("trickle"));
        }
        check_count(input, dialect, backend);
    }
}

fn check_count(input: &[u8], dialect: Dialect, backend: Backend) {
    let any_columns = Dialect::new(dialect.delimiter()).expect("the delimiter was legal before");
    let lines = by_reference(input, &any_columns).records;
    let counts = scanner(dialect, backend, 1).count(input);
    assert_eq!(counts.records, lines.len() as u64, "{backend}: {}", input.escape_ascii());
    let fields: usize = lines.iter().map(|line| line.fields.len()).sum();
    assert_eq!(counts.fields, fields as u64, "{backend}: {}", input.escape_ascii());
}

pub(crate) fn scanner(dialect: Dialect, backend: Backend, burst_bytes: usize) -> Scanner {
    let burst_bytes = NonZeroUsize::new(burst_bytes).expect("bursts are not empty");
    let scanner = Scanner::with_backend(dialect, backend).expect("the backend is available");
    scanner.with_burst_bytes(burst_bytes)
}

pub(crate) fn by_reference(input: &[u8], dialect: &Dialect) -> Outcome {
    let mut outcome = Outcome { records: Vec::new(), ragged: Vec::new(), stop: None };
    let copy = |line: reference::Line<'_, '_>| Line {
        number: line.number,
        offset: line.offset,
        fields: line.fields.iter().map(|field| field.to_vec()).collect(),
    };
    let result = reference::parse(input, dialect, |event| match event {
        Event::Record(line) => outcome.records.push(copy(line)),
        Event::Ragged(line) => outcome.ragged.push(copy(line)),
    });
    outcome.stop = result.err();
    outcome
}

pub(crate) fn by_scan<S: Source>(mut batches: Batches<impl BorrowMut<Scanner>, S>) -> Outcome {
    let mut outcome = Outcome { records: Vec::new(), ragged: Vec::new(), stop: None };
    loop {
        match batches.next() {
            Ok(Some(batch)) => {
                assert_eq!(batch.records().len(), batch.record_count());
                outcome.records.extend(batch.records().map(|record| line(&record)));
                outcome.ragged.extend(batch.ragged().map(|ragged| line(&ragged.record())));
            }
            Ok(None) => break,
            Err(error) => {
                outcome.stop = Some(stop(&error));
                assert!(matches!(batches.next(), Ok(None)), "nothing comes behind an error");
                break;
            }
        }
    }
    outcome
}

/// Copies a record out, and holds the ways to reach its fields against each other.
fn line(record: &delimark::Record<'_>) -> Line {
    let fields: Vec<Vec<u8>> = record.fields().map(<[u8]>::to_vec).collect();
    assert_eq!(record.fields().len(), record.len());
    let mut folded = Vec::new();
    record.fields().for_each(|field| folded.push(field.to_vec()));
    assert_eq!(folded, fields);
    let indexed: Vec<_> = (0..record.len()).map(|index| record.field(index)).collect();
    assert!(indexed.iter().copied().eq(fields.iter().map(|field| Some(&field[..]))));
    assert_eq!(record.field(record.len()), None);
    Line { number: record.line_number(), offset: record.offset(), fields }
}

fn stop(error: &ScanError) -> Stop {
    let line_number = error.line_number().expect("the sources of these tests do not fail");
    let offset = error.offset();
    match error.fields_found() {
        Some(found) => Stop::Ragged { line_number, offset, found },
        None => Stop::LineTooLong { line_number, offset },
    }
}

/// A reader that yields a byte, then two, then three, and starts again.
struct Trickle<'a> {
    rest: &'a [u8],
}

impl Read for Trickle<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        let count = (self.rest.len() % 3 + 1).min(self.rest.len()).min(buffer.len());
        let (now, later) = self.rest.split_at(count);
        buffer[..count].copy_from_slice(now);
        self.rest = later;
        Ok(count)
    }
}
