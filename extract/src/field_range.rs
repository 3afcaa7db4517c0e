//! A field or neighbouring ones, as one element of a list of fields.

use std::fmt;
use std::ops::Range;
use std::str::FromStr;

/// Names neighbouring fields by their indices, which count from 0, or by the end of the line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FieldRange {
    kind: Kind,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    /// From one index to another, whether the record has them or not.
    Between { first: u32, last: u32 },
    /// From one index on, as many as the record has.
    From { first: u32 },
    /// The record's last one.
    Last,
    /// As the two above it, of those that the record has, without its last one.
    BeforeLast { first: u32, last: Option<u32> },
}

impl FieldRange {
    /// The highest field number: as many as a line of the default line limit can have.
    pub(crate) const MAXIMUM_NUMBER: u32 = 1 << 24;

    /// Names the record's last field.
    pub const LAST: Self = Self { kind: Kind::Last };

    /// Names fields from one index to another.
    pub(crate) fn between(first: u32, last: u32) -> Self {
        Self { kind: Kind::Between { first, last } }
    }

    /// Names fields from one index to another or, without it, to the record's last one.
    pub(crate) fn with_end(first: u32, last: Option<u32>) -> Self {
        last.map_or(Self { kind: Kind::From { first } }, |last| Self::between(first, last))
    }

    /// Names the same without the record's last one, also where it is in the midst of them.
    pub(crate) fn before_last(first: u32, last: Option<u32>) -> Self {
        Self { kind: Kind::BeforeLast { first, last } }
    }

    /// Returns the indices in a record of this many fields. Those of a range with a last index are
    /// all there is in it, also beyond the record's end.
    #[inline]
    #[must_use]
    pub fn indices(self, field_count: usize) -> Range<usize> {
        match self.kind {
            Kind::Between { first, last } => first as usize..last as usize + 1,
            Kind::From { first } => first as usize..field_count.max(first as usize),
            Kind::Last => field_count.saturating_sub(1)..field_count,
            Kind::BeforeLast { first, last } => {
                let end = last.map_or(usize::MAX, |last| last as usize + 1);
                let end = end.min(field_count.saturating_sub(1));
                first as usize..end.max(first as usize)
            }
        }
    }

    /// Returns the first and the last index, where the record has no say in them.
    #[must_use]
    pub fn bounds(self) -> Option<(usize, usize)> {
        match self.kind {
            Kind::Between { first, last } => Some((first as usize, last as usize)),
            _ => None,
        }
    }

    /// Returns the first and last index, where the record's last field is the highest there is;
    /// `None` where that is never in it.
    pub(crate) fn piece(self) -> Option<(usize, usize)> {
        match self.kind {
            Kind::Between { first, last } => Some((first as usize, last as usize)),
            Kind::From { first } => Some((first as usize, usize::MAX)),
            Kind::Last => Some((usize::MAX, usize::MAX)),
            Kind::BeforeLast { .. } => None,
        }
    }

    /// Returns the fewest fields of a record that has all of it, of an open range one.
    pub(crate) fn fields_needed(self) -> usize {
        match self.kind {
            Kind::Between { last, .. } => last as usize + 1,
            Kind::From { first } => first as usize + 1,
            Kind::Last => 1,
            Kind::BeforeLast { first, .. } => first as usize + 2,
        }
    }

    /// Returns how many fields there are in it, where that is always the same.
    pub(crate) fn field_count(self) -> Option<usize> {
        match self.kind {
            Kind::Between { first, last } => Some((last - first) as usize + 1),
            Kind::Last => Some(1),
            Kind::From { .. } | Kind::BeforeLast { .. } => None,
        }
    }

    /// Returns true if it is one field.
    pub(crate) fn is_single(self) -> bool {
        self.field_count() == Some(1)
    }

    /// Returns true for the record's last field.
    pub(crate) fn is_last(self) -> bool {
        self.kind == Kind::Last
    }

    /// Returns true if it goes up to the record's last field, and has no last index.
    pub(crate) fn is_from(self) -> bool {
        matches!(self.kind, Kind::From { .. })
    }

    /// Returns one field of it; the record's last field is that wherever it is.
    pub(crate) fn single(self, index: usize) -> Self {
        if self.is_last() { self } else { Self::between(index as u32, index as u32) }
    }

    /// Returns the first index and the last one, if it has one; the record's last field may be any.
    pub(crate) fn extent(self) -> (u32, Option<u32>) {
        match self.kind {
            Kind::Between { first, last } => (first, Some(last)),
            Kind::From { first } => (first, None),
            Kind::Last => (0, None),
            Kind::BeforeLast { first, last } => (first, last),
        }
    }
}

impl FromStr for FieldRange {
    type Err = FieldListError;

    fn from_str(text: &str) -> Result<Self, FieldListError> {
        if text == "last" {
            return Ok(Self::LAST);
        }
        let Some((first, last)) = text.split_once('-') else {
            let index = parse_index(text, text)?;
            return Ok(Self::between(index, index));
        };
        if first.is_empty() && last.is_empty() {
            return Err(FieldListError::number(text));
        }
        let first = if first.is_empty() { 0 } else { parse_index(first, text)? };
        let last = match last {
            "" | "last" => None,
            last => Some(parse_index(last, text)?),
        };
        if last.is_some_and(|last| last < first) {
            return Err(FieldListError::decreasing(text));
        }
        Ok(Self::with_end(first, last))
    }
}

/// Turns a number that counts from 1 into an index that counts from 0.
fn parse_index(number: &str, range: &str) -> Result<u32, FieldListError> {
    if number.is_empty() || !number.bytes().all(|byte| byte.is_ascii_digit()) {
        return Err(FieldListError::number(range));
    }
    match number.parse::<u32>() {
        Ok(0) => Err(FieldListError::zero()),
        Ok(number) if number <= FieldRange::MAXIMUM_NUMBER => Ok(number - 1),
        // Only digits were left, so what does not parse is too large.
        Ok(_) | Err(_) => Err(FieldListError::too_large(number)),
    }
}

/// Says what in a list of fields cannot be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FieldListError {
    kind: ErrorKind,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum ErrorKind {
    Number { text: String },
    Zero,
    Decreasing { text: String },
    TooLarge { number: String },
    NothingLeft,
    NoColumn { text: String, names: String },
    NameTwice { name: String, numbers: [usize; 2] },
}

impl FieldListError {
    fn number(text: &str) -> Self {
        Self { kind: ErrorKind::Number { text: text.to_owned() } }
    }

    fn zero() -> Self {
        Self { kind: ErrorKind::Zero }
    }

    fn decreasing(text: &str) -> Self {
        Self { kind: ErrorKind::Decreasing { text: text.to_owned() } }
    }

    fn too_large(number: &str) -> Self {
        Self { kind: ErrorKind::TooLarge { number: number.to_owned() } }
    }

    pub(crate) fn nothing_left() -> Self {
        Self { kind: ErrorKind::NothingLeft }
    }

    /// Says that a text is no column's name, and which names there are.
    pub(crate) fn no_column(text: &str, names: String) -> Self {
        Self { kind: ErrorKind::NoColumn { text: text.to_owned(), names } }
    }

    /// Says that columns with these numbers have the same name.
    pub(crate) fn name_twice(name: &str, numbers: [usize; 2]) -> Self {
        Self { kind: ErrorKind::NameTwice { name: name.to_owned(), numbers } }
    }

    /// Returns true where a text is neither a number nor a range.
    pub(crate) fn is_no_number(&self) -> bool {
        matches!(self.kind, ErrorKind::Number { .. })
    }
}

impl fmt::Display for FieldListError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.kind {
            ErrorKind::Number { text } => write!(
                formatter,
                "'{text}' is neither a field number nor a range such as 2-4, 7- or -3, nor 'last'"
            ),
            ErrorKind::Zero => formatter.write_str("fields are numbered from 1"),
            ErrorKind::Decreasing { text } => {
                write!(formatter, "the range {text} ends before it starts")
            }
            ErrorKind::TooLarge { number } => write!(
                formatter,
                "field {number} is above the highest number, {}",
                FieldRange::MAXIMUM_NUMBER
            ),
            ErrorKind::NothingLeft => {
                formatter.write_str("these are all fields, which leaves none")
            }
            ErrorKind::NoColumn { text, names } => write!(
                formatter,
                "there is no column '{text}', and it is no number or range (the columns are: \
                 {names})"
            ),
            ErrorKind::NameTwice { name, numbers: [first, second] } => write!(
                formatter,
                "columns {first} and {second} are both named '{name}': give a number"
            ),
        }
    }
}

impl std::error::Error for FieldListError {}
