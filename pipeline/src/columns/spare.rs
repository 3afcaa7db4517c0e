//! The memory of arrays, which comes back when they are dropped: allocated anew for each record
//! batch it costs a page fault for every 4 KiB of it, a tenth of the time of views.

use std::sync::{Arc, Mutex, PoisonError};

use arrow_buffer::{ArrowNativeType, Buffer, ScalarBuffer, ToByteSlice};
use bytes::Bytes;

/// Lists that are kept for the arrays to come, at most: the one that is filled next, and those that
/// come back while others are still read.
const MOST: usize = 4;

/// Lists whose arrays were dropped.
#[derive(Debug)]
pub(crate) struct Spares<T> {
    lists: Arc<Mutex<Vec<Vec<T>>>>,
}

impl<T> Default for Spares<T> {
    fn default() -> Self {
        Self { lists: Arc::default() }
    }
}

impl<T: ArrowNativeType> Spares<T> {
    /// Makes room for all rows of a batch at its first one: growing step by step copies them.
    pub(crate) fn reserve_batch(&self, values: &mut Vec<T>, batch_rows: usize) {
        if values.is_empty() {
            if values.capacity() == 0 {
                *values = lock(&self.lists).pop().unwrap_or_default();
            }
            values.reserve(batch_rows);
        }
    }

    /// Lends a list to an array, and leaves an empty one in its place.
    pub(crate) fn lend(&self, values: &mut Vec<T>) -> ScalarBuffer<T> {
        let values = std::mem::take(values);
        let count = values.len();
        let lent = Lent { values, lists: Arc::clone(&self.lists) };
        ScalarBuffer::new(Buffer::from(Bytes::from_owner(lent)), 0, count)
    }
}

/// A list that an array reads.
struct Lent<T> {
    values: Vec<T>,
    lists: Arc<Mutex<Vec<Vec<T>>>>,
}

impl<T: ArrowNativeType> AsRef<[u8]> for Lent<T> {
    fn as_ref(&self) -> &[u8] {
        self.values.as_slice().to_byte_slice()
    }
}

impl<T> Drop for Lent<T> {
    fn drop(&mut self) {
        let mut lists = lock(&self.lists);
        if lists.len() < MOST {
            let mut values = std::mem::take(&mut self.values);
            values.clear();
            lists.push(values);
        }
    }
}

/// Nothing is half done where a thread panics: lists go in and out whole.
fn lock<T>(lists: &Mutex<Vec<Vec<T>>>) -> std::sync::MutexGuard<'_, Vec<Vec<T>>> {
    lists.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn memory_comes_back_with_the_last_reader() {
        let spares = Spares::default();
        let mut values = Vec::new();
        spares.reserve_batch(&mut values, 100);
        values.extend([1_i64, 2, 3]);
        let address = values.as_ptr();
        let array = spares.lend(&mut values);
        let other = array.clone();
        assert_eq!((&array[..], values.capacity()), (&[1, 2, 3][..], 0));

        drop(array);
        spares.reserve_batch(&mut values, 100);
        assert_ne!(values.as_ptr(), address, "somebody reads it");
        drop(other);
        let mut values = Vec::new();
        spares.reserve_batch(&mut values, 100);
        assert_eq!((values.as_ptr(), values.len()), (address, 0));
    }

    #[test]
    fn few_lists_are_kept() {
        let spares = Spares::default();
        let lend = |_| spares.lend(&mut vec![0_u64]);
        let arrays: Vec<_> = (0..2 * MOST).map(lend).collect();
        drop(arrays);
        assert_eq!(lock(&spares.lists).len(), MOST);
    }
}
