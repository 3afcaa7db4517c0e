//! Matching: the columns of one record, by index where it has the usual number of fields.

use delimark::{Record, Span};

use crate::format::LogFormat;
use crate::mismatch::{Mismatch, Place};
use crate::piece::{Beside, Body, Missing, Share, Take};
use crate::syslog;

impl LogFormat {
    /// Finds every column of a record of a burst, as a place in the burst: `None` for a column that
    /// this line does not have. Nothing is copied, nothing allocated.
    ///
    /// # Errors
    ///
    /// The record is not in this format. The places are of no use then.
    ///
    /// # Panics
    ///
    /// There are not as many places as the format has columns, or the record is not of this burst.
    #[inline]
    pub fn match_record<'a>(
        &'a self,
        burst: &'a [u8],
        record: &Record<'_>,
        places: &mut [Option<Span>],
    ) -> Result<(), Mismatch<'a>> {
        assert_eq!(places.len(), self.columns.len(), "there is a place for each column");
        if let Some(fixed) = &self.fixed
            && record.len() == fixed.fields() as usize
            && fixed.find(burst, |index| field(record, index), places)
        {
            return Ok(());
        }
        self.match_pieces(Line { burst, record, quote: self.dialect.quote() }, places)
    }

    /// Finds the columns of any record, piece by piece, and the reason where one is not there.
    fn match_pieces<'a>(
        &'a self,
        line: Line<'a, '_>,
        places: &mut [Option<Span>],
    ) -> Result<(), Mismatch<'a>> {
        if self.pieces.is_empty() {
            return Err(Mismatch::no_columns());
        }
        let field_count = line.record.len();
        // Then no value has more delimiters than it must: the first wrong literal is the reason.
        let usual_count: usize = self.pieces.iter().map(|piece| piece.take.fewest()).sum();
        let header_end = if self.options.has_syslog_header {
            line.start() + syslog::header_length(line.record.as_bytes())
        } else {
            0
        };
        let mut next = 0;
        let mut rest_count = None;
        while next + 1 < field_count && line.raw(next).1 < header_end {
            next += 1;
        }
        for (index, piece) in self.pieces.iter().enumerate() {
            if self.options.has_blank_runs {
                next = line.skip_empty(next);
            }
            let is_optional = self.options.pieces_required.is_some_and(|count| index >= count);
            if is_optional && next == field_count {
                places[piece.columns.clone()].fill(None);
                continue;
            }
            let count = match piece.take {
                Take::Fixed(count) => count,
                Take::Free { fewest, .. } if field_count == usual_count => fewest,
                Take::Free { fewest, share } => match share {
                    Share::All => self.stop(index, line, next + fewest)? - next,
                    Share::With(second) => {
                        let (count, rest) = self.shared(line, next, (index, fewest), second)?;
                        rest_count = Some(rest);
                        count
                    }
                    Share::Rest => rest_count.unwrap_or(fewest),
                    Share::None => fewest,
                },
                Take::List(neighbours) => {
                    let count = line.list_length(next);
                    // A list that is not there any more has a field all the same.
                    let last = (next + count).min(field_count);
                    let has_colon = || (next..last).any(|field| line.is_colon(field));
                    if neighbours.is_open_behind && has_colon() {
                        return Err(self.ambiguous(line, next, index, index + 1));
                    }
                    count
                }
                Take::Braces => line.braces_length(next),
            };
            if next + count > field_count {
                return Err(self.too_few(index, line));
            }
            if index == 0 && line.raw(next).0 < header_end {
                self.split(index, line, (header_end, line.raw(next + count - 1).1), places)?;
            } else {
                self.split_fields(index, line, (next, count), places)?;
            }
            next += count;
        }
        if self.options.has_blank_runs {
            next = line.skip_empty(next);
        }
        if next < field_count && self.options.pieces_required.is_none() {
            let offset = line.raw(next).0 - line.start();
            return Err(Mismatch::too_many(offset, field_count, next));
        }
        Ok(())
    }

    /// Returns the field before which a piece ends that can take any number, but has all before the
    /// lowest: those behind it are counted from the next piece that begins with a quote.
    fn stop<'a>(
        &'a self,
        index: usize,
        line: Line<'a, '_>,
        lowest: usize,
    ) -> Result<usize, Mismatch<'a>> {
        let behind = &self.pieces[index + 1..];
        let fence = behind.iter().position(|piece| piece.is_fence);
        let mut stop = match fence {
            None => line.record.len(),
            Some(fence) => match line.first_quoted(lowest) {
                Some(field) => field,
                None => return Err(self.too_few(index + 1 + fence, line)),
            },
        };
        let end = fence.map_or(self.pieces.len(), |fence| index + 1 + fence);
        for index in (index + 1..end).rev() {
            if self.options.has_blank_runs {
                while stop > lowest && line.is_empty(stop - 1) {
                    stop -= 1;
                }
            }
            let count = match self.pieces[index].take {
                Take::List(neighbours) => {
                    let count = line.list_length_before(stop, lowest);
                    if neighbours.is_open_before && count > 1 {
                        return Err(self.ambiguous(line, stop - count, index - 1, index));
                    }
                    count
                }
                Take::Braces => line.braces_length_before(stop, lowest),
                take => take.fewest(),
            };
            stop = stop.saturating_sub(count);
        }
        // With fewer than it needs it takes what a neighbour lacks, which then says so.
        Ok(stop.max(lowest))
    }

    /// Returns how many fields two pieces take that can both take any number: such that what is
    /// between them is as it should be. There must be one way, and not two.
    fn shared<'a>(
        &'a self,
        line: Line<'a, '_>,
        next: usize,
        (first, fewest): (usize, usize),
        second: usize,
    ) -> Result<(usize, usize), Mismatch<'a>> {
        let between = first + 1..second;
        let fewest_between: usize =
            self.pieces[between.clone()].iter().map(|piece| piece.take.fewest()).sum();
        let fewest_behind = self.pieces[second].take.fewest();
        let stop = self.stop(second, line, next + fewest + fewest_between + fewest_behind)?;
        // A line that is too short ends before the fewest fields.
        let stop = stop.min(line.record.len());
        let mut found = None;
        for count in fewest..(stop - next) {
            let mut at = next + count;
            let fits = between.clone().all(|index| {
                let own = line.count(self.pieces[index].take, at);
                let fits = at + own <= stop && self.fits(index, line, (at, own));
                at += own;
                fits
            });
            if fits && at + fewest_behind <= stop {
                if found.is_some() {
                    return Err(self.ambiguous(line, next, first, second));
                }
                found = Some((count, stop - at));
            }
        }
        Ok(found.unwrap_or((fewest, fewest_behind)))
    }

    /// Tells whether a piece is in a run of fields.
    fn fits(&self, index: usize, line: Line<'_, '_>, (first, count): (usize, usize)) -> bool {
        count == 0 || {
            let range = (line.raw(first).0, line.raw(first + count - 1).1);
            self.pieces[index].split(line.burst, range, |_, _, _| {}).is_ok()
        }
    }

    /// Finds the columns of a piece in a run of fields.
    // Always: as a call it is a fifth more instructions for a log of HAProxy.
    #[inline(always)]
    fn split_fields<'a>(
        &'a self,
        index: usize,
        line: Line<'a, '_>,
        (first, count): (usize, usize),
        places: &mut [Option<Span>],
    ) -> Result<(), Mismatch<'a>> {
        let piece = &self.pieces[index];
        match piece.body {
            _ if count == 0 => {
                places[piece.columns.clone()].fill(None);
                Ok(())
            }
            // A field loses its quotes; a run of fields does not.
            Body::One(column) if count == 1 && piece.is_bare_column() => {
                places[column] = Some(line.field(first));
                Ok(())
            }
            _ => {
                let (start, mut end) = line.raw(first);
                if count > 1 {
                    end = line.raw(first + count - 1).1;
                }
                self.split(index, line, (start, end), places)
            }
        }
    }

    /// Finds the columns of a piece in a part of the burst.
    #[inline]
    fn split<'a>(
        &'a self,
        index: usize,
        line: Line<'a, '_>,
        range: (usize, usize),
        places: &mut [Option<Span>],
    ) -> Result<(), Mismatch<'a>> {
        let visit = |column: usize, start: usize, end: usize| {
            places[column] = Some(span(start, end));
        };
        let found = self.pieces[index].split(line.burst, range, visit);
        found.map_err(|missing| self.literal(line, missing))
    }

    #[cold]
    fn literal<'a>(&'a self, line: Line<'a, '_>, missing: Missing<'a>) -> Mismatch<'a> {
        let Missing { expected, beside, start, end } = missing;
        let place = match beside {
            Beside::Before(column) => Place::Before(self.columns[column].name()),
            Beside::After(column) => Place::After(self.columns[column].name()),
            Beside::None => Place::Between,
        };
        Mismatch::literal(start - line.start(), expected, place, &line.burst[start..end])
    }

    #[cold]
    fn ambiguous<'a>(
        &'a self,
        line: Line<'a, '_>,
        field: usize,
        first: usize,
        second: usize,
    ) -> Mismatch<'a> {
        let name = |index: usize| self.columns[self.pieces[index].columns.start].name();
        let offset = line.raw(field).0 - line.start();
        Mismatch::ambiguous(offset, line.record.len(), name(first), name(second))
    }

    #[cold]
    fn too_few<'a>(&'a self, index: usize, line: Line<'a, '_>) -> Mismatch<'a> {
        let required = self.options.pieces_required.unwrap_or(self.pieces.len());
        let expected = self.pieces[..required].iter().map(|piece| piece.take.fewest()).sum();
        let column = self.pieces[index..].iter().find_map(|piece| piece.columns.clone().next());
        let column = column.map(|column| self.columns[column].name());
        let length = line.record.as_bytes().len();
        Mismatch::too_few(length, line.record.len(), expected, column)
    }
}

/// Places within a burst have 32 bits, as the parser's own.
#[inline]
fn span(start: usize, end: usize) -> Span {
    Span { start: start as u32, end: end as u32 }
}

/// Returns the place of a field that the record has, without its quotes.
#[inline]
fn field(record: &Record<'_>, index: usize) -> Span {
    let range = record.field_range(index).expect("the record has this field");
    span(range.start, range.end)
}

/// A record, and the burst in which it stands.
#[derive(Clone, Copy)]
struct Line<'a, 'r> {
    burst: &'a [u8],
    record: &'r Record<'r>,
    quote: Option<u8>,
}

impl Line<'_, '_> {
    /// Returns the place of a field that the record has, without its quotes.
    #[inline]
    fn field(&self, index: usize) -> Span {
        field(self.record, index)
    }

    /// Returns the place of a field that the record has, with its quotes.
    #[inline(always)]
    fn raw(&self, index: usize) -> (usize, usize) {
        let range = self.record.raw_field_range(index).expect("the record has this field");
        (range.start, range.end)
    }

    /// Returns where the line starts in the burst.
    fn start(&self) -> usize {
        self.raw(0).0
    }

    fn is_empty(&self, index: usize) -> bool {
        let (start, end) = self.raw(index);
        start == end
    }

    /// Returns the index of the first field from this one on that is not empty.
    fn skip_empty(&self, mut index: usize) -> usize {
        while index < self.record.len() && self.is_empty(index) {
            index += 1;
        }
        index
    }

    fn begins_with(&self, index: usize, byte: u8) -> bool {
        let (start, end) = self.raw(index);
        self.burst[start..end].first() == Some(&byte)
    }

    fn ends_with(&self, index: usize, byte: u8) -> bool {
        let (start, end) = self.raw(index);
        self.burst[start..end].last() == Some(&byte)
    }

    /// Returns how many fields a piece takes from this one on that is not free.
    fn count(&self, take: Take, next: usize) -> usize {
        match take {
            Take::Fixed(count) => count,
            Take::List(_) => self.list_length(next),
            Take::Braces => self.braces_length(next),
            Take::Free { fewest, .. } => fewest,
        }
    }

    fn first_quoted(&self, from: usize) -> Option<usize> {
        let quote = self.quote?;
        (from..self.record.len()).find(|&index| self.begins_with(index, quote))
    }

    /// Tells whether a field is the `:` between two groups of a list.
    fn is_colon(&self, index: usize) -> bool {
        let (start, end) = self.raw(index);
        &self.burst[start..end] == b":"
    }

    /// Returns how many fields the list takes that begins at this one.
    fn list_length(&self, first: usize) -> usize {
        let mut last = first;
        while last < self.record.len() {
            if self.ends_with(last, b',') {
                last += 1;
            } else if last + 2 < self.record.len() && self.is_colon(last + 1) {
                last += 2;
            } else {
                break;
            }
        }
        last - first + 1
    }

    /// Returns how many fields the list takes that ends before this one.
    fn list_length_before(&self, stop: usize, lowest: usize) -> usize {
        let mut first = stop.saturating_sub(1);
        while first > lowest {
            if self.ends_with(first - 1, b',') {
                first -= 1;
            } else if first > lowest + 1 && self.is_colon(first - 1) {
                first -= 2;
            } else {
                break;
            }
        }
        stop - first
    }

    /// Returns how many fields the braces take that begin at this one; 0 where none do.
    fn braces_length(&self, first: usize) -> usize {
        if first == self.record.len() || !self.begins_with(first, b'{') {
            return 0;
        }
        let close = (first..self.record.len()).find(|&index| self.ends_with(index, b'}'));
        close.map_or(0, |last| last - first + 1)
    }

    /// Returns how many fields the braces take that end before this one; 0 where none do.
    fn braces_length_before(&self, stop: usize, lowest: usize) -> usize {
        if stop <= lowest || !self.ends_with(stop - 1, b'}') {
            return 0;
        }
        let open = (lowest..stop).rev().find(|&index| self.begins_with(index, b'{'));
        open.map_or(0, |first| stop - first)
    }
}
