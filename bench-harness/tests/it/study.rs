//! `delimark study` as contributors and readers meet it: what is refused and why, where files go,
//! and what the page is made of. That it works in a browser is the test of `ci/study-page`.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use delimark_bench::results::{Known, Results};
use delimark_bench::study::{Contribution, Study, place};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use tempfile::TempDir;

/// Two machines that do not exist, by their places.
const MACHINES: [(&str, &str); 2] = [
    ("181d183a0b6c/2026-01-30.json", include_str!("data/machines/181d183a0b6c/2026-01-30.json")),
    ("7e18f304fec6/2026-01-31.json", include_str!("data/machines/7e18f304fec6/2026-01-31.json")),
];

/// A folder of machines of its own, and where its page goes.
struct Folder {
    folder: TempDir,
}

impl Folder {
    fn new(files: &[(&str, &str)]) -> Self {
        let folder = TempDir::new().unwrap();
        for (place, text) in files {
            let path = folder.path().join("machines").join(place);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, text).unwrap();
        }
        Self { folder }
    }

    fn machines(&self) -> PathBuf {
        self.folder.path().join("machines")
    }

    fn page(&self) -> PathBuf {
        self.folder.path().join("page.html")
    }

    /// Writes a file beside the machines, to be added.
    fn beside(&self, text: &str) -> PathBuf {
        let path = self.folder.path().join("results.json");
        fs::write(&path, text).unwrap();
        path
    }

    fn study(&self, add: &[&Path]) -> Output {
        let mut command = Command::new(env!("CARGO_BIN_EXE_delimark"));
        command.arg("study").arg("--machines").arg(self.machines()).arg("--out").arg(self.page());
        for path in add {
            command.arg("--add").arg(path);
        }
        command.output().unwrap()
    }
}

#[track_caller]
fn succeeds(output: &Output) {
    assert_eq!(output.status.code(), Some(0), "{}", String::from_utf8_lossy(&output.stderr));
}

/// Fails unless these results are refused in the place of the first machine, for that reason.
#[track_caller]
fn is_refused(text: &str, reason: &str) {
    let [(place, _), other] = MACHINES;
    let folder = Folder::new(&[(place, text), other]);
    let output = folder.study(&[]);
    let message = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(1), "{message}");
    let is_told =
        |line: &str| line.starts_with(&format!("delimark: {place}: ")) && line.contains(reason);
    assert!(message.lines().any(is_told), "{reason:?} is not in {message}");
    assert!(message.ends_with("nothing was written\n"), "{message}");
    assert!(!folder.page().exists());
}

/// Fails unless the first machine's results are refused once a value is another.
#[track_caller]
fn is_refused_with(pointer: &str, value: Value, reason: &str) {
    let mut document: Value = serde_json::from_str(MACHINES[0].1).unwrap();
    *document.pointer_mut(pointer).expect(pointer) = value;
    is_refused(&document.to_string(), reason);
}

#[test]
fn the_committed_page_is_the_one_of_the_committed_machines() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap();
    let folder = TempDir::new().unwrap();
    let page = folder.path().join("page.html");
    let mut command = Command::new(env!("CARGO_BIN_EXE_delimark"));
    let output = command.arg("study").arg("--out").arg(&page).current_dir(root).output().unwrap();
    succeeds(&output);
    let is_same = fs::read(page).unwrap() == fs::read(root.join("reports/index.html")).unwrap();
    assert!(is_same, "reports/index.html is out of date: `cargo run -- study` makes it anew");
}

#[test]
fn results_that_somebody_changed_are_refused() {
    is_refused_with("/schema", json!("delimark-results/2"), "do not keep to the schema");
    is_refused_with("/cells/3/samples_ns/0", json!(1), "but from its samples follows");
    is_refused_with("/cells/3/engine", json!("delimark/avx3"), "no engine is called delimark/avx3");
    is_refused_with("/cells/7/engine", json!("peer/faster"), "no engine is called peer/faster");
    is_refused_with("/cells/3/engine", json!("delimark/neon"), "ran the backend avx2, not the one");
    is_refused_with("/environment/cpu/logical_cores", json!(64), "follows from its processor");
    is_refused_with("/datasets/0/sha256", json!("0".repeat(64)), "not the one that is pinned");
    is_refused_with("/cells/3/records", json!(500_000), "from its samples follows");
    is_refused("", "these are not results in JSON");
}

#[test]
fn answers_that_are_not_the_others_are_refused() {
    let answer = "1000000 records, 12000000 fields, checksum 0000000000000001";
    is_refused_with("/cells/3/answer", json!(answer), "where others found");
    is_refused_with("/cells/3/answer", json!("999999 records, 1 fields, checksum 1"), "answered");
    is_refused_with("/cells/0/answer", json!("words 1"), "limit/read index nginx12 found");
}

#[test]
fn where_two_machines_disagree_both_are_named() {
    let [first, (place, text)] = MACHINES;
    let changed = text.replace("checksum 000000878ab464fd", "checksum 000000878ab464fe");
    assert_ne!(text, changed);
    let output = Folder::new(&[first, (place, &changed)]).study(&[]);
    let message = String::from_utf8(output.stderr).unwrap();
    for (place, _) in MACHINES {
        assert!(message.contains(&format!("delimark: {place}: ")), "{message}");
    }
}

#[test]
fn machines_and_builds_that_do_not_say_what_they_are_are_refused() {
    let unknown = || json!({ "unavailable": "it would not tell" });
    is_refused_with("/environment/dirty", json!({ "value": true }), "commit them, or take");
    is_refused_with("/environment/dirty", unknown(), "whether the build was clean is not known");
    is_refused_with("/environment/commit", unknown(), "(it would not tell)");
    is_refused_with("/environment/cpu/model", unknown(), "the processor's model is not known");
    let mut document: Value = serde_json::from_str(MACHINES[0].1).unwrap();
    document.as_object_mut().unwrap().remove("environment").unwrap();
    is_refused(&document.to_string(), "\"environment\" is a required property");
}

#[test]
fn runs_that_cannot_be_compared_are_refused() {
    is_refused_with("/quick", json!(true), "run without --quick");
    is_refused_with("/datasets/0/source", json!("file"), "nobody else can make the data set");
    is_refused_with(
        "/created",
        json!("2026-02-01T00:00:00Z"),
        "it belongs at 181d183a0b6c/2026-02",
    );
    let mut results = Results::from_json(MACHINES[0].1).unwrap();
    results.cells[4].engine = "control/extra-branch".to_owned();
    is_refused(&results.to_json().unwrap(), "slow on purpose");
    let mut results = Results::from_json(MACHINES[0].1).unwrap();
    results.skipped[0].reason = "disqualified: it answered 1; right is 2".to_owned();
    results.skipped[0].engine = "delimark/avx2".to_owned();
    is_refused(&results.to_json().unwrap(), "delimark/avx2 index was disqualified");
}

#[test]
fn a_machine_is_added_with_one_command() {
    let [first, second] = MACHINES;
    let folder = Folder::new(&[first]);
    let results = folder.beside(second.1);
    succeeds(&folder.study(&[&results]));
    assert_eq!(fs::read_to_string(folder.machines().join(second.0)).unwrap(), second.1);
    let page = fs::read_to_string(folder.page()).unwrap();
    assert!(page.contains("Example CPU 8-Core") && page.contains("Example Core A"));
    // Once more changes nothing, and other results of that day do not replace it.
    succeeds(&folder.study(&[&results]));
    let other = folder.beside(&second.1.replace("\"order_seed\": 20", "\"order_seed\": 21"));
    let output = folder.study(&[&other]);
    assert_eq!(output.status.code(), Some(1));
    let message = String::from_utf8(output.stderr).unwrap();
    assert!(message.contains("results.json: 7e18f304fec6/2026-01-31.json is there already"));
    assert_eq!(fs::read_to_string(folder.machines().join(second.0)).unwrap(), second.1);
}

#[test]
fn what_is_refused_is_not_added() {
    let folder = Folder::new(&MACHINES[..1]);
    let results = folder.beside(&MACHINES[1].1.replace("\"quick\": false", "\"quick\": true"));
    let output = folder.study(&[&results]);
    assert_eq!(output.status.code(), Some(1));
    let message = String::from_utf8(output.stderr).unwrap();
    assert!(message.contains(&format!("delimark: {}: it is of a quick run", results.display())));
    assert!(!folder.machines().join("7e18f304fec6").exists());
}

#[test]
fn without_a_machine_it_says_how_to_add_one() {
    let folder = Folder::new(&[]);
    let output = folder.study(&[]);
    assert_eq!(output.status.code(), Some(2));
    assert!(String::from_utf8(output.stderr).unwrap().contains("study --add results.json"));
}

#[test]
fn other_data_of_the_same_day_have_a_file_of_their_own() {
    let mut results = Results::from_json(MACHINES[0].1).unwrap();
    assert_eq!(place(&results), MACHINES[0].0);
    results.datasets[0].shape = Some("short".to_owned());
    assert_eq!(place(&results), "181d183a0b6c/2026-01-30-short-1000000-seed1.json");
}

fn made_up() -> Vec<Contribution> {
    let contribution = |(place, text): (&str, &str)| Contribution {
        place: place.to_owned(),
        results: Results::from_json(text).unwrap(),
    };
    MACHINES.map(contribution).into()
}

/// The text of the first element of that kind.
fn inside<'a>(page: &'a str, start: &str, end: &str) -> &'a str {
    let (_, behind) = page.split_once(start).expect(start);
    behind.split_once(end).expect(end).0
}

#[test]
fn the_page_needs_no_other_file_and_allows_no_other_script() {
    let page = Study::new(made_up()).unwrap().page(None);
    for reference in ["https://", " src=", "url(http", "@import", "<link", " style=", "onclick"] {
        assert!(!page.contains(reference), "{reference}");
    }
    let hash = |text: &str| format!("'sha256-{}'", STANDARD.encode(Sha256::digest(text)));
    let policy = inside(&page, "http-equiv=\"Content-Security-Policy\" content=\"", "\"");
    assert!(policy.starts_with("default-src 'none'; "), "{policy}");
    for text in [inside(&page, "<script>", "</script>"), inside(&page, "<style>", "</style>")] {
        assert!(policy.contains(&hash(text)), "{policy}");
    }
}

#[test]
fn the_page_carries_medians_and_spreads_and_no_samples() {
    let page = Study::new(made_up()).unwrap().page(None);
    let data = inside(&page, "type=\"application/json\">", "</script>");
    let data: Value = serde_json::from_str(data).unwrap();
    let cells = data["cells"].as_array().unwrap();
    let results = made_up().remove(0).results;
    let cell =
        |engine: &str| results.cells.iter().find(|c| (&*c.engine, &*c.model) == (engine, "fields"));
    let (avx2, limit) = (cell("delimark/avx2").unwrap(), cell("limit/read").unwrap());
    let shown = cells.iter().find(|c| c["engine"] == "delimark/avx2" && c["model"] == "fields");
    let values = &shown.unwrap()["values"];
    let close =
        |value: &Value, expected: f64| (value.as_f64().unwrap() / expected - 1.0).abs() < 1e-4;
    assert!(close(&values["time"]["spread"][0], avx2.ns_per_record.median));
    assert!(close(&values["speed"]["spread"][2], avx2.gigabytes_per_second.high));
    let mut shares: Vec<f64> = avx2
        .samples_ns
        .iter()
        .zip(&limit.samples_ns)
        .map(|(&own, &limit)| limit as f64 / own as f64 * 100.0)
        .collect();
    shares.sort_by(f64::total_cmp);
    assert!(close(&values["limit"]["spread"][0], shares[3]));
    assert!(close(&values["limit"]["spread"][3], (shares[1] + shares[2]) / 2.0));
    assert_eq!(values["instructions"]["mark"], "simulated");
    assert!(values["p99"]["missing"].is_string());
    assert!(!page.contains(&avx2.samples_ns[0].to_string()));
}

#[test]
fn names_cannot_become_markup() {
    let mut contributions = made_up();
    let results = &mut contributions[0].results;
    results.environment.cpu.model = Known::Value("</script><b>Fast".to_owned());
    results.environment.fingerprint = results.environment.cpu.fingerprint();
    contributions[0].place = place(&contributions[0].results);
    let page = Study::new(contributions).unwrap().page(None);
    assert!(!page.contains("</script><b>") && page.contains("\\u003c/script>\\u003cb>Fast"));
    assert!(page.contains("&lt;/script&gt;&lt;b&gt;Fast"));
}

#[test]
fn the_order_of_files_does_not_show() {
    let mut reversed = made_up();
    reversed.reverse();
    assert_eq!(Study::new(made_up()).unwrap().page(None), Study::new(reversed).unwrap().page(None));
}
