//! Partitions: folders named `column=value`, as Hive has them, each with its own files.
//!
//! The folder's name is not that of the column, which stays in the files: PyArrow refuses a column
//! that is in both. Values are days, hours or whole numbers, which no reader takes for another one:
//! of text, `07` would become 7 and `1e3` 1000.

use std::collections::BTreeMap;
use std::fmt;
use std::path::{Path, PathBuf};
use std::str::FromStr;
use std::sync::Arc;

use arrow_array::cast::AsArray;
use arrow_array::temporal_conversions::{date32_to_datetime, timestamp_us_to_datetime};
use arrow_array::types::{Date32Type, Int64Type, TimestampMicrosecondType, UInt64Type};
use arrow_array::{Array, ArrayRef, BooleanArray, RecordBatch};
use arrow_schema::{DataType, Schema, SchemaRef};
use arrow_select::filter::filter_record_batch;

use super::{Encoder, Encoders, Output, Part, Sink, SinkError, WrittenFile};

/// The column by whose values rows are put into folders.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Partitioning {
    /// The name of the column.
    pub column: String,
    /// The part of its values that counts.
    pub unit: PartitionUnit,
}

/// The part of values by which rows are put into folders.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PartitionUnit {
    /// All of it: a whole number, or a day.
    Value,
    /// The day of a time.
    Day,
    /// The day and the hour of a time.
    Hour,
}

impl FromStr for Partitioning {
    type Err = String;

    /// Reads `status`, `day:time_local` or `hour:time_local`.
    fn from_str(text: &str) -> Result<Self, String> {
        let (unit, column) = match text.split_once(':') {
            Some(("day", column)) => (PartitionUnit::Day, column),
            Some(("hour", column)) => (PartitionUnit::Hour, column),
            Some((unit, _)) => {
                return Err(format!("unknown unit '{unit}' (expected one of day, hour)"));
            }
            None => (PartitionUnit::Value, text),
        };
        if column.is_empty() {
            return Err("there is no name of a column in it".to_owned());
        }
        Ok(Self { column: column.to_owned(), unit })
    }
}

impl fmt::Display for Partitioning {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.unit {
            PartitionUnit::Value => formatter.write_str(&self.column),
            PartitionUnit::Day => write!(formatter, "day:{}", self.column),
            PartitionUnit::Hour => write!(formatter, "hour:{}", self.column),
        }
    }
}

/// The partitions of one group, and of those that are open at once, at most.
const PARTITIONS_AT_ONCE: usize = 128;

/// The folder of rows whose value is null, as Hive calls it.
const OF_NULL: &str = "__HIVE_DEFAULT_PARTITION__";

/// Names the partitions of rows.
#[derive(Clone, Debug)]
pub(crate) struct Partitioner {
    index: usize,
    unit: PartitionUnit,
    key: String,
}

impl Partitioning {
    /// Finds the column in a schema, or says why it is none to partition by.
    ///
    /// # Errors
    ///
    /// There is no such column, or its values have no such part.
    pub fn check(&self, schema: &Schema) -> Result<(), String> {
        self.partitioner(schema).map(drop)
    }

    pub(crate) fn partitioner(&self, schema: &Schema) -> Result<Partitioner, String> {
        let Self { column, unit } = self;
        let index =
            schema.index_of(column).map_err(|_| format!("there is no column '{column}'"))?;
        let data_type = schema.field(index).data_type();
        let suffix = match (unit, data_type) {
            (PartitionUnit::Value, DataType::Int64 | DataType::UInt64 | DataType::Date32) => "is",
            (PartitionUnit::Day, DataType::Timestamp(_, _)) => "day",
            (PartitionUnit::Hour, DataType::Timestamp(_, _)) => "hour",
            (PartitionUnit::Value, DataType::Timestamp(_, _)) => {
                return Err(format!(
                    "'{column}' has too many values for folders: take day:{column} or hour:{column}"
                ));
            }
            (PartitionUnit::Value, _) => {
                return Err(format!(
                    "'{column}' is neither a whole number nor a day: readers would take the names \
                     of its folders for other values"
                ));
            }
            (PartitionUnit::Day | PartitionUnit::Hour, _) => {
                return Err(format!("'{column}' is no point in time"));
            }
        };
        let key = format!("{column}_{suffix}");
        if schema.index_of(&key).is_ok() {
            return Err(format!("folders would be named '{key}', as a column is"));
        }
        Ok(Partitioner { index, unit: *unit, key })
    }
}

impl Partitioner {
    /// Splits a batch into those of its partitions, which are named by their folders.
    fn split(&self, batch: &RecordBatch) -> Result<Vec<(String, RecordBatch)>, SinkError> {
        let names = self.names(batch.column(self.index));
        let mut rows: BTreeMap<&str, Vec<bool>> = BTreeMap::new();
        for (row, name) in names.iter().enumerate() {
            let of_name = rows.entry(name).or_insert_with(|| vec![false; names.len()]);
            of_name[row] = true;
        }
        if let [(name, _)] = &rows.iter().collect::<Vec<_>>()[..] {
            return Ok(vec![(self.folder(name), batch.clone())]);
        }
        rows.into_iter()
            .map(|(name, rows)| {
                let part = filter_record_batch(batch, &BooleanArray::from(rows))?;
                Ok((self.folder(name), part))
            })
            .collect()
    }

    fn folder(&self, name: &str) -> String {
        format!("{}={name}", self.key)
    }

    fn names(&self, array: &ArrayRef) -> Vec<String> {
        let name = |value: Option<String>| value.unwrap_or_else(|| OF_NULL.to_owned());
        match array.data_type() {
            DataType::Int64 => array
                .as_primitive::<Int64Type>()
                .iter()
                .map(|number| name(number.map(|n| n.to_string())))
                .collect(),
            DataType::UInt64 => array
                .as_primitive::<UInt64Type>()
                .iter()
                .map(|number| name(number.map(|n| n.to_string())))
                .collect(),
            DataType::Date32 => {
                let days = array.as_primitive::<Date32Type>().iter();
                days.map(|day| {
                    name(day.and_then(date32_to_datetime).map(|time| time.date().to_string()))
                })
                .collect()
            }
            DataType::Timestamp(_, _) => {
                let times = array.as_primitive::<TimestampMicrosecondType>().iter();
                let pattern =
                    if self.unit == PartitionUnit::Hour { "%Y-%m-%d-%H" } else { "%Y-%m-%d" };
                let written = |time: i64| {
                    timestamp_us_to_datetime(time).map(|time| time.format(pattern).to_string())
                };
                times.map(|time| name(time.and_then(written))).collect()
            }
            other => unreachable!("{other} is not among those that were checked"),
        }
    }
}

/// Encodes the rows of a group, each partition by itself.
pub(crate) struct GroupEncoder {
    encoders: Encoders,
    schema: SchemaRef,
    partitioner: Option<Partitioner>,
    /// The rows of each partition so far.
    begun: BTreeMap<String, (Encoder, u64)>,
}

/// The rows of a group that are in one partition; its folder has no name where there are none.
pub(crate) struct PartitionPart {
    pub(crate) folder: String,
    pub(crate) part: Part,
    pub(crate) rows: u64,
}

impl GroupEncoder {
    pub(super) fn new(
        encoders: Encoders,
        schema: SchemaRef,
        partitioner: Option<Partitioner>,
    ) -> Self {
        Self { encoders, schema, partitioner, begun: BTreeMap::new() }
    }

    pub(crate) fn write(&mut self, batch: &RecordBatch) -> Result<(), SinkError> {
        match &self.partitioner {
            None => self.write_to(String::new(), batch),
            Some(partitioner) => {
                for (folder, part) in partitioner.split(batch)? {
                    self.write_to(folder, &part)?;
                }
                Ok(())
            }
        }
    }

    fn write_to(&mut self, folder: String, batch: &RecordBatch) -> Result<(), SinkError> {
        if self.begun.len() == PARTITIONS_AT_ONCE && !self.begun.contains_key(&folder) {
            return Err(SinkError::Encoder(format!(
                "one group of lines has rows for more than {PARTITIONS_AT_ONCE} folders: partition \
                 by something with fewer values"
            )));
        }
        let (encoder, rows) = match self.begun.entry(folder) {
            std::collections::btree_map::Entry::Occupied(entry) => entry.into_mut(),
            std::collections::btree_map::Entry::Vacant(entry) => {
                entry.insert((self.encoders.encoder(&self.schema)?, 0))
            }
        };
        *rows += batch.num_rows() as u64;
        encoder.write(batch)
    }

    /// Ends a group of rows.
    pub(crate) fn finish(&mut self) -> Result<Vec<PartitionPart>, SinkError> {
        let mut parts = Vec::new();
        for (folder, (encoder, rows)) in &mut self.begun {
            parts.push(PartitionPart {
                folder: folder.clone(),
                part: encoder.finish()?,
                rows: *rows,
            });
        }
        // An encoder is kept for the next group, where there is but one.
        if self.partitioner.is_some() {
            self.begun.clear();
        }
        self.begun.values_mut().for_each(|(_, rows)| *rows = 0);
        Ok(parts)
    }
}

/// Appends parts to the files of their partitions.
pub(crate) struct PartitionedSink {
    /// The model for the sinks of partitions; it is the only sink where there are none.
    first: Sink,
    folder: Option<PathBuf>,
    /// By its folder, when it was last used, and the sink.
    open: BTreeMap<String, (u64, Sink)>,
    /// The files of partitions, some of which are no longer open.
    files: BTreeMap<String, Vec<WrittenFile>>,
    turn: u64,
}

impl PartitionedSink {
    pub(crate) fn new(first: Sink, folder: Option<PathBuf>) -> Self {
        Self { first, folder, open: BTreeMap::new(), files: BTreeMap::new(), turn: 0 }
    }

    pub(crate) fn encoders(&self) -> Encoders {
        self.first.encoders()
    }

    pub(crate) fn set_schema(&mut self, schema: &SchemaRef) -> Result<(), SinkError> {
        for (_, sink) in self.open.values_mut() {
            sink.set_schema(Arc::clone(schema))?;
        }
        self.first.set_schema(Arc::clone(schema))
    }

    pub(crate) fn append(&mut self, parts: Vec<PartitionPart>) -> Result<(), SinkError> {
        let Some(root) = self.folder.clone() else {
            return parts.into_iter().try_for_each(|of| self.first.append(of.part, of.rows));
        };
        for PartitionPart { folder, part, rows } in parts {
            if !self.open.contains_key(&folder) {
                self.close_oldest()?;
                let sink = self.begin(&root, &folder)?;
                self.open.insert(folder.clone(), (0, sink));
            }
            self.turn += 1;
            let (used, sink) = self.open.get_mut(&folder).expect("it was opened");
            *used = self.turn;
            sink.append(part, rows)?;
        }
        Ok(())
    }

    fn begin(&self, root: &Path, folder: &str) -> Result<Sink, SinkError> {
        let folder_path = root.join(folder);
        std::fs::create_dir_all(&folder_path)?;
        let path = folder_path.join(format!("part.{}", self.first.format.extension()));
        let files = self.files.get(folder).cloned().unwrap_or_default();
        Ok(self.first.of_partition(Output::File(path), files))
    }

    /// Ends the files of the partition that was not used for longest, where too many are open.
    fn close_oldest(&mut self) -> Result<(), SinkError> {
        if self.open.len() < PARTITIONS_AT_ONCE {
            return Ok(());
        }
        let oldest = self.open.iter().min_by_key(|(_, (used, _))| *used);
        let folder = oldest.map(|(folder, _)| folder.clone()).expect("some are open");
        let (_, sink) = self.open.remove(&folder).expect("it is open");
        let files = sink.finish()?;
        self.files.insert(folder, files);
        Ok(())
    }

    /// Ends all files, and returns them.
    pub(crate) fn finish(self) -> Result<Vec<WrittenFile>, SinkError> {
        if self.folder.is_none() {
            return self.first.finish();
        }
        let mut files = self.files;
        for (folder, (_, sink)) in self.open {
            files.insert(folder, sink.finish()?);
        }
        Ok(files.into_values().flatten().collect())
    }
}
