//! The loops where fields can be quoted: delimiters inside quotes are no separators.
//!
//! ```text
//! quotes of a block      ..1...1.....1..1.      those behind an odd number of backslashes are none
//! bytes inside           ..1111......111..      prefix xor, and all turned where the block before
//!                                               ends inside
//! separators             delimiters and newlines, but for those inside
//! ```
//!
//! A newline ends a record inside quotes, too, and the next line begins outside. The loop does not
//! turn back there, and does not even look: it counts all newlines, and the check that all records
//! have the same columns, which is made anyway, finds as many among the separators, or not. Where
//! it does not, whoever called goes line by line.
//!
//! `fields` on the shape `combined` on Zen 4, 200,000 lines, GB/s of the best pass; without quotes,
//! on `nginx12`, it is 8.2 with AVX2 and 8.8 with AVX-512:
//!
//! | | AVX2 | AVX-512 |
//! |---|---:|---:|
//! | newlines, delimiters and quotes found apart, newlines inside looked for | 5.7 | 6.9 |
//! | newlines and delimiters found together, as where nothing is quoted | 6.1 | 7.2 |
//! | and the parities of four blocks side by side, in the lanes of a vector | 6.2 | 7.2 |
//! | and a field's first byte compared first, on its way to the consumer | 6.3 | 7.4 |
//! | **and parities by carry-less multiplication, block by block** | **6.9** | **7.6** |
//! | and a loop for each escape, which need not ask in every block | 6.5 | 7.6 |
//! | quotes taken off without a branch, in the third row | 4.8 | 5.4 |
//!
//! The consumer has half of the time, and what it does more than without quotes is to look at the
//! first byte of every field. A CSV parser, simd-csv, is at 1.9 on the same lines.

use std::iter;

use super::Entry;
use super::index::{Search, write_found};
use super::primitives::{BLOCK_BYTES, Block, Primitives, padded, search_tail};
use crate::dialect::{Dialect, QuoteEscape};

/// The bytes with a meaning, beside newlines.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Quoting {
    delimiter: u8,
    quote: u8,
    /// True if a backslash takes the next byte's meaning.
    has_escapes: bool,
}

impl Quoting {
    pub(crate) fn new(delimiter: u8, quote: u8, has_escapes: bool) -> Self {
        Self { delimiter, quote, has_escapes }
    }

    /// Returns those of a dialect with quotes.
    pub(crate) fn of(dialect: &Dialect) -> Option<Self> {
        let has_escapes = dialect.quote_escape() == QuoteEscape::Backslash;
        dialect.quote().map(|quote| Self::new(dialect.delimiter(), quote, has_escapes))
    }

    /// Returns where the last quote of a line is that opens or closes.
    pub(crate) fn last_quote(self, line: &[u8]) -> Option<usize> {
        let mut last = None;
        let mut rest = line.iter().enumerate();
        while let Some((index, &byte)) = rest.next() {
            if byte == b'\\' && self.has_escapes {
                // The next byte has no meaning.
                rest.next();
            } else if byte == self.quote {
                last = Some(index);
            }
        }
        last
    }
}

/// Facts that a loop found beside separators.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Indexed {
    /// The number of newlines, those inside quotes included.
    pub(crate) newline_count: usize,
    /// True if the end is inside quotes.
    pub(crate) ends_inside: bool,
}

/// Appends the offset of every separator outside quotes in `bytes`, which begin with a line.
///
/// Newlines inside quotes are counted and not appended: who finds fewer among the separators than
/// were counted has a line that ends inside quotes, and has to go by [`index_by_lines`].
#[inline(always)]
pub(crate) fn index<P: Primitives>(
    primitives: P,
    quoting: Quoting,
    bytes: &[u8],
    separators: &mut Vec<u32>,
) -> Indexed {
    let mut search = QuotedSearch {
        primitives,
        needles: primitives.needles(quoting.delimiter),
        accumulator: primitives.newline_accumulator(),
        newline_count: 0,
        sides: Sides::new(primitives, quoting),
    };
    write_found(primitives, &mut search, bytes, separators);
    let QuotedSearch { newline_count, sides, .. } = search;
    Indexed { newline_count, ends_inside: sides.inside != 0 }
}

/// The counts of a loop.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Counted {
    /// The number of separators outside quotes.
    pub(crate) separator_count: u64,
    /// The number of all newlines.
    pub(crate) newline_count: u64,
    /// True if a newline is inside quotes, so that what was counted after it is wrong.
    pub(crate) has_newline_inside: bool,
}

/// Counts the separators in `bytes`, which begin with a line.
#[inline(always)]
pub(crate) fn count<P: Primitives>(primitives: P, quoting: Quoting, bytes: &[u8]) -> Counted {
    let mut count = Count {
        primitives,
        delimiter: primitives.needle(quoting.delimiter),
        newline: primitives.needle(b'\n'),
        sides: Sides::new(primitives, quoting),
        newlines_inside: 0,
        separator_count: 0,
        newline_count: 0,
    };
    let (blocks, tail) = bytes.as_chunks::<BLOCK_BYTES>();
    for block in blocks {
        count.add(block, u64::MAX);
    }
    let (block, input) = padded(tail);
    count.add(&block, input);
    let Count { separator_count, newline_count, newlines_inside, .. } = count;
    Counted { separator_count, newline_count, has_newline_inside: newlines_inside != 0 }
}

/// The counts so far. There is no list of separators to find newlines in that are inside quotes, so
/// those are looked for.
struct Count<P: Primitives> {
    primitives: P,
    delimiter: P::Needle,
    newline: P::Needle,
    sides: Sides<P>,
    /// The newlines that are inside quotes, at any byte of a block.
    newlines_inside: u64,
    separator_count: u64,
    newline_count: u64,
}

impl<P: Primitives> Count<P> {
    /// Adds a block of which these bytes are input.
    #[inline(always)]
    fn add(&mut self, block: &Block, input: u64) {
        let newlines = self.primitives.find(block, self.newline) & input;
        let delimiters = self.primitives.find(block, self.delimiter) & input;
        let inside = self.sides.inside(block, input);
        self.newlines_inside |= newlines & inside;
        self.newline_count += u64::from(newlines.count_ones());
        self.separator_count += u64::from((newlines | (delimiters & !inside)).count_ones());
    }
}

/// The last quote of a line that ends inside quotes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct OpenQuote {
    /// The number of lines before this one in the burst.
    pub(crate) ordinal: u32,
    /// The quote's offset in the burst.
    pub(crate) offset: u32,
}

/// Goes through `bytes` as [`index`] does, but line by line, each of which begins outside quotes;
/// also lists the lines that end inside.
pub(crate) fn index_by_lines(
    entry: Entry,
    quoting: Quoting,
    bytes: &[u8],
    separators: &mut Vec<u32>,
    open: &mut Vec<OpenQuote>,
) {
    for (ordinal, (start, line)) in (0..).zip(lines(bytes)) {
        let first = separators.len();
        let content = line.strip_suffix(b"\n").unwrap_or(line);
        let Indexed { ends_inside, .. } = (entry.index_quoted)(quoting, content, separators);
        // What is a burst fits into 32 bits.
        for separator in &mut separators[first..] {
            *separator += start as u32;
        }
        if content.len() < line.len() {
            separators.push((start + content.len()) as u32);
        }
        if ends_inside {
            let offset = start + quoting.last_quote(content).unwrap_or_default();
            open.push(OpenQuote { ordinal, offset: offset as u32 });
        }
    }
}

/// Counts the separators and the newlines among them, in parts after each of which a line begins:
/// of the parts where one ends inside quotes, line by line.
pub(crate) fn count_all(entry: Entry, quoting: Quoting, mut bytes: &[u8]) -> (u64, u64) {
    let (mut separators, mut newlines) = (0, 0);
    while !bytes.is_empty() {
        let end = memchr::memchr(b'\n', bytes.get(COUNTED_BYTES..).unwrap_or_default());
        let (part, rest) = bytes.split_at(end.map_or(bytes.len(), |end| COUNTED_BYTES + end + 1));
        bytes = rest;
        let Counted { separator_count, newline_count, has_newline_inside } =
            (entry.count_quoted)(quoting, part);
        newlines += newline_count;
        separators += if has_newline_inside {
            let of_line = |line| (entry.count_quoted)(quoting, line).separator_count;
            lines(part).map(|(_, line)| of_line(line)).sum()
        } else {
            separator_count
        };
    }
    (separators, newlines)
}

/// Bytes that are counted, at least, before it is asked whether a line ended inside quotes.
const COUNTED_BYTES: usize = 64 << 10;

/// Returns each line with its newline, and where it starts.
fn lines(bytes: &[u8]) -> impl Iterator<Item = (usize, &[u8])> {
    let mut start = 0;
    iter::from_fn(move || {
        let rest = bytes.get(start..).filter(|rest| !rest.is_empty())?;
        let length = memchr::memchr(b'\n', rest).map_or(rest.len(), |newline| newline + 1);
        let line = (start, &rest[..length]);
        start += length;
        Some(line)
    })
}

/// The search where fields can be quoted.
struct QuotedSearch<P: Primitives> {
    primitives: P,
    needles: P::Needles,
    /// The newlines of the group.
    accumulator: P::NewlineAccumulator,
    /// The newlines of the groups before.
    newline_count: usize,
    sides: Sides<P>,
}

impl<P: Primitives> Search for QuotedSearch<P> {
    #[inline(always)]
    fn search(&mut self, block: &Block) -> u64 {
        let found = self.primitives.search(block, self.needles, &mut self.accumulator);
        found & !self.sides.inside(block, u64::MAX)
    }

    #[inline(always)]
    fn search_tail(&mut self, tail: &[u8]) -> u64 {
        let (found, newlines) = search_tail(self.primitives, tail, self.needles);
        self.newline_count += newlines;
        let (block, input) = padded(tail);
        found & !self.sides.inside(&block, input)
    }

    #[inline(always)]
    fn end_group(&mut self) {
        self.newline_count += self.primitives.newline_count(self.accumulator);
        self.accumulator = self.primitives.newline_accumulator();
    }
}

/// The sides of quotes that bytes are on, block after block.
struct Sides<P: Primitives> {
    primitives: P,
    quote: P::Needle,
    backslash: Option<P::Needle>,
    /// All bits set if the block before ends inside quotes, none if outside.
    inside: u64,
    /// 1 if the block before ends in a backslash that takes the next byte's meaning.
    escaped: u64,
}

impl<P: Primitives> Sides<P> {
    #[inline(always)]
    fn new(primitives: P, quoting: Quoting) -> Self {
        Self {
            primitives,
            quote: primitives.needle(quoting.quote),
            backslash: quoting.has_escapes.then(|| primitives.needle(b'\\')),
            inside: 0,
            escaped: 0,
        }
    }

    /// Returns the mask of the bytes inside quotes in a block of which these bytes are input: from
    /// each quote that opens to the one before the quote that closes.
    #[inline(always)]
    fn inside(&mut self, block: &Block, input: u64) -> u64 {
        let inside = self.primitives.prefix_xor(self.quotes(block, input)) ^ self.inside;
        self.inside = (inside.cast_signed() >> 63).cast_unsigned();
        inside
    }

    /// Returns the mask of the quotes that open or close.
    #[inline(always)]
    fn quotes(&mut self, block: &Block, input: u64) -> u64 {
        let quotes = self.primitives.find(block, self.quote) & input;
        match self.backslash {
            Some(backslash) => quotes & !self.escaped_bytes(self.primitives.find(block, backslash)),
            None => quotes,
        }
    }

    /// Returns the mask of the bytes behind a backslash that is not behind one itself.
    ///
    /// Backslashes are rare in logs: a branch on none, and a step for each, is less than the
    /// arithmetic that finds the odd runs of all at once.
    #[inline(always)]
    fn escaped_bytes(&mut self, mut backslashes: u64) -> u64 {
        let mut escaped = self.escaped;
        self.escaped = 0;
        backslashes &= !escaped;
        while backslashes != 0 {
            let index = backslashes.trailing_zeros();
            let next = (1 << index) << 1;
            escaped |= next;
            self.escaped = u64::from(index == u64::BITS - 1);
            backslashes &= (backslashes - 1) & !next;
        }
        escaped
    }
}
