//! Each threshold from both sides, in runs whose samples scatter: a rule applies just beyond its
//! figure and not just before it.

use delimark_report::attribution::Cause;
use delimark_report::attribution::thresholds::{
    BRANCH_MISS_CYCLES, BRANCH_MISS_RATIO, BRANCH_MISSES_PER_BLOCK, BRANCH_PART_OF_MORE_TIME,
    BRANCH_TIME_SHARE, COPY_PASSES, EXTRA_LINES, HIGH_IPC, INPUT_SHARE, LLC_MISS_RATIO,
    LLC_MISSES_PER_LINE, LOW_IPC, MORE_BRANCH_MISSES, READ_SHARE, RETIRED_MOST, SAME_INSTRUCTIONS,
    SOURCES_APART, STEP_BEFORE_SHARE, STRING_BRANCHES,
};
use delimark_results::counter::{name, source};

use super::run::Run;
use super::{emitter, found, handicap};

const BACKEND: &str = "delimark/avx2";
const HANDICAP: &str = "handicap/extra";

/// Under it, 40 ns for 200 bytes are 0.6 cycles a byte.
const HERTZ: f64 = 3e9;
const CYCLES_PER_BYTE: f64 = 0.6;

/// On which side of its threshold a rule applies.
enum Applies {
    Above,
    Below,
}

/// Checks that a cause is found on the one side of a threshold and not on the other.
#[track_caller]
fn check(applies: Applies, threshold: f64, engine: &str, cause: Cause, run: impl Fn(f64) -> Run) {
    let (beyond, before) = match applies {
        Applies::Above => (1.05, 0.95),
        Applies::Below => (0.95, 1.05),
    };
    for (factor, is_expected) in [(beyond, true), (before, false)] {
        let run = run(threshold * factor).scattered();
        let (causes, sentences) = found(&run, engine, &run.model_of(engine));
        assert_eq!(causes.contains(&cause), is_expected, "at {factor} of it: {sentences}");
    }
}

#[track_caller]
fn check_backend(applies: Applies, threshold: f64, cause: Cause, run: impl Fn(f64) -> Run) {
    check(applies, threshold, BACKEND, cause, run);
}

#[track_caller]
fn check_handicap(applies: Applies, threshold: f64, cause: Cause, run: impl Fn(f64) -> Run) {
    check(applies, threshold, HANDICAP, cause, run);
}

/// Returns a backend that spends most of its time on emission, with this many branch misses a
/// block.
fn missing(per_block: f64) -> Run {
    emitter().count(BACKEND, name::BRANCH_MISSES, per_block / 64.0, source::PERF_EVENT)
}

/// Returns the same with that many instructions in a counted cycle.
fn retiring(ipc: f64) -> Run {
    emitter().count(BACKEND, name::CYCLES, 1.0, source::PERF_EVENT).count(
        BACKEND,
        name::INSTRUCTIONS,
        ipc,
        source::PERF_EVENT,
    )
}

/// Returns the same with this many last-level loads and misses a line.
fn loading(ipc: f64, loads: f64, misses: f64) -> Run {
    retiring(ipc).count(BACKEND, name::LLC_LOADS, loads / 64.0, source::PERF_EVENT).count(
        BACKEND,
        name::LLC_MISSES,
        misses / 64.0,
        source::PERF_EVENT,
    )
}

/// Returns a handicap that takes this many passes of `limit/copy` longer than its backend.
fn copying(passes: f64, instructions: f64) -> Run {
    handicap(40.0 + 16.0 * passes).count(
        HANDICAP,
        name::INSTRUCTIONS,
        instructions,
        source::CALLGRIND,
    )
}

#[test]
fn the_read_limit_bounds_what_is_near_it() {
    check_backend(Applies::Above, READ_SHARE, Cause::ReadLimit, |share| {
        Run::new().cell("limit/read", "index", 10.0).cell(BACKEND, "index", 10.0 / share)
    });
}

#[test]
fn a_file_outweighs_the_scan_from_half_of_the_time() {
    check_backend(Applies::Above, INPUT_SHARE, Cause::Input, |share| {
        // The cell to explain comes first.
        Run::new().cell(BACKEND, "file-map", 60.0).cell("limit/read", "file-map", 30.0).cell(
            BACKEND,
            "fields",
            60.0 * (1.0 - share),
        )
    });
}

#[test]
fn branch_misses_are_a_cause_where_they_are_many_missed_often_and_cost_time() {
    check_backend(Applies::Above, BRANCH_MISSES_PER_BLOCK, Cause::Branches, missing);
    check_backend(Applies::Above, BRANCH_MISS_RATIO, Cause::Branches, |ratio| {
        missing(0.4).count(BACKEND, name::BRANCHES, 0.4 / 64.0 / ratio, source::PERF_EVENT)
    });
    check_backend(Applies::Above, BRANCH_TIME_SHARE, Cause::Branches, |share| {
        missing(64.0 * share * CYCLES_PER_BYTE / BRANCH_MISS_CYCLES).clock(HERTZ)
    });
}

#[test]
fn the_step_before_is_at_fault_from_half_of_the_misses() {
    let sentences = |share: f64| {
        let per_byte = 0.4 / 64.0 * share;
        let run = missing(0.4).count(
            "limit/masks-avx2",
            name::BRANCH_MISSES,
            per_byte,
            source::PERF_EVENT,
        );
        found(&run.scattered(), BACKEND, "index").1
    };
    let (more, less) = (sentences(STEP_BEFORE_SHARE * 1.05), sentences(STEP_BEFORE_SHARE * 0.95));
    assert!(more.ends_with("the search's branch."), "{more}");
    assert!(less.ends_with("the emitter's branch."), "{less}");
}

#[test]
fn a_core_waits_below_one_ipc_and_is_busy_from_another() {
    check_backend(Applies::Below, LOW_IPC, Cause::MemoryLatency, |ipc| loading(ipc, 0.5, 0.25));
    check_backend(Applies::Above, HIGH_IPC, Cause::Instructions, retiring);
}

#[test]
fn a_core_waits_for_memory_where_a_third_of_many_loads_miss() {
    let waiting = |loads, misses| loading(0.8, loads, misses);
    check_backend(Applies::Above, LLC_MISS_RATIO, Cause::MemoryLatency, |ratio| {
        waiting(1.0, ratio)
    });
    check_backend(Applies::Above, LLC_MISSES_PER_LINE, Cause::MemoryLatency, |misses| {
        waiting(2.0 * misses, misses)
    });
}

#[test]
fn an_estimate_that_no_core_reaches_is_no_evidence() {
    check_backend(Applies::Above, RETIRED_MOST, Cause::Contradiction, |ipc| {
        emitter().clock(HERTZ).count(
            BACKEND,
            name::INSTRUCTIONS,
            ipc * CYCLES_PER_BYTE,
            source::CALLGRIND,
        )
    });
    // What the processor counted itself is not doubted.
    let counted = retiring(RETIRED_MOST * 1.05);
    assert!(found(&counted, BACKEND, "index").0.contains(&Cause::Instructions));
}

#[test]
fn sources_contradict_each_other_beyond_the_difference_of_their_windows() {
    check_backend(Applies::Above, SOURCES_APART, Cause::Contradiction, |apart| {
        emitter().count(BACKEND, name::INSTRUCTIONS, 1.0, source::CALLGRIND).count(
            BACKEND,
            "instructions@single-step",
            1.0 + apart,
            source::SINGLE_STEP,
        )
    });
}

#[test]
fn an_extra_branch_has_notably_more_misses_than_the_backend() {
    check_handicap(Applies::Above, BRANCH_MISSES_PER_BLOCK, Cause::Branches, |more| {
        let misses = (0.02 + more) / 64.0;
        handicap(56.0).count(HANDICAP, name::BRANCH_MISSES, misses, source::CALLGRIND)
    });
    check_handicap(Applies::Above, MORE_BRANCH_MISSES, Cause::Branches, |times| {
        handicap(56.0).count(BACKEND, name::BRANCH_MISSES, 2.0 / 64.0, source::CALLGRIND).count(
            HANDICAP,
            name::BRANCH_MISSES,
            2.0 / 64.0 * times,
            source::CALLGRIND,
        )
    });
}

#[test]
fn an_extra_branch_costs_a_notable_part_of_the_time_between_the_two() {
    check_handicap(Applies::Above, BRANCH_PART_OF_MORE_TIME, Cause::Branches, |part| {
        // 16 ns more for 200 bytes.
        let cycles_per_byte = 16.0 / 40.0 * CYCLES_PER_BYTE;
        let more = part * cycles_per_byte / BRANCH_MISS_CYCLES;
        let misses = 0.02 / 64.0 + more;
        handicap(56.0).clock(HERTZ).count(HANDICAP, name::BRANCH_MISSES, misses, source::CALLGRIND)
    });
}

#[test]
fn an_extra_pass_takes_about_as_long_as_a_copy() {
    let is_pass = |passes| copying(passes, 1.1);
    check_handicap(Applies::Above, *COPY_PASSES.start(), Cause::ExtraPass, is_pass);
    check_handicap(Applies::Below, *COPY_PASSES.end(), Cause::ExtraPass, is_pass);
}

#[test]
fn an_extra_pass_touches_lines_and_takes_few_instructions() {
    check_handicap(Applies::Above, EXTRA_LINES, Cause::ExtraPass, |lines| {
        copying(1.0, 1.1).count(BACKEND, name::L1D_MISSES, 1.0 / 64.0, source::CALLGRIND).count(
            HANDICAP,
            name::L1D_MISSES,
            (1.0 + lines) / 64.0,
            source::CALLGRIND,
        )
    });
    let of_instructions = |instructions| copying(1.0, instructions);
    check_handicap(Applies::Below, SAME_INSTRUCTIONS, Cause::ExtraPass, of_instructions);
    check_handicap(Applies::Above, SAME_INSTRUCTIONS, Cause::Instructions, of_instructions);
}

#[test]
fn instructions_that_are_mostly_branches_are_those_of_a_string_instruction() {
    check_handicap(Applies::Above, STRING_BRANCHES, Cause::ExtraPass, |share| {
        copying(1.0, 2.0).count(BACKEND, name::BRANCHES, 0.06, source::CALLGRIND).count(
            HANDICAP,
            name::BRANCHES,
            0.06 + share,
            source::CALLGRIND,
        )
    });
}
