//! Input that is pushed: what a decoder keeps, and how it goes on after an error and the end.

use delimark::reference::Stop;
use delimark::{Backend, Batch, Decoder, Dialect, Place, RaggedPolicy};

use crate::check::{by_decoder, by_reference, scanner};

const INPUT: &[u8] = b"a|b\r\n\nc|d|e\n|\nlonger|line\r\nlast|\r";

fn dialect(ragged: RaggedPolicy, line_limit_bytes: usize) -> Dialect {
    let dialect = Dialect::new(b'|').unwrap().with_columns(2).unwrap().with_ragged(ragged);
    dialect.with_line_limit(line_limit_bytes).unwrap()
}

fn decoder(ragged: RaggedPolicy, line_limit_bytes: usize) -> Decoder {
    Decoder::new(scanner(dialect(ragged, line_limit_bytes), Backend::best(), 1 << 16))
}

#[test]
fn how_an_input_is_cut_does_not_matter() {
    for (policy, limit) in [
        (RaggedPolicy::Report, 100),
        (RaggedPolicy::Keep, 100),
        (RaggedPolicy::Rest, 100),
        (RaggedPolicy::Error, 100),
        (RaggedPolicy::Keep, 7),
    ] {
        let expected = by_reference(INPUT, &dialect(policy, limit));
        let end = match &expected.stop {
            None => Place { offset: INPUT.len() as u64, lines_before: 6 },
            Some(
                Stop::Ragged { line_number, offset, .. }
                | Stop::OpenQuote { line_number, offset, .. }
                | Stop::LineTooLong { line_number, offset },
            ) => Place { offset: *offset, lines_before: line_number - 1 },
        };
        for size in 1..=INPUT.len() {
            let mut decoder = decoder(policy, limit);
            // Twice: an input after another begins at its first line.
            for _ in 0..2 {
                let outcome = by_decoder(&mut decoder, INPUT.chunks(size));
                assert_eq!(outcome, expected, "{policy}, chunks of {size}");
                assert_eq!(decoder.place(), end, "{policy}, chunks of {size}");
            }
        }
    }
}

#[test]
fn batches_carry_their_place() {
    let mut decoder = decoder(RaggedPolicy::Report, 100);
    let mut ragged = Vec::new();
    let mut bytes = Vec::new();
    let mut visit = |batch: &Batch<'_>| {
        assert_eq!(batch.offset(), bytes.len() as u64);
        bytes.extend_from_slice(batch.as_bytes());
        ragged.extend(batch.ragged().map(|ragged| {
            (ragged.record().line_number(), ragged.record().offset(), ragged.fields_found())
        }));
    };
    for chunk in INPUT.chunks(3) {
        decoder.push(chunk, &mut visit).unwrap();
    }
    decoder.finish(&mut visit).unwrap();
    assert_eq!((bytes, ragged), (INPUT.to_vec(), vec![(2, 5, 1), (3, 6, 3)]));
    let whole = Place { offset: INPUT.len() as u64, lines_before: 6 };
    assert_eq!(decoder.place(), whole, "it stays behind the end");
    decoder.push(b"a|b\n", |_| ()).unwrap();
    assert_eq!(decoder.place(), Place { offset: 4, lines_before: 1 }, "another input");
}

#[test]
fn an_error_comes_behind_the_records_before_it() {
    let mut decoder = decoder(RaggedPolicy::Error, 100);
    let mut records = 0;
    let mut visit = |batch: &Batch<'_>| records += batch.record_count();
    let message = "line 2 at byte 5 has 1 field, 2 are expected";
    assert_eq!(decoder.push(INPUT, &mut visit).unwrap_err().to_string(), message);
    assert_eq!(decoder.push(b"x|y\n", &mut visit).unwrap_err().to_string(), message);
    let stop = Place { offset: 5, lines_before: 1 };
    assert_eq!(decoder.place(), stop, "the lines after it were not visited");
    assert_eq!(decoder.finish(&mut visit).unwrap_err().to_string(), message);
    assert_eq!(decoder.place(), stop, "it stays");
    assert_eq!(records, 1);
    assert!(decoder.check().is_ok());
    decoder.push(b"x|y\n", |_| ()).unwrap();
}

#[test]
fn a_line_that_never_ends_is_not_collected() {
    let mut decoder = decoder(RaggedPolicy::Keep, 100);
    decoder.push(b"a|b\n", |_| ()).unwrap();
    for _ in 0..100 {
        decoder.push(b"x", |_| ()).unwrap();
    }
    let error = decoder.push(b"x", |_| ()).unwrap_err();
    assert!(error.is_line_too_long());
    assert_eq!((error.line_number(), error.offset()), (Some(2), 4));
}

#[test]
fn a_line_of_the_limit_is_whole_however_it_is_cut() {
    for (bytes, fits) in [(100, true), (101, false)] {
        for ending in [&b""[..], b"\n"] {
            let line = [&vec![b'x'; bytes][..], ending].concat();
            for cut in 0..=line.len() {
                let mut decoder = decoder(RaggedPolicy::Keep, 100);
                let (first, second) = line.split_at(cut);
                let outcome = by_decoder(&mut decoder, [first, second].into_iter());
                assert_eq!(outcome.stop.is_none(), fits, "{bytes} bytes, cut behind {cut}");
                assert_eq!(outcome.records.len(), usize::from(fits));
            }
        }
    }
}

#[test]
fn an_input_can_begin_anywhere_and_be_given_up() {
    let mut decoder = decoder(RaggedPolicy::Error, 100);
    decoder.push(b"a|b\nhalf a li", |_| ()).unwrap();
    decoder.restart(Place { offset: 1000, lines_before: 20 });
    let error = decoder.push(b"a|b\nlonely\n", |batch| assert_eq!(batch.offset(), 1000));
    let message = "line 22 at byte 1004 has 1 field, 2 are expected";
    assert_eq!(error.unwrap_err().to_string(), message);
    decoder.restart(Place::default());
    decoder.push(b"a|b\n", |batch| assert_eq!(batch.record_count(), 1)).unwrap();
    assert_eq!(decoder.scanner().count(b"a|b\nc").fields, 3, "no part of the input");
    decoder.finish(|_| panic!("no line lacks its newline")).unwrap();
}
