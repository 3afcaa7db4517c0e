//! A reader that gives what it likes, and a memory map of the same bytes, against the reference.

#![no_main]

use std::io::{self, Read, Write};

use arbitrary::{Result, Unstructured};
use delimark::{Backend, Dialect, MapSource, ReadSource};
use delimark_fuzz::{burst_bytes, dialect, expected};
use delimark_runner::outcome::Outcome;
use delimark_runner::variants::scanner;
use libfuzzer_sys::fuzz_target;

/// Gives pieces of these sizes, again and again.
struct Pieces<'a> {
    rest: &'a [u8],
    sizes: [u8; 8],
    turn: usize,
}

impl Read for Pieces<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let size = usize::from(self.sizes[self.turn % self.sizes.len()]);
        self.turn += 1;
        if size == 0 && !self.turn.is_multiple_of(self.sizes.len()) {
            return Err(io::ErrorKind::Interrupted.into());
        }
        let count = size.max(1).min(buffer.len()).min(self.rest.len());
        let (now, later) = self.rest.split_at(count);
        buffer[..count].copy_from_slice(now);
        self.rest = later;
        Ok(count)
    }
}

fn by_map(input: &[u8], dialect: Dialect, burst_bytes: usize) -> io::Result<Outcome> {
    let mut file = tempfile::NamedTempFile::new()?;
    file.write_all(input)?;
    let mut scanner = scanner(Backend::best(), dialect, burst_bytes);
    let outcome = Outcome::of_scan(scanner.scan_source(MapSource::open(file.path())?));
    Ok(outcome.with_counts(scanner.count(input)))
}

fn run(bytes: &[u8]) -> Result<()> {
    let mut bytes = Unstructured::new(bytes);
    let dialect = dialect(&mut bytes)?;
    let burst_bytes = burst_bytes(&mut bytes)?;
    let sizes = bytes.arbitrary()?;
    let input = bytes.take_rest();
    let expected = expected(input, &dialect);

    let mut scanner = scanner(Backend::best(), dialect, burst_bytes);
    let pieces = Pieces { rest: input, sizes, turn: 0 };
    let read = Outcome::of_scan(scanner.scan_source(ReadSource::new(pieces)));
    assert_eq!(read.with_counts(scanner.count(input)), expected, "read, {dialect:?}");

    let map = by_map(input, dialect, burst_bytes).expect("temporary files can be made");
    assert_eq!(map, expected, "map, bursts of {burst_bytes}, {dialect:?}");
    Ok(())
}

fuzz_target!(|bytes: &[u8]| {
    // What is too short for a dialect is not an input.
    let _ = run(bytes);
});
