//! Tests of the pipeline as its users call it.

mod tables;

use std::io::Cursor;

use arrow_array::RecordBatch;
use delimark_formats::LogFormat;
use delimark_pipeline::{
    Batcher, Chunk, ChunkPool, ChunkReader, ChunkSizes, Converted, FormatOptions, TableSchema,
};

/// Returns all of these bytes as one chunk.
fn chunk(bytes: &[u8]) -> Option<Chunk> {
    let reader = Box::new(Cursor::new(bytes.to_vec()));
    let size = bytes.len() + 1;
    let sizes = ChunkSizes { least: size, most: size };
    let mut reader = ChunkReader::new(reader, ChunkPool::new(1 << 30), sizes, 1 << 20);
    reader.next().expect("bytes can be read")
}

/// Converts bytes by a format, with its own schema.
fn convert(format: &LogFormat, options: FormatOptions, bytes: &[u8]) -> Converted {
    let schema = TableSchema::of_format(format, options).expect("the format has a schema");
    let mut batcher = Batcher::new(format.clone(), schema).expect("a backend runs");
    chunk(bytes).map_or_else(Converted::default, |chunk| batcher.convert(&chunk))
}

/// Writes a batch as JSON, a row a line.
fn json(batches: &[RecordBatch]) -> String {
    let mut writer = arrow_json::LineDelimitedWriter::new(Vec::new());
    writer.write_batches(&batches.iter().collect::<Vec<_>>()).expect("it can be written");
    writer.finish().expect("it can be written");
    String::from_utf8(writer.into_inner()).expect("JSON is UTF-8")
}
