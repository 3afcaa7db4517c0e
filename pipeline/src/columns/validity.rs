//! Validity: which rows have a value. As long as all have one there is nothing to remember.

use arrow_buffer::{BooleanBuffer, Buffer, NullBuffer};

/// The rows without a value.
#[derive(Debug, Default)]
pub(crate) struct Validity {
    /// A bit for each row, the lowest of a word first, up to the last one without a value at least;
    /// nothing as long as all have one.
    words: Vec<u64>,
}

impl Validity {
    /// Says that a row, in any order, has no value.
    #[inline]
    pub(crate) fn set_null(&mut self, row: usize) {
        self.set_nulls(row, 1);
    }

    /// Says of 64 rows, from one on, that those have no value that have a bit.
    #[inline]
    pub(crate) fn set_nulls(&mut self, row: usize, nulls: u64) {
        if nulls == 0 {
            return;
        }
        let (word, shift) = (row / 64, row % 64);
        if self.words.len() < word + 2 {
            self.words.resize(word + 2, u64::MAX);
        }
        self.words[word] &= !(nulls << shift);
        // Bits shifted out of the first word, in two steps, since all of them may be.
        self.words[word + 1] &= !(nulls >> 1 >> (63 - shift));
    }

    /// Returns the bits of this many rows, if one of them has no value, and begins again.
    pub(crate) fn finish(&mut self, rows: usize) -> Option<NullBuffer> {
        if self.words.is_empty() {
            return None;
        }
        let mut words = std::mem::take(&mut self.words);
        words.iter_mut().for_each(|word| *word = word.to_le());
        words.resize(rows.div_ceil(64), u64::MAX);
        Some(NullBuffer::new(BooleanBuffer::new(Buffer::from_vec(words), 0, rows)))
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

    #[test]
    fn words_of_rows_begin_anywhere() {
        let mut validity = Validity::default();
        validity.set_nulls(0, 1);
        validity.set_nulls(61, 0b1_1011 | 1 << 63);
        validity.set_nulls(128, 0);
        let bits = validity.finish(150).unwrap();
        let nulls: Vec<usize> = (0..150).filter(|&row| bits.is_null(row)).collect();
        assert_eq!(nulls, [0, 61, 62, 64, 65, 124]);
    }
}
