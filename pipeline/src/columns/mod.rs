//! Columns: values collected from bursts, until they are arrays.

mod boolean;
mod list;
mod number;
mod spare;
mod validity;
mod view;

use arrow_array::ArrayRef;
use arrow_buffer::Buffer;
use delimark::Span;

use self::boolean::Booleans;
use self::list::Lists;
use self::number::{Addresses, Dates, Decimals, Floats, Integers, Numbers, Timestamps, Unsigneds};
use self::view::Views;
#[cfg(target_arch = "x86_64")]
use crate::instructions::Avx2;
use crate::instructions::{InstructionSet, Instructions, Portable};
use crate::schema::{ColumnKind, TableColumn};
use crate::values::ValueError;

/// A burst, and what is known of it before its values are looked at.
#[derive(Clone, Copy, Debug)]
pub(crate) struct BurstBytes<'a> {
    pub(crate) bytes: &'a [u8],
    /// The offset of the burst in its chunk.
    pub(crate) start: u32,
    pub(crate) text: BurstText,
}

/// The text that all bytes of a burst are together.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum BurstText {
    /// Every piece of it is text.
    Ascii,
    /// A piece is text, unless it is cut within a character.
    Utf8,
    /// Some piece is none.
    Other,
}

impl BurstText {
    /// Finds out what the bytes of a burst are.
    ///
    /// Servers escape what is not ASCII, so most bursts are, and no value has to be looked at.
    pub(crate) fn of(instructions: InstructionSet, bytes: &[u8]) -> Self {
        if instructions.are_ascii(bytes) {
            Self::Ascii
        } else if simdutf8::basic::from_utf8(bytes).is_ok() {
            Self::Utf8
        } else {
            Self::Other
        }
    }
}

/// A value that is not of its column's type, or is missing where one is needed.
#[derive(Clone, Copy, Debug)]
pub(crate) struct BadValue {
    /// The index of the row in the record batch.
    pub(crate) row: usize,
    /// The place in the burst; none where there is no value.
    pub(crate) span: Option<Span>,
    pub(crate) error: ValueError,
}

/// The place of a value that a line does not have.
pub(crate) const MISSING: Span = Span { start: 1, end: 0 };

/// Lists a null that is bad: a value that could not be read, or one that must be there.
#[cold]
fn list_null(
    error: Option<ValueError>,
    row: usize,
    span: Span,
    is_required: bool,
    bad: &mut Vec<BadValue>,
) {
    let span = Some(span).filter(|span| *span != MISSING);
    if let Some(error) = error.or(is_required.then_some(ValueError::Missing)) {
        bad.push(BadValue { row, span, error });
    }
}

/// The values of one column, which become an array.
#[derive(Debug)]
pub(crate) enum Builder {
    Views(Views),
    Integers(Numbers<Integers>),
    Unsigneds(Numbers<Unsigneds>),
    Decimals(Numbers<Decimals>),
    Floats(Numbers<Floats>),
    Booleans(Booleans),
    Timestamps(Numbers<Timestamps>),
    Dates(Numbers<Dates>),
    Addresses(Numbers<Addresses>),
    Lists(Box<Lists>),
}

impl Builder {
    pub(crate) fn new(column: &TableColumn, batch_rows: usize) -> Self {
        if column.is_list {
            let items = TableColumn { is_list: false, is_required: false, ..column.clone() };
            return Self::Lists(Box::new(Lists::new(column, Self::new(&items, batch_rows))));
        }
        match column.kind {
            ColumnKind::Text => Self::Views(Views::new(column, true, batch_rows)),
            ColumnKind::Binary => Self::Views(Views::new(column, false, batch_rows)),
            ColumnKind::Integer => Self::Integers(Numbers::new(column, batch_rows, Integers)),
            ColumnKind::Unsigned => Self::Unsigneds(Numbers::new(column, batch_rows, Unsigneds)),
            ColumnKind::Decimal { scale } => {
                Self::Decimals(Numbers::new(column, batch_rows, Decimals { scale }))
            }
            ColumnKind::Float => Self::Floats(Numbers::new(column, batch_rows, Floats)),
            ColumnKind::Boolean => Self::Booleans(Booleans::new(column)),
            ColumnKind::Timestamp { format, has_zone } => Self::Timestamps(Numbers::new(
                column,
                batch_rows,
                Timestamps::new(format, has_zone),
            )),
            ColumnKind::Date => Self::Dates(Numbers::new(column, batch_rows, Dates)),
            ColumnKind::Address => Self::Addresses(Numbers::new(column, batch_rows, Addresses)),
        }
    }

    /// Appends values by their places in a burst, of which some may be [`MISSING`]. One that is bad
    /// becomes null, and is listed.
    pub(crate) fn append(
        &mut self,
        instructions: InstructionSet,
        burst: BurstBytes<'_>,
        spans: &[Span],
        bad: &mut Vec<BadValue>,
    ) {
        match instructions {
            InstructionSet::Portable => self.append_with(Portable, burst, spans, bad),
            #[cfg(target_arch = "x86_64")]
            InstructionSet::Avx2(avx2) => append_with_avx2(avx2, self, burst, spans, bad),
        }
        if let Self::Lists(lists) = self {
            lists.append_items(instructions, burst, bad);
        }
    }

    #[inline(always)]
    fn append_with(
        &mut self,
        instructions: impl Instructions,
        burst: BurstBytes<'_>,
        spans: &[Span],
        bad: &mut Vec<BadValue>,
    ) {
        match self {
            Self::Views(views) => views.append(instructions, burst, spans, bad),
            Self::Integers(numbers) => numbers.append(instructions, burst, spans, bad),
            Self::Unsigneds(numbers) => numbers.append(instructions, burst, spans, bad),
            Self::Decimals(numbers) => numbers.append(instructions, burst, spans, bad),
            Self::Floats(numbers) => numbers.append(instructions, burst, spans, bad),
            Self::Booleans(booleans) => booleans.append(burst, spans, bad),
            Self::Timestamps(numbers) => numbers.append(instructions, burst, spans, bad),
            Self::Dates(numbers) => numbers.append(instructions, burst, spans, bad),
            Self::Addresses(numbers) => numbers.append(instructions, burst, spans, bad),
            Self::Lists(lists) => lists.append_lists(instructions, burst, spans, bad),
        }
    }

    /// Appends the times that dates and times of the day come to.
    pub(crate) fn append_dates_and_times(
        &mut self,
        burst: BurstBytes<'_>,
        dates: &[Span],
        times: &[Span],
        bad: &mut Vec<BadValue>,
    ) {
        let Self::Timestamps(numbers) = self else {
            unreachable!("a date and a time are a timestamp");
        };
        numbers.append_dates_and_times(burst, dates, times, bad);
    }

    /// Returns what was collected as an array over the chunk, and begins again.
    pub(crate) fn finish(&mut self, chunk: &Buffer) -> ArrayRef {
        match self {
            Self::Views(views) => views.finish(chunk),
            Self::Integers(numbers) => numbers.finish(),
            Self::Unsigneds(numbers) => numbers.finish(),
            Self::Decimals(numbers) => numbers.finish(),
            Self::Floats(numbers) => numbers.finish(),
            Self::Booleans(booleans) => booleans.finish(),
            Self::Timestamps(numbers) => numbers.finish(),
            Self::Dates(numbers) => numbers.finish(),
            Self::Addresses(numbers) => numbers.finish(),
            Self::Lists(lists) => lists.finish(chunk),
        }
    }
}

/// Appends values by code that is compiled for AVX2.
#[cfg(target_arch = "x86_64")]
#[expect(unsafe_code, reason = "it is for CPUs that have the features, as the token proves")]
fn append_with_avx2(
    avx2: Avx2,
    builder: &mut Builder,
    burst: BurstBytes<'_>,
    spans: &[Span],
    bad: &mut Vec<BadValue>,
) {
    #[target_feature(enable = "avx2,bmi1,bmi2,popcnt")]
    fn compiled(
        avx2: Avx2,
        builder: &mut Builder,
        burst: BurstBytes<'_>,
        spans: &[Span],
        bad: &mut Vec<BadValue>,
    ) {
        builder.append_with(avx2, burst, spans, bad);
    }
    // SAFETY: the token proves that the CPU has these features.
    unsafe { compiled(avx2, builder, burst, spans, bad) }
}
