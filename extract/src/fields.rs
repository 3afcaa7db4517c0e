//! The list of fields asked for, which every format walks.

use std::fmt;
use std::str::FromStr;

/// Lists fields and ranges of them, in the order they are to come out in.
///
/// # Examples
///
/// ```
/// use delimark_extract::FieldList;
///
/// let list: FieldList = "6,1,2-4,10-".parse()?;
/// assert_eq!(list.ranges().len(), 4);
/// assert_eq!(list.ranges()[2].first(), 1);
/// assert_eq!(list.ranges()[3].last(), None);
/// # Ok::<(), delimark_extract::FieldListError>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FieldList {
    ranges: Vec<FieldRange>,
}

impl FieldList {
    /// The highest field number: as many as a line of the default line limit can have.
    pub const MAXIMUM_NUMBER: u32 = 1 << 24;

    /// Lists single fields by their indices, which count from 0; none is a list, too.
    #[must_use]
    pub fn from_indices(indices: impl IntoIterator<Item = u32>) -> Self {
        // No line has the highest two, and one after the other has to be a number, too.
        let indices = indices.into_iter().map(|index| index.min(u32::MAX - 1));
        let range = |index| FieldRange { first: index, last: Some(index) };
        Self { ranges: indices.map(range).collect() }
    }

    /// Returns the ranges in the order asked for.
    #[must_use]
    pub fn ranges(&self) -> &[FieldRange] {
        &self.ranges
    }

    /// Returns the lowest field number asked for that lines of this many fields never have.
    #[must_use]
    pub fn first_beyond(&self, columns: u32) -> Option<u32> {
        let beyond = |range: &FieldRange| {
            let last = range.last.unwrap_or(range.first);
            (last >= columns).then_some(range.first.max(columns) + 1)
        };
        self.ranges.iter().filter_map(beyond).min()
    }

    /// Returns how often the field that is asked for most often is.
    pub(crate) fn repetitions(&self) -> usize {
        let begins = self.ranges.iter().map(|range| (range.first(), true));
        let ends = self.ranges.iter().filter_map(|range| Some((range.last()? + 1, false)));
        // Where one range ends and the next begins, the end comes first.
        let mut edges: Vec<(usize, bool)> = begins.chain(ends).collect();
        edges.sort_unstable();
        let mut open = 0;
        let at_edges = edges.into_iter().map(|(_, begins)| {
            open = if begins { open + 1 } else { open - 1 };
            open
        });
        at_edges.max().unwrap_or(0)
    }

    /// Returns how many fields the ranges with an end have.
    pub(crate) fn closed_field_count(&self) -> usize {
        let lengths =
            self.ranges.iter().filter_map(|range| Some(range.last()? - range.first() + 1));
        lengths.fold(0, usize::saturating_add)
    }

    /// Returns how many ranges have no end.
    pub(crate) fn open_range_count(&self) -> usize {
        self.ranges.iter().filter(|range| range.last.is_none()).count()
    }
}

impl FromStr for FieldList {
    type Err = FieldListError;

    fn from_str(text: &str) -> Result<Self, FieldListError> {
        let ranges = text.split(',').map(str::parse).collect::<Result<_, _>>()?;
        Ok(Self { ranges })
    }
}

/// Names neighbouring fields by their indices, which count from 0.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FieldRange {
    first: u32,
    last: Option<u32>,
}

impl FieldRange {
    /// Returns the index of the first field.
    #[must_use]
    pub fn first(self) -> usize {
        self.first as usize
    }

    /// Returns the index of the last field; `None` for all that the line has.
    #[must_use]
    pub fn last(self) -> Option<usize> {
        self.last.map(|last| last as usize)
    }
}

impl FromStr for FieldRange {
    type Err = FieldListError;

    fn from_str(text: &str) -> Result<Self, FieldListError> {
        let Some((first, last)) = text.split_once('-') else {
            let index = parse_index(text, text)?;
            return Ok(Self { first: index, last: Some(index) });
        };
        if first.is_empty() && last.is_empty() {
            return Err(FieldListError::number(text));
        }
        let first = if first.is_empty() { 0 } else { parse_index(first, text)? };
        let last = if last.is_empty() { None } else { Some(parse_index(last, text)?) };
        if last.is_some_and(|last| last < first) {
            return Err(FieldListError::decreasing(text));
        }
        Ok(Self { first, last })
    }
}

/// Turns a number that counts from 1 into an index that counts from 0.
fn parse_index(number: &str, range: &str) -> Result<u32, FieldListError> {
    if number.is_empty() || !number.bytes().all(|byte| byte.is_ascii_digit()) {
        return Err(FieldListError::number(range));
    }
    match number.parse::<u32>() {
        Ok(0) => Err(FieldListError::zero()),
        Ok(number) if number <= FieldList::MAXIMUM_NUMBER => Ok(number - 1),
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
}

impl fmt::Display for FieldListError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.kind {
            ErrorKind::Number { text } => write!(
                formatter,
                "'{text}' is neither a field number nor a range such as 2-4, 7- or -3"
            ),
            ErrorKind::Zero => formatter.write_str("fields are numbered from 1"),
            ErrorKind::Decreasing { text } => {
                write!(formatter, "the range {text} ends before it starts")
            }
            ErrorKind::TooLarge { number } => write!(
                formatter,
                "field {number} is above the highest number, {}",
                FieldList::MAXIMUM_NUMBER
            ),
        }
    }
}

impl std::error::Error for FieldListError {}

#[cfg(test)]
mod tests {
    use super::*;

    fn ranges(text: &str) -> Vec<(usize, Option<usize>)> {
        let list: FieldList = text.parse().expect(text);
        list.ranges().iter().map(|range| (range.first(), range.last())).collect()
    }

    #[test]
    fn keeps_order_and_repeats() {
        assert_eq!(ranges("6,1,6"), [(5, Some(5)), (0, Some(0)), (5, Some(5))]);
    }

    #[test]
    fn reads_every_kind_of_range() {
        assert_eq!(ranges("2-4,7-,-3"), [(1, Some(3)), (6, None), (0, Some(2))]);
        assert_eq!(ranges("16777216"), [(16_777_215, Some(16_777_215))]);
    }

    #[test]
    fn counts_what_it_asks_for() {
        for (text, repetitions, closed, open) in [
            ("1", 1, 1, 0),
            ("1,2,3", 1, 3, 0),
            ("2,1,2", 2, 3, 0),
            ("1-4,5-6", 1, 6, 0),
            ("1-4,4-6,2-", 3, 7, 1),
            ("3-,1-,9", 3, 1, 2),
        ] {
            let list: FieldList = text.parse().expect(text);
            let found = (list.repetitions(), list.closed_field_count(), list.open_range_count());
            assert_eq!(found, (repetitions, closed, open), "{text}");
        }
        let none = FieldList::from_indices([]);
        assert_eq!((none.repetitions(), none.closed_field_count()), (0, 0));
        assert_eq!(FieldList::from_indices([5, 0]), "6,1".parse().expect("fields"));
    }

    #[test]
    fn rejects_what_names_no_field() {
        for (text, message) in [
            ("0", "numbered from 1"),
            ("0-2", "numbered from 1"),
            ("3-1", "the range 3-1 ends before it starts"),
            ("a", "'a' is neither"),
            ("", "'' is neither"),
            ("1,,2", "'' is neither"),
            ("-", "'-' is neither"),
            ("1-2-3", "'1-2-3' is neither"),
            ("+1", "'+1' is neither"),
            ("16777217", "above the highest number, 16777216"),
            ("99999999999", "field 99999999999 is above"),
        ] {
            let error = text.parse::<FieldList>().expect_err(text).to_string();
            assert!(error.contains(message), "{text}: {error}");
        }
    }
}
