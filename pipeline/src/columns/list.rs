//! Lists: what nginx writes of the upstream servers that it tried, `0.001, 0.002 : 0.003`.

use std::sync::Arc;

use arrow_array::{ArrayRef, ListArray};
use arrow_buffer::{Buffer, OffsetBuffer, ScalarBuffer};
use arrow_schema::{Field, FieldRef};
use delimark::Span;

use super::validity::Validity;
use super::{BadValue, Builder, BurstBytes, MISSING, list_null};
use crate::schema::{Nulls, TableColumn};

/// The lists of one column.
#[derive(Debug)]
pub(crate) struct Lists {
    nulls: Nulls,
    is_required: bool,
    field: FieldRef,
    /// The items of all lists, one after the other.
    items: Builder,
    /// The number of items before each list, and after the last.
    offsets: Vec<i32>,
    validity: Validity,
    /// The items of one burst.
    spans: Vec<Span>,
    bad_items: Vec<BadValue>,
}

impl Lists {
    pub(crate) fn new(column: &TableColumn, items: Builder) -> Self {
        Self {
            nulls: column.nulls,
            is_required: column.is_required,
            field: Arc::new(Field::new_list_field(column.kind.data_type(), true)),
            items,
            offsets: vec![0],
            validity: Validity::default(),
            spans: Vec::new(),
            bad_items: Vec::new(),
        }
    }

    pub(crate) fn append(
        &mut self,
        burst: BurstBytes<'_>,
        spans: &[Span],
        bad: &mut Vec<BadValue>,
    ) {
        let first_item = self.offsets[self.offsets.len() - 1];
        self.spans.clear();
        for &span in spans {
            if span == MISSING || self.nulls.has(&burst.bytes[span.range()]) {
                let row = self.offsets.len() - 1;
                self.validity.set_null(row);
                list_null(None, row, MISSING, self.is_required, bad);
            } else {
                split(burst.bytes, span, &mut self.spans);
            }
            self.offsets.push(first_item + self.spans.len() as i32);
        }
        self.items.append(burst, &self.spans, &mut self.bad_items);
        // Items know their number among all items; their row is the list that they are in.
        for item in self.bad_items.drain(..) {
            let before = self.offsets.partition_point(|&offset| offset as usize <= item.row);
            bad.push(BadValue { row: before - 1, ..item });
        }
    }

    pub(crate) fn finish(&mut self, chunk: &Buffer) -> ArrayRef {
        let validity = self.validity.finish(self.offsets.len() - 1);
        let offsets = std::mem::replace(&mut self.offsets, vec![0]);
        let offsets = OffsetBuffer::new(ScalarBuffer::from(offsets));
        let items = self.items.finish(chunk);
        Arc::new(ListArray::new(Arc::clone(&self.field), offsets, items, validity))
    }
}

/// Tells whether none of these bytes is a blank, for up to 24 of them: most lists have one item,
/// an address with its port or a time. Of longer ones nothing is told.
#[inline(always)]
fn has_no_blank(bytes: &[u8]) -> bool {
    let has_none = |word: [u8; 8]| {
        let different = u64::from_le_bytes(word) ^ u64::from_le_bytes([b' '; 8]);
        // A byte that is 0 borrows from the next.
        different.wrapping_sub(ONES) & !different & (ONES << 7) == 0
    };
    let (Some(first), Some(last)) = (bytes.first_chunk(), bytes.last_chunk()) else {
        return !bytes.contains(&b' ');
    };
    let is_between_blank = || match bytes.get(8..16).and_then(<[u8]>::first_chunk) {
        Some(between) => !has_none(*between),
        None => false,
    };
    bytes.len() <= 24 && has_none(*first) && has_none(*last) && !is_between_blank()
}

const ONES: u64 = u64::from_le_bytes([1; 8]);

/// Splits a list at `, ` between servers and ` : ` between groups of them.
fn split(burst: &[u8], span: Span, items: &mut Vec<Span>) {
    let bytes = &burst[span.range()];
    if has_no_blank(bytes) {
        items.push(span);
        return;
    }
    let mut start = 0;
    while let Some(index) = memchr::memchr(b' ', &bytes[start..]) {
        let blank = start + index;
        let end = match (&bytes[start..blank], &bytes[blank + 1..]) {
            ([.., b','], _) => Some((blank - 1, blank + 1)),
            (_, [b':', b' ', ..]) => Some((blank, blank + 3)),
            _ => None,
        };
        let Some((end, next)) = end else {
            break;
        };
        items.push(place(span, start, end));
        start = next;
    }
    items.push(place(span, start, bytes.len()));
}

fn place(list: Span, start: usize, end: usize) -> Span {
    Span { start: list.start + start as u32, end: list.start + end as u32 }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_blank_is_found_anywhere() {
        for length in 0..40 {
            let mut bytes = vec![b'!'; length];
            assert_eq!(has_no_blank(&bytes), length <= 24, "{length}");
            for index in 0..length {
                bytes[index] = b' ';
                assert!(!has_no_blank(&bytes), "at {index} of {length}");
                bytes[index] = 0xa0;
            }
        }
    }
}
