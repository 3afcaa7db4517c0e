//! The list of fields asked for, which every format walks.

use std::str::FromStr;

use crate::field_range::{FieldListError, FieldRange};

/// Lists fields and ranges of them, in the order they are to come out in.
///
/// # Examples
///
/// ```
/// use delimark_extract::FieldList;
///
/// let list: FieldList = "6,1,2-4,10-,last".parse()?;
/// assert_eq!(list.ranges().len(), 5);
/// assert_eq!(list.ranges()[2].bounds(), Some((1, 3)));
/// assert_eq!(list.ranges()[3].indices(12), 9..12);
/// assert_eq!(list.ranges()[4].indices(12), 11..12);
/// # Ok::<(), delimark_extract::FieldListError>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FieldList {
    ranges: Vec<FieldRange>,
}

impl FieldList {
    /// The highest field number: as many as a line of the default line limit can have.
    pub const MAXIMUM_NUMBER: u32 = FieldRange::MAXIMUM_NUMBER;

    /// Lists single fields by their indices, which count from 0; none is a list, too.
    #[must_use]
    pub fn from_indices(indices: impl IntoIterator<Item = u32>) -> Self {
        // No line has the highest two, and one after the other has to be a number, too.
        let indices = indices.into_iter().map(|index| index.min(u32::MAX - 1));
        Self::from_ranges(indices.map(|index| FieldRange::between(index, index)))
    }

    /// Lists these.
    pub(crate) fn from_ranges(ranges: impl IntoIterator<Item = FieldRange>) -> Self {
        Self { ranges: ranges.into_iter().collect() }
    }

    /// Returns the ranges in the order asked for.
    #[must_use]
    pub fn ranges(&self) -> &[FieldRange] {
        &self.ranges
    }

    /// Lists all other fields, in the order of the line.
    ///
    /// # Errors
    ///
    /// There is no other field.
    pub fn complement(&self) -> Result<Self, FieldListError> {
        let spares_last = self.ranges.iter().any(|range| range.is_last());
        let of_gap = |first, last| match spares_last {
            true => FieldRange::before_last(first, last),
            false => FieldRange::with_end(first, last),
        };
        let listed = self.ranges.iter().filter(|range| !range.is_last());
        let mut listed: Vec<(u32, Option<u32>)> = listed.map(|range| range.extent()).collect();
        listed.sort_unstable_by_key(|&(first, _)| first);
        let mut gaps = Vec::new();
        // The first index that is not listed so far, if there is any.
        let mut next = Some(0);
        for (first, last) in listed {
            let Some(begin) = next else { break };
            if first > begin {
                gaps.push(of_gap(begin, Some(first - 1)));
            }
            next = last.map(|last| begin.max(last.saturating_add(1)));
        }
        gaps.extend(next.map(|begin| of_gap(begin, None)));
        if gaps.is_empty() {
            Err(FieldListError::nothing_left())
        } else {
            Ok(Self { ranges: gaps })
        }
    }

    /// Returns the lowest field number asked for that lines of this many fields never have.
    #[must_use]
    pub fn first_beyond(&self, columns: u32) -> Option<u32> {
        let beyond = |range: &FieldRange| {
            let (first, last) = range.extent();
            let last = last.unwrap_or(first);
            (last >= columns).then_some(first.max(columns) + 1)
        };
        self.ranges.iter().filter_map(beyond).min()
    }

    /// Returns how often the field that is asked for most often is, at most.
    pub(crate) fn repetitions(&self) -> usize {
        let extents = || self.ranges.iter().map(|range| range.extent());
        let begins = extents().map(|(first, _)| (first, true));
        let ends = extents().filter_map(|(_, last)| Some((last? + 1, false)));
        // Where one range ends and the next begins, the end comes first.
        let mut edges: Vec<(u32, bool)> = begins.chain(ends).collect();
        edges.sort_unstable();
        let mut open = 0;
        let at_edges = edges.into_iter().map(|(_, begins)| {
            open = if begins { open + 1 } else { open - 1 };
            open
        });
        at_edges.max().unwrap_or(0)
    }

    /// Returns how many fields the ranges have that always have as many.
    pub(crate) fn fixed_field_count(&self) -> usize {
        let lengths = self.ranges.iter().filter_map(|range| range.field_count());
        lengths.fold(0, usize::saturating_add)
    }

    /// Returns how many ranges have as many fields as the record has there.
    pub(crate) fn open_range_count(&self) -> usize {
        self.ranges.iter().filter(|range| range.field_count().is_none()).count()
    }
}

impl FromStr for FieldList {
    type Err = FieldListError;

    fn from_str(text: &str) -> Result<Self, FieldListError> {
        let ranges = text.split(',').map(str::parse).collect::<Result<_, _>>()?;
        Ok(Self { ranges })
    }
}

#[cfg(test)]
mod tests {
    use std::ops::Range;

    use super::*;

    /// Returns the indices in records of 20 and of 2 fields.
    fn indices(text: &str) -> Vec<[Range<usize>; 2]> {
        let list: FieldList = text.parse().expect(text);
        list.ranges().iter().map(|range| [range.indices(20), range.indices(2)]).collect()
    }

    #[test]
    fn keeps_order_and_repeats() {
        assert_eq!(indices("6,1,6"), [[5..6, 5..6], [0..1, 0..1], [5..6, 5..6]]);
    }

    #[test]
    fn reads_every_kind_of_range() {
        let expected = [[1..4, 1..4], [6..20, 6..6], [0..3, 0..3]];
        assert_eq!(indices("2-4,7-,-3"), expected);
        assert_eq!(indices("16777216"), [[16_777_215..16_777_216, 16_777_215..16_777_216]]);
        assert_eq!(indices("last,2-last,-last"), [[19..20, 1..2], [1..20, 1..2], [0..20, 0..2]]);
    }

    #[test]
    fn the_complement_is_all_other_fields_of_every_record() {
        for text in
            ["1", "2", "2,4", "4,2,2-3", "1-3,7-", "3-,9", "last", "1,last", "2-3,last", "5"]
        {
            let list: FieldList = text.parse().expect(text);
            let others = list.complement().expect(text);
            for field_count in 1..12 {
                let within = |list: &FieldList| {
                    let ranges = list.ranges().iter();
                    let indices = ranges.flat_map(|range| range.indices(field_count));
                    indices.filter(|&index| index < field_count).collect::<Vec<_>>()
                };
                let listed = within(&list);
                let expected: Vec<usize> =
                    (0..field_count).filter(|index| !listed.contains(index)).collect();
                assert_eq!(within(&others), expected, "{text} of {field_count}");
            }
        }
        for text in ["1-", "2-,1", "-3,4-last"] {
            let list: FieldList = text.parse().expect(text);
            let error = list.complement().expect_err(text).to_string();
            assert_eq!(error, "these are all fields, which leaves none");
        }
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
            ("1,last", 2, 2, 0),
        ] {
            let list: FieldList = text.parse().expect(text);
            let found = (list.repetitions(), list.fixed_field_count(), list.open_range_count());
            assert_eq!(found, (repetitions, closed, open), "{text}");
        }
        let none = FieldList::from_indices([]);
        assert_eq!((none.repetitions(), none.fixed_field_count()), (0, 0));
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
            ("last-", "'last-' is neither"),
            ("1-last-2", "'1-last-2' is neither"),
            ("+1", "'+1' is neither"),
            ("16777217", "above the highest number, 16777216"),
            ("99999999999", "field 99999999999 is above"),
        ] {
            let error = text.parse::<FieldList>().expect_err(text).to_string();
            assert!(error.contains(message), "{text}: {error}");
        }
    }
}
