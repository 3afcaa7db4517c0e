//! The pinned answers against the reference parser, over data that are made again.

use delimark_datasets::manifest::{Entry, Manifest};
use delimark_harness::workload::{GeneratedOptions, Workload};
use delimark_report::study::pinned_answer;
use tempfile::TempDir;

const ANSWERS: &str = include_str!("../../../../datasets/answers.toml");

/// Larger data take a slow build too long. Full runs compare every engine with the reference on
/// them, and the committed ones are compared with these answers.
const LINES_MOST: u64 = 10_000;

#[test]
fn the_pinned_answers_are_the_reference_s() {
    let folder = TempDir::new().unwrap();
    for Entry { name, shape, lines, seed, .. } in Manifest::embedded().entries() {
        if *lines > LINES_MOST {
            continue;
        }
        let options = GeneratedOptions { shape: *shape, lines: *lines, seed: *seed };
        let workload = Workload::generated(folder.path(), options, &mut |_| ()).unwrap();
        let pins = workload.pins(name);
        assert!(ANSWERS.contains(&format!("\n{pins}")), "datasets/answers.toml has not\n{pins}");
    }
}

#[test]
fn every_pinned_data_set_has_every_answer() {
    for entry in Manifest::embedded().entries() {
        for task in ["words", "count", "index", "fields", "project", "extract"] {
            assert!(pinned_answer(&entry.name, task).is_some(), "{} {task}", entry.name);
        }
    }
    assert_eq!(pinned_answer("nginx12-1000000-seed2", "count"), None);
    assert_eq!(pinned_answer("nginx12-1000000-seed1", "bogus"), None);
}
