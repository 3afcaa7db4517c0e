//! A table under construction: the rows of bursts, column by column, until they are a record batch.

use std::num::NonZeroUsize;
use std::sync::Arc;

use arrow_array::{ArrayRef, BooleanArray, RecordBatch, RecordBatchOptions};
use arrow_buffer::{BooleanBufferBuilder, Buffer};
use arrow_schema::SchemaRef;
use arrow_select::filter::FilterBuilder;
use delimark::{Batch, Record, Span, Uniform, UniformRow};
use delimark_formats::{FixedColumn, FixedLayout, LogFormat};

use crate::bad_line::{BadLine, BadLineReason};
use crate::columns::{BadValue, Builder, BurstBytes, BurstText, MISSING};
use crate::converted::{BadValues, Converted};
use crate::filter::RowFilter;
use crate::instructions::InstructionSet;
use crate::schema::{Source, TableSchema};
use crate::values::ValueError;

/// The rows of a record batch, at most, unless something else is said.
pub(crate) const DEFAULT_BATCH_ROWS: NonZeroUsize = NonZeroUsize::new(8192).expect("it is not 0");

/// Rows that become record batches.
#[derive(Debug)]
pub(crate) struct Table {
    format: Arc<LogFormat>,
    schema: TableSchema,
    arrow: SchemaRef,
    instructions: InstructionSet,
    builders: Vec<Builder>,
    batch_rows: usize,
    pub(crate) bad_values: BadValues,
    pub(crate) filter: Option<RowFilter>,
    rows: Rows,
    places: Places,
    spans: Spans,
    bad_values_found: Vec<BadValue>,
}

/// The rows of the batch to come.
#[derive(Debug, Default)]
struct Rows {
    count: usize,
    /// Rows that are left out of it, in no order.
    left_out: Vec<usize>,
    /// The first line in the chunk that lacks a value which must be there.
    missing: Option<u64>,
    /// The lines of these rows, in case that all of them are refused.
    bursts: Vec<Lines>,
}

/// The lines of a burst: where they are in the chunk.
#[derive(Clone, Copy, Debug)]
struct Lines {
    start: usize,
    bytes: usize,
    lines_before: u64,
}

/// The places of one column in the records of a burst, and of another one.
#[derive(Debug, Default)]
struct Spans {
    first: Vec<Span>,
    second: Vec<Span>,
}

/// The places of columns in the records of a burst, where they have to be searched.
#[derive(Debug, Default)]
struct Places {
    /// The places of one record after those of another.
    spans: Vec<Option<Span>>,
    /// The indices of these records in the burst.
    records: Vec<u32>,
}

impl Places {
    /// Drops the places of records that do not meet a filter. Returns their number.
    fn keep_those_that_meet(
        &mut self,
        filter: &mut RowFilter,
        width: usize,
        burst: BurstBytes<'_>,
    ) -> u64 {
        let Self { spans, records } = self;
        let place = |column: usize, row: usize| spans[row * width + column].unwrap_or(MISSING);
        let kept = filter.select(burst, records.len(), place);
        let dropped = records.len() - kept.len();
        for (to, &from) in kept.iter().enumerate() {
            let from = from as usize;
            records[to] = records[from];
            spans.copy_within(from * width..(from + 1) * width, to * width);
        }
        records.truncate(kept.len());
        spans.truncate(kept.len() * width);
        dropped as u64
    }
}

impl Table {
    pub(crate) fn new(
        format: LogFormat,
        schema: TableSchema,
        instructions: InstructionSet,
    ) -> Self {
        let batch_rows = DEFAULT_BATCH_ROWS.get();
        Self {
            builders: builders(&schema, batch_rows),
            arrow: Arc::new(schema.arrow()),
            format: Arc::new(format),
            schema,
            instructions,
            batch_rows,
            bad_values: BadValues::default(),
            filter: None,
            rows: Rows::default(),
            places: Places::default(),
            spans: Spans::default(),
            bad_values_found: Vec::new(),
        }
    }

    pub(crate) fn set_batch_rows(&mut self, rows: usize) {
        self.batch_rows = rows;
        self.builders = builders(&self.schema, rows);
    }

    pub(crate) fn format(&self) -> &LogFormat {
        &self.format
    }

    pub(crate) fn schema(&self) -> &TableSchema {
        &self.schema
    }

    pub(crate) fn arrow(&self) -> &SchemaRef {
        &self.arrow
    }

    /// Appends the records of a burst, which is a part of the chunk in this buffer.
    pub(crate) fn append(&mut self, batch: &Batch<'_>, buffer: &Buffer, converted: &mut Converted) {
        if self.rows.count > 0 && self.rows.count + batch.record_count() > self.batch_rows {
            self.finish_batch(buffer, converted);
        }
        let (bytes, start) = (batch.as_bytes(), batch.offset() as usize);
        let lines_before = batch.place().lines_before;
        self.rows.bursts.push(Lines { start, bytes: bytes.len(), lines_before });
        converted.lines += batch.line_count();
        converted.split_bytes += bytes.len() as u64;

        let first_bad = converted.bad.len();
        for ragged in batch.ragged() {
            let reason = BadLineReason::Ragged(ragged.reason());
            converted.bad.push(BadLine::left_out(&ragged.record(), reason));
            converted.left_out += 1;
        }
        let text = BurstText::of(self.instructions, bytes);
        let burst = BurstBytes { bytes, start: start as u32, text };
        let format = Arc::clone(&self.format);
        match usual_rows(&format, batch) {
            Some((layout, rows)) => {
                self.append_usual(batch, burst, layout, rows, converted);
                converted.usual_bytes += bytes.len() as u64;
            }
            None => self.append_searched(batch, burst, converted),
        }
        converted.bad[first_bad..].sort_by_key(|bad| bad.line_number);
    }

    /// Appends records whose columns are where they usually are.
    fn append_usual(
        &mut self,
        batch: &Batch<'_>,
        burst: BurstBytes<'_>,
        layout: &FixedLayout,
        table: Uniform<'_>,
        converted: &mut Converted,
    ) {
        let columns = layout.columns();
        let mut filter = self.filter.take();
        let kept = filter.as_mut().map(|filter| {
            let place = |column: usize, row| place_in_row(table, row, columns[column]);
            filter.select(burst, table.rows().len(), place)
        });
        for index in 0..self.builders.len() {
            let (builder, bad) = (&mut self.builders[index], &mut self.bad_values_found);
            let instructions = self.instructions;
            let Spans { first, second } = &mut self.spans;
            match self.schema.columns()[index].source {
                Source::Column(column) => {
                    fill_with_places(first, table, columns[column], kept);
                    builder.append(instructions, burst, first, bad);
                }
                Source::DateAndTime { date, time } => {
                    fill_with_places(first, table, columns[date], kept);
                    fill_with_places(second, table, columns[time], kept);
                    builder.append_dates_and_times(burst, first, second, bad);
                }
            }
            let record = |row: usize| batch.record(kept.map_or(row, |kept| kept[row] as usize));
            self.list_bad_values(index, batch, record, converted);
        }
        let rows = kept.map_or(table.rows().len(), <[u32]>::len);
        converted.filtered += (table.rows().len() - rows) as u64;
        self.rows.count += rows;
        self.filter = filter;
    }

    /// Appends records whose columns have to be searched, and lists those that are not in the
    /// format.
    fn append_searched(
        &mut self,
        batch: &Batch<'_>,
        burst: BurstBytes<'_>,
        converted: &mut Converted,
    ) {
        let width = self.format.columns().len();
        let mut places = std::mem::take(&mut self.places);
        places.spans.clear();
        places.records.clear();
        for (index, record) in (0..).zip(batch.records()) {
            let filled = places.spans.len();
            places.spans.resize(filled + width, None);
            let of_record = &mut places.spans[filled..];
            match self.format.match_record(burst.bytes, &record, of_record) {
                Ok(_) => places.records.push(index),
                Err(mismatch) => {
                    let reason = BadLineReason::Mismatch {
                        offset: mismatch.offset(),
                        reason: mismatch.reason().to_string(),
                    };
                    converted.bad.push(BadLine::left_out(&record, reason));
                    converted.left_out += 1;
                    places.spans.truncate(filled);
                }
            }
        }
        if let Some(filter) = &mut self.filter {
            converted.filtered += places.keep_those_that_meet(filter, width, burst);
        }
        let place = |column: usize| places.spans.iter().skip(column).step_by(width).copied();
        for index in 0..self.builders.len() {
            let (builder, bad) = (&mut self.builders[index], &mut self.bad_values_found);
            let instructions = self.instructions;
            let Spans { first, second } = &mut self.spans;
            first.clear();
            match self.schema.columns()[index].source {
                Source::Column(column) => {
                    first.extend(place(column).map(|span| span.unwrap_or(MISSING)));
                    builder.append(instructions, burst, first, bad);
                }
                Source::DateAndTime { date, time } => {
                    first.extend(place(date).map(|span| span.unwrap_or(MISSING)));
                    second.clear();
                    second.extend(place(time).map(|span| span.unwrap_or(MISSING)));
                    builder.append_dates_and_times(burst, first, second, bad);
                }
            }
            let record = |row: usize| batch.record(places.records[row] as usize);
            self.list_bad_values(index, batch, record, converted);
        }
        self.rows.count += places.records.len();
        self.places = places;
    }

    /// Lists the bad values that a column has in the burst whose rows come next.
    #[inline]
    fn list_bad_values<'b>(
        &mut self,
        column: usize,
        batch: &Batch<'b>,
        record: impl Fn(usize) -> Option<Record<'b>>,
        converted: &mut Converted,
    ) {
        if self.bad_values_found.is_empty() {
            return;
        }
        for bad in self.bad_values_found.drain(..) {
            let record = record(bad.row - self.rows.count).expect("the row is one of the burst");
            let start = record.offset() as usize;
            let line_start = start - batch.offset() as usize;
            let value = bad
                .span
                .map(|span| (span.start as usize - line_start, span.end as usize - line_start));
            if bad.error == ValueError::Missing {
                self.rows.missing = self.rows.missing.or(Some(record.line_number()));
            }
            let of_column = &self.schema.columns()[column];
            let may_be_null = !of_column.is_required || of_column.is_list;
            // A line with two bad values is left out once.
            let is_left_out = self.bad_values == BadValues::LeaveOut
                || bad.error == ValueError::Missing
                || !may_be_null;
            if is_left_out && !self.rows.left_out.contains(&bad.row) {
                self.rows.left_out.push(bad.row);
            }
            converted.bad.push(BadLine {
                line_number: record.line_number(),
                start,
                length: record.as_bytes().len(),
                column: Some(column),
                value,
                reason: BadLineReason::Value(bad.error),
                is_left_out,
            });
        }
    }

    /// Makes a record batch of the rows so far, if there are any.
    pub(crate) fn finish_batch(&mut self, buffer: &Buffer, converted: &mut Converted) {
        let rows = std::mem::take(&mut self.rows);
        if rows.count == 0 {
            return;
        }
        let finish = |builder: &mut Builder| builder.finish(buffer);
        let mut arrays: Vec<ArrayRef> = self.builders.iter_mut().map(finish).collect();
        if let Some(line_number) = rows.missing {
            return refuse(&rows, line_number, buffer, converted);
        }
        if !rows.left_out.is_empty() {
            let mut kept = BooleanBufferBuilder::new(rows.count);
            kept.append_n(rows.count, true);
            for row in &rows.left_out {
                kept.set_bit(*row, false);
            }
            let kept = BooleanArray::new(kept.finish(), None);
            // Before there is a batch: a value that does not fit is null, even where none may be.
            let kept = FilterBuilder::new(&kept).optimize().build();
            for array in &mut arrays {
                *array = kept.filter(array).expect("there is a bit for each row");
            }
            converted.left_out += rows.left_out.len() as u64;
        }
        // Said, since there may be no column that shows it.
        let count = rows.count - rows.left_out.len();
        let options = RecordBatchOptions::new().with_row_count(Some(count));
        let batch = RecordBatch::try_new_with_options(Arc::clone(&self.arrow), arrays, &options);
        let batch = batch.expect("the builders are those of the schema");
        converted.rows += batch.num_rows() as u64;
        for start in (0..batch.num_rows()).step_by(self.batch_rows) {
            let rows = self.batch_rows.min(batch.num_rows() - start);
            converted.batches.push(batch.slice(start, rows));
        }
    }
}

/// The values for which room is made before they are there, in all columns together. Of 10,000
/// columns a chunk has a few rows: room for all rows that a batch may have took 2.5 GB of them.
const VALUES_RESERVED: usize = 1 << 20;

fn builders(schema: &TableSchema, batch_rows: usize) -> Vec<Builder> {
    let rows = batch_rows.min(VALUES_RESERVED / schema.columns().len().max(1));
    schema.columns().iter().map(|column| Builder::new(column, rows)).collect()
}

/// Lists all lines of a batch as left out.
fn refuse(rows: &Rows, missing: u64, buffer: &Buffer, converted: &mut Converted) {
    let first = rows.bursts.first().map_or(0, |lines| lines.lines_before);
    let of_batch = converted.bad.partition_point(|bad| bad.line_number <= first);
    let listed = converted.bad.split_off(of_batch);
    // Lines that are ragged or in another format are counted as left out already.
    let was_row = |bad: &&BadLine| matches!(bad.reason, BadLineReason::Value(_));
    let is_other = |line_number: u64| {
        let mut same = listed.iter().filter(|bad| bad.line_number == line_number);
        same.any(|bad| !was_row(&bad))
    };
    let mut all = Vec::new();
    for lines in &rows.bursts {
        let mut start = lines.start;
        let bytes = &buffer[lines.start..lines.start + lines.bytes];
        for (line_number, line) in
            (lines.lines_before + 1..).zip(bytes.split_inclusive(|&byte| byte == b'\n'))
        {
            if !is_other(line_number) {
                let length = without_ending(line).len();
                let reason = BadLineReason::Refused { line_number: missing };
                all.push(BadLine {
                    line_number,
                    start,
                    length,
                    column: None,
                    value: None,
                    reason,
                    is_left_out: true,
                });
            }
            start += line.len();
        }
    }
    converted.left_out += all.len() as u64;
    converted.refused += all.len() as u64;
    // A line that has a reason of its own keeps it.
    all.retain(|bad| listed.iter().all(|other| other.line_number != bad.line_number));
    all.extend(listed.into_iter().map(|bad| BadLine { is_left_out: true, ..bad }));
    all.sort_by_key(|bad| bad.line_number);
    converted.bad.extend(all);
}

fn without_ending(line: &[u8]) -> &[u8] {
    let line = line.strip_suffix(b"\n").unwrap_or(line);
    line.strip_suffix(b"\r").unwrap_or(line)
}

/// Fills a list with the places of a column, in all rows or in those with some indices.
fn fill_with_places(
    spans: &mut Vec<Span>,
    table: Uniform<'_>,
    column: FixedColumn,
    rows: Option<&[u32]>,
) {
    spans.clear();
    if let Some(rows) = rows {
        spans.extend(rows.iter().map(|&row| place_in_row(table, row as usize, column)));
    } else if column.is_one_field() {
        table.append_spans(column.first(), spans);
        if !column.is_whole() {
            spans.iter_mut().for_each(|span| *span = column.span(*span, *span));
        }
    } else {
        let place =
            |row: UniformRow<'_>| column.span(row.span(column.first()), row.span(column.last()));
        spans.extend(table.rows().map(place));
    }
}

/// Returns the place of a column in one row.
fn place_in_row(table: Uniform<'_>, row: usize, column: FixedColumn) -> Span {
    let row = table.row(row).expect("the row is one of the table");
    let first = row.span(column.first());
    column.span(first, if column.is_one_field() { first } else { row.span(column.last()) })
}

/// Returns the rows of a batch in which every column is where it usually is.
fn usual_rows<'a, 'f>(
    format: &'f LogFormat,
    batch: &Batch<'a>,
) -> Option<(&'f FixedLayout, Uniform<'a>)> {
    let layout = format.fixed_layout()?;
    let table = batch.uniform().filter(|table| table.columns() == layout.fields())?;
    let bytes = batch.as_bytes();
    let is_usual = !layout.has_literals() || table.rows().all(|row| layout.matches(bytes, &row));
    is_usual.then_some((layout, table))
}
