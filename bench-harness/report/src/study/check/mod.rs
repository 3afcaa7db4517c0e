//! Checks that make results fit to be compared with another machine's, beyond those of every
//! reader: a full run of a clean build, as it was written, on pinned data, by engines that
//! everybody has.

use std::time::Duration;

use delimark_results::statistics::MINIMUM_ROUNDS;
use delimark_results::{Catalog, Environment, Known, Results, Seal};
use jiff::Timestamp;

use super::Contribution;
use super::contribution::AS_WRITTEN;

mod data;
mod elsewhere;
mod engines;

/// The most that the clocks of two machines may be apart.
const CLOCKS_APART: Duration = Duration::from_secs(24 * 60 * 60);

/// Returns everything that is wrong with a contribution, each with what to do about it.
pub(super) fn flaws(contribution: &Contribution, now: Timestamp, catalog: &Catalog) -> Vec<String> {
    let results = &contribution.results;
    let mut flaws: Vec<String> = seal_flaw(contribution).into_iter().collect();
    flaws.extend(run_flaws(results, now));
    flaws.extend(environment_flaws(&results.environment));
    flaws.extend(data::flaws(results));
    flaws.extend(engines::flaws(results, catalog));
    flaws.extend(elsewhere::flaws(results, catalog));
    flaws
}

fn seal_flaw(contribution: &Contribution) -> Option<String> {
    match contribution.seal {
        Seal::Intact => None,
        Seal::Broken => Some(format!(
            "it was changed since it was written, for its seal does not fit the rest: {AS_WRITTEN}"
        )),
        Seal::Absent => {
            Some(format!("it has no seal, and `delimark-bench run` writes one: {AS_WRITTEN}"))
        }
    }
}

fn run_flaws(results: &Results, now: Timestamp) -> Vec<String> {
    let mut flaws = Vec::new();
    if results.quick {
        flaws.push("it is of a quick run, a first look: run without --quick".to_owned());
    }
    if results.rounds < MINIMUM_ROUNDS as u64 {
        flaws.push(format!(
            "it has {} rounds, and an interval takes {MINIMUM_ROUNDS}: run again",
            results.rounds
        ));
    }
    if results.created > now + CLOCKS_APART {
        flaws.push(format!(
            "it is from {}, which is in the future: set the machine's clock, and run again",
            results.created
        ));
    }
    flaws.extend(duration_flaw(results));
    flaws
}

/// Finds passes that do not fit into the run together, though one is after the other.
fn duration_flaw(results: &Results) -> Option<String> {
    let cells = results.cells.iter();
    let passes = cells.flat_map(|cell| cell.samples_ns.iter().chain(&cell.first_pass_ns));
    let controls = results.twins.iter().flat_map(|aa_control| &aa_control.twin_ns);
    let passes_seconds = passes.chain(controls).map(|&ns| ns as f64).sum::<f64>() / 1e9;
    (passes_seconds > results.duration_seconds).then(|| {
        format!(
            "its passes took {passes_seconds:.1} s, and all of the run {:.1} s: {AS_WRITTEN}",
            results.duration_seconds
        )
    })
}

fn environment_flaws(environment: &Environment) -> Vec<String> {
    let mut flaws = Vec::new();
    let facts = [
        ("the processor's model", reason(&environment.cpu.model)),
        ("the compiler", reason(&environment.rustc)),
        ("the commit", reason(&environment.commit)),
        ("whether the build was clean", reason(&environment.dirty)),
    ];
    for (fact, reason) in facts {
        flaws.extend(reason.map(|reason| {
            format!(
                "{fact} is not known ({reason}): run a build from a git checkout on a system that \
                 tells"
            )
        }));
    }
    if environment.dirty == Known::Value(true) {
        let what = "the build held changes that its commit does not have: commit them, or take \
                    them back, and build and run again";
        flaws.push(what.to_owned());
    }
    let follows = environment.cpu.fingerprint();
    if environment.fingerprint != follows {
        flaws.push(format!(
            "its fingerprint is {}, but {follows} follows from its processor: {AS_WRITTEN}",
            environment.fingerprint
        ));
    }
    flaws
}

fn reason<T>(known: &Known<T>) -> Option<&str> {
    match known {
        Known::Value(_) => None,
        Known::Unavailable(reason) => Some(reason),
    }
}
