//! Counters of a sink, for whoever watches it while it runs.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, PoisonError};

/// The counters of a Loki sink. They begin at zero with each process.
#[derive(Debug, Default)]
pub struct LokiCounters {
    counts: [AtomicU64; Count::ALL.len()],
    last_error: Mutex<Option<String>>,
}

/// A thing that is counted.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub enum Count {
    /// Entries that Loki accepted.
    SentEntries,
    /// Bytes of pushes that were accepted whole, before they were compressed.
    SentBytes,
    /// Requests that were answered, or not.
    Pushes,
    /// Pushes that were sent once more.
    Retries,
    /// Pushes that were divided.
    Divisions,
    /// Entries that Loki did not accept.
    RefusedEntries,
    /// Entries that are dead letters, refused by Loki or found before they were sent.
    DeadEntries,
    /// Names of structured metadata that are others now.
    RenamedNames,
    /// Labels that went into structured metadata, since there were too many streams or values.
    MovedLabels,
}

impl Count {
    /// All of them, with the names that metrics give them.
    pub const ALL: [(Self, &'static str); 9] = [
        (Self::SentEntries, "sent_entries"),
        (Self::SentBytes, "sent_bytes"),
        (Self::Pushes, "pushes"),
        (Self::Retries, "retries"),
        (Self::Divisions, "divisions"),
        (Self::RefusedEntries, "refused_entries"),
        (Self::DeadEntries, "dead_entries"),
        (Self::RenamedNames, "renamed_names"),
        (Self::MovedLabels, "moved_labels"),
    ];
}

impl LokiCounters {
    /// Returns a count.
    #[must_use]
    pub fn get(&self, count: Count) -> u64 {
        self.counts[count as usize].load(Ordering::Relaxed)
    }

    /// Returns the reason why the last push was not accepted; nothing once one was.
    #[must_use]
    pub fn last_error(&self) -> Option<String> {
        self.last_error.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    pub(crate) fn add(&self, count: Count, number: u64) {
        self.counts[count as usize].fetch_add(number, Ordering::Relaxed);
    }

    /// Sets the last error, and returns true if there was none before, or now is none any more.
    pub(super) fn set_error(&self, error: Option<&str>) -> bool {
        let mut last = self.last_error.lock().unwrap_or_else(PoisonError::into_inner);
        let is_change = last.is_some() != error.is_some();
        *last = error.map(str::to_owned);
        is_change
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_count_has_a_place_of_its_own() {
        let counters = LokiCounters::default();
        for (index, (count, _)) in Count::ALL.into_iter().enumerate() {
            counters.add(count, index as u64 + 1);
        }
        let counts = Count::ALL.map(|(count, _)| counters.get(count));
        assert_eq!(counts, [1, 2, 3, 4, 5, 6, 7, 8, 9]);
        assert!(counters.set_error(Some("reset")));
        assert!(!counters.set_error(Some("reset")));
        assert_eq!(counters.last_error().as_deref(), Some("reset"));
        assert!(counters.set_error(None));
    }
}
