//! The verb as people and CI systems use it: forms of the report, the configuration, baselines that
//! are stored.

use std::fs;
use std::path::Path;

use delimark_report::gate::Layer;
use jsonschema::draft202012;
use serde_json::Value;
use tempfile::TempDir;

use super::fake::{command, gate, report, runner, stderr, stdout};

const SCHEMA: &str = include_str!("../../../../reports/gate.schema.json");

const TIME: [&str; 2] = ["--layers", "time"];
const COUNTS: [&str; 2] = ["--layers", "instructions,memory"];

#[track_caller]
fn check_schema(report: &Value) {
    let schema: Value = serde_json::from_str(SCHEMA).unwrap();
    let validator = draft202012::new(&schema).unwrap();
    let errors: Vec<String> = validator
        .iter_errors(report)
        .map(|error| format!("{}: {error}", error.instance_path().as_str()))
        .collect();
    assert!(errors.is_empty(), "{errors:?} in {report:#}");
}

#[test]
fn json_keeps_to_the_schema() {
    check_schema(&report("plain", "slow-1.12", &[], 3));
    check_schema(&report("slow-1.12", "plain", &["--engines", "scalar|sse42"], 0));
    check_schema(&report("plain", "wrong", &[], 1));
    check_schema(&report("plain", "plain", &["--budget", "1ms"], 4));
}

#[test]
fn every_file_is_written_and_each_says_the_same() {
    let folder = TempDir::new().unwrap();
    let path = |name: &str| folder.path().join(name).to_str().unwrap().to_owned();
    let (json, junit, markdown) = (path("new/gate.json"), path("gate.xml"), path("gate.md"));
    let picture = path("gate.svg");
    let arguments = ["-o", &json, "-o", &junit, "-o", &markdown, "-o", &picture];
    let output = gate("plain", "slow-1.12", &[&TIME[..], &arguments].concat());
    assert_eq!(output.status.code(), Some(3), "{}", stderr(&output));
    assert!(stdout(&output).starts_with("Gate: regression\n"));

    let json: Value = serde_json::from_str(&fs::read_to_string(json).unwrap()).unwrap();
    assert_eq!(json["verdict"], "regression");
    let markdown = fs::read_to_string(markdown).unwrap();
    assert!(markdown.starts_with("## Gate: regression\n"), "{markdown}");
    assert!(markdown.contains("](gate.svg)"), "{markdown}");
    let picture = fs::read_to_string(picture).unwrap();
    let document = roxmltree::Document::parse(&picture).unwrap();
    let mut texts = document.descendants().filter_map(|node| node.text());
    assert!(texts.any(|text| text.trim().ends_with("% regression")), "{picture}");
    let junit = fs::read_to_string(junit).unwrap();
    let document = roxmltree::Document::parse(&junit).unwrap();
    let failures: Vec<_> =
        document.descendants().filter(|node| node.has_tag_name("failure")).collect();
    assert_eq!(failures.len(), 1, "{junit}");
    let test = failures[0].parent_element().unwrap();
    assert_eq!(test.attribute("name"), Some("delimark/scalar count nginx12"));
    assert!(failures[0].attribute("message").is_some_and(|text| text.contains("+12")), "{junit}");
}

#[test]
fn what_is_undecided_is_an_error_in_junit_and_never_a_success() {
    let output =
        gate("plain", "plain", &["--layers", "time", "--budget", "1ms", "--format", "junit"]);
    assert_eq!(output.status.code(), Some(4));
    let junit = stdout(&output);
    assert!(junit.contains("<error") && junit.contains("enough pairs"), "{junit}");
}

#[test]
fn a_file_of_an_unknown_kind_is_refused_before_anything_is_measured() {
    let output = gate("plain", "plain", &["-o", "report.pdf"]);
    assert_eq!(output.status.code(), Some(2));
    assert!(stderr(&output).contains("report.pdf ends with none of"), "{}", stderr(&output));
    assert!(!stderr(&output).contains("measuring"));
}

#[test]
fn the_configuration_says_what_the_command_line_does_not() {
    let folder = TempDir::new().unwrap();
    let path = folder.path().join("gate.toml");
    fs::write(&path, "# Lenient.\nmargin = '20%'\nlayers = ['time']\n").unwrap();
    let config = ["--config", path.to_str().unwrap()];
    let report_20 = report("plain", "slow-1.12", &config, 0);
    assert_eq!(report_20["rules"]["margin"], 0.2);
    let report_5 = report("plain", "slow-1.12", &[&config[..], &["--margin", "5%"]].concat(), 3);
    assert_eq!(report_5["rules"]["margin"], 0.05);

    for (text, expected) in [
        ("margins = '5%'", "unknown field `margins`"),
        ("margin = 5", "invalid type"),
        ("margin = '5'", "'5' has no unit"),
        ("inconclusive = 'maybe'", "unknown variant `maybe`"),
    ] {
        fs::write(&path, text).unwrap();
        let output = gate("plain", "plain", &config);
        assert_eq!(output.status.code(), Some(2));
        assert!(stderr(&output).contains(expected), "{}", stderr(&output));
    }
}

#[test]
fn one_program_is_not_compared_with_itself_unless_asked() {
    let plain = runner("plain");
    let mut command = std::process::Command::new(env!("CARGO_BIN_EXE_delimark-bench"));
    command.args(["gate", "--engines", "scalar", "--models", "^count$", "--lines", "1000"]);
    command.args(["--baseline", &plain, "--candidate", &plain]);
    let output = command.current_dir(Path::new(&plain).parent().unwrap()).output().unwrap();
    assert_eq!(output.status.code(), Some(0), "{}", stderr(&output));
    assert!(stdout(&output).contains("the same program, byte for byte"), "{}", stdout(&output));
    assert!(!stderr(&output).contains("measuring"));
}

#[test]
fn a_stored_baseline_is_compared_with_and_kept_apart_by_machine_and_compiler() {
    let folder = TempDir::new().unwrap();
    let path = folder.path().join("baseline.json");
    let stored = path.to_str().unwrap();
    let plain = runner("plain");
    let output = command(&["record", stored, "--candidate", &plain]).output().unwrap();
    assert_eq!(output.status.code(), Some(0), "{}", stderr(&output));
    assert_eq!(stdout(&output).trim(), stored);

    let compared = |candidate: &str, exit: i32, arguments: &[&str]| {
        let sides = ["stored", stored, "--candidate", &runner(candidate)];
        let output = command(&[&sides, arguments].concat()).output().unwrap();
        let said = format!("{}{}", stdout(&output), stderr(&output));
        assert_eq!(output.status.code(), Some(exit), "{said}");
        said
    };
    compared("plain", 0, &COUNTS);
    let former = ["--baseline", stored, "--candidate", &runner("busy-1.05")];
    let output = command(&[&former[..], &COUNTS].concat()).output().unwrap();
    assert_eq!(output.status.code(), Some(3), "{}", stderr(&output));
    compared("busy-1.05", 3, &COUNTS);
    let said = compared("slow-1.12", 0, &[]);
    assert!(!said.contains("measuring pairs"), "{said}");

    let text = fs::read_to_string(&path).unwrap();
    let mut document: Value = serde_json::from_str(&text).unwrap();
    document["fingerprint"] = "0123456789ab".into();
    fs::write(&path, document.to_string()).unwrap();
    assert!(compared("plain", 2, &COUNTS).contains("it was made on another machine (0123456789ab"));
    let mut document: Value = serde_json::from_str(&text).unwrap();
    document["cells"] = Value::Array(Vec::new());
    fs::write(&path, document.to_string()).unwrap();
    assert!(compared("plain", 2, &COUNTS).contains("it lacks 1 of the cells to compare"));
    fs::write(&path, &text).unwrap();
    let other = [&COUNTS[..], &["--lines", "2000"]].concat();
    assert!(compared("plain", 2, &other).contains("it is of other data: its nginx12"));
    fs::write(&path, text.replace("an unknown compiler", "rustc 1.0")).unwrap();
    assert!(compared("plain", 2, &COUNTS).contains("it was built by rustc 1.0"));
}

#[test]
fn a_report_is_not_emptied_by_what_writes_none() {
    let folder = TempDir::new().unwrap();
    let (report, stored) = (folder.path().join("gate.json"), folder.path().join("stored.json"));
    fs::write(&report, "{}").unwrap();
    let [report_name, stored] = [&report, &stored].map(|path| path.to_str().unwrap());
    let plain = runner("plain");
    let arguments = ["--candidate", &plain, "--save-baseline", stored, "-o", report_name];
    let output = command(&arguments).output().unwrap();
    assert_eq!(output.status.code(), Some(2), "{}", stderr(&output));
    assert_eq!(fs::read_to_string(&report).unwrap(), "{}");
}

#[test]
fn rates_are_worked_out_from_what_is_stored_on_any_machine() {
    let folder = TempDir::new().unwrap();
    let header = concat!(
        r#"{"line":"header","schema":"delimark-gate-pairs/1","machine":"a far machine","#,
        r#""fingerprint":"0","toolchain":"rustc 1.0","sha256":"0","margin":0.05,"#,
        r#""budget_seconds":45.0,"cells":["x"]}"#
    );
    let gate = concat!(
        r#"{"line":"gate","scenario":{"slowdown":null,"busy":true},"verdict":"pass","#,
        r#""layers":{},"seconds":20.0,"pressure_share":{"value":0.5},"units":0}"#
    );
    let path = folder.path().to_str().unwrap();
    let former = ["--measure-rates", path, "--gates-most", "0"];
    let render = |arguments: &[&str]| command(arguments).output().unwrap();
    let output = render(&former);
    assert_eq!(output.status.code(), Some(2), "{}", stdout(&output));
    assert!(stderr(&output).contains("pairs.jsonl cannot be read"), "{}", stderr(&output));

    let pairs = format!("{header}\n{gate}\n");
    fs::write(folder.path().join("pairs.jsonl"), &pairs).unwrap();
    let output = render(&["rates", path, "--gates-most", "0"]);
    assert_eq!(output.status.code(), Some(0), "{}", stderr(&output));
    assert_eq!(stdout(&render(&former)), stdout(&output));
    let page = fs::read_to_string(folder.path().join("README.md")).unwrap();
    assert!(page.contains("on a far machine, of rustc 1.0"), "{page}");
    assert!(page.contains("| the baseline | busy | 1 |"), "{page}");
    assert_eq!(fs::read_to_string(folder.path().join("pairs.jsonl")).unwrap(), pairs);
}

#[test]
fn a_reader_that_leaves_changes_no_verdict() {
    let (reader, writer) = std::io::pipe().unwrap();
    drop(reader);
    let sides = ["--baseline", &runner("plain"), "--candidate", &runner("slow-1.12")];
    let output = command(&[&sides[..], &TIME].concat()).stdout(writer).output().unwrap();
    assert_eq!(output.status.code(), Some(3), "{}", stderr(&output));
}

#[test]
fn a_revision_or_a_program_is_named_as_a_mode_too() {
    let candidate = ["--candidate", &runner("slow-1.12")];
    let output = |baseline: &str| {
        let mode = ["revision", baseline];
        command(&[&mode[..], &candidate, &TIME].concat()).output().unwrap()
    };
    let slower = output(&runner("plain"));
    assert_eq!(slower.status.code(), Some(3), "{}", stderr(&slower));
    assert!(stdout(&slower).starts_with("Gate: regression\n"), "{}", stdout(&slower));
    let missing = output("nowhere");
    assert_eq!(missing.status.code(), Some(2), "{}", stdout(&missing));
    let stored = command(&["stored", &runner("plain")]).output().unwrap();
    assert_eq!(stored.status.code(), Some(2), "{}", stdout(&stored));
    assert!(stderr(&stored).contains("is no stored baseline"), "{}", stderr(&stored));
}

#[test]
fn the_help_has_an_example_and_the_exit_codes() {
    let output = command(&["--help"]).output().unwrap();
    let help = stdout(&output);
    assert!(
        help.contains("delimark-bench gate --baseline") && help.contains("4  inconclusive"),
        "{help}"
    );
}

#[test]
fn every_layer_is_on_in_this_repository_and_explained() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap();
    let read = |name: &str| fs::read_to_string(root.join(name)).unwrap();
    let (config, explained) = (read("ci/gate.toml"), read("docs/gating.md").to_lowercase());
    let config = config.lines().find(|line| line.starts_with("layers = ")).unwrap();
    for layer in Layer::ALL {
        assert!(config.contains(&format!("\"{layer}\"")), "ci/gate.toml: {layer}");
        assert!(explained.contains(&format!("**{layer}**")), "docs/gating.md: {layer}");
    }
}
