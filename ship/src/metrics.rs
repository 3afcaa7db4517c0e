//! Metrics: what was read, dropped and sent, as Prometheus reads it.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::atomic::AtomicU64;
use std::sync::{Arc, Mutex, PoisonError};

use prometheus_client::encoding::text::encode;
use prometheus_client::encoding::{EncodeLabelSet, LabelSetEncoder};
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::registry::Registry;

use crate::loki::{self, LokiCounters};
use crate::queue::QueueGauge;
use crate::sources::Lag;

/// One label, with its value.
#[derive(Clone, Debug, Hash, PartialEq, Eq)]
struct Label(&'static str, String);

impl EncodeLabelSet for Label {
    fn encode(&self, encoder: &mut LabelSetEncoder<'_>) -> Result<(), fmt::Error> {
        [(self.0, self.1.as_str())].encode(encoder)
    }
}

type Counts = Family<Label, Counter>;
type Sizes = Family<Label, Gauge>;
type Loki = Family<[(&'static str, String); 2], Gauge>;
type Times = Family<Label, Gauge<f64, AtomicU64>>;

/// The metrics of an agent.
#[derive(Debug)]
pub(crate) struct Metrics {
    registry: Registry,
    lines: Counts,
    bytes: Counts,
    unmatched: Counts,
    dropped: Counts,
    bad_times: Counts,
    dead_letters: Counts,
    written: Counts,
    reloads: Counts,
    queue_bytes: Sizes,
    queue_entries: Sizes,
    lag_bytes: Sizes,
    lag_seconds: Times,
    loki: Loki,
    /// The counters of the Loki sinks that there are now.
    loki_counters: Mutex<BTreeMap<String, Arc<LokiCounters>>>,
    /// The queues of the sinks that there are now.
    queues: Mutex<Vec<(String, QueueGauge)>>,
}

/// A thing that is counted for each source.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Count {
    Lines,
    Bytes,
    Unmatched,
    Dropped,
    BadTimes,
    DeadLetters,
}

impl Metrics {
    pub(crate) fn new() -> Self {
        let mut registry = Registry::with_prefix("delimark");
        let mut counts = |name: &str, help: &str| {
            let family = Counts::default();
            registry.register(name, help, family.clone());
            family
        };
        let lines = counts("lines", "Lines that were read");
        let bytes = counts("read_bytes", "Bytes of lines that were read");
        let unmatched = counts("ragged", "Lines that are not in the format of a stage");
        let dropped = counts("dropped", "Lines that stages were told to drop");
        let bad_times = counts("bad_times", "Times that could not be read");
        let dead_letters = counts("dead_letters", "Lines that no sink takes");
        let written = counts("written", "Entries that a sink has written");
        let reloads = counts("reloads", "Configurations that were taken, or refused");
        let mut sizes = |name: &str, help: &str| {
            let family = Sizes::default();
            registry.register(name, help, family.clone());
            family
        };
        let queue_bytes = sizes("queue_bytes", "Bytes that a queue takes on the disk");
        let queue_entries = sizes("queue_entries", "Entries that wait in a queue");
        let lag_bytes = sizes("lag_bytes", "Bytes of a file that are not read");
        let lag_seconds = Times::default();
        let help = "Time since a file was read that has bytes which are not";
        registry.register("lag_seconds", help, lag_seconds.clone());
        let loki = Loki::default();
        registry.register(
            "loki",
            "What became of pushes to Loki since the sink began",
            loki.clone(),
        );
        let (queues, loki_counters) = (Mutex::default(), Mutex::default());
        Self {
            registry,
            lines,
            bytes,
            unmatched,
            dropped,
            bad_times,
            dead_letters,
            written,
            reloads,
            queue_bytes,
            queue_entries,
            lag_bytes,
            lag_seconds,
            loki,
            loki_counters,
            queues,
        }
    }

    /// Counts something of a source.
    pub(crate) fn count(&self, source: &str, count: Count, number: u64) {
        let family = match count {
            Count::Lines => &self.lines,
            Count::Bytes => &self.bytes,
            Count::Unmatched => &self.unmatched,
            Count::Dropped => &self.dropped,
            Count::BadTimes => &self.bad_times,
            Count::DeadLetters => &self.dead_letters,
        };
        // What there is none of has no line of its own, but for what there always is.
        if number > 0 || matches!(count, Count::Lines | Count::Bytes) {
            family.get_or_create(&Label("source", source.to_owned())).inc_by(number);
        }
    }

    /// Counts entries that a sink has written.
    pub(crate) fn count_written(&self, sink: &str, entries: u64) {
        self.written.get_or_create(&Label("sink", sink.to_owned())).inc_by(entries);
    }

    /// Counts a new configuration.
    pub(crate) fn count_reload(&self, is_taken: bool) {
        let result = if is_taken { "taken" } else { "refused" };
        self.reloads.get_or_create(&Label("result", result.to_owned())).inc();
    }

    /// Says how far files are behind.
    pub(crate) fn set_lags(&self, lags: &[Lag]) {
        self.lag_bytes.clear();
        self.lag_seconds.clear();
        for lag in lags {
            let label = Label("file", lag.path.clone());
            let bytes = i64::try_from(lag.bytes).unwrap_or(i64::MAX);
            self.lag_bytes.get_or_create(&label).set(bytes);
            self.lag_seconds.get_or_create(&label).set(lag.seconds);
        }
    }

    /// Takes the counters of a Loki sink in the place of those that it had before.
    pub(crate) fn watch_loki(&self, sink: &str, counters: &Arc<LokiCounters>) {
        let mut all = self.loki_counters.lock().unwrap_or_else(PoisonError::into_inner);
        all.insert(sink.to_owned(), counters.clone());
    }

    /// Says which queues there are.
    pub(crate) fn set_queues(&self, queues: Vec<(String, QueueGauge)>) {
        *self.queues.lock().unwrap_or_else(PoisonError::into_inner) = queues;
    }

    /// Returns all metrics as text.
    pub(crate) fn text(&self) -> String {
        let size = |number: u64| i64::try_from(number).unwrap_or(i64::MAX);
        self.queue_bytes.clear();
        self.queue_entries.clear();
        for (sink, gauge) in self.queues.lock().unwrap_or_else(PoisonError::into_inner).iter() {
            let label = Label("sink", sink.clone());
            self.queue_bytes.get_or_create(&label).set(size(gauge.bytes()));
            self.queue_entries.get_or_create(&label).set(size(gauge.waiting_entries()));
        }
        let counters = self.loki_counters.lock().unwrap_or_else(PoisonError::into_inner);
        for (sink, counters) in counters.iter() {
            for (count, name) in loki::Count::ALL {
                let labels = [("sink", sink.clone()), ("what", name.to_owned())];
                self.loki.get_or_create(&labels).set(size(counters.get(count)));
            }
        }
        let mut text = String::new();
        encode(&mut text, &self.registry).expect("a text takes everything");
        text
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn metrics_are_a_text_that_prometheus_reads() {
        let metrics = Metrics::new();
        metrics.count("a", Count::Lines, 3);
        metrics.count("a", Count::Unmatched, 0);
        metrics.count_reload(false);
        let path = "/var/log/\"x\".log".to_owned();
        metrics.set_lags(&[Lag { path, bytes: 7, seconds: 0.5 }]);
        let text = metrics.text();
        for line in [
            "delimark_lines_total{source=\"a\"} 3",
            "delimark_reloads_total{result=\"refused\"} 1",
            "delimark_lag_bytes{file=\"/var/log/\\\"x\\\".log\"} 7",
            "delimark_lag_seconds{file=\"/var/log/\\\"x\\\".log\"} 0.5",
            "# TYPE delimark_lines counter",
            "# EOF",
        ] {
            assert!(text.lines().any(|found| found == line), "{line} is not in:\n{text}");
        }
        assert!(!text.contains("ragged_total"), "{text}");
        metrics.set_lags(&[]);
        assert!(!metrics.text().contains("lag_bytes{"));
    }
}
