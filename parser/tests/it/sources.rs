//! Sources of bytes: maps, readers, and what goes wrong with them.

use std::io::{self, Read, Write};

use delimark::{
    Burst, BurstLimits, Dialect, LineTooLong, MapSource, QuoteEscape, RaggedPolicy, ReadSource,
    Scanner, SliceSource, Source, SourceError,
};

use crate::check::{by_reference, by_scan};

fn dialect() -> Dialect {
    Dialect::new(b'|').unwrap()
}

fn file_of(bytes: &[u8]) -> tempfile::NamedTempFile {
    let mut file = tempfile::NamedTempFile::new().unwrap();
    file.write_all(bytes).unwrap();
    file
}

#[test]
#[cfg_attr(target_family = "wasm", ignore = "WebAssembly has no memory maps")]
fn a_map_shows_what_a_slice_shows() {
    let mut scanner = Scanner::new(dialect()).unwrap();
    for input in [&b""[..], b"a|b\nc|d", &b"some|line|or|other\n".repeat(9_000)] {
        let file = file_of(input);
        let source = MapSource::open(file.path()).unwrap();
        assert_eq!(source.as_bytes(), input);
        let outcome = by_scan(scanner.scan_source(source));
        assert_eq!(outcome, by_reference(input, &dialect()));
    }
}

#[test]
#[cfg_attr(target_family = "wasm", ignore = "WebAssembly has no memory maps")]
fn a_directory_cannot_be_mapped() {
    let directory = tempfile::tempdir().unwrap();
    let error = MapSource::open(directory.path()).unwrap_err();
    assert_eq!(error.kind(), io::ErrorKind::InvalidInput);
}

#[test]
fn offsets_go_beyond_4_gib() {
    const OFFSET: u64 = (1 << 32) - 3;
    struct Far {
        bursts: Vec<&'static [u8]>,
        offset: u64,
    }
    impl Source for Far {
        fn next_burst(&mut self, _: BurstLimits) -> Result<Option<Burst<'_>>, SourceError> {
            let Some(bytes) = self.bursts.pop() else {
                return Ok(None);
            };
            let offset = self.offset;
            self.offset += bytes.len() as u64;
            Ok(Some(Burst { bytes, offset }))
        }
    }
    let mut scanner = Scanner::new(dialect()).unwrap();
    let source = Far { bursts: vec![b"c|d\n", b"a\nb|c\n"], offset: OFFSET };
    let outcome = by_scan(scanner.scan_source(source));
    let places: Vec<_> = outcome.records.iter().map(|line| (line.number, line.offset)).collect();
    assert_eq!(places, [(1, OFFSET), (2, OFFSET + 2), (3, OFFSET + 6)]);
}

/// The sources of this crate lend a last line without a newline alone; others need not.
#[test]
fn a_burst_may_end_without_a_newline_behind_lines_with_open_quotes() {
    struct Whole(Option<&'static [u8]>);
    impl Source for Whole {
        fn next_burst(&mut self, _: BurstLimits) -> Result<Option<Burst<'_>>, SourceError> {
            Ok(self.0.take().map(|bytes| Burst { bytes, offset: 0 }))
        }
    }
    let dialect = Dialect::new(b'|').unwrap().with_quote(b'"', QuoteEscape::None).unwrap();
    let dialect = dialect.with_ragged(RaggedPolicy::Keep);
    // The quotes of the open lines pair, so that the burst ends outside, or not.
    for input in [&b"a|\"b\nc\"|d\ne|f"[..], b"a|\"b\nc|d\ne|f", b"a|b\nc|\"d\ne|\"f"] {
        let mut scanner = Scanner::new(dialect).unwrap();
        let found = by_scan(scanner.scan_source(Whole(Some(input))));
        assert_eq!(found, by_reference(input, &dialect), "{}", input.escape_ascii());
    }
}

#[test]
fn limits_beyond_any_are_the_largest_there_are() {
    let limits = BurstLimits::new(usize::MAX, usize::MAX);
    assert_eq!(limits.line_bytes(), Dialect::MAXIMUM_LINE_LIMIT_BYTES);
    assert_eq!(limits.burst_bytes(), Dialect::MAXIMUM_LINE_LIMIT_BYTES + 1);
    assert_eq!(limits.bytes_to_hold(usize::MAX), limits.burst_bytes());
    assert_eq!(limits.split(b"a|b\nc"), Ok(&b"a|b\n"[..]));
}

#[test]
fn a_reader_that_fails_says_how_far_it_got() {
    struct Failing;
    impl Read for Failing {
        fn read(&mut self, _: &mut [u8]) -> io::Result<usize> {
            Err(io::Error::other("the disk is gone"))
        }
    }
    let mut scanner = Scanner::new(dialect()).unwrap();
    let mut batches = scanner.scan_source(ReadSource::new(b"a|b\npartial".chain(Failing)));
    assert_eq!(batches.next().unwrap().unwrap().record_count(), 1);
    let error = batches.next().unwrap_err();
    assert_eq!(error.to_string(), "the input could not be read at byte 11");
    assert_eq!(std::error::Error::source(&error).unwrap().to_string(), "the disk is gone");
    assert!(matches!(batches.next(), Ok(None)));
}

#[test]
fn a_reader_that_is_interrupted_is_asked_again() {
    struct Interrupted {
        calls: u32,
    }
    impl Read for Interrupted {
        fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
            self.calls += 1;
            match self.calls {
                1 => Err(io::ErrorKind::Interrupted.into()),
                2 => (&b"a|b\n"[..]).read(buffer),
                _ => Ok(0),
            }
        }
    }
    let mut scanner = Scanner::new(dialect()).unwrap();
    let outcome = by_scan(scanner.scan_source(ReadSource::new(Interrupted { calls: 0 })));
    assert_eq!(outcome, by_reference(b"a|b\n", &dialect()));
}

/// Returns the length of each burst that a source lends.
fn bursts(mut source: impl Source, limits: BurstLimits) -> Vec<usize> {
    let mut lengths = Vec::new();
    while let Some(burst) = source.next_burst(limits).unwrap() {
        lengths.push(burst.bytes.len());
    }
    lengths
}

#[test]
fn a_long_line_makes_one_long_burst_and_no_other() {
    let mut input = vec![b'x'; 1000];
    input.push(b'\n');
    input.extend(b"0123456\n".repeat(100));
    let limits = BurstLimits::new(64, 1 << 20);
    let reused = ReadSource::with_buffer(&input[..], vec![0; 1 << 16]);
    for lengths in [
        bursts(SliceSource::new(&input), limits),
        bursts(ReadSource::new(&input[..]), limits),
        bursts(reused, limits),
    ] {
        assert_eq!(lengths.iter().sum::<usize>(), input.len());
        assert_eq!(lengths[0], 1001);
        assert!(lengths[1..].iter().all(|&length| length <= 64), "{lengths:?}");
        assert!(lengths.len() <= 16, "{lengths:?}");
    }
}

#[test]
fn bursts_are_cut_for_whoever_reads_on() {
    let limits = BurstLimits::new(4, 8);
    // After the last newline that is near enough, or the first one of a long line.
    assert_eq!(limits.find_end(b"a\nb\nc\n", 0), Ok(Some(4)));
    assert_eq!(limits.find_end(b"longer\nb\n", 0), Ok(Some(7)));
    assert_eq!(limits.find_end(b"", 0), Ok(None));
    assert_eq!(limits.find_end(b"long", 0), Ok(None));
    assert_eq!(limits.bytes_to_hold(4), 8);
    assert_eq!(limits.find_end(b"longlong", 4), Ok(None));
    assert_eq!(limits.find_end(b"longlong\n", 8), Ok(Some(9)));
    assert_eq!(limits.find_end(b"longlong.\n", 8), Err(LineTooLong));
    assert_eq!(limits.find_end(b"longlong.long", 13), Err(LineTooLong));
    assert_eq!(limits.split(b"a\nb\nc"), Ok(&b"a\nb\n"[..]));
    assert_eq!(limits.split(b"c"), Ok(&b"c"[..]));
    assert_eq!(limits.split(b""), Ok(&b""[..]));
    assert!(matches!(LineTooLong.at(7), SourceError::LineTooLong { offset: 7 }));
}

#[test]
fn a_buffer_from_elsewhere_does_not_lift_the_line_limit() {
    let limits = BurstLimits::new(64 << 10, 8);
    let mut source = ReadSource::with_buffer(&b"short\nlonger than eight\n"[..], vec![0; 1 << 16]);
    assert_eq!(source.next_burst(limits).unwrap().unwrap().bytes, b"short\n");
    let error = source.next_burst(limits).unwrap_err();
    assert!(matches!(error, SourceError::LineTooLong { offset: 6 }));
}

#[test]
fn lines_are_lent_before_the_buffer_is_full() {
    struct Terminal {
        lines: Vec<&'static [u8]>,
    }
    impl Read for Terminal {
        fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
            let mut line = self.lines.pop().expect("nothing is read ahead");
            line.read(buffer)
        }
    }
    let mut scanner = Scanner::new(dialect()).unwrap();
    let source = ReadSource::new(Terminal { lines: vec![b"second\n", b"first\n"] });
    let mut batches = scanner.scan_source(source);
    for line in [b"first\n".as_slice(), b"second\n"] {
        assert_eq!(batches.next().unwrap().unwrap().as_bytes(), line);
    }
}
