//! Tests of stages, all by configurations.

use std::path::Path;

use bytes::Bytes;

use super::*;
use crate::newline::Newline;

const LINE: &str = r#"10.0.0.1 - - [01/Mar/2026:10:00:00 +0000] "GET / HTTP/1.1" 200 5 "-" "x y""#;

fn config(stages: &str) -> Config {
    let text = format!(
        "state.folder = \"s\"\n[[source]]\nname = \"a\"\nlabels = {{ job = \"web\" }}\n\
         stdin = {{}}\n\
         [[sink]]\nname = \"f\"\nfile.path = \"out\"\n{stages}"
    );
    Config::parse(Path::new("ship.toml"), &text).unwrap_or_else(|error| panic!("{error}"))
}

fn run(stages: &str, text: &str) -> Outcome {
    let config = config(stages);
    let source = config.sources[0].get_ref();
    let mut pipeline = Pipeline::new(&config, source).unwrap();
    let bytes = Bytes::copy_from_slice(text.as_bytes());
    pipeline.run(&Lines::cut(bytes, Newline::Byte, "a.log".into(), Some(1), 0))
}

/// Shows entries as `{labels} line [metadata]`.
fn shown(outcome: &Outcome) -> Vec<String> {
    let entries = outcome.entries.iter().map(|entry| {
        let labels = entry.labels.iter().map(|(name, value)| format!("{name}={value}"));
        let metadata = entry
            .metadata
            .iter()
            .map(|(name, value)| format!("{name}={}", String::from_utf8_lossy(value)));
        let labels: Vec<String> = labels.collect();
        let metadata: Vec<String> = metadata.collect();
        let line = String::from_utf8_lossy(&entry.line);
        format!("{{{}}} {line} [{}]", labels.join(","), metadata.join(","))
    });
    entries.collect()
}

fn refused(stages: &str) -> String {
    let config = config(stages);
    let made = Pipeline::new(&config, config.sources[0].get_ref());
    let misplaced = made.and_then(|_| check_times(&config)).unwrap_err();
    misplaced.locate(Path::new("ship.toml"), stages).to_string()
}

const PARSE: &str = "[[stage]]\nparse.preset = \"combined\"\n";

#[test]
fn without_stages_lines_go_on_as_they_are() {
    let outcome = run("", "one\n\ntwo");
    assert_eq!(shown(&outcome), ["{job=web} one []", "{job=web}  []", "{job=web} two []"]);
    let origin = &outcome.entries[2].origin;
    assert_eq!((&*origin.source, origin.line, origin.offset), ("a.log", Some(3), 5));
    let times: Vec<i64> = outcome.entries.iter().map(|entry| entry.timestamp_ns).collect();
    assert!(times[0] < times[1] && times[1] < times[2], "{times:?}");
}

#[test]
fn columns_become_labels_metadata_and_the_time() {
    let stages = format!(
        "{PARSE}[[stage]]\nlabels = {{ status = \"\" }}\n\
         [[stage]]\nstructured_metadata = {{ address = \"remote_addr\" }}\n\
         [[stage]]\ntimestamp = {{ source = \"time_local\", format = \"clf\" }}\n"
    );
    let outcome = run(&stages, &format!("{LINE}\n{LINE}\n"));
    let expected = format!("{{job=web,status=200}} {LINE} [address=10.0.0.1]");
    assert_eq!(shown(&outcome), [expected.clone(), expected]);
    let time = 1_772_359_200_000_000_000;
    let second = time + LINE.len() as i64 + 1;
    let times: Vec<i64> = outcome.entries.iter().map(|entry| entry.timestamp_ns).collect();
    assert_eq!(times, [time, second], "the second line stands elsewhere, and is not the first");
}

#[test]
fn lines_in_another_format_are_kept_or_become_dead_letters() {
    let text = format!("{LINE}\nnot a line\n\"open\n{LINE}\n");
    let labels = "[[stage]]\nlabels = { status = \"\" }\n";
    let kept = run(&format!("{PARSE}{labels}"), &text);
    assert_eq!((kept.entries.len(), kept.unmatched, kept.dead.len()), (4, 2, 0));
    assert_eq!(shown(&kept)[1], "{job=web} not a line []");
    let dead = "[[stage]]\nparse = { preset = \"combined\", unmatched = \"dead-letter\" }\n";
    let outcome = run(&format!("{dead}{labels}"), &text);
    assert_eq!(outcome.entries.len(), 2);
    let mut letters: Vec<_> =
        outcome.dead.iter().map(|dead| (dead.origin.line, dead.line.as_deref())).collect();
    letters.sort();
    assert_eq!(letters, [(Some(2), Some(&b"not a line"[..])), (Some(3), Some(b"\"open"))]);
    assert!(outcome.dead.iter().any(|dead| dead.reason.contains("is in another format: byte")));
    assert_eq!(outcome.entries[1].origin.line, Some(4));
}

#[test]
fn the_first_lines_tell_the_format_where_nobody_says_it() {
    let stages = "[[stage]]\nparse.preset = \"auto\"\n\
                  [[stage]]\nlabels = { status = \"\" }\n";
    let outcome = run(stages, &format!("{LINE}\nother\n{LINE}\n"));
    let line = format!("{{job=web,status=200}} {LINE} []");
    assert_eq!(shown(&outcome), [line.clone(), "{job=web} other []".to_owned(), line]);
    assert_eq!(outcome.unmatched, 1);
    // Lines that nobody knows do not fix a format: those behind them may tell.
    let own = config(stages);
    let mut pipeline = Pipeline::new(&own, own.sources[0].get_ref()).unwrap();
    let mut run = |text: String| {
        pipeline.run(&Lines::cut(text.into(), Newline::Byte, "a".into(), Some(1), 0))
    };
    assert_eq!(run("what\nis this\n".to_owned()).unmatched, 2);
    assert_eq!(run("and this".to_owned()).unmatched, 1);
    let known = run(format!("{LINE}\n"));
    assert_eq!((known.unmatched, shown(&known).len()), (0, 1));
    assert!(shown(&known)[0].contains("status=200"));
}

#[test]
fn parse_reads_lines_that_were_changed_before() {
    let stages = format!(
        "[[stage]]\nreplace = {{ expression = '^syslog: ', replace = '' }}\n{PARSE}\
         [[stage]]\nlabels = {{ status = \"\" }}\n"
    );
    let outcome = run(&stages, &format!("syslog: {LINE}\nother\n"));
    assert_eq!(shown(&outcome)[0], format!("{{job=web,status=200}} {LINE} []"));
    assert_eq!(shown(&outcome)[1], "{job=web} other []");
}

#[test]
fn members_of_json_are_fields() {
    let stages = "[[stage]]\n\
                  json.expressions = { level = \"\", user = \"request.user\", n = \"n\" }\n\
                  [[stage]]\nlabels = { level = \"\" }\n\
                  [[stage]]\nstructured_metadata = { user = \"\", n = \"\" }\n";
    let lines = r#"{"level":"info","request":{"user":"a\"b","x":[1]},"n":1.50}
{"level":null,"n":true}
{"level":
"#;
    let outcome = run(stages, lines);
    let shown = shown(&outcome);
    assert!(shown[0].starts_with("{job=web,level=info}"), "{shown:?}");
    assert!(shown[0].ends_with("[n=1.50,user=a\"b]"), "{shown:?}");
    assert!(shown[1].starts_with("{job=web}") && shown[1].ends_with("[n=true]"), "{shown:?}");
    assert_eq!(outcome.unmatched, 1);
    let deep = "[".repeat(100_000);
    let outcome = run(stages, &format!("{{\"level\":{deep}"));
    assert_eq!((outcome.unmatched, outcome.entries.len()), (1, 1));
}

#[test]
fn pairs_of_logfmt_are_fields() {
    let stages = "[[stage]]\nlogfmt.mapping = { level = \"lvl\", msg = \"\" }\n\
                  [[stage]]\nlabels = { level = \"\" }\n\
                  [[stage]]\nstructured_metadata = { msg = \"\" }\n";
    let outcome = run(stages, "lvl=warn msg=\"a \\\"b\\\"\"\n");
    assert!(shown(&outcome)[0].starts_with("{job=web,level=warn}"));
    assert!(shown(&outcome)[0].ends_with("[msg=a \"b\"]"));
}

#[test]
fn labels_are_dropped_and_kept() {
    let labels = "[[stage]]\nlogfmt.mapping = { a = \"\", b = \"\" }\n\
                  [[stage]]\nlabels = { a = \"\", b = \"\" }\n";
    let dropped = run(&format!("{labels}[[stage]]\nlabeldrop = [\"a\", \"job\"]\n"), "a=1 b=2\n");
    assert_eq!(shown(&dropped), ["{b=2} a=1 b=2 []"]);
    let kept = run(&format!("{labels}[[stage]]\nlabelkeep = [\"a\"]\n"), "a=1 b=2\n");
    assert_eq!(shown(&kept), ["{a=1} a=1 b=2 []"]);
}

#[test]
fn lines_are_dropped_and_sampled() {
    let outcome = run("[[stage]]\ndrop.expression = '^debug'\n", "debug 1\ninfo\ndebug 2\n");
    assert_eq!((shown(&outcome), outcome.dropped), (vec!["{job=web} info []".to_owned()], 2));
    let outcome = run("[[stage]]\ndrop.longer_than = 3\n", "1234\n123\n");
    assert_eq!(outcome.entries.len(), 1);
    let outcome = run("[[stage]]\nsample.rate = 0.1\n", &"x\n".repeat(1_000));
    assert_eq!((outcome.entries.len(), outcome.dropped), (100, 900));
}

#[test]
fn templates_make_lines_and_fields() {
    let stages = "[[stage]]\nlogfmt.mapping = { a = \"\", b = \"\" }\n\
                  [[stage]]\ntemplate = { target = \"both\", template = \"{a}-{b}\" }\n\
                  [[stage]]\nlabels = { both = \"\" }\n\
                  [[stage]]\ntemplate = { template = \"<{_line}>\" }\n";
    assert_eq!(shown(&run(stages, "a=1 b=2\n")), ["{both=1-2,job=web} <a=1 b=2> []"]);
}

#[test]
fn stages_of_other_sources_are_left_out() {
    let text = "state.folder = \"s\"\n[[source]]\nname = \"a\"\nstdin = {}\n\
                [[source]]\nname = \"b\"\nstdin = {}\n[[sink]]\nname = \"f\"\nfile.path = \"out\"\n\
                [[stage]]\nsources = [\"b\"]\nsample.rate = 0.0\n";
    let config = Config::parse(Path::new("ship.toml"), text).unwrap();
    let rows = |index: usize| {
        let source = config.sources[index].get_ref();
        let mut pipeline = Pipeline::new(&config, source).unwrap();
        let bytes = Bytes::from_static(b"x\n");
        let lines = Lines::cut(bytes, Newline::Byte, "a".into(), None, 0);
        pipeline.run(&lines).entries.len()
    };
    assert_eq!((rows(0), rows(1)), (1, 0));
}

#[test]
fn stages_that_cannot_be_are_refused_with_their_place() {
    let refusals = [
        ("[[stage]]\nparse.preset = \"combinde\"\n", "combinde"),
        ("[[stage]]\nparse.log_format = \"$a$b\"\n", ""),
        ("[[stage]]\nparse = {}\n", "a format needs one of: preset, log_format"),
        ("[[stage]]\nparse.delimiter = \"||\"\n", "a delimiter is one byte"),
        ("[[stage]]\ndrop = {}\n", "it would drop every line"),
        ("[[stage]]\ndrop.expression = '('\n", "'(' is no expression"),
        ("[[stage]]\nsample.rate = 1.5\n", "a rate of 1.5 is not between 0 and 1"),
        ("[[stage]]\nlabels = { \"a.b\" = \"\" }\n", "'a.b' cannot be the name of a label"),
        ("[[stage]]\nstructured_metadata = { \"_\" = \"\" }\n", "cannot be the name of metadata"),
        ("[[stage]]\ntemplate.template = \"{a\"\n", "a '{' is never closed"),
        ("[[stage]]\ntimestamp = { source = \"t\", format = \"x\" }\n", "unknown format of times"),
        ("[[stage]]\njson.expressions = { a = \"b..c\" }\n", "'b..c' is no path"),
        (
            "[[stage]]\ntimestamp = { source = \"time\", format = \"clf\" }\n",
            "no stage before this one makes the field 'time'",
        ),
    ];
    for (stages, expected) in refusals {
        let message = refused(stages);
        assert!(message.contains(expected), "{stages}: {message}");
        assert!(message.starts_with("ship.toml:"), "{message}");
    }
}

#[test]
fn the_name_of_the_file_is_a_field() {
    let stages = "[[stage]]\ntemplate = { target = \"folder\", template = \"/x/{filename}\" }\n\
         [[stage]]\nstructured_metadata = { filename = \"\", folder = \"\" }\n";
    let outcome = run(stages, "one\ntwo\n");
    let metadata = "[filename=a.log,folder=/x/a.log]";
    let expected = ["one", "two"].map(|line| format!("{{job=web}} {line} {metadata}"));
    assert_eq!(shown(&outcome), expected);
}

#[test]
fn events_of_cef_are_parts_and_pairs() {
    let stages = "[[stage]]\ncef = { extensions = { address = \"src\", msg = \"\" } }\n\
                  [[stage]]\nlabels = { vendor = \"cef_device_vendor\" }\n\
                  [[stage]]\nstructured_metadata = { address = \"\", msg = \"\" }\n";
    let line = r"CEF:0|A\|B|b|c|d|e|5|src=::1 msg=a \= b";
    let line = line.replace(r"\\", "\\");
    let outcome = run(stages, &format!("{line}\nCEF:0|cut\n"));
    let expected = format!("{{job=web,vendor=A|B}} {line} [address=::1,msg=a = b]");
    assert_eq!(shown(&outcome), [expected, "{job=web} CEF:0|cut []".to_owned()]);
    assert_eq!(outcome.unmatched, 1);
}

const CRI: &str = "[[stage]]\ncri.max_bytes = 12\n";

#[test]
fn lines_of_cri_are_put_together_from_their_parts() {
    let outcome = run(
        CRI,
        "2026-03-01T10:00:00.000000001Z stdout F one\n\
         2026-03-01T10:00:00.000000002Z stdout P two, \n\
         2026-03-01T10:00:00.000000003Z stderr F three\n\
         2026-03-01T10:00:00.000000004Z stdout F four\n\
         2026-03-01T10:00:00.000000005Z stdout F \n\
         other\n",
    );
    let expected = [
        "{job=web,stream=stdout} one []",
        "{job=web,stream=stderr} three []",
        "{job=web,stream=stdout} two, four []",
        "{job=web,stream=stdout}  []",
        "{job=web} other []",
    ];
    assert_eq!(shown(&outcome), expected);
    assert_eq!((outcome.unmatched, outcome.dead.len(), outcome.dropped), (1, 0, 0));
    let times: Vec<i64> = outcome.entries.iter().map(|entry| entry.timestamp_ns).collect();
    let time = 1_772_359_200_000_000_000;
    assert_eq!(times[..4], [time + 1, time + 3, time + 4, time + 5]);
    // Longer than allowed: in two, and nothing is lost.
    let part = |tag: &str, text: &str| format!("2026-03-01T10:00:00Z stdout {tag} {text}\n");
    let long = part("P", "123456789") + &part("P", "abcdefghi") + &part("F", "end");
    let lines: Vec<_> = run(CRI, &long).entries.into_iter().map(|entry| entry.line).collect();
    assert_eq!(lines, ["123456789abcdefghi", "end"]);
}

#[test]
fn parts_of_a_line_are_kept_between_reads_and_runs() {
    let own = config(CRI);
    let source = own.sources[0].get_ref();
    let mut pipeline = Pipeline::new(&own, source).unwrap();
    let lines = |text: &'static str| {
        Lines::cut(Bytes::from_static(text.as_bytes()), Newline::Byte, "/a".into(), Some(1), 0)
    };
    let first = pipeline.run(&lines("2026-03-01T10:00:00Z stdout P one \n"));
    assert!(first.entries.is_empty() && first.dead.is_empty());
    let held = pipeline.held();
    let mut next = Pipeline::new(&own, source).unwrap();
    assert_eq!(next.hold_again(held.clone()), []);
    let second = next.run(&lines("2026-03-01T10:00:00Z stdout F two\n"));
    assert_eq!(shown(&second), ["{job=web,stream=stdout} one two []"]);
    assert!(next.held().is_empty());
    // A configuration without the stage cannot put it together.
    let plain = config("");
    let mut plain = Pipeline::new(&plain, plain.sources[0].get_ref()).unwrap();
    let dead = plain.hold_again(held);
    assert_eq!(dead[0].line.as_deref(), Some(&b"one "[..]));
    assert_eq!(&*dead[0].origin.source, "/a");
}

#[test]
fn lines_of_docker_are_taken_out_of_json() {
    let line = |log: &str| {
        format!("{{\"log\":\"{log}\",\"stream\":\"stderr\",\"time\":\"2026-03-01T10:00:00.5Z\"}}\n")
    };
    let text = line("a \\\"b\\\"\\n") + &line("part ") + &line("end\\n") + "no JSON\n";
    let outcome = run("[[stage]]\ndocker = {}\n", &text);
    let expected = [
        "{job=web,stream=stderr} a \"b\" []",
        "{job=web,stream=stderr} part end []",
        "{job=web} no JSON []",
    ];
    assert_eq!(shown(&outcome), expected);
    assert_eq!(outcome.entries[0].timestamp_ns / 1_000_000_000, 1_772_359_200);
}
