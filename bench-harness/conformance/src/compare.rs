//! Compares what an engine found with what a case expects, part by part.

use delimark::RaggedPolicy;
use delimark_results::display;

use super::byte_string::ByteString;
use super::case::{Case, CountFacts, ErrorFacts, RaggedFacts};
use super::facts::Facts;

/// The number of fields of a record that are shown.
const FIELDS_SHOWN: usize = 6;

/// The facts that an engine has to give.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Strictness {
    /// Everything, as this project's backends do.
    Everything,
    /// Only those that it gives. Under the policy `report` the list of ragged lines has to come
    /// with the records: without it lines would be left out in silence.
    WhereGiven,
}

/// A part of an answer that is not as it should be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Difference {
    /// The part that differs.
    pub part: String,
    /// The expected value, for a person to read.
    pub expected: String,
    /// The value that was found.
    pub found: String,
}

impl Difference {
    fn new(part: impl Into<String>, expected: impl ToString, found: impl ToString) -> Self {
        Self { part: part.into(), expected: expected.to_string(), found: found.to_string() }
    }
}

/// The differences, with what matters most apart.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Comparison {
    /// In the records.
    pub records: Vec<Difference>,
    /// In what is said about them. Of each part the first difference is told.
    pub facts: Vec<Difference>,
}

/// Compares every part of an answer.
#[must_use]
pub fn compare(case: &Case, found: &Facts, strictness: Strictness) -> Comparison {
    let expected = &case.expected;
    let everything = strictness == Strictness::Everything;
    let reports = case.request.ragged == RaggedPolicy::Report && found.records.is_some();
    let lists_ragged = everything || reports;
    let facts = [
        numbers("line", &expected.lines, found.lines.as_deref(), everything),
        numbers("offset", &expected.offsets, found.offsets.as_deref(), everything),
        ragged(&expected.ragged, found.ragged.as_deref(), lists_ragged, everything),
        counts(expected.counts, found.counts, everything),
        error(expected.error.as_ref(), found.error.as_ref(), everything),
    ];
    Comparison {
        records: records(&expected.records, found.records.as_deref(), everything),
        facts: facts.into_iter().flatten().collect(),
    }
}

fn records(
    expected: &[Vec<Vec<u8>>],
    found: Option<&[Vec<ByteString>]>,
    required: bool,
) -> Vec<Difference> {
    let Some(found) = found else {
        let missing = required.then(|| Difference::new("records", "a list", "none"));
        return missing.into_iter().collect();
    };
    let mut differences = Vec::new();
    if expected.len() != found.len() {
        differences.push(Difference::new("number of records", expected.len(), found.len()));
    }
    let longest = expected.len().max(found.len());
    let differing = (0..longest).find_map(|index| {
        let (expected, found) = (expected.get(index), found.get(index));
        record(index, expected.map(Vec::as_slice), found.map(Vec::as_slice))
    });
    differences.extend(differing);
    differences
}

fn record(
    index: usize,
    expected: Option<&[Vec<u8>]>,
    found: Option<&[ByteString]>,
) -> Option<Difference> {
    let part = format!("record {}", index + 1);
    let (Some(expected), Some(found)) = (expected, found) else {
        let expected = expected.map(|record| shown_record(record, |field| display::bytes(field)));
        let found = found.map(|record| shown_record(record, shown_string));
        return Some(Difference::new(part, shown_option(expected), shown_option(found)));
    };
    if expected.len() != found.len() {
        let expected = shown_record(expected, |field| display::bytes(field));
        return Some(Difference::new(part, expected, shown_record(found, shown_string)));
    }
    let (field, (expected, found)) = expected
        .iter()
        .zip(found)
        .enumerate()
        .find(|(_, (expected, found))| !found.is(expected))?;
    let same =
        expected.iter().copied().zip(found.bytes()).take_while(|(left, right)| left == right);
    let index = same.count() as u64;
    let part = format!("{part}, field {}", field + 1);
    Some(Difference::new(
        part,
        display::around(expected.iter().copied(), expected.len() as u64, index),
        display::around(found.bytes(), found.len(), index),
    ))
}

fn numbers(
    what: &str,
    expected: &[u64],
    found: Option<&[u64]>,
    required: bool,
) -> Option<Difference> {
    let Some(found) = found else {
        return required.then(|| Difference::new(format!("{what}s"), "a list", "none"));
    };
    let longest = expected.len().max(found.len());
    (0..longest).find(|&index| expected.get(index) != found.get(index)).map(|index| {
        let [expected, found] = [expected.get(index), found.get(index)].map(shown_option);
        Difference::new(format!("{what} of record {}", index + 1), expected, found)
    })
}

fn ragged(
    expected: &[RaggedFacts],
    found: Option<&[RaggedFacts]>,
    required: bool,
    everything: bool,
) -> Option<Difference> {
    let Some(found) = found else {
        return required.then(|| Difference::new("ragged lines", "a list", "none"));
    };
    let is_same = |expected: &RaggedFacts, found: &RaggedFacts| {
        let is_untold = |fact: Option<u64>| !everything && fact.is_none();
        (expected.line, expected.found) == (found.line, found.found)
            && (is_untold(found.offset) || expected.offset == found.offset)
            && (is_untold(found.quote) || expected.quote == found.quote)
    };
    let longest = expected.len().max(found.len());
    (0..longest)
        .map(|index| (index, expected.get(index), found.get(index)))
        .find(|(_, expected, found)| match (expected, found) {
            (Some(expected), Some(found)) => !is_same(expected, found),
            _ => true,
        })
        .map(|(index, expected, found)| {
            let part = format!("ragged line {}", index + 1);
            Difference::new(part, shown_option(expected), shown_option(found))
        })
}

fn counts(
    expected: Option<CountFacts>,
    found: Option<CountFacts>,
    everything: bool,
) -> Option<Difference> {
    let is_compared = everything || (found.is_some() && expected.is_some());
    let [shown, shown_found] = [expected, found].map(shown_option);
    (is_compared && expected != found).then(|| Difference::new("counts", shown, shown_found))
}

fn error(
    expected: Option<&ErrorFacts>,
    found: Option<&ErrorFacts>,
    everything: bool,
) -> Option<Difference> {
    let is_same = match (expected, found) {
        (None, None) => true,
        (Some(expected), Some(found)) if everything => expected == found,
        (Some(expected), Some(found)) => expected.agrees_with(found),
        // That it rejects is known from its status; why, it need not say.
        (Some(_), None) => !everything,
        (None, Some(_)) => false,
    };
    (!is_same).then(|| Difference::new("error", shown_option(expected), shown_option(found)))
}

impl ErrorFacts {
    /// Returns true where every part that the other one has is the same here.
    fn agrees_with(&self, given: &Self) -> bool {
        fn agree<T: PartialEq>(own: Option<&T>, given: Option<&T>) -> bool {
            given.is_none() || own == given
        }
        agree(self.kind.as_ref(), given.kind.as_ref())
            && agree(self.line.as_ref(), given.line.as_ref())
            && agree(self.offset.as_ref(), given.offset.as_ref())
            && agree(self.found.as_ref(), given.found.as_ref())
            && agree(self.expected.as_ref(), given.expected.as_ref())
            && agree(self.quote.as_ref(), given.quote.as_ref())
    }
}

fn shown_option<T: ToString>(value: Option<T>) -> String {
    value.map_or_else(|| "none".to_owned(), |value| value.to_string())
}

fn shown_string(string: &ByteString) -> String {
    display::around(string.bytes(), string.len(), 0)
}

fn shown_record<T>(fields: &[T], show: impl Fn(&T) -> String) -> String {
    let mut shown: Vec<String> = fields.iter().take(FIELDS_SHOWN).map(show).collect();
    if fields.len() > FIELDS_SHOWN {
        shown.push(format!("… {} fields in all", fields.len()));
    }
    format!("[{}]", shown.join(", "))
}

/// Shows the first records of an answer, for a case where any answer is right.
pub(super) fn shown_records(found: &Facts) -> String {
    let records = found.records.as_deref().unwrap_or_default();
    shown_record(records, |record| shown_record(record, shown_string))
}
