//! Cuts at every byte, files that change, and the memory of chunks.

use std::fs;

use datafusion::arrow::array::StringViewBuilder;
use datafusion::arrow::buffer::{Buffer, OffsetBuffer};
use datafusion::arrow::compute::concat_batches;
use datafusion::arrow::datatypes::Field;
use datafusion::arrow::util::pretty::pretty_format_batches;
use datafusion::datasource::listing::FileRange;
use delimark_formats::LogFormat;

use super::*;
use crate::log::LogOptions;

/// A file of a table, with all that its scans take.
struct Table {
    log: Arc<Log>,
    path: PathBuf,
    size: u64,
    _folder: tempfile::TempDir,
}

/// The rows of ranges together, and the numbers of their lines and of those left out.
#[derive(Debug, PartialEq)]
struct Outcome {
    rows: String,
    lines: u64,
    left_out: u64,
}

impl Table {
    fn new(format: LogFormat, bytes: &[u8]) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("log");
        fs::write(&path, bytes).unwrap();
        let options = LogOptions { format: Some(format), ..LogOptions::default() };
        let (log, _) = Log::choose(&options, Some(&path)).unwrap();
        Self { log: Arc::new(log), path, size: bytes.len() as u64, _folder: folder }
    }

    fn open(&self, range: Option<(u64, u64)>, report: &Arc<ScanReport>) -> Result<LogScan> {
        let metrics = ExecutionPlanMetricsSet::new();
        let columns = (0..self.log.schema.columns().len()).collect();
        let store: Arc<dyn ObjectStore> = Arc::new(object_store::local::LocalFileSystem::new());
        let (log, report) = (Arc::clone(&self.log), Arc::clone(report));
        let opener = LogOpener::new(log, report, store, columns, None, None, (&metrics, 0));
        let mut file = PartitionedFile::new(self.path.to_str().unwrap(), self.size);
        file.range = range.map(|(start, end)| FileRange { start: start as i64, end: end as i64 });
        Ok(LogScan::open(opener.plan, self.path.clone(), &file)?)
    }

    fn read(&self, ranges: &[Option<(u64, u64)>]) -> Outcome {
        let report = Arc::new(ScanReport::default());
        let mut batches = Vec::new();
        for range in ranges {
            let scan = self.open(*range, &report).unwrap();
            batches.extend(scan.map(Result::unwrap));
        }
        let all = concat_batches(&self.log.arrow, &batches).unwrap();
        let counts = report.take();
        let rows = pretty_format_batches(&[all]).unwrap().to_string();
        Outcome { rows, lines: counts.lines, left_out: counts.left_out }
    }

    /// Cuts the file in two at every byte, and in three at some.
    fn check_cuts(&self) {
        let whole = self.read(&[None]);
        for cut in 0..=self.size {
            let two = self.read(&[Some((0, cut)), Some((cut, self.size))]);
            assert_eq!(two, whole, "cut at {cut} of {}", self.size);
            let next = (cut + 1).min(self.size);
            let ranges = [(0, cut), (cut, next), (next, self.size)].map(Some);
            assert_eq!(self.read(&ranges), whole, "the byte {cut} of {} alone", self.size);
        }
    }
}

fn recorded(name: &str) -> Vec<u8> {
    let path = format!("{}/../datasets/logs/{name}", env!("CARGO_MANIFEST_DIR"));
    fs::read(path).unwrap()
}

/// Returns the lines of a log from the middle of it, which have all sorts of escapes.
fn some_lines(name: &str) -> Vec<u8> {
    let log = recorded(name);
    let lines: Vec<&[u8]> = log.split_inclusive(|&byte| byte == b'\n').collect();
    lines[20..22].concat()
}

#[test]
fn every_cut_of_recorded_logs_gives_the_same_rows() {
    for (preset, name) in [
        ("combined", "nginx/combined.log"),
        ("haproxy-http", "haproxy/httplog.log"),
        ("squid", "squid/access.log"),
    ] {
        let format = LogFormat::preset(preset).unwrap();
        let lines = some_lines(name);
        Table::new(format.clone(), &lines).check_cuts();
        // Without the newline of the last line, and with other line endings.
        Table::new(format.clone(), &lines[..lines.len() - 1]).check_cuts();
        let text = String::from_utf8(lines).unwrap();
        let odd = format!("\n{}\n\nx\n", text.replacen('\n', "\r\n", 2));
        Table::new(format, odd.as_bytes()).check_cuts();
    }
}

#[test]
fn every_cut_of_conformance_vectors_gives_the_same_rows() {
    let mut inputs = 0;
    for (delimiter, input) in vectors().iter().filter(|(_, input)| input.len() <= VECTOR_BYTES) {
        let names = &["a", "b", "c", "d"][..input.len() % 4 + 1];
        let Ok(format) = LogFormat::delimited(*delimiter, names.iter().copied(), None) else {
            continue;
        };
        Table::new(format, input.as_bytes()).check_cuts();
        inputs += 1;
    }
    assert!(inputs > 100, "only {inputs} inputs were cut");
}

/// The longest input of a vector that is cut.
const VECTOR_BYTES: usize = 24;

/// Returns the delimiters and the inputs of the conformance vectors that are text.
fn vectors() -> Vec<(u8, String)> {
    let folder = format!("{}/../datasets/conformance/vectors", env!("CARGO_MANIFEST_DIR"));
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let suite = fs::read_to_string(entry.unwrap().path()).unwrap();
        let suite: serde_json::Value = serde_json::from_str(&suite).unwrap();
        for case in suite["cases"].as_array().unwrap() {
            let delimiter = case["dialect"]["delimiter"].as_str().map(str::as_bytes);
            if let (Some([delimiter]), Some(input)) = (delimiter, case["input"].as_str()) {
                found.push((*delimiter, input.to_owned()));
            }
        }
    }
    found
}

#[test]
fn a_file_that_became_shorter_is_an_error() {
    let format = LogFormat::preset("combined").unwrap();
    let table = Table::new(format, &some_lines("nginx/combined.log"));
    fs::write(&table.path, b"").unwrap();
    let error = table.open(None, &Arc::default()).err().unwrap();
    let message = QueryError::from(error).to_string();
    assert!(message.contains("has 0 now: it was cut short or replaced"), "{message}");
}

#[test]
fn a_file_that_is_cut_while_it_is_read_is_an_error() {
    let format = LogFormat::preset("combined").unwrap();
    let lines = some_lines("nginx/combined.log").repeat(4000);
    let table = Table::new(format, &lines);
    let mut scan = table.open(None, &Arc::default()).unwrap();
    assert!(scan.next().unwrap().is_ok());
    fs::OpenOptions::new().write(true).open(&table.path).unwrap().set_len(1 << 20).unwrap();
    let message = scan.find_map(Result::err).map(|error| QueryError::from(error).to_string());
    let message = message.expect("what is missing is told");
    assert!(message.contains("while it was read: it was cut short"), "{message}");
}

#[test]
fn lines_that_came_since_the_plan_are_not_read() {
    let format = LogFormat::preset("combined").unwrap();
    let lines = some_lines("nginx/combined.log");
    let table = Table::new(format, &lines);
    let before = table.read(&[None]);
    fs::write(&table.path, lines.repeat(3)).unwrap();
    assert_eq!(table.read(&[None]), before);
}

#[test]
fn text_lets_go_of_its_chunk_in_lists_too() {
    let mut builder = StringViewBuilder::new();
    let chunk = builder.append_block(Buffer::from_vec(vec![b'x'; 1 << 20]));
    builder.try_append_view(chunk, 0, 20).unwrap();
    let text: ArrayRef = Arc::new(builder.finish());
    let item = Arc::new(Field::new_list_field(DataType::Utf8View, true));
    let offsets = OffsetBuffer::from_lengths([1]);
    let list: ArrayRef = Arc::new(ListArray::new(item, offsets, Arc::clone(&text), None));
    let batch = RecordBatch::try_from_iter([("text", text), ("list", list)]).unwrap();
    let compacted = compact(&batch).unwrap();
    assert_eq!(compacted, batch);
    let bytes = compacted.get_array_memory_size();
    assert!(bytes < 1 << 16, "{bytes} bytes are kept");
}
