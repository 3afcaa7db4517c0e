//! Sentences about threads that go over the whole file, where memory comes in.

use super::*;

/// Returns a machine with a core for each, whose caches do not hold threads up.
fn able() -> Run {
    Run { caches: steady(8.0, 1.9), independent: steady(1.0, 2.0), ..Run::default() }
}

#[track_caller]
fn check(run: &Run, cause: Cause, rest: &str) {
    let opening = "From the whole file (186 MiB), 2 threads of delimark/avx2 have";
    run.says(cause, &format!("{opening} {rest}"));
}

#[test]
fn what_scales_is_not_bound_yet() {
    check(
        &Run { file: steady(5.0, 1.701), read: steady(10.0, 1.0), ..able() },
        Cause::Nothing,
        "1.70 × (1.70–1.70) the speed of one, which is 85 % (85–85 %) of what computing gains: \
         so far nothing but the threads bounds it.",
    );
}

#[test]
fn near_the_limit_with_as_many_threads_is_memory() {
    let rest = "1.50 × (1.50–1.50) the speed of one, which is 75 % (75–75 %) of what computing \
                gains: ";
    check(
        &Run { file: steady(8.0, 1.5), read: steady(10.0, 1.499), ..able() },
        Cause::ReadLimit,
        &format!("{rest}bound by memory, at 80 % (80–80 %) of limit/read with as many."),
    );
    check(
        &Run { file: steady(8.0, 1.5), read: steady(10.0, 1.501), ..able() },
        Cause::ReadLimit,
        &format!(
            "{rest}limit/read gains 1.50 × (1.50–1.50), and the scan has 80 % (80–80 %) of its \
             speed, so memory bounds both."
        ),
    );
}

#[test]
fn a_machine_that_gives_no_more_is_not_the_program() {
    let run = Run {
        caches: steady(8.0, 1.1),
        independent: steady(1.0, 1.28),
        read: steady(10.0, 1.2),
        ..Run::default()
    };
    check(
        &Run { file: steady(5.0, 1.09), ..run.clone() },
        Cause::Processors,
        "1.09 × (1.09–1.09) the speed of one, which is 85 % (85–85 %) of what computing gains: \
         as much as the machine gives.",
    );
    check(
        &Run { file: steady(5.0, 1.08), ..run },
        Cause::Unknown,
        "1.08 × (1.08–1.08) the speed of one, which is 84 % (84–84 %) of what computing gains: \
         limit/read gains 1.20 × (1.20–1.20), and the scan has 45 % (45–45 %) of its speed, and \
         what bounds it is open.",
    );
}

#[test]
fn a_limit_that_does_not_scale_either_is_memory() {
    let rest = "1.30 × (1.30–1.30) the speed of one, which is 65 % (65–65 %) of what computing \
                gains: limit/read gains";
    let run = Run { file: steady(5.0, 1.3), ..able() };
    check(
        &Run { read: steady(10.0, 1.132), ..run.clone() },
        Cause::ReadLimit,
        &format!(
            "{rest} 1.13 × (1.13–1.13), and the scan has 57 % (57–57 %) of its speed, so memory \
             bounds both."
        ),
    );
    check(
        &Run { read: steady(10.0, 1.71), ..run.clone() },
        Cause::Unknown,
        &format!(
            "{rest} 1.71 × (1.71–1.71), and the scan has 38 % (38–38 %) of its speed, and what \
             bounds it is open."
        ),
    );
    // Much better than reading does.
    check(
        &Run { read: steady(10.0, 1.129), ..run },
        Cause::Unknown,
        &format!(
            "{rest} 1.13 × (1.13–1.13), and the scan has 58 % (58–58 %) of its speed, and what \
             bounds it is open."
        ),
    );
}

#[test]
fn far_from_a_limit_that_does_not_scale_memory_has_room() {
    let rest = "1.20 × (1.20–1.20) the speed of one, which is 60 % (60–60 %) of what computing \
                gains: limit/read gains 1.20 × (1.20–1.20), and the scan has";
    check(
        &Run { file: steady(5.01, 1.2), read: steady(10.0, 1.2), ..able() },
        Cause::ReadLimit,
        &format!("{rest} 50 % (50–50 %) of its speed, so memory bounds both."),
    );
    check(
        &Run { file: steady(4.99, 1.2), read: steady(10.0, 1.2), ..able() },
        Cause::Unknown,
        &format!("{rest} 50 % (50–50 %) of its speed, and what bounds it is open."),
    );
}

#[test]
fn reading_that_gains_all_that_there_is_shows_nothing_about_memory() {
    let run = |read_gain| Run {
        file: steady(6.0, 1.05),
        read: steady(10.0, read_gain),
        independent: steady(1.0, 1.28),
        ..Run::default()
    };
    let rest = "1.05 × (1.05–1.05) the speed of one, which is 82 % (82–82 %) of what computing \
                gains: limit/read gains";
    check(
        &run(1.09),
        Cause::Unknown,
        &format!(
            "{rest} 1.09 × (1.09–1.09), and the scan has 58 % (58–58 %) of its speed, and what \
             bounds it is open."
        ),
    );
    check(
        &run(1.08),
        Cause::ReadLimit,
        &format!(
            "{rest} 1.08 × (1.08–1.08), and the scan has 58 % (58–58 %) of its speed, so memory \
             bounds both."
        ),
    );
}

#[test]
fn threads_that_do_not_scale_anywhere_are_not_bound_by_memory() {
    check(
        &Run {
            file: steady(5.0, 1.2),
            read: steady(10.0, 1.9),
            caches: steady(8.0, 1.2),
            independent: steady(1.0, 2.0),
            ..Run::default()
        },
        Cause::Threads,
        "1.20 × (1.20–1.20) the speed of one, which is 60 % (60–60 %) of what computing gains: \
         limit/read gains 1.90 × (1.90–1.90), and the scan has 32 % (32–32 %) of its speed, and \
         from caches they do not scale either, so it is not memory.",
    );
}

#[test]
fn without_the_limit_it_is_open() {
    check(
        &Run { file: steady(5.0, 1.2), ..able() },
        Cause::Unknown,
        "1.20 × (1.20–1.20) the speed of one, which is 60 % (60–60 %) of what computing gains: \
         limit/read was not measured with as many, so whether memory bounds it is open.",
    );
}

#[test]
fn samples_of_two_kinds_decide_nothing() {
    check(
        &Run { file: two_kinds(5.0, 1.2), read: steady(10.0, 1.9), ..able() },
        Cause::Unknown,
        "1.80 × (1.20–2.40) the speed of one, which is 90 % (60–120 %) of what computing \
         gains: no conclusion, since they count as scaling from 1.70 × on. The samples are of \
         two kinds: with one thread, 4 at 5.00 and 4 at 2.50 GB/s.",
    );
}

#[test]
fn the_machine_comes_first_and_the_file_last() {
    let run = Run { file: steady(5.0, 1.2), read: steady(10.0, 1.9), ..able() };
    let sentences: Vec<String> =
        run.explain().into_iter().map(|finding| finding.sentence).collect();
    let openings = ["Computing alone", "From 512 KiB", "From the whole file"];
    assert_eq!(sentences.len(), openings.len());
    for (sentence, opening) in sentences.iter().zip(openings) {
        assert!(sentence.starts_with(opening), "{sentence}");
    }
}
