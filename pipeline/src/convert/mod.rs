//! Converts logs into files of typed columns, on several threads, in the order of the lines.
//!
//! ```text
//! reader --chunks--> group 1 -> worker: record batches, encoded --.
//!        --chunks--> group 2 -> worker: record batches, encoded --+--> collector -> files
//!                                                        bad lines '--> dead letters
//! ```
//!
//! A group of chunks becomes a row group. Workers take groups in turns, and the collector takes
//! what they come to in the order of the lines. Chunks are lent by a pool: where files are slower
//! than the reader, it waits.

mod collector;
mod group;
mod leniency;
mod plan;
mod run;

use std::collections::BTreeMap;
use std::fmt;
use std::num::NonZeroUsize;
use std::sync::Arc;
use std::time::Duration;

use delimark::{BackendError, LineEnding, SourceError};
use delimark_formats::LogFormat;

use self::collector::Collector;
use self::group::Worker;
use self::leniency::{Breakers, Guess};
use self::plan::Plan;
pub use self::run::ConvertInput;
use crate::batcher::Batcher;
use crate::breaker::{BreakerOptions, Clock};
use crate::chunk::ChunkPool;
use crate::chunk_reader::{ChunkReader, ChunkSizes};
use crate::dead_letter::{DeadLetter, DeadLetters};
use crate::events::Events;
use crate::pressure::{MemoryMeter, PressureEvent, PressureValve, SystemMeter};
use crate::schema::TableSchema;
use crate::sinks::{
    Metadata, Output, OutputFormat, PartitionedSink, Rolling, Sink, SinkError, WrittenFile,
};

/// The choices of a conversion.
#[derive(Clone, Debug)]
pub struct ConvertOptions {
    /// The threads that parse and encode.
    pub threads: NonZeroUsize,
    /// The bytes of a log that become a row group.
    pub group_bytes: usize,
    /// The bytes that chunks may take at once; at least two are lent.
    pub memory_bytes: usize,
    /// The most rows of a record batch.
    pub batch_rows: NonZeroUsize,
    /// The bytes that are scanned at once.
    pub burst_bytes: Option<NonZeroUsize>,
    /// The endings of lines.
    pub line_ending: LineEnding,
    /// The most bytes of a line.
    pub line_limit_bytes: usize,
    /// True if lines over the limit are left out, and not the end of it.
    pub skips_long_lines: bool,
    /// The way with bad lines.
    pub bad_lines: BadLines,
    /// The share of lines that may be left out, from 0 to 1.
    pub bad_share_limit: Option<f64>,
    /// The sizes of files.
    pub rolling: Rolling,
    /// The bytes of memory that the process may use, where its control group sets no limit.
    pub process_limit_bytes: Option<u64>,
    /// The time after which a line of a stream is to be in the output. Half of it is for waiting
    /// for others, half for converting and writing.
    pub latency: Option<Duration>,
}

impl Default for ConvertOptions {
    fn default() -> Self {
        Self {
            threads: NonZeroUsize::MIN,
            group_bytes: Self::GROUP_BYTES,
            memory_bytes: 2 * Self::GROUP_BYTES,
            batch_rows: Batcher::DEFAULT_BATCH_ROWS,
            burst_bytes: None,
            line_ending: LineEnding::default(),
            line_limit_bytes: 16 << 20,
            skips_long_lines: false,
            bad_lines: BadLines::default(),
            bad_share_limit: None,
            rolling: Rolling::default(),
            process_limit_bytes: None,
            latency: None,
        }
    }
}

impl ConvertOptions {
    /// The bytes of a log that become a row group: about 160,000 lines, near to what DuckDB writes
    /// and reads at once.
    pub const GROUP_BYTES: usize = 32 << 20;
}

/// The way with lines that do not fit.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum BadLines {
    /// The first one ends the conversion, without a file.
    Stop,
    /// They are left out, as dead letters.
    #[default]
    LeaveOut,
    /// Values that do not fit are null, and dead letters say so. Lines that cannot be split are
    /// left out.
    Null,
}

/// The counts of a conversion.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ConvertCounts {
    /// The bytes that were converted.
    pub bytes: u64,
    /// The lines.
    pub lines: u64,
    /// The rows that they became.
    pub rows: u64,
    /// The lines that are comments.
    pub comments: u64,
    /// The lines that were left out.
    pub left_out: u64,
    /// Those of them in record batches that lack a value which must be there.
    pub refused: u64,
    /// The dead letters: lines left out, and values made null.
    pub dead_letters: u64,
    /// The dead letters by the column whose value is not of its type; of a line with several such
    /// values the first one counts.
    pub misfits: BTreeMap<String, u64>,
    /// The record batches.
    pub batches: u64,
    /// The bytes of bursts whose lines were all of the usual kind.
    pub usual_bytes: u64,
    /// The sizes of chunks that were asked for, in bytes, and how often each was.
    pub chunk_sizes: Vec<(usize, u64)>,
    /// The most bytes of chunks that there were at once.
    pub most_chunk_bytes: usize,
}

/// The reason why a conversion ended.
#[derive(Debug)]
#[non_exhaustive]
pub enum ConvertError {
    /// No backend can run.
    Backend(BackendError),
    /// The input failed, or has a line over the limit. The lines before it are converted.
    Input {
        /// The lines before.
        lines_before: u64,
        /// The reason.
        error: SourceError,
    },
    /// A line does not fit, and [`BadLines::Stop`] was asked for.
    BadLine(DeadLetter),
    /// Too many lines do not fit.
    TooManyBadLines {
        /// The lines left out.
        left_out: u64,
        /// The lines so far.
        lines: u64,
        /// The share that is allowed.
        limit: f64,
    },
    /// A line names other columns than the schema is of.
    Drift {
        /// The number of the line.
        line_number: u64,
        /// The offset of the line.
        offset: u64,
        /// The names, or what is wrong with them.
        found: String,
    },
    /// The output cannot be written.
    Output(SinkError),
    /// Dead letters cannot be written.
    DeadLetters(std::io::Error),
}

impl ConvertError {
    /// Tells whether the lines before the error are converted, and the files with them whole.
    #[must_use]
    pub fn keeps_rows(&self) -> bool {
        matches!(self, Self::Input { .. })
    }
}

impl fmt::Display for ConvertError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Backend(error) => error.fmt(formatter),
            Self::Input { lines_before, error: SourceError::LineTooLong { offset } } => write!(
                formatter,
                "line {} at byte {offset} is longer than the limit",
                lines_before + 1
            ),
            Self::Input { lines_before, error: SourceError::Input { offset, error } } => write!(
                formatter,
                "after {lines_before} lines, at byte {offset}, it cannot be read: {error}"
            ),
            Self::Input { error, .. } => write!(formatter, "it cannot be read: {error:?}"),
            Self::BadLine(letter) => letter.fmt(formatter),
            Self::TooManyBadLines { left_out, lines, limit } => write!(
                formatter,
                "{left_out} of {lines} lines do not fit, more than the {} % that are allowed",
                limit * 100.0
            ),
            Self::Drift { line_number, offset, found } => write!(
                formatter,
                "line {line_number} at byte {offset} names other columns than the lines before: \
                 {found}"
            ),
            Self::Output(error) => write!(formatter, "the output cannot be written: {error}"),
            Self::DeadLetters(error) => {
                write!(formatter, "dead letters cannot be written: {error}")
            }
        }
    }
}

impl std::error::Error for ConvertError {}

impl From<SinkError> for ConvertError {
    fn from(error: SinkError) -> Self {
        Self::Output(error)
    }
}

impl fmt::Display for DeadLetter {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { line_number, offset, column, value, reason, line, .. } = self;
        write!(formatter, "line {line_number} at byte {offset}")?;
        let Some(column) = column else {
            return write!(formatter, " {reason}");
        };
        write!(formatter, ": the value of '{column}'")?;
        if let (Some((start, end)), Some(line)) = (value, line)
            && let Some(found) = line.get(*start..*end)
        {
            let shown = found.get(..QUOTED_BYTES).unwrap_or(found);
            let more = if shown.len() < found.len() { "..." } else { "" };
            write!(formatter, ", '{}{more}',", shown.escape_ascii())?;
        }
        write!(formatter, " {reason}")
    }
}

/// The most bytes of a value that a message quotes.
const QUOTED_BYTES: usize = 40;

/// Converts inputs, one after the other, into one output.
pub struct Converter<'d> {
    format: LogFormat,
    schema: TableSchema,
    options: ConvertOptions,
    output: Option<(OutputFormat, Output, Metadata)>,
    collector: Option<Collector>,
    workers: Vec<Worker>,
    dead_letters: &'d mut dyn DeadLetters,
    pool: ChunkPool,
    meter: Box<dyn MemoryMeter>,
    valve: PressureValve,
    on_pressure: Box<dyn FnMut(PressureEvent) + 'd>,
    counts: ConvertCounts,
    breaker: Option<(BreakerOptions, Box<dyn Clock>)>,
    events: Option<Box<dyn Events>>,
}

impl<'d> Converter<'d> {
    /// Converts lines of a format by a schema.
    #[must_use]
    pub fn new(
        format: LogFormat,
        schema: TableSchema,
        options: ConvertOptions,
        output: (OutputFormat, Output, Metadata),
        dead_letters: &'d mut dyn DeadLetters,
    ) -> Self {
        Self {
            format,
            schema,
            pool: ChunkPool::new(options.memory_bytes),
            meter: Box::new(SystemMeter::new(options.process_limit_bytes)),
            valve: PressureValve::new(options.memory_bytes as u64),
            on_pressure: Box::new(|_| ()),
            options,
            output: Some(output),
            collector: None,
            workers: Vec::new(),
            dead_letters,
            counts: ConvertCounts::default(),
            breaker: None,
            events: None,
        }
    }

    /// Has memory measured by another meter than the system's.
    #[must_use]
    pub fn with_meter(mut self, meter: Box<dyn MemoryMeter>) -> Self {
        self.meter = meter;
        self
    }

    /// Says who is told where chunks become fewer, since memory is tight, or more again.
    #[must_use]
    pub fn on_pressure(mut self, tell: impl FnMut(PressureEvent) + 'd) -> Self {
        self.on_pressure = Box::new(tell);
        self
    }

    /// Takes a column as text for a while where too many values are not of its type. Its file ends
    /// then, and another one begins. With [`BadLines::Stop`] the first such value ends it all.
    ///
    /// Groups are kept until it is decided how they are read, which takes the memory of one more
    /// for each thread.
    #[must_use]
    pub fn with_breaker(mut self, options: BreakerOptions, clock: Box<dyn Clock>) -> Self {
        self.breaker = (self.options.bad_lines != BadLines::Stop).then_some((options, clock));
        self
    }

    /// Tells of events.
    #[must_use]
    pub fn with_events(mut self, events: Box<dyn Events>) -> Self {
        self.events = Some(events);
        self
    }

    /// Returns the pool from which chunks are lent.
    #[must_use]
    pub fn pool(&self) -> &ChunkPool {
        &self.pool
    }

    /// Returns the counts of all inputs so far.
    #[must_use]
    pub fn counts(&self) -> ConvertCounts {
        let most_chunk_bytes = self.pool.most_bytes_out();
        ConvertCounts { most_chunk_bytes, ..self.counts.clone() }
    }

    /// Makes a reader of chunks for an input.
    #[must_use]
    pub fn chunk_reader(
        &self,
        reader: Box<dyn std::io::Read + Send>,
        sizes: ChunkSizes,
    ) -> ChunkReader {
        let sizes = ChunkSizes {
            least: sizes.least.min(self.options.group_bytes).max(1),
            most: sizes.most.min(self.options.group_bytes).max(1),
        };
        ChunkReader::new(reader, self.pool.clone(), sizes, self.options.line_limit_bytes)
    }

    /// Makes the sink, of what the first lines come to, and the workers.
    fn begin(&mut self, sample: &[arrow_array::RecordBatch]) -> Result<(), ConvertError> {
        let Some((format, output, metadata)) = self.output.take() else {
            return Ok(());
        };
        let arrow = Arc::new(self.schema.arrow());
        let folder = match &output {
            Output::Folder { path, .. } => Some(path.clone()),
            _ => None,
        };
        let sink = Sink::new(format, arrow, metadata, output, self.options.rolling, sample);
        let sink = PartitionedSink::new(sink, folder);
        let plan = Arc::new(Plan {
            format: self.format.clone(),
            schema: self.schema.clone(),
            options: self.options.clone(),
            encoders: sink.encoders(),
        });
        let guess = self.breaker.is_some().then(Guess::default);
        for _ in 0..self.options.threads.get() {
            self.workers.push(Worker::new(Arc::clone(&plan), guess.clone())?);
        }
        let breakers =
            self.breaker.take().zip(guess).map(|((options, clock), guess)| {
                Breakers::new(&self.schema, options, clock, guess)
            });
        let events = self.events.take().unwrap_or_else(|| Box::new(()));
        self.collector = Some(Collector::new(sink, self.schema.clone(), breakers, events));
        Ok(())
    }

    /// Ends the last file, and returns all that were written. None is, where the conversion stopped
    /// without keeping its rows.
    ///
    /// # Errors
    ///
    /// The output or the dead letters cannot be written.
    #[expect(clippy::missing_panics_doc, reason = "there is a collector once it was begun")]
    pub fn finish(mut self) -> Result<Vec<WrittenFile>, ConvertError> {
        self.begin(&[])?;
        self.dead_letters.flush().map_err(ConvertError::DeadLetters)?;
        let collector = self.collector.take().expect("it was begun");
        Ok(collector.into_sink().finish()?)
    }
}
