//! The scan of a range of a file: lines in, record batches out.

use std::collections::VecDeque;
use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom};
use std::num::NonZeroUsize;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use datafusion::arrow::array::{
    Array, ArrayRef, AsArray, ListArray, RecordBatch, RecordBatchOptions,
};
use datafusion::arrow::datatypes::DataType;
use datafusion::common::DataFusionError;
use datafusion::datasource::listing::PartitionedFile;
use datafusion::datasource::physical_plan::{FileOpenFuture, FileOpener};
use datafusion::error::Result;
use datafusion::physical_plan::metrics::{Count, ExecutionPlanMetricsSet, MetricBuilder};
use delimark::{Dialect, SourceError};
use delimark_extract::{Access, Input, InputName, InputOptions};
use delimark_pipeline::{
    BadLine, BadLineReason, BadValues, Batcher, Chunk, ChunkPool, ChunkReader, ChunkSizes,
    ConvertStop, Converted, RowFilter, TableSchema,
};
use futures::{FutureExt, StreamExt};
use object_store::{GetResultPayload, ObjectStore, ObjectStoreExt};

use crate::error::{QueryError, shown};
use crate::line_range::first_line;
use crate::log::{Log, OnBadLine};
use crate::report::{BadLineNote, ScanCounts, ScanReport};

/// The longest line.
const LINE_LIMIT_BYTES: usize = Dialect::DEFAULT_LINE_LIMIT_BYTES;

/// The bytes of a value that a message quotes.
const QUOTED_BYTES: usize = 60;

const UTF8_MARK: &[u8] = b"\xef\xbb\xbf";

/// Opens ranges of files.
pub(crate) struct LogOpener {
    plan: Arc<ScanPlan>,
    store: Arc<dyn ObjectStore>,
}

/// The parts that all ranges of a scan share.
struct ScanPlan {
    log: Arc<Log>,
    report: Arc<ScanReport>,
    /// The columns that are built, and those of them that are handed on.
    schema: TableSchema,
    handed_on: Option<Vec<usize>>,
    filter: Option<RowFilter>,
    batch_rows: Option<NonZeroUsize>,
    pool: ChunkPool,
    metrics: ScanMetrics,
}

/// The figures of `EXPLAIN ANALYZE`.
struct ScanMetrics {
    bytes: Count,
    lines: Count,
    filtered: Count,
    left_out: Count,
    null_values: Count,
}

impl LogOpener {
    pub(crate) fn new(
        log: Arc<Log>,
        report: Arc<ScanReport>,
        store: Arc<dyn ObjectStore>,
        columns: Vec<usize>,
        filter: Option<RowFilter>,
        batch_rows: Option<usize>,
        (metrics, partition): (&ExecutionPlanMetricsSet, usize),
    ) -> Self {
        let count = |name| MetricBuilder::new(metrics).counter(name, partition);
        let plan = ScanPlan {
            schema: log.built(&columns),
            handed_on: (log.on_bad_line != OnBadLine::Null).then_some(columns),
            log,
            report,
            filter,
            batch_rows: batch_rows.and_then(NonZeroUsize::new),
            // Whoever holds record batches back holds their chunks: a limit would wait for itself.
            pool: ChunkPool::new(usize::MAX),
            metrics: ScanMetrics {
                bytes: count("bytes_scanned"),
                lines: count("lines_scanned"),
                filtered: count("lines_pruned_by_filter"),
                left_out: count("lines_left_out"),
                null_values: count("values_made_null"),
            },
        };
        Self { plan: Arc::new(plan), store }
    }
}

impl FileOpener for LogOpener {
    fn open(&self, file: PartitionedFile) -> Result<FileOpenFuture> {
        let (plan, store) = (Arc::clone(&self.plan), Arc::clone(&self.store));
        Ok(async move {
            let result = store.get(&file.object_meta.location).await?;
            let GetResultPayload::File(_, path) = result.payload else {
                let name = &file.object_meta.location;
                let message = format!("{name}: logs are read from files of this machine only");
                return Err(QueryError::new(message).into());
            };
            let scan = LogScan::open(plan, path, &file)?;
            Ok(futures::stream::iter(scan).boxed())
        }
        .boxed())
    }
}

/// The record batches of a range of a file.
struct LogScan {
    plan: Arc<ScanPlan>,
    path: PathBuf,
    batcher: Batcher,
    /// None behind the end.
    chunks: Option<ChunkReader>,
    /// The offset up to which bytes are to come, where that is known.
    end: Option<u64>,
    /// The bytes of a compressed file, for the progress.
    compressed_bytes: u64,
    ready: VecDeque<RecordBatch>,
}

impl LogScan {
    fn open(
        plan: Arc<ScanPlan>,
        path: PathBuf,
        file: &PartitionedFile,
    ) -> Result<Self, QueryError> {
        let cannot =
            |error: io::Error| QueryError::input(&path, format!("it cannot be read: {error}"));
        let planned = file.object_meta.size;
        let (start, end) = match &file.range {
            Some(range) => (range.start.max(0) as u64, (range.end.max(0) as u64).min(planned)),
            None => (0, planned),
        };
        let options = InputOptions { access: Access::Read, window_limit: plan.log.window_limit };
        let input = Input::open(&InputName::File(path.clone()), options).map_err(cannot)?;
        let input = input.into_reader().map_err(cannot)?;
        let (chunks, end) = match input.bytes {
            Some(bytes) if bytes < planned => {
                return Err(QueryError::input(
                    &path,
                    format!(
                        "it had {planned} bytes when the statement began, and has {bytes} now: it \
                         was cut short or replaced"
                    ),
                ));
            }
            Some(_) => {
                let (reader, start, end) = lines_of(&path, start, end).map_err(cannot)?;
                (Some(plan.reader(reader).with_offset(start)), Some(end))
            }
            // Compressed data are one piece, which the range with the first byte has.
            None if start == 0 => {
                let mut reader = input.reader;
                let mut first = Vec::new();
                let mark_bytes = UTF8_MARK.len() as u64;
                reader.by_ref().take(mark_bytes).read_to_end(&mut first).map_err(cannot)?;
                let chunks = plan.reader(reader);
                let chunks = match first == UTF8_MARK {
                    true => chunks.with_offset(mark_bytes),
                    false => chunks.with_start(first),
                };
                (Some(chunks), None)
            }
            None => (None, None),
        };
        let batcher = plan.batcher()?;
        let compressed_bytes = if end.is_none() && chunks.is_some() { planned } else { 0 };
        Ok(Self { plan, path, batcher, chunks, end, compressed_bytes, ready: VecDeque::new() })
    }

    /// Converts the next chunk; false where there is none.
    fn convert_chunk(&mut self) -> Result<bool, QueryError> {
        let Some(chunks) = &mut self.chunks else {
            return Ok(false);
        };
        let Some(chunk) = chunks.next_chunk().map_err(|error| explain(&self.path, &error))? else {
            let offset = chunks.offset();
            if self.end.is_some_and(|end| offset < end) {
                return Err(QueryError::input(
                    &self.path,
                    format!("it ended at byte {offset} while it was read: it was cut short"),
                ));
            }
            self.plan.report.progress().add(self.compressed_bytes as usize);
            self.chunks = None;
            return Ok(false);
        };
        let mut converted = self.batcher.convert(&chunk);
        self.add_up(&chunk, &converted)?;
        if let Some(stop) = &converted.stop {
            return Err(self.stopped(&chunk, stop));
        }
        let is_sparse = converted.filtered > converted.rows;
        for batch in converted.batches.drain(..) {
            let batch = if is_sparse { compact(&batch)? } else { batch };
            self.ready.push_back(match &self.plan.handed_on {
                Some(columns) => batch.project(columns).map_err(DataFusionError::from)?,
                None => batch,
            });
        }
        Ok(true)
    }

    /// Adds up what a chunk came to; an error where a line does not fit and none may.
    fn add_up(&self, chunk: &Chunk, converted: &Converted) -> Result<(), QueryError> {
        let Converted { lines, rows, filtered, left_out, bad, .. } = converted;
        let is_value = |bad: &&BadLine| !bad.is_left_out;
        let bytes = chunk.as_ref().len() as u64;
        let counts = ScanCounts {
            bytes,
            lines: *lines,
            rows: *rows,
            filtered: *filtered,
            left_out: *left_out,
            null_values: bad.iter().filter(is_value).count() as u64,
            notes: bad.iter().take(ScanReport::LISTED).map(|bad| self.note(chunk, bad)).collect(),
        };
        let metrics = &self.plan.metrics;
        metrics.bytes.add(counts.bytes as usize);
        metrics.lines.add(counts.lines as usize);
        metrics.filtered.add(counts.filtered as usize);
        metrics.left_out.add(counts.left_out as usize);
        metrics.null_values.add(counts.null_values as usize);
        if self.plan.log.on_bad_line == OnBadLine::Error
            && let Some(first) = counts.notes.first()
        {
            return Err(QueryError::line(first.to_string()));
        }
        if self.end.is_some() {
            self.plan.report.progress().add(chunk.as_ref().len());
        }
        self.plan.report.add(counts);
        Ok(())
    }

    fn note(&self, chunk: &Chunk, bad: &BadLine) -> BadLineNote {
        let mut reason = String::new();
        if let Some(column) = bad.column {
            let name = &self.plan.schema.columns()[column].name;
            reason.push_str(&format!(": the value of '{name}'"));
            if let Some((start, end)) = bad.value
                && let Some(value) = chunk.as_ref().get(bad.start + start..bad.start + end)
            {
                let quoted = &value[..value.len().min(QUOTED_BYTES)];
                let more = if quoted.len() < value.len() { "..." } else { "" };
                reason.push_str(&format!(", '{}{more}',", quoted.escape_ascii()));
            }
        }
        let why = match &bad.reason {
            // Without the number of a line in its chunk, which says nothing to anyone.
            BadLineReason::Refused { .. } => "is beside one that lacks a value".to_owned(),
            reason => reason.to_string(),
        };
        reason.push(' ');
        reason.push_str(&why);
        BadLineNote { file: shown(&self.path), offset: chunk.offset() + bad.start as u64, reason }
    }

    fn stopped(&self, chunk: &Chunk, stop: &ConvertStop) -> QueryError {
        match stop {
            ConvertStop::Drift { start, found, .. } => QueryError::input(
                &self.path,
                format!(
                    "the line at byte {} names other columns than those of the table: {found}",
                    chunk.offset() + *start as u64
                ),
            ),
            ConvertStop::Scan(error) => {
                QueryError::input(&self.path, format!("behind byte {}: {error}", chunk.offset()))
            }
            _ => QueryError::input(&self.path, "it cannot be read further"),
        }
    }
}

impl Iterator for LogScan {
    type Item = Result<RecordBatch>;

    fn next(&mut self) -> Option<Result<RecordBatch>> {
        loop {
            if let Some(batch) = self.ready.pop_front() {
                return Some(Ok(batch));
            }
            match self.convert_chunk() {
                Ok(true) => {}
                Ok(false) => return None,
                Err(error) => {
                    self.chunks = None;
                    return Some(Err(error.into()));
                }
            }
        }
    }
}

impl ScanPlan {
    fn batcher(&self) -> Result<Batcher, QueryError> {
        let batcher = Batcher::new(self.log.format.clone(), self.schema.clone());
        let batcher = batcher.map_err(|error| QueryError::new(error.to_string()))?;
        let bad_values = match self.log.on_bad_line {
            OnBadLine::Null => BadValues::Null,
            OnBadLine::DeadLetter | OnBadLine::Error => BadValues::LeaveOut,
        };
        let mut batcher = batcher.with_bad_values(bad_values);
        if let Some(rows) = self.batch_rows {
            batcher = batcher.with_batch_rows(rows);
        }
        if let Some(filter) = &self.filter {
            batcher = batcher.with_filter(filter.clone());
        }
        Ok(batcher)
    }

    /// Makes a reader of chunks.
    fn reader(&self, reader: Box<dyn Read + Send>) -> ChunkReader {
        ChunkReader::new(reader, self.pool.clone(), ChunkSizes::FILE, LINE_LIMIT_BYTES)
    }
}

/// Opens a file at the lines of a range. Returns the offsets of the first of them, and of the first
/// behind them.
fn lines_of(path: &Path, start: u64, end: u64) -> io::Result<(Box<dyn Read + Send>, u64, u64)> {
    let mut file = File::open(path)?;
    let mut first = first_line(&file, start)?;
    let end = first_line(&file, end)?;
    if first == 0 && has_mark(&mut file)? {
        first = UTF8_MARK.len() as u64;
    }
    file.seek(SeekFrom::Start(first))?;
    Ok((Box::new(file.take(end.saturating_sub(first))), first, end))
}

/// Tells whether a file begins with the mark of UTF-8, which is none of its first value.
fn has_mark(file: &mut File) -> io::Result<bool> {
    let mut start = Vec::new();
    file.by_ref().take(UTF8_MARK.len() as u64).read_to_end(&mut start)?;
    Ok(start == UTF8_MARK)
}

/// Copies the text that a batch has in a chunk, of which most is not in it, so that the chunk can
/// go.
fn compact(batch: &RecordBatch) -> Result<RecordBatch, QueryError> {
    let columns = batch.columns().iter().map(compact_column);
    let options = RecordBatchOptions::new().with_row_count(Some(batch.num_rows()));
    let batch = RecordBatch::try_new_with_options(batch.schema(), columns.collect(), &options);
    batch.map_err(|error| QueryError::new(error.to_string()))
}

fn compact_column(column: &ArrayRef) -> ArrayRef {
    match column.data_type() {
        DataType::Utf8View => Arc::new(column.as_string_view().gc()),
        DataType::BinaryView => Arc::new(column.as_binary_view().gc()),
        DataType::List(item) => {
            let list = column.as_list::<i32>();
            let (offsets, nulls) = (list.offsets().clone(), list.nulls().cloned());
            let items = compact_column(list.values());
            Arc::new(ListArray::new(Arc::clone(item), offsets, items, nulls))
        }
        _ => Arc::clone(column),
    }
}

fn explain(path: &Path, error: &SourceError) -> QueryError {
    QueryError::input(
        path,
        match error {
            SourceError::LineTooLong { offset } => {
                format!("the line at byte {offset} is longer than {} MiB", LINE_LIMIT_BYTES >> 20)
            }
            SourceError::Input { offset, error } => {
                format!("at byte {offset}, it cannot be read: {error}")
            }
            error => format!("it cannot be read: {error:?}"),
        },
    )
}

#[cfg(test)]
mod tests;
