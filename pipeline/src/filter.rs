//! Filters: conditions on values as they stand in the log, asked before any column is built.

use std::cmp::Ordering;

use delimark::Span;
use delimark_formats::Encoding;
use memchr::memmem::Finder;

use crate::columns::{BurstBytes, BurstText, MISSING};
use crate::schema::{ColumnKind, Nulls, Source, TableColumn};
use crate::values::{
    TimestampParser, Value, parse_date, parse_decimal, parse_integer, parse_unsigned,
    usual_integer, usual_milliseconds,
};

/// The conditions that rows of a table meet; all other rows are left out of it, and counted.
#[derive(Clone, Debug, Default)]
pub struct RowFilter {
    clauses: Vec<Vec<Condition>>,
    /// The indices of the rows of a burst that are kept.
    kept: Vec<u32>,
}

/// A condition on the values of one column. A null meets none, nor does a value that is not of the
/// column's type.
#[derive(Clone, Debug)]
pub struct Condition {
    /// The column of the log format.
    column: usize,
    nulls: Nulls,
    test: ReadyTest,
}

/// A test of a value.
#[derive(Clone, Debug, PartialEq)]
pub enum Test {
    /// Compares a whole number, a decimal by its digits without the point, a time in microseconds
    /// or a day, counted from 1970.
    Number(Comparison, i128),
    /// Compares a decimal as the binary number that it becomes when its digits are divided by a
    /// power of ten; by the total order of IEEE 754.
    Float(Comparison, f64),
    /// Looks at the bytes of text.
    Text(TextTest, Vec<u8>),
}

/// The relation that a value has to be in to another one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Comparison {
    /// `=`
    Equal,
    /// `<>`
    NotEqual,
    /// `<`
    Less,
    /// `<=`
    LessOrEqual,
    /// `>`
    Greater,
    /// `>=`
    GreaterOrEqual,
}

/// A test of the bytes of text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TextTest {
    /// The order of all bytes.
    Compares(Comparison),
    /// The first bytes.
    StartsWith,
    /// The last bytes.
    EndsWith,
    /// Bytes anywhere.
    Contains,
}

/// A test with what it needs to run.
#[derive(Clone, Debug)]
enum ReadyTest {
    Number { read: NumberReader, comparison: Comparison, other: i128 },
    Float { scale: u8, comparison: Comparison, other: f64 },
    Text { test: TextTest, other: Vec<u8> },
    Contains(Box<Finder<'static>>),
}

/// The way in which the number of a value is found.
#[derive(Clone, Debug)]
enum NumberReader {
    Integer,
    Unsigned,
    Decimal { scale: u8 },
    Timestamp(Box<TimestampParser>),
    Date,
}

impl RowFilter {
    /// Adds a clause: of its conditions a row has to meet one.
    #[must_use]
    pub fn with_any_of(mut self, conditions: Vec<Condition>) -> Self {
        self.clauses.push(conditions);
        self
    }

    /// Selects rows of a burst by the places of their values. Returns their indices, which ascend.
    pub(crate) fn select(
        &mut self,
        burst: BurstBytes<'_>,
        rows: usize,
        place: impl Fn(usize, usize) -> Span,
    ) -> &[u32] {
        self.kept.clear();
        self.kept.extend(0..rows as u32);
        for clause in &mut self.clauses {
            self.kept.retain(|&row| {
                let mut conditions = clause.iter_mut();
                conditions.any(|condition| {
                    let span = place(condition.column, row as usize);
                    condition.is_met(burst, span)
                })
            });
        }
        &self.kept
    }
}

impl Condition {
    /// Makes a condition on a column; none where its bytes do not tell: the column is a list, of
    /// another type than the test is of, or changed on its way into the table.
    #[must_use]
    pub fn new(column: &TableColumn, test: Test) -> Option<Self> {
        let Source::Column(index) = column.source else {
            return None;
        };
        if column.is_list {
            return None;
        }
        let test = match (test, column.kind) {
            (Test::Text(test, other), ColumnKind::Text) => {
                if column.decoded != Encoding::Verbatim {
                    return None;
                }
                match test {
                    TextTest::Contains => {
                        ReadyTest::Contains(Box::new(Finder::new(&other).into_owned()))
                    }
                    _ => ReadyTest::Text { test, other },
                }
            }
            (Test::Float(comparison, other), ColumnKind::Decimal { scale }) => {
                ReadyTest::Float { scale, comparison, other }
            }
            (Test::Number(comparison, other), kind) => {
                let read = match kind {
                    ColumnKind::Integer => NumberReader::Integer,
                    ColumnKind::Unsigned => NumberReader::Unsigned,
                    ColumnKind::Decimal { scale } => NumberReader::Decimal { scale },
                    ColumnKind::Timestamp { format, .. } => {
                        NumberReader::Timestamp(Box::new(TimestampParser::new(format)))
                    }
                    ColumnKind::Date => NumberReader::Date,
                    _ => return None,
                };
                ReadyTest::Number { read, comparison, other }
            }
            _ => return None,
        };
        Some(Self { column: index, nulls: column.nulls, test })
    }

    fn is_met(&mut self, burst: BurstBytes<'_>, span: Span) -> bool {
        if span == MISSING {
            return false;
        }
        let bytes = &burst.bytes[span.range()];
        if self.nulls.has(bytes) {
            return false;
        }
        match &mut self.test {
            ReadyTest::Number { read, comparison, other } => {
                let number = Value::at(burst.bytes, span).and_then(|value| read.read(value, bytes));
                number.is_some_and(|number| comparison.holds(number.cmp(other)))
            }
            ReadyTest::Float { scale, comparison, other } => {
                let digits = parse_decimal(bytes, *scale).ok();
                digits.is_some_and(|digits| {
                    let number = digits as f64 / 10_f64.powi(i32::from(*scale));
                    comparison.holds(number.total_cmp(other))
                })
            }
            ReadyTest::Text { test, other } => {
                let is_met = match test {
                    TextTest::Compares(Comparison::Equal) => bytes == other,
                    TextTest::Compares(Comparison::NotEqual) => bytes != other,
                    TextTest::Compares(comparison) => comparison.holds(bytes.cmp(other)),
                    TextTest::StartsWith => bytes.starts_with(other),
                    TextTest::EndsWith => bytes.ends_with(other),
                    TextTest::Contains => unreachable!("it has a finder"),
                };
                is_met && is_text(burst.text, bytes)
            }
            ReadyTest::Contains(finder) => {
                finder.find(bytes).is_some() && is_text(burst.text, bytes)
            }
        }
    }
}

impl NumberReader {
    #[inline(always)]
    fn read(&mut self, value: Value<'_>, bytes: &[u8]) -> Option<i128> {
        // Usual values are read without a look at each of their bytes.
        let (number, is_usual) = match self {
            Self::Integer | Self::Unsigned => widened(usual_integer(value)),
            Self::Decimal { scale: 3 } => widened(usual_milliseconds(value)),
            Self::Timestamp(parser) => widened(parser.usual(value)),
            Self::Decimal { .. } | Self::Date => (0, false),
        };
        if is_usual {
            return Some(number);
        }
        match self {
            Self::Integer => parse_integer(bytes).ok().map(i128::from),
            Self::Unsigned => parse_unsigned(bytes).ok().map(i128::from),
            Self::Decimal { scale } => parse_decimal(bytes, *scale).ok().map(i128::from),
            Self::Timestamp(parser) => parser.parse(bytes).ok().map(i128::from),
            Self::Date => parse_date(bytes).ok().map(i128::from),
        }
    }
}

fn widened((number, is_usual): (impl Into<i128>, bool)) -> (i128, bool) {
    (number.into(), is_usual)
}

impl Comparison {
    fn holds(self, order: Ordering) -> bool {
        match self {
            Self::Equal => order.is_eq(),
            Self::NotEqual => order.is_ne(),
            Self::Less => order.is_lt(),
            Self::LessOrEqual => order.is_le(),
            Self::Greater => order.is_gt(),
            Self::GreaterOrEqual => order.is_ge(),
        }
    }
}

/// Tells whether a value is text; one that is not is null in the table.
fn is_text(burst: BurstText, bytes: &[u8]) -> bool {
    burst == BurstText::Ascii || simdutf8::basic::from_utf8(bytes).is_ok()
}
