//! The work of an engine beyond the backend that it is built on: the time that it takes longer, and
//! the counts that are higher.

use delimark_results::Cell;
use delimark_results::counter::{name, source};

use super::super::counts::{Proportion, cycles, proportion};
use super::super::evidence::Evidence;
use super::super::thresholds::{
    BRANCH_MISS_CYCLES, BRANCH_MISSES_PER_BLOCK, BRANCH_PART_OF_MORE_TIME, COPY_PASSES,
    EXTRA_LINES, MORE_BRANCH_MISSES, SAME_INSTRUCTIONS, STRING_BRANCHES,
};
use super::super::{Cause, Finding};
use crate::number_format::{number, times};

/// Explains why an engine is slower than its backend.
pub(super) fn compare(evidence: &Evidence<'_>, backend: &Cell) -> Finding {
    let name = &backend.engine;
    let Some(comparison) = evidence.against(backend) else {
        let sentence = format!("Its rounds are not those of {name}, so the two are not compared.");
        return Finding::new(Cause::Unknown, sentence);
    };
    if !comparison.is_significant || comparison.ratio.median > 1.0 {
        let sentence = format!(
            "It is not significantly slower than {name} ({}).",
            times(comparison.ratio.median)
        );
        return Finding::new(Cause::Nothing, sentence);
    }
    let slower = times(1.0 / comparison.ratio.median);
    let begin = format!("{slower} the time of {name}");
    more_branch_misses(evidence, backend, &begin)
        .or_else(|| extra_pass(evidence, backend, &begin))
        .or_else(|| more_instructions(evidence, backend, &begin))
        .unwrap_or_else(|| unexplained(evidence, backend, &begin))
}

/// Returns the same count of both, where the same source took it.
fn pair<'a>(
    cell: &'a Cell,
    backend: &'a Cell,
    counter: &str,
) -> Result<(Proportion<'a>, Proportion<'a>), &'a str> {
    let both = (proportion(cell, counter)?, proportion(backend, counter)?);
    if both.0.source == both.1.source { Ok(both) } else { Err("two sources counted them") }
}

fn more_branch_misses(evidence: &Evidence<'_>, backend: &Cell, begin: &str) -> Option<Finding> {
    let (here, there) = pair(evidence.cell, backend, name::BRANCH_MISSES).ok()?;
    let more = here.per_block() - there.per_block();
    let is_much = more >= BRANCH_MISSES_PER_BLOCK
        && here.per_byte >= MORE_BRANCH_MISSES * there.per_byte
        && part_of_more_time(evidence, backend, here.per_byte - there.per_byte)
            .is_none_or(|part| part >= BRANCH_PART_OF_MORE_TIME);
    is_much.then(|| {
        let sentence = format!(
            "{begin}, with {} branch misses a block{} where that has {}: an extra branch.",
            number(here.per_block()),
            here.qualifier(),
            number(there.per_block())
        );
        Finding::new(Cause::Branches, sentence)
    })
}

/// Returns the part of the additional cycles that additional misses cost, where the cycles are
/// known.
fn part_of_more_time(evidence: &Evidence<'_>, backend: &Cell, misses_per_byte: f64) -> Option<f64> {
    let of = |cell| cycles(cell, &evidence.results.environment).ok();
    let (here, there) = (of(evidence.cell)?, of(backend)?);
    let are_alike = here.is_measured == there.is_measured;
    are_alike.then(|| misses_per_byte * BRANCH_MISS_CYCLES / (here.per_byte - there.per_byte))
}

/// Finds a pass over memory: it takes as long as a copy at least, touches each line once more, and
/// takes hardly an instruction.
fn extra_pass(evidence: &Evidence<'_>, backend: &Cell, begin: &str) -> Option<Finding> {
    let copy_ns = evidence.copy?.ns_per_record.median;
    let longer_ns = evidence.cell.ns_per_record.median - backend.ns_per_record.median;
    let passes = longer_ns / copy_ns;
    let misses = pair(evidence.cell, backend, name::L1D_MISSES).ok();
    let is_pass = match misses {
        Some((here, there)) => {
            passes >= *COPY_PASSES.start() && here.per_block() - there.per_block() >= EXTRA_LINES
        }
        // Without lines to show it, it has to take about as long as a copy.
        None => COPY_PASSES.contains(&passes),
    };
    if !is_pass {
        return None;
    }
    let about_a_copy = format!(
        "{begin}: {} ns a record more, where limit/copy takes {}",
        number(longer_ns),
        number(copy_ns)
    );
    let instructions = match pair(evidence.cell, backend, name::INSTRUCTIONS) {
        Ok(instructions) => instructions,
        Err(reason) => {
            let sentence = format!(
                "{about_a_copy}. That may be an extra pass over memory, but instructions are not \
                 known ({reason})."
            );
            return Some(Finding::new(Cause::Unknown, sentence));
        }
    };
    let work = little_work(evidence, backend, instructions)?;
    let misses = misses.map_or_else(String::new, more_misses);
    let sentence = format!("{about_a_copy}, with {work}{misses}: an extra pass over memory.");
    Some(Finding::new(Cause::ExtraPass, sentence))
}

/// Says how many times the instructions there are, where that is no work to speak of: few more, or
/// those of a string instruction, which a processor counts once and a simulation for each byte.
fn little_work(
    evidence: &Evidence<'_>,
    backend: &Cell,
    (here, there): (Proportion<'_>, Proportion<'_>),
) -> Option<String> {
    let ratio = times(here.per_byte / there.per_byte);
    let more = here.per_byte - there.per_byte;
    if here.per_byte <= SAME_INSTRUCTIONS * there.per_byte {
        return Some(format!("{ratio} the instructions"));
    }
    let (here, there) = pair(evidence.cell, backend, name::BRANCHES).ok()?;
    let are_of_a_string = here.source == source::CALLGRIND
        && here.per_byte - there.per_byte >= STRING_BRANCHES * more;
    are_of_a_string.then(|| {
        format!("{ratio} the instructions (a string instruction's, which counts once a byte)")
    })
}

fn more_misses((here, there): (Proportion<'_>, Proportion<'_>)) -> String {
    format!(
        " and {} L1d misses a line{} where that has {}",
        number(here.per_block()),
        here.qualifier(),
        number(there.per_block())
    )
}

fn more_instructions(evidence: &Evidence<'_>, backend: &Cell, begin: &str) -> Option<Finding> {
    let (here, there) = pair(evidence.cell, backend, name::INSTRUCTIONS).ok()?;
    let ratio = here.per_byte / there.per_byte;
    (ratio > SAME_INSTRUCTIONS).then(|| {
        let sentence = format!("{begin}, with {} its instructions: more work.", times(ratio));
        Finding::new(Cause::Instructions, sentence)
    })
}

/// Names what is missing, or says that what is there does not explain it.
fn unexplained(evidence: &Evidence<'_>, backend: &Cell, begin: &str) -> Finding {
    let counters = [(name::BRANCH_MISSES, "branch misses"), (name::INSTRUCTIONS, "instructions")];
    let missing: Vec<String> = counters
        .into_iter()
        .filter_map(|(counter, words)| {
            let reason = pair(evidence.cell, backend, counter).err()?;
            Some(format!("{words} are not known ({reason})"))
        })
        .chain(evidence.copy.is_none().then(|| "limit/copy was not measured".to_owned()))
        .collect();
    let why = if missing.is_empty() {
        "neither branch misses nor instructions nor limit/copy explain it".to_owned()
    } else {
        format!("why is open: {}", missing.join(", "))
    };
    Finding::new(Cause::Unknown, format!("{begin}; {why}."))
}
