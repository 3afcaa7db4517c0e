//! The path of a file of results: a folder a machine, a file a day. It is derived from the results,
//! so that no file can pass for another machine's.

use std::collections::BTreeMap;

use delimark_results::Results;

use super::data::{dataset_id, day};
use super::{Contribution, Refusal};

/// The shape that a run measures without being asked for anything else, so that its file needs no
/// name beyond the day.
const USUAL_SHAPE: &str = "nginx12";

/// Returns where results belong within the folder of machines, such as
/// `987c34e0f465/2026-01-31.json`; the data sets follow the day where the usual one is not among
/// them, since a run on other data can be made on the same day.
#[must_use]
pub fn path_of(results: &Results) -> String {
    let mut path = format!("{}/{}", results.environment.cpu.fingerprint(), day(results));
    let is_usual = |shape: &Option<String>| shape.as_deref() == Some(USUAL_SHAPE);
    if !results.datasets.iter().any(|dataset| is_usual(&dataset.shape)) {
        for dataset in &results.datasets {
            path.push('-');
            path.push_str(&dataset_id(dataset));
        }
    }
    path + ".json"
}

/// Says where a file belongs, if that is not where it is.
pub(super) fn flaw(found: &str, results: &Results) -> Option<String> {
    let expected = path_of(results);
    (found != expected).then(|| format!("it belongs at {expected}: move it there"))
}

/// Returns the files with a data set that the same machine has in another file of the same day: the
/// page shows one of each.
pub(super) fn repetitions(contributions: &[Contribution]) -> Vec<Refusal> {
    let mut seen = BTreeMap::new();
    let mut refusals = Vec::new();
    for Contribution { path, results, .. } in contributions {
        for dataset in &results.datasets {
            let machine = results.environment.cpu.fingerprint();
            let what = (machine, day(results), dataset_id(dataset));
            if let Some(other) = seen.insert(what, path) {
                let name = &dataset.name;
                let reason = format!("{other} has {name} of the same day: remove one of the two");
                refusals.push(Refusal { path: path.clone(), reason });
            }
        }
    }
    refusals
}
