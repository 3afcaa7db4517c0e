//! Vectors that cannot be used: told with their file and place, before anything runs.

use std::fs;

use serde_json::Value;
use sha2::{Digest, Sha256};
use tempfile::TempDir;

use super::{stderr, stdout, vectors, verify};

/// A copy of the vectors with a change in the first file.
struct Copy {
    folder: TempDir,
}

impl Copy {
    fn new(change: impl Fn(String) -> String) -> Self {
        let folder = TempDir::new().unwrap();
        fs::create_dir(folder.path().join("vectors")).unwrap();
        for name in ["manifest.json", "vectors/accept.json", "vectors/reject.json"] {
            let text = fs::read_to_string(vectors().join(name)).unwrap();
            let text = if name == "vectors/accept.json" { change(text) } else { text };
            fs::write(folder.path().join(name), text).unwrap();
        }
        Self { folder }
    }

    /// Has the manifest vouch for the changed file.
    fn signed(self) -> Self {
        let path = self.folder.path().join("manifest.json");
        let mut manifest: Value = serde_json::from_slice(&fs::read(&path).unwrap()).unwrap();
        let text = fs::read(self.folder.path().join("vectors/accept.json")).unwrap();
        let hash = Sha256::digest(&text);
        let hash: String = hash.iter().map(|byte| format!("{byte:02x}")).collect();
        manifest["files"][0]["sha256"] = hash.into();
        fs::write(&path, manifest.to_string()).unwrap();
        self
    }

    #[track_caller]
    fn check(&self, expected: &str) {
        let folder = self.folder.path().to_str().unwrap();
        let output = verify(&["--vectors", folder, "--backend", "scalar@native"]);
        let message = stderr(&output);
        assert_eq!(output.status.code(), Some(2), "{message}");
        assert!(message.contains("accept.json") || message.contains("manifest"), "{message}");
        assert!(message.contains(expected), "{message}");
        assert_eq!(stdout(&output), "");
    }
}

fn replace(from: &'static str, to: &'static str) -> impl Fn(String) -> String {
    move |text| {
        assert!(text.contains(from), "{from}");
        text.replacen(from, to, 1)
    }
}

#[test]
fn a_file_that_is_not_the_manifest_s_is_refused() {
    Copy::new(|text| text + "\n").check("its SHA-256 is ");
}

#[test]
fn a_file_that_breaks_the_schema_is_refused_with_the_place() {
    let change = replace(r#""rule": "R2.2""#, r#""rule": "R2""#);
    Copy::new(change).signed().check("at /cases/0/rule");
    let change = replace(r#""rule": "R2.2""#, r#""rule": "R2.2", "more": 1"#);
    Copy::new(change).signed().check("at /cases/0");
    Copy::new(|text| text.replace(']', "")).signed().check("expected");
}

#[test]
fn cases_that_contradict_themselves_are_refused() {
    let change = replace(r#""lines": [1, 2]"#, r#""lines": [1]"#);
    Copy::new(change).signed().check("case y_two_lines: there is a line and an offset for each");
    let change = replace(r#""id": "y_crlf""#, r#""id": "y_two_lines""#);
    let copy = Copy::new(change).signed();
    let folder = copy.folder.path().to_str().unwrap();
    let output = verify(&["--vectors", folder]);
    assert_eq!(output.status.code(), Some(2));
    assert!(stderr(&output).contains("two cases with the id y_two_lines"), "{}", stderr(&output));
}

#[test]
fn a_manifest_counts_right_and_stays_in_its_folder() {
    let copy = Copy::new(|text| text);
    let path = copy.folder.path().join("manifest.json");
    let manifest = fs::read_to_string(&path).unwrap();
    fs::write(&path, manifest.replace("\"cases\": 7", "\"cases\": 8")).unwrap();
    copy.check("it has 7 cases, but the manifest says 8");
    fs::write(&path, manifest.replace("vectors/accept.json", "../accept.json")).unwrap();
    copy.check("it is not in the manifest's folder");
    fs::write(&path, "{").unwrap();
    copy.check("is no manifest");
}
