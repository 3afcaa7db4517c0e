//! The sink that writes Parquet: lines of a log format become typed columns, a file every so often.
//!
//! Lines are collected in a file beside the queue until there are enough of them, and acknowledged
//! once the Parquet file of them has its name.

use std::fs::{self, File};
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use delimark_extract::{Interrupt, Progress};
use delimark_formats::LogFormat;
use delimark_pipeline::{
    ChunkSizes, ConvertError, ConvertInput, ConvertOptions, Converter, DeadLetter, DeadLetters,
    FormatOptions, Output, OutputFormat, ParquetOptions, TableSchema,
};
use tokio::sync::watch;

use crate::config::{Misplaced, ParquetSinkConfig};
use crate::dead_letters::DeadLetterFile;
use crate::entry::{Entry, Origin};
use crate::event::{Event, Events};
use crate::metrics::Metrics;
use crate::queue::{Position, QueueReader};
use crate::stages::{Dead, read_format};

/// The bytes of entries that are read at once.
const BATCH_BYTES: usize = 1 << 20;

/// The bytes of lines in a row group: less than for one large file, since memory is small.
const GROUP_BYTES: usize = 8 << 20;

/// The time between two tries to write.
const RETRY: Duration = Duration::from_secs(1);

/// The longest time between two looks at whether a file is due.
const LOOK: Duration = Duration::from_millis(200);

/// The name of the file of collected lines, in the folder of the queue.
const LINES: &str = "lines";

/// Writes Parquet files.
pub(crate) struct ParquetSink {
    name: String,
    config: ParquetSinkConfig,
    format: LogFormat,
    schema: TableSchema,
    dead_letters: DeadLetterFile,
    metrics: Arc<Metrics>,
    events: Arc<dyn Events>,
}

/// Lines that are collected for a file.
struct Collected {
    path: PathBuf,
    writer: BufWriter<File>,
    lines: u64,
    bytes: u64,
    /// Where lines came from: the first one of each run that stands in one file.
    runs: Vec<(u64, Origin)>,
    since: Instant,
    position: Position,
}

/// Makes the format and the schema that a configuration asks for.
pub(crate) fn table(
    config: &ParquetSinkConfig,
    span: std::ops::Range<usize>,
) -> Result<(LogFormat, TableSchema), Misplaced> {
    let format = read_format(&config.parse(), span.clone())?;
    let schema = TableSchema::of_format(&format, FormatOptions::default())
        .map_err(|error| Misplaced::at(span, error.to_string()))?;
    Ok((format, schema))
}

impl ParquetSink {
    pub(crate) fn new(
        name: &str,
        config: &ParquetSinkConfig,
        (format, schema): (LogFormat, TableSchema),
        (metrics, dead_letters): (&Arc<Metrics>, &DeadLetterFile),
        events: &Arc<dyn Events>,
    ) -> Self {
        Self {
            name: name.to_owned(),
            config: config.clone(),
            format,
            schema,
            dead_letters: dead_letters.clone(),
            metrics: metrics.clone(),
            events: events.clone(),
        }
    }

    /// Collects and writes until it is told to stop, and then what still waits.
    pub(crate) async fn run(mut self, mut reader: QueueReader, mut stop: watch::Receiver<bool>) {
        let mut collected = None;
        let mut is_told = false;
        loop {
            let is_stopping = *stop.borrow_and_update();
            let step = || self.step(&mut reader, &mut collected, is_stopping);
            match tokio::task::block_in_place(step) {
                Ok(true) => is_told = false,
                Ok(false) if is_stopping => return,
                Ok(false) => {
                    let wait = tokio::time::timeout(LOOK, reader.wait(1));
                    tokio::select! {
                        _ = wait => {}
                        _ = stop.changed() => {}
                    }
                }
                Err(error) => {
                    // What the file of lines has then is not known: it is collected again.
                    collected = None;
                    reader.rewind();
                    if !is_told {
                        let folder = self.config.folder.display();
                        let what = format!("sink '{}': {folder}", self.name);
                        let error = error.to_string();
                        self.events.take(&Event::NotWritten { what, error });
                        is_told = true;
                    }
                    if is_stopping {
                        return;
                    }
                    tokio::time::sleep(RETRY).await;
                }
            }
        }
    }

    /// Collects some lines, or writes a file that is due; tells whether there was anything to do.
    fn step(
        &mut self,
        reader: &mut QueueReader,
        collected: &mut Option<Collected>,
        is_stopping: bool,
    ) -> io::Result<bool> {
        let longest = Duration::from_millis(self.config.file_milliseconds);
        if let Some(own) = collected
            && (own.bytes >= self.config.file_bytes || own.since.elapsed() >= longest)
        {
            self.write(own, reader)?;
            *collected = None;
            return Ok(true);
        }
        if let Some(batch) = reader.next(BATCH_BYTES).map_err(io::Error::other)? {
            let path = reader.folder().join(LINES);
            let own = match collected {
                Some(own) => own,
                None => collected.insert(Collected::begin(path, batch.position)?),
            };
            for entry in &batch.entries {
                self.collect(own, entry)?;
            }
            own.position = batch.position;
            return Ok(true);
        }
        if let Some(own) = collected.as_mut().filter(|_| is_stopping) {
            self.write(own, reader)?;
            *collected = None;
            return Ok(true);
        }
        Ok(false)
    }

    fn collect(&self, own: &mut Collected, entry: &Entry) -> io::Result<()> {
        if memchr::memchr(b'\n', &entry.line).is_none() {
            return own.add(entry);
        }
        let reason = "has a newline within it".to_owned();
        let (origin, line) = (entry.origin.clone(), Some(entry.line.clone()));
        self.dead_letters.keep(&Dead { origin, reason, line })
    }

    /// Makes a file of what was collected, and acknowledges it.
    fn write(&self, own: &mut Collected, reader: &mut QueueReader) -> io::Result<()> {
        own.writer.flush()?;
        fs::create_dir_all(&self.config.folder)?;
        let path = free_path(&self.config.folder, &self.name);
        let mut letters = Located { letters: self.dead_letters.clone(), runs: &own.runs };
        let rows = self.convert(&own.path, path, &mut letters).map_err(io::Error::other)?;
        reader.ack(own.position).map_err(io::Error::other)?;
        self.metrics.count_written(&self.name, rows);
        Ok(())
    }

    fn convert(
        &self,
        lines: &Path,
        path: PathBuf,
        letters: &mut dyn DeadLetters,
    ) -> Result<u64, ConvertError> {
        let options = ConvertOptions {
            group_bytes: GROUP_BYTES,
            memory_bytes: 2 * GROUP_BYTES,
            skips_long_lines: true,
            ..ConvertOptions::default()
        };
        let kind = OutputFormat::Parquet(ParquetOptions::default());
        let output = (kind, Output::File(path), Vec::new());
        let mut converter =
            Converter::new(self.format.clone(), self.schema.clone(), options, output, letters);
        let file = File::open(lines).map_err(|error| ConvertError::Output(error.into()))?;
        let chunks = converter.chunk_reader(Box::new(file), ChunkSizes::FILE);
        converter.add(ConvertInput {
            name: &self.name,
            chunks,
            lines_before: 0,
            interrupt: Interrupt::default(),
            progress: &Progress::default(),
        })?;
        let files = converter.finish()?;
        Ok(files.iter().map(|file| file.rows).sum())
    }
}

impl Collected {
    /// Begins with an empty file, in the place of one that a process left which was killed: its
    /// entries come again.
    fn begin(path: PathBuf, position: Position) -> io::Result<Self> {
        let writer = BufWriter::new(File::create(&path)?);
        let (lines, bytes, runs, since) = (0, 0, Vec::new(), Instant::now());
        Ok(Self { path, writer, lines, bytes, runs, since, position })
    }

    fn add(&mut self, entry: &Entry) -> io::Result<()> {
        let own = self.lines + 1;
        let goes_on = self.runs.last().is_some_and(|(start, origin)| {
            let line = origin.line.map(|line| line + (own - start));
            origin.source == entry.origin.source && line.is_some() && line == entry.origin.line
        });
        if !goes_on {
            self.runs.push((own, entry.origin.clone()));
        }
        self.writer.write_all(&entry.line)?;
        self.writer.write_all(b"\n")?;
        self.lines = own;
        self.bytes += entry.line.len() as u64 + 1;
        Ok(())
    }
}

/// Dead letters with the places that their lines came from.
struct Located<'a> {
    letters: DeadLetterFile,
    runs: &'a [(u64, Origin)],
}

impl DeadLetters for Located<'_> {
    fn take(&mut self, input: &str, letter: &DeadLetter) -> io::Result<()> {
        let index = self.runs.partition_point(|(start, _)| *start <= letter.line_number);
        let Some((start, origin)) = index.checked_sub(1).map(|index| &self.runs[index]) else {
            return self.letters.take(input, letter);
        };
        let lines = letter.line_number - start;
        let line_number = origin.line.map_or(0, |line| line + lines);
        // Of other lines of a run only the number is known: stages may have changed their lengths.
        let offset = if lines == 0 { origin.offset } else { 0 };
        let located = DeadLetter { line_number, offset, ..letter.clone() };
        self.letters.take(&origin.source, &located)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.letters.sync()
    }
}

/// Returns a path that no file has: the sink's name, and the time in milliseconds since 1970.
fn free_path(folder: &Path, name: &str) -> PathBuf {
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default().as_millis();
    let path = |number: u128| folder.join(format!("{name}-{number}.parquet"));
    (now..).map(path).find(|path| !path.exists()).expect("numbers do not end")
}
