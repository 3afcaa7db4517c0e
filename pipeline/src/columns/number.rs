//! Values of a fixed size: numbers, times, addresses.

use std::sync::Arc;

use arrow_array::types::{
    Date32Type, Decimal128Type, Float64Type, Int64Type, TimestampMicrosecondType, UInt64Type,
};
use arrow_array::{ArrayRef, ArrowPrimitiveType, FixedSizeBinaryArray, PrimitiveArray};
use arrow_buffer::{Buffer, NullBuffer, NullBufferBuilder, ScalarBuffer};
use delimark::Span;
use delimark_formats::TimestampFormat;

use super::{BadValue, BurstBytes};
use crate::schema::{DECIMAL_PRECISION, Nulls, TableColumn};
use crate::values::{
    TimestampParser, Value, ValueError, parse_address, parse_date, parse_decimal, parse_float,
    parse_integer, parse_unsigned,
};

/// Reads the values of one type, and makes the array of them.
pub(crate) trait Parse {
    type Number: Copy + Default;

    fn parse(&mut self, value: Value<'_>) -> Result<Self::Number, ValueError>;

    fn array(&self, numbers: Vec<Self::Number>, validity: Option<NullBuffer>) -> ArrayRef;
}

/// The numbers of one column.
#[derive(Debug)]
pub(crate) struct Numbers<P: Parse> {
    nulls: Nulls,
    is_required: bool,
    parse: P,
    numbers: Vec<P::Number>,
    validity: NullBufferBuilder,
}

impl<P: Parse> Numbers<P> {
    pub(crate) fn new(column: &TableColumn, parse: P) -> Self {
        Self {
            nulls: column.nulls,
            is_required: column.is_required,
            parse,
            numbers: Vec::new(),
            validity: NullBufferBuilder::new(0),
        }
    }

    #[inline]
    pub(crate) fn append(
        &mut self,
        burst: BurstBytes<'_>,
        spans: impl Iterator<Item = Option<Span>>,
        bad: &mut Vec<BadValue>,
    ) {
        self.numbers.reserve(spans.size_hint().0);
        for span in spans {
            let Some(span) = span else {
                self.append_null(bad);
                continue;
            };
            let value = Value::new(burst.bytes, span.start as usize, span.end as usize);
            if value.len() <= 1 && self.nulls.has(value.as_bytes()) {
                self.append_null(bad);
                continue;
            }
            match self.parse.parse(value) {
                Ok(number) => {
                    self.numbers.push(number);
                    self.validity.append_non_null();
                }
                Err(error) => self.append_bad(Some(span), error, bad),
            }
        }
    }

    #[cold]
    fn append_bad(&mut self, span: Option<Span>, error: ValueError, bad: &mut Vec<BadValue>) {
        bad.push(BadValue { row: self.numbers.len(), span, error });
        self.numbers.push(P::Number::default());
        self.validity.append_null();
    }

    #[inline]
    fn append_null(&mut self, bad: &mut Vec<BadValue>) {
        if self.is_required {
            return self.append_bad(None, ValueError::Missing, bad);
        }
        self.numbers.push(P::Number::default());
        self.validity.append_null();
    }

    pub(crate) fn finish(&mut self) -> ArrayRef {
        let numbers = std::mem::take(&mut self.numbers);
        self.parse.array(numbers, self.validity.finish())
    }
}

impl Numbers<Timestamps> {
    pub(crate) fn append_dates_and_times(
        &mut self,
        burst: BurstBytes<'_>,
        pairs: impl Iterator<Item = (Option<Span>, Option<Span>)>,
        bad: &mut Vec<BadValue>,
    ) {
        let nulls = self.nulls;
        let value = |span: Option<Span>| {
            let span = span?;
            let value = Value::new(burst.bytes, span.start as usize, span.end as usize);
            (!nulls.has(value.as_bytes())).then_some((span, value))
        };
        let mut times = TimestampParser::new(TimestampFormat::TimeOfDay);
        for (date, time) in pairs {
            let (Some((date_span, date)), Some((time_span, time))) = (value(date), value(time))
            else {
                self.append_null(bad);
                continue;
            };
            match (parse_date(date), times.parse(time)) {
                (Ok(days), Ok(time)) => {
                    self.numbers.push(i64::from(days) * MICROSECONDS_OF_DAY + time);
                    self.validity.append_non_null();
                }
                (Err(error), _) => self.append_bad(Some(date_span), error, bad),
                (_, Err(error)) => self.append_bad(Some(time_span), error, bad),
            }
        }
    }
}

const MICROSECONDS_OF_DAY: i64 = 24 * 60 * 60 * 1_000_000;

fn primitive<T: ArrowPrimitiveType>(
    numbers: Vec<T::Native>,
    validity: Option<NullBuffer>,
) -> PrimitiveArray<T> {
    PrimitiveArray::new(ScalarBuffer::from(numbers), validity)
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

    fn array(&self, numbers: Vec<i64>, validity: Option<NullBuffer>) -> ArrayRef {
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

    fn array(&self, numbers: Vec<u64>, validity: Option<NullBuffer>) -> ArrayRef {
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

    fn array(&self, numbers: Vec<i128>, validity: Option<NullBuffer>) -> ArrayRef {
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

    fn array(&self, numbers: Vec<f64>, validity: Option<NullBuffer>) -> ArrayRef {
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

    fn array(&self, numbers: Vec<i64>, validity: Option<NullBuffer>) -> ArrayRef {
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

    fn array(&self, numbers: Vec<i32>, validity: Option<NullBuffer>) -> ArrayRef {
        Arc::new(primitive::<Date32Type>(numbers, validity))
    }
}

/// IP addresses.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Addresses;

impl Parse for Addresses {
    type Number = [u8; 16];

    #[inline(always)]
    fn parse(&mut self, value: Value<'_>) -> Result<[u8; 16], ValueError> {
        parse_address(value)
    }

    fn array(&self, numbers: Vec<[u8; 16]>, validity: Option<NullBuffer>) -> ArrayRef {
        let bytes = Buffer::from_vec(numbers.into_flattened());
        Arc::new(FixedSizeBinaryArray::new(16, bytes, validity))
    }
}
