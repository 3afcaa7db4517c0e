//! Cells: ways from a log to record batches.

use std::fs::File;
use std::io::{BufReader, Cursor};
use std::num::NonZeroUsize;
use std::path::Path;
use std::sync::Arc;

use arrow_array::RecordBatch;
use arrow_csv::ReaderBuilder;
use arrow_schema::{DataType, Field, Schema};
use delimark::Scanner;
use delimark_formats::LogFormat;
use delimark_pipeline::{
    Batcher, Chunk, ChunkPool, ChunkReader, ChunkSizes, ColumnKind, FormatOptions, Nulls,
    TableSchema,
};

/// The format of the log.
pub(crate) const FORMAT: &str = "$remote_addr|$time_iso8601|$request_method|$request_uri|\
    $server_protocol|$status|$body_bytes_sent|$http_referer|$http_user_agent|$request_time|\
    $upstream_addr|$upstream_response_time";

/// The types of a table.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Kind {
    /// Nothing but positions.
    Nothing,
    /// Twelve columns of bytes.
    Bytes,
    /// Twelve columns of text.
    Text,
    /// As arrow-csv types them: status and bytes whole numbers, the request's time a binary one.
    Simple,
    /// All that the format knows, with addresses of 16 bytes, and lists of upstream servers.
    Full,
}

/// A way to make batches; it is asked to keep them for the check alone.
pub(crate) struct Cell<'a> {
    pub(crate) name: String,
    pub(crate) kind: Kind,
    pub(crate) run: Box<dyn Fn(bool) -> Vec<RecordBatch> + 'a>,
}

pub(crate) fn schema(kind: Kind) -> TableSchema {
    let format = LogFormat::nginx(FORMAT).expect("the format is one");
    let options = FormatOptions { binary_addresses: kind == Kind::Full, ..Default::default() };
    let schema = TableSchema::of_format(&format, options).expect("it has a schema");
    let mut columns = schema.columns().to_vec();
    for column in &mut columns {
        if kind == Kind::Full {
            continue;
        }
        column.is_list = false;
        match (kind, &*column.name) {
            (Kind::Bytes, _) => column.kind = ColumnKind::Binary,
            (Kind::Simple, "status" | "body_bytes_sent") => column.kind = ColumnKind::Integer,
            (Kind::Simple, "request_time") => column.kind = ColumnKind::Float,
            _ => column.kind = ColumnKind::Text,
        }
        column.nulls = Nulls::default();
    }
    TableSchema::new(1, columns).expect("the names are the format's")
}

fn batcher(kind: Kind) -> Batcher {
    let format = LogFormat::nginx(FORMAT).expect("the format is one");
    Batcher::new(format, schema(kind)).expect("a backend runs")
}

/// Reads a log into chunks that stay.
fn chunks(log: &[u8]) -> Vec<Chunk> {
    let reader = Box::new(Cursor::new(log.to_vec()));
    let pool = ChunkPool::new(usize::MAX);
    let mut reader = ChunkReader::new(reader, pool, ChunkSizes::FILE, 1 << 20);
    std::iter::from_fn(|| reader.next_chunk().expect("memory can be read")).collect()
}

fn ours<'a>(
    name: &str,
    kind: Kind,
    chunks: &Arc<Vec<Chunk>>,
    change: impl Fn(Batcher) -> Batcher + 'a,
) -> Cell<'a> {
    let chunks = Arc::clone(chunks);
    let run = move |keeps: bool| {
        let mut batcher = change(batcher(kind));
        let mut kept = Vec::new();
        for chunk in chunks.iter() {
            let converted = batcher.convert(chunk);
            assert!(converted.bad.is_empty() && converted.stop.is_none());
            if keeps {
                kept.extend(converted.batches);
            } else {
                std::hint::black_box(&converted.batches);
            }
        }
        kept
    };
    Cell { name: name.to_owned(), kind, run: Box::new(run) }
}

fn arrow_csv<'a>(name: &str, kind: Kind, log: &'a [u8]) -> Cell<'a> {
    let names = schema(kind);
    let fields = names.columns().iter().map(|column| {
        let data_type = match (kind, column.kind) {
            (Kind::Simple, ColumnKind::Integer) => DataType::Int64,
            (Kind::Simple, ColumnKind::Float) => DataType::Float64,
            (Kind::Simple, _) => DataType::Utf8,
            _ => DataType::Utf8View,
        };
        Field::new(&column.name, data_type, true)
    });
    let schema = Arc::new(Schema::new(fields.collect::<Vec<_>>()));
    let run = move |keeps: bool| {
        let reader = ReaderBuilder::new(Arc::clone(&schema))
            .with_delimiter(b'|')
            .with_batch_size(Batcher::DEFAULT_BATCH_ROWS.get())
            .build_buffered(log)
            .expect("it can be read");
        let mut kept = Vec::new();
        for batch in reader {
            let batch = batch.expect("it can be read");
            if keeps {
                kept.push(batch);
            } else {
                std::hint::black_box(&batch);
            }
        }
        kept
    };
    Cell { name: name.to_owned(), kind, run: Box::new(run) }
}

fn from_path<'a>(path: &'a Path, chunk_bytes: usize) -> Cell<'a> {
    let sizes = ChunkSizes { least: chunk_bytes, most: chunk_bytes };
    let run = move |keeps: bool| {
        let file = Box::new(File::open(path).expect("it is there"));
        // Kept batches keep their chunks.
        let pool = ChunkPool::new(if keeps { usize::MAX } else { 4 * chunk_bytes });
        let mut reader = ChunkReader::new(file, pool, sizes, 1 << 20);
        let mut batcher = batcher(Kind::Full);
        let mut kept = Vec::new();
        while let Some(chunk) = reader.next_chunk().expect("it can be read") {
            let converted = batcher.convert(&chunk);
            if keeps {
                kept.extend(converted.batches);
            } else {
                std::hint::black_box(&converted.batches);
            }
        }
        kept
    };
    let name = format!("delimark full, from a path, chunks of {} KiB", chunk_bytes >> 10);
    Cell { name, kind: Kind::Full, run: Box::new(run) }
}

fn arrow_csv_from_path<'a>(path: &'a Path) -> Cell<'a> {
    let names = schema(Kind::Simple);
    let fields = names.columns().iter().map(|column| {
        let data_type = match column.kind {
            ColumnKind::Integer => DataType::Int64,
            ColumnKind::Float => DataType::Float64,
            _ => DataType::Utf8,
        };
        Field::new(&column.name, data_type, true)
    });
    let schema = Arc::new(Schema::new(fields.collect::<Vec<_>>()));
    let run = move |keeps: bool| {
        let file = BufReader::with_capacity(1 << 20, File::open(path).expect("it is there"));
        let reader = ReaderBuilder::new(Arc::clone(&schema))
            .with_delimiter(b'|')
            .with_batch_size(Batcher::DEFAULT_BATCH_ROWS.get())
            .build_buffered(file)
            .expect("it can be read");
        let batches = reader.map(|batch| batch.expect("it can be read"));
        if keeps {
            return batches.collect();
        }
        batches.for_each(|batch| drop(std::hint::black_box(batch)));
        Vec::new()
    };
    let name = "arrow-csv typed, from a path".to_owned();
    Cell { name, kind: Kind::Simple, run: Box::new(run) }
}

fn positions(log: &[u8]) -> Cell<'_> {
    let run = move |_: bool| {
        let format = LogFormat::nginx(FORMAT).expect("the format is one");
        let mut scanner = Scanner::new(format.dialect()).expect("a backend runs");
        let mut batches = scanner.scan(log);
        while let Some(batch) = batches.next().expect("lines are short") {
            std::hint::black_box(batch.separators().len());
        }
        Vec::new()
    };
    Cell { name: "delimark positions".to_owned(), kind: Kind::Nothing, run: Box::new(run) }
}

/// Returns all cells.
pub(crate) fn cells<'a>(log: &'a [u8], path: &'a Path) -> Vec<Cell<'a>> {
    let chunks = Arc::new(chunks(log));
    let same = |batcher: Batcher| batcher;
    let mut cells = vec![
        arrow_csv("arrow-csv typed", Kind::Simple, log),
        arrow_csv("arrow-csv text views", Kind::Text, log),
        positions(log),
        ours("delimark byte views", Kind::Bytes, &chunks, same),
        ours("delimark text views", Kind::Text, &chunks, same),
        ours("delimark typed as arrow-csv", Kind::Simple, &chunks, same),
        ours("delimark full", Kind::Full, &chunks, same),
        from_path(path, 256 << 10),
        from_path(path, 512 << 10),
        from_path(path, 1 << 20),
        from_path(path, 2 << 20),
        from_path(path, 4 << 20),
        arrow_csv_from_path(path),
    ];
    for rows in [1024, 2048, 4096] {
        let rows = NonZeroUsize::new(rows).expect("it is not 0");
        let name = format!("delimark full, batches of {rows} rows");
        let change = move |batcher: Batcher| batcher.with_batch_rows(rows);
        cells.push(ours(&name, Kind::Full, &chunks, change));
    }
    for (name, bytes) in bursts() {
        cells
            .push(ours(&name, Kind::Full, &chunks, move |batcher| batcher.with_burst_bytes(bytes)));
    }
    cells
}

/// Returns the sizes of bursts that are compared, with the names of their cells. A burst of one
/// byte is one line: one record at a time.
pub(crate) fn bursts() -> Vec<(String, NonZeroUsize)> {
    let kibibytes = [4, 8, 16, 64, 256].map(|kibibytes| {
        let bytes = NonZeroUsize::new(kibibytes << 10).expect("it is not 0");
        (format!("delimark full, bursts of {kibibytes} KiB"), bytes)
    });
    let one = ("delimark full, one record at a time".to_owned(), NonZeroUsize::MIN);
    [one].into_iter().chain(kibibytes).collect()
}
