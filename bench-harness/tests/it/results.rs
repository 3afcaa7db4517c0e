//! The schema and the types of results agree, and what breaks the contract is refused by name.

use delimark_results::{BurstSample, Bursts, Cell, Counter, Known, Measurement, Results};
use serde_json::{Value, json};

use crate::RESULTS;

#[test]
fn results_come_back_as_they_were_written() {
    let results = Results::from_json(RESULTS).unwrap();
    assert_eq!(results.to_json().unwrap(), RESULTS);
}

#[test]
fn derived_numbers_follow_from_the_samples() {
    for cell in Results::from_json(RESULTS).unwrap().cells {
        let derived = Cell::from_samples(Measurement {
            engine: cell.engine.clone(),
            backend_executed: cell.backend_executed.clone(),
            model: cell.model.clone(),
            dataset: cell.dataset.clone(),
            bytes: cell.bytes,
            records: cell.records,
            fields: cell.fields,
            answer: cell.answer.clone(),
            first_pass_ns: cell.first_pass_ns,
            samples_ns: cell.samples_ns.clone(),
            bursts: Known::Unavailable("not kept".to_owned()),
            burst_overhead_ns: cell.burst_overhead_ns,
            allocations_per_record: cell.allocations_per_record.clone(),
            counters: cell.counters.clone(),
        });
        assert_eq!(derived, Cell { bursts: derived.bursts.clone(), ..cell });
    }
}

#[test]
fn bursts_weigh_their_time_by_their_records() {
    let samples: Vec<BurstSample> =
        (1..=101).map(|n| BurstSample { duration_ns: n * 300, records: 300 }).collect();
    let bursts = Bursts::from_samples(&samples);
    assert_eq!(bursts.count, 101);
    assert_eq!(bursts.records_per_burst, 300.0);
    assert_eq!(bursts.p50_ns_per_record, 51.0);
    assert_eq!(bursts.p99_ns_per_record, 100.0);
    assert!((bursts.p999_ns_per_record - 100.9).abs() < 1e-9);
    assert_eq!(bursts.quantiles.last(), Some(&(1.0, 101.0)));
}

/// The keys that older files do not have.
const ADDED_LATER: [&str; 13] = [
    "base_clock",
    "burst_overhead_ns",
    "compile_ns",
    "compute",
    "event",
    "first_pass_ns",
    "measured_clock",
    "runtimes",
    "scaling",
    "seal",
    "timer",
    "twins",
    "window",
];

#[test]
fn files_from_before_a_field_was_added_are_read() {
    let mut document = example();
    object(&mut document, "/environment").remove("runtimes").unwrap();
    object(&mut document, "/environment").remove("compile_ns").unwrap();
    object(&mut document, "/cells/0").remove("first_pass_ns").unwrap();
    let results = Results::from_json(&document.to_string()).unwrap();
    assert!(results.environment.runtimes.is_empty() && results.environment.compile_ns.is_empty());
    assert_eq!(results.cells[0].first_pass_ns, None);
    let kept = document["cells"][1]["first_pass_ns"].as_u64();
    assert!(kept.is_some() && results.cells[1].first_pass_ns == kept);
    assert!(!results.to_json().unwrap().contains("runtimes"));
}

#[test]
fn every_field_is_required_and_missed_by_its_place() {
    let document = example();
    let mut removed = 0;
    for (pointer, keys) in objects(&document) {
        for key in keys.into_iter().filter(|key| !ADDED_LATER.contains(&key.as_str())) {
            let mut document = document.clone();
            object(&mut document, &pointer).remove(&key);
            let place = if pointer.is_empty() { "at the top:" } else { &format!("at {pointer}:") };
            let error = refusal(&document);
            assert!(error.contains(place), "without {key:?} {place} {error}");
            removed += 1;
        }
    }
    assert!(removed > 100, "only {removed} fields were tried");
}

#[test]
fn fields_may_be_added_everywhere() {
    let mut document = example();
    for (pointer, _) in objects(&document) {
        object(&mut document, &pointer).insert("added later".to_owned(), json!([1, null]));
    }
    let read = Results::from_json(&document.to_string()).unwrap();
    assert_eq!(read, Results::from_json(&example().to_string()).unwrap());
}

#[test]
fn wrong_values_are_refused_with_place_and_value() {
    let cases = [
        ("/schema", json!("delimark-results/2"), "delimark-results/1"),
        ("/created", json!("yesterday"), "yesterday"),
        ("/rounds", json!(0), "`0`, expected a whole number of at least 1"),
        ("/cells/0/samples_ns/0", json!(1.5), "`1.5`, expected a whole number of at least 1"),
        ("/cells/0/samples_ns/0", json!(0), "`0`, expected a whole number of at least 1"),
        ("/cells/0/answer", json!(7), "`7`, expected a string"),
        ("/cells/0/gigabytes_per_second", json!(null), "null, expected a number above 0"),
        ("/datasets/0/source", json!("guessed"), "guessed"),
        ("/datasets/0/delimiter", json!("||"), "||"),
        ("/datasets/0/quote", json!("''"), "''"),
        ("/datasets/0/quote", json!(null), "null"),
        ("/datasets/0/quote_escape", json!("doubled"), "doubled"),
        ("/datasets/0/traits/stray_quotes", json!(-1), "-1"),
        ("/environment/kernel", json!("6.1"), "6.1"),
        ("/compute/0/steps", json!("some"), "some"),
        (
            "/cells/0/counters/peak_heap_bytes/value",
            json!(-1),
            "integer `-1`, expected a number of at least 0",
        ),
        ("/cells/0/allocations_per_record", json!(-0.5), "`-0.5`, expected a number of at least 0"),
    ];
    for (pointer, value, found) in cases {
        let mut document = example();
        // Keys of newer files are not in the example.
        let (parent, key) = pointer.rsplit_once('/').unwrap();
        match document.pointer_mut(pointer) {
            Some(old) => *old = value,
            None => drop(object(&mut document, parent).insert(key.to_owned(), value)),
        }
        let error = refusal(&document);
        assert!(error.contains(&format!("at {pointer}: ")), "{error}");
        assert!(error.contains(found), "{error}");
    }
}

#[test]
fn parts_that_do_not_fit_are_refused() {
    let mut document = example();
    document["cells"][0]["dataset"] = json!("elsewhere");
    assert!(refusal(&document).contains("at /cells/0: data set \"elsewhere\" is not listed"));

    let mut document = example();
    document["cells"][1] = document["cells"][0].clone();
    assert!(refusal(&document).contains("at /cells/1"));

    let mut document = example();
    document["rounds"] = json!(9);
    assert!(refusal(&document).contains("8 samples in 9 rounds"));

    let mut document = example();
    document["ladder"][1]["dataset"] = json!("elsewhere");
    assert!(refusal(&document).contains("at /ladder/1"));

    let mut document = example();
    document["compute"][0]["dataset"] = json!("elsewhere");
    assert!(refusal(&document).contains("at /compute/0"));

    let mut document = example();
    let dataset = document["datasets"][0].clone();
    document["datasets"].as_array_mut().unwrap().push(dataset);
    assert!(refusal(&document).contains("at /datasets/1: data set \"nginx12\" is listed twice"));

    let mut document = example();
    for key in ["engine", "model", "dataset"] {
        document["skipped"][0][key] = document["cells"][1][key].clone();
    }
    assert!(refusal(&document).contains("at /skipped/0"), "{}", refusal(&document));

    let mut document = example();
    document["twins"][0]["engine_ns"][0] = json!(1);
    assert!(refusal(&document).contains("at /twins/0: delimark/avx512 index has other samples"));
    document["twins"][0]["model"] = json!("count");
    assert!(
        refusal(&document).contains("at /twins/0: delimark/avx512 count has an A/A control and no")
    );
}

#[test]
fn percentiles_that_are_not_those_of_the_bursts_are_refused() {
    let cases = [
        ("/cells/0/ns_per_record/p99", json!(0.001), "/ns_per_record/p99: 0.001 is stored, and"),
        ("/cells/0/ns_per_record/p50", json!(1e6), "/ns_per_record/p50: 1000000 is stored, and"),
        ("/cells/0/ns_per_record/p999", json!(1e6), "/ns_per_record/p999: 1000000 is stored, and"),
        ("/cells/0/burst_quantiles/3/1", json!(1e6), "/burst_quantiles/4: the curve of its bursts"),
        ("/cells/0/burst_quantiles/9/1", json!(0.001), "/burst_quantiles/9: the curve of its"),
        ("/cells/0/bursts", json!(1_000_000_000), "/records_per_burst: its bursts hold"),
    ];
    for (pointer, value, expected) in cases {
        let mut document = example();
        *document.pointer_mut(pointer).unwrap() = value;
        let error = refusal(&document);
        assert!(error.contains(&format!("at /cells/0{expected}")), "{pointer}: {error}");
    }
    // A curve that does not have a percentile bounds it by its neighbours.
    let mut document = example();
    let curve = document["cells"][0]["burst_quantiles"].as_array_mut().unwrap();
    curve.retain(|pair| pair[0] != 0.99);
    Results::from_json(&document.to_string()).unwrap();
    document["cells"][0]["ns_per_record"]["p99"] = json!(0.001);
    assert!(refusal(&document).contains("p99: 0.001 is stored, and the curve of its bursts has"));
}

#[test]
fn numbers_that_contradict_their_samples_are_refused() {
    let pointers = [
        "/cells/0/ns_per_record/median",
        "/cells/0/ns_per_record/ci_low",
        "/cells/1/ns_per_record/ci_high",
        "/cells/0/gigabytes_per_second",
        "/cells/1/gigabytes_per_second_interval/low",
        "/cells/0/gigabytes_per_second_interval/high",
        "/ladder/0/gigabytes_per_second",
        "/ladder/1/gigabytes_per_second_interval/low",
        "/ladder/1/gigabytes_per_second_interval/high",
        "/scaling/0/gigabytes_per_second",
        "/scaling/0/gigabytes_per_second_interval/low",
    ];
    for pointer in pointers {
        let mut document = example();
        let number = document.pointer_mut(pointer).unwrap();
        let derived = number.as_f64().unwrap();
        *number = json!(derived * (1.0 + 1e-9));
        Results::from_json(&document.to_string()).unwrap();

        let stored = derived * 1.00001;
        *document.pointer_mut(pointer).unwrap() = json!(stored);
        let expected =
            format!("at {pointer}: {stored} is stored, but from its samples follows {derived}");
        let error = refusal(&document);
        assert!(error.contains(&expected), "{error}");
    }
}

#[test]
fn samples_bytes_and_records_are_held_against_the_numbers() {
    let cases = [
        ("/cells/0/bytes", "/cells/0/gigabytes_per_second: "),
        ("/cells/0/records", "/cells/0/ns_per_record/median: "),
        ("/ladder/0/bytes_per_sample", "/ladder/0/gigabytes_per_second: "),
    ];
    for (pointer, place) in cases {
        let mut document = example();
        let number = document.pointer_mut(pointer).unwrap();
        *number = json!(number.as_u64().unwrap() * 2);
        let error = refusal(&document);
        assert!(error.contains(&format!("at {place}")), "{error}");
    }
    let mut document = example();
    for sample in document["cells"][1]["samples_ns"].as_array_mut().unwrap() {
        *sample = json!(sample.as_u64().unwrap() / 2);
    }
    let error = refusal(&document);
    assert!(error.contains("at /cells/1/ns_per_record/median: "), "{error}");
}

#[test]
fn nothing_measured_on_nothing_is_refused() {
    for pointer in ["/cells/0/bytes", "/datasets/0/bytes", "/datasets/0/records"] {
        let mut document = example();
        *document.pointer_mut(pointer).unwrap() = json!(0);
        let error = refusal(&document);
        assert!(error.contains(&format!("at {pointer}: it is 0")), "{error}");
    }
    let mut document = example();
    document["cells"][0]["records"] = json!(0);
    let error = refusal(&document);
    assert!(
        error.contains("at /cells/0/records: invalid value: integer `0`, expected a whole"),
        "{error}"
    );

    let mut document = example();
    document["cells"] = json!([]);
    let error = refusal(&document);
    assert!(error.contains("at /cells: nothing was measured; peer/memchr fields"), "{error}");
    document["skipped"] = json!([]);
    assert!(refusal(&document).ends_with("at /cells: nothing was measured"));
}

#[test]
fn a_missing_number_needs_its_reason() {
    let mut document = example();
    document["cells"][0]["allocations_per_record"] = Value::Null;
    let expected = "at /cells/0: a number is null and `allocations_unavailable` gives no reason";
    assert!(refusal(&document).contains(expected), "{}", refusal(&document));
}

#[test]
fn results_that_break_the_schema_are_not_written() {
    let mut results = Results::from_json(RESULTS).unwrap();
    results.duration_seconds = -1.0;
    let error = results.to_json().unwrap_err().to_string();
    assert!(error.contains("at /duration_seconds"), "{error}");
}

#[test]
fn counters_carry_source_or_reason() {
    let results = Results::from_json(RESULTS).unwrap();
    let counters: Vec<&Counter> =
        results.cells.iter().flat_map(|cell| cell.counters.values()).collect();
    assert!(counters.iter().any(|counter| matches!(counter, Counter::Counted(_))));
    assert!(counters.iter().any(|counter| matches!(counter, Counter::Unavailable { .. })));
}

/// Returns the results cut down to one of each kind: a cell with a distribution and an A/A control,
/// and one without.
fn example() -> Value {
    let mut document: Value = serde_json::from_str(RESULTS).unwrap();
    let twins = document["twins"][0].clone();
    let cells = document["cells"].as_array_mut().unwrap();
    let is_measured_twice =
        |cell: &Value| cell["engine"] == twins["engine"] && cell["model"] == twins["model"];
    let with = cells.iter().position(is_measured_twice).unwrap();
    cells.swap(0, with);
    let without = cells.iter().position(|cell| cell["bursts"].is_null()).unwrap();
    cells.swap(1, without);
    cells.truncate(2);
    document["ladder"].as_array_mut().unwrap().truncate(2);
    document["scaling"].as_array_mut().unwrap().truncate(1);
    document["compute"].as_array_mut().unwrap().truncate(1);
    document["twins"].as_array_mut().unwrap().truncate(1);
    document
}

fn refusal(document: &Value) -> String {
    Results::from_json(&document.to_string()).unwrap_err().to_string()
}

fn object<'a>(document: &'a mut Value, pointer: &str) -> &'a mut serde_json::Map<String, Value> {
    document.pointer_mut(pointer).unwrap().as_object_mut().unwrap()
}

/// Returns pointer and keys of every object whose keys the schema names: not of `counters`.
fn objects(document: &Value) -> Vec<(String, Vec<String>)> {
    let mut found = Vec::new();
    let mut open = vec![(String::new(), document)];
    while let Some((pointer, value)) = open.pop() {
        match value {
            Value::Object(fields) => {
                open.extend(fields.iter().map(|(key, v)| (format!("{pointer}/{key}"), v)));
                // These are maps: their keys are nobody's fields.
                if !["/counters", "/compile_ns"].iter().any(|map| pointer.ends_with(map)) {
                    found.push((pointer, fields.keys().cloned().collect()));
                }
            }
            Value::Array(items) => {
                open.extend(items.iter().enumerate().map(|(i, v)| (format!("{pointer}/{i}"), v)));
            }
            _ => {}
        }
    }
    found
}
