//! Rows in the order of a column: verified before a file says so, since readers believe it. Some
//! leave a sort out, others take the first value of a row group for its least.

use std::cmp::Ordering;
use std::sync::Arc;

use arrow_array::cast::AsArray;
use arrow_array::{Array, ArrayRef, RecordBatch};
use arrow_ord::ord::make_comparator;
use arrow_schema::{ArrowError, DataType, Schema, SortOptions};

/// Ascending, and nulls last, as `ORDER BY` has them in most readers.
pub(super) const ORDER: SortOptions = SortOptions { descending: false, nulls_first: false };

/// Follows the values of one column.
#[derive(Debug)]
pub(super) struct SortCheck {
    column: usize,
    run: Option<SortedRun>,
}

/// Rows that follow each other, by the values at their ends.
#[derive(Debug)]
pub(crate) struct SortedRun {
    first: ArrayRef,
    last: ArrayRef,
    rows: u64,
    /// The number of the first row that is less than the one before, counted from 0.
    unsorted: Option<u64>,
}

/// Finds the column by which rows are sorted, or says why they cannot be.
pub(super) fn sorting_column(schema: &Schema, name: &str) -> Result<usize, String> {
    let index = schema.index_of(name).map_err(|_| format!("there is no column '{name}'"))?;
    match schema.field(index).data_type() {
        DataType::List(_) => Err(format!("'{name}' has lists, which have no order")),
        DataType::Float64 => {
            Err(format!("'{name}' has binary numbers, whose order readers do not agree on"))
        }
        _ => Ok(index),
    }
}

impl SortCheck {
    pub(super) fn new(column: usize) -> Self {
        Self { column, run: None }
    }

    /// Goes through the next rows.
    pub(super) fn look(&mut self, batch: &RecordBatch) -> Result<(), ArrowError> {
        let values = batch.column(self.column);
        let Some(end) = values.len().checked_sub(1) else { return Ok(()) };
        let compare = make_comparator(values, values, ORDER)?;
        let unsorted = (0..end).find(|row| compare(*row, row + 1) == Ordering::Greater);
        let next = SortedRun {
            first: own(&values.slice(0, 1)),
            last: own(&values.slice(end, 1)),
            rows: values.len() as u64,
            unsorted: unsorted.map(|row| row as u64 + 1),
        };
        match &mut self.run {
            Some(run) => run.append(next),
            None => {
                self.run = Some(next);
                Ok(())
            }
        }
    }

    /// Returns what was gone through, and begins again.
    pub(super) fn take(&mut self) -> Option<SortedRun> {
        self.run.take()
    }
}

impl SortedRun {
    /// Appends the rows that come next.
    pub(super) fn append(&mut self, next: Self) -> Result<(), ArrowError> {
        let compare = make_comparator(&self.last, &next.first, ORDER)?;
        let at_start = (compare(0, 0) == Ordering::Greater).then_some(0);
        let in_next = at_start.or(next.unsorted).map(|row| self.rows + row);
        self.unsorted = self.unsorted.or(in_next);
        self.rows += next.rows;
        self.last = next.last;
        Ok(())
    }

    /// Returns the number of the first row that is less than the one before, counted from 1.
    pub(super) fn unsorted_row(&self) -> Option<u64> {
        self.unsorted.map(|row| row + 1)
    }
}

/// Copies values out of the chunk that they are in, which can be given back then.
fn own(values: &ArrayRef) -> ArrayRef {
    match values.data_type() {
        DataType::Utf8View => Arc::new(values.as_string_view().gc()),
        DataType::BinaryView => Arc::new(values.as_binary_view().gc()),
        _ => Arc::clone(values),
    }
}

#[cfg(test)]
mod tests {
    use arrow_array::{Int64Array, StringViewArray};
    use arrow_schema::Field;

    use super::*;

    fn batch(values: ArrayRef) -> RecordBatch {
        let field = Field::new("column", values.data_type().clone(), true);
        RecordBatch::try_new(Arc::new(Schema::new(vec![field])), vec![values]).unwrap()
    }

    /// Returns the first row that is not in order, of batches in groups.
    fn unsorted(groups: &[&[&[Option<i64>]]]) -> Option<u64> {
        let mut check = SortCheck::new(0);
        let mut all: Option<SortedRun> = None;
        for group in groups {
            for values in *group {
                let values: ArrayRef = Arc::new(Int64Array::from(values.to_vec()));
                check.look(&batch(values)).unwrap();
            }
            match (&mut all, check.take()) {
                (Some(all), Some(run)) => all.append(run).unwrap(),
                (None, run) => all = run,
                (Some(_), None) => {}
            }
        }
        all.and_then(|run| run.unsorted_row())
    }

    #[test]
    fn the_first_row_that_is_less_is_found() {
        let rows = |numbers: &[i64]| numbers.iter().copied().map(Some).collect::<Vec<_>>();
        let (low, high, odd) = (rows(&[1, 1, 2]), rows(&[2, 5, 9]), rows(&[5, 6, 4]));
        assert_eq!(unsorted(&[]), None);
        assert_eq!(unsorted(&[&[], &[&low, &high], &[&[]], &[&rows(&[9])]]), None);
        assert_eq!(unsorted(&[&[&low, &high, &low]]), Some(7));
        assert_eq!(unsorted(&[&[&low], &[&high], &[&low]]), Some(7));
        assert_eq!(unsorted(&[&[&low, &odd], &[&low]]), Some(6));
        assert_eq!(unsorted(&[&[&high], &[&low, &odd]]), Some(4));
    }

    #[test]
    fn nulls_are_last() {
        assert_eq!(unsorted(&[&[&[Some(1), None], &[None]], &[&[None]]]), None);
        assert_eq!(unsorted(&[&[&[Some(1), None]], &[&[Some(2)]]]), Some(3));
    }

    #[test]
    fn texts_are_in_the_order_of_their_bytes() {
        let texts = |texts: &[&str]| -> ArrayRef {
            Arc::new(texts.iter().map(|text| Some(*text)).collect::<StringViewArray>())
        };
        let mut check = SortCheck::new(0);
        check.look(&batch(texts(&["B", "a", "a text that is longer than a view"]))).unwrap();
        check.look(&batch(texts(&["a text that is longer than a view, too", "é"]))).unwrap();
        assert_eq!(check.take().unwrap().unsorted_row(), None);
        check.look(&batch(texts(&["a", "B"]))).unwrap();
        assert_eq!(check.take().unwrap().unsorted_row(), Some(2));
    }

    #[test]
    fn columns_without_an_order_are_refused() {
        let field = |data_type| Schema::new(vec![Field::new("column", data_type, true)]);
        let item = Arc::new(Field::new("item", DataType::Int64, true));
        assert_eq!(sorting_column(&field(DataType::Int64), "column"), Ok(0));
        for (schema, name, expected) in [
            (field(DataType::Int64), "other", "there is no column 'other'"),
            (field(DataType::List(item)), "column", "lists"),
            (field(DataType::Float64), "column", "binary numbers"),
        ] {
            assert!(sorting_column(&schema, name).unwrap_err().contains(expected));
        }
    }
}
