//! Sentences about threads whose data are in caches, where nothing but the machine is between them.

use super::*;

#[track_caller]
fn check(caches: Speeds, independent: Speeds, cause: Cause, rest: &str) {
    let sentence = format!("From 512 KiB that caches hold, 2 threads of delimark/avx2 have {rest}");
    Run { caches, independent, ..Run::default() }.says(cause, &sentence);
}

#[test]
fn from_1_7_on_two_threads_scale() {
    check(
        steady(8.0, 1.701),
        steady(1.0, 1.9),
        Cause::Nothing,
        "1.70 × (1.70–1.70) the speed of one, which is 90 % (90–90 %) of what computing gains: \
         they scale.",
    );
}

#[test]
fn below_that_they_may_have_all_that_the_machine_gives() {
    check(
        steady(8.0, 1.699),
        steady(1.0, 1.99),
        Cause::Processors,
        "1.70 × (1.70–1.70) the speed of one, which is 85 % (85–85 %) of what computing gains: \
         as much as the machine gives.",
    );
    check(
        steady(8.0, 1.31),
        moving(1.0, [1.27, 1.29]),
        Cause::Processors,
        "1.31 × (1.31–1.31) the speed of one, which is 102 % (102–103 %) of what computing \
         gains: as much as the machine gives.",
    );
}

#[test]
fn less_than_the_machine_gives_is_between_the_threads() {
    check(
        steady(8.0, 1.69),
        steady(1.0, 1.99),
        Cause::Threads,
        "1.69 × (1.69–1.69) the speed of one, which is 85 % (85–85 %) of what computing gains: \
         they do not scale though the machine does.",
    );
    check(
        steady(8.0, 1.08),
        steady(1.0, 1.28),
        Cause::Threads,
        "1.08 × (1.08–1.08) the speed of one, which is 84 % (84–84 %) of what computing gains: \
         they scale less than the machine does.",
    );
}

#[test]
fn what_the_machine_gives_has_to_be_known() {
    check(
        steady(8.0, 1.3),
        None,
        Cause::Unknown,
        "1.30 × (1.30–1.30) the speed of one: computing alone was not measured with as many, \
         so whether the machine gives more is open.",
    );
    check(
        steady(8.0, 1.3),
        moving(1.0, [1.3, 1.9]),
        Cause::Unknown,
        "1.30 × (1.30–1.30) the speed of one, which is 84 % (68–100 %) of what computing \
         gains: whether the machine gives more is open.",
    );
}

#[test]
fn samples_of_two_kinds_decide_nothing() {
    check(
        two_kinds(8.8, 1.2),
        steady(1.0, 1.99),
        Cause::Unknown,
        "1.80 × (1.20–2.40) the speed of one, which is 90 % (60–121 %) of what computing \
         gains: no conclusion, since they count as scaling from 1.70 × on. The samples are of \
         two kinds: with one thread, 4 at 8.80 and 4 at 4.40 GB/s.",
    );
}

#[test]
fn the_kinds_of_several_threads_are_told_as_well() {
    check(
        moving(8.0, [1.0, 2.0]),
        steady(1.0, 1.99),
        Cause::Unknown,
        "1.50 × (1.00–2.00) the speed of one, which is 75 % (50–101 %) of what computing gains: no \
         conclusion, since they count as scaling from 1.70 × on. The samples are of two kinds: \
         with 2 threads, 4 at 16.0 and 4 at 8.00 GB/s.",
    );
}

#[test]
fn what_is_of_two_kinds_on_the_machine_as_well_cancels() {
    check(
        two_kinds(8.8, 1.2),
        two_kinds(1.0, 1.25),
        Cause::Processors,
        "1.80 × (1.20–2.40) the speed of one, which is 96 % (96–96 %) of what computing gains: \
         as much as the machine gives. The samples are of two kinds: with one thread, 4 at 8.80 \
         and 4 at 4.40 GB/s.",
    );
}

#[test]
fn five_rounds_decide_nothing() {
    let few = |speeds: Speeds| speeds.map(|speeds| speeds.map(|by_round| by_round[..5].to_vec()));
    check(
        few(steady(8.0, 1.9)),
        few(steady(1.0, 1.9)),
        Cause::Unknown,
        "1.90 × (1.90–1.90) the speed of one, which is 100 % (100–100 %) of what computing \
         gains: too few rounds for a conclusion.",
    );
}
