//! Bytes in memory as a source.

use super::{Burst, BurstLimits, Source, SourceError};

/// Lends bytes that are in memory, without copying them.
#[derive(Clone, Debug)]
pub struct SliceSource<'a> {
    rest: &'a [u8],
    offset: u64,
}

impl<'a> SliceSource<'a> {
    /// Lends these bytes.
    #[must_use]
    pub fn new(bytes: &'a [u8]) -> Self {
        Self { rest: bytes, offset: 0 }
    }

    /// Counts offsets as those of an input that has this many bytes before these.
    #[must_use]
    pub fn with_offset(mut self, offset: u64) -> Self {
        self.offset = offset;
        self
    }
}

impl Source for SliceSource<'_> {
    fn next_burst(&mut self, limits: BurstLimits) -> Result<Option<Burst<'_>>, SourceError> {
        let offset = self.offset;
        let bytes = limits.split(self.rest).map_err(|error| error.at(offset))?;
        self.rest = &self.rest[bytes.len()..];
        self.offset += bytes.len() as u64;
        Ok((!bytes.is_empty()).then_some(Burst { bytes, offset }))
    }
}
