//! Output that is being put together; copying short fields is what extraction costs.

use std::collections::TryReserveError;
use std::io::{self, Write};
use std::ops::Range;

use delimark::Batch;

/// The bytes that are copied whether the field has as many or not: two vector registers.
///
/// A copy of a fixed size is two instructions; one of the field's own size is a call and a branch
/// that the processor cannot foresee. Fields longer than this are copied by that call.
const STRIDE_BYTES: usize = 32;

/// Bytes to be written, in a buffer that is used again and again.
#[derive(Debug, Default)]
pub(crate) struct Pending {
    /// All initialised; what lies after `length` is room.
    buffer: Vec<u8>,
    length: usize,
}

impl Pending {
    pub(crate) fn as_bytes(&self) -> &[u8] {
        &self.buffer[..self.length]
    }

    pub(crate) fn len(&self) -> usize {
        self.length
    }

    /// Makes room for more bytes, where there is memory for them.
    pub(crate) fn try_reserve(&mut self, more: usize) -> Result<(), TryReserveError> {
        let lacking = self.length.saturating_add(more).saturating_sub(self.buffer.len());
        if lacking > 0 {
            self.buffer.try_reserve(lacking)?;
            self.buffer.resize(self.buffer.capacity(), 0);
        }
        Ok(())
    }

    /// Hands the bytes over and begins again.
    pub(crate) fn take(&mut self) -> Vec<u8> {
        let mut bytes = std::mem::take(&mut self.buffer);
        bytes.truncate(std::mem::take(&mut self.length));
        bytes
    }

    /// Cuts the bytes off that lie after a length.
    #[inline]
    pub(crate) fn truncate(&mut self, length: usize) {
        self.length = self.length.min(length);
    }

    /// Appends a part of `bytes` and a byte after it. Reads what lies after that part, too,
    /// where it can.
    #[inline(always)]
    pub(crate) fn push_part_and(&mut self, bytes: &[u8], part: Range<usize>, last: u8) {
        let source = bytes.get(part.start..).and_then(<[u8]>::first_chunk::<STRIDE_BYTES>);
        let target = self.buffer.get_mut(self.length..);
        let target = target.and_then(<[u8]>::first_chunk_mut::<{ STRIDE_BYTES + 1 }>);
        match (source, target) {
            (Some(source), Some(target)) if part.len() <= STRIDE_BYTES => {
                target[..STRIDE_BYTES].copy_from_slice(source);
                target[part.len()] = last;
                self.length += part.len() + 1;
            }
            _ => {
                self.push(&bytes[part]);
                self.push(&[last]);
            }
        }
    }

    /// Puts another byte in the place of the last one.
    #[inline(always)]
    pub(crate) fn replace_last(&mut self, byte: u8) {
        if let Some(last) = self.buffer[..self.length].last_mut() {
            *last = byte;
        }
    }

    /// Appends bytes.
    #[inline(never)]
    pub(crate) fn push(&mut self, bytes: &[u8]) {
        let end = self.length + bytes.len();
        if end > self.buffer.len() {
            // The vector decides how much it grows; all of that is room.
            self.buffer.reserve(end + STRIDE_BYTES + 1 - self.buffer.len());
            self.buffer.resize(self.buffer.capacity(), 0);
        }
        self.buffer[self.length..end].copy_from_slice(bytes);
        self.length = end;
    }
}

impl Write for Pending {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.push(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// The room that output takes at most, by what there is of its input.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Room {
    /// Bytes for each byte of the batch.
    pub(crate) per_byte: usize,
    /// Bytes for each record beside those.
    pub(crate) per_record: usize,
    /// Bytes for each field of the batch beside those: what ranges without an end take.
    pub(crate) per_field: usize,
}

impl Room {
    /// Returns the most bytes that the records of a batch take.
    pub(crate) fn bytes_of(self, batch: &Batch<'_>) -> usize {
        let of_bytes = batch.as_bytes().len().saturating_mul(self.per_byte);
        let of_records = batch.record_count().saturating_mul(self.per_record);
        let of_fields = batch.separators().len().saturating_mul(self.per_field);
        of_bytes.saturating_add(of_records).saturating_add(of_fields)
    }
}
