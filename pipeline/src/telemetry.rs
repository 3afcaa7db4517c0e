//! Telemetry: a span for each chunk that is parsed, for whoever listens through `tracing`.
//!
//! The span `log.parse` has three figures:
//!
//! - `log.parse.duration.us`: the microseconds from the chunk to its record batches, in time that
//!   went by.
//! - `log.parse.delim.offset`: the offset in the input after the last line that was split: how far
//!   parsing came.
//! - `log.parse.simd.hit.rate`: of the bytes of the chunk, the share in bursts that took the short
//!   way, from 0 to 1: all records of such a burst have their columns in the usual places, so that
//!   what SIMD found of delimiters is all that is needed, and nothing is searched.

use std::time::Instant;

use tracing::{Level, Span, field};

use crate::chunk::Chunk;
use crate::converted::Converted;

/// The parsing of a chunk, while it lasts.
pub(crate) struct Parsing {
    span: Span,
    /// None where nobody listens.
    start: Option<Instant>,
}

impl Parsing {
    pub(crate) fn begin() -> Self {
        let span = tracing::span!(
            Level::DEBUG,
            "log.parse",
            log.parse.duration.us = field::Empty,
            log.parse.delim.offset = field::Empty,
            log.parse.simd.hit.rate = field::Empty,
        );
        let start = (!span.is_disabled()).then(Instant::now);
        Self { span, start }
    }

    pub(crate) fn end(self, chunk: &Chunk, converted: &Converted) {
        let Some(start) = self.start else { return };
        let microseconds = start.elapsed().as_micros() as u64;
        let split_bytes = converted.split_bytes;
        let rate = converted.usual_bytes as f64 / split_bytes.max(1) as f64;
        self.span.record("log.parse.duration.us", microseconds);
        self.span.record("log.parse.delim.offset", chunk.offset() + split_bytes);
        self.span.record("log.parse.simd.hit.rate", rate);
    }
}
