//! The counts of one cell from several sources, and which of them is shown first.

use std::collections::BTreeMap;

use delimark_results::Counter;
use delimark_results::counter::source;

/// The sources of processor events, the one that says most about the real machine first.
const RANKING: [&str; 3] = [source::PERF_EVENT, source::CALLGRIND, source::SINGLE_STEP];

/// The answers of all sources that were asked, counts or reasons.
#[derive(Clone, Debug, Default)]
pub struct Ledger {
    /// By name, in the order of [`RANKING`].
    entries: BTreeMap<&'static str, BTreeMap<usize, Counter>>,
}

impl Ledger {
    /// Notes what a source says under a name.
    ///
    /// # Panics
    ///
    /// If the source does not count events of the processor.
    pub fn note(&mut self, source: &str, name: &'static str, counter: Counter) {
        let rank = RANKING.iter().position(|ranked| *ranked == source);
        let rank = rank.unwrap_or_else(|| panic!("{source} has no rank"));
        self.entries.entry(name).or_default().insert(rank, counter);
    }

    /// Tells whether no source that was asked so far has counted this.
    #[must_use]
    pub fn lacks(&self, name: &str) -> bool {
        let entries = self.entries.get(name).into_iter().flat_map(BTreeMap::values);
        entries.filter_map(Counter::count).next().is_none()
    }

    /// Settles which entry has the plain name: the first count, or all reasons where there is none.
    /// The others stand beside it as `name@source`.
    #[must_use]
    pub fn settle(self) -> BTreeMap<String, Counter> {
        self.entries.into_iter().flat_map(|(name, entries)| settle_name(name, entries)).collect()
    }
}

fn settle_name(name: &str, mut entries: BTreeMap<usize, Counter>) -> Vec<(String, Counter)> {
    let first = entries.iter().find(|(_rank, counter)| counter.count().is_some());
    let Some((&first, _count)) = first else {
        return vec![(name.to_owned(), Counter::Unavailable { unavailable: join(&entries) })];
    };
    let plain = entries.remove(&first).map(|count| (name.to_owned(), count));
    let beside =
        entries.into_iter().map(|(rank, counter)| (format!("{name}@{}", RANKING[rank]), counter));
    plain.into_iter().chain(beside).collect()
}

/// Joins the reasons, each with who gives it where there are several.
fn join(entries: &BTreeMap<usize, Counter>) -> String {
    let reasons: Vec<(&str, &str)> = entries
        .iter()
        .filter_map(|(&rank, counter)| match counter {
            Counter::Counted(_) => None,
            Counter::Unavailable { unavailable } => Some((RANKING[rank], unavailable.as_str())),
        })
        .collect();
    match reasons.as_slice() {
        [(_source, reason)] => (*reason).to_owned(),
        reasons => {
            let reasons = reasons.iter().map(|(source, reason)| format!("{source}: {reason}"));
            reasons.collect::<Vec<_>>().join("; ")
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use delimark_results::Count;

    fn counted(source: &str, value: f64) -> Counter {
        Counter::Counted(Count { value, source: source.to_owned(), event: None, window: None })
    }

    fn unavailable(reason: &str) -> Counter {
        Counter::Unavailable { unavailable: reason.to_owned() }
    }

    #[test]
    fn the_source_nearest_to_the_machine_has_the_plain_name() {
        let mut ledger = Ledger::default();
        ledger.note(source::SINGLE_STEP, "instructions", counted(source::SINGLE_STEP, 1.0));
        ledger.note(source::CALLGRIND, "instructions", counted(source::CALLGRIND, 2.0));
        ledger.note(source::PERF_EVENT, "instructions", unavailable("no counters"));
        let expected = BTreeMap::from([
            ("instructions".to_owned(), counted(source::CALLGRIND, 2.0)),
            ("instructions@perf-event".to_owned(), unavailable("no counters")),
            ("instructions@single-step".to_owned(), counted(source::SINGLE_STEP, 1.0)),
        ]);
        assert_eq!(ledger.clone().settle(), expected);

        ledger.note(source::PERF_EVENT, "instructions", counted(source::PERF_EVENT, 3.0));
        let settled = ledger.settle();
        assert_eq!(settled["instructions"], counted(source::PERF_EVENT, 3.0));
        assert_eq!(settled["instructions@callgrind"], counted(source::CALLGRIND, 2.0));
    }

    #[test]
    fn a_name_without_a_count_is_lacking_whatever_reasons_there_are() {
        let mut ledger = Ledger::default();
        assert!(ledger.lacks("instructions"));
        ledger.note(source::PERF_EVENT, "instructions", unavailable("no counters"));
        assert!(ledger.lacks("instructions"));
        ledger.note(source::SINGLE_STEP, "instructions", counted(source::SINGLE_STEP, 1.0));
        assert!(!ledger.lacks("instructions") && ledger.lacks("cycles"));
    }

    #[test]
    fn without_a_count_every_reason_is_kept() {
        let mut ledger = Ledger::default();
        ledger.note(source::PERF_EVENT, "cycles", unavailable("no counters"));
        ledger.note(source::PERF_EVENT, "instructions", unavailable("no counters"));
        ledger.note(source::CALLGRIND, "instructions", unavailable("no valgrind"));
        let expected = BTreeMap::from([
            ("cycles".to_owned(), unavailable("no counters")),
            (
                "instructions".to_owned(),
                unavailable("perf-event: no counters; callgrind: no valgrind"),
            ),
        ]);
        assert_eq!(ledger.settle(), expected);
    }
}
