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
use crate::instructions::Instructions;
use crate::schema::{DECIMAL_PRECISION, Nulls, TableColumn};
use crate::values::{
    Block, Roomy, TimestampParser, Value, ValueError, parse_address, parse_date, parse_decimal,
    parse_float, parse_integer, parse_unsigned, usual_address, usual_integer, usual_milliseconds,
};

/// Reads the values of one type, and makes the array of them.
pub(crate) trait Parse {
    type Number: ArrowNativeType;

    /// Reads a value that is written in the usual way, without a branch, and tells whether it is.
    /// If not, what is returned has no meaning.
    fn usual<const HAS_ROOM: bool>(
        &self,
        instructions: impl Instructions,
        value: Value<'_, HAS_ROOM>,
    ) -> (Self::Number, bool);

    /// Reads four such values, and returns a bit for each that is one.
    #[inline(always)]
    fn usual_block(
        &self,
        instructions: impl Instructions,
        block: Block<'_>,
    ) -> ([Self::Number; 4], u32) {
        let mut numbers = [Self::Number::default(); 4];
        let mut usual = 0;
        for (index, value) in block.values().into_iter().enumerate() {
            let (number, is_usual) = self.usual(instructions, value);
            numbers[index] = number;
            usual |= u32::from(is_usual) << index;
        }
        (numbers, usual)
    }

    fn parse(&mut self, bytes: &[u8]) -> Result<Self::Number, ValueError>;

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

    #[inline(always)]
    pub(crate) fn append(
        &mut self,
        instructions: impl Instructions,
        burst: BurstBytes<'_>,
        spans: &[Span],
        bad: &mut Vec<BadValue>,
    ) {
        self.spares.reserve_batch(&mut self.numbers, self.batch_rows);
        self.numbers.reserve(spans.len());
        for spans in spans.chunks(64) {
            let unusual = self.append_usual(instructions, burst, spans);
            if unusual != 0 {
                self.read_unusual(burst, spans, unusual, bad);
            }
        }
    }

    /// Appends up to 64 values as if all were written in the usual way. Returns a bit for each that
    /// is not: where values and nulls come in no order, a branch for each would go wrong too often.
    #[inline(always)]
    #[expect(unsafe_code, reason = "numbers that are about to be written need not be 0 before")]
    fn append_usual(
        &mut self,
        instructions: impl Instructions,
        burst: BurstBytes<'_>,
        spans: &[Span],
    ) -> u64 {
        let row = self.numbers.len();
        let room = &mut self.numbers.spare_capacity_mut()[..spans.len()];
        let mut unusual = 0;
        if let Some(values) = Roomy::new(burst.bytes, spans) {
            let (blocks, rest) = values.blocks();
            let (rooms, rest_of_room) = room.as_chunks_mut::<4>();
            let mut bit = 0;
            for (numbers, block) in rooms.iter_mut().zip(blocks) {
                let (found, usual) = self.parse.usual_block(instructions, block);
                for (number, found) in numbers.iter_mut().zip(found) {
                    number.write(found);
                }
                unusual |= u64::from(usual ^ 0b1111) << bit;
                bit += 4;
            }
            for (number, value) in rest_of_room.iter_mut().zip(rest) {
                let (found, is_usual) = self.parse.usual(instructions, value);
                number.write(found);
                unusual |= u64::from(!is_usual) << bit;
                bit += 1;
            }
        } else {
            for (index, (number, &span)) in room.iter_mut().zip(spans).enumerate() {
                let (found, is_usual) = match Value::at(burst.bytes, span) {
                    Some(value) => self.parse.usual(instructions, value),
                    None => (P::Number::default(), false),
                };
                number.write(found);
                unusual |= u64::from(!is_usual) << index;
            }
        }
        // SAFETY: there was room for as many as there are places, and each was written.
        unsafe { self.numbers.set_len(row + spans.len()) };
        unusual
    }

    /// Reads those of the last values that have a bit: nulls, and what is written in another way.
    #[inline(never)]
    fn read_unusual(
        &mut self,
        burst: BurstBytes<'_>,
        spans: &[Span],
        mut unusual: u64,
        bad: &mut Vec<BadValue>,
    ) {
        let first = self.numbers.len() - spans.len();
        let mut nulls = 0;
        while unusual != 0 {
            let index = unusual.trailing_zeros() as usize;
            let bit = unusual & unusual.wrapping_neg();
            unusual ^= bit;
            let number = match read(burst, spans[index], self.nulls, &mut self.parse) {
                Ok(Some(number)) => number,
                other => {
                    nulls |= bit;
                    if other.is_err() || self.is_required {
                        let error = other.err();
                        list_null(error, first + index, spans[index], self.is_required, bad);
                    }
                    P::Number::default()
                }
            };
            self.numbers[first + index] = number;
        }
        self.validity.set_nulls(first, nulls);
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
    if span == MISSING {
        return Ok(None);
    }
    let bytes = &burst.bytes[span.range()];
    if nulls.has(bytes) { Ok(None) } else { parse.parse(bytes).map(Some) }
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
    fn usual<const HAS_ROOM: bool>(
        &self,
        _: impl Instructions,
        value: Value<'_, HAS_ROOM>,
    ) -> (i64, bool) {
        let (number, is_usual) = usual_integer(value);
        (number as i64, is_usual)
    }

    #[inline(always)]
    fn usual_block(&self, instructions: impl Instructions, block: Block<'_>) -> ([i64; 4], u32) {
        let (numbers, usual) = instructions.integers(block);
        (numbers.map(|number| number as i64), usual)
    }

    fn parse(&mut self, bytes: &[u8]) -> Result<i64, ValueError> {
        parse_integer(bytes)
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
    fn usual<const HAS_ROOM: bool>(
        &self,
        _: impl Instructions,
        value: Value<'_, HAS_ROOM>,
    ) -> (u64, bool) {
        usual_integer(value)
    }

    #[inline(always)]
    fn usual_block(&self, instructions: impl Instructions, block: Block<'_>) -> ([u64; 4], u32) {
        instructions.integers(block)
    }

    fn parse(&mut self, bytes: &[u8]) -> Result<u64, ValueError> {
        parse_unsigned(bytes)
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
    fn usual<const HAS_ROOM: bool>(
        &self,
        _: impl Instructions,
        value: Value<'_, HAS_ROOM>,
    ) -> (i128, bool) {
        let (milliseconds, is_usual) = usual_milliseconds(value);
        (i128::from(milliseconds), is_usual & (self.scale == 3))
    }

    #[inline(always)]
    fn usual_block(&self, instructions: impl Instructions, block: Block<'_>) -> ([i128; 4], u32) {
        let (milliseconds, usual) = instructions.milliseconds(block);
        (milliseconds.map(i128::from), if self.scale == 3 { usual } else { 0 })
    }

    fn parse(&mut self, bytes: &[u8]) -> Result<i128, ValueError> {
        parse_decimal(bytes, self.scale).map(i128::from)
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
    fn usual<const HAS_ROOM: bool>(
        &self,
        _: impl Instructions,
        value: Value<'_, HAS_ROOM>,
    ) -> (f64, bool) {
        let (milliseconds, is_usual) = usual_milliseconds(value);
        (thousandths(milliseconds), is_usual)
    }

    #[inline(always)]
    fn usual_block(&self, instructions: impl Instructions, block: Block<'_>) -> ([f64; 4], u32) {
        let (milliseconds, usual) = instructions.milliseconds(block);
        (milliseconds.map(thousandths), usual)
    }

    fn parse(&mut self, bytes: &[u8]) -> Result<f64, ValueError> {
        parse_float(bytes)
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
    fn usual<const HAS_ROOM: bool>(
        &self,
        _: impl Instructions,
        value: Value<'_, HAS_ROOM>,
    ) -> (i64, bool) {
        self.parser.usual(value)
    }

    fn parse(&mut self, bytes: &[u8]) -> Result<i64, ValueError> {
        self.parser.parse(bytes)
    }

    fn array(&self, numbers: ScalarBuffer<i64>, validity: Option<NullBuffer>) -> ArrayRef {
        let array = primitive::<TimestampMicrosecondType>(numbers, validity);
        Arc::new(array.with_timezone_opt(self.has_zone.then_some("UTC")))
    }
}

/// Returns a number of thousandths that has room in 53 bits: both have, so the quotient is the
/// nearest.
#[inline(always)]
fn thousandths(number: u64) -> f64 {
    number as i64 as f64 / 1000.0
}

/// Days.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Dates;

impl Parse for Dates {
    type Number = i32;

    /// Reads none: a day on its own is rare.
    #[inline(always)]
    fn usual<const HAS_ROOM: bool>(
        &self,
        _: impl Instructions,
        _: Value<'_, HAS_ROOM>,
    ) -> (i32, bool) {
        (0, false)
    }

    fn parse(&mut self, bytes: &[u8]) -> Result<i32, ValueError> {
        parse_date(bytes)
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
    fn usual<const HAS_ROOM: bool>(
        &self,
        instructions: impl Instructions,
        value: Value<'_, HAS_ROOM>,
    ) -> (u128, bool) {
        let (address, is_usual) = usual_address(instructions, value);
        (u128::from_ne_bytes(address), is_usual)
    }

    fn parse(&mut self, bytes: &[u8]) -> Result<u128, ValueError> {
        parse_address(bytes).map(u128::from_ne_bytes)
    }

    fn array(&self, numbers: ScalarBuffer<u128>, validity: Option<NullBuffer>) -> ArrayRef {
        Arc::new(FixedSizeBinaryArray::new(16, numbers.into_inner(), validity))
    }
}
