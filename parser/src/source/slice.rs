//! Bytes in memory as a source.

use super::{Burst, BurstLimits, Source, SourceError};

/// Lends bytes that are in memory, without copying them.
#[derive(Clone, Debug)]
pub struct SliceSource<'a> {
    bytes: &'a [u8],
    lent: usize,
}

impl<'a> SliceSource<'a> {
    /// Lends these bytes.
    #[must_use]
    pub fn new(bytes: &'a [u8]) -> Self {
        Self { bytes, lent: 0 }
    }
}

impl Source for SliceSource<'_> {
    fn next_burst(&mut self, limits: BurstLimits) -> Result<Option<Burst<'_>>, SourceError> {
        let offset = self.lent as u64;
        let length = next_burst_length(&self.bytes[self.lent..], limits)
            .ok_or(SourceError::LineTooLong { offset })?;
        let bytes = &self.bytes[self.lent..self.lent + length];
        self.lent += length;
        Ok((!bytes.is_empty()).then_some(Burst { bytes, offset }))
    }
}

/// Measures the next burst of what is left; `None` if its first line is over the limit.
pub(super) fn next_burst_length(rest: &[u8], limits: BurstLimits) -> Option<usize> {
    let mut searched = 0;
    loop {
        let window = limits.longer_than(searched).min(rest.len());
        if let Some(length) = limits.find_end(&rest[..window], searched) {
            return Some(length);
        }
        if window > limits.line_bytes() {
            return None;
        }
        if window == rest.len() {
            return Some(window);
        }
        searched = window;
    }
}
