//! The comparison that every other test uses: each backend, each source, against the reference.

use std::borrow::BorrowMut;
use std::io::Read;
use std::num::NonZeroUsize;
use std::sync::LazyLock;

use delimark::reference::{self, Event, Stop};
use delimark::{
    Backend, Batch, Batches, Decoder, Dialect, Place, RaggedPolicy, RaggedReason, ReadSource,
    ScanError, Scanner, SliceSource, Source,
};

/// The outcome of an input: the same for every way of getting there, or one of them is wrong.
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
    /// The offset of the quote that makes it ragged; none of those that are handed out.
    pub(crate) open_quote: Option<u64>,
}

/// Burst sizes around the edges of blocks and groups, and one that holds any small input.
pub(crate) const BURST_BYTES: [usize; 6] = [1, 63, 64, 65, 4096, 1 << 16];

/// Names the backends to check, separated by commas; set where emulation makes the others dear.
const CHECKED_VARIABLE: &str = "DELIMARK_CHECK_BACKENDS";

/// Returns the backends to compare with the reference: all that can run here, or those of the
/// variable.
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

/// Checks as [`check`] does, for these burst sizes.
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
        check_pushed_and_owned(input, dialect, backend, &expected);
        check_count(input, dialect, backend);
    }
}

fn check_pushed_and_owned(input: &[u8], dialect: Dialect, backend: Backend, expected: &Outcome) {
    let mut decoder = Decoder::new(scanner(dialect, backend, 64));
    let context = || format!("{backend}, {dialect:?}: {}", input.escape_ascii());
    for chunk_bytes in [1, 64, input.len() / 2 + 1] {
        let decoded = by_decoder(&mut decoder, input.chunks(chunk_bytes));
        assert_eq!(decoded, *expected, "chunks of {chunk_bytes}, {}", context());
    }
    let owned = by_scan(decoder.into_scanner().into_batches(SliceSource::new(input)));
    assert_eq!(owned, *expected, "owned, {}", context());
}

fn check_count(input: &[u8], dialect: Dialect, backend: Backend) {
    let any_columns = Dialect::new(dialect.delimiter()).expect("the delimiter was legal before");
    let any_columns = match dialect.quote() {
        Some(quote) => any_columns.with_quote(quote, dialect.quote_escape()),
        None => Ok(any_columns),
    };
    let any_columns = any_columns.expect("the quote was legal before");
    let lines = by_reference(input, &any_columns.with_ragged(RaggedPolicy::Keep)).records;
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
        open_quote: None,
    };
    let result = reference::parse(input, dialect, |event| match event {
        Event::Record(line) => outcome.records.push(copy(line)),
        Event::Ragged(line) => {
            outcome.ragged.push(Line { open_quote: line.open_quote, ..copy(line) });
        }
    });
    outcome.stop = result.err();
    outcome
}

pub(crate) fn by_scan<S: Source>(mut batches: Batches<impl BorrowMut<Scanner>, S>) -> Outcome {
    let mut outcome = Outcome { records: Vec::new(), ragged: Vec::new(), stop: None };
    loop {
        match batches.next() {
            Ok(Some(batch)) => outcome.take(&batch),
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

/// Pushes chunks up to an error, which has to come again until the input is finished.
pub(crate) fn by_decoder<'a>(
    decoder: &mut Decoder,
    mut chunks: impl Iterator<Item = &'a [u8]>,
) -> Outcome {
    let mut outcome = Outcome { records: Vec::new(), ragged: Vec::new(), stop: None };
    let pushed = chunks.try_for_each(|chunk| decoder.push(chunk, |batch| outcome.take(batch)));
    if let Err(error) = &pushed {
        let again = decoder.push(b"a line\n", |_| panic!("nothing comes behind an error"));
        assert_eq!(again.map_err(|error| stop(&error)), Err(stop(error)));
        assert_eq!(decoder.check().map_err(|error| stop(&error)), Err(stop(error)));
    }
    let finished = decoder.finish(|batch| outcome.take(batch));
    if let Err(error) = &pushed {
        assert_eq!(finished.as_ref().map_err(stop), Err(stop(error)));
    }
    outcome.stop = finished.err().map(|error| stop(&error));
    outcome
}

impl Outcome {
    /// Makes it that of the same input after the bytes and lines of a place.
    pub(crate) fn move_to(&mut self, place: Place) {
        for line in self.records.iter_mut().chain(&mut self.ragged) {
            line.offset += place.offset;
            line.number += place.lines_before;
            line.open_quote = line.open_quote.map(|quote| quote + place.offset);
        }
        if let Some(
            Stop::Ragged { line_number, offset, .. }
            | Stop::OpenQuote { line_number, offset, .. }
            | Stop::LineTooLong { line_number, offset },
        ) = &mut self.stop
        {
            *offset += place.offset;
            *line_number += place.lines_before;
        }
        if let Some(Stop::OpenQuote { quote_offset, .. }) = &mut self.stop {
            *quote_offset += place.offset;
        }
    }

    fn take(&mut self, batch: &Batch<'_>) {
        check_views(batch);
        self.records.extend(batch.records().map(|record| line(batch, &record)));
        self.ragged.extend(batch.ragged().map(|ragged| {
            let open_quote = match ragged.reason() {
                RaggedReason::OpenQuote { quote_offset } => Some(quote_offset),
                RaggedReason::FieldCount { .. } => None,
            };
            Line { open_quote, ..line(batch, &ragged.record()) }
        }));
    }
}

/// Compares the ways to reach records and columns with each other.
fn check_views(batch: &Batch<'_>) {
    let bytes = batch.as_bytes();
    let rows = batch.record_count();
    assert_eq!(batch.records().len(), rows);
    assert!(batch.record(rows).is_none() && batch.record(usize::MAX).is_none());
    for (row, record) in batch.records().enumerate() {
        let direct = batch.record(row).expect("there are as many records");
        assert_eq!(direct.offset(), record.offset());
        assert_eq!(direct.line_number(), record.line_number());
        assert!(direct.fields().eq(record.fields()));
    }
    let most_columns = batch.records().map(|record| record.len()).max().unwrap_or(0);
    for column in (0..most_columns.min(4)).chain([most_columns]) {
        assert_eq!(batch.spans(column).len(), rows);
        let spans = batch.spans(column).map(|span| span.map(|span| &bytes[span.range()]));
        assert!(spans.eq(batch.column(column)));
    }
    let uniform = batch.uniform();
    assert_eq!(uniform.map(|uniform| uniform.columns()), batch.uniform_columns());
    if let Some(uniform) = uniform {
        assert_eq!(uniform.rows().len(), rows);
        for (row, record) in uniform.rows().zip(batch.records()) {
            let spans = (0..record.len()).map(|column| &bytes[row.span(column).range()]);
            assert!(spans.eq(record.fields()));
        }
        let last = uniform.columns() as usize - 1;
        assert!(uniform.spans(last).map(Some).eq(batch.spans(last)));
    }
    let first = batch.records().map(|record| (record.offset(), record.line_number())).next();
    let place = batch.place();
    assert_eq!(place.offset, batch.offset());
    assert!(
        first.is_none_or(|(offset, line)| { offset >= place.offset && line > place.lines_before })
    );
}

/// Copies a record out, and compares the ways to reach its fields with each other.
fn line(batch: &Batch<'_>, record: &delimark::Record<'_>) -> Line {
    let fields: Vec<Vec<u8>> = record.fields().map(<[u8]>::to_vec).collect();
    assert_eq!(record.fields().len(), record.len());
    let mut folded = Vec::new();
    record.fields().for_each(|field| folded.push(field.to_vec()));
    assert_eq!(folded, fields);
    let indexed: Vec<_> = (0..record.len()).map(|index| record.field(index)).collect();
    assert!(indexed.iter().copied().eq(fields.iter().map(|field| Some(&field[..]))));
    assert_eq!(record.field(record.len()), None);
    assert_eq!(record.field_range(record.len()), None);
    let mut next = None;
    for (index, field) in fields.iter().enumerate() {
        let range = record.field_range(index).expect("there are as many ranges as fields");
        assert_eq!(&batch.as_bytes()[range.clone()], field);
        let raw = record.raw_field_range(index).expect("nor are there fewer of these");
        let has_quotes = raw.len() > range.len();
        let inner = raw.start + usize::from(has_quotes)..raw.end - usize::from(has_quotes);
        assert_eq!(inner, range);
        next.get_or_insert(raw.start);
        assert_eq!(next.replace(raw.end + 1), Some(raw.start), "a byte is between two fields");
    }
    assert_eq!(record.raw_field_range(record.len()), None);
    let (number, offset) = (record.line_number(), record.offset());
    Line { number, offset, fields, open_quote: None }
}

fn stop(error: &ScanError) -> Stop {
    let line_number = error.line_number().expect("the sources of these tests do not fail");
    let offset = error.offset();
    match error.ragged_reason() {
        Some(RaggedReason::FieldCount { found, .. }) => Stop::Ragged { line_number, offset, found },
        Some(RaggedReason::OpenQuote { quote_offset }) => {
            Stop::OpenQuote { line_number, offset, quote_offset }
        }
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
