//! A thread's part in a copy: takes a chunk, formats it, and writes it when it is its turn.

use std::num::NonZeroUsize;
use std::sync::{Mutex, PoisonError};

use delimark::{
    Batch, Burst, BurstLimits, Dialect, LineEnding, Place, Records, ScanError, Scanner, Source,
    SourceError,
};

use crate::columns::{Columns, LineFormat, Stop};
use crate::comments::{Comments, line_length};
use crate::error::ExtractError;
use crate::feed::{ChunkBuffer, ChunkContent, Feed};
use crate::left_out::{LeftOutLine, LeftOutReason, left_out_before};
use crate::line_rules::{LineRules, squeeze};
use crate::order::{Ended, Order, Part, Turn};
use crate::original::{Original, collect_left_out};
use crate::output_format::Format;
use crate::pending::Pending;
use crate::progress::Progress;
use crate::rejected::Rejected;
use crate::waiting::Interrupt;

/// Bytes that are scanned at once, and written where there is one thread. On Zen 3, 202 MB through
/// a pipe took 100 ms with 64 KiB, 77 with 128 and 82 with 256; from a file all three took 64.
pub(crate) const BURST_BYTES: NonZeroUsize = NonZeroUsize::new(128 << 10).expect("it is not 0");

/// Bytes that a batch may come to at most to be appended without looking at its records.
const ROWS_BYTES: usize = 1 << 20;

/// Lines left out that are collected before they are told.
const LEFT_OUT_LINES: usize = 1 << 13;

/// The task that the workers share.
pub(crate) struct Job<'j> {
    pub(crate) format: &'j LineFormat,
    pub(crate) rules: &'j LineRules,
    pub(crate) comments: Option<&'j Comments>,
    /// True if the ragged lines themselves are wanted.
    pub(crate) keeps_lines: bool,
    pub(crate) progress: &'j Progress,
    /// Calls off a thread that waits for input.
    pub(crate) interrupt: Interrupt,
    /// Bytes of output that are collected before they are written, even amid a chunk.
    pub(crate) output_bytes: usize,
    /// The output of lines longer than a chunk, where several threads share it.
    pub(crate) long_lines: Option<&'j Mutex<LongLine>>,
}

/// The outcome of a line longer than a chunk.
#[derive(Default)]
pub(crate) struct LongLine {
    squeezed: Vec<u8>,
    part: Part,
}

/// A scanner and the buffers around it, which are used again and again.
pub(crate) struct Worker {
    scanner: Scanner,
    buffer: ChunkBuffer,
    squeezed: Vec<u8>,
    /// The columns that a directive has named, in the place of the job's.
    renamed: Option<Columns>,
    part: Part,
}

impl Worker {
    pub(crate) fn new(scanner: Scanner) -> Self {
        Self::with_buffer(scanner, ChunkBuffer::default())
    }

    fn with_buffer(scanner: Scanner, buffer: ChunkBuffer) -> Self {
        Self {
            scanner: scanner.with_burst_bytes(BURST_BYTES),
            buffer,
            squeezed: Vec::new(),
            renamed: None,
            part: Part::default(),
        }
    }

    /// Makes another one of the same kind, for a thread beside this one's.
    pub(crate) fn another(&self) -> Self {
        let scanner = Self::scanner_of(*self.scanner.dialect(), &self.scanner);
        Self::with_buffer(scanner, self.buffer.another())
    }

    /// Makes a scanner of a dialect, with the backend and the burst of another.
    fn scanner_of(dialect: Dialect, other: &Scanner) -> Scanner {
        let scanner = Scanner::with_backend(dialect, other.backend());
        scanner.expect("a backend that a scanner has can run").with_burst_bytes(BURST_BYTES)
    }

    pub(crate) fn scanner(&mut self) -> &mut Scanner {
        &mut self.scanner
    }

    /// Takes chunks until there are no more.
    pub(crate) fn run(&mut self, feed: &Mutex<Feed<'_>>, order: &Order<'_, '_>, job: &Job<'_>) {
        self.renamed = None;
        let mut run = Run { worker: self, shares_memory: job.long_lines.is_some() };
        loop {
            run.let_go_of_long_line();
            let Worker { scanner, buffer, squeezed, renamed, part } = &mut *run.worker;
            let next = feed.lock().unwrap_or_else(PoisonError::into_inner).next(buffer);
            let Some(chunk) = next else { return };
            part.begin();
            if let ChunkContent::Lines { bytes, .. } = chunk.content {
                job.progress.add(bytes.len());
            }
            let work = ChunkWork { job, renamed, part, turn: order.turn(chunk.number) };
            let worked = match job.long_lines.filter(|_| chunk.is_long) {
                Some(long) => work.run_in_turn(scanner, long, chunk.content),
                None => work.run(scanner, squeezed, chunk.content),
            };
            if worked.is_err() {
                job.interrupt.raise();
                return;
            }
        }
    }
}

/// A worker at work, which lets go of long lines however that ends.
struct Run<'w> {
    worker: &'w mut Worker,
    shares_memory: bool,
}

impl Run<'_> {
    /// Lets go of what a long line took, where another thread may wait for it.
    fn let_go_of_long_line(&mut self) {
        if self.shares_memory {
            self.worker.buffer.give_share_back();
        }
    }
}

impl Drop for Run<'_> {
    fn drop(&mut self) {
        self.let_go_of_long_line();
    }
}

/// The work on a chunk. Lines are numbered from its first one until it is its turn.
struct ChunkWork<'w, 't, 'o, 'a> {
    job: &'w Job<'w>,
    renamed: &'w mut Option<Columns>,
    part: &'w mut Part,
    turn: Turn<'t, 'o, 'a>,
}

impl ChunkWork<'_, '_, '_, '_> {
    /// Waits for the turn, and then does the work with buffers that all threads share: what an
    /// allocator gets back of such buffers it would keep, for each thread.
    fn run_in_turn(
        self,
        scanner: &mut Scanner,
        long: &Mutex<LongLine>,
        content: ChunkContent<'_>,
    ) -> Result<(), Ended> {
        let Self { job, renamed, mut turn, .. } = self;
        turn.take()?;
        let mut long = long.lock().unwrap_or_else(PoisonError::into_inner);
        let LongLine { squeezed, part } = &mut *long;
        part.begin();
        ChunkWork { job, renamed, part, turn }.run(scanner, squeezed, content)
    }

    fn run(
        mut self,
        scanner: &mut Scanner,
        squeezed: &mut Vec<u8>,
        content: ChunkContent<'_>,
    ) -> Result<(), Ended> {
        match content {
            ChunkContent::Lines { bytes, offset } => self.add(scanner, squeezed, bytes, offset)?,
            ChunkContent::LongLine { offset } => {
                let limit_bytes = scanner.dialect().line_limit_bytes();
                let reason = LeftOutReason::TooLong { limit_bytes };
                self.part.offset = offset;
                self.part.lines = 1;
                self.part.left_out.push(LeftOutLine { line_number: 1, offset, reason });
            }
            ChunkContent::Failure(error) => {
                let writing = self.turn.take()?;
                let error = scan_error(scanner, error, writing.lines_before());
                let offset = error.offset();
                return Err(writing.fail(error.into(), offset));
            }
        }
        self.turn.end(self.part)
    }

    /// Adds the lines of a chunk that are no comments.
    fn add(
        &mut self,
        scanner: &mut Scanner,
        squeezed: &mut Vec<u8>,
        bytes: &[u8],
        offset: u64,
    ) -> Result<(), Ended> {
        let mut start = 0;
        while start < bytes.len() {
            let rest = &bytes[start..];
            let lines = match self.job.comments {
                Some(comments) if comments.is_comment(rest) => {
                    let (line, _) = rest.split_at(line_length(rest));
                    self.read_directive(scanner, line, offset + start as u64)?;
                    start += line.len();
                    self.part.lines += 1;
                    self.part.comments += 1;
                    continue;
                }
                Some(comments) => comments.before_comment(rest),
                None => rest,
            };
            self.add_lines(scanner, squeezed, lines, offset + start as u64)?;
            start += lines.len();
        }
        Ok(())
    }

    /// Reads a comment that may name other columns for the lines after it.
    fn read_directive(
        &mut self,
        scanner: &mut Scanner,
        line: &[u8],
        offset: u64,
    ) -> Result<(), Ended> {
        let LineFormat::Columns(columns) = self.job.format else {
            return Ok(());
        };
        let line = line.strip_suffix(b"\n").unwrap_or(line);
        match columns.after_directive(line.strip_suffix(b"\r").unwrap_or(line)) {
            Ok(Some(renamed)) => {
                let dialect = renamed.dialect(scanner.dialect());
                if dialect != *scanner.dialect() {
                    *scanner = Worker::scanner_of(dialect, scanner);
                }
                *self.renamed = Some(renamed);
                Ok(())
            }
            Ok(None) => Ok(()),
            Err(error) => {
                let writing = self.turn.take()?;
                writing.write(self.part)?;
                let line_number = writing.lines_before() + self.part.lines + 1;
                let error = format!("line {line_number} at byte {offset}: {error}").into();
                Err(writing.fail(ExtractError::header(error), offset))
            }
        }
    }

    fn add_lines(
        &mut self,
        scanner: &mut Scanner,
        squeezed: &mut Vec<u8>,
        lines: &[u8],
        offset: u64,
    ) -> Result<(), Ended> {
        let place = Place { offset, lines_before: self.part.lines };
        if !self.job.rules.squeezes_blanks {
            return self.add_records(scanner, lines, place, None);
        }
        squeezed.clear();
        squeeze(lines, scanner.dialect().line_ending() == LineEnding::Auto, squeezed);
        self.add_records(scanner, squeezed, place, Some(Original::new(lines, place)))
    }

    /// Adds lines, which begin at a place; or what an original there was made into.
    fn add_records(
        &mut self,
        scanner: &mut Scanner,
        lines: &[u8],
        place: Place,
        mut original: Option<Original<'_>>,
    ) -> Result<(), Ended> {
        let mut batches = scanner.scan_at(lines, place);
        loop {
            match batches.next() {
                Ok(Some(batch)) => self.add_batch(&batch, original.as_mut())?,
                Ok(None) => return Ok(()),
                Err(error) => return self.stop(scanner, lines, place, original, error),
            }
        }
    }

    fn add_batch(
        &mut self,
        batch: &Batch<'_>,
        mut original: Option<&mut Original<'_>>,
    ) -> Result<(), Ended> {
        let Self { job, renamed, part, turn } = self;
        if part.is_empty() {
            part.offset = batch.offset();
        }
        let mut stop = None;
        let mut rejected = Vec::new();
        let format =
            renamed.as_ref().map_or_else(|| FormatOfLines::of(job.format), FormatOfLines::Columns);
        if !format.append_rows(batch, &mut part.output) {
            let mut records = batch.records();
            loop {
                let (output, enough) = (&mut part.output, job.output_bytes);
                stop = format.append(batch, &mut records, output, enough, &mut rejected).err();
                if stop.is_some() || records.len() == 0 {
                    break;
                }
                turn.take()?.write(part)?;
                part.offset = batch.offset();
            }
        }
        let after_batch = batch.place().lines_before + batch.line_count() + 1;
        let end = stop.as_ref().map_or(after_batch, Stop::line_number);
        let left_out = left_out_before(end, batch, rejected);
        collect_left_out(left_out, batch, original.as_deref_mut(), job.keeps_lines, part);
        part.lines = end - 1;
        if let Some(stop) = stop {
            let writing = turn.take()?;
            writing.write(part)?;
            let lines_before = writing.lines_before();
            let error = match stop {
                Stop::NotUtf8(stop) => {
                    let offset =
                        original.map_or(stop.offset(), |original| original.offset_of(&stop));
                    let stop = stop.with_offset(offset).with_lines_before(lines_before);
                    ExtractError::not_utf8(stop)
                }
                Stop::Rejected(rejected) => ExtractError::mismatch(rejected, lines_before),
            };
            return Err(writing.fail(error, batch.offset()));
        }
        if part.output.len() >= job.output_bytes || part.left_out.len() >= LEFT_OUT_LINES {
            turn.take()?.write(part)?;
        }
        Ok(())
    }

    /// Ends the input at a ragged line, after those before it.
    fn stop(
        &mut self,
        scanner: &mut Scanner,
        lines: &[u8],
        place: Place,
        original: Option<Original<'_>>,
        error: ScanError,
    ) -> Result<(), Ended> {
        let line_number = error.line_number().unwrap_or(place.lines_before + 1);
        let start = (error.offset() - place.offset) as usize;
        let offset = original.map_or(error.offset(), |mut original| original.line(line_number).1);
        self.part.lines = line_number - 1;
        let writing = self.turn.take()?;
        writing.write(self.part)?;
        // The line again, to have it numbered as one of the whole input.
        let lines_before = writing.lines_before() + line_number - 1;
        let mut batches = scanner.scan_at(&lines[start..], Place { offset, lines_before });
        let error = batches.next().err().unwrap_or(error);
        Err(writing.fail(error.into(), offset))
    }
}

/// The format of the lines to come: the job's, or one that a directive has made of it.
#[derive(Clone, Copy)]
enum FormatOfLines<'f> {
    Fields(&'f Format),
    Columns(&'f Columns),
}

impl<'f> FormatOfLines<'f> {
    fn of(format: &'f LineFormat) -> Self {
        match format {
            LineFormat::Fields(format) => Self::Fields(format),
            LineFormat::Columns(columns) => Self::Columns(columns),
        }
    }

    fn append_rows(self, batch: &Batch<'_>, output: &mut Pending) -> bool {
        match self {
            Self::Fields(format) => format.append_rows(batch, output, ROWS_BYTES),
            Self::Columns(columns) => columns.append_rows(batch, output, ROWS_BYTES),
        }
    }

    fn append(
        self,
        batch: &Batch<'_>,
        records: &mut Records<'_>,
        output: &mut Pending,
        bytes_enough: usize,
        rejected: &mut Vec<Rejected>,
    ) -> Result<(), Stop> {
        match self {
            Self::Fields(format) => {
                let appended = format.append(batch.as_bytes(), records, output, bytes_enough);
                appended.map_err(Stop::NotUtf8)
            }
            Self::Columns(columns) => {
                columns.append(batch, records, output, bytes_enough, rejected)
            }
        }
    }
}

/// Makes the error that a scan ends with when its source fails after this many lines.
pub(crate) fn scan_error(
    scanner: &mut Scanner,
    error: SourceError,
    lines_before: u64,
) -> ScanError {
    let source = FailingSource(Some(error));
    let mut batches = scanner.scan_source(source).with_lines_before(lines_before);
    batches.next().expect_err("the source has nothing but an error")
}

struct FailingSource(Option<SourceError>);

impl Source for FailingSource {
    fn next_burst(&mut self, _: BurstLimits) -> Result<Option<Burst<'_>>, SourceError> {
        self.0.take().map_or(Ok(None), Err)
    }
}
