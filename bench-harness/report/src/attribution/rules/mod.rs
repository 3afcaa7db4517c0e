//! The rules from evidence to findings, and their order: what cannot be true, what differs from the
//! backend an engine is built on, where the time goes, and what the counts say of it.

mod backend;
mod counted;
mod stage;

use super::evidence::{Evidence, is_own};
use super::{Cause, Finding};
use crate::number_format::times;

/// Returns at most two findings; the first says most.
pub(super) fn findings(evidence: &Evidence<'_>) -> Vec<Finding> {
    if let Some(contradiction) = beats_a_limit(evidence) {
        return vec![contradiction];
    }
    match evidence.backend {
        Some(backend) => vec![backend::compare(evidence, backend)],
        None if is_own(evidence.cell) => {
            let stage = stage::find(evidence);
            let counted = counted::find(evidence, stage.cause);
            [stage].into_iter().chain(counted).collect()
        }
        None => Vec::new(),
    }
}

/// Finds a limit that the cell beats: then nothing follows from either figure.
fn beats_a_limit(evidence: &Evidence<'_>) -> Option<Finding> {
    let (limit, ratio) = evidence.beaten_limits().next()?;
    let sentence = format!(
        "It has {} the speed of {}, which does less: one of the two figures is wrong, and nothing \
         is concluded from them.",
        times(ratio.median),
        limit.engine
    );
    Some(Finding::new(Cause::Contradiction, sentence))
}
