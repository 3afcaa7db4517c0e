//! Validity: which rows have a value. As long as all have one there is nothing to remember.

use arrow_buffer::{BooleanBuffer, Buffer, NullBuffer};

/// The rows without a value.
#[derive(Debug, Default)]
pub(crate) struct Validity {
    /// A bit for each row, the lowest of a byte first, up to the last one without a value at least;
    /// nothing as long as all have one.
    bits: Vec<u8>,
}

impl Validity {
    /// Says that a row, in any order, has no value.
    #[inline]
    pub(crate) fn set_null(&mut self, row: usize) {
        if self.bits.len() <= row / 8 {
            self.bits.resize(row / 8 + 1, u8::MAX);
        }
        self.bits[row / 8] &= !(1 << (row % 8));
    }

    /// Returns the bits of this many rows, if one of them has no value, and begins again.
    pub(crate) fn finish(&mut self, rows: usize) -> Option<NullBuffer> {
        if self.bits.is_empty() {
            return None;
        }
        let mut bits = std::mem::take(&mut self.bits);
        bits.resize(rows.div_ceil(8), u8::MAX);
        Some(NullBuffer::new(BooleanBuffer::new(Buffer::from_vec(bits), 0, rows)))
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
