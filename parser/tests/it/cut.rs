//! Inputs cut into parts for threads, and into ranges for machines: nothing is lost, no line is
//! cut, parts are alike in size.

use std::io::{Cursor, Read, Seek, SeekFrom, Write};
use std::num::NonZeroUsize;

use delimark::{
    Backend, Batches, Dialect, MapSource, Place, ReadSource, Scanner, SliceSource, Source,
    cut_at_newlines, lines_in_range,
};
use proptest::prelude::*;

use crate::check::{Line, by_reference, by_scan, scanner};

fn cut(bytes: &[u8], parts: usize) -> Vec<&[u8]> {
    cut_at_newlines(bytes, NonZeroUsize::new(parts).expect("there is a part at least"))
}

#[track_caller]
fn check(bytes: &[u8], most_parts: usize) {
    let parts = cut(bytes, most_parts);
    assert_eq!(parts.concat(), bytes, "every byte is in one part, and the order is kept");
    assert!(parts.len() <= most_parts);
    assert!(parts.iter().all(|part| !part.is_empty()));
    let all_but_last = parts.split_last().map_or(&[][..], |(_, rest)| rest);
    assert!(all_but_last.iter().all(|part| part.ends_with(b"\n")), "{parts:?}");
}

#[test]
fn nothing_has_no_parts() {
    assert!(cut(b"", 1).is_empty() && cut(b"", 4).is_empty());
}

#[test]
fn there_are_no_more_parts_than_lines() {
    assert_eq!(cut(b"\n", 3), [b"\n"]);
    assert_eq!(cut(b"no newline", 3), [b"no newline"]);
    assert_eq!(cut(b"a\nb", 9), [&b"a\n"[..], b"b"]);
    assert_eq!(cut(b"\n\n\n", 3), [b"\n", b"\n", b"\n"]);
}

#[test]
fn a_long_line_is_one_part_and_the_rest_is_shared_out() {
    let long = [&[b'x'; 1000][..], b"\n", &b"ab\n".repeat(100)].concat();
    let lengths: Vec<usize> = cut(&long, 4).into_iter().map(<[u8]>::len).collect();
    assert_eq!(lengths, [1001, 102, 99, 99]);
}

#[test]
fn parts_differ_by_a_line_at_most() {
    let lines = b"0123456789\n".repeat(10_000);
    for most_parts in [1, 2, 3, 7, 64] {
        let parts = cut(&lines, most_parts);
        assert_eq!(parts.len(), most_parts);
        let lengths = || parts.iter().map(|part| part.len());
        let (shortest, longest) = (lengths().min().unwrap(), lengths().max().unwrap());
        assert!(longest - shortest <= 22, "{shortest} to {longest} bytes in {most_parts} parts");
    }
}

fn dialect() -> Dialect {
    Dialect::new(b'|').unwrap()
}

/// Scans three ranges one after another, each with the lines of those before it, as if each had
/// been scanned elsewhere and counted.
#[track_caller]
fn check_ranges<S: Source>(
    bytes: &[u8],
    cuts: [usize; 2],
    burst_bytes: usize,
    source: impl Fn(std::ops::Range<u64>) -> S,
) {
    let [first, second] = cuts.map(|cut| cut as u64);
    let mut records: Vec<Line> = Vec::new();
    for range in [0..first, first..second, second..bytes.len() as u64 + 9] {
        let scanner = scanner(dialect(), Backend::best(), burst_bytes);
        let batches: Batches<Scanner, S> = scanner.into_batches(source(range.clone()));
        let of_range = by_scan(batches.with_lines_before(records.len() as u64));
        assert!(of_range.records.iter().all(|line| range.contains(&line.offset)), "{range:?}");
        records.extend(of_range.records);
    }
    let whole = by_reference(bytes, &dialect()).records;
    assert_eq!(records, whole, "cut at {cuts:?}: {}", bytes.escape_ascii());
}

/// Every reader here also yields a byte at a time.
struct Slow<R>(R);

impl<R: Read> Read for Slow<R> {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        let most = buffer.len().min(1);
        self.0.read(&mut buffer[..most])
    }
}

impl<R: Seek> Seek for Slow<R> {
    fn seek(&mut self, to: SeekFrom) -> std::io::Result<u64> {
        self.0.seek(to)
    }
}

const LOGS: [&[u8]; 6] =
    [b"", b"\n", b"\n\n|\n", b"a|b\r\nlonger|line\n\nlast|", b"no newline", b"\nx\ny\nz\n"];

fn for_each_cut(mut visit: impl FnMut(&'static [u8], [usize; 2])) {
    for bytes in LOGS {
        for first in 0..=bytes.len() + 1 {
            for second in first..=bytes.len() + 1 {
                visit(bytes, [first, second]);
            }
        }
    }
}

#[test]
fn ranges_cut_anywhere_have_every_line_once() {
    for burst_bytes in [1, 4, 64] {
        for_each_cut(|bytes, cuts| {
            check_ranges(bytes, cuts, burst_bytes, |range| {
                let lines = lines_in_range(bytes, range.start as usize..range.end as usize);
                SliceSource::new(&bytes[lines.clone()]).with_offset(lines.start as u64)
            });
            check_ranges(bytes, cuts, burst_bytes, |range| {
                ReadSource::new(Cursor::new(bytes)).seek_to_range(range).unwrap()
            });
            check_ranges(bytes, cuts, burst_bytes, |range| {
                ReadSource::new(Slow(Cursor::new(bytes))).seek_to_range(range).unwrap()
            });
            // From the beginning on, without a seek.
            check_ranges(bytes, cuts, burst_bytes, |range| {
                ReadSource::new(bytes).with_range(range)
            });
        });
    }
}

#[test]
#[cfg_attr(target_family = "wasm", ignore = "WebAssembly has no memory maps")]
fn ranges_of_a_map_have_every_line_once() {
    for_each_cut(|bytes, cuts| {
        let mut file = tempfile::NamedTempFile::new().unwrap();
        file.write_all(bytes).unwrap();
        check_ranges(bytes, cuts, 4, |range| {
            MapSource::open(file.path()).unwrap().with_range(range)
        });
    });
}

#[test]
fn a_range_the_wrong_way_round_has_no_lines() {
    let (start, end) = (3, 1);
    assert_eq!(lines_in_range(b"a\nb\nc\n", start..end), 4..4);
    let range = start as u64..end as u64;
    let mut source = ReadSource::new(&b"a\nb\n"[..]).with_range(range);
    let limits = delimark::BurstLimits::new(64, 64);
    assert!(source.next_burst(limits).unwrap().is_none());
}

#[test]
fn a_range_that_a_line_runs_through_has_no_lines_and_keeps_nothing_of_it() {
    let line = [&vec![b'x'; 1 << 20][..], b"\nnext\n"].concat();
    let reader = Cursor::new(&line);
    let mut source = ReadSource::new(reader).seek_to_range(10..1 << 20).unwrap();
    let limits = delimark::BurstLimits::new(64, 1 << 10);
    assert!(source.next_burst(limits).unwrap().is_none());
    assert!(source.into_buffer().len() <= 64);

    let reader = Cursor::new(&line);
    let mut source = ReadSource::new(reader).seek_to_range(10..1 << 30).unwrap();
    let burst = source.next_burst(limits).unwrap().unwrap();
    assert_eq!((burst.offset, burst.bytes), ((1 << 20) + 1, &b"next\n"[..]));
}

#[test]
fn a_range_ends_in_a_line_over_the_limit_only_if_that_is_its_own() {
    let log = b"a|b\nlonger than the limit\n";
    let limited = dialect().with_line_limit(8).unwrap();
    let mut scanner = scanner(limited, Backend::best(), 64);
    for (range, stops) in [(0..4, false), (0..5, true), (4..9, true), (5..99, false)] {
        let source = ReadSource::new(Cursor::new(log)).seek_to_range(range.clone()).unwrap();
        let outcome = by_scan(scanner.scan_source(source));
        assert_eq!(outcome.stop.is_some(), stops, "{range:?}");
    }
}

#[test]
fn a_slice_begins_where_it_is_said_to() {
    let mut scanner = scanner(dialect(), Backend::best(), 1);
    let place = Place { offset: 1 << 40, lines_before: 1 << 33 };
    let mut expected = by_reference(b"a|b\n\nc", &dialect());
    expected.move_to(place);
    assert_eq!(by_scan(scanner.scan_at(b"a|b\n\nc", place)), expected);
}

proptest! {
    #[test]
    fn parts_one_after_another_are_the_input(
        bytes in prop::collection::vec(prop::sample::select(&b"a|\n\r"[..]), 0..300),
        most_parts in 1_usize..9,
    ) {
        check(&bytes, most_parts);
        let dialect = Dialect::new(b'|').unwrap();
        let whole = by_reference(&bytes, &dialect).records;
        let of_part = |part| by_scan(scanner(dialect, Backend::best(), 64).scan(part)).records;
        let of_parts: Vec<_> = cut(&bytes, most_parts).into_iter().flat_map(of_part).collect();
        let fields = |lines: &[Line]| -> Vec<Vec<Vec<u8>>> {
            lines.iter().map(|line| line.fields.clone()).collect()
        };
        prop_assert_eq!(fields(&of_parts), fields(&whole));
    }
}
