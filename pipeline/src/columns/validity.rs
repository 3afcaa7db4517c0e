//! Validity: which rows have a value. As long as all have one there is nothing to remember.

use arrow_buffer::{BooleanBufferBuilder, NullBuffer};

/// The rows without a value.
#[derive(Debug, Default)]
pub(crate) struct Validity {
    /// A bit for each row up to the last one without a value.
    bits: Option<BooleanBufferBuilder>,
}

impl Validity {
    /// Says that a row, behind those that were said before, has no value.
    #[inline]
    pub(crate) fn set_null(&mut self, row: usize) {
        let bits = self.bits.get_or_insert_with(|| BooleanBufferBuilder::new(row + 1));
        bits.append_n(row - bits.len(), true);
        bits.append(false);
    }

    /// Returns the bits of this many rows, if one of them has no value, and begins again.
    pub(crate) fn finish(&mut self, rows: usize) -> Option<NullBuffer> {
        let mut bits = self.bits.take()?;
        bits.append_n(rows - bits.len(), true);
        Some(NullBuffer::new(bits.finish()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_have_values_unless_they_are_said_to_have_none() {
        let mut validity = Validity::default();
        assert!(validity.finish(10).is_none());
        validity.set_null(0);
        validity.set_null(3);
        validity.set_null(4);
        let bits = validity.finish(70).unwrap();
        let nulls: Vec<usize> = (0..70).filter(|&row| bits.is_null(row)).collect();
        assert_eq!((bits.len(), &nulls[..]), (70, &[0, 3, 4][..]));
        assert!(validity.finish(1).is_none());
    }
}
