//! CSV and JSON Lines.

use std::io::Write;
use std::sync::Arc;

use arrow_array::RecordBatch;
use arrow_csv::WriterBuilder;
use arrow_json::LineDelimitedWriter;
use arrow_schema::SchemaRef;

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
            let empty = RecordBatch::new_empty(Arc::clone(schema));
            WriterBuilder::new().with_header(true).build(&mut destination).write(&empty)?;
        }
        Ok(Self { destination })
    }

    pub(super) fn append(&mut self, bytes: &[u8]) -> Result<(), SinkError> {
        Ok(self.destination.write_all(bytes)?)
    }

    pub(super) fn bytes(&self) -> u64 {
        self.destination.bytes()
    }

    pub(super) fn finish(self) -> Destination {
        self.destination
    }
}
