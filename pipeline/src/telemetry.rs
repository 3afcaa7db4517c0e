//! Telemetry: a span for each piece that is parsed, for whoever listens through `tracing`.
//!
//! The span `log.parse` has three figures:
//!
//! - `log.parse.duration.us`: the microseconds that parsing took, in time that went by.
//! - `log.parse.delim.offset`: the offset in the input after the last line that was split: how far
//!   parsing came.
//! - `log.parse.simd.hit.rate`: of the bytes of the piece, the share in bursts that took the short
//!   way, from 0 to 1: all records of such a burst have their columns in the usual places, so that
//!   what SIMD found of delimiters is all that is needed, and nothing is searched.
//!
//! The first two are signed, since what carries spans on knows no other integers, and takes those
//! without a sign for text. No figure is ever NaN, which JSON has not.

use std::time::Instant;

use tracing::{Level, Span, field};

/// The name of the span.
pub const PARSE_SPAN: &str = "log.parse";

/// The parsing of a piece of a log, while it lasts.
#[derive(Debug)]
pub struct ParseSpan {
    span: Span,
    /// None where nobody listens.
    start: Option<Instant>,
}

/// The figures of a piece that was parsed.
#[derive(Clone, Copy, Debug)]
pub struct ParseFigures {
    /// The offset in the input after the last line that was split.
    pub end_offset: u64,
    /// The bytes that were split into lines.
    pub split_bytes: u64,
    /// The bytes of bursts in which nothing was searched.
    pub usual_bytes: u64,
}

impl ParseSpan {
    /// Begins the span.
    #[must_use]
    pub fn begin() -> Self {
        let span = tracing::span!(
            Level::DEBUG,
            PARSE_SPAN,
            log.parse.duration.us = field::Empty,
            log.parse.delim.offset = field::Empty,
            log.parse.simd.hit.rate = field::Empty,
        );
        let start = (!span.is_disabled()).then(Instant::now);
        Self { span, start }
    }

    /// Ends the span.
    pub fn end(self, figures: &ParseFigures) {
        let Some(start) = self.start else { return };
        let signed = |number: u64| i64::try_from(number).unwrap_or(i64::MAX);
        let microseconds = i64::try_from(start.elapsed().as_micros()).unwrap_or(i64::MAX);
        self.span.record("log.parse.duration.us", microseconds);
        self.span.record("log.parse.delim.offset", signed(figures.end_offset));
        let rate = figures.usual_bytes as f64 / figures.split_bytes.max(1) as f64;
        self.span.record("log.parse.simd.hit.rate", rate);
    }
}
