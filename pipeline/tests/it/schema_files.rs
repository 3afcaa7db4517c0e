//! Schema files: what is read, what comes back, and what is wrong with others.

use std::fs;
use std::io::{Cursor, sink};
use std::time::Duration;

use delimark_extract::{Interrupt, Progress};
use delimark_formats::{LogFormat, TimestampFormat};
use delimark_pipeline::{
    BadLines, BreakerOptions, ChunkSizes, ColumnKind, ConvertInput, ConvertOptions, Converter,
    FormatOptions, IpcKind, JsonDeadLetters, Nulls, Output, OutputFormat, ParquetOptions,
    SchemaFile, Source, SystemClock, TableColumn, TableSchema, TextKind, WrittenSchema,
};
use proptest::prelude::*;

#[test]
fn a_file_says_all_of_a_column() {
    let text = r#"
version = 7

[breaker]
mismatches = 5
probes = 10

[[columns]]
name = "code"
from = "status"
type = "unsigned"
required = true
nulls = []

[[columns]]
name = "request"
type = "binary"
decode = true

[[columns]]
name = "time_local"
type = "timestamp(clf)"
nulls = ["-"]
"#;
    let format = LogFormat::preset("combined").unwrap();
    let file = SchemaFile::parse(text).unwrap();
    let breaker = BreakerOptions { mismatches: 5, probes: 10, ..BreakerOptions::default() };
    assert_eq!(file.breaker, Some(breaker));
    assert_eq!(breaker.window, Duration::from_secs(60));
    let schema = file.resolve(&format).unwrap();
    assert_eq!(schema.version(), 7);
    let [code, request, time] = schema.columns() else { panic!("{schema:?}") };
    let status = format.find("status").unwrap();
    assert_eq!((code.source, code.kind), (Source::Column(status), ColumnKind::Unsigned));
    assert_eq!((code.is_required, code.nulls), (true, Nulls { dash: false, empty: false }));
    assert_eq!((request.nulls, request.is_required), (Nulls::BOTH, false));
    let encoding = format.columns()[format.find("request").unwrap()].encoding();
    assert_eq!(request.decoded, encoding);
    assert_eq!((time.nulls, time.kind.to_string()), (Nulls::DASH, "timestamp(clf)".to_owned()));
    let again = SchemaFile::parse(&file.to_toml()).unwrap();
    assert_eq!(again.breaker, file.breaker);
}

#[test]
fn names_may_have_a_unit_that_the_log_has_not() {
    let [_, _, format] = formats();
    let of_format = TableSchema::of_format(&format, FormatOptions::default()).unwrap();
    let is_with_unit =
        |column: &&TableColumn| column.name.ends_with("_ms") && format.find(&column.name).is_none();
    let with_unit = of_format.columns().iter().find(is_with_unit).expect("there are durations");
    let text = format!("version = 1\n[[columns]]\nname = '{}'\ntype = 'integer'\n", with_unit.name);
    let schema = SchemaFile::parse(&text).unwrap().resolve(&format).unwrap();
    assert_eq!(schema.columns()[0].source, with_unit.source);
}

#[test]
fn mistakes_are_told_with_their_line() {
    let column = "[[columns]]\nname = 'status'\ntype = 'integer'\n";
    for (text, expected) in [
        ("version = 1\n".to_owned(), "line 1: missing field `columns`"),
        (format!("version = -1\n{column}"), "line 1: invalid value: integer `-1`"),
        (format!("version = 1\nvrsion = 1\n{column}"), "line 2: unknown field `vrsion`"),
        (format!("version = 1\n{column}lists = true"), "line 5: unknown field `lists`"),
        (format!("version = 1\n{column}required = 1"), "line 5: invalid type: integer `1`"),
        (format!("version = 1\n{column}nulls = ['-',\n'NULL']"), "line 6: unknown null 'NULL'"),
        (format!("version = 1\n{column}from = 7"), "line 5: expected the name of a column"),
        (format!("version = 1\n{column}from = 'x'"), "line 3: the log has no column 'x'"),
        (
            format!("version = 1\n{column}from = ['status', 'time_local']"),
            "line 3: a date and a time of the day are a timestamp(iso8601)",
        ),
        (
            format!("version = 1\n{column}\n{}", column.replace("status", "Status")),
            "line 7: 'status' and 'Status' are the same",
        ),
        (
            format!("version = 1\n{}", column.replace("integer", "int")),
            "line 4: unknown type 'int'",
        ),
        (
            format!("version = 1\n{}", column.replace("integer", "decimal(19)")),
            "line 4: the digits of 'decimal(19)'",
        ),
        (
            format!("version = 1\n{}", column.replace("integer", "timestamp(rfc)")),
            "line 4: unknown writing of times 'rfc'",
        ),
        (format!("version = 1\n{}", column.replace("status", "")), "line 3: the name"),
        (format!("version = 1\n{column}[breaker]\nprobes = 0"), "mismatches and probes are 1"),
        (format!("version = 1\n{column}[breaker]\nprobe = 1"), "line 6: unknown field `probe`"),
        (format!("version = 1\n{column}name = 'again'"), "line 5: duplicate key"),
        (format!("version = 1\n{column}type"), "line 5: "),
        ("version = 1\ncolumns = []".to_owned(), "there is no column in it"),
    ] {
        let format = LogFormat::preset("combined").unwrap();
        let result = SchemaFile::parse(&text).and_then(|file| file.resolve(&format));
        let error = result.expect_err(&text).to_string();
        assert!(error.contains(expected), "{text}: {error}");
        assert_eq!(error.lines().count(), 1, "{error}");
    }
}

/// Returns formats with escapes, with lists, and with a date and a time.
fn formats() -> [LogFormat; 3] {
    let iis = LogFormat::preset("iis").unwrap();
    let fields = b"#Fields: date time cs-method cs-uri-stem sc-status time-taken";
    [
        LogFormat::preset("combined").unwrap(),
        LogFormat::nginx("$status|$upstream_response_time|$request_uri").unwrap(),
        iis.read_directive(fields).unwrap().unwrap(),
    ]
}

fn kind() -> impl Strategy<Value = ColumnKind> {
    let timestamp = |format| {
        let has_zone = format != TimestampFormat::ClfMilliseconds;
        ColumnKind::Timestamp { format, has_zone }
    };
    prop_oneof![
        Just(ColumnKind::Text),
        Just(ColumnKind::Binary),
        Just(ColumnKind::Integer),
        Just(ColumnKind::Unsigned),
        (0..=18u8).prop_map(|scale| ColumnKind::Decimal { scale }),
        Just(ColumnKind::Float),
        Just(ColumnKind::Boolean),
        Just(ColumnKind::Date),
        Just(ColumnKind::Address),
        prop::sample::select(vec![
            TimestampFormat::Clf,
            TimestampFormat::ClfMilliseconds,
            TimestampFormat::Iso8601,
            TimestampFormat::EpochSeconds,
            TimestampFormat::EpochMilliseconds,
            TimestampFormat::EpochMicroseconds,
        ])
        .prop_map(timestamp),
    ]
}

type Column = (String, usize, ColumnKind, [bool; 5]);

fn schema(format: &LogFormat, version: u32, columns: Vec<Column>) -> Option<TableSchema> {
    let columns = columns.into_iter().map(|(name, index, kind, choices)| {
        let [is_list, dash, empty, is_required, decodes] = choices;
        let index = index % format.columns().len();
        let encoding = format.columns()[index].encoding();
        TableColumn {
            name,
            source: Source::Column(index),
            kind,
            is_list,
            nulls: Nulls { dash, empty },
            is_required,
            decoded: if decodes { encoding } else { delimark_formats::Encoding::Verbatim },
        }
    });
    TableSchema::new(version, columns.collect()).ok()
}

proptest! {
    #[test]
    fn schemas_come_back_as_they_were_written(
        version: u32,
        format in 0..3usize,
        columns in prop::collection::vec(
            ("[ -~\u{e9}\n\t]{1,6}", 0..100usize, kind(), any::<[bool; 5]>()), 1..8,
        ),
    ) {
        let format = &formats()[format];
        let Some(schema) = schema(format, version, columns) else {
            return Err(TestCaseError::reject("two names are alike"));
        };
        let text = schema.to_toml(format);
        let again = SchemaFile::parse(&text).and_then(|file| file.resolve(format));
        prop_assert_eq!(again, Ok(schema), "{}", text);
    }
}

/// Returns values of which each type takes some.
fn value() -> impl Strategy<Value = &'static str> {
    prop::sample::select(vec![
        "",
        "-",
        "7",
        "-7",
        "0.125",
        "1e300",
        "18446744073709551615",
        "yes",
        "10.0.0.1",
        "::1",
        "2026-03-01",
        "2026-03-01T10:00:00Z",
        "01/Mar/2026:10:00:00 +0000",
        "01/Mar/2026:10:00:00.123",
        "1, 2 : 3",
        "a longer text, with \\x22 in it",
    ])
}

/// Converts lines, and makes sure that none is lost.
fn convert(
    (format, schema): (&LogFormat, &TableSchema),
    output: OutputFormat,
    bad_lines: BadLines,
    has_breaker: bool,
    log: &str,
) {
    let folder = tempfile::tempdir().unwrap();
    let output = (output, Output::File(folder.path().join("x")), Vec::new());
    let options = ConvertOptions { bad_lines, group_bytes: 256, ..ConvertOptions::default() };
    let mut letters = JsonDeadLetters::new(sink());
    let mut converter =
        Converter::new(format.clone(), schema.clone(), options, output, &mut letters);
    if has_breaker {
        let breaker = BreakerOptions {
            mismatches: 1,
            cool_down: Duration::ZERO,
            probes: 1,
            ..BreakerOptions::default()
        };
        converter = converter.with_breaker(breaker, Box::new(SystemClock::default()));
    }
    let sizes = ChunkSizes { least: 64, most: 64 };
    let input = ConvertInput {
        name: "log",
        chunks: converter.chunk_reader(Box::new(Cursor::new(log.to_owned())), sizes),
        lines_before: 0,
        interrupt: Interrupt::default(),
        progress: &Progress::default(),
    };
    converter.add(input).unwrap();
    let counts = converter.counts();
    assert_eq!(counts.lines, log.lines().count() as u64);
    let files = converter.finish().unwrap();
    assert_eq!(files.iter().map(|file| file.rows).sum::<u64>(), counts.rows);
    assert_eq!(counts.rows + counts.left_out, counts.lines);
    if has_breaker && schema.columns().iter().all(|column| !column.is_required) {
        assert_eq!(counts.left_out, 0, "all that does not fit is text");
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn any_schema_takes_any_values(
        columns in prop::collection::vec(
            ("[a-z]{1,6}", 0..3usize, kind(), any::<[bool; 5]>()), 1..5,
        ),
        values in prop::collection::vec([value(), value(), value()], 1..40),
        ways: (bool, bool),
    ) {
        let format = &formats()[1];
        let Some(schema) = schema(format, 1, columns) else {
            return Err(TestCaseError::reject("two names are alike"));
        };
        let log: String = values.iter().map(|values| values.join("|") + "\n").collect();
        let bad_lines = if ways.0 { BadLines::Null } else { BadLines::LeaveOut };
        for output in [
            OutputFormat::Text(TextKind::JsonLines),
            OutputFormat::Parquet(ParquetOptions::default()),
            OutputFormat::Ipc(IpcKind::File),
        ] {
            convert((format, &schema), output, bad_lines, ways.1, &log);
        }
        let schema = schema.without_lists();
        convert((format, &schema), OutputFormat::Text(TextKind::Csv), bad_lines, ways.1, &log);
    }
}

#[test]
fn schemas_of_formats_come_back() {
    for format in formats() {
        let options = FormatOptions { decodes: true, ..FormatOptions::default() };
        let schema = TableSchema::of_format(&format, options).unwrap();
        let file = SchemaFile::parse(&schema.to_toml(&format)).unwrap();
        assert_eq!(file.resolve(&format).unwrap(), schema);
    }
}

#[test]
fn files_of_other_kinds_have_no_schema() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("x");
    assert!(WrittenSchema::read(&path).unwrap().is_none(), "there is none");
    assert!(WrittenSchema::read(folder.path()).unwrap().is_none(), "it is a folder");
    for bytes in [&b""[..], b"PAR1", b"PAR1 and then nothing PAR1", b"ARROW1", b"a,b\n1,2\n"] {
        fs::write(&path, bytes).unwrap();
        assert!(WrittenSchema::read(&path).unwrap().is_none(), "{}", bytes.escape_ascii());
    }
}
