//! Whole conversions: threads, groups, files, and what does not fit.

use std::fs;
use std::io::{self, Cursor, Read};
use std::num::NonZeroUsize;
use std::path::Path;
use std::sync::{Arc, Mutex};

use delimark::SourceError;
use delimark_extract::{Interrupt, Progress};
use delimark_formats::LogFormat;
use delimark_pipeline::{
    BadLines, ChunkSizes, ConvertCounts, ConvertError, ConvertInput, ConvertOptions, Converter,
    DeadLetter, DeadLetters, FormatOptions, MemoryMeter, MemoryUse, Output, OutputFormat,
    ParquetOptions, Partitioning, PressureEvent, Rolling, TableSchema, TextKind, WrittenFile,
};

const FORMAT: &str = "$remote_addr|$request_uri|$status|$request_time";

/// Keeps dead letters in memory.
#[derive(Clone, Default)]
struct Kept(Arc<Mutex<Vec<DeadLetter>>>);

impl DeadLetters for Kept {
    fn take(&mut self, _: &str, letter: &DeadLetter) -> io::Result<()> {
        self.0.lock().unwrap().push(letter.clone());
        Ok(())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// A conversion of some bytes.
struct Conversion {
    options: ConvertOptions,
    format: OutputFormat,
    sizes: ChunkSizes,
}

impl Default for Conversion {
    fn default() -> Self {
        Self {
            options: ConvertOptions { group_bytes: 4096, memory_bytes: 8192, ..Default::default() },
            format: OutputFormat::Text(TextKind::JsonLines),
            sizes: ChunkSizes { least: 1024, most: 1024 },
        }
    }
}

type Outcome = (Result<Vec<WrittenFile>, ConvertError>, ConvertCounts, Vec<DeadLetter>);

impl Conversion {
    fn run(self, reader: Box<dyn Read + Send>, path: &Path) -> Outcome {
        let format = LogFormat::nginx(FORMAT).unwrap();
        let schema = TableSchema::of_format(&format, FormatOptions::default()).unwrap();
        let mut kept = Kept::default();
        let letters = Arc::clone(&kept.0);
        let output = (self.format, Output::File(path.to_owned()), Vec::new());
        let mut converter = Converter::new(format, schema, self.options, output, &mut kept);
        let chunks = converter.chunk_reader(reader, self.sizes);
        let progress = Progress::default();
        let input = ConvertInput {
            name: "log",
            chunks,
            lines_before: 0,
            interrupt: Interrupt::default(),
            progress: &progress,
        };
        let result = converter.add(input);
        let counts = converter.counts();
        let files = match result {
            Ok(()) => converter.finish(),
            Err(error) if error.keeps_rows() => {
                converter.finish().unwrap();
                Err(error)
            }
            Err(error) => Err(error),
        };
        let letters = letters.lock().unwrap().clone();
        (files, counts, letters)
    }
}

/// Makes a log of so many lines, of which some do not fit.
fn log(lines: usize) -> Vec<u8> {
    let line = |number: usize| match number % 97 {
        13 => format!("10.0.0.{}|/only|200\n", number % 256),
        59 => format!("10.0.0.{}|/{number}|2x0|0.1\n", number % 256),
        _ => format!(
            "10.0.0.{}|/{number}|{}|0.{:03}\n",
            number % 256,
            200 + number % 7,
            number % 1000
        ),
    };
    (0..lines).map(line).collect::<String>().into_bytes()
}

fn threads(count: usize) -> NonZeroUsize {
    NonZeroUsize::new(count).unwrap()
}

#[test]
fn any_number_of_threads_writes_the_same() {
    let folder = tempfile::tempdir().unwrap();
    let bytes = log(3000);
    for format in [
        OutputFormat::Text(TextKind::JsonLines),
        OutputFormat::Text(TextKind::Csv),
        OutputFormat::Parquet(ParquetOptions::default()),
    ] {
        let outcomes = [1, 2, 5].map(|count| {
            let path = folder.path().join(format!("{count}"));
            let mut conversion = Conversion { format: format.clone(), ..Default::default() };
            conversion.options.threads = threads(count);
            let (files, counts, letters) =
                conversion.run(Box::new(Cursor::new(bytes.clone())), &path);
            assert_eq!(files.unwrap()[0].rows, counts.rows);
            assert_eq!((counts.lines, counts.rows + counts.left_out), (3000, 3000));
            assert_eq!((counts.left_out, letters.len()), (62, 62));
            let most = counts.most_chunk_bytes;
            assert!(most <= 8192 + 1024, "{most} bytes of chunks");
            (fs::read(path).unwrap(), letters)
        });
        assert!(outcomes.iter().all(|outcome| *outcome == outcomes[0]), "{format:?}");
    }
    let left: Vec<_> = fs::read_dir(folder.path()).unwrap().collect();
    assert_eq!(left.len(), 3, "nothing unfinished is left: {left:?}");
}

#[test]
fn dead_letters_have_the_place_in_the_input() {
    let folder = tempfile::tempdir().unwrap();
    let bytes = log(3000);
    let mut conversion = Conversion::default();
    conversion.options.threads = threads(3);
    let (_, _, letters) =
        conversion.run(Box::new(Cursor::new(bytes.clone())), &folder.path().join("x"));
    let text = String::from_utf8(bytes).unwrap();
    let lines: Vec<&str> = text.lines().collect();
    for letter in letters {
        let index = letter.line_number as usize - 1;
        assert_eq!(letter.line.as_deref(), Some(lines[index].as_bytes()));
        let before: usize = lines[..index].iter().map(|line| line.len() + 1).sum();
        assert_eq!(letter.offset as usize, before);
        assert_eq!(letter.column.as_deref(), (index % 97 == 59).then_some("status"));
    }
}

#[test]
fn the_first_bad_line_can_end_it() {
    for count in [1, 3] {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("x");
        let mut conversion = Conversion::default();
        conversion.options.threads = threads(count);
        conversion.options.bad_lines = BadLines::Stop;
        let (files, _, letters) = conversion.run(Box::new(Cursor::new(log(3000))), &path);
        let error = files.unwrap_err();
        assert!(error.to_string().starts_with("line 14 at byte "), "{error}");
        assert!(letters.is_empty());
        let left: Vec<_> = fs::read_dir(folder.path()).unwrap().collect();
        assert!(left.is_empty(), "{left:?}");
    }
}

#[test]
fn too_many_bad_lines_end_it() {
    let folder = tempfile::tempdir().unwrap();
    let run = |limit| {
        let mut conversion = Conversion::default();
        conversion.options.bad_share_limit = Some(limit);
        conversion.run(Box::new(Cursor::new(log(3000))), &folder.path().join("x")).0
    };
    assert!(run(0.03).is_ok());
    let error = run(0.01).unwrap_err();
    assert!(error.to_string().ends_with("more than the 1 % that are allowed"), "{error}");
}

#[test]
fn a_bad_value_can_be_null() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("x");
    let mut conversion = Conversion::default();
    conversion.options.bad_lines = BadLines::Null;
    let (_, counts, letters) = conversion.run(Box::new(Cursor::new(log(97))), &path);
    assert_eq!((counts.rows, counts.left_out, counts.dead_letters), (96, 1, 2));
    assert!(!letters[1].is_left_out);
    let text = fs::read_to_string(path).unwrap();
    let expected = r#"{"remote_addr":"10.0.0.59","request_uri":"/59","request_time":0.100}"#;
    assert!(text.lines().any(|line| line == expected), "{text}");
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
fn rows_before_a_failure_of_the_input_are_kept() {
    for count in [1, 3] {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("x");
        let mut conversion = Conversion::default();
        conversion.options.threads = threads(count);
        let bytes = log(1000);
        let cut = bytes.len() - 5;
        let (files, counts, _) =
            conversion.run(Box::new(Failing(Cursor::new(bytes[..cut].to_vec()))), &path);
        let error = files.unwrap_err();
        assert_eq!(
            error.to_string(),
            format!("after 999 lines, at byte {cut}, it cannot be read: the cable is out")
        );
        let ConvertError::Input { error: SourceError::Input { .. }, .. } = error else {
            panic!("{error:?}");
        };
        let rows = fs::read_to_string(path).unwrap().lines().count();
        assert_eq!((rows as u64, counts.lines), (counts.rows, 999));
    }
}

#[test]
fn long_lines_are_left_out_if_that_is_asked_for() {
    let long = format!("10.0.0.1|/{}|200|0.1\n", "x".repeat(5000));
    let bytes = [&log(10)[..], long.as_bytes(), &log(10)].concat();
    for (skips, count) in [(true, 1), (true, 3), (false, 1), (false, 3)] {
        let folder = tempfile::tempdir().unwrap();
        let mut conversion = Conversion::default();
        conversion.options.threads = threads(count);
        conversion.options.line_limit_bytes = 2000;
        conversion.options.skips_long_lines = skips;
        let (files, counts, letters) =
            conversion.run(Box::new(Cursor::new(bytes.clone())), &folder.path().join("x"));
        if skips {
            assert_eq!((counts.lines, counts.rows, counts.left_out), (21, 20, 1));
            assert_eq!(letters[0].to_string(), "line 11 at byte 220 is longer than 2000 bytes");
            files.unwrap();
        } else {
            let error = files.unwrap_err().to_string();
            assert_eq!(error, "line 11 at byte 220 is longer than the limit");
            assert_eq!(counts.rows, 10);
        }
    }
}

#[test]
fn files_are_rolled() {
    let folder = tempfile::tempdir().unwrap();
    let mut conversion = Conversion::default();
    conversion.options.threads = threads(2);
    conversion.options.rolling = Rolling { rows: Some(200), bytes: None };
    let path = folder.path().join("log.jsonl");
    let (files, counts, _) = conversion.run(Box::new(Cursor::new(log(1000))), &path);
    let files = files.unwrap();
    assert!(files.len() > 2, "{files:?}");
    assert_eq!(files[1].path.as_deref(), Some(&*folder.path().join("log-00002.jsonl")));
    let texts = files.iter().map(|file| fs::read_to_string(file.path.as_ref().unwrap()).unwrap());
    let rows: Vec<usize> = texts.map(|text| text.lines().count()).collect();
    assert_eq!(rows.iter().sum::<usize>() as u64, counts.rows);
    assert!(rows[..rows.len() - 1].iter().all(|&rows| rows >= 200));
}

#[test]
fn a_full_disk_is_told_and_nothing_hangs() {
    for count in [1, 3] {
        let mut conversion = Conversion::default();
        conversion.options.threads = threads(count);
        let folder = tempfile::tempdir().unwrap();
        // The file that is written first is one that never has room.
        fs::create_dir(folder.path().join(".delimark-unfinished")).unwrap();
        let unfinished = folder.path().join(".delimark-unfinished/x");
        std::os::unix::fs::symlink("/dev/full", unfinished).unwrap();
        let (files, _, _) =
            conversion.run(Box::new(Cursor::new(log(100_000))), &folder.path().join("x"));
        let error = files.unwrap_err().to_string();
        assert!(error.starts_with("the output cannot be written: "), "{error}");
        assert!(!folder.path().join("x").exists());
    }
}

#[test]
fn an_empty_log_is_an_empty_table() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("x.csv");
    let conversion =
        Conversion { format: OutputFormat::Text(TextKind::Csv), ..Conversion::default() };
    let (files, counts, _) = conversion.run(Box::new(io::empty()), &path);
    assert_eq!(files.unwrap()[0].rows, 0);
    assert_eq!(counts.lines, 0);
    assert_eq!(fs::read_to_string(path).unwrap(), "remote_addr,request_uri,status,request_time\n");
}

/// A meter by which memory is tight for some looks, and then is not.
struct Tight(u32);

impl MemoryMeter for Tight {
    fn measure(&mut self) -> Option<MemoryUse> {
        self.0 = self.0.saturating_sub(1);
        let used_bytes = if self.0 > 0 { 90 } else { 10 };
        Some(MemoryUse { used_bytes, limit_bytes: 100 })
    }
}

/// Yields bytes so slowly that memory is looked at again and again.
struct Slow(Cursor<Vec<u8>>);

impl Read for Slow {
    fn read(&mut self, room: &mut [u8]) -> io::Result<usize> {
        std::thread::sleep(std::time::Duration::from_millis(30));
        let count = room.len().min(4 << 10);
        self.0.read(&mut room[..count])
    }
}

#[test]
fn tight_memory_makes_chunks_fewer_and_loses_nothing() {
    let format = LogFormat::nginx(FORMAT).unwrap();
    let schema = TableSchema::of_format(&format, FormatOptions::default()).unwrap();
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("x");
    let mut events = Vec::new();
    let mut kept = Kept::default();
    let options =
        ConvertOptions { group_bytes: 1 << 20, memory_bytes: 2 << 20, ..Default::default() };
    let output = (OutputFormat::Text(TextKind::JsonLines), Output::File(path.clone()), Vec::new());
    let mut converter = Converter::new(format, schema, options, output, &mut kept)
        .with_meter(Box::new(Tight(4)))
        .on_pressure(|event| events.push(event));
    let reader = Box::new(Slow(Cursor::new(log(7000))));
    let sizes = ChunkSizes { least: 4 << 10, most: 4 << 10 };
    let input = ConvertInput {
        name: "log",
        lines_before: 0,
        chunks: converter.chunk_reader(reader, sizes),
        interrupt: Interrupt::default(),
        progress: &Progress::default(),
    };
    converter.add(input).unwrap();
    assert_eq!(converter.counts().lines, 7000);
    converter.finish().unwrap();
    let degraded = |event: &&PressureEvent| matches!(event, PressureEvent::Degraded { .. });
    let count = events.iter().filter(degraded).count();
    assert_eq!(count, 3, "{events:?}");
    assert!(matches!(events.last(), Some(PressureEvent::Recovered { .. })), "{events:?}");
}

/// Converts a log into folders by a column; returns their names with the rows of each.
fn partitioned(format: &str, by: &str, log: &[u8]) -> Result<Vec<(String, usize)>, String> {
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path().join("table");
    let format = LogFormat::nginx(format).unwrap();
    let schema = TableSchema::of_format(&format, FormatOptions::default()).unwrap();
    let by: Partitioning = by.parse()?;
    by.check(&schema.arrow())?;
    let mut kept = Kept::default();
    let options = ConvertOptions { group_bytes: 4096, threads: threads(2), ..Default::default() };
    let output = Output::Folder { path: root.clone(), by };
    let output = (OutputFormat::Text(TextKind::JsonLines), output, Vec::new());
    let mut converter = Converter::new(format, schema, options, output, &mut kept);
    let reader = Box::new(Cursor::new(log.to_vec()));
    let input = ConvertInput {
        name: "log",
        lines_before: 0,
        chunks: converter.chunk_reader(reader, ChunkSizes { least: 1024, most: 1024 }),
        interrupt: Interrupt::default(),
        progress: &Progress::default(),
    };
    converter.add(input).map_err(|error| error.to_string())?;
    let counts = converter.counts();
    let files = converter.finish().map_err(|error| error.to_string())?;
    assert_eq!(files.iter().map(|file| file.rows).sum::<u64>(), counts.rows);
    let mut rows: Vec<(String, usize)> = Vec::new();
    for file in files {
        let path = file.path.unwrap();
        let name = path.parent().unwrap().strip_prefix(&root).unwrap().to_str().unwrap().to_owned();
        let lines = fs::read_to_string(&path).unwrap().lines().count();
        match rows.iter_mut().find(|(other, _)| *other == name) {
            Some((_, sum)) => *sum += lines,
            None => rows.push((name, lines)),
        }
    }
    Ok(rows)
}

#[test]
fn rows_go_into_folders_by_a_column() {
    let rows = partitioned(FORMAT, "status", &log(3000)).unwrap();
    assert_eq!(rows.len(), 7, "{rows:?}");
    assert_eq!(rows[0].0, "status_is=200");
    let log: String = (0..50)
        .map(|hour| format!("2026-03-{:02}T{:02}:59:59+00:00|-\n", 1 + hour / 24, hour % 24))
        .collect();
    let days = partitioned("$time_iso8601|$status", "day:time_iso8601", log.as_bytes()).unwrap();
    let name = |day| format!("time_iso8601_day=2026-03-0{day}");
    assert_eq!(days, [(name(1), 24), (name(2), 24), (name(3), 2)]);
    let hours = partitioned("$time_iso8601|$status", "hour:time_iso8601", log.as_bytes()).unwrap();
    assert_eq!(hours.len(), 50);
    assert_eq!(hours[24].0, "time_iso8601_hour=2026-03-02-00");
    let none = partitioned("$time_iso8601|$status", "status", log.as_bytes()).unwrap();
    assert_eq!(none, [("status_is=__HIVE_DEFAULT_PARTITION__".to_owned(), 50)]);
}

#[test]
fn what_is_no_name_of_folders_is_told() {
    for (by, expected) in [
        ("nothing", "there is no column 'nothing'"),
        ("request_uri", "'request_uri' is neither a whole number nor a day"),
        ("day:status", "'status' is no point in time"),
        ("week:status", "unknown unit 'week' (expected one of day, hour)"),
        ("day:", "there is no name of a column in it"),
    ] {
        let error = partitioned(FORMAT, by, b"").unwrap_err();
        assert!(error.starts_with(expected), "{error}");
    }
    let many: String = (0..200).map(|number| format!("10.0.0.1|/|{number}|0.1\n")).collect();
    let error = partitioned(FORMAT, "status", many.as_bytes()).unwrap_err();
    assert!(error.contains("more than 128 folders"), "{error}");
}
