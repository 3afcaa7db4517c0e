//! The files as text: JSON laid out so that a change of a case is a change of few lines, and in
//! ASCII, so that no editor can spoil a byte.

use std::fmt::Write;

use delimark_datasets::Hasher;
use serde::Serialize;

use super::bytes::Bytes;
use super::case::{Case, Record};
use super::dialect::Ragged;

/// A file of the suite.
pub(crate) struct Document {
    /// Its path from `datasets/conformance`.
    pub(crate) path: String,
    /// Its content.
    pub(crate) text: String,
}

/// The manifest's entry of a file.
#[derive(Serialize)]
pub(super) struct Entry {
    path: String,
    sha256: String,
    cases: usize,
}

impl Entry {
    pub(super) fn new(document: &Document, cases: usize) -> Self {
        let mut hasher = Hasher::new();
        hasher.update(document.text.as_bytes());
        Self { path: document.path.clone(), sha256: hasher.finish(), cases }
    }
}

/// Writes a file of vectors.
pub(super) fn vectors(name: &str, topic: &str, cases: &[Case]) -> Document {
    let topic = json(&topic);
    let mut text =
        format!("{{\"format\": \"delimark-vectors/1\",\n\"topic\": {topic},\n\"cases\": [\n");
    list(&mut text, cases, case);
    text.push_str("]}\n");
    Document { path: format!("vectors/{name}.json"), text }
}

/// Writes the manifest.
pub(super) fn manifest(version: &str, entries: &[Entry]) -> Document {
    let mut text = format!("{{\"version\": \"{version}\",\n\"files\": [\n");
    list(&mut text, entries, json);
    text.push_str("]}\n");
    Document { path: "manifest.json".to_owned(), text }
}

fn list<T>(text: &mut String, items: &[T], write: impl Fn(&T) -> String) {
    let items: Vec<String> = items.iter().map(write).collect();
    text.push_str(&items.join(",\n"));
    text.push('\n');
}

/// Writes a case with a line for each member.
fn case(case: &Case) -> String {
    let records = &case.records;
    let all = |part: fn(&Record) -> u64| json(&records.iter().map(part).collect::<Vec<_>>());
    let fields: Vec<Vec<Bytes<'_>>> = records
        .iter()
        .map(|record| record.fields.iter().map(|field| Bytes(field)).collect())
        .collect();
    let reports = case.dialect.ragged == Ragged::Report;
    let members = [
        ("id", Some(json(&case.id))),
        ("rule", Some(json(&case.rule))),
        ("title", Some(json(&case.title))),
        ("dialect", Some(json(&case.dialect))),
        ("input", Some(json(&Bytes(&case.input)))),
        ("records", Some(json(&fields))),
        ("lines", Some(all(|record| record.line))),
        ("offsets", Some(all(|record| record.offset))),
        ("ragged", reports.then(|| json(&case.ragged))),
        ("counts", case.counts.map(|counts| json(&counts))),
        ("error", case.error.map(|error| json(&error))),
    ];
    let members = members.into_iter().filter_map(|(name, value)| Some((name, value?)));
    let members: Vec<String> =
        members.map(|(name, value)| format!("\"{name}\": {value}")).collect();
    format!("{{{}}}", members.join(",\n "))
}

fn json(value: &impl Serialize) -> String {
    let text = serde_json::to_string(value).expect("strings, numbers, lists and objects");
    let mut ascii = String::with_capacity(text.len());
    for letter in text.chars() {
        if matches!(letter, ' '..='~') {
            ascii.push(letter);
        } else {
            write!(ascii, "\\u{:04x}", u32::from(letter)).expect("a String takes everything");
        }
    }
    ascii
}
