//! Rows: what formats of the output see of a line, which is a record, or the columns of one.

use delimark::Record;

/// Values by their index, and where they stand.
pub(crate) trait Row {
    /// Returns how many values there are; some may be missing.
    fn len(&self) -> usize;

    /// Returns a value; `None` where the line lacks it.
    fn value(&self, index: usize) -> Option<&[u8]>;

    /// Returns the number of the line, from 1.
    fn line_number(&self) -> u64;

    /// Returns the offset of the line's first byte in the input.
    fn offset(&self) -> u64;

    /// Returns where in the line a value starts that the line has.
    fn start_in_line(&self, index: usize) -> usize;
}

impl Row for Record<'_> {
    #[inline]
    fn len(&self) -> usize {
        Record::len(self)
    }

    #[inline]
    fn value(&self, index: usize) -> Option<&[u8]> {
        self.field(index)
    }

    fn line_number(&self) -> u64 {
        Record::line_number(self)
    }

    fn offset(&self) -> u64 {
        Record::offset(self)
    }

    fn start_in_line(&self, index: usize) -> usize {
        let field = self.field(index).unwrap_or_default();
        field.as_ptr().addr() - self.as_bytes().as_ptr().addr()
    }
}
