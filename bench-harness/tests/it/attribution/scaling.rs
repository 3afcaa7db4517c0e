//! What bounds several threads, from made-up curves.

use delimark_bench::attribution::{Cause, Finding, curves, explain_scaling};
use delimark_bench::results::{Results, ScalingPoint};

use crate::RESULTS;

/// Two threads' speed over one's, from the whole file and from caches, and the speeds themselves.
struct Rates {
    engine: [f64; 2],
    read: Option<[f64; 2]>,
    resident: Option<[f64; 2]>,
}

fn explain(rates: &Rates) -> Finding {
    let results = Results::from_json(RESULTS).unwrap();
    let dataset = &results.datasets[0];
    let mut points = Vec::new();
    let mut push = |engine: &str, working_set_bytes: u64, rates: Option<[f64; 2]>| {
        for (threads, rate) in (1..).zip(rates.into_iter().flatten()) {
            let samples_ns = vec![(1e9 / rate) as u64; 8];
            points.push(ScalingPoint {
                engine: engine.to_owned(),
                model: "file-map".to_owned(),
                dataset: dataset.name.clone(),
                threads,
                padded: true,
                working_set_bytes,
                bytes_per_sample: 1_000_000_000,
                gigabytes_per_second: ScalingPoint::derive(&samples_ns, 1_000_000_000),
                samples_ns,
            });
        }
    };
    push("delimark/avx2", dataset.bytes, Some(rates.engine));
    push("delimark/avx2", 512 << 10, rates.resident);
    push("limit/read", dataset.bytes, rates.read);
    let mut findings = explain_scaling(&curves(&points, dataset));
    assert_eq!(findings.len(), 1, "{findings:?}");
    findings.remove(0)
}

#[track_caller]
fn check(rates: &Rates, cause: Cause, sentence: &str) {
    let expected = Finding { cause, sentence: sentence.to_owned() };
    assert_eq!(explain(rates), expected);
}

#[test]
fn a_limit_that_does_not_scale_either_is_memory() {
    check(
        &Rates { engine: [5.0, 6.5], read: Some([10.0, 12.0]), resident: Some([8.0, 15.2]) },
        Cause::ReadLimit,
        "From the whole file (186 MiB), 2 threads of delimark/avx2 reach 1.30 × the speed of one: \
         limit/read reaches 1.20 ×, and the scan 54 % of its speed, so memory bounds both. From \
         512 KiB that caches hold they reach 1.90 ×.",
    );
}

#[test]
fn far_from_a_limit_that_does_not_scale_memory_has_room() {
    check(
        &Rates { engine: [3.0, 3.3], read: Some([10.0, 12.5]), resident: Some([8.0, 15.2]) },
        Cause::Unknown,
        "From the whole file (186 MiB), 2 threads of delimark/avx2 reach 1.10 × the speed of one: \
         limit/read reaches 1.25 ×, and the scan 26 % of its speed; what bounds them is open. From \
         512 KiB that caches hold they reach 1.90 ×.",
    );
}

#[test]
fn near_the_limit_with_as_many_threads_is_memory() {
    check(
        &Rates { engine: [8.0, 12.0], read: Some([10.0, 14.0]), resident: None },
        Cause::ReadLimit,
        "From the whole file (186 MiB), 2 threads of delimark/avx2 reach 1.50 × the speed of one: \
         86 % of limit/read with as many, so memory bounds it.",
    );
}

#[test]
fn what_scales_is_not_bound_yet() {
    check(
        &Rates { engine: [5.0, 9.5], read: Some([10.0, 12.0]), resident: None },
        Cause::Nothing,
        "From the whole file (186 MiB), 2 threads of delimark/avx2 reach 1.90 × the speed of one: \
         so far nothing but the threads bounds it.",
    );
}

#[test]
fn threads_that_do_not_scale_anywhere_are_not_bound_by_memory() {
    check(
        &Rates { engine: [5.0, 6.0], read: Some([10.0, 19.0]), resident: Some([8.0, 9.6]) },
        Cause::Unknown,
        "From the whole file (186 MiB), 2 threads of delimark/avx2 reach 1.20 × the speed of one: \
         limit/read reaches 1.90 ×, and the scan 32 % of its speed; from caches they do not scale \
         either, so memory is not what bounds them. From 512 KiB that caches hold they reach 1.20 \
         ×.",
    );
}

#[test]
fn without_the_limit_it_is_open() {
    let rates = Rates { engine: [5.0, 6.0], read: None, resident: None };
    assert_eq!(explain(&rates).cause, Cause::Unknown);
}
