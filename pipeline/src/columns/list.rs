//! Lists: what nginx writes of the upstream servers that it tried, `0.001, 0.002 : 0.003`.

use std::sync::Arc;

use arrow_array::{ArrayRef, ListArray};
use arrow_buffer::{Buffer, OffsetBuffer, ScalarBuffer};
use arrow_schema::{Field, FieldRef};
use delimark::Span;

use super::validity::Validity;
use super::{BadValue, Builder, BurstBytes, MISSING, list_null};
use crate::instructions::{InstructionSet, Instructions};
use crate::schema::{Nulls, TableColumn};
use crate::values::{Roomy, Value};

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

    /// Appends lists by their places, without their items.
    #[inline(always)]
    pub(crate) fn append_lists(
        &mut self,
        instructions: impl Instructions,
        burst: BurstBytes<'_>,
        spans: &[Span],
        bad: &mut Vec<BadValue>,
    ) {
        self.spans.clear();
        self.offsets.reserve(spans.len());
        let items_before = self.offsets[self.offsets.len() - 1];
        for spans in spans.chunks(64) {
            let row = self.offsets.len() - 1;
            let nulls = self.append_chunk(instructions, burst, spans, items_before);
            self.validity.set_nulls(row, nulls);
            if self.is_required && nulls != 0 {
                let is_null = |index: &usize| nulls >> index & 1 == 1;
                for index in (0..spans.len()).filter(is_null) {
                    list_null(None, row + index, MISSING, true, bad);
                }
            }
        }
    }

    /// Appends up to 64 lists, of which most have one item. Returns a bit for each that is null:
    /// where lists and nulls come in no order, a branch for each would go wrong too often.
    #[inline(always)]
    fn append_chunk(
        &mut self,
        instructions: impl Instructions,
        burst: BurstBytes<'_>,
        spans: &[Span],
        items_before: i32,
    ) -> u64 {
        match Roomy::new(burst.bytes, spans) {
            Some(values) => {
                let values = values.values().map(Some);
                self.append_values(instructions, burst.bytes, spans, values, items_before)
            }
            None => {
                let values = spans.iter().map(|&span| Value::at(burst.bytes, span));
                self.append_values(instructions, burst.bytes, spans, values, items_before)
            }
        }
    }

    #[inline(always)]
    fn append_values<'b, const HAS_ROOM: bool>(
        &mut self,
        instructions: impl Instructions,
        burst: &[u8],
        spans: &[Span],
        values: impl Iterator<Item = Option<Value<'b, HAS_ROOM>>>,
        items_before: i32,
    ) -> u64 {
        let Self { nulls, spans: items, offsets, .. } = self;
        let first = offsets.len();
        offsets.resize(first + spans.len(), 0);
        let mut null_lists = 0;
        // Behind the items is room for one of each list that is left.
        let mut count = items.len();
        let mut left = spans.len();
        items.resize(count + left, MISSING);
        for ((offset, &span), value) in offsets[first..].iter_mut().zip(spans).zip(values) {
            left -= 1;
            let Some(value) = value.filter(|value| !instructions.may_have_blank(*value)) else {
                let is_null;
                (count, is_null) = append_items(burst, span, *nulls, (items, count, left));
                *offset = items_before + count as i32;
                null_lists = null_lists >> 1 | u64::from(is_null) << 63;
                continue;
            };
            let is_null = value.is_null(*nulls);
            items[count] = span;
            count += usize::from(!is_null);
            *offset = items_before + count as i32;
            null_lists = null_lists >> 1 | u64::from(is_null) << 63;
        }
        items.truncate(count);
        null_lists >> (64 - spans.len())
    }

    /// Appends the items of the lists that were appended last.
    pub(crate) fn append_items(
        &mut self,
        instructions: InstructionSet,
        burst: BurstBytes<'_>,
        bad: &mut Vec<BadValue>,
    ) {
        self.items.append(instructions, burst, &self.spans, &mut self.bad_items);
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

/// Appends the items of any list to those that are counted, and makes room for as many more.
/// Returns the number of all, and tells whether it is null.
#[inline(never)]
fn append_items(
    burst: &[u8],
    span: Span,
    nulls: Nulls,
    (items, count, room): (&mut Vec<Span>, usize, usize),
) -> (usize, bool) {
    items.truncate(count);
    let is_null = span == MISSING || nulls.has(&burst[span.range()]);
    if !is_null {
        split(burst, span, items);
    }
    let count = items.len();
    items.resize(count + room, MISSING);
    (count, is_null)
}

/// Splits a list at `, ` between servers and ` : ` between groups of them.
fn split(burst: &[u8], span: Span, items: &mut Vec<Span>) {
    let bytes = &burst[span.range()];
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
