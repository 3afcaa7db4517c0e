//! The loops where fields can be quoted: delimiters inside quotes are no separators.
//!
//! ```text
//! quotes of a block      ..1...1.....1..1.      those behind an odd number of backslashes are none
//! bytes inside           ..1111......111..      prefix xor, and all turned where the block before
//!                                               ends inside
//! separators             delimiters outside, and every newline
//! ```
//!
//! A newline ends a record inside quotes, too, and the next line begins outside. The loop does not
//! turn back there: it notices ([`Lines::are_open`]), and whoever called it goes line by line.

use std::iter;

use super::Entry;
use super::index::{Search, write_found};
use super::primitives::{BLOCK_BYTES, Block, Primitives, padded};
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

/// The lines that a loop went through.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Lines {
    /// How many newlines there are.
    pub(crate) newline_count: usize,
    /// True if a line ends inside quotes, so that what was found after it is wrong.
    pub(crate) are_open: bool,
}

/// Appends the offset of every separator in `bytes`, which begin with a line.
#[inline(always)]
pub(crate) fn index<P: Primitives>(
    primitives: P,
    quoting: Quoting,
    bytes: &[u8],
    separators: &mut Vec<u32>,
) -> Lines {
    let mut search = QuotedSearch::new(primitives, quoting);
    write_found(primitives, &mut search, bytes, separators);
    search.lines()
}

/// Counts the separators in `bytes`, which begin with a line.
#[inline(always)]
pub(crate) fn count<P: Primitives>(primitives: P, quoting: Quoting, bytes: &[u8]) -> (u64, Lines) {
    let mut search = QuotedSearch::new(primitives, quoting);
    let (blocks, tail) = bytes.as_chunks::<BLOCK_BYTES>();
    let mut separator_count = 0;
    for block in blocks {
        separator_count += u64::from(search.search(block).count_ones());
    }
    separator_count += u64::from(search.search_tail(tail).count_ones());
    (separator_count, search.lines())
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
        let Lines { are_open, .. } = (entry.index_quoted)(quoting, line, separators);
        // What is a burst fits into 32 bits.
        for separator in &mut separators[first..] {
            *separator += start as u32;
        }
        if are_open {
            let offset = start + quoting.last_quote(line).unwrap_or_default();
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
        let (found, Lines { newline_count, are_open }) = (entry.count_quoted)(quoting, part);
        newlines += newline_count as u64;
        separators += match are_open {
            false => found,
            true => lines(part).map(|(_, line)| (entry.count_quoted)(quoting, line).0).sum(),
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
    delimiter: P::Needle,
    newline: P::Needle,
    quote: P::Needle,
    backslash: Option<P::Needle>,
    /// All bits set if the block before ends inside quotes, none if outside.
    inside: u64,
    /// 1 if the block before ends in a backslash that takes the next byte's meaning.
    escaped: u64,
    /// The newlines that are inside quotes, at any byte of a block.
    newlines_inside: u64,
    newline_count: usize,
}

impl<P: Primitives> QuotedSearch<P> {
    #[inline(always)]
    fn new(primitives: P, quoting: Quoting) -> Self {
        Self {
            primitives,
            delimiter: primitives.needle(quoting.delimiter),
            newline: primitives.needle(b'\n'),
            quote: primitives.needle(quoting.quote),
            backslash: quoting.has_escapes.then(|| primitives.needle(b'\\')),
            inside: 0,
            escaped: 0,
            newlines_inside: 0,
            newline_count: 0,
        }
    }

    #[inline(always)]
    fn lines(&self) -> Lines {
        let are_open = self.newlines_inside != 0 || self.inside != 0;
        Lines { newline_count: self.newline_count, are_open }
    }

    /// Returns the mask of the separators in a block of which these bytes are input.
    #[inline(always)]
    fn separators(&mut self, block: &Block, input: u64) -> u64 {
        let newlines = self.primitives.find(block, self.newline) & input;
        let delimiters = self.primitives.find(block, self.delimiter) & input;
        let mut quotes = self.primitives.find(block, self.quote) & input;
        if let Some(backslash) = self.backslash {
            let backslashes = self.primitives.find(block, backslash);
            quotes &= !self.escaped_bytes(backslashes);
        }
        let inside = prefix_xor(quotes) ^ self.inside;
        self.inside = (inside.cast_signed() >> 63).cast_unsigned();
        self.newlines_inside |= newlines & inside;
        self.newline_count += newlines.count_ones() as usize;
        newlines | (delimiters & !inside)
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

impl<P: Primitives> Search for QuotedSearch<P> {
    #[inline(always)]
    fn search(&mut self, block: &Block) -> u64 {
        self.separators(block, u64::MAX)
    }

    #[inline(always)]
    fn search_tail(&mut self, tail: &[u8]) -> u64 {
        let (block, input) = padded(tail);
        self.separators(&block, input)
    }
}

/// Returns a mask whose every bit is the parity of the bits up to it.
///
/// The carry-less product with all ones is the same in one instruction, which not every CPU of a
/// backend has; these are off the chain from block to block.
#[inline(always)]
fn prefix_xor(mut mask: u64) -> u64 {
    for distance in [1, 2, 4, 8, 16, 32] {
        mask ^= mask << distance;
    }
    mask
}
