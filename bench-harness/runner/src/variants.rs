//! The ways in which a case is put to a backend: where its input comes from and how it lies in
//! memory must not matter.

use std::fmt;
use std::io::Read;
use std::num::NonZeroUsize;
use std::ops::Range;

use delimark::{Backend, Decoder, Dialect, ReadSource, Scanner, SliceSource};

use crate::outcome::Outcome;
use crate::{case, json};

/// Burst sizes around the edges of a block, of a group of blocks, and the default.
pub const BURST_BYTES: [usize; 6] = [1, 63, 64, 65, 4096, Scanner::DEFAULT_BURST_BYTES];

/// Where inputs come from without a file. Slices begin so far behind a multiple of 64.
const ORIGINS: [Origin; 10] = [
    Origin::Slice(0),
    Origin::Slice(1),
    Origin::Slice(31),
    Origin::Slice(32),
    Origin::Slice(63),
    Origin::Read,
    Origin::Trickle,
    Origin::Owned,
    Origin::Pushed,
    Origin::Cut,
];

/// One way to put a case to a backend.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Variant {
    /// Where the input comes from.
    pub source: Origin,
    /// How much is scanned at once.
    pub burst_bytes: usize,
}

/// Where the input comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Origin {
    /// A slice, so many bytes behind a multiple of 64.
    Slice(usize),
    /// A reader that gives what is asked for.
    Read,
    /// A reader that gives a few bytes at a time.
    Trickle,
    /// A slice, by a scan that owns its scanner and source.
    Owned,
    /// A decoder that is pushed a few bytes at a time.
    Pushed,
    /// A decoder that is pushed two pieces: every cut of a short input, some of a long one.
    Cut,
    /// A memory map of a file; only where there are files.
    Map,
}

impl Variant {
    /// All that need no file.
    pub fn all() -> impl Iterator<Item = Self> {
        let variants = |source| BURST_BYTES.map(|burst_bytes| Self { source, burst_bytes });
        ORIGINS.into_iter().flat_map(variants)
    }
}

impl fmt::Display for Variant {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.source {
            Origin::Slice(alignment) => write!(formatter, "slice at 64n+{alignment}")?,
            Origin::Read => formatter.write_str("read")?,
            Origin::Trickle => formatter.write_str("trickle")?,
            Origin::Owned => formatter.write_str("owned")?,
            Origin::Pushed => formatter.write_str("pushed")?,
            Origin::Cut => formatter.write_str("cut in two")?,
            Origin::Map => formatter.write_str("map")?,
        }
        write!(formatter, ", bursts of {}", self.burst_bytes)
    }
}

/// Those variants of a case that came to the same.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Group {
    /// The first of them.
    pub first: Variant,
    /// How many they are.
    pub count: u64,
    /// What it came to.
    pub outcome: Outcome,
}

/// Sorts outcomes into groups; there should be one.
#[derive(Debug, Default)]
pub struct Groups(Vec<Group>);

impl Groups {
    /// Adds what a variant came to.
    pub fn add(&mut self, variant: Variant, outcome: Outcome) {
        match self.0.iter_mut().find(|group| group.outcome == outcome) {
            Some(group) => group.count += 1,
            None => self.0.push(Group { first: variant, count: 1, outcome }),
        }
    }

    /// Writes them as the line of JSON that goes back to the harness.
    #[must_use]
    pub fn to_json(&self, backend: Backend) -> String {
        json::response(backend, &self.0, |Group { first, count, outcome }| (first, *count, outcome))
    }
}

/// Puts a case to a backend in every way, and writes down what it came to.
///
/// # Panics
///
/// The frame is none, or the backend cannot run here: the harness would be at fault.
#[must_use]
pub fn respond(backend: Backend, frame: &[u8]) -> String {
    let (request, input) = case::parse(frame).expect("the harness writes frames as agreed");
    let mut groups = Groups::default();
    match request.dialect() {
        Ok(dialect) => run(backend, dialect, input, &mut groups),
        Err(error) => {
            Variant::all().for_each(|variant| groups.add(variant, Outcome::refused(&error)));
        }
    }
    groups.to_json(backend)
}

/// Puts a case to a backend in every way that needs no file.
fn run(backend: Backend, dialect: Dialect, input: &[u8], groups: &mut Groups) {
    for source in ORIGINS {
        let (buffer, range) = match source {
            Origin::Slice(alignment) => aligned(input, alignment),
            _ => aligned(input, 0),
        };
        let bytes = &buffer[range];
        // Neither depends on how much is scanned at once.
        let counts = scanner(backend, dialect, 1).count(bytes);
        for (share, burst_bytes) in BURST_BYTES.into_iter().enumerate() {
            let mut scanner = scanner(backend, dialect, burst_bytes);
            let outcome = match source {
                Origin::Slice(_) => Outcome::of_scan(scanner.scan(bytes)),
                Origin::Read => Outcome::of_scan(scanner.scan_source(ReadSource::new(bytes))),
                Origin::Trickle => {
                    Outcome::of_scan(scanner.scan_source(ReadSource::new(Trickle::new(bytes))))
                }
                Origin::Owned => Outcome::of_scan(scanner.into_batches(SliceSource::new(bytes))),
                Origin::Pushed => Outcome::of_pushes(&mut Decoder::new(scanner), pieces(bytes)),
                Origin::Cut => {
                    Outcome::of_cuts(&mut Decoder::new(scanner), bytes, cuts(bytes.len(), share))
                }
                Origin::Map => unreachable!("no map is among the origins"),
            };
            groups.add(Variant { source, burst_bytes }, outcome.with_counts(counts));
        }
    }
}

/// Makes a scanner for a variant.
///
/// # Panics
///
/// The backend cannot run here.
#[must_use]
pub fn scanner(backend: Backend, dialect: Dialect, burst_bytes: usize) -> Scanner {
    let burst_bytes = NonZeroUsize::new(burst_bytes).expect("bursts are not empty");
    let scanner = Scanner::with_backend(dialect, backend).expect("the backend can run here");
    let mut scanner = scanner.with_burst_bytes(burst_bytes);
    poison(&mut scanner);
    scanner
}

/// Leaves positions in the scanner's buffer that no case has, all of them. Memory that was used for
/// the same case before could hold the very position that a faulty backend forgets to write.
fn poison(scanner: &mut Scanner) {
    static LINES: [[u8; 8]; 300] = [*b"xxxxxxx\n"; 300];
    // Ragged or too long: what was found is in the buffer before that is known.
    let _ = scanner.scan(LINES.as_flattened()).next();
}

/// Copies the input so that it begins where it should, between newlines: whoever takes a byte from
/// outside of it finds a record too many. Returns the copy and where in it the input is.
fn aligned(input: &[u8], alignment: usize) -> (Vec<u8>, Range<usize>) {
    const MARGIN_BYTES: usize = 64;
    // The allocator decides where the buffer begins, so there is room to move the input.
    let mut buffer = Vec::<u8>::with_capacity(input.len() + alignment + 2 * MARGIN_BYTES);
    let start = buffer.as_ptr().align_offset(MARGIN_BYTES) + alignment;
    buffer.resize(start, b'\n');
    buffer.extend_from_slice(input);
    let end = buffer.len();
    buffer.resize(end + MARGIN_BYTES, b'\n');
    (buffer, start..end)
}

/// Returns where an input of so many bytes is cut with one of the burst sizes, each of which has
/// its share: everywhere up to 256 bytes, and less often the more bytes are scanned each time.
fn cuts(length: usize, share: usize) -> impl Iterator<Item = usize> {
    let shares = BURST_BYTES.len();
    // At least once a burst size.
    let stride = length.div_ceil(256).saturating_pow(2).clamp(1, length / shares + 1);
    (length.min(share * stride)..=length).step_by(shares * stride)
}

/// The sizes of pieces, in turn: a byte, two, three; but where that would take forever on an
/// emulated processor, as many as are just short of an edge.
fn piece_sizes(input: &[u8]) -> std::iter::Cycle<std::array::IntoIter<usize, 3>> {
    const SMALL_BYTES: usize = 4096;
    let sizes = if input.len() <= SMALL_BYTES { [1, 2, 3] } else { [31, 63, 511] };
    sizes.into_iter().cycle()
}

/// Returns an input in pieces.
fn pieces(input: &[u8]) -> impl Iterator<Item = &[u8]> {
    let mut rest = input;
    piece_sizes(input).map_while(move |size| {
        let (now, later) = rest.split_at(size.min(rest.len()));
        rest = later;
        (!now.is_empty()).then_some(now)
    })
}

/// A reader that gives an input in pieces.
struct Trickle<'a> {
    rest: &'a [u8],
    sizes: std::iter::Cycle<std::array::IntoIter<usize, 3>>,
}

impl<'a> Trickle<'a> {
    fn new(input: &'a [u8]) -> Self {
        Self { rest: input, sizes: piece_sizes(input) }
    }
}

impl Read for Trickle<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        let size = self.sizes.next().expect("it is a circle");
        let (now, later) = self.rest.split_at(size.min(self.rest.len()).min(buffer.len()));
        buffer[..now.len()].copy_from_slice(now);
        self.rest = later;
        Ok(now.len())
    }
}
