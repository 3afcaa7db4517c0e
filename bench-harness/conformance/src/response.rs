//! Judges what a backend of this project answers: all variants of a case, sorted into groups.

use delimark::Backend;
use delimark_results::display;

use super::case::{Case, Class};
use super::compare::{Strictness, shown_records};
use super::facts::{Facts, Group, Response};
use super::verdict::{FailedVariants, Failure, FailureKind, Verdict};

/// Judges the lines of JSON that together answer a case.
pub(super) fn judge(case: &Case, backend: Backend, variants: u64, answers: &[String]) -> Verdict {
    match groups(backend, variants, answers) {
        Ok(groups) => judge_groups(case, variants, &groups),
        Err(reason) => Verdict::Failed(Failure::new(FailureKind::Garbage, reason)),
    }
}

/// Reads the groups, and makes sure that the right backend was asked in every way.
fn groups(backend: Backend, variants: u64, answers: &[String]) -> Result<Vec<Group>, String> {
    let mut groups = Vec::new();
    for answer in answers {
        let response: Response = serde_json::from_str(answer)
            .map_err(|error| format!("{error}; it begins {}", display::bytes(answer.as_bytes())))?;
        if response.backend != backend.name() {
            return Err(format!("{} answered instead of {backend}", response.backend));
        }
        groups.extend(response.groups);
    }
    let executed = groups.iter().map(|group| group.count).fold(0, u64::saturating_add);
    if executed == variants {
        Ok(groups)
    } else {
        Err(format!("{executed} variants were executed, not {variants}"))
    }
}

fn judge_groups(case: &Case, variants: u64, groups: &[Group]) -> Verdict {
    let mut failed = 0;
    let mut first_failure = None;
    for group in groups {
        if let Some(failure) = Failure::of_facts(case, &group.outcome, Strictness::Everything) {
            failed += group.count;
            first_failure.get_or_insert((failure, group));
        }
    }
    if let Some((failure, group)) = first_failure {
        let first = group.first.clone();
        let variants = Some(FailedVariants { failed, all: variants, first });
        return Verdict::Failed(Failure { variants, ..failure });
    }
    match groups {
        [first, rest @ ..] => match rest.iter().find(|group| group.outcome != first.outcome) {
            Some(other) => Verdict::Failed(disagreement(variants, first, other)),
            None if case.class == Class::Free => Verdict::Noted(summary(&first.outcome)),
            None => Verdict::Passed,
        },
        [] => Verdict::NotRun("there is no variant".to_owned()),
    }
}

fn disagreement(variants: u64, first: &Group, other: &Group) -> Failure {
    let message = format!(
        "{}: {}; {}: {}",
        first.first,
        summary(&first.outcome),
        other.first,
        summary(&other.outcome)
    );
    let failed = FailedVariants { failed: other.count, all: variants, first: other.first.clone() };
    Failure { variants: Some(failed), ..Failure::new(FailureKind::Inconsistent, message) }
}

/// Says what was done with a case that is free.
fn summary(facts: &Facts) -> String {
    match &facts.error {
        Some(error) => format!("rejects: {error}"),
        None => format!("accepts: {}", shown_records(facts)),
    }
}
