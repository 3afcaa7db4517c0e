//! Arrow IPC: files and streams of record batches.

use std::sync::Arc;

use arrow_array::RecordBatch;
use arrow_cast::cast;
use arrow_ipc::CompressionType;
use arrow_ipc::writer::{FileWriter, IpcWriteOptions, StreamWriter};
use arrow_schema::{Schema, SchemaRef};

use super::file::Destination;
use super::{Metadata, SinkError};

/// The kind of Arrow IPC.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum IpcKind {
    /// A file with a list of its batches at the end, compressed.
    File,
    /// A stream, whose end no reader can tell from one that was cut off between two batches.
    Stream,
}

/// Copies text out of chunks, so that these can be given back.
pub(crate) struct IpcEncoder {
    schema: SchemaRef,
    batches: Vec<RecordBatch>,
}

impl IpcEncoder {
    pub(super) fn new(schema: &SchemaRef) -> Self {
        Self { schema: Arc::clone(schema), batches: Vec::new() }
    }

    pub(super) fn write(&mut self, batch: &RecordBatch) -> Result<(), SinkError> {
        let fields = self.schema.fields().iter().zip(batch.columns());
        let columns = fields.map(|(field, array)| cast(array, field.data_type()));
        let columns = columns.collect::<Result<_, _>>()?;
        self.batches.push(RecordBatch::try_new(Arc::clone(&self.schema), columns)?);
        Ok(())
    }

    pub(super) fn finish(&mut self) -> Vec<RecordBatch> {
        std::mem::take(&mut self.batches)
    }
}

/// Arrow IPC that is being written.
pub(crate) enum IpcSink {
    File(FileWriter<Destination>),
    Stream(StreamWriter<Destination>),
}

impl IpcSink {
    pub(super) fn new(
        kind: IpcKind,
        schema: &Schema,
        metadata: &Metadata,
        destination: Destination,
    ) -> Result<Self, SinkError> {
        let schema = schema.clone().with_metadata(metadata.iter().cloned().collect());
        Ok(match kind {
            IpcKind::File => {
                let options =
                    IpcWriteOptions::default().try_with_compression(Some(CompressionType::ZSTD))?;
                Self::File(FileWriter::try_new_with_options(destination, &schema, options)?)
            }
            IpcKind::Stream => Self::Stream(StreamWriter::try_new(destination, &schema)?),
        })
    }

    pub(super) fn append(&mut self, batches: &[RecordBatch]) -> Result<(), SinkError> {
        for batch in batches {
            match self {
                Self::File(writer) => writer.write(batch)?,
                Self::Stream(writer) => writer.write(batch)?,
            }
        }
        if let Self::Stream(writer) = self {
            writer.get_mut().hand_on()?;
        }
        Ok(())
    }

    pub(super) fn bytes(&self) -> u64 {
        match self {
            Self::File(writer) => writer.get_ref().bytes(),
            Self::Stream(writer) => writer.get_ref().bytes(),
        }
    }

    pub(super) fn finish(self) -> Result<Destination, SinkError> {
        Ok(match self {
            Self::File(writer) => writer.into_inner()?,
            Self::Stream(writer) => writer.into_inner()?,
        })
    }
}
