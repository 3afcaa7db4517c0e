//! Schemas: the columns of a table, each with its type, and the values that stand for nothing.

use std::collections::HashMap;
use std::fmt;
use std::str::FromStr;

use arrow_schema::{DataType, Field, Schema, TimeUnit};
use delimark_formats::{Encoding, TimestampFormat};

mod changes;
mod file;
mod inference;
mod of_format;
mod written;

pub use self::changes::SchemaChange;
pub use self::file::{FileColumn, SchemaFile};
pub use self::inference::{Inference, Inferred};
pub use self::of_format::FormatOptions;
pub use self::written::WrittenSchema;

/// The columns of a table.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TableSchema {
    version: u32,
    columns: Vec<TableColumn>,
    /// The indices of columns that are text instead of their type, for they hold other values.
    lenient: Vec<usize>,
}

/// One column of a table: where its values come from, and what becomes of them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TableColumn {
    /// The name in the table.
    pub name: String,
    /// The columns of the log format that its values come from.
    pub source: Source,
    /// The type.
    pub kind: ColumnKind,
    /// True if a value is a list of such values.
    pub is_list: bool,
    /// The values that stand for nothing.
    pub nulls: Nulls,
    /// True if every row must have a value.
    pub is_required: bool,
    /// The escapes that are turned back into bytes.
    pub decoded: Encoding,
}

/// The columns of the log format that a table's column comes from, by their indices.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Source {
    /// One.
    Column(usize),
    /// A date, and the time of the day.
    DateAndTime {
        /// The index of the date.
        date: usize,
        /// The index of the time.
        time: usize,
    },
}

/// The type of a column.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ColumnKind {
    /// UTF-8.
    Text,
    /// Bytes as they are.
    Binary,
    /// A whole number of 64 bits.
    Integer,
    /// A whole number of 64 bits that is not negative.
    Unsigned,
    /// An exact number with this many digits after the point, up to 18, and 18 digits in all.
    Decimal {
        /// The digits after the point.
        scale: u8,
    },
    /// A binary number of 64 bits.
    Float,
    /// `true` or `false`, also written `1`, `0`, `yes`, `no`, `on`, `off`.
    Boolean,
    /// A point in time, in microseconds.
    Timestamp {
        /// The way it is written.
        format: TimestampFormat,
        /// True if the zone is known; without one it is the time on the server's clock.
        has_zone: bool,
    },
    /// A day.
    Date,
    /// An IP address, as the 16 bytes of IPv6.
    Address,
}

/// The values that stand for nothing.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Nulls {
    /// `-`, as most servers write it.
    pub dash: bool,
    /// Nothing between the delimiters.
    pub empty: bool,
}

impl Nulls {
    /// `-` alone: text that is empty was there, and was empty.
    pub const DASH: Self = Self { dash: true, empty: false };
    /// Both.
    pub const BOTH: Self = Self { dash: true, empty: true };

    /// Returns those of a type where nothing else is said.
    #[must_use]
    pub fn of_kind(kind: ColumnKind) -> Self {
        if kind == ColumnKind::Text { Self::DASH } else { Self::BOTH }
    }

    #[inline(always)]
    pub(crate) fn has(self, value: &[u8]) -> bool {
        match value {
            [] => self.empty,
            [b'-'] => self.dash,
            _ => false,
        }
    }
}

/// The key by which a column says in a file that it is text instead of its type.
const LENIENT: &str = "delimark.lenient";

/// The digits of a decimal that is kept, all in all: with them it has room in 64 bits, for which
/// every reader has a type.
pub(crate) const DECIMAL_PRECISION: u8 = 18;

impl ColumnKind {
    /// Returns the type in record batches, of which those of text and bytes are views.
    #[must_use]
    pub fn data_type(self) -> DataType {
        match self {
            Self::Text => DataType::Utf8View,
            Self::Binary => DataType::BinaryView,
            Self::Integer => DataType::Int64,
            Self::Unsigned => DataType::UInt64,
            Self::Decimal { scale } => DataType::Decimal128(DECIMAL_PRECISION, scale as i8),
            Self::Float => DataType::Float64,
            Self::Boolean => DataType::Boolean,
            Self::Timestamp { has_zone, .. } => {
                DataType::Timestamp(TimeUnit::Microsecond, has_zone.then(|| "UTC".into()))
            }
            Self::Date => DataType::Date32,
            Self::Address => DataType::FixedSizeBinary(16),
        }
    }
}

/// The names of types in schema files and on the command line.
impl fmt::Display for ColumnKind {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Text => formatter.write_str("text"),
            Self::Binary => formatter.write_str("binary"),
            Self::Integer => formatter.write_str("integer"),
            Self::Unsigned => formatter.write_str("unsigned"),
            Self::Decimal { scale } => write!(formatter, "decimal({scale})"),
            Self::Float => formatter.write_str("float"),
            Self::Boolean => formatter.write_str("boolean"),
            Self::Timestamp { format, has_zone: _ } => {
                write!(formatter, "timestamp({})", time_name(*format))
            }
            Self::Date => formatter.write_str("date"),
            Self::Address => formatter.write_str("address"),
        }
    }
}

/// The writings of times, by the names that they have in schema files.
const TIMES: [(TimestampFormat, &str); 6] = [
    (TimestampFormat::Clf, "clf"),
    (TimestampFormat::ClfMilliseconds, "clf-milliseconds"),
    (TimestampFormat::Iso8601, "iso8601"),
    (TimestampFormat::EpochSeconds, "epoch-seconds"),
    (TimestampFormat::EpochMilliseconds, "epoch-milliseconds"),
    (TimestampFormat::EpochMicroseconds, "epoch-microseconds"),
];

fn time_name(format: TimestampFormat) -> &'static str {
    TIMES.iter().find(|(time, _)| *time == format).map_or("custom", |(_, name)| name)
}

impl FromStr for ColumnKind {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let (name, argument) = match text.split_once('(') {
            Some((name, rest)) => (name, rest.strip_suffix(')')),
            None => (text, None),
        };
        let kind = match (name, argument) {
            ("text", None) => Self::Text,
            ("binary", None) => Self::Binary,
            ("integer", None) => Self::Integer,
            ("unsigned", None) => Self::Unsigned,
            ("decimal", Some(scale)) => {
                let scale = scale.parse().ok().filter(|&scale| scale <= DECIMAL_PRECISION);
                let scale = scale.ok_or_else(|| {
                    format!("the digits of '{text}' are no number up to {DECIMAL_PRECISION}")
                })?;
                Self::Decimal { scale }
            }
            ("float", None) => Self::Float,
            ("boolean", None) => Self::Boolean,
            ("timestamp", Some(time)) => {
                let known = TIMES.iter().find(|(_, name)| *name == time);
                let names = || TIMES.map(|(_, name)| name).join(", ");
                let (format, _) = known.ok_or_else(|| {
                    format!("unknown writing of times '{time}' (expected one of {})", names())
                })?;
                let has_zone = *format != TimestampFormat::ClfMilliseconds;
                Self::Timestamp { format: *format, has_zone }
            }
            ("date", None) => Self::Date,
            ("address", None) => Self::Address,
            _ => {
                return Err(format!(
                    "unknown type '{text}' (expected one of text, binary, integer, unsigned, \
                     decimal(3), float, boolean, timestamp(clf), date, address)"
                ));
            }
        };
        Ok(kind)
    }
}

impl TableColumn {
    /// Returns the column as Arrow describes it.
    #[must_use]
    pub fn field(&self) -> Field {
        let data_type = self.kind.data_type();
        if self.is_list {
            Field::new_list(&self.name, Field::new_list_field(data_type, true), !self.is_required)
        } else {
            Field::new(&self.name, data_type, !self.is_required)
        }
    }
}

impl TableSchema {
    /// Makes a schema of columns.
    ///
    /// # Errors
    ///
    /// There is no column, or two have names that readers take for the same.
    pub fn new(version: u32, columns: Vec<TableColumn>) -> Result<Self, SchemaError> {
        if columns.is_empty() {
            return Err(SchemaError::new("there is no column in it"));
        }
        for (index, column) in columns.iter().enumerate() {
            if column.name.is_empty() {
                return Err(SchemaError::new(format!("column {} has no name", index + 1)));
            }
            let is_same = |other: &&TableColumn| other.name.eq_ignore_ascii_case(&column.name);
            if let Some(other) = columns[..index].iter().find(is_same) {
                return Err(SchemaError::new(format!(
                    "the names '{}' and '{}' are the same to readers that ignore case; give one \
                     of them another",
                    other.name, column.name
                )));
            }
        }
        Ok(Self { version, columns, lenient: Vec::new() })
    }

    /// Returns the version, which whoever writes the schema counts.
    #[must_use]
    pub fn version(&self) -> u32 {
        self.version
    }

    /// Returns the columns.
    #[must_use]
    pub fn columns(&self) -> &[TableColumn] {
        &self.columns
    }

    /// Returns the schema of record batches.
    #[must_use]
    pub fn arrow(&self) -> Schema {
        let mark = HashMap::from([(LENIENT.to_owned(), "true".to_owned())]);
        let fields = self.columns.iter().enumerate().map(|(index, column)| {
            let field = column.field();
            if self.lenient.contains(&index) { field.with_metadata(mark.clone()) } else { field }
        });
        Schema::new(fields.collect::<Vec<_>>())
    }

    /// Tells of each column whether it can be text where values are not of its type.
    pub(crate) fn can_be_lenient(&self) -> Vec<bool> {
        let can = |column: &TableColumn| {
            let is_text = column.kind == ColumnKind::Text && !column.is_list;
            matches!(column.source, Source::Column(_)) && !is_text
        };
        self.columns.iter().map(can).collect()
    }

    /// Takes some columns as text, as they stand in the log, and marks them.
    #[must_use]
    pub fn with_lenient(mut self, indices: &[usize]) -> Self {
        for index in indices {
            let column = &mut self.columns[*index];
            column.kind = ColumnKind::Text;
            column.is_list = false;
        }
        self.lenient = indices.to_vec();
        self
    }

    /// Takes lists as text, as they stand in the log.
    #[must_use]
    pub fn without_lists(mut self) -> Self {
        for column in self.columns.iter_mut().filter(|column| column.is_list) {
            column.is_list = false;
            column.kind = ColumnKind::Text;
            column.nulls = Nulls::DASH;
        }
        self
    }

    /// Takes every column as one that may be null.
    #[must_use]
    pub fn without_required(mut self) -> Self {
        self.columns.iter_mut().for_each(|column| column.is_required = false);
        self
    }

    /// Keeps the columns with these indices, in this order; also none, for a table of rows that are
    /// counted and nothing else.
    ///
    /// # Panics
    ///
    /// There is no such column.
    #[must_use]
    pub fn project(&self, indices: &[usize]) -> Self {
        let columns = indices.iter().map(|&index| self.columns[index].clone()).collect();
        let position = |index: &usize| indices.iter().position(|other| other == index);
        let lenient = self.lenient.iter().filter_map(position).collect();
        Self { version: self.version, columns, lenient }
    }

    /// Keeps the columns with these names, in this order.
    ///
    /// # Errors
    ///
    /// There is no such column, or it is named twice.
    pub fn select(&self, names: &[String]) -> Result<Self, SchemaError> {
        let find = |name: &String| {
            let found = self.columns.iter().find(|column| column.name == *name);
            found.cloned().ok_or_else(|| {
                let names: Vec<&str> =
                    self.columns.iter().map(|column| column.name.as_str()).collect();
                SchemaError::new(format!(
                    "there is no column '{name}' (they are: {})",
                    names.join(", ")
                ))
            })
        };
        let columns = names.iter().map(find).collect::<Result<_, _>>()?;
        Self::new(self.version, columns)
    }
}

/// The reason why a schema is none.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SchemaError {
    message: String,
}

impl SchemaError {
    pub(crate) fn new(message: impl Into<String>) -> Self {
        Self { message: message.into() }
    }
}

impl fmt::Display for SchemaError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.message)
    }
}

impl std::error::Error for SchemaError {}
