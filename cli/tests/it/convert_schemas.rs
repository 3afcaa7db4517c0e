//! `delimark convert`: schemas from files, of samples, and what becomes of files with others.

use std::fs;
use std::path::Path;
use std::process::Output;

use super::{access_log, assert_fails, delimark, run, stderr_of, text};

const LOG: &str = r#"10.0.0.1 - - [01/Mar/2026:10:00:00 +0000] "GET / HTTP/1.1" 200 5 "-" "x"
10.0.0.2 - - [01/Mar/2026:10:00:01 +0000] "GET /a HTTP/1.1" 404 - "-" "y"
"#;

const TABLE: &str = "ip|status|seconds|zip\n10.0.0.1|200|0.5|0049\n10.0.0.2|404|1.25|-\n";

const SCHEMA: &str = "\
version = 2

[[columns]]
name = \"code\"
from = \"status\"
type = \"unsigned\"
required = true
nulls = [\"-\", \"\"]

[[columns]]
name = \"time_local\"
from = \"time_local\"
type = \"timestamp(clf)\"
nulls = [\"-\", \"\"]
";

/// A folder with files in it, in which the program is run.
struct Folder(tempfile::TempDir);

impl Folder {
    fn new(files: &[(&str, &str)]) -> Self {
        let folder = tempfile::tempdir().expect("a folder can be made");
        for (name, text) in files {
            fs::write(folder.path().join(name), text).expect("it can be written");
        }
        Self(folder)
    }

    fn convert(&self, arguments: &str, input: &str) -> Output {
        let arguments: Vec<&str> = arguments.split(' ').collect();
        let mut command = delimark(&["convert"]);
        command.args(arguments).current_dir(self.0.path());
        run(&mut command, input.as_bytes())
    }

    /// Converts what has to go well, and returns the messages.
    #[track_caller]
    fn converted(&self, arguments: &str, input: &str) -> String {
        let output = self.convert(arguments, input);
        assert_eq!(output.status.code(), Some(0), "{}", stderr_of(&output));
        stderr_of(&output).to_owned()
    }

    fn read(&self, name: &str) -> String {
        fs::read_to_string(self.0.path().join(name))
            .unwrap_or_else(|error| panic!("{name}: {error}"))
    }

    fn has(&self, name: &str) -> bool {
        self.0.path().join(name).exists()
    }
}

fn printed(output: &Output) -> &str {
    assert_eq!(output.status.code(), Some(0), "{}", stderr_of(output));
    str::from_utf8(&output.stdout).expect("schemas are UTF-8")
}

#[test]
fn a_schema_is_printed_changed_and_used() {
    let folder = Folder::new(&[("access.log", LOG)]);
    let output = folder.convert("--preset combined --print-schema access.log", "");
    let schema = printed(&output);
    assert!(schema.starts_with("version = 1\n\n[[columns]]\nname = \"remote_addr\"\n"), "{schema}");
    fs::write(folder.0.path().join("same.toml"), schema).unwrap();
    let output = folder.convert("--preset combined --schema same.toml --print-schema", "");
    assert_eq!(printed(&output), schema);

    fs::write(folder.0.path().join("s.toml"), SCHEMA).unwrap();
    let output = folder.convert("--preset combined --schema s.toml --print-schema", "");
    assert_eq!(printed(&output), SCHEMA);
    folder.converted("--preset combined --schema s.toml access.log -o x.csv", "");
    assert_eq!(
        folder.read("x.csv"),
        "code,time_local\n200,2026-03-01T10:00:00Z\n404,2026-03-01T10:00:01Z\n"
    );
}

#[test]
fn mistakes_of_a_schema_file_are_told_with_file_and_line() {
    let wrong = SCHEMA.replace("\"status\"", "\"statu\"");
    let folder = Folder::new(&[("access.log", LOG), ("wrong.toml", &wrong), ("no.toml", "x = ")]);
    let convert = |name| {
        folder.convert(&format!("--preset combined --schema {name} access.log -o x.csv"), "")
    };
    assert_fails(&convert("wrong.toml"), 2, "wrong.toml: line 4: the log has no column 'statu'");
    assert_fails(&convert("no.toml"), 2, "no.toml: line 1: ");
    assert_fails(&convert("none.toml"), 2, "cannot read none.toml: ");
    let both = "--preset combined --schema wrong.toml --fields status access.log -o x.csv";
    assert_fails(&folder.convert(both, ""), 2, "cannot be used with");
    assert!(!folder.has("x.csv"));
}

#[test]
fn types_of_a_table_are_found() {
    let folder = Folder::new(&[("t.txt", TABLE)]);
    let expected = "{\"ip\":\"10.0.0.1\",\"status\":200,\"seconds\":0.500,\"zip\":\"0049\"}\n\
                    {\"ip\":\"10.0.0.2\",\"status\":404,\"seconds\":1.250}\n";
    let told = folder.converted("--delimiter | --header t.txt -o x.jsonl", "");
    assert_eq!(folder.read("x.jsonl"), expected);
    assert_eq!(
        told,
        "delimark: types are found by a sample: all of t.txt\n\
         delimark: 'ip' is text: 2 of 2 values fit\n\
         delimark: 'status' is integer: 2 of 2 values fit\n\
         delimark: 'seconds' is decimal(3): 2 of 2 values fit\n\
         delimark: 'zip' is text: 1 of 1 values fit\n\
         delimark: wrote x.jsonl: 2 rows, 107 bytes\n"
    );
    let names = "--delimiter | --names ip,status,seconds,zip -o y.jsonl";
    folder.converted(names, TABLE.split_once('\n').unwrap().1);
    assert_eq!(folder.read("y.jsonl"), expected);
    let quoted = "\"a b\",c\n\"1,5\",2\n";
    folder.converted("--delimiter , --header --quote \" -o z.jsonl", quoted);
    assert_eq!(folder.read("z.jsonl"), "{\"a b\":\"1,5\",\"c\":2}\n");
}

#[test]
fn places_of_bad_lines_count_the_header() {
    let folder = Folder::new(&[]);
    let table = format!("{TABLE}10.0.0.3|2o0|1|7\n");
    let arguments = "--delimiter | --header --schema s.toml --dead-letter bad.jsonl -o x.jsonl";
    let schema = "version = 1\n[[columns]]\nname = 'status'\ntype = 'integer'\n";
    fs::write(folder.0.path().join("s.toml"), schema).unwrap();
    folder.converted(arguments, &table);
    let letter: serde_json::Value = serde_json::from_str(&folder.read("bad.jsonl")).unwrap();
    assert_eq!((&letter["line"], &letter["offset"]), (&4.into(), &TABLE.len().into()));
    let replay = "--delimiter | --names ip,status,seconds,zip --replay bad.jsonl -o y.jsonl";
    folder.converted(replay, "");
    assert_eq!(
        folder.read("y.jsonl"),
        "{\"ip\":\"10.0.0.3\",\"status\":\"2o0\",\"seconds\":1,\"zip\":7}\n"
    );
}

#[test]
fn headers_have_to_be_there_and_alike() {
    let folder = Folder::new(&[
        ("a.txt", TABLE),
        ("b.txt", "ip|zip\n1|2\n"),
        ("e.txt", ""),
        ("n.txt", "a||b\n"),
    ]);
    for (files, expected) in [
        ("a.txt b.txt", "b.txt: its header is not that of a.txt: 'ip|zip'"),
        ("e.txt", "e.txt: it is empty, and has no header"),
        ("n.txt", "n.txt: column 2 has no name in the header; --names gives some"),
    ] {
        let output = folder.convert(&format!("--delimiter | --header -o x.csv {files}"), "");
        assert_fails(&output, 2, expected);
    }
    let long = "a".repeat(100_000);
    assert_fails(
        &folder.convert("--delimiter | --header -o x.csv", &long),
        2,
        "longer than 64 KiB",
    );
    for (arguments, expected) in [
        ("--preset combined --header -o x.csv", "cannot be used with"),
        ("--preset combined --names a -o x.csv", "cannot be used with"),
        ("--delimiter | -o x.csv", "--header|--names"),
        ("--header -o x.csv", "--delimiter <BYTE>"),
        ("--delimiter | --names a --quote ' -o x.csv", "tables are read with '\"' only"),
        ("--delimiter | --names a", "--output <FILE>"),
    ] {
        assert_fails(&folder.convert(arguments, ""), 2, expected);
    }
    assert!(!folder.has("x.csv"));
}

#[test]
fn the_sample_is_from_all_over_the_file() {
    // Numbers at first, and text from the middle on.
    let line = |index: usize| match index {
        0..600_000 => format!("{index}|7\n"),
        _ => format!("{index}|x7\n"),
    };
    let table: String = (0..1_000_000).map(line).collect();
    let folder = Folder::new(&[("t.txt", &table)]);
    let arguments = "--delimiter | --names a,b --print-schema t.txt";
    let told = stderr_of(&folder.convert(arguments, "")).to_owned();
    assert!(told.contains("64 pieces from all over t.txt"), "{told}");
    assert!(told.contains("'a' is integer") && told.contains("'b' is text"), "{told}");
    let told =
        stderr_of(&folder.convert("--delimiter | --names a,b --print-schema", &table)).to_owned();
    assert!(told.contains("only the first MiB of standard input"), "{told}");
    assert!(told.contains("'b' is integer"), "{told}");
}

#[test]
fn what_was_read_for_the_sample_is_converted_too() {
    let table: String = (0..300_000).map(|index| format!("{index}|7\n")).collect();
    let folder = Folder::new(&[("t.txt", &table)]);
    let arguments = "--delimiter | --names a,b -o x.csv --threads 2";
    folder.converted(arguments, &table);
    assert_eq!(folder.read("x.csv"), format!("a,b\n{}", table.replace('|', ",")));
}

#[test]
fn lines_before_data_that_are_cut_short_are_converted() {
    let frame = zstd::encode_all(&b"1|7\n2|8\n"[..], 1).unwrap();
    let bytes = [&frame[..], &frame[..frame.len() / 2]].concat();
    let folder = Folder::new(&[]);
    fs::write(folder.0.path().join("t.zst"), bytes).unwrap();
    let output = folder.convert("--delimiter | --names a,b t.zst -o x.csv --partial", "");
    assert_fails(&output, 2, "t.zst: after 2 lines, at byte 8, it cannot be read: ");
    assert_eq!(folder.read("x.csv"), "a,b\n1,7\n2,8\n");
}

#[test]
fn text_of_known_formats_may_be_numbers() {
    let folder = Folder::new(&[]);
    let arguments = "--log-format $http_x_size|$status --print-schema";
    let log = "17|200\n-|404\n";
    let of_format = folder.convert(arguments, log);
    assert!(
        printed(&of_format)
            .contains("name = \"http_x_size\"\nfrom = \"http_x_size\"\ntype = \"text\"")
    );
    let inferred = folder.convert(&format!("{arguments} --infer"), log);
    assert!(printed(&inferred).contains("from = \"http_x_size\"\ntype = \"integer\""));
    assert!(!stderr_of(&inferred).contains("status"), "its type is known");
}

#[test]
fn changes_since_the_version_before_are_told() {
    let wider = SCHEMA.replace("version = 2", "version = 3").replace("unsigned", "float");
    let narrower = wider.replace("version = 3", "version = 4").replace("float", "integer");
    let same_version = SCHEMA.replace("unsigned", "float");
    let folder = Folder::new(&[
        ("access.log", LOG),
        ("2.toml", SCHEMA),
        ("3.toml", &wider),
        ("4.toml", &narrower),
        ("same.toml", &same_version),
    ]);
    let convert = |new: &str, old: &str, more: &str| {
        let more = format!("--preset combined --schema {new} --previous {old} -o {new}.csv{more}");
        folder.convert(&format!("{more} access.log"), "")
    };
    let output = convert("3.toml", "2.toml", "");
    assert_fails(&output, 0, "2.toml: 'code' is wider: float, was unsigned\n");
    let output = convert("4.toml", "3.toml", "");
    assert_fails(&output, 1, "3.toml: 'code' is narrower: integer, was float; incompatible\n");
    assert_fails(&output, 1, "nothing was written");
    assert!(!folder.has("4.toml.csv"));
    let output = convert("4.toml", "3.toml", " --confirm-schema");
    assert_fails(&output, 0, "incompatible\n");
    assert!(folder.has("4.toml.csv"));
    for confirm in ["", " --confirm-schema"] {
        let output = convert("same.toml", "2.toml", confirm);
        assert_fails(&output, 2, "the version has not become later: it is 2, and was 2");
    }
}

#[test]
fn a_file_of_another_version_stays_until_it_is_confirmed() {
    let later = SCHEMA.replace("version = 2", "version = 3");
    let other = SCHEMA.replace("unsigned", "float");
    let folder = Folder::new(&[
        ("access.log", LOG),
        ("2.toml", SCHEMA),
        ("3.toml", &later),
        ("other.toml", &other),
    ]);
    for name in ["x.parquet", "x.arrow"] {
        let convert = |schema: &str, more: &str| {
            let log = format!("--preset combined access.log -o {name} {schema}{more}");
            folder.convert(&log, "")
        };
        let bytes = || fs::read(folder.0.path().join(name)).unwrap();
        assert_fails(&convert("--schema 2.toml", ""), 0, "wrote");
        let before = bytes();
        assert_fails(&convert("--schema 2.toml", ""), 0, "wrote");
        for (schema, expected) in [
            ("--schema 3.toml", "it has a schema of version 2, and this one is of version 3\n"),
            ("--schema other.toml", "it has a schema of version 2, too, with other columns\n"),
            ("--floats", "it has a schema of version 2, and this one is of version 1\n"),
        ] {
            let output = convert(schema, " --dead-letter bad.jsonl");
            assert_fails(&output, 1, &format!("{name}: {expected}"));
            assert_fails(&output, 1, "nothing was written: --confirm-schema replaces the file");
            assert!(!folder.has("bad.jsonl"), "dead letters are nobody's yet");
        }
        assert_eq!(bytes(), before);
        assert_fails(&convert("--schema 3.toml", " --confirm-schema"), 0, "; confirmed\n");
        assert_ne!(bytes(), before);
        // Numbered files are in the same place.
        fs::write(folder.0.path().join(name.replace('.', "-00002.")), before).unwrap();
        let numbered = name.replace('.', "-00002.");
        assert_fails(&convert("--schema 3.toml", ""), 1, &format!("{numbered}: it has a schema"));
    }
}

#[test]
fn columns_of_no_schema_file_may_differ() {
    let folder = Folder::new(&[("access.log", LOG)]);
    for fields in ["status", "status,request"] {
        let arguments = format!("--preset combined --fields {fields} access.log -o x.parquet");
        folder.converted(&arguments, "");
    }
}

/// The format of the recorded log.
const FIELDS12: &str = "$remote_addr|$time_iso8601|$request_method|$request_uri|$server_protocol|\
                        $status|$body_bytes_sent|$http_referer|$http_user_agent|$request_time|\
                        $upstream_addr|$upstream_response_time";

#[test]
fn a_column_becomes_text_where_values_do_not_fit() {
    let log = fs::read_to_string(access_log()).unwrap();
    let damaged = log.replacen("|200|", "|2o0|", 3);
    let breaker = "\n[breaker]\ncool_down_seconds = 0\n";
    let columns = "version = 1\n[[columns]]\nname = 'status'\ntype = 'integer'\n";
    let schema = format!("{columns}{breaker}");
    let folder = Folder::new(&[("access.log", &damaged), ("b.toml", &schema), ("s.toml", columns)]);
    let convert = |more: &str| {
        let format = format!("--log-format {FIELDS12} --row-group-size 64KiB --threads 3");
        folder.convert(&format!("{format} access.log {more}"), "")
    };
    let output = convert("--schema b.toml -o x.jsonl --dead-letter bad.jsonl");
    let opened = "from line 1 on the breaker of 'status' is open, after closed: 3 values are not";
    assert_fails(&output, 0, opened);
    assert_fails(&output, 0, "is half-open, after open: its type is tried again\n");
    assert_fails(&output, 0, "is closed, after half-open: ");
    assert!(folder.read("x.jsonl").starts_with("{\"status\":\"2o0\"}\n"));
    assert!(folder.read("x-00002.jsonl").starts_with("{\"status\":"));
    let rows = ["x.jsonl", "x-00002.jsonl"].map(|name| folder.read(name).lines().count());
    assert_eq!(rows.iter().sum::<usize>(), 3846);
    assert_eq!(folder.read("bad.jsonl").lines().count(), 154, "only ragged lines are left out");

    let output = convert("--schema s.toml -o y.jsonl --on-bad-line text");
    assert_fails(&output, 0, "'status' is open");
    let output = convert("--schema s.toml -o z.jsonl");
    assert!(!stderr_of(&output).contains("breaker"), "without one lines are left out");
    assert_eq!(folder.read("z.jsonl").lines().count(), 3843);
    let output = convert("--schema b.toml -o - --to jsonl");
    assert_fails(&output, 2, "standard output is one file");
}

#[test]
fn a_value_that_must_be_there_is_told() {
    let log = LOG.replace(" 404 ", " - ");
    let folder = Folder::new(&[("access.log", &log), ("s.toml", SCHEMA)]);
    let told = folder.converted("--preset combined --schema s.toml access.log -o x.csv", "");
    assert!(
        told.contains(
            "access.log: line 2 lacks 'code', which the schema requires: the 2 lines of its \
             record batch are left out\n"
        ),
        "{told}"
    );
    assert_eq!(folder.read("x.csv"), "code,time_local\n");
}

#[test]
fn the_example_of_the_guide_works() {
    let guide = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/columns.md");
    let guide = fs::read_to_string(text(&guide)).unwrap();
    let (_, rest) = guide.split_once("```toml\n").expect("there is an example");
    let (schema, _) = rest.split_once("```").expect("it ends");
    let folder = Folder::new(&[("access.log", LOG), ("schema.toml", schema)]);
    let arguments = "--preset combined --schema schema.toml access.log -o x.jsonl";
    folder.converted(arguments, "");
    assert_eq!(folder.read("x.jsonl").lines().count(), 2);
}
