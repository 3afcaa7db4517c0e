//! Entries as Loki takes them, or the reason why it would not.

use std::fmt;
use std::io;
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use bytes::Bytes;

use super::counters::{Count, LokiCounters};
use super::guard::StreamGuard;
use super::names::{clean, is_label_name, label_text};
use super::options::{LokiLimits, LokiOptions};
use crate::entry::{Entry, Labels, Origin};

/// The label that does not count towards the limit, and that Loki adds where it is missing.
const SERVICE_NAME: &str = "service_name";

/// The value that Loki gives it where nothing says more.
const UNKNOWN_SERVICE: &str = "unknown_service";

/// The bytes that an entry takes in a push beside its line and metadata, at most: a timestamp, and
/// tags and lengths.
const ENTRY_BYTES: usize = 40;

/// The same of a pair of metadata.
const PAIR_BYTES: usize = 12;

/// A stream, as it is sent.
#[derive(Debug, Eq, PartialEq)]
pub(super) struct Stream {
    pub(super) labels: Labels,
    /// The labels in Loki's notation.
    pub(super) text: String,
}

/// An entry that can be sent.
#[derive(Clone, Debug)]
pub(super) struct PushEntry {
    pub(super) stream: Arc<Stream>,
    pub(super) timestamp_ns: i64,
    pub(super) line: Bytes,
    pub(super) metadata: Vec<(Box<str>, Bytes)>,
    pub(super) origin: Origin,
}

impl PushEntry {
    /// Returns the most bytes that it takes in a push, its stream's labels aside.
    pub(super) fn push_bytes(&self) -> usize {
        let pair = |(name, value): &(Box<str>, Bytes)| name.len() + value.len() + PAIR_BYTES;
        ENTRY_BYTES + self.line.len() + self.metadata.iter().map(pair).sum::<usize>()
    }
}

/// The reason why Loki would not take an entry; it reads on behind "the line".
#[derive(Clone, Debug, Eq, PartialEq)]
pub(super) struct Unfit(String);

impl fmt::Display for Unfit {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}

/// Prepares entries.
#[derive(Debug)]
pub(super) struct Preparation {
    limits: LokiLimits,
    offset_name: Option<Box<str>>,
    guard: StreamGuard,
    last_stream: Option<Arc<Stream>>,
}

impl Preparation {
    /// Prepares entries, and keeps the streams that were admitted in a folder.
    pub(super) fn open(folder: &Path, options: &LokiOptions) -> io::Result<Self> {
        let guard = StreamGuard::open(folder, options.streams)?;
        let offset_name = options.offset_name.as_deref().map(Box::from);
        Ok(Self { limits: options.limits, offset_name, guard, last_stream: None })
    }

    /// Returns an entry as it is sent, or why it is not.
    ///
    /// # Errors
    ///
    /// The admitted streams cannot be written down.
    pub(super) fn prepare(
        &mut self,
        entry: &Entry,
        now: SystemTime,
        counters: &LokiCounters,
    ) -> io::Result<Result<PushEntry, Unfit>> {
        if let Err(unfit) = check(entry, &self.limits, now) {
            return Ok(Err(unfit));
        }
        let admitted = self.guard.admit(&with_values(&entry.labels))?;
        counters.add(Count::MovedLabels, admitted.moved.len() as u64);
        let metadata = entry.metadata.iter_shared().map(|(name, value)| (name.into(), value));
        let mut metadata: Vec<(Box<str>, Bytes)> = metadata.collect();
        for (_, value) in &mut metadata {
            // Loki makes a blank of each bad byte, which hides that there was one.
            if let Err(error) = str::from_utf8(value) {
                let _: std::str::Utf8Error = error;
                *value = Bytes::from(String::from_utf8_lossy(value).into_owned());
            }
        }
        let moved = admitted.moved.into_iter();
        metadata.extend(moved.map(|(name, value)| (name, Bytes::from(String::from(value)))));
        if let Some(name) = &self.offset_name {
            metadata.push((name.clone(), Bytes::from(entry.origin.offset.to_string())));
        }
        counters.add(Count::RenamedNames, clean(&mut metadata));
        if let Err(unfit) = check_metadata(&metadata, &self.limits) {
            return Ok(Err(unfit));
        }
        Ok(Ok(PushEntry {
            stream: self.stream(admitted.labels),
            timestamp_ns: entry.timestamp_ns,
            line: entry.line.clone(),
            metadata,
            origin: entry.origin.clone(),
        }))
    }

    fn stream(&mut self, labels: Labels) -> Arc<Stream> {
        match &self.last_stream {
            Some(stream) if Arc::ptr_eq(&stream.labels, &labels) => Arc::clone(stream),
            _ => {
                let stream = Arc::new(Stream { text: label_text(&labels), labels });
                self.last_stream = Some(Arc::clone(&stream));
                stream
            }
        }
    }
}

/// Leaves out labels without a value, as Loki does; no labels at all are those that it would give.
fn with_values(labels: &Labels) -> Labels {
    if labels.is_empty() || labels.iter().any(|(_, value)| value.is_empty()) {
        let kept: Vec<_> = labels.iter().filter(|(_, value)| !value.is_empty()).cloned().collect();
        if kept.is_empty() {
            return Labels::from([(SERVICE_NAME.into(), UNKNOWN_SERVICE.into())]);
        }
        return kept.into();
    }
    Arc::clone(labels)
}

fn check(entry: &Entry, limits: &LokiLimits, now: SystemTime) -> Result<(), Unfit> {
    if entry.line.len() > limits.line_bytes {
        let text =
            format!("has {} bytes, and Loki takes at most {}", entry.line.len(), limits.line_bytes);
        return Err(Unfit(text));
    }
    check_time(entry.timestamp_ns, limits, now)?;
    let count = entry.labels.iter().filter(|(name, _)| **name != *SERVICE_NAME).count();
    if count > limits.labels {
        let text = format!("has {count} labels, and Loki takes at most {}", limits.labels);
        return Err(Unfit(text));
    }
    for (name, value) in entry.labels.iter() {
        if !is_label_name(name) {
            let text = format!("has a label '{name}', and Loki takes letters, digits and _ only");
            return Err(Unfit(text));
        }
        if name.len() > limits.name_bytes || value.len() > limits.value_bytes {
            let (name_bytes, value_bytes) = (name.len(), value.len());
            let text = format!(
                "has a label with a name of {name_bytes} bytes and a value of {value_bytes}, and \
                 Loki takes at most {} and {}",
                limits.name_bytes, limits.value_bytes
            );
            return Err(Unfit(text));
        }
    }
    Ok(())
}

fn check_time(timestamp_ns: i64, limits: &LokiLimits, now: SystemTime) -> Result<(), Unfit> {
    let now = now.duration_since(UNIX_EPOCH).unwrap_or_default();
    let now_ns = i64::try_from(now.as_nanos()).unwrap_or(i64::MAX);
    let nanoseconds = |limit: Duration| i64::try_from(limit.as_nanos()).unwrap_or(i64::MAX);
    if timestamp_ns < now_ns.saturating_sub(nanoseconds(limits.oldest)) {
        let age = Duration::from_nanos(now_ns.saturating_sub(timestamp_ns).unsigned_abs());
        let text = format!(
            "is {} hours old, and Loki takes at most {}",
            age.as_secs() / 3600,
            limits.oldest.as_secs() / 3600
        );
        return Err(Unfit(text));
    }
    if timestamp_ns > now_ns.saturating_add(nanoseconds(limits.newest)) {
        let ahead = Duration::from_nanos(timestamp_ns.saturating_sub(now_ns).unsigned_abs());
        let text = format!(
            "is {} minutes ahead of the clock, and Loki takes at most {}",
            ahead.as_secs() / 60,
            limits.newest.as_secs() / 60
        );
        return Err(Unfit(text));
    }
    Ok(())
}

fn check_metadata(metadata: &[(Box<str>, Bytes)], limits: &LokiLimits) -> Result<(), Unfit> {
    let bytes: usize = metadata.iter().map(|(name, value)| name.len() + value.len()).sum();
    if metadata.len() > limits.metadata_pairs || bytes > limits.metadata_bytes {
        let text = format!(
            "has {} pairs of structured metadata with {bytes} bytes, and Loki takes at most {} \
             with {}",
            metadata.len(),
            limits.metadata_pairs,
            limits.metadata_bytes
        );
        return Err(Unfit(text));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::metadata::Metadata;

    fn entry(now_ns: i64) -> Entry {
        Entry {
            labels: [("job".into(), "x".into())].into_iter().collect(),
            timestamp_ns: now_ns,
            line: Bytes::from("line"),
            metadata: Metadata::default(),
            origin: Origin { source: "a.log".into(), line: Some(1), offset: 7 },
        }
    }

    /// Prepares an entry that was changed, and returns it, or why it is unfit.
    fn prepare(change: impl FnOnce(&mut Entry)) -> Result<PushEntry, String> {
        let folder = tempfile::tempdir().unwrap();
        let mut preparation =
            Preparation::open(folder.path(), &LokiOptions::new("http://localhost")).unwrap();
        let now = SystemTime::now();
        let now_ns = now.duration_since(UNIX_EPOCH).unwrap().as_nanos();
        let mut entry = entry(i64::try_from(now_ns).unwrap());
        change(&mut entry);
        let counters = LokiCounters::default();
        let prepared = preparation.prepare(&entry, now, &counters).unwrap();
        prepared.map_err(|unfit| unfit.to_string())
    }

    fn labels(count: usize, value: &str) -> Labels {
        (0..count).map(|index| (format!("l{index:02}").into(), value.into())).collect()
    }

    fn is_fit(change: impl FnOnce(&mut Entry)) -> bool {
        prepare(change).is_ok()
    }

    #[test]
    fn limits_are_exact() {
        const HOUR_NS: i64 = 3_600_000_000_000;
        let line = |bytes| move |entry: &mut Entry| entry.line = vec![b'x'; bytes].into();
        let metadata = |pairs: usize, bytes: usize| {
            move |entry: &mut Entry| {
                let value = Bytes::from(vec![b'x'; bytes]);
                let pair = |index: usize| (format!("m{index:03}"), value.clone());
                entry.metadata = (0..pairs).map(pair).collect();
            }
        };
        assert!(is_fit(line(262_144)) && !is_fit(line(262_145)));
        assert!(is_fit(|entry| entry.labels = labels(15, "x")));
        assert!(!is_fit(|entry| entry.labels = labels(16, "x")));
        assert!(is_fit(|entry| entry.labels = labels(1, &"x".repeat(2048))));
        assert!(!is_fit(|entry| entry.labels = labels(1, &"x".repeat(2049))));
        assert!(is_fit(metadata(127, 1)), "the offset is the 128th pair");
        assert!(!is_fit(metadata(128, 1)));
        assert!(is_fit(metadata(1, 65_536 - 4 - 7)), "7 bytes are those of offset=7");
        assert!(!is_fit(metadata(1, 65_536 - 4 - 6)));
        assert!(is_fit(|entry| entry.timestamp_ns -= 7 * 24 * HOUR_NS - HOUR_NS / 60));
        assert!(!is_fit(|entry| entry.timestamp_ns -= 7 * 24 * HOUR_NS + HOUR_NS / 60));
        assert!(is_fit(|entry| entry.timestamp_ns += 9 * HOUR_NS / 60));
        assert!(!is_fit(|entry| entry.timestamp_ns += 11 * HOUR_NS / 60));
    }

    #[test]
    fn service_name_does_not_count() {
        let change = |entry: &mut Entry| {
            let service = (SERVICE_NAME.into(), "x".into());
            entry.labels = labels(15, "x").iter().cloned().chain([service]).collect();
        };
        assert!(is_fit(change));
    }

    #[test]
    fn reasons_have_figures() {
        let reason = prepare(|entry| entry.line = vec![b'x'; 262_145].into()).unwrap_err();
        assert_eq!(reason, "has 262145 bytes, and Loki takes at most 262144");
        let reason = prepare(|entry| entry.timestamp_ns = 0).unwrap_err();
        assert!(reason.ends_with(" hours old, and Loki takes at most 168"), "{reason}");
        let dotted = |entry: &mut Entry| {
            entry.labels = [("a.b".into(), "x".into())].into_iter().collect();
        };
        let reason = prepare(dotted).unwrap_err();
        assert_eq!(reason, "has a label 'a.b', and Loki takes letters, digits and _ only");
    }

    #[test]
    fn the_offset_tells_equal_lines_apart() {
        let prepared = prepare(|_| ()).unwrap();
        assert_eq!(prepared.metadata, [("offset".into(), Bytes::from("7"))]);
    }

    #[test]
    fn labels_without_a_value_are_left_out() {
        let empty = |entry: &mut Entry| entry.labels = labels(2, "");
        assert_eq!(prepare(empty).unwrap().stream.text, r#"{service_name="unknown_service"}"#);
        let bad = |entry: &mut Entry| {
            entry.metadata = [("a", b"x\xffy")].into_iter().collect();
        };
        assert_eq!(prepare(bad).unwrap().metadata[0].1, "x\u{fffd}y");
    }
}
