//! The gain that a machine gives to threads that only compute.

use delimark_results::Steps;

use super::curve::Scaling;
use super::paired::Side;
use super::{kinds_sentence, scales_from, undecided};
use crate::attribution::{Cause, Finding};

/// Says what the most threads gain, and what that says about the processors.
pub(super) fn explain(scaling: &Scaling<'_>) -> Option<Finding> {
    let threads = scaling.compute.iter().map(|point| point.threads).max()?;
    if threads < 2 {
        return None;
    }
    let independent = scaling.computing_gain(Steps::Independent, threads)?;
    let dependent = scaling.computing_gain(Steps::Dependent, threads);
    let scales = scales_from(threads);
    let side = independent.side(scales);
    let (cause, why) = match (side, dependent.as_ref().map(|gain| gain.side(scales))) {
        (Side::Above, _) => (Cause::Nothing, "each has a core to itself".to_owned()),
        (Side::Open, _) => (Cause::Unknown, undecided(&independent, threads)),
        (Side::Below, Some(Side::Above)) => {
            let who = if threads == 2 { "they" } else { "some of them" };
            (Cause::Processors, format!("{who} share a core"))
        }
        (Side::Below, Some(Side::Below)) => {
            (Cause::Processors, "the machine does not run them all at the same time".to_owned())
        }
        (Side::Below, Some(Side::Open) | None) => {
            let why = "the machine does not give each a core, and why is open";
            (Cause::Processors, why.to_owned())
        }
    };
    let waiting = dependent
        .map(|gain| format!(", and {} where each step waits for the one before", gain.as_times()))
        .unwrap_or_default();
    let mut sentence = format!(
        "Computing alone, {threads} threads do {} what one does{waiting}: {why}.",
        independent.as_times()
    );
    if side == Side::Open {
        let [one, many] = [1, threads].map(|threads| scaling.computing_kinds(threads));
        sentence += &kinds_sentence(threads, one, many);
    }
    Some(Finding::new(cause, sentence))
}
