//! CSV and JSON Lines.

use std::io::Write;
use std::sync::Arc;

use arrow_array::{ArrayRef, RecordBatch};
use arrow_cast::cast;
use arrow_csv::WriterBuilder;
use arrow_json::LineDelimitedWriter;
use arrow_schema::{ArrowError, DataType, Schema, SchemaRef};

use super::SinkError;
use super::file::Destination;

/// The kind of text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TextKind {
    /// Values with commas between them, and a header.
    Csv,
    /// An object a row; values that are null are left out.
    JsonLines,
}

/// Writes rows into memory.
pub(crate) struct TextEncoder {
    kind: TextKind,
    bytes: Vec<u8>,
}

impl TextEncoder {
    pub(super) fn new(kind: TextKind) -> Self {
        Self { kind, bytes: Vec::new() }
    }

    pub(super) fn write(&mut self, batch: &RecordBatch) -> Result<(), SinkError> {
        let batch = &with_zone_offset(batch)?;
        match self.kind {
            TextKind::Csv => {
                let writer = WriterBuilder::new().with_header(false);
                writer.build(&mut self.bytes).write(batch)?;
            }
            TextKind::JsonLines => {
                let mut writer = LineDelimitedWriter::new(&mut self.bytes);
                writer.write(batch)?;
                writer.finish()?;
            }
        }
        Ok(())
    }

    pub(super) fn finish(&mut self) -> Vec<u8> {
        std::mem::take(&mut self.bytes)
    }
}

/// Names the zone of timestamps by its distance from UTC, by which they are written: the names of
/// zones take a database, which is not here.
fn with_zone_offset(batch: &RecordBatch) -> Result<RecordBatch, ArrowError> {
    let mut columns: Vec<ArrayRef> = batch.columns().to_vec();
    let mut fields = batch.schema().fields().to_vec();
    for (field, column) in fields.iter_mut().zip(&mut columns) {
        if let Some(data_type) = zone_offset(field.data_type()) {
            *column = cast(column, &data_type)?;
            *field = Arc::new(field.as_ref().clone().with_data_type(data_type));
        }
    }
    RecordBatch::try_new(Arc::new(Schema::new(fields)), columns)
}

/// Returns the type with the zone so named; none where there is no zone in it.
fn zone_offset(data_type: &DataType) -> Option<DataType> {
    match data_type {
        DataType::Timestamp(unit, Some(_)) => {
            Some(DataType::Timestamp(*unit, Some("+00:00".into())))
        }
        DataType::List(item) => {
            let data_type = zone_offset(item.data_type())?;
            Some(DataType::List(Arc::new(item.as_ref().clone().with_data_type(data_type))))
        }
        _ => None,
    }
}

/// Text that is being written.
pub(crate) struct TextSink {
    destination: Destination,
}

impl TextSink {
    pub(super) fn new(
        kind: TextKind,
        schema: &SchemaRef,
        mut destination: Destination,
    ) -> Result<Self, SinkError> {
        if kind == TextKind::Csv {
            let empty = with_zone_offset(&RecordBatch::new_empty(Arc::clone(schema)))?;
            WriterBuilder::new().with_header(true).build(&mut destination).write(&empty)?;
        }
        Ok(Self { destination })
    }

    pub(super) fn append(&mut self, bytes: &[u8]) -> Result<(), SinkError> {
        self.destination.write_all(bytes)?;
        Ok(self.destination.hand_on()?)
    }

    pub(super) fn bytes(&self) -> u64 {
        self.destination.bytes()
    }

    pub(super) fn finish(self) -> Destination {
        self.destination
    }
}
