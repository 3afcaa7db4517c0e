//! Metrics: what was read, dropped and sent. One table says which there are; `/metrics` writes them
//! as Prometheus reads them, and telemetry sends the same.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use prometheus_client::collector::Collector;
use prometheus_client::encoding::text::encode;
use prometheus_client::encoding::{DescriptorEncoder, EncodeMetric};
use prometheus_client::metrics::MetricType;
use prometheus_client::metrics::counter::ConstCounter;
use prometheus_client::metrics::gauge::ConstGauge;
use prometheus_client::registry::Registry;

use crate::loki::{self, LokiCounters};
use crate::queue::QueueGauge;
use crate::sources::Lag;

/// The metrics of an agent.
#[derive(Debug, Default)]
pub(crate) struct Metrics {
    /// The counts of each source.
    sources: Mutex<BTreeMap<String, [u64; Count::ALL]>>,
    /// The entries that each sink has written, but for those that its counters still count.
    written: Mutex<BTreeMap<String, u64>>,
    /// The configurations that were taken, and refused.
    reloads: [AtomicU64; 2],
    /// How far the files are behind that are followed now.
    lags: Mutex<Vec<Lag>>,
    /// The counters of the Loki sinks that there are now.
    loki_counters: Mutex<BTreeMap<String, Arc<LokiCounters>>>,
    /// The queues of the sinks that there are now.
    queues: Mutex<Vec<(String, QueueGauge)>>,
}

/// A thing that is counted for each source.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Count {
    Lines,
    Bytes,
    Unmatched,
    Dropped,
    BadTimes,
    DeadLetters,
}

impl Count {
    /// The number of them.
    const ALL: usize = 6;
}

/// A metric, of which there is a number for each set of labels.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Family {
    /// The name, without that of the program.
    pub(crate) name: &'static str,
    pub(crate) help: &'static str,
    /// The unit as OpenTelemetry writes it; none for plain counts.
    pub(crate) unit: &'static str,
    /// True if the number only grows.
    pub(crate) is_counter: bool,
    numbers: Numbers,
}

/// The numbers of a metric.
#[derive(Clone, Copy, Debug)]
enum Numbers {
    OfSources(Count),
    Written,
    Reloads,
    Loki,
    QueueBytes,
    QueueEntries,
    LagBytes,
    LagSeconds,
}

/// A number with its labels, each once.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Point {
    pub(crate) labels: Vec<(&'static str, String)>,
    pub(crate) number: Number,
}

/// A number, which is not below zero.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Number {
    Integer(u64),
    Float(f64),
}

impl Family {
    /// All of them.
    pub(crate) const ALL: [Self; 13] = [
        counter("lines", "Lines that were read", "", Numbers::OfSources(Count::Lines)),
        counter(
            "read_bytes",
            "Bytes of lines that were read",
            "By",
            Numbers::OfSources(Count::Bytes),
        ),
        counter(
            "ragged",
            "Lines that are not in the format of a stage",
            "",
            Numbers::OfSources(Count::Unmatched),
        ),
        counter(
            "dropped",
            "Lines that stages were told to drop",
            "",
            Numbers::OfSources(Count::Dropped),
        ),
        counter(
            "bad_times",
            "Times that could not be read",
            "",
            Numbers::OfSources(Count::BadTimes),
        ),
        counter(
            "dead_letters",
            "Lines that no sink takes",
            "",
            Numbers::OfSources(Count::DeadLetters),
        ),
        counter("written", "Entries that a sink has written", "", Numbers::Written),
        counter("reloads", "Configurations that were taken, or refused", "", Numbers::Reloads),
        counter("loki", "What became of pushes to Loki since the sink began", "", Numbers::Loki),
        gauge("queue_bytes", "Bytes that a queue takes on the disk", "By", Numbers::QueueBytes),
        gauge("queue_entries", "Entries that wait in a queue", "", Numbers::QueueEntries),
        gauge("lag_bytes", "Bytes of a file that are not read", "By", Numbers::LagBytes),
        gauge(
            "lag_seconds",
            "Time since a file was read that has bytes which are not",
            "s",
            Numbers::LagSeconds,
        ),
    ];
}

const fn counter(
    name: &'static str,
    help: &'static str,
    unit: &'static str,
    numbers: Numbers,
) -> Family {
    Family { name, help, unit, is_counter: true, numbers }
}

const fn gauge(
    name: &'static str,
    help: &'static str,
    unit: &'static str,
    numbers: Numbers,
) -> Family {
    Family { name, help, unit, is_counter: false, numbers }
}

impl Metrics {
    /// Shows counts of a source from now on, zero as they are: a rate needs a number before the
    /// first line.
    pub(crate) fn begin_source(&self, source: &str) {
        lock(&self.sources).entry(source.to_owned()).or_default();
    }

    /// Shows the count of what a sink has written from now on.
    pub(crate) fn begin_sink(&self, sink: &str) {
        lock(&self.written).entry(sink.to_owned()).or_default();
    }

    /// Counts something of a source.
    pub(crate) fn count(&self, source: &str, count: Count, number: u64) {
        let mut sources = lock(&self.sources);
        match sources.get_mut(source) {
            Some(counts) => counts[count as usize] += number,
            None => sources.entry(source.to_owned()).or_default()[count as usize] = number,
        }
    }

    /// Counts entries that a sink has written.
    pub(crate) fn count_written(&self, sink: &str, entries: u64) {
        *lock(&self.written).entry(sink.to_owned()).or_default() += entries;
    }

    /// Counts a new configuration.
    pub(crate) fn count_reload(&self, is_taken: bool) {
        self.reloads[usize::from(!is_taken)].fetch_add(1, Ordering::Relaxed);
    }

    /// Says how far files are behind.
    pub(crate) fn set_lags(&self, lags: Vec<Lag>) {
        *lock(&self.lags) = lags;
    }

    /// Takes the counters of a Loki sink in the place of those that it had before, whose entries
    /// stay written.
    pub(crate) fn watch_loki(&self, sink: &str, counters: &Arc<LokiCounters>) {
        // Both at once: nobody sees fewer entries than before.
        let mut written = lock(&self.written);
        let former = lock(&self.loki_counters).insert(sink.to_owned(), counters.clone());
        if let Some(former) = former {
            *written.entry(sink.to_owned()).or_default() += former.get(loki::Count::SentEntries);
        }
    }

    /// Says which queues there are.
    pub(crate) fn set_queues(&self, queues: Vec<(String, QueueGauge)>) {
        *lock(&self.queues) = queues;
    }

    /// Returns the numbers of a metric.
    pub(crate) fn points(&self, family: &Family) -> Vec<Point> {
        match family.numbers {
            Numbers::OfSources(count) => {
                let sources = lock(&self.sources);
                let of_source = |(source, counts): (&String, &[u64; Count::ALL])| {
                    point("source", source, Number::Integer(counts[count as usize]))
                };
                sources.iter().map(of_source).collect()
            }
            Numbers::Written => {
                let own = lock(&self.written);
                let mut written = own.clone();
                for (sink, counters) in lock(&self.loki_counters).iter() {
                    let sent = counters.get(loki::Count::SentEntries);
                    *written.entry(sink.clone()).or_default() += sent;
                }
                let of_sink =
                    |(sink, count): (&String, &u64)| point("sink", sink, Number::Integer(*count));
                written.iter().map(of_sink).collect()
            }
            Numbers::Reloads => {
                let reloads = ["taken", "refused"].into_iter().zip(&self.reloads);
                let of_result = |(result, count): (&str, &AtomicU64)| {
                    point("result", result, Number::Integer(count.load(Ordering::Relaxed)))
                };
                reloads.map(of_result).collect()
            }
            Numbers::Loki => {
                let mut points = Vec::new();
                for (sink, counters) in lock(&self.loki_counters).iter() {
                    points.extend(loki::Count::ALL.iter().map(|(count, name)| {
                        let labels = vec![("sink", sink.clone()), ("what", (*name).to_owned())];
                        Point { labels, number: Number::Integer(counters.get(*count)) }
                    }));
                }
                points
            }
            Numbers::QueueBytes => self.of_queues(QueueGauge::bytes),
            Numbers::QueueEntries => self.of_queues(QueueGauge::waiting_entries),
            Numbers::LagBytes => self.of_lags(|lag| Number::Integer(lag.bytes)),
            Numbers::LagSeconds => self.of_lags(|lag| Number::Float(lag.seconds)),
        }
    }

    fn of_queues(&self, number: impl Fn(&QueueGauge) -> u64) -> Vec<Point> {
        let queues = lock(&self.queues);
        let of_queue = |(sink, gauge): &(String, QueueGauge)| {
            point("sink", sink, Number::Integer(number(gauge)))
        };
        queues.iter().map(of_queue).collect()
    }

    fn of_lags(&self, number: impl Fn(&Lag) -> Number) -> Vec<Point> {
        lock(&self.lags).iter().map(|lag| point("file", &lag.path, number(lag))).collect()
    }

    /// Returns all metrics as text.
    pub(crate) fn text(&self) -> String {
        let families = Family::ALL.map(|family| (family, self.points(&family)));
        let mut registry = Registry::with_prefix("delimark");
        registry.register_collector(Box::new(Snapshot(families.into())));
        let mut text = String::new();
        encode(&mut text, &registry).expect("a text takes everything");
        text
    }
}

fn point(label: &'static str, value: &str, number: Number) -> Point {
    Point { labels: vec![(label, value.to_owned())], number }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// All metrics of a moment.
#[derive(Debug)]
struct Snapshot(Vec<(Family, Vec<Point>)>);

impl Collector for Snapshot {
    fn encode(&self, mut encoder: DescriptorEncoder<'_>) -> Result<(), fmt::Error> {
        for (family, points) in &self.0 {
            let kind = if family.is_counter { MetricType::Counter } else { MetricType::Gauge };
            let mut encoder = encoder.encode_descriptor(family.name, family.help, None, kind)?;
            for Point { labels, number } in points {
                let own = encoder.encode_family(labels)?;
                match *number {
                    Number::Integer(number) if family.is_counter => {
                        ConstCounter::new(number).encode(own)?;
                    }
                    Number::Integer(number) => {
                        let number = i64::try_from(number).unwrap_or(i64::MAX);
                        ConstGauge::new(number).encode(own)?;
                    }
                    Number::Float(number) if family.is_counter => {
                        ConstCounter::new(number).encode(own)?;
                    }
                    Number::Float(number) => ConstGauge::new(number).encode(own)?,
                }
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn assert_lines(text: &str, lines: &[&str]) {
        for line in lines {
            assert!(text.lines().any(|found| found == *line), "{line} is not in:\n{text}");
        }
    }

    #[test]
    fn metrics_are_a_text_that_prometheus_reads() {
        let metrics = Metrics::default();
        metrics.count("a", Count::Lines, 3);
        metrics.count_reload(false);
        let path = "/var/log/\"x\".log".to_owned();
        metrics.set_lags(vec![Lag { path, bytes: 7, seconds: 0.5 }]);
        let lines = [
            "delimark_lines_total{source=\"a\"} 3",
            "delimark_reloads_total{result=\"refused\"} 1",
            "delimark_lag_bytes{file=\"/var/log/\\\"x\\\".log\"} 7",
            "delimark_lag_seconds{file=\"/var/log/\\\"x\\\".log\"} 0.5",
            "# TYPE delimark_lines counter",
            "# TYPE delimark_loki counter",
            "# TYPE delimark_lag_bytes gauge",
            "# EOF",
        ];
        assert_lines(&metrics.text(), &lines);
        metrics.set_lags(Vec::new());
        assert!(!metrics.text().contains("lag_bytes{"));
    }

    #[test]
    fn what_is_configured_counts_from_zero_and_loki_like_others() {
        let metrics = Metrics::default();
        metrics.begin_source("a");
        metrics.begin_sink("copy");
        let counters = Arc::new(LokiCounters::default());
        metrics.watch_loki("loki", &counters);
        let zeros = [
            "delimark_lines_total{source=\"a\"} 0",
            "delimark_ragged_total{source=\"a\"} 0",
            "delimark_dead_letters_total{source=\"a\"} 0",
            "delimark_written_total{sink=\"copy\"} 0",
            "delimark_written_total{sink=\"loki\"} 0",
            "delimark_loki_total{sink=\"loki\",what=\"retries\"} 0",
            "delimark_reloads_total{result=\"taken\"} 0",
        ];
        assert_lines(&metrics.text(), &zeros);
        counters.add(loki::Count::SentEntries, 5);
        metrics.count_written("copy", 2);
        let counted = [
            "delimark_written_total{sink=\"copy\"} 2",
            "delimark_written_total{sink=\"loki\"} 5",
            "delimark_loki_total{sink=\"loki\",what=\"sent_entries\"} 5",
        ];
        assert_lines(&metrics.text(), &counted);
    }

    #[test]
    fn entries_stay_written_when_a_sink_begins_again_as_another_one() {
        let metrics = Metrics::default();
        metrics.begin_sink("a");
        for sent in [5, 2] {
            let counters = Arc::new(LokiCounters::default());
            metrics.watch_loki("a", &counters);
            counters.add(loki::Count::SentEntries, sent);
        }
        // Into a file, from another configuration on.
        metrics.count_written("a", 3);
        assert_lines(&metrics.text(), &["delimark_written_total{sink=\"a\"} 10"]);
    }

    #[test]
    fn every_family_has_a_name_of_its_own() {
        let mut names: Vec<&str> = Family::ALL.iter().map(|family| family.name).collect();
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), Family::ALL.len());
    }
}
