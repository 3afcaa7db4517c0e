//! `delimark formats`: presets, and the columns of a format.

use serde_json::Value;

use super::{assert_fails, delimark, run, stdout_of};

fn formats(arguments: &[&str]) -> std::process::Output {
    let mut command = delimark(&["formats"]);
    command.args(arguments);
    run(&mut command, b"")
}

#[track_caller]
fn lines_of(arguments: &[&str]) -> Vec<String> {
    let output = formats(arguments);
    let text = str::from_utf8(stdout_of(&output)).expect("formats are UTF-8");
    text.lines().map(str::to_owned).collect()
}

#[test]
fn every_preset_is_listed_within_eighty_columns() {
    let lines = lines_of(&[]);
    assert!(lines.iter().all(|line| line.chars().count() <= 80), "{lines:#?}");
    let presets = delimark_formats::Preset::ALL;
    for preset in presets {
        let start = format!(" {} ", preset.name());
        let index = lines.iter().position(|line| line.starts_with(&start));
        let rest = &lines[index.unwrap_or_else(|| panic!("{} is not listed", preset.name()))..];
        let example: String = preset.example().replace('\t', " ").chars().take(40).collect();
        let has_example = rest[..4].iter().any(|line| line.contains(&example));
        assert!(has_example, "{}: {rest:?}", preset.name());
    }
}

#[test]
fn columns_are_listed_with_type_and_encoding() {
    for arguments in [
        &["nginx-combined"][..],
        &[
            "--log-format",
            "log_format combined '$remote_addr - $remote_user [$time_local] '\n\
             \t'\"$request\" $status $body_bytes_sent '\n\
             \t'\"$http_referer\" \"$http_user_agent\"';",
        ],
    ] {
        let lines = lines_of(arguments);
        let start = lines.iter().position(|line| line.contains("encoding")).unwrap();
        let expected = [
            " #  name             type       encoding     list",
            " 1  remote_addr      address    verbatim",
            " 2  remote_user      text       hex-escapes",
            " 3  time_local       timestamp  verbatim",
            " 4  request          text       hex-escapes",
            " 5  status           integer    verbatim",
            " 6  body_bytes_sent  integer    verbatim",
            " 7  http_referer     text       hex-escapes",
            " 8  http_user_agent  text       hex-escapes",
        ];
        assert_eq!(lines[start..], expected);
    }
    let lines = lines_of(&["--log-format", "$upstream_status|$status"]);
    assert_eq!(lines[0], "Fields are separated by '|'.");
    assert_eq!(lines[3].split_whitespace().last(), Some("list"));
    let lines = lines_of(&["w3c"]);
    assert_eq!(lines.last().unwrap(), "A line '#Fields: ...' in the log names the columns.");
}

#[test]
fn programs_get_json() {
    let parse = |arguments: &[&str]| -> Value {
        serde_json::from_slice(stdout_of(&formats(arguments))).expect("it is JSON")
    };
    let all = parse(&["--json"]);
    assert_eq!(all.as_array().unwrap().len(), delimark_formats::Preset::ALL.len());
    assert!(all[0]["example"].is_string() && all[0]["description"].is_string());
    let format = parse(&["--json", "--log-format", "%ci|%ST"]);
    assert_eq!(format["delimiter"], "|");
    assert_eq!(format["quote"], Value::Null);
    assert_eq!(format["columns"][1]["name"], "status");
    assert_eq!(format["columns"][1]["type"], "integer");
    assert_eq!(parse(&["--json", "combined"])["quote"], "\"");
    assert_eq!(parse(&["--json", "iis"])["columns_named_by_directives"], true);
}

#[test]
fn formats_that_are_not_understood_are_refused() {
    assert_fails(&formats(&["combind"]), 2, "is it combined?");
    let place = "nothing stands between $remote_addr and $status";
    assert_fails(&formats(&["--log-format", "$remote_addr$status"]), 2, place);
    let name = "'combined' is the name of a preset: --preset combined";
    assert_fails(&formats(&["--log-format", "combined"]), 2, name);
    assert_fails(&formats(&["combined", "--log-format", "$a|$b"]), 2, "cannot be used with");
}
