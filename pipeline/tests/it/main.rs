//! Tests of the pipeline as its users call it.

mod breakers;
mod conversions;
mod filters;
mod orders;
mod schema_files;
mod tables;
mod telemetry;
mod wide_tables;

use std::io::Cursor;
use std::path::Path;

use delimark_extract::{Interrupt, Progress};
use delimark_formats::LogFormat;
use delimark_pipeline::{
    Batcher, Chunk, ChunkPool, ChunkReader, ChunkSizes, ConvertError, ConvertInput, ConvertOptions,
    Converted, Converter, FormatOptions, JsonDeadLetters, Output, OutputFormat, TableSchema,
    TextKind,
};

/// Returns all of these bytes as one chunk.
fn chunk(bytes: &[u8]) -> Option<Chunk> {
    let reader = Box::new(Cursor::new(bytes.to_vec()));
    let size = bytes.len() + 1;
    let sizes = ChunkSizes { least: size, most: size };
    let mut reader = ChunkReader::new(reader, ChunkPool::new(1 << 30), sizes, 1 << 20);
    reader.next_chunk().expect("bytes can be read")
}

/// Converts bytes by a format, with its own schema.
fn convert(format: &LogFormat, options: FormatOptions, bytes: &[u8]) -> Converted {
    let schema = TableSchema::of_format(format, options).expect("the format has a schema");
    let mut batcher = Batcher::new(format.clone(), schema).expect("a backend runs");
    chunk(bytes).map_or_else(Converted::default, |chunk| batcher.convert(&chunk))
}

/// Converts bytes by a format into JSON Lines.
fn json(format: &LogFormat, bytes: &[u8]) -> String {
    let folder = tempfile::tempdir().expect("a folder can be made");
    let path = folder.path().join("table.jsonl");
    let output = OutputFormat::Text(TextKind::JsonLines);
    try_convert_to(&path, format, output, ConvertOptions::default(), bytes)
        .expect("it can be converted");
    std::fs::read_to_string(path).expect("it was written")
}

/// Converts bytes by a format into a file.
fn try_convert_to(
    path: &Path,
    format: &LogFormat,
    output: OutputFormat,
    options: ConvertOptions,
    bytes: &[u8],
) -> Result<(), ConvertError> {
    let schema = TableSchema::of_format(format, FormatOptions::default()).unwrap();
    let mut letters = JsonDeadLetters::new(std::io::sink());
    let output = (output, Output::File(path.to_owned()), Vec::new());
    let mut converter = Converter::new(format.clone(), schema, options, output, &mut letters);
    let reader = Box::new(Cursor::new(bytes.to_vec()));
    let input = ConvertInput {
        name: "log",
        chunks: converter.chunk_reader(reader, ChunkSizes { least: 1024, most: 1024 }),
        lines_before: 0,
        interrupt: Interrupt::default(),
        progress: &Progress::default(),
    };
    converter.add(input)?;
    converter.finish().map(drop)
}
