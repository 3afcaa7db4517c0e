//! Rules for the counts of a backend's cell: branches, waiting, or the number of instructions.

use delimark_results::Cell;
use delimark_results::counter::{name, source};
use delimark_runner::model::Model;

use super::super::counts::{Proportion, alternatives, cycles, ipc, proportion};
use super::super::evidence::{Evidence, is_in_memory};
use super::super::thresholds::{
    BRANCH_MISS_CYCLES, BRANCH_MISS_RATIO, BRANCH_MISSES_PER_BLOCK, BRANCH_TIME_SHARE, HIGH_IPC,
    LLC_MISS_RATIO, LLC_MISSES_PER_LINE, LOW_IPC, RETIRED_MOST, SOURCES_APART, STEP_BEFORE_SHARE,
};
use super::super::{Cause, Finding, Ipc};
use crate::number_format::{number, percent};

/// Finds what explains the time, which goes where `stage` says. At the read limit, counts can only
/// contradict that.
pub(super) fn find(evidence: &Evidence<'_>, stage: Cause) -> Option<Finding> {
    let cell = evidence.cell;
    let misses = proportion(cell, name::BRANCH_MISSES);
    let ipc_known = ipc(cell, &evidence.results.environment);
    let is_busy = ipc_known.as_ref().is_ok_and(|ipc| ipc.value >= HIGH_IPC);
    let many_misses = misses.ok().filter(|misses| are_a_cause(evidence, *misses));
    // A simulated predictor is none that the processor has: a busy core makes it doubtful.
    let is_doubted = |misses: &Proportion<'_>| misses.source == source::CALLGRIND && is_busy;
    let bound_by_branches = many_misses.filter(|misses| !is_doubted(misses));
    if stage == Cause::ReadLimit {
        return bound_by_branches.map(contradicted);
    }
    if let Some(finding) = sources_apart(cell).or_else(|| impossible(ipc_known.as_ref().ok()?)) {
        return Some(finding);
    }
    if let Some(misses) = bound_by_branches {
        return Some(branches(evidence, misses));
    }
    Some(match ipc_known {
        Ok(ipc) if ipc.value < LOW_IPC => waiting(cell, ipc, misses),
        Ok(ipc) if ipc.value >= HIGH_IPC => busy(evidence, ipc, many_misses),
        ipc => inconclusive(ipc, misses),
    })
}

/// Tells whether branch misses are many, a notable part of the branches, and of the time.
fn are_a_cause(evidence: &Evidence<'_>, misses: Proportion<'_>) -> bool {
    let branches = proportion(evidence.cell, name::BRANCHES).ok();
    let branches = branches.filter(|branches| branches.source == misses.source);
    let ratio = branches.map(|branches| misses.per_byte / branches.per_byte);
    misses.per_block() >= BRANCH_MISSES_PER_BLOCK
        && ratio.is_none_or(|ratio| ratio >= BRANCH_MISS_RATIO)
        && time_share(evidence, misses).is_none_or(|share| share >= BRANCH_TIME_SHARE)
}

/// Returns the part of the cycles that branch misses cost, where the cycles are known.
fn time_share(evidence: &Evidence<'_>, misses: Proportion<'_>) -> Option<f64> {
    let cycles = cycles(evidence.cell, &evidence.results.environment).ok()?;
    Some(misses.per_byte * BRANCH_MISS_CYCLES / cycles.per_byte)
}

/// Says that misses cannot cost what they should, when the time is all spent reading.
fn contradicted(misses: Proportion<'_>) -> Finding {
    let sentence = format!(
        "Its {} branch misses a block{} do not show in that time.",
        number(misses.per_block()),
        misses.qualifier()
    );
    Finding::new(Cause::Contradiction, sentence)
}

/// Finds sources that count the same and do not agree.
fn sources_apart(cell: &Cell) -> Option<Finding> {
    let one = proportion(cell, name::INSTRUCTIONS).ok()?;
    let is_apart =
        |other: &Proportion<'_>| (other.per_byte / one.per_byte - 1.0).abs() > SOURCES_APART;
    let other = alternatives(cell, name::INSTRUCTIONS).find(is_apart)?;
    let sentence = format!(
        "Instructions a byte are {} by {} and {} by {}: nothing is concluded from counts that \
         contradict each other.",
        number(one.per_byte),
        one.source,
        number(other.per_byte),
        other.source
    );
    Some(Finding::new(Cause::Contradiction, sentence))
}

/// Finds an estimate that no core can reach, after which neither it nor the cycles are evidence.
fn impossible(ipc: &Ipc) -> Option<Finding> {
    ipc.is_impossible().then(|| {
        let sentence = format!(
            "IPC {}{} is above the {RETIRED_MOST} that any core retires: its clock or its count is \
             wrong, and nothing is concluded from them.",
            number(ipc.value),
            ipc.qualifier()
        );
        Finding::new(Cause::Contradiction, sentence)
    })
}

fn branches(evidence: &Evidence<'_>, misses: Proportion<'_>) -> Finding {
    let cost = time_share(evidence, misses).map_or_else(String::new, |share| {
        format!(
            ", by estimate {} of its time at {BRANCH_MISS_CYCLES} cycles each",
            percent(share.min(1.0))
        )
    });
    let sentence = format!(
        "{} branch misses a block{}{cost}: {}.",
        number(misses.per_block()),
        misses.qualifier(),
        whose_branch(evidence, misses)
    );
    Finding::new(Cause::Branches, sentence)
}

/// Tells in which step the misses are, by those of the steps before.
fn whose_branch(evidence: &Evidence<'_>, misses: Proportion<'_>) -> String {
    let has_most = |step: &Cell| {
        let of_step = proportion(step, name::BRANCH_MISSES).ok()?;
        let is_comparable = of_step.source == misses.source;
        is_comparable.then_some(of_step.per_byte >= STEP_BEFORE_SHARE * misses.per_byte)
    };
    let model = evidence.cell.model.as_str();
    if model == Model::Count.name() {
        return "the search's branch".to_owned();
    }
    if !is_in_memory(model) {
        return "in which step, the models in memory show".to_owned();
    }
    let is_index = model == Model::Index.name();
    let index = evidence.index.filter(|_| !is_index);
    match (evidence.masks.and_then(has_most), index.and_then(has_most)) {
        (Some(true), _) => "the search's branch",
        (Some(false), Some(true)) => "the emitter's branch",
        (Some(false), None) if is_index => "the emitter's branch",
        (_, Some(false)) => "the consumer's branch",
        _ => "in which step is open, since those before have no such count",
    }
    .to_owned()
}

/// Finds a core that retires little: it waits for memory, or for its own results.
fn waiting(cell: &Cell, ipc: Ipc, branch_misses: Result<Proportion<'_>, &str>) -> Finding {
    let begin = format!("IPC {}{}", number(ipc.value), ipc.qualifier());
    let llc = match last_level(cell) {
        Ok(llc) => llc,
        Err(reason) => {
            let sentence =
                format!("{begin} is low: it waits, and for what is open, since {reason}.");
            return Finding::new(Cause::Unknown, sentence);
        }
    };
    if llc.miss_ratio >= LLC_MISS_RATIO && llc.misses_per_line >= LLC_MISSES_PER_LINE {
        let sentence = format!(
            "{begin}, and {} of the loads that reach the last-level cache miss it, {} a line: it \
             waits for memory.",
            percent(llc.miss_ratio),
            number(llc.misses_per_line)
        );
        return Finding::new(Cause::MemoryLatency, sentence);
    }
    match branch_misses {
        Ok(branch_misses) => {
            let sentence = format!(
                "{begin} with {} branch and {} LLC misses a block, both few: it waits for its own \
                 results.",
                number(branch_misses.per_block()),
                number(llc.misses_per_line)
            );
            Finding::new(Cause::Latency, sentence)
        }
        Err(reason) => {
            let sentence = format!(
                "{begin} is low without LLC misses; for what it waits is open, since branch misses \
                 are not known ({reason})."
            );
            Finding::new(Cause::Unknown, sentence)
        }
    }
}

/// The processor's counts of its last level of cache.
struct LastLevel {
    miss_ratio: f64,
    misses_per_line: f64,
}

/// Returns the counts of the last level; a simulated cache is no evidence of waiting, since it
/// knows no prefetching.
fn last_level(cell: &Cell) -> Result<LastLevel, String> {
    let not_known = |reason: &str| format!("LLC misses are not known ({reason})");
    let misses = proportion(cell, name::LLC_MISSES).map_err(not_known)?;
    let loads = proportion(cell, name::LLC_LOADS).map_err(not_known)?;
    if [misses, loads].iter().any(|count| count.source != source::PERF_EVENT) {
        return Err("LLC misses are only simulated, without prefetching".to_owned());
    }
    // Without a load there is no miss.
    let miss_ratio = if loads.per_byte > 0.0 { misses.per_byte / loads.per_byte } else { 0.0 };
    Ok(LastLevel { miss_ratio, misses_per_line: misses.per_block() })
}

/// Finds a core that retires much; what a simulated predictor says against that is not kept back.
fn busy(evidence: &Evidence<'_>, ipc: Ipc, doubted: Option<Proportion<'_>>) -> Finding {
    let instructions = proportion(evidence.cell, name::INSTRUCTIONS);
    let block = instructions.map(|instructions| instructions.per_block());
    let doubt = doubted.map_or_else(String::new, |misses| {
        let cost = time_share(evidence, misses).map_or_else(String::new, |share| {
            format!(", which would be {} of its time", percent(share.min(1.0)))
        });
        format!(
            "; a simulated predictor, which a real one beats, misses {} branches a block{cost}",
            number(misses.per_block())
        )
    });
    let sentence = format!(
        "IPC {}{} at {} instructions a block: their number bounds it{doubt}.",
        number(ipc.value),
        ipc.qualifier(),
        block.map_or_else(|_| "unknown".to_owned(), number)
    );
    Finding::new(Cause::Instructions, sentence)
}

/// Says what does not stand out, and what is not known.
fn inconclusive(ipc: Result<Ipc, &str>, misses: Result<Proportion<'_>, &str>) -> Finding {
    let ipc_text = ipc.map(|ipc| format!("IPC {}{}", number(ipc.value), ipc.qualifier()));
    let misses_text = misses.map(|misses| {
        let per_block = number(misses.per_block());
        format!("{per_block} branch misses a block{}", misses.qualifier())
    });
    match (ipc_text, misses_text) {
        (Ok(ipc), Ok(misses)) => {
            Finding::new(Cause::Nothing, format!("{ipc}, {misses}: neither stands out."))
        }
        (Ok(ipc), Err(reason)) => Finding::new(
            Cause::Unknown,
            format!("{ipc} does not stand out; branch misses are not known ({reason})."),
        ),
        (Err(reason), Ok(misses)) => Finding::new(
            Cause::Unknown,
            format!("{misses} do not stand out; IPC is not known ({reason})."),
        ),
        (Err(ipc), Err(misses)) if ipc == misses => Finding::new(
            Cause::Unknown,
            format!("Why is open: neither IPC nor branch misses are known ({ipc})."),
        ),
        (Err(ipc), Err(misses)) => Finding::new(
            Cause::Unknown,
            format!("Why is open: IPC is not known ({ipc}), nor branch misses ({misses})."),
        ),
    }
}
