//! Cycles that are estimated: by which clock, and what is said of it.

use delimark_report::attribution::thresholds::CLOCK_SPREAD;
use delimark_report::attribution::{EstimateClock, Ipc, estimate_clock, ipc};
use delimark_results::Known;
use delimark_results::counter::{name, source};

use super::run::Run;
use super::{emitter, found};

const BACKEND: &str = "delimark/avx2";

/// Returns a backend that takes 40 ns for 200 bytes of this many instructions each.
fn stepped(instructions: f64) -> Run {
    emitter().count(BACKEND, name::INSTRUCTIONS, instructions, source::SINGLE_STEP)
}

fn ipc_of(run: &Run) -> Result<Ipc, &str> {
    ipc(run.find(BACKEND, "index"), &run.results.environment)
}

#[test]
fn the_measured_clock_is_taken_before_the_stated_one() {
    // 40 ns at 4 GHz are 160 cycles for 200 bytes.
    let run = stepped(2.0).clock(2e9).looked_at_clock(3.9e9, 4.1e9);
    let ipc = ipc_of(&run).unwrap();
    assert_eq!((ipc.value, ipc.is_measured), (2.5, false));
    let clock = estimate_clock(&run.results.environment).unwrap();
    assert_eq!(clock.name(), "the measured clock");
    let expected = "the clock that was measured in the rounds, 4.00 GHz (3.90–4.10 in 8 looks)";
    assert_eq!(clock.describe(), expected);
}

#[test]
fn looks_that_are_too_far_apart_leave_the_stated_clock() {
    let of = |spread: f64| stepped(2.0).clock(2e9).looked_at_clock(3e9, 3e9 * spread);
    let close = of(CLOCK_SPREAD * 0.99);
    let clock = estimate_clock(&close.results.environment).unwrap();
    assert!(matches!(clock, EstimateClock::Measured(_)), "{clock:?}");

    let apart = of(CLOCK_SPREAD * 1.01);
    let clock = estimate_clock(&apart.results.environment).unwrap();
    assert_eq!((clock.name(), clock.hertz()), ("the base clock", 2e9));
    let expected = "the base clock, 2.00 GHz, and the real one may be faster (no measured clock is \
                    taken: its looks are 3.00–3.33 GHz, too far apart for one figure)";
    assert_eq!(clock.describe(), expected);
}

#[test]
fn without_a_look_the_stated_clock_comes_with_the_reason() {
    let run = stepped(2.0).clock(2e9);
    let clock = estimate_clock(&run.results.environment).unwrap();
    assert!(clock.describe().ends_with("(no measured clock is taken: nobody looked)"));
}

#[test]
fn a_clock_that_is_not_known_gives_no_ipc() {
    let mut run = stepped(1.0);
    let reason = "the processor does not say".to_owned();
    run.results.environment.cpu.base_clock = Known::Unavailable(reason.clone());
    assert_eq!(ipc_of(&run), Err(reason.as_str()));
    assert_eq!(estimate_clock(&run.results.environment), Err(reason.as_str()));
}

#[test]
fn an_estimate_above_what_any_core_retires_says_so_and_nothing_else() {
    // 8.3 instructions a cycle, and misses that would be a cause.
    let run = stepped(8.3 * 0.6).clock(3e9).count(
        BACKEND,
        name::BRANCH_MISSES,
        0.4 / 64.0,
        source::CALLGRIND,
    );
    let (_, sentences) = found(&run, BACKEND, "index");
    let expected = "emission takes 65 %. IPC 8.30 (estimated) is above the 8 that any core \
                    retires: its clock or its count is wrong, and nothing is concluded from them.";
    assert!(sentences.ends_with(expected), "{sentences}");
}
