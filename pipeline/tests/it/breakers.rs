//! Columns that are text for a while, batches that lack a value, and what is told of both.

use std::fs;
use std::io::{self, Cursor, Read};
use std::num::NonZeroUsize;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use delimark_extract::{Interrupt, Progress};
use delimark_formats::LogFormat;
use delimark_pipeline::{
    BadLines, BreakerOptions, ChunkSizes, Clock, ConvertCounts, ConvertInput, ConvertOptions,
    Converter, DeadLetter, DeadLetters, Event, Events, FormatOptions, Output, OutputFormat,
    ParquetOptions, SchemaFile, TableSchema, TextKind, WrittenFile,
};
use parquet::arrow::arrow_reader::ArrowReaderMetadata;

/// The format of the recorded log.
const FIELDS12: &str = "$remote_addr|$time_iso8601|$request_method|$request_uri|$server_protocol|\
                        $status|$body_bytes_sent|$http_referer|$http_user_agent|$request_time|\
                        $upstream_addr|$upstream_response_time";

/// A clock that goes on by so many seconds whenever it is looked at, twice a group.
struct Steps {
    seconds: u64,
    looks: AtomicU64,
}

impl Clock for Steps {
    fn now(&self) -> Duration {
        Duration::from_secs(self.looks.fetch_add(1, Ordering::Relaxed) * self.seconds)
    }
}

#[derive(Clone)]
struct Kept<T>(Arc<Mutex<Vec<T>>>);

impl<T: Clone> Kept<T> {
    fn new() -> Self {
        Self(Arc::new(Mutex::new(Vec::new())))
    }

    fn all(&self) -> Vec<T> {
        self.0.lock().unwrap().clone()
    }
}

impl Events for Kept<Event> {
    fn take(&mut self, event: &Event) {
        self.0.lock().unwrap().push(event.clone());
    }
}

impl DeadLetters for Kept<DeadLetter> {
    fn take(&mut self, _: &str, letter: &DeadLetter) -> io::Result<()> {
        self.0.lock().unwrap().push(letter.clone());
        Ok(())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// A conversion with breakers.
struct Breaking {
    format: LogFormat,
    schema: TableSchema,
    output: OutputFormat,
    options: ConvertOptions,
    breaker: Option<BreakerOptions>,
    /// The seconds between two looks at the clock.
    seconds: u64,
}

struct Outcome {
    files: Vec<WrittenFile>,
    counts: ConvertCounts,
    letters: Vec<DeadLetter>,
    events: Vec<Event>,
}

impl Breaking {
    fn new(format: &str) -> Self {
        let format = LogFormat::nginx(format).unwrap();
        Self {
            schema: TableSchema::of_format(&format, FormatOptions::default()).unwrap(),
            format,
            output: OutputFormat::Text(TextKind::JsonLines),
            options: ConvertOptions {
                group_bytes: 32 << 10,
                memory_bytes: 64 << 10,
                ..ConvertOptions::default()
            },
            breaker: Some(BreakerOptions::default()),
            seconds: 30,
        }
    }

    fn run(&self, log: &[u8], threads: usize, path: &Path) -> Outcome {
        let mut letters = Kept::<DeadLetter>::new();
        let (kept, events) = (letters.clone(), Kept::<Event>::new());
        let threads = NonZeroUsize::new(threads).unwrap();
        let options = ConvertOptions { threads, ..self.options.clone() };
        let output = (self.output.clone(), Output::File(path.to_owned()), Vec::new());
        let (format, schema) = (self.format.clone(), self.schema.clone());
        let mut converter = Converter::new(format, schema, options, output, &mut letters)
            .with_events(Box::new(events.clone()));
        if let Some(breaker) = self.breaker {
            let clock = Steps { seconds: self.seconds, looks: AtomicU64::new(0) };
            converter = converter.with_breaker(breaker, Box::new(clock));
        }
        let sizes = ChunkSizes { least: 8 << 10, most: 8 << 10 };
        let input = ConvertInput {
            name: "access.log",
            chunks: converter.chunk_reader(Box::new(Cursor::new(log.to_vec())), sizes),
            lines_before: 0,
            interrupt: Interrupt::default(),
            progress: &Progress::default(),
        };
        converter.add(input).unwrap();
        let counts = converter.counts();
        let files = converter.finish().unwrap();
        Outcome { files, counts, letters: kept.all(), events: events.all() }
    }
}

/// Returns the recorded log with a field of some lines, counted from 1, damaged.
fn damaged(field: usize, lines: &[usize]) -> Vec<u8> {
    let log = Path::new(env!("CARGO_MANIFEST_DIR")).join("../datasets/nginx/access.log");
    let log = fs::read_to_string(log).unwrap();
    let damage = |(index, line): (usize, &str)| {
        if !lines.contains(&(index + 1)) {
            return format!("{line}\n");
        }
        let mut fields: Vec<&str> = line.split('|').collect();
        assert_eq!(fields.len(), 12, "line {} cannot be damaged", index + 1);
        fields[field] = "2o0";
        fields.join("|") + "\n"
    };
    log.lines().enumerate().map(damage).collect::<String>().into_bytes()
}

fn shown(events: &[Event]) -> Vec<String> {
    events.iter().map(ToString::to_string).collect()
}

fn read(files: &[WrittenFile]) -> Vec<String> {
    files.iter().map(|file| fs::read_to_string(file.path.as_ref().unwrap()).unwrap()).collect()
}

#[test]
fn a_column_of_a_damaged_log_is_text_until_it_fits_again() {
    let folder = tempfile::tempdir().unwrap();
    let log = damaged(5, &[1001, 1002, 1003]);
    let outcomes = [1, 2, 5].map(|threads| {
        let path = folder.path().join(format!("{threads}.jsonl"));
        let outcome = Breaking::new(FIELDS12).run(&log, threads, &path);
        let texts = read(&outcome.files);
        (outcome, texts)
    });
    let (outcome, texts) = &outcomes[0];
    assert_eq!(
        shown(&outcome.events),
        [
            "access.log: from line 966 on the breaker of 'status' is open, after closed: 3 values \
             are not of its type, and it is text",
            "access.log: from line 2114 on the breaker of 'status' is half-open, after open: its \
             type is tried again",
            "access.log: from line 2114 on the breaker of 'status' is closed, after half-open: \
             206 values are of its type",
        ]
    );
    let names = ["1.jsonl", "1-00002.jsonl", "1-00003.jsonl"];
    assert!(
        outcome
            .files
            .iter()
            .map(|file| file.path.clone().unwrap())
            .eq(names.iter().map(|name| folder.path().join(name)))
    );
    assert_eq!(texts[1].matches("\"status\":\"2o0\"").count(), 3);
    for (text, has_text) in texts.iter().zip([false, true, false]) {
        assert!(text.lines().all(|line| line.contains("\"status\":\"") == has_text));
    }
    let ConvertCounts { lines, rows, left_out, .. } = outcome.counts;
    assert_eq!((lines, rows, left_out), (4000, 3846, 154), "only ragged lines are left out");
    assert_eq!(texts.iter().map(|text| text.lines().count()).sum::<usize>(), 3846);
    for (other, other_texts) in &outcomes[1..] {
        assert_eq!(other_texts, texts);
        assert_eq!(other.events, outcome.events);
        assert_eq!(other.letters, outcome.letters);
    }
}

#[test]
fn two_mismatches_are_dead_letters() {
    let folder = tempfile::tempdir().unwrap();
    let log = damaged(5, &[1001, 1002]);
    let outcome = Breaking::new(FIELDS12).run(&log, 2, &folder.path().join("x"));
    assert_eq!((outcome.events.len(), outcome.files.len()), (0, 1));
    let of_status = |letter: &&DeadLetter| letter.column.as_deref() == Some("status");
    assert_eq!(outcome.letters.iter().filter(of_status).count(), 2);
    assert_eq!(outcome.counts.left_out, 156);
}

#[test]
fn mismatches_that_are_far_apart_do_not_add_up() {
    let folder = tempfile::tempdir().unwrap();
    let log = damaged(5, &[1001, 2001, 3001]);
    let with_seconds = |seconds| {
        let breaking = Breaking { seconds, ..Breaking::new(FIELDS12) };
        breaking.run(&log, 1, &folder.path().join("x")).events.len()
    };
    assert_eq!(with_seconds(30), 0);
    assert_eq!(with_seconds(0), 1, "at the same time they do");
}

#[test]
fn a_mismatch_while_it_is_half_open_opens_it_again() {
    let folder = tempfile::tempdir().unwrap();
    let log = damaged(5, &[1001, 1002, 1003, 2200]);
    let outcome = Breaking::new(FIELDS12).run(&log, 3, &folder.path().join("x"));
    let states: Vec<String> = outcome
        .events
        .iter()
        .map(|event| match event {
            Event::Breaker { line_number, from, to, .. } => format!("{line_number}: {from}, {to}"),
            other => panic!("{other:?}"),
        })
        .collect();
    assert_eq!(
        states,
        [
            "966: closed, open",
            "2114: open, half-open",
            "2114: half-open, open",
            "3352: open, half-open",
            "3352: half-open, closed"
        ]
    );
    assert_eq!(outcome.files.len(), 3, "the file goes on where the trial failed at once");
    assert_eq!(outcome.counts.left_out, 154);
}

#[test]
fn the_file_says_which_column_is_text() {
    let folder = tempfile::tempdir().unwrap();
    let paths = [1, 4].map(|threads| {
        let log = damaged(11, &[1, 2, 3]);
        let mut breaking = Breaking::new(FIELDS12);
        breaking.output = OutputFormat::Parquet(ParquetOptions::default());
        let path = folder.path().join(format!("{threads}.parquet"));
        let outcome = breaking.run(&log, threads, &path);
        outcome.files.into_iter().map(|file| file.path.unwrap()).collect::<Vec<PathBuf>>()
    });
    for (one, other) in paths[0].iter().zip(&paths[1]) {
        assert!(fs::read(one).unwrap() == fs::read(other).unwrap(), "threads change {one:?}");
    }
    let marks: Vec<_> = paths[0]
        .iter()
        .map(|path| {
            let file = fs::File::open(path).unwrap();
            let metadata = ArrowReaderMetadata::load(&file, Default::default()).unwrap();
            let field = metadata.schema().field_with_name("upstream_response_time").unwrap();
            let mark = field.metadata().get("delimark.lenient").cloned();
            (field.data_type().to_string(), mark)
        })
        .collect();
    assert_eq!(marks[0], ("Utf8".to_owned(), Some("true".to_owned())), "from the first line on");
    assert_eq!(marks[1].1, None);
    assert!(marks[1].0.starts_with("List("), "{marks:?}");
    assert_eq!(marks.len(), 2);
}

#[test]
fn under_stop_the_first_mismatch_ends_it_and_no_column_is_text() {
    let folder = tempfile::tempdir().unwrap();
    let mut breaking = Breaking::new(FIELDS12);
    breaking.options.bad_lines = BadLines::Stop;
    let mut letters = Kept::<DeadLetter>::new();
    let output = (breaking.output, Output::File(folder.path().join("x")), Vec::new());
    let clock = Box::new(Steps { seconds: 0, looks: AtomicU64::new(0) });
    let mut converter =
        Converter::new(breaking.format, breaking.schema, breaking.options, output, &mut letters)
            .with_breaker(BreakerOptions { mismatches: 1, ..Default::default() }, clock);
    let log = damaged(5, &[2]);
    let input = ConvertInput {
        name: "access.log",
        chunks: converter.chunk_reader(Box::new(Cursor::new(log)), ChunkSizes::FILE),
        lines_before: 0,
        interrupt: Interrupt::default(),
        progress: &Progress::default(),
    };
    let error = converter.add(input).unwrap_err().to_string();
    assert!(error.starts_with("line 2 at byte 108: the value of 'status', '2o0',"), "{error}");
}

#[test]
fn a_batch_without_a_required_value_is_dead_letters() {
    const LINES: usize = 3000;
    let folder = tempfile::tempdir().unwrap();
    let line = |number: usize| match number {
        1500 => "10.0.0.1|-\n".to_owned(),
        1300 | 1501 => "10.0.0.1|2o0\n".to_owned(),
        1502 => "10.0.0.1\n".to_owned(),
        _ => format!("10.0.0.1|{}\n", 200 + number % 7),
    };
    let log: String = (1..=LINES).map(line).collect();
    let mut breaking = Breaking::new("$remote_addr|$status");
    let file = "version = 1\n[[columns]]\nname = 'status'\ntype = 'integer'\nrequired = true\n";
    breaking.schema = SchemaFile::parse(file).unwrap().resolve(&breaking.format).unwrap();
    breaking.breaker = None;
    breaking.options.batch_rows = NonZeroUsize::new(100).unwrap();
    breaking.options.burst_bytes = NonZeroUsize::new(1 << 10);
    for threads in [1, 3] {
        let outcome = breaking.run(log.as_bytes(), threads, &folder.path().join("x"));
        let ConvertCounts { lines, rows, left_out, dead_letters, .. } = outcome.counts;
        assert_eq!((lines, rows + left_out), (LINES as u64, LINES as u64));
        assert!((10..=103).contains(&left_out), "{left_out} lines were left out");
        assert_eq!(dead_letters, left_out, "each line is a dead letter once");
        let numbers: Vec<u64> = outcome.letters.iter().map(|letter| letter.line_number).collect();
        let (first, numbers) = numbers.split_first().unwrap();
        assert_eq!(*first, 1300, "in another batch of the chunk, it does not fit by itself");
        assert!(numbers.is_sorted_by(|one, next| next - one == 1), "they are one batch");
        let find = |number: u64| &outcome.letters[1 + (number - numbers[0]) as usize];
        assert_eq!(
            find(1500).reason,
            "is missing, which the schema does not allow",
            "{:?}",
            outcome.letters[0]
        );
        assert_eq!(find(1501).reason, "is no whole number");
        assert!(find(1499).reason.ends_with("must be there, in line 1500"));
        assert_eq!(find(1499).line.as_deref(), Some(&b"10.0.0.1|201"[..]));
        // Neither is that line of the batch, nor the one that is in another format.
        let refused = left_out - 2;
        assert_eq!(
            shown(&outcome.events),
            [format!(
                "access.log: line 1500 lacks 'status', which the schema requires: the {refused} \
                 lines of its record batch are left out"
            )]
        );
    }
}

#[test]
fn a_required_value_that_does_not_fit_is_never_null() {
    let folder = tempfile::tempdir().unwrap();
    let mut breaking = Breaking::new("$remote_addr|$status|$upstream_response_time");
    let file = "version = 1\n[[columns]]\nname = 'status'\ntype = 'integer'\nrequired = true\n\
                [[columns]]\nname = 'upstream_response_time'\ntype = 'decimal(3)'\nlist = true\n\
                required = true\n";
    breaking.schema = SchemaFile::parse(file).unwrap().resolve(&breaking.format).unwrap();
    breaking.breaker = None;
    let log = b"10.0.0.1|2o0|0.1\n10.0.0.1|200|0.1, x\n10.0.0.1|200|0.2\n";
    for (way, left_out) in [(BadLines::Null, 1), (BadLines::LeaveOut, 2)] {
        breaking.options.bad_lines = way;
        let outcome = breaking.run(log, 1, &folder.path().join("x"));
        assert_eq!(outcome.counts.left_out, left_out, "{way:?}");
        assert_eq!(outcome.counts.rows, 3 - left_out);
        assert_eq!(outcome.counts.dead_letters, 2);
        assert_eq!(outcome.events, []);
        assert!(outcome.letters[0].is_left_out);
    }
}

/// Yields some bytes, and then an error.
struct Failing(Cursor<Vec<u8>>);

impl Read for Failing {
    fn read(&mut self, room: &mut [u8]) -> io::Result<usize> {
        match self.0.read(room)? {
            0 => Err(io::Error::other("the cable is out")),
            count => Ok(count),
        }
    }
}

#[test]
fn a_group_that_is_converted_again_keeps_its_end_and_its_long_lines() {
    let folder = tempfile::tempdir().unwrap();
    let mut breaking = Breaking::new("$remote_addr|$status");
    breaking.options.line_limit_bytes = 100;
    breaking.options.skips_long_lines = true;
    let log = format!("a|200\na|2o0\n{}|200\na|200\n", "x".repeat(200)).into_bytes();
    let mut letters = Kept::<DeadLetter>::new();
    let kept = letters.clone();
    let output = (breaking.output, Output::File(folder.path().join("x")), Vec::new());
    let clock = Box::new(Steps { seconds: 0, looks: AtomicU64::new(0) });
    let mut converter =
        Converter::new(breaking.format, breaking.schema, breaking.options, output, &mut letters)
            .with_breaker(BreakerOptions { mismatches: 1, ..Default::default() }, clock);
    let sizes = ChunkSizes { least: 64, most: 64 };
    let reader = Box::new(Failing(Cursor::new(log.clone())));
    let input = ConvertInput {
        name: "access.log",
        chunks: converter.chunk_reader(reader, sizes),
        lines_before: 7,
        interrupt: Interrupt::default(),
        progress: &Progress::default(),
    };
    let error = converter.add(input).unwrap_err();
    assert!(error.keeps_rows());
    let at = log.len();
    let expected = format!("after 11 lines, at byte {at}, it cannot be read: the cable is out");
    assert_eq!(error.to_string(), expected);
    let files = converter.finish().unwrap();
    let row = |status| format!("{{\"remote_addr\":\"a\",\"status\":\"{status}\"}}\n");
    assert_eq!(read(&files), [["200", "2o0", "200"].map(row).concat()]);
    let letters: Vec<String> = kept.all().iter().map(ToString::to_string).collect();
    assert_eq!(letters, ["line 10 at byte 12 is longer than 100 bytes"]);
}
