//! In what two runs differ besides their times: whoever looks for the cause of a change begins
//! here.

use delimark_results::{Known, Results};
use serde::Serialize;

/// A fact that is not the same in both runs.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Difference {
    /// The fact's name.
    pub what: &'static str,
    /// Its value in A.
    pub a: String,
    /// Its value in B.
    pub b: String,
}

/// Returns the facts that differ.
pub(super) fn differences(a: &Results, b: &Results) -> Vec<Difference> {
    let facts = facts(a).into_iter().zip(facts(b));
    let different = facts.filter(|((_, a), (_, b))| a != b);
    different.map(|((what, a), (_, b))| Difference { what, a, b }).collect()
}

fn facts(results: &Results) -> [(&'static str, String); 14] {
    let environment = &results.environment;
    let cpu = &environment.cpu;
    [
        ("CPU", shown(&cpu.model)),
        ("cores", cpu.logical_cores.to_string()),
        ("system", environment.operating_system.clone()),
        ("kernel", shown(&environment.kernel)),
        ("virtualisation", shown(&environment.virtualisation)),
        ("governor", shown(&environment.governor)),
        ("huge pages", shown(&environment.transparent_huge_pages)),
        ("commit", shown(&environment.commit)),
        ("changes beyond the commit", shown(&environment.dirty)),
        ("compiler", shown(&environment.rustc)),
        ("compiler flags", environment.rustflags.clone()),
        ("target", environment.target.clone()),
        ("runtimes", environment.runtimes.join(", ")),
        ("quick run", results.quick.to_string()),
    ]
}

fn shown<T: ToString>(known: &Known<T>) -> String {
    match known {
        Known::Value(value) => value.to_string(),
        Known::Unavailable(reason) => format!("unknown: {reason}"),
    }
}
