//! Attribution from made-up times and counts: a test for each rule, with just the evidence that
//! makes the rule apply.

mod clock;
mod run;
mod scaling;
mod thresholds;

use delimark_report::attribution::thresholds::READ_SHARE;
use delimark_report::attribution::{Cause, Stage, attribute, ipc, shares};
use delimark_results::counter::{name, source};

use self::run::Run;

/// Returns a backend that writes positions for most of its time: reading takes 10 ns a record, the
/// masks 14, index 40.
fn emitter() -> Run {
    Run::new()
        .cell("limit/read", "index", 10.0)
        .cell("limit/copy", "index", 16.0)
        .cell("limit/masks-avx2", "index", 14.0)
        .cell("delimark/avx2", "index", 40.0)
}

/// Causes and sentences of the engine, in their order.
fn found(run: &Run, engine: &str, model: &str) -> (Vec<Cause>, String) {
    let findings = attribute(&run.results, run.find(engine, model));
    let causes = findings.iter().map(|finding| finding.cause).collect();
    let sentences = findings.into_iter().map(|finding| finding.sentence).collect::<Vec<_>>();
    (causes, sentences.join(" "))
}

#[track_caller]
fn check(run: &Run, causes: &[Cause], sentences: &str) {
    check_engine(run, "delimark/avx2", causes, sentences);
}

#[track_caller]
fn check_engine(run: &Run, engine: &str, causes: &[Cause], sentences: &str) {
    assert_eq!(found(run, engine, "index"), (causes.to_vec(), sentences.to_owned()));
}

#[test]
fn near_the_read_limit_memory_bounds() {
    let run = Run::new().cell("limit/read", "index", 10.0).cell("delimark/avx2", "index", 11.0);
    check(&run, &[Cause::ReadLimit], "91 % of the read limit: bound by memory.");
}

#[test]
fn data_that_fit_a_cache_are_not_bound_by_memory() {
    let mut run = Run::new().cell("limit/read", "index", 10.0).cell("delimark/avx2", "index", 11.0);
    run.results.datasets[0].bytes = 1 << 20;
    let expected = "91 % of the read limit: bound by reading, from a cache that holds all of the \
                    data.";
    check(&run, &[Cause::ReadLimit], expected);
}

#[test]
fn a_difference_that_noise_hides_is_not_taken_for_none() {
    let expected = "25 % of the read limit, but this run is too noisy or too short to tell the two \
                    apart.";
    for run in [emitter().aa_control("delimark/avx2", "index", 5.0), emitter().rounds(3)] {
        let (causes, sentences) = found(&run, "delimark/avx2", "index");
        assert_eq!(causes[0], Cause::Unknown);
        assert!(sentences.starts_with(expected), "{sentences}");
    }
}

#[test]
fn branch_misses_are_the_emitter_s_where_the_search_has_few() {
    let run = emitter()
        .count("delimark/avx2", name::BRANCH_MISSES, 0.4 / 64.0, source::PERF_EVENT)
        .count("limit/masks-avx2", name::BRANCH_MISSES, 0.01 / 64.0, source::PERF_EVENT);
    let expected = "25 % of the read limit; of its time, reading takes 25 %, search takes 10 %, \
                    emission takes 65 %. 0.400 branch misses a block: the emitter's branch.";
    check(&run, &[Cause::Emission, Cause::Branches], expected);
}

#[test]
fn branch_misses_of_the_search_are_not_the_emitter_s() {
    let run = emitter()
        .count("delimark/avx2", name::BRANCH_MISSES, 0.4 / 64.0, source::PERF_EVENT)
        .count("limit/masks-avx2", name::BRANCH_MISSES, 0.3 / 64.0, source::PERF_EVENT);
    let (causes, sentences) = found(&run, "delimark/avx2", "index");
    assert_eq!(causes[1], Cause::Branches);
    assert!(
        sentences.ends_with("0.400 branch misses a block: the search's branch."),
        "{sentences}"
    );
}

#[test]
fn branch_misses_that_the_index_lacks_are_the_consumer_s() {
    let run = emitter()
        .cell("limit/read", "fields", 10.0)
        .cell("limit/masks-avx2", "fields", 14.0)
        .cell("delimark/avx2", "fields", 100.0)
        .count_in("index", "delimark/avx2", name::BRANCH_MISSES, 0.01 / 64.0, source::CALLGRIND)
        .count_in("fields", "delimark/avx2", name::BRANCH_MISSES, 0.5 / 64.0, source::CALLGRIND);
    let expected = "10 % of the read limit; of its time, reading takes 10 %, search takes 4 %, \
                    emission takes 26 %, consumer takes 60 %. 0.500 branch misses a block \
                    (simulated): the consumer's branch.";
    let causes = vec![Cause::Consumer, Cause::Branches];
    assert_eq!(found(&run, "delimark/avx2", "fields"), (causes, expected.to_owned()));
}

#[test]
fn without_the_steps_before_the_place_of_branch_misses_is_open() {
    let run = emitter().count("delimark/avx2", name::BRANCH_MISSES, 0.4 / 64.0, source::CALLGRIND);
    let (_, sentences) = found(&run, "delimark/avx2", "index");
    let expected = "0.400 branch misses a block (simulated): in which step is open, since those \
                    before have no such count.";
    assert!(sentences.ends_with(expected), "{sentences}");
}

#[test]
fn branch_misses_that_cost_little_time_are_no_cause() {
    // 0.2 misses cost 3 cycles of a block, which takes 38: 40 ns at 3 GHz for 200 bytes.
    let costly = emitter().clock(3e9).count(
        "delimark/avx2",
        name::BRANCH_MISSES,
        0.4 / 64.0,
        source::PERF_EVENT,
    );
    assert_eq!(found(&costly, "delimark/avx2", "index").0[1], Cause::Branches);
    let cheap = emitter().clock(3e9).count(
        "delimark/avx2",
        name::BRANCH_MISSES,
        0.2 / 64.0,
        source::PERF_EVENT,
    );
    assert_ne!(found(&cheap, "delimark/avx2", "index").0[1], Cause::Branches);
}

#[test]
fn many_branches_of_which_few_are_missed_are_no_cause() {
    let with_branches =
        |per_block: f64| {
            emitter()
                .count("delimark/avx2", name::BRANCH_MISSES, 0.4 / 64.0, source::PERF_EVENT)
                .count("delimark/avx2", name::BRANCHES, per_block / 64.0, source::PERF_EVENT)
        };
    assert_eq!(found(&with_branches(10.0), "delimark/avx2", "index").0[1], Cause::Branches);
    assert_ne!(found(&with_branches(100.0), "delimark/avx2", "index").0[1], Cause::Branches);
}

#[test]
fn a_waiting_core_with_misses_waits_for_memory() {
    let run = waiting()
        .count("delimark/avx2", name::LLC_LOADS, 0.5 / 64.0, source::PERF_EVENT)
        .count("delimark/avx2", name::LLC_MISSES, 0.25 / 64.0, source::PERF_EVENT);
    let (causes, sentences) = found(&run, "delimark/avx2", "index");
    assert_eq!(causes[1], Cause::MemoryLatency);
    let expected = "IPC 0.800, and 50 % of the loads that reach the last-level cache miss it, \
                    0.250 a line: it waits for memory.";
    assert!(sentences.ends_with(expected), "{sentences}");
}

#[test]
fn a_waiting_core_without_misses_waits_for_itself() {
    let run = waiting()
        .count("delimark/avx2", name::LLC_LOADS, 0.01 / 64.0, source::PERF_EVENT)
        .count("delimark/avx2", name::LLC_MISSES, 0.008 / 64.0, source::PERF_EVENT)
        .count("delimark/avx2", name::BRANCH_MISSES, 0.02 / 64.0, source::PERF_EVENT);
    let (causes, sentences) = found(&run, "delimark/avx2", "index");
    assert_eq!(causes[1], Cause::Latency);
    let expected = "IPC 0.800 with 0.0200 branch and 0.00800 LLC misses a block, both few: it \
                    waits for its own results.";
    assert!(sentences.ends_with(expected), "{sentences}");
}

#[test]
fn for_what_a_core_waits_a_simulated_cache_does_not_tell() {
    let run = waiting()
        .count("delimark/avx2", name::LLC_LOADS, 1.0 / 64.0, source::CALLGRIND)
        .count("delimark/avx2", name::LLC_MISSES, 1.0 / 64.0, source::CALLGRIND);
    let (causes, sentences) = found(&run, "delimark/avx2", "index");
    assert_eq!(causes[1], Cause::Unknown);
    let expected = "IPC 0.800 is low: it waits, and for what is open, since LLC misses are only \
                    simulated, without prefetching.";
    assert!(sentences.ends_with(expected), "{sentences}");
}

/// Returns the emitter with an IPC of 0.8 and nothing else known.
fn waiting() -> Run {
    emitter().count("delimark/avx2", name::CYCLES, 1.0, source::PERF_EVENT).count(
        "delimark/avx2",
        name::INSTRUCTIONS,
        0.8,
        source::PERF_EVENT,
    )
}

#[test]
fn a_busy_core_is_bound_by_its_instructions_and_an_estimate_is_called_so() {
    // 40 ns at 3 GHz are 120 cycles for 200 bytes.
    let run =
        emitter().clock(3e9).count("delimark/avx2", name::INSTRUCTIONS, 2.1, source::SINGLE_STEP);
    let (causes, sentences) = found(&run, "delimark/avx2", "index");
    assert_eq!(causes[1], Cause::Instructions);
    let expected = "IPC 3.50 (estimated) at 134 instructions a block: their number bounds it.";
    assert!(sentences.ends_with(expected), "{sentences}");
    let ipc = ipc(run.find("delimark/avx2", "index"), &run.results.environment).unwrap();
    assert!(!ipc.is_measured);
}

#[test]
fn a_busy_core_does_not_keep_simulated_branch_misses_back() {
    let busy =
        emitter().clock(3e9).count("delimark/avx2", name::INSTRUCTIONS, 2.1, source::SINGLE_STEP);
    let missing = |per_block: f64| {
        let run = busy.clone();
        run.count("delimark/avx2", name::BRANCH_MISSES, per_block / 64.0, source::CALLGRIND)
    };
    let (causes, sentences) = found(&missing(0.4), "delimark/avx2", "index");
    assert_eq!(causes[1], Cause::Instructions);
    // 0.4 of 15 cycles are 6 of the 38.4 that a block takes.
    let expected = "their number bounds it; a simulated predictor, which a real one beats, misses \
                    0.400 branches a block, which would be 16 % of its time.";
    assert!(sentences.ends_with(expected), "{sentences}");
    let (_, sentences) = found(&missing(0.05), "delimark/avx2", "index");
    assert!(sentences.ends_with("their number bounds it."), "{sentences}");
}

#[test]
fn instructions_of_a_simulation_over_counted_cycles_are_an_estimate() {
    let run = emitter().count("delimark/avx2", name::CYCLES, 1.0, source::PERF_EVENT).count(
        "delimark/avx2",
        name::INSTRUCTIONS,
        2.0,
        source::CALLGRIND,
    );
    let ipc = ipc(run.find("delimark/avx2", "index"), &run.results.environment).unwrap();
    assert_eq!((ipc.value, ipc.is_measured), (2.0, false));
}

#[test]
fn nothing_that_stands_out_is_said_to_stand_out() {
    let run = emitter()
        .count("delimark/avx2", name::CYCLES, 1.0, source::PERF_EVENT)
        .count("delimark/avx2", name::INSTRUCTIONS, 2.0, source::PERF_EVENT)
        .count("delimark/avx2", name::BRANCH_MISSES, 0.02 / 64.0, source::PERF_EVENT);
    let (causes, sentences) = found(&run, "delimark/avx2", "index");
    assert_eq!(causes, [Cause::Emission, Cause::Nothing]);
    let expected = "IPC 2.00, 0.0200 branch misses a block: neither stands out.";
    assert!(sentences.ends_with(expected), "{sentences}");
}

#[test]
fn missing_evidence_is_named_with_its_reason() {
    let reason = "no counters in this machine";
    let run = emitter().refuse("delimark/avx2", name::INSTRUCTIONS, reason).refuse(
        "delimark/avx2",
        name::BRANCH_MISSES,
        reason,
    );
    let (causes, sentences) = found(&run, "delimark/avx2", "index");
    assert_eq!(causes, [Cause::Emission, Cause::Unknown]);
    let expected = "Why is open: neither IPC nor branch misses are known (no counters in this \
                    machine).";
    assert!(sentences.ends_with(expected), "{sentences}");

    let nothing = Run::new().cell("delimark/avx2", "index", 40.0);
    let (causes, sentences) = found(&nothing, "delimark/avx2", "index");
    assert_eq!(causes[0], Cause::Unknown);
    assert!(sentences.starts_with("limit/read was not measured beside it"), "{sentences}");

    let no_masks =
        Run::new().cell("limit/read", "index", 10.0).cell("delimark/avx2", "index", 40.0);
    let (causes, sentences) = found(&no_masks, "delimark/avx2", "index");
    assert_eq!(causes[0], Cause::Unknown);
    let expected = "25 % of the read limit; where the rest goes is open: limit/masks-avx2 was not \
                    measured beside it.";
    assert!(sentences.starts_with(expected), "{sentences}");
}

#[test]
fn a_cell_that_beats_its_limit_shows_nothing_else() {
    let run = Run::new().cell("limit/read", "index", 10.0).cell("delimark/avx2", "index", 8.0);
    let expected = "It has 1.25 × the speed of limit/read, which does less: one of the two figures \
                    is wrong, and nothing is concluded from them.";
    check(&run, &[Cause::Contradiction], expected);
}

#[test]
fn near_the_limit_within_a_small_spread_is_near_it_and_within_a_large_one_is_open() {
    let run = |spread: f64| {
        Run::new().cell("limit/read", "index", 10.0).cell("delimark/avx2", "index", 9.0).aa_control(
            "limit/read",
            "index",
            spread,
        )
    };
    let small = 0.99 / READ_SHARE;
    assert_eq!(found(&run(small), "delimark/avx2", "index").0, [Cause::ReadLimit]);
    let (causes, sentences) = found(&run(1.01 / READ_SHARE), "delimark/avx2", "index");
    assert_eq!(causes[0], Cause::Unknown);
    let expected = "111 % of the read limit, but this run is too noisy or too short";
    assert!(sentences.starts_with(expected), "{sentences}");
}

#[test]
fn misses_that_a_time_near_the_limit_has_no_room_for_contradict_it() {
    let run = Run::new()
        .cell("limit/read", "index", 10.0)
        .cell("delimark/avx2", "index", 10.5)
        .count("delimark/avx2", name::BRANCH_MISSES, 0.5 / 64.0, source::CALLGRIND);
    let expected = "95 % of the read limit: bound by memory. Its 0.500 branch misses a block \
                    (simulated) do not show in that time.";
    check(&run, &[Cause::ReadLimit, Cause::Contradiction], expected);
}

#[test]
fn sources_that_contradict_each_other_show_nothing() {
    let run = emitter()
        .count("delimark/avx2", name::INSTRUCTIONS, 1.0, source::CALLGRIND)
        .count("delimark/avx2", "instructions@single-step", 1.3, source::SINGLE_STEP)
        .count("delimark/avx2", name::BRANCH_MISSES, 0.4 / 64.0, source::CALLGRIND);
    let (causes, sentences) = found(&run, "delimark/avx2", "index");
    assert_eq!(causes, [Cause::Emission, Cause::Contradiction]);
    let expected = "Instructions a byte are 1.00 by callgrind and 1.30 by single-step: nothing is \
                    concluded from counts that contradict each other.";
    assert!(sentences.ends_with(expected), "{sentences}");
}

/// Returns a handicap that is slower than its backend by this much.
fn handicap(ns_per_record: f64) -> Run {
    emitter()
        .cell("handicap/extra", "index", ns_per_record)
        .count("delimark/avx2", name::BRANCH_MISSES, 0.02 / 64.0, source::CALLGRIND)
        .count("delimark/avx2", name::INSTRUCTIONS, 1.0, source::CALLGRIND)
}

#[test]
fn an_extra_branch_is_found() {
    let run = handicap(56.0)
        .count("handicap/extra", name::BRANCH_MISSES, 0.52 / 64.0, source::CALLGRIND)
        .count("handicap/extra", name::INSTRUCTIONS, 1.1, source::CALLGRIND);
    let (causes, sentences) = found(&run, "handicap/extra", "index");
    assert_eq!(causes[0], Cause::Branches);
    let expected = "1.40 × the time of delimark/avx2, with 0.520 branch misses a block (simulated) \
                    where that has 0.0200: an extra branch.";
    assert!(sentences.starts_with(expected), "{sentences}");
}

#[test]
fn an_extra_copy_is_found() {
    let run = handicap(56.0)
        .count("handicap/extra", name::BRANCH_MISSES, 0.02 / 64.0, source::CALLGRIND)
        .count("handicap/extra", name::INSTRUCTIONS, 1.1, source::CALLGRIND)
        .count("handicap/extra", name::L1D_MISSES, 2.0 / 64.0, source::CALLGRIND)
        .count("delimark/avx2", name::L1D_MISSES, 1.0 / 64.0, source::CALLGRIND);
    let (causes, sentences) = found(&run, "handicap/extra", "index");
    assert_eq!(causes[0], Cause::ExtraPass);
    let expected = "1.40 × the time of delimark/avx2: 16.0 ns a record more, where limit/copy \
                    takes 16.0, with 1.10 × the instructions and 2.00 L1d misses a line \
                    (simulated) where that has 1.00: an extra pass over memory.";
    assert!(sentences.starts_with(expected), "{sentences}");
}

#[test]
fn a_slow_copy_is_told_by_the_lines_it_touches() {
    let run = |lines: f64| {
        handicap(90.0)
            .count("handicap/extra", name::INSTRUCTIONS, 1.1, source::CALLGRIND)
            .count("handicap/extra", name::L1D_MISSES, lines / 64.0, source::CALLGRIND)
            .count("delimark/avx2", name::L1D_MISSES, 1.0 / 64.0, source::CALLGRIND)
    };
    assert_eq!(found(&run(2.0), "handicap/extra", "index").0, [Cause::ExtraPass]);
    assert_eq!(found(&run(1.1), "handicap/extra", "index").0, [Cause::Unknown]);
}

#[test]
fn a_copy_by_a_string_instruction_is_found_though_it_is_counted_byte_by_byte() {
    // 64 bytes are 64 instructions and 64 branches.
    let run = handicap(56.0)
        .count("handicap/extra", name::INSTRUCTIONS, 2.0, source::CALLGRIND)
        .count("handicap/extra", name::BRANCHES, 1.06, source::CALLGRIND)
        .count("delimark/avx2", name::BRANCHES, 0.06, source::CALLGRIND);
    let (causes, sentences) = found(&run, "handicap/extra", "index");
    assert_eq!(causes, [Cause::ExtraPass]);
    let expected = "with 2.00 × the instructions (a string instruction's, which counts once a \
                    byte): an extra pass over memory.";
    assert!(sentences.ends_with(expected), "{sentences}");
}

#[test]
fn an_extra_copy_is_not_claimed_without_the_instructions() {
    let reason = "Valgrind is not installed";
    let run = emitter().cell("handicap/extra", "index", 56.0).refuse(
        "handicap/extra",
        name::INSTRUCTIONS,
        reason,
    );
    let (causes, sentences) = found(&run, "handicap/extra", "index");
    assert_eq!(causes[0], Cause::Unknown);
    assert!(sentences.contains("That may be an extra pass over memory, but"), "{sentences}");
    assert!(sentences.contains(reason), "{sentences}");
}

#[test]
fn more_work_is_neither_a_branch_nor_a_copy() {
    let run = handicap(56.0)
        .count("handicap/extra", name::BRANCH_MISSES, 0.02 / 64.0, source::CALLGRIND)
        .count("handicap/extra", name::INSTRUCTIONS, 1.8, source::CALLGRIND);
    let (causes, sentences) = found(&run, "handicap/extra", "index");
    assert_eq!(causes[0], Cause::Instructions);
    let expected = "1.40 × the time of delimark/avx2, with 1.80 × its instructions: more work.";
    assert!(sentences.starts_with(expected), "{sentences}");
}

#[test]
fn what_no_count_explains_is_open() {
    // A fourth of a copy, and nothing more of anything.
    let run = handicap(44.0)
        .count("handicap/extra", name::BRANCH_MISSES, 0.02 / 64.0, source::CALLGRIND)
        .count("handicap/extra", name::INSTRUCTIONS, 1.0, source::CALLGRIND);
    let (causes, sentences) = found(&run, "handicap/extra", "index");
    assert_eq!(causes[0], Cause::Unknown);
    let expected = "1.10 × the time of delimark/avx2; neither branch misses nor instructions nor \
                    limit/copy explain it.";
    assert!(sentences.starts_with(expected), "{sentences}");
    let (causes, _) = found(&handicap(40.0), "handicap/extra", "index");
    assert_eq!(causes[0], Cause::Nothing);
}

#[test]
fn a_file_is_held_against_the_same_fields_from_memory() {
    let run = |fields_ns: f64| {
        Run::new()
            .cell("limit/read", "file-map", 30.0)
            .cell("delimark/avx2", "fields", fields_ns)
            .cell("delimark/avx2", "file-map", 60.0)
    };
    let (causes, sentences) = found(&run(24.0), "delimark/avx2", "file-map");
    assert_eq!(causes[0], Cause::Input);
    let expected = "50 % of the read limit: the same fields from memory take 40 % of the time, the \
                    file the other 60 %.";
    assert!(sentences.starts_with(expected), "{sentences}");
    assert_eq!(found(&run(42.0), "delimark/avx2", "file-map").0[0], Cause::Scan);
}

#[test]
fn peers_and_limits_are_not_attributed() {
    let run = emitter().cell("peer/csv", "index", 100.0);
    for engine in ["peer/csv", "limit/read", "limit/masks-avx2"] {
        assert!(attribute(&run.results, run.find(engine, "index")).is_empty(), "{engine}");
    }
}

#[test]
fn shares_add_up_and_steps_within_the_noise_are_marked() {
    // The masks came out faster than reading, which the spread allows for.
    let run = Run::new()
        .cell("limit/read", "index", 10.0)
        .cell("limit/masks-avx2", "index", 9.9)
        .cell("delimark/avx2", "index", 40.0)
        .aa_control("delimark/avx2", "index", 1.02);
    let shares = shares(&run.results, run.find("delimark/avx2", "index")).unwrap();
    let of = |stage| *shares.part(stage).unwrap();
    assert_eq!(of(Stage::Search).ns_per_record, 0.0);
    assert!(of(Stage::Search).is_within_spread);
    assert!(!of(Stage::Emission).is_within_spread);
    assert!(shares.part(Stage::Consumer).is_none());
    let sum: f64 = shares.parts.iter().map(|part| part.share).sum();
    assert!((sum - 1.0).abs() < 1e-9, "{sum}");
}

#[test]
fn counting_is_reading_and_search_alone() {
    let run = Run::new().cell("limit/read", "count", 10.0).cell("delimark/avx2", "count", 16.0);
    let shares = shares(&run.results, run.find("delimark/avx2", "count")).unwrap();
    let stages: Vec<Stage> = shares.parts.iter().map(|part| part.stage).collect();
    assert_eq!(stages, [Stage::Reading, Stage::Search]);
}

#[test]
fn a_window_is_what_a_count_is_divided_by() {
    let run = emitter().windowed("delimark/avx2", name::INSTRUCTIONS, 3_000.0, 1_000, 5);
    let cell = run.find("delimark/avx2", "index");
    let count = delimark_report::attribution::proportion(cell, name::INSTRUCTIONS).unwrap();
    assert_eq!((count.per_byte, count.per_record), (3.0, 600.0));
}
