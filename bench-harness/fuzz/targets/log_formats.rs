//! Format strings that anybody may paste, and lines that anybody may write: what a format says of a
//! line is inside the line, the same in both ways that there are, and never a panic.

#![no_main]

use std::sync::LazyLock;

use arbitrary::{Result, Unstructured};
use delimark::{Batch, RaggedPolicy, Scanner, Span};
use delimark_formats::{LogFormat, Preset, decode, guess};
use libfuzzer_sys::fuzz_target;

/// The formats that have names, made once.
static NAMED: LazyLock<Vec<(Preset, LogFormat)>> =
    LazyLock::new(|| Preset::ALL.map(|preset| (preset, preset.format())).to_vec());

/// Takes a format with a line: one that has a name, whose example is changed somewhere, or a string
/// in the notation of a server.
fn format<'a>(bytes: &mut Unstructured<'a>) -> Result<Option<(LogFormat, Vec<u8>)>> {
    if bytes.arbitrary()? {
        let (preset, format) = bytes.choose(&NAMED)?;
        return Ok(Some((format.clone(), changed(preset.example(), bytes)?)));
    }
    let length = bytes.int_in_range(0..=200)?;
    let text: &'a str = std::str::from_utf8(bytes.bytes(length)?).unwrap_or("$a $status \"$b\"");
    let read = LogFormat::of_server(text);
    if let Err(error) = &read {
        assert!(error.offset() <= text.len(), "{error} at {} of {text:?}", error.offset());
    }
    Ok(read.ok().map(|format| (format, Vec::new())))
}

/// Puts other bytes in some places of a line, or takes bytes out.
fn changed(line: &str, bytes: &mut Unstructured<'_>) -> Result<Vec<u8>> {
    let mut changed = line.as_bytes().to_vec();
    for _ in 0..bytes.int_in_range(0..=4)? {
        let place = bytes.choose_index(changed.len())?;
        match bytes.int_in_range(0..=2)? {
            0 => changed[place] = bytes.arbitrary()?,
            1 => changed.insert(place, bytes.arbitrary()?),
            _ => {
                let end = changed.len().min(place + bytes.int_in_range(1..=9)?);
                changed.drain(place..end);
            }
        }
        if changed.is_empty() {
            break;
        }
    }
    changed.push(b'\n');
    Ok(changed)
}

/// Reads the records of a batch.
fn check_batch(format: &LogFormat, batch: &Batch<'_>) {
    let bytes = batch.as_bytes();
    let table = format.fixed_layout().zip(batch.uniform());
    let table = table.filter(|(fixed, table)| table.columns() == fixed.fields());
    let mut rows = table.as_ref().map(|(_, table)| table.rows());
    let mut places = vec![None; format.columns().len()];
    for record in batch.records() {
        let line = record.as_bytes();
        let start = line.as_ptr().addr() - bytes.as_ptr().addr();
        let row = rows.as_mut().map(|rows| rows.next().expect("a row for each record"));
        let matched = format.match_record(bytes, &record, &mut places);
        if let Err(mismatch) = &matched {
            assert!(mismatch.offset() <= line.len(), "{mismatch}");
        }
        let is_match = matched.is_ok();
        if let (Some((fixed, _)), Some(row)) = (&table, row) {
            assert_eq!(fixed.matches(bytes, &row), is_match, "{format:?}");
            if is_match {
                let spans = fixed.columns().iter().map(|column| {
                    Some(column.span(row.span(column.first()), row.span(column.last())))
                });
                assert!(spans.eq(places.iter().copied()), "{format:?}");
            }
        }
        if !is_match {
            continue;
        }
        let mut decoded = Vec::new();
        for (column, place) in format.columns().iter().zip(&places) {
            let Some(Span { start: from, end: to }) = *place else { continue };
            let (from, to) = (from as usize, to as usize);
            assert!(start <= from && from <= to && to <= start + line.len(), "{format:?}");
            decoded.clear();
            decode(column.encoding(), &bytes[from..to], &mut decoded);
            assert!(decoded.len() <= to - from, "an escape is never shorter than its byte");
        }
    }
}

fn run(bytes: &[u8]) -> Result<()> {
    let mut bytes = Unstructured::new(bytes);
    let Some((format, mut log)) = format(&mut bytes)? else { return Ok(()) };
    log.extend(bytes.take_rest());
    assert!(guess(&log).candidates().iter().all(|found| found.lines() > 0));
    let dialect = format.dialect().with_ragged(RaggedPolicy::Report);
    let mut scanner = Scanner::new(dialect).expect("the backend can run");
    let mut batches = scanner.scan(&log);
    while let Some(batch) = batches.next().expect("no line is that long") {
        check_batch(&format, &batch);
    }
    for line in log.split(|&byte| byte == b'\n') {
        if let Ok(Some(named)) = format.read_directive(line) {
            assert!(named.has_directives());
        }
    }
    Ok(())
}

fuzz_target!(|bytes: &[u8]| {
    // Bytes too few for a format are no input.
    let _ = run(bytes);
});
