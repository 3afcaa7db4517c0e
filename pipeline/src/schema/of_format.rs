//! The schema that a log format has by itself.

use delimark_formats::{Column, Encoding, LogFormat, TimestampFormat, ValueType};

use super::{ColumnKind, Nulls, SchemaError, Source, TableColumn, TableSchema};

/// The digits after the point that servers write of seconds.
const SECONDS_SCALE: u8 = 3;

/// The digits after the point that are kept of other numbers.
const DECIMAL_SCALE: u8 = 6;

/// Choices that a format leaves open.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct FormatOptions {
    /// True if escapes are turned back into the bytes that the client sent.
    pub decodes: bool,
    /// True if addresses are 16 bytes instead of text.
    pub binary_addresses: bool,
    /// True if numbers with a fraction are binary ones.
    pub floats: bool,
}

impl TableSchema {
    /// Makes the schema of a log format: each column by the type of its values.
    ///
    /// Durations in whole milliseconds or microseconds stay whole numbers, with the unit at the end
    /// of the name. Where the format has a date and a time of the day, `date_time` is both.
    ///
    /// # Errors
    ///
    /// The format has no columns yet, or two with the same name.
    ///
    /// # Examples
    ///
    /// ```
    /// use delimark_formats::LogFormat;
    /// use delimark_pipeline::{ColumnKind, FormatOptions, TableSchema};
    ///
    /// let format = LogFormat::preset("combined")?;
    /// let schema = TableSchema::of_format(&format, FormatOptions::default())?;
    /// assert_eq!(schema.columns()[5].name, "status");
    /// assert_eq!(schema.columns()[5].kind, ColumnKind::Integer);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn of_format(format: &LogFormat, options: FormatOptions) -> Result<Self, SchemaError> {
        let numbered = || format.columns().iter().enumerate();
        let mut columns: Vec<TableColumn> =
            numbered().map(|(index, column)| table_column(index, column, options)).collect();
        let of_type = |wanted| {
            numbered().find(|(_, column)| column.value_type() == ValueType::Timestamp(wanted))
        };
        if let Some((date, _)) = of_type(TimestampFormat::Date)
            && let Some((time, _)) = of_type(TimestampFormat::TimeOfDay)
        {
            columns.push(TableColumn {
                name: "date_time".to_owned(),
                source: Source::DateAndTime { date, time },
                kind: ColumnKind::Timestamp { format: TimestampFormat::Iso8601, has_zone: true },
                is_list: false,
                nulls: Nulls::BOTH,
                is_required: false,
                decoded: Encoding::Verbatim,
            });
        }
        Self::new(1, columns)
    }
}

fn table_column(index: usize, column: &Column, options: FormatOptions) -> TableColumn {
    let value_type = column.value_type();
    let kind = kind(value_type, options);
    let decoded = if options.decodes { column.encoding() } else { Encoding::Verbatim };
    TableColumn {
        name: name(column.name(), value_type),
        source: Source::Column(index),
        kind,
        is_list: column.is_list(),
        nulls: Nulls::of_kind(kind),
        is_required: false,
        decoded,
    }
}

fn kind(value_type: ValueType, options: FormatOptions) -> ColumnKind {
    let decimal = |scale| match options.floats {
        true => ColumnKind::Float,
        false => ColumnKind::Decimal { scale },
    };
    match value_type {
        ValueType::Text => ColumnKind::Text,
        ValueType::Integer | ValueType::Milliseconds | ValueType::Microseconds => {
            ColumnKind::Integer
        }
        ValueType::Decimal => decimal(DECIMAL_SCALE),
        ValueType::Seconds => decimal(SECONDS_SCALE),
        ValueType::Timestamp(TimestampFormat::Date) => ColumnKind::Date,
        // Times of day are days of 1970 to some readers, and refused by others.
        ValueType::Timestamp(TimestampFormat::TimeOfDay | TimestampFormat::Custom) => {
            ColumnKind::Text
        }
        ValueType::Timestamp(format) => {
            let has_zone = format != TimestampFormat::ClfMilliseconds;
            ColumnKind::Timestamp { format, has_zone }
        }
        ValueType::Address if options.binary_addresses => ColumnKind::Address,
        ValueType::Address => ColumnKind::Text,
    }
}

/// Returns the column's name, with the unit where it is not seconds.
fn name(name: &str, value_type: ValueType) -> String {
    let unit = match value_type {
        ValueType::Milliseconds => "_ms",
        ValueType::Microseconds => "_us",
        _ => "",
    };
    if name.ends_with(unit) { name.to_owned() } else { format!("{name}{unit}") }
}
