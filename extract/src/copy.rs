//! The pull-fed side: scans a burst of a file or pipe, formats it, verifies that it was read right,
//! and writes it.

use std::io::Write;
use std::num::NonZeroUsize;

use delimark::{Backend, BackendError, Batch, Dialect, Scanner, Source};

use crate::error::ExtractError;
use crate::input::{Input, InputName};
use crate::json_lines::NotUtf8;
use crate::messages::RaggedMessages;
use crate::output_format::Format;
use crate::pending::Pending;
use crate::truncation::TruncationCheck;

/// Bytes that are scanned and written at once. On Zen 3, 202 MB through a pipe took 100 ms with
/// 64 KiB, 77 with 128 and 82 with 256; from a file all three took 64.
const BURST_BYTES: NonZeroUsize = NonZeroUsize::new(128 << 10).expect("it is not 0");

/// Bytes of output that are collected before they are written, even amid a burst.
const OUTPUT_BYTES: usize = 1 << 20;

/// The outputs of a copy.
pub struct Sinks<'a> {
    /// Receives what was extracted.
    pub output: &'a mut dyn Write,
    /// A message for every ragged line, dropped where it cannot be written.
    pub messages: &'a mut dyn Write,
    /// Every ragged line as it is, where that is wanted.
    pub ragged_lines: Option<&'a mut dyn Write>,
}

/// Counts of the lines that went by.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct LineCounts {
    /// Lines, those left out included.
    pub lines: u64,
    /// Lines left out as ragged.
    pub ragged: u64,
}

/// Extracts fields from one input after the other.
pub struct Extractor<'a> {
    scanner: Scanner,
    format: Format,
    burst: BurstWriter<'a>,
}

impl<'a> Extractor<'a> {
    /// Makes an extractor with this backend, or the one that the environment or the CPU suggests.
    ///
    /// # Errors
    ///
    /// The backend cannot run here.
    pub fn new(
        dialect: Dialect,
        backend: Option<Backend>,
        format: Format,
        sinks: Sinks<'a>,
    ) -> Result<Self, BackendError> {
        let scanner = match backend {
            Some(backend) => Scanner::with_backend(dialect, backend),
            None => Scanner::new(dialect),
        }?;
        let ragged = RaggedMessages::new(sinks.ragged_lines.is_some());
        Ok(Self {
            scanner: scanner.with_burst_bytes(BURST_BYTES),
            format,
            burst: BurstWriter {
                sinks,
                pending: Pending::default(),
                ragged,
                counts: LineCounts::default(),
            },
        })
    }

    /// Extracts from an input.
    ///
    /// # Errors
    ///
    /// The input cannot be read to its end, or the output not be written. What was extracted
    /// before has been written.
    pub fn extract(&mut self, name: &InputName, input: Input) -> Result<(), ExtractError> {
        self.burst.counts = LineCounts::default();
        match input {
            Input::Map(map, check) => self.copy(name, map, Some(&check)),
            Input::Read(source) => self.copy(name, source, None),
        }
    }

    /// Returns how much of the last input went by, whether it ended well or not.
    #[must_use]
    pub fn counts(&self) -> LineCounts {
        self.burst.counts
    }

    fn copy(
        &mut self,
        name: &InputName,
        source: impl Source,
        check: Option<&TruncationCheck>,
    ) -> Result<(), ExtractError> {
        let mut batches = self.scanner.scan_source(source);
        loop {
            match batches.next() {
                Ok(Some(batch)) => self.burst.write(name, &self.format, &batch, check)?,
                Ok(None) => return Ok(()),
                Err(error) => {
                    if let Some(line_number) = error.line_number() {
                        // The burst with a line to stop at has lines after it, too.
                        self.burst.counts.lines = line_number - 1;
                    }
                    // The zeros of a truncated map look like an endless line.
                    verify(check, error.offset())?;
                    return Err(error.into());
                }
            }
        }
    }
}

/// A writer of bursts, with its buffers.
struct BurstWriter<'a> {
    sinks: Sinks<'a>,
    /// Output that is not yet known to be right.
    pending: Pending,
    ragged: RaggedMessages,
    counts: LineCounts,
}

impl BurstWriter<'_> {
    fn write(
        &mut self,
        name: &InputName,
        format: &Format,
        batch: &Batch<'_>,
        check: Option<&TruncationCheck>,
    ) -> Result<(), ExtractError> {
        let mut records = batch.records();
        loop {
            self.pending.truncate(0);
            let (is_last, stop) = if format.append_rows(batch, &mut self.pending, OUTPUT_BYTES) {
                (true, None)
            } else {
                let burst = batch.as_bytes();
                let appended = format.append(burst, &mut records, &mut self.pending, OUTPUT_BYTES);
                (appended.is_err() || records.len() == 0, appended.err())
            };
            if !is_last {
                verify(check, batch.offset())?;
                self.write_pending()?;
                continue;
            }
            let after_batch = batch.place().lines_before + batch.line_count() + 1;
            let end = stop.as_ref().map_or(after_batch, NotUtf8::line_number);
            let ragged_count = self.ragged.collect_before(end, name, batch);
            verify(check, batch.offset())?;
            self.write_pending()?;
            self.sinks.write_ragged(&self.ragged)?;
            self.counts.lines = end - 1;
            self.counts.ragged += ragged_count;
            return stop.map_or(Ok(()), |error| Err(ExtractError::not_utf8(error)));
        }
    }

    fn write_pending(&mut self) -> Result<(), ExtractError> {
        self.sinks.output.write_all(self.pending.as_bytes()).map_err(ExtractError::output)
    }
}

/// Makes sure that what was read so far is what the input holds.
fn verify(check: Option<&TruncationCheck>, offset: u64) -> Result<(), ExtractError> {
    check
        .map_or(Ok(()), TruncationCheck::verify)
        .map_err(|truncated| ExtractError::truncated(truncated, offset))
}

impl Sinks<'_> {
    fn write_ragged(&mut self, ragged: &RaggedMessages) -> Result<(), ExtractError> {
        // Where messages cannot be written there is nobody left to tell; fields still can.
        let _ = self.messages.write_all(ragged.messages());
        if let Some(lines) = &mut self.ragged_lines {
            lines.write_all(ragged.lines()).map_err(ExtractError::ragged_lines)?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::path::Path;

    use delimark::RaggedPolicy;

    use super::*;
    use crate::input::Access;
    use crate::json_lines::{InvalidUtf8, JsonLines};

    fn counts(path: &Path, policy: RaggedPolicy, access: Access) -> LineCounts {
        let dialect = Dialect::new(b'|').unwrap().with_columns(2).unwrap().with_ragged(policy);
        let dialect = dialect.with_line_limit(9).unwrap();
        let fields = "2".parse().unwrap();
        let format = Format::JsonLines(JsonLines::new(&fields, None, InvalidUtf8::Error).unwrap());
        let (mut output, mut messages) = (Vec::new(), Vec::new());
        let sinks = Sinks { output: &mut output, messages: &mut messages, ragged_lines: None };
        let mut extractor = Extractor::new(dialect, None, format, sinks).unwrap();
        let name = InputName::new(path);
        // Twice: an input is counted without the one before.
        for _ in 0..2 {
            let input = Input::open(&name, access).unwrap();
            assert!(extractor.extract(&name, input).is_err());
        }
        extractor.counts()
    }

    #[test]
    fn lines_before_a_stop_are_counted() {
        let file = tempfile::NamedTempFile::new().unwrap();
        for access in [Access::Map, Access::Read] {
            for (policy, input, lines, ragged) in [
                (RaggedPolicy::Error, &b"a|b\nc|d\ne\nf|g\n"[..], 2, 0),
                (RaggedPolicy::Report, b"a\nb|c\nd|\xff\ne\nf|g\n", 2, 1),
                (RaggedPolicy::Report, b"a\nb|c\ntoo|long|a|line\ne\n", 2, 1),
            ] {
                fs::write(file.path(), input).unwrap();
                let found = counts(file.path(), policy, access);
                assert_eq!(found, LineCounts { lines, ragged }, "{}", input.escape_ascii());
            }
        }
    }
}
