//! Columns: the names of values, and all that a format knows of them before a line is read.

use crate::encoding::Encoding;

/// One column of a format.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Column {
    name: String,
    value_type: ValueType,
    encoding: Encoding,
    is_list: bool,
}

impl Column {
    pub(crate) fn new(
        name: String,
        value_type: ValueType,
        encoding: Encoding,
        is_list: bool,
    ) -> Self {
        Self { name, value_type, encoding, is_list }
    }

    /// Returns the name, which no other column of the format has.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Returns the type that values have where the server had one to write; it writes `-` or
    /// nothing where it had none.
    #[must_use]
    pub fn value_type(&self) -> ValueType {
        self.value_type
    }

    /// Returns the encoding of values, for [`decode`](crate::decode).
    #[must_use]
    pub fn encoding(&self) -> Encoding {
        self.encoding
    }

    /// Tells whether a value can be a list of such values, as `$upstream_response_time` of nginx:
    /// `, ` stands between servers that were tried, ` : ` between groups of them.
    #[must_use]
    pub fn is_list(&self) -> bool {
        self.is_list
    }
}

/// The type of a column's values.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ValueType {
    /// Bytes as they stand.
    Text,
    /// A whole number, perhaps with a sign: counts, sizes, ports, status codes.
    Integer,
    /// A number with a fraction.
    Decimal,
    /// A duration in seconds, mostly with a fraction; `-1` for one that never began.
    Seconds,
    /// A duration in whole milliseconds, perhaps with a sign, zeros before it, or a `+` where the
    /// request still went on.
    Milliseconds,
    /// A duration in whole microseconds.
    Microseconds,
    /// A point in time, or a part of it.
    Timestamp(TimestampFormat),
    /// An IP address, or what a server writes in its place: a name, `unix:`.
    Address,
}

impl ValueType {
    /// Returns the type's name in lists of columns.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Text => "text",
            Self::Integer => "integer",
            Self::Decimal => "decimal",
            Self::Seconds => "seconds",
            Self::Milliseconds => "milliseconds",
            Self::Microseconds => "microseconds",
            Self::Timestamp(_) => "timestamp",
            Self::Address => "address",
        }
    }
}

/// The writing of a point in time.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum TimestampFormat {
    /// `01/Mar/2026:10:00:00 +0000`, as the common log format has it.
    Clf,
    /// `01/Mar/2026:10:00:00.035`, local time with milliseconds, as HAProxy writes it.
    ClfMilliseconds,
    /// `2026-03-01T10:00:00+00:00`, with or without a fraction; the zone may be `Z`.
    Iso8601,
    /// Seconds since 1970, with or without a fraction.
    EpochSeconds,
    /// Milliseconds since 1970.
    EpochMilliseconds,
    /// Microseconds since 1970.
    EpochMicroseconds,
    /// `2026-03-01`.
    Date,
    /// `10:00:00`.
    TimeOfDay,
    /// As the format string says, in the notation of `strftime`.
    Custom,
}
