//! `delimark-bench study`: two machines that do not exist, and what the tests of the study share.

mod answers;
mod command;
mod page;
mod refusals;
mod tampering;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use delimark_harness::engine;
use delimark_report::study::{Contribution, Refusal, Study};
use jiff::Timestamp;
use serde_json::Value;
use tempfile::TempDir;

/// The machines by their paths: one of every kind of engine, and one of another architecture.
const MACHINES: [(&str, &str); 2] = [
    ("4382929b0a76/2026-01-30.json", include_str!("../data/machines/4382929b0a76/2026-01-30.json")),
    ("7e18f304fec6/2026-01-31.json", include_str!("../data/machines/7e18f304fec6/2026-01-31.json")),
];

/// A folder of machines of its own, and where its page goes.
struct Folder {
    folder: TempDir,
}

impl Folder {
    fn new(files: &[(&str, &str)]) -> Self {
        let folder = TempDir::new().unwrap();
        for (path, text) in files {
            let file = folder.path().join("machines").join(path);
            fs::create_dir_all(file.parent().unwrap()).unwrap();
            fs::write(file, text).unwrap();
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
        let mut command = Command::new(env!("CARGO_BIN_EXE_delimark-bench"));
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

/// Returns the time when the studies of these tests are made.
fn now() -> Timestamp {
    "2026-12-01T00:00:00Z".parse().unwrap()
}

/// Takes files into a study.
fn study(files: &[(&str, &str)]) -> Result<Study, Vec<Refusal>> {
    let contributions: Result<Vec<_>, _> =
        files.iter().map(|(path, text)| Contribution::read(path, text)).collect();
    Study::new(contributions.map_err(|refusal| vec![refusal])?, now(), engine::catalog())
}

/// Returns the results of the first machine, to be changed.
fn first() -> Value {
    serde_json::from_str(MACHINES[0].1).unwrap()
}

/// Fails unless results are refused at the path of the first machine, for that reason.
#[track_caller]
fn is_refused(document: &Value, reason: &str) {
    let refusals = study(&[(MACHINES[0].0, &document.to_string()), MACHINES[1]]).unwrap_err();
    let is_it = |refusal: &Refusal| refusal.path == MACHINES[0].0;
    assert!(refusals.iter().all(is_it), "{refusals:#?}");
    let is_told = refusals.iter().any(|refusal| refusal.reason.contains(reason));
    assert!(is_told, "{reason:?} is not in {refusals:#?}");
}
