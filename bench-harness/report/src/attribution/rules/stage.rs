//! Rules for a cell's time, by times alone: the read limit, and the steps of a scan.

use delimark_results::statistics::{Comparison, MINIMUM_ROUNDS};

use super::super::evidence::{Evidence, is_in_memory};
use super::super::shares::{Part, Shares, Stage, divide};
use super::super::thresholds::{INPUT_SHARE, READ_SHARE};
use super::super::{Cause, Finding};
use crate::number_format::percent;

pub(super) fn find(evidence: &Evidence<'_>) -> Finding {
    let Some(read) = evidence.read else {
        return open("limit/read was not measured beside it, so how near memory it is stays open.");
    };
    let Some(comparison) = evidence.against(read) else {
        return open("Its rounds are not those of limit/read, so the two cannot be compared.");
    };
    // Then being far from the limit would look no different from being near it.
    let hides_the_limit = !comparison.is_significant && evidence.spread() * READ_SHARE >= 1.0;
    if comparison.ratio.rounds < MINIMUM_ROUNDS || hides_the_limit {
        return lost_in_noise(&comparison);
    }
    if comparison.ratio.median >= READ_SHARE {
        return bound_by_reading(evidence, &comparison);
    }
    if !comparison.is_significant {
        return lost_in_noise(&comparison);
    }
    let share = percent(comparison.ratio.median);
    if !is_in_memory(&evidence.cell.model) {
        return of_file(evidence, &share);
    }
    match divide(evidence) {
        Ok(shares) => of_scan(&shares, &share),
        Err(reason) => {
            open(format!("{share} of the read limit; where the rest goes is open: {reason}."))
        }
    }
}

fn open(sentence: impl Into<String>) -> Finding {
    Finding::new(Cause::Unknown, sentence)
}

/// Says that a run is too noisy or too short to see a difference, which is no sign that there is
/// none.
fn lost_in_noise(comparison: &Comparison) -> Finding {
    open(format!(
        "{} of the read limit, but this run is too noisy or too short to tell the two apart.",
        percent(comparison.ratio.median)
    ))
}

fn bound_by_reading(evidence: &Evidence<'_>, comparison: &Comparison) -> Finding {
    let by = if !is_in_memory(&evidence.cell.model) {
        "reading the file"
    } else if evidence.fits_the_cache() {
        "reading, from a cache that holds all of the data"
    } else {
        "memory"
    };
    let share = percent(comparison.ratio.median);
    let sentence = format!("{share} of the read limit: bound by {by}.");
    Finding::new(Cause::ReadLimit, sentence)
}

/// Divides the time of a file model into the scan, as the model `fields` has it, and the input.
fn of_file(evidence: &Evidence<'_>, share: &str) -> Finding {
    let Some(fields) = evidence.fields else {
        return open(format!(
            "{share} of the read limit; where the rest goes is open: its fields were not measured \
             from memory."
        ));
    };
    let scan = fields.ns_per_record.median / evidence.cell.ns_per_record.median;
    let input = (1.0 - scan).max(0.0);
    let cause = if input >= INPUT_SHARE { Cause::Input } else { Cause::Scan };
    let sentence = format!(
        "{share} of the read limit: the same fields from memory take {} of the time, the file the \
         other {}.",
        percent(scan.min(1.0)),
        percent(input)
    );
    Finding::new(cause, sentence)
}

fn of_scan(shares: &Shares, share: &str) -> Finding {
    let stages: Vec<String> = shares.parts.iter().map(stage_text).collect();
    let sentence = format!("{share} of the read limit; of its time, {}.", stages.join(", "));
    let longest = shares.parts.iter().max_by(|a, b| a.share.total_cmp(&b.share));
    Finding::new(longest.map_or(Cause::Unknown, |part| cause(part.stage)), sentence)
}

fn stage_text(part: &Part) -> String {
    let noise = if part.is_within_spread { " (within the noise)" } else { "" };
    format!("{} takes {}{noise}", part.stage.name(), percent(part.share))
}

const fn cause(stage: Stage) -> Cause {
    match stage {
        Stage::Reading => Cause::Reading,
        Stage::Search => Cause::Search,
        Stage::Emission => Cause::Emission,
        Stage::Consumer => Cause::Consumer,
    }
}
