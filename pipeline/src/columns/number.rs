//! Values of a fixed size: numbers, times, addresses.

use std::sync::Arc;

use arrow_array::types::{
    Date32Type, Decimal128Type, Float64Type, Int64Type, TimestampMicrosecondType, UInt64Type,
};
use arrow_array::{ArrayRef, ArrowPrimitiveType, FixedSizeBinaryArray, PrimitiveArray};
use arrow_buffer::{ArrowNativeType, NullBuffer, ScalarBuffer};
use delimark::Span;
use delimark_formats::TimestampFormat;

use super::spare::Spares;
use super::validity::Validity;
use super::{BadValue, BurstBytes, MISSING, list_null};
use crate::schema::{DECIMAL_PRECISION, Nulls, TableColumn};
use crate::values::{
    TimestampParser, Value, ValueError, parse_address, parse_date, parse_decimal, parse_float,
    parse_integer, parse_unsigned,
};

/// Reads the values of one type, and makes the array of them.
pub(crate) trait Parse {
    type Number: ArrowNativeType;

    fn parse(&mut self, value: Value<'_>) -> Result<Self::Number, ValueError>;

    fn array(&self, numbers: ScalarBuffer<Self::Number>, validity: Option<NullBuffer>) -> ArrayRef;
}

/// The numbers of one column.
#[derive(Debug)]
pub(crate) struct Numbers<P: Parse> {
    nulls: Nulls,
    is_required: bool,
    parse: P,
    batch_rows: usize,
    numbers: Vec<P::Number>,
    spares: Spares<P::Number>,
    validity: Validity,
}

impl<P: Parse> Numbers<P> {
    pub(crate) fn new(column: &TableColumn, batch_rows: usize, parse: P) -> Self {
        Self {
            nulls: column.nulls,
            is_required: column.is_required,
            parse,
            batch_rows,
            numbers: Vec::new(),
            spares: Spares::default(),
            validity: Validity::default(),
        }
    }

    pub(crate) fn append(
        &mut self,
        burst: BurstBytes<'_>,
        spans: &[Span],
        bad: &mut Vec<BadValue>,
    ) {
        self.spares.reserve_batch(&mut self.numbers, self.batch_rows);
        let Self { nulls, is_required, ref mut parse, ref mut numbers, ref mut validity, .. } =
            *self;
        let mut row = numbers.len();
        numbers.extend(spans.iter().map(|&span| {
            let found = read(burst, span, nulls, parse);
            row += 1;
            match found {
                Ok(Some(number)) => number,
                other => {
                    validity.set_null(row - 1);
                    list_null(other.err(), row - 1, span, is_required, bad);
                    P::Number::default()
                }
            }
        }));
    }

    pub(crate) fn finish(&mut self) -> ArrayRef {
        let validity = self.validity.finish(self.numbers.len());
        self.parse.array(self.spares.lend(&mut self.numbers), validity)
    }
}

/// Reads a value; nothing where it stands for nothing.
#[inline(always)]
fn read<P: Parse>(
    burst: BurstBytes<'_>,
    span: Span,
    nulls: Nulls,
    parse: &mut P,
) -> Result<Option<P::Number>, ValueError> {
    let (start, end) = (span.start as usize, span.end as usize);
    if end <= start + 1 && (span == MISSING || nulls.has(&burst.bytes[start..end])) {
        return Ok(None);
    }
    parse.parse(Value::new(burst.bytes, start, end)).map(Some)
}

impl Numbers<Timestamps> {
    pub(crate) fn append_dates_and_times(
        &mut self,
        burst: BurstBytes<'_>,
        date_spans: &[Span],
        time_spans: &[Span],
        bad: &mut Vec<BadValue>,
    ) {
        let mut dates = Dates;
        let mut times = Timestamps::new(TimestampFormat::TimeOfDay, false);
        for (&date_span, &time_span) in date_spans.iter().zip(time_spans) {
            let row = self.numbers.len();
            let date = read(burst, date_span, self.nulls, &mut dates);
            let time = read(burst, time_span, self.nulls, &mut times);
            let (number, span, error) = match (date, time) {
                (Ok(Some(days)), Ok(Some(time))) => {
                    (i64::from(days) * MICROSECONDS_OF_DAY + time, MISSING, None)
                }
                (Err(error), _) => (0, date_span, Some(error)),
                (_, Err(error)) => (0, time_span, Some(error)),
                _ => {
                    self.validity.set_null(row);
                    list_null(None, row, MISSING, self.is_required, bad);
                    self.numbers.push(0);
                    continue;
                }
            };
            self.numbers.push(number);
            if let Some(error) = error {
                self.validity.set_null(row);
                bad.push(BadValue { row, span: Some(span), error });
            }
        }
    }
}

const MICROSECONDS_OF_DAY: i64 = 24 * 60 * 60 * 1_000_000;

fn primitive<T: ArrowPrimitiveType>(
    numbers: ScalarBuffer<T::Native>,
    validity: Option<NullBuffer>,
) -> PrimitiveArray<T> {
    PrimitiveArray::new(numbers, validity)
}

/// Whole numbers.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Integers;

impl Parse for Integers {
    type Number = i64;

    #[inline(always)]
    fn parse(&mut self, value: Value<'_>) -> Result<i64, ValueError> {
        parse_integer(value)
    }

    fn array(&self, numbers: ScalarBuffer<i64>, validity: Option<NullBuffer>) -> ArrayRef {
        Arc::new(primitive::<Int64Type>(numbers, validity))
    }
}

/// Whole numbers that are not negative.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Unsigneds;

impl Parse for Unsigneds {
    type Number = u64;

    #[inline(always)]
    fn parse(&mut self, value: Value<'_>) -> Result<u64, ValueError> {
        parse_unsigned(value)
    }

    fn array(&self, numbers: ScalarBuffer<u64>, validity: Option<NullBuffer>) -> ArrayRef {
        Arc::new(primitive::<UInt64Type>(numbers, validity))
    }
}

/// Exact numbers with a fraction.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Decimals {
    pub(crate) scale: u8,
}

impl Parse for Decimals {
    type Number = i128;

    #[inline(always)]
    fn parse(&mut self, value: Value<'_>) -> Result<i128, ValueError> {
        parse_decimal(value, self.scale).map(i128::from)
    }

    fn array(&self, numbers: ScalarBuffer<i128>, validity: Option<NullBuffer>) -> ArrayRef {
        let array = primitive::<Decimal128Type>(numbers, validity);
        let array = array.with_precision_and_scale(DECIMAL_PRECISION, self.scale as i8);
        Arc::new(array.expect("the scale is not above the precision"))
    }
}

/// Binary numbers.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Floats;

impl Parse for Floats {
    type Number = f64;

    #[inline(always)]
    fn parse(&mut self, value: Value<'_>) -> Result<f64, ValueError> {
        parse_float(value)
    }

    fn array(&self, numbers: ScalarBuffer<f64>, validity: Option<NullBuffer>) -> ArrayRef {
        Arc::new(primitive::<Float64Type>(numbers, validity))
    }
}

/// Points in time.
#[derive(Clone, Debug)]
pub(crate) struct Timestamps {
    parser: TimestampParser,
    has_zone: bool,
}

impl Timestamps {
    pub(crate) fn new(format: TimestampFormat, has_zone: bool) -> Self {
        Self { parser: TimestampParser::new(format), has_zone }
    }
}

impl Parse for Timestamps {
    type Number = i64;

    #[inline(always)]
    fn parse(&mut self, value: Value<'_>) -> Result<i64, ValueError> {
        self.parser.parse(value)
    }

    fn array(&self, numbers: ScalarBuffer<i64>, validity: Option<NullBuffer>) -> ArrayRef {
        let array = primitive::<TimestampMicrosecondType>(numbers, validity);
        Arc::new(array.with_timezone_opt(self.has_zone.then_some("UTC")))
    }
}

/// Days.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Dates;

impl Parse for Dates {
    type Number = i32;

    #[inline(always)]
    fn parse(&mut self, value: Value<'_>) -> Result<i32, ValueError> {
        parse_date(value)
    }

    fn array(&self, numbers: ScalarBuffer<i32>, validity: Option<NullBuffer>) -> ArrayRef {
        Arc::new(primitive::<Date32Type>(numbers, validity))
    }
}

/// IP addresses.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Addresses;

impl Parse for Addresses {
    /// The sixteen bytes in the order of memory.
    type Number = u128;

    #[inline(always)]
    fn parse(&mut self, value: Value<'_>) -> Result<u128, ValueError> {
        parse_address(value).map(u128::from_ne_bytes)
    }

    fn array(&self, numbers: ScalarBuffer<u128>, validity: Option<NullBuffer>) -> ArrayRef {
        Arc::new(FixedSizeBinaryArray::new(16, numbers.into_inner(), validity))
    }
}
