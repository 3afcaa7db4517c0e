//! Columns of log formats in the place of fields: found in each record, decoded where that is
//! wanted, and written as text or JSON Lines.

use std::error::Error;
use std::ops::Range;
use std::sync::Arc;

use delimark::{Batch, Dialect, Record, Records, Span};
use delimark_formats::{FixedColumn, FixedLayout, LogFormat, decode};

use crate::fields::FieldList;
use crate::json_lines::{InvalidUtf8, JsonLines, Keys, NotUtf8};
use crate::output_format::Format;
use crate::pending::Pending;
use crate::rejected::Rejected;
use crate::row::Row;
use crate::selection::FieldSelection;
use crate::text::Text;

/// The columns asked for, and the form in which they are written.
#[derive(Clone, Debug)]
pub struct ColumnOptions {
    /// The columns, by name or number.
    pub selection: FieldSelection,
    /// The form.
    pub output: ColumnOutput,
    /// True if escapes that the server wrote are turned back into bytes.
    pub decodes: bool,
    /// True if a record that is not in the format ends the input; else it is left out and listed.
    pub stops_at_mismatch: bool,
}

/// The form in which columns are written.
#[derive(Clone, Debug)]
pub enum ColumnOutput {
    /// With these bytes between values.
    Text {
        /// The bytes.
        delimiter: Vec<u8>,
    },
    /// An object a line.
    JsonLines {
        /// The keys, instead of the columns' names.
        keys: Option<Vec<String>>,
        /// The way with values that are not UTF-8.
        invalid_utf8: InvalidUtf8,
    },
}

/// Writes columns of the records in a log format.
#[derive(Clone, Debug)]
pub struct Columns {
    log_format: LogFormat,
    options: Arc<ColumnOptions>,
    writer: Writer,
    shortcut: Option<Shortcut>,
}

#[derive(Clone, Debug)]
enum Writer {
    Text(Text),
    JsonLines(JsonLines),
}

/// A faster way for records that are alike: the columns are whole fields, and copied as they are.
#[derive(Clone, Debug)]
struct Shortcut {
    /// The byte between values.
    delimiter: u8,
    chosen: Vec<FixedColumn>,
}

/// The reason why nothing more is appended.
#[derive(Clone, Debug)]
pub(crate) enum Stop {
    NotUtf8(NotUtf8),
    Rejected(Rejected),
}

impl Stop {
    /// Returns the number of the line that was not appended.
    pub(crate) fn line_number(&self) -> u64 {
        match self {
            Self::NotUtf8(error) => error.line_number(),
            Self::Rejected(rejected) => rejected.line_number,
        }
    }
}

/// The way in which a line of the input becomes one of the output.
#[derive(Clone, Debug)]
pub enum LineFormat {
    /// By its fields.
    Fields(Format),
    /// By the columns of a log format.
    Columns(Columns),
}

impl Columns {
    /// Finds the columns asked for among those of a format.
    ///
    /// # Errors
    ///
    /// There is no such column, or a key would be written twice.
    pub fn new(
        log_format: LogFormat,
        options: Arc<ColumnOptions>,
    ) -> Result<Self, Box<dyn Error + Send + Sync>> {
        let names: Vec<String> =
            log_format.columns().iter().map(|column| column.name().to_owned()).collect();
        let fields = options.selection.resolve(&names)?;
        let beyond = u32::try_from(names.len()).ok().and_then(|count| fields.first_beyond(count));
        if let Some(number) = beyond {
            return Err(format!(
                "there is no column {number}: the format has {} (they are: {})",
                names.len(),
                names.join(", ")
            )
            .into());
        }
        let writer = match &options.output {
            ColumnOutput::Text { delimiter } => {
                let input_delimiter = log_format.dialect().delimiter();
                let text = Text::new(fields.clone(), input_delimiter, delimiter.clone());
                Writer::Text(text)
            }
            ColumnOutput::JsonLines { keys, invalid_utf8 } => {
                let keys = keys.as_deref().map_or(Keys::OfColumns(&names), Keys::Given);
                Writer::JsonLines(JsonLines::new(&fields, keys, *invalid_utf8)?)
            }
        };
        let shortcut = Shortcut::new(&log_format, &fields, &options);
        Ok(Self { log_format, options, writer, shortcut })
    }

    /// Returns the format of the records.
    #[must_use]
    pub fn log_format(&self) -> &LogFormat {
        &self.log_format
    }

    /// Returns the dialect of the records, with the rest of it as another has it.
    pub(crate) fn dialect(&self, other: &Dialect) -> Dialect {
        let dialect = self.log_format.dialect().with_ragged(other.ragged());
        dialect
            .with_line_ending(other.line_ending())
            .with_line_limit(other.line_limit_bytes())
            .expect("another dialect has this limit")
    }

    /// Reads a line that begins with `#`, which may name other columns for the records after it.
    pub(crate) fn after_directive(
        &self,
        line: &[u8],
    ) -> Result<Option<Self>, Box<dyn Error + Send + Sync>> {
        match self.log_format.read_directive(line)? {
            Some(log_format) => Self::new(log_format, Arc::clone(&self.options)).map(Some),
            None => Ok(None),
        }
    }

    /// Returns how many bytes the records of a batch mostly come to at most: it can have more
    /// columns than fields.
    pub(crate) fn bytes_expected(&self, batch: &Batch<'_>) -> usize {
        let room = match &self.writer {
            Writer::Text(text) => text.room(),
            Writer::JsonLines(json_lines) => json_lines.room(),
        };
        room.bytes_of(batch)
    }

    /// Appends a whole batch of records that are alike, where that can be done; returns whether it
    /// was.
    pub(crate) fn append_rows(
        &self,
        batch: &Batch<'_>,
        output: &mut Pending,
        bytes_enough: usize,
    ) -> bool {
        let (Some(shortcut), Some(layout)) = (&self.shortcut, self.log_format.fixed_layout())
        else {
            return false;
        };
        let bytes_at_most = batch.as_bytes().len().saturating_mul(shortcut.chosen.len());
        bytes_at_most <= bytes_enough && shortcut.append(layout, batch, output)
    }

    /// Appends records of a batch until there are no more, or `output` has as many bytes. Those
    /// that are not in the format are rejected.
    pub(crate) fn append(
        &self,
        batch: &Batch<'_>,
        records: &mut Records<'_>,
        output: &mut Pending,
        bytes_enough: usize,
        rejected: &mut Vec<Rejected>,
    ) -> Result<(), Stop> {
        let mut places = vec![None; self.log_format.columns().len()];
        let mut decoded = Decoded::default();
        for record in records {
            let burst = batch.as_bytes();
            if let Err(mismatch) = self.log_format.match_record(burst, &record, &mut places) {
                let at = record.offset() + mismatch.offset() as u64;
                let reason = format!("is in another format: {} (byte {at})", mismatch.reason());
                let of_record = Rejected {
                    line_number: record.line_number(),
                    offset: record.offset(),
                    reason: reason.into(),
                };
                if self.options.stops_at_mismatch {
                    return Err(Stop::Rejected(of_record));
                }
                rejected.push(of_record);
                continue;
            }
            let decoded = self.options.decodes.then(|| {
                decoded.fill(&self.log_format, burst, &places);
                &decoded
            });
            let line_start = (record.offset() - batch.offset()) as usize;
            let row = ColumnRow { burst, record, line_start, places: &places, decoded };
            match &self.writer {
                Writer::Text(text) => text.append_fields(&row, output),
                Writer::JsonLines(json_lines) => {
                    json_lines.append_row(&row, output).map_err(Stop::NotUtf8)?;
                }
            }
            if output.len() >= bytes_enough {
                break;
            }
        }
        Ok(())
    }
}

impl Shortcut {
    fn new(log_format: &LogFormat, fields: &FieldList, options: &ColumnOptions) -> Option<Self> {
        let ColumnOutput::Text { delimiter } = &options.output else {
            return None;
        };
        let &[delimiter] = &delimiter[..] else {
            return None;
        };
        let columns = log_format.fixed_layout()?.columns();
        let indices =
            fields.ranges().iter().flat_map(|range| range.indices(log_format.columns().len()));
        let chosen: Option<Vec<FixedColumn>> =
            indices.map(|index| columns.get(index).copied()).collect();
        let chosen = chosen.filter(|chosen| !chosen.is_empty() && !options.decodes)?;
        Some(Self { delimiter, chosen })
    }

    /// Appends every record of a batch, or nothing.
    fn append(&self, layout: &FixedLayout, batch: &Batch<'_>, output: &mut Pending) -> bool {
        let Some(table) = batch.uniform().filter(|table| table.columns() == layout.fields()) else {
            return false;
        };
        let (burst, whole) = (batch.as_bytes(), output.len());
        for row in table.rows() {
            if !layout.matches(burst, &row) {
                output.truncate(whole);
                return false;
            }
            for column in &self.chosen {
                let span = column.span(row.span(column.first()), row.span(column.last()));
                output.push_part_and(burst, span.range(), self.delimiter);
            }
            output.replace_last(b'\n');
        }
        true
    }
}

/// A record with its columns.
struct ColumnRow<'a> {
    burst: &'a [u8],
    record: Record<'a>,
    /// The offset of the line in the burst.
    line_start: usize,
    places: &'a [Option<Span>],
    decoded: Option<&'a Decoded>,
}

impl Row for ColumnRow<'_> {
    fn len(&self) -> usize {
        self.places.len()
    }

    fn value(&self, index: usize) -> Option<&[u8]> {
        if let Some(decoded) = self.decoded {
            return decoded.value(index);
        }
        let span = self.places.get(index).copied().flatten()?;
        Some(&self.burst[span.range()])
    }

    fn line_number(&self) -> u64 {
        self.record.line_number()
    }

    fn offset(&self) -> u64 {
        self.record.offset()
    }

    fn start_in_line(&self, index: usize) -> usize {
        let span = self.places.get(index).copied().flatten();
        span.map_or(0, |span| span.start as usize - self.line_start)
    }
}

/// The values of a record as the client sent them.
#[derive(Debug, Default)]
struct Decoded {
    bytes: Vec<u8>,
    values: Vec<Option<Range<usize>>>,
}

impl Decoded {
    fn fill(&mut self, log_format: &LogFormat, burst: &[u8], places: &[Option<Span>]) {
        self.bytes.clear();
        self.values.clear();
        for (column, place) in log_format.columns().iter().zip(places) {
            let value = place.map(|span| {
                let start = self.bytes.len();
                decode(column.encoding(), &burst[span.range()], &mut self.bytes);
                start..self.bytes.len()
            });
            self.values.push(value);
        }
    }

    fn value(&self, index: usize) -> Option<&[u8]> {
        let range = self.values.get(index)?.clone()?;
        Some(&self.bytes[range])
    }
}
