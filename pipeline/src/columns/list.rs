//! Lists: what nginx writes of the upstream servers that it tried, `0.001, 0.002 : 0.003`.

use std::sync::Arc;

use arrow_array::{ArrayRef, ListArray};
use arrow_buffer::{Buffer, NullBufferBuilder, OffsetBuffer, ScalarBuffer};
use arrow_schema::{Field, FieldRef};
use delimark::Span;

use super::{BadValue, Builder, BurstBytes};
use crate::schema::{Nulls, TableColumn};
use crate::values::ValueError;

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
    validity: NullBufferBuilder,
    /// The items of one burst.
    spans: Vec<Option<Span>>,
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
            validity: NullBufferBuilder::new(0),
            spans: Vec::new(),
            bad_items: Vec::new(),
        }
    }

    pub(crate) fn append(
        &mut self,
        burst: BurstBytes<'_>,
        spans: impl Iterator<Item = Option<Span>>,
        bad: &mut Vec<BadValue>,
    ) {
        let first_row = self.offsets.len() - 1;
        let first_item = self.offsets[first_row];
        self.spans.clear();
        for span in spans {
            match span.filter(|span| !self.nulls.has(&burst.bytes[span.range()])) {
                Some(span) => {
                    split(burst.bytes, span, &mut self.spans);
                    self.validity.append_non_null();
                }
                None => {
                    if self.is_required {
                        let row = self.offsets.len() - 1;
                        bad.push(BadValue { row, span: None, error: ValueError::Missing });
                    }
                    self.validity.append_null();
                }
            }
            self.offsets.push(first_item + self.spans.len() as i32);
        }
        self.items.append(burst, self.spans.iter().copied(), &mut self.bad_items);
        // Items know their number among all items; their row is the list that they are in.
        for item in self.bad_items.drain(..) {
            let before = self.offsets.partition_point(|&offset| offset as usize <= item.row);
            bad.push(BadValue { row: before - 1, ..item });
        }
    }

    pub(crate) fn finish(&mut self, chunk: &Buffer) -> ArrayRef {
        let offsets = std::mem::replace(&mut self.offsets, vec![0]);
        let offsets = OffsetBuffer::new(ScalarBuffer::from(offsets));
        let items = self.items.finish(chunk);
        let validity = self.validity.finish();
        Arc::new(ListArray::new(Arc::clone(&self.field), offsets, items, validity))
    }
}

/// Splits a list at `, ` between servers and ` : ` between groups of them.
fn split(burst: &[u8], span: Span, items: &mut Vec<Option<Span>>) {
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
        items.push(Some(place(span, start, end)));
        start = next;
    }
    items.push(Some(place(span, start, bytes.len())));
}

fn place(list: Span, start: usize, end: usize) -> Span {
    Span { start: list.start + start as u32, end: list.start + end as u32 }
}
