//! Results that somebody changed: each way is refused by what it contradicts, and any by the seal.

use delimark_results::Seal;
use serde_json::{Value, json};

use super::{MACHINES, first, is_refused, study};

/// A change, and a part of the reason for which it is refused.
type Case = (&'static str, fn(&mut Value), &'static str);

#[track_caller]
fn are_refused(cases: &[Case]) {
    for (what, change, reason) in cases {
        let mut document = first();
        change(&mut document);
        assert_ne!(document, first(), "{what} changes nothing");
        is_refused(&document, reason);
    }
}

/// The cells of an engine.
fn cells<'a>(document: &'a mut Value, engine: &'a str) -> impl Iterator<Item = &'a mut Value> {
    let cells = document["cells"].as_array_mut().unwrap().iter_mut();
    cells.filter(move |cell| cell["engine"] == engine)
}

fn cell<'a>(document: &'a mut Value, engine: &'a str, model: &str) -> &'a mut Value {
    cells(document, engine).find(|cell| cell["model"] == model).unwrap()
}

/// Calls the cells of an engine another's, and its backend, too.
fn rename(document: &mut Value, from: &str, to: &str) {
    let backend = to.rsplit(['/', '-']).next().unwrap();
    for cell in cells(document, from) {
        cell["engine"] = json!(to);
        if !cell["backend_executed"].is_null() {
            cell["backend_executed"] = json!(backend);
        }
    }
}

/// Does so wherever the name stands.
fn rename_everywhere(document: &mut Value, from: &str, to: &str) {
    rename(document, from, to);
    let text = document.to_string().replace(&json!(from).to_string(), &json!(to).to_string());
    *document = serde_json::from_str(&text).unwrap();
}

fn remove(document: &mut Value, engine: &str) {
    document["cells"].as_array_mut().unwrap().retain(|cell| cell["engine"] != engine);
}

#[test]
fn engines_that_are_called_otherwise_are_refused() {
    are_refused(&[
        (
            "no such engine",
            |file| rename(file, "peer/csv", "peer/faster"),
            "no engine is called peer/faster",
        ),
        (
            "another instruction set",
            |file| rename_everywhere(file, "delimark/avx512", "delimark/neon"),
            "ran the backend neon, and its processor lacks the features for that",
        ),
        (
            "another processor",
            |file| {
                let features = file["environment"]["cpu"]["features"].as_array_mut().unwrap();
                features.retain(|feature| !feature.as_str().unwrap().contains("avx512"));
            },
            "delimark/avx512 on count ran the backend avx512, and its processor lacks the features",
        ),
        (
            "a name alone",
            |file| cell(file, "delimark/avx2", "index")["engine"] = json!("delimark/neon"),
            "delimark/neon on index ran the backend avx2, not the one of its name",
        ),
        (
            "an engine that is there already",
            |file| rename(file, "peer/csv", "peer/split"),
            "peer/split fields is there twice",
        ),
        (
            "an engine that was left out",
            |file| cell(file, "peer/memchr", "index")["engine"] = json!("peer/csv"),
            "peer/csv index has a cell as well",
        ),
        (
            "an engine that does not do that",
            |file| rename(file, "peer/memchr", "peer/regex"),
            "peer/regex does not do index, but fields, project, file-read",
        ),
        (
            "an engine with an A/A control",
            |file| rename(file, "delimark/avx512", "delimark/neon"),
            "delimark/avx512 fields has an A/A control and no cell",
        ),
        (
            "a rival of another runtime",
            |file| {
                cell(file, "peer/index-byte@go", "fields")["engine"] = json!("peer/polars@python");
            },
            "peer/polars@python was measured, and its version is not among those noted",
        ),
        (
            "a rival with its version left behind",
            |file| rename(file, "peer/cut@command", "peer/mawk@command"),
            "peer/cut@command is noted, and was not measured",
        ),
        (
            "no version of a runtime",
            |file| file["environment"]["runtimes"] = json!(["Go 1.19.8"]),
            "delimark/scalar@node was measured, and no version of node is noted",
        ),
        (
            "a limit as another",
            |file| cell(file, "limit/read", "file-map")["engine"] = json!("limit/copy"),
            "limit/copy does not do file-map, but count, index, fields, project",
        ),
    ]);
}

#[test]
fn what_a_full_run_always_has_is_missed() {
    are_refused(&[
        (
            "a limit as another",
            |file| cell(file, "limit/read", "fields")["engine"] = json!("limit/copy"),
            "and on nginx12 it lacks limit/read on fields: run with all of them",
        ),
        (
            "no limit",
            |file| remove(file, "limit/read"),
            "lacks limit/read on count, index, fields, project, file-map, file-read",
        ),
        (
            "no scalar code",
            |file| remove(file, "delimark/scalar"),
            "it lacks delimark/scalar on count",
        ),
        ("a slow backend", |file| remove(file, "delimark/sse42"), "it lacks delimark/sse42 on"),
    ]);
}

#[test]
fn wrong_answers_are_refused_though_all_agree() {
    // Both files, all engines.
    let changed = MACHINES.map(|(place, text)| (place, text.replace("878ab464fd", "878ab464fe")));
    let refusals = study(&changed.each_ref().map(|(place, text)| (*place, text.as_str())));
    let refusals = refusals.unwrap_err();
    for (place, _) in MACHINES {
        let of_file = refusals.iter().filter(|refusal| refusal.place == place);
        let reasons: Vec<&str> = of_file.map(|refusal| refusal.reason.as_str()).collect();
        let right = "and the right answer on nginx12-1000000-seed1 is \"1000000 records, 12000000 \
                     fields, checksum 000000878ab464fd\"";
        assert!(reasons.iter().any(|reason| reason.contains(right)), "{reasons:#?}");
    }
    are_refused(&[
        (
            "what the limit read",
            |file| cell(file, "limit/read", "index")["answer"] = json!("words 1"),
            "limit/read index answered \"words 1\", and the right answer",
        ),
        (
            "the text of a command",
            |file| cell(file, "peer/cut@command", "extract")["answer"] = json!("none"),
            "peer/cut@command extract answered \"none\"",
        ),
        (
            "how many fields",
            |file| cell(file, "peer/csv", "fields")["fields"] = json!(7),
            "and its cell says \"1000000 records, 7 fields\"",
        ),
        (
            "how many records",
            |file| cell(file, "peer/csv", "fields")["records"] = json!(500_000),
            "from its samples follows",
        ),
        (
            "a model that there is not",
            |file| cell(file, "peer/csv", "fields")["model"] = json!("bogus"),
            "peer/csv does not do bogus",
        ),
    ]);
}

#[test]
fn facts_that_are_others_are_refused() {
    are_refused(&[
        ("a form", |file| file["schema"] = json!("delimark-results/2"), "keep to the schema"),
        (
            "the hash of the data",
            |file| file["datasets"][0]["sha256"] = json!("0".repeat(64)),
            "not the one that is pinned as nginx12-1000000-seed1",
        ),
        (
            "the fields of the data",
            |file| file["datasets"][0]["fields"] = json!(12_000_001),
            "not the one that is pinned as nginx12-1000000-seed1",
        ),
        (
            "a processor with more cores",
            |file| file["environment"]["cpu"]["logical_cores"] = json!(64),
            "follows from its processor",
        ),
        (
            "the day",
            |file| file["created"] = json!("2099-01-01T00:00:00Z"),
            "it is from 2099-01-01T00:00:00Z, which is in the future",
        ),
        (
            "a shorter run",
            |file| file["duration_seconds"] = json!(1.5),
            "s, and all of the run 1.5 s",
        ),
        (
            "a sample",
            |file| cell(file, "delimark/avx2", "count")["samples_ns"][0] = json!(1),
            "but from its samples follows",
        ),
        (
            "a sample of an A/A control",
            |file| file["twins"][0]["engine_ns"][0] = json!(1),
            "delimark/avx512 fields has other samples than in its cell",
        ),
        (
            "a count",
            |file| {
                let counters = &mut cell(file, "delimark/avx2", "fields")["counters"];
                counters["instructions"]["value"] = json!(-1);
            },
            "-1 is less than the minimum of 0",
        ),
    ]);
    let truncated = &MACHINES[0].1[..5_000];
    let refusals = study(&[(MACHINES[0].0, truncated)]).unwrap_err();
    assert!(refusals[0].reason.starts_with("these are not results in JSON"), "{refusals:#?}");
}

#[test]
fn a_seal_shows_what_nothing_else_contradicts() {
    let sealed = first();
    // Another order and white space are the same document.
    study(&[(MACHINES[0].0, &sealed.to_string())]).unwrap();
    let broken = "it was changed since it was written, for its seal does not fit the rest";
    let swapped = |engines: [&str; 2]| {
        let [a, b] = engines;
        let text = sealed.to_string().replace(a, "peer/third").replace(b, a);
        text.replace("peer/third", b)
    };
    let swapped = swapped(["peer/csv", "peer/split"]);
    assert_eq!(Seal::of(&swapped).unwrap(), Seal::Broken);
    is_refused(&serde_json::from_str(&swapped).unwrap(), broken);
    let changes: [fn(&mut Value); 3] = [
        |file| file["order_seed"] = json!(21),
        |file| file["added_later"] = json!(true),
        |file| file["seal"] = json!("0".repeat(64)),
    ];
    for change in changes {
        let mut document = sealed.clone();
        change(&mut document);
        is_refused(&document, broken);
    }
}

#[test]
fn a_file_without_a_seal_is_refused() {
    let mut document = first();
    document["seal"] = json!(null);
    is_refused(&document, "null is not of type \"string\"");
    document.as_object_mut().unwrap().remove("seal").unwrap();
    is_refused(&document, "it has no seal, and `delimark-bench run` writes one");
}
