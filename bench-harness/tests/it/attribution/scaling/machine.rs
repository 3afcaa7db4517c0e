//! Sentences about a machine by threads that only compute.

use super::*;

#[track_caller]
fn check(independent: Speeds, dependent: Speeds, cause: Cause, sentence: &str) {
    Run { independent, dependent, ..Run::default() }.says(cause, sentence);
}

#[test]
fn threads_that_compute_as_much_as_alone_have_cores_of_their_own() {
    check(
        steady(1.0, 1.701),
        steady(0.25, 2.0),
        Cause::Nothing,
        "Computing alone, 2 threads do 1.70 × (1.70–1.70) what one does, and 2.00 × \
         (2.00–2.00) where each step waits for the one before: each has a core to itself.",
    );
}

#[test]
fn threads_that_gain_where_they_wait_share_a_core() {
    check(
        steady(1.0, 1.699),
        steady(0.25, 1.701),
        Cause::Processors,
        "Computing alone, 2 threads do 1.70 × (1.70–1.70) what one does, and 1.70 × \
         (1.70–1.70) where each step waits for the one before: they share a core.",
    );
}

#[test]
fn threads_that_gain_nowhere_take_turns() {
    check(
        steady(1.0, 1.2),
        steady(0.25, 1.699),
        Cause::Processors,
        "Computing alone, 2 threads do 1.20 × (1.20–1.20) what one does, and 1.70 × \
         (1.70–1.70) where each step waits for the one before: the machine does not run them \
         all at the same time.",
    );
}

#[test]
fn without_the_steps_that_wait_the_reason_is_open() {
    check(
        steady(1.0, 1.2),
        None,
        Cause::Processors,
        "Computing alone, 2 threads do 1.20 × (1.20–1.20) what one does: the machine does not \
         give each a core, and why is open.",
    );
    check(
        steady(1.0, 1.2),
        moving(0.25, [1.5, 2.0]),
        Cause::Processors,
        "Computing alone, 2 threads do 1.20 × (1.20–1.20) what one does, and 1.75 × \
         (1.50–2.00) where each step waits for the one before: the machine does not give each \
         a core, and why is open.",
    );
}

#[test]
fn an_interval_on_both_sides_decides_nothing() {
    check(
        two_kinds(1.0, 1.2),
        None,
        Cause::Unknown,
        "Computing alone, 2 threads do 1.80 × (1.20–2.40) what one does: no conclusion, since \
         they count as scaling from 1.70 × on. The samples are of two kinds: with one thread, \
         4 at 1.00 and 4 at 0.500 steps/ns.",
    );
}

#[test]
fn one_thread_gains_nothing() {
    let independent = steady(1.0, 2.0).map(|[one, _]| [one, Vec::new()]);
    let run = Run { independent, ..Run::default() };
    assert_eq!(run.explain(), []);
}
