//! Truth values.

use std::sync::Arc;

use arrow_array::ArrayRef;
use arrow_array::builder::BooleanBuilder;
use delimark::Span;

use super::{BadValue, BurstBytes, MISSING};
use crate::schema::{Nulls, TableColumn};
use crate::values::ValueError;

/// The truth values of one column.
#[derive(Debug)]
pub(crate) struct Booleans {
    nulls: Nulls,
    is_required: bool,
    rows: usize,
    builder: BooleanBuilder,
}

impl Booleans {
    pub(crate) fn new(column: &TableColumn) -> Self {
        let TableColumn { nulls, is_required, .. } = *column;
        Self { nulls, is_required, rows: 0, builder: BooleanBuilder::new() }
    }

    pub(crate) fn append(
        &mut self,
        burst: BurstBytes<'_>,
        spans: &[Span],
        bad: &mut Vec<BadValue>,
    ) {
        for &span in spans {
            let span = Some(span).filter(|span| *span != MISSING);
            let value = span.map(|span| &burst.bytes[span.range()]);
            let (boolean, error) = match value.filter(|value| !self.nulls.has(value)) {
                None if self.is_required => (None, Some(ValueError::Missing)),
                None => (None, None),
                Some(value) => match boolean(value) {
                    Some(boolean) => (Some(boolean), None),
                    None => (None, Some(ValueError::NotBoolean)),
                },
            };
            if let Some(error) = error {
                bad.push(BadValue { row: self.rows, span, error });
            }
            self.builder.append_option(boolean);
            self.rows += 1;
        }
    }

    pub(crate) fn finish(&mut self) -> ArrayRef {
        self.rows = 0;
        Arc::new(self.builder.finish())
    }
}

fn boolean(value: &[u8]) -> Option<bool> {
    let is_one_of =
        |words: [&str; 4]| words.iter().any(|word| value.eq_ignore_ascii_case(word.as_bytes()));
    if is_one_of(["true", "1", "yes", "on"]) {
        return Some(true);
    }
    is_one_of(["false", "0", "no", "off"]).then_some(false)
}
