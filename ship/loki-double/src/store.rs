//! The store: what Loki's distributor and ingester take, with their limits and their texts.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use bytes::Bytes;

use crate::decode::{PushedEntry, PushedStream, Rejection};
use crate::labels::{self, Labels, SERVICE_NAME};

const LINE_BYTES: usize = 262_144;
const LABELS: usize = 15;
const NAME_BYTES: usize = 1024;
const VALUE_BYTES: usize = 2048;
const METADATA_PAIRS: usize = 128;
const METADATA_BYTES: usize = 65_536;
const OLDEST: Duration = Duration::from_secs(7 * 24 * 3600);
const NEWEST: Duration = Duration::from_secs(600);
const WINDOW_NS: i128 = 3_600_000_000_000;
const MESSAGE_BYTES: usize = 4_194_304;
const RATE: f64 = 4_194_304.0;
const BURST: f64 = 6_291_456.0;
const STREAMS: usize = 5000;

/// The entries that an ingester names one by one in a message.
const NAMED_ENTRIES: usize = 10;

/// A line with its metadata; within a time of a stream there is each once.
pub(crate) type Content = (Bytes, BTreeMap<String, String>);

/// A stream that is stored.
#[derive(Debug, Default)]
pub(crate) struct StoredStream {
    pub(crate) entries: BTreeMap<i128, Vec<Content>>,
    highest_ns: Option<i128>,
}

/// Everything that is stored.
#[derive(Debug)]
pub(crate) struct Store {
    pub(crate) streams: HashMap<Labels, StoredStream>,
    /// Entries that a fault makes the store refuse for ever.
    refused: BTreeSet<(Labels, i128, Bytes)>,
    budget: f64,
    refilled: Instant,
}

impl Store {
    pub(crate) fn new() -> Self {
        Self {
            streams: HashMap::new(),
            refused: BTreeSet::new(),
            budget: BURST,
            refilled: Instant::now(),
        }
    }

    /// Makes the store refuse every so many-th entry of a push from now on.
    pub(crate) fn refuse(&mut self, push: &[PushedStream], every: usize) {
        for stream in push {
            let mut labels = stream.labels.clone();
            labels::add_service_name(&mut labels);
            for entry in stream.entries.iter().step_by(every.max(1)) {
                let is_stored = self.streams.get(&labels).is_some_and(|stored| {
                    let same = stored.entries.get(&entry.timestamp_ns);
                    same.is_some_and(|same| same.iter().any(|(line, _)| *line == entry.line))
                });
                if !is_stored {
                    let content = (labels.clone(), entry.timestamp_ns, entry.line.clone());
                    self.refused.insert(content);
                }
            }
        }
    }

    /// Takes a push.
    ///
    /// # Errors
    ///
    /// The status and the text: where the status is 400 or 429, a part may be stored.
    pub(crate) fn push(&mut self, push: Vec<PushedStream>) -> Result<(), Rejection> {
        let mut errors = Vec::new();
        let mut streams = Vec::new();
        for mut stream in push {
            if let Err(text) = check_labels(&stream) {
                errors.push(text);
                continue;
            }
            let shown = labels::show(&stream.labels);
            stream.entries.retain(|entry| match check_entry(&shown, entry) {
                Ok(()) => true,
                Err(text) => {
                    errors.push(text);
                    false
                }
            });
            for entry in &mut stream.entries {
                entry.metadata = rewrite(&entry.metadata).map_err(|text| (500, text))?;
            }
            labels::add_service_name(&mut stream.labels);
            streams.push(stream);
        }
        self.check_sizes(&streams)?;
        let mut status = 400;
        for stream in streams {
            if let Err((stream_status, text)) = self.ingest(stream) {
                status = status.max(stream_status);
                errors.push(text);
            }
        }
        match &errors[..] {
            [] => Ok(()),
            [text] => Err((status, text.clone())),
            [first, ..] => Err((status, format!("{} errors like: {first}", errors.len()))),
        }
    }

    /// Checks what is counted for a push as a whole.
    fn check_sizes(&mut self, streams: &[PushedStream]) -> Result<(), Rejection> {
        let entries = || streams.iter().flat_map(|stream| &stream.entries);
        let metadata = |entry: &PushedEntry| {
            entry.metadata.iter().map(|(name, value)| name.len() + value.len()).sum::<usize>()
        };
        let line_bytes: usize = entries().map(|entry| entry.line.len() + metadata(entry)).sum();
        let now = Instant::now();
        let gained = now.duration_since(self.refilled).as_secs_f64() * RATE;
        self.budget = (self.budget + gained).min(BURST);
        self.refilled = now;
        if line_bytes as f64 > self.budget {
            let text = format!(
                "ingestion rate limit exceeded for user fake (limit: 4194304 bytes/sec) while \
                 attempting to ingest '{}' lines totaling '{line_bytes}' bytes, reduce log volume \
                 or contact your Loki administrator to see if the limit can be increased",
                entries().count()
            );
            return Err((429, text));
        }
        self.budget -= line_bytes as f64;
        let pairs: usize = entries().map(|entry| entry.metadata.len()).sum();
        let labels: usize = streams.iter().map(|stream| labels::show(&stream.labels).len()).sum();
        let message_bytes = line_bytes + 20 * entries().count() + 6 * pairs + labels;
        if message_bytes > MESSAGE_BYTES {
            let text = format!(
                "rpc error: code = ResourceExhausted desc = grpc: received message larger than \
                 max ({message_bytes} vs. {MESSAGE_BYTES})"
            );
            return Err((500, text));
        }
        Ok(())
    }

    fn ingest(&mut self, pushed: PushedStream) -> Result<(), Rejection> {
        let shown = labels::show(&pushed.labels);
        if !self.streams.contains_key(&pushed.labels) && self.streams.len() >= STREAMS {
            let text = format!(
                "maximum active stream limit exceeded when trying to create stream {shown}, reduce \
                 the number of active streams (reduce labels or reduce label values), or contact \
                 your Loki administrator to see if the limit can be increased, user: 'fake'"
            );
            return Err((429, text));
        }
        let count = pushed.entries.len();
        let stream = self.streams.entry(pushed.labels.clone()).or_default();
        let mut ignored = Vec::new();
        for entry in pushed.entries {
            let cutoff = stream.highest_ns.map(|highest| highest - WINDOW_NS);
            let content = (pushed.labels.clone(), entry.timestamp_ns, entry.line.clone());
            if cutoff.is_some_and(|cutoff| entry.timestamp_ns < cutoff)
                || self.refused.contains(&content)
            {
                ignored.push(entry.timestamp_ns);
                continue;
            }
            stream.highest_ns = stream.highest_ns.max(Some(entry.timestamp_ns));
            let metadata = entry.metadata.into_iter().filter(|(_, value)| !value.is_empty());
            let content = (entry.line, metadata.collect());
            let same_time = stream.entries.entry(entry.timestamp_ns).or_default();
            if !same_time.contains(&content) {
                same_time.push(content);
            }
        }
        if ignored.is_empty() {
            return Ok(());
        }
        let named = ignored.iter().take(NAMED_ENTRIES).map(|timestamp_ns| {
            format!(
                "entry with timestamp {timestamp_ns} ignored, reason: 'entry too far behind',\n"
            )
        });
        let named: String = named.collect();
        let total = ignored.len();
        let text = format!(
            "{named}user 'fake', total ignored: {total} out of {count} for stream: {shown}"
        );
        Err((400, text))
    }
}

fn check_labels(stream: &PushedStream) -> Result<(), String> {
    let labels = &stream.labels;
    let shown = labels::show(labels);
    if let Some(name) = &stream.repeated_name {
        return Err(format!("stream '{shown}' has duplicate label name: '{name}'"));
    }
    let count = labels.keys().filter(|name| *name != SERVICE_NAME).count();
    if count > LABELS {
        return Err(format!("entry for stream '{shown}' has {count} label names; limit {LABELS}"));
    }
    for (name, value) in labels {
        if name.len() > NAME_BYTES {
            return Err(format!("stream '{shown}' has label name too long: '{name}'"));
        }
        if value.len() > VALUE_BYTES {
            return Err(format!("stream '{shown}' has label value too long: '{value}'"));
        }
    }
    Ok(())
}

fn check_entry(shown: &str, entry: &PushedEntry) -> Result<(), String> {
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    let nanoseconds = |duration: Duration| duration.as_nanos().cast_signed();
    let (oldest_ns, newest_ns) =
        (nanoseconds(now) - nanoseconds(OLDEST), nanoseconds(now) + nanoseconds(NEWEST));
    let time = entry.timestamp_ns;
    if time < oldest_ns {
        return Err(format!(
            "entry for stream '{shown}' has timestamp too old: {time}, oldest acceptable \
             timestamp is: {oldest_ns}"
        ));
    }
    if time > newest_ns {
        return Err(format!("entry for stream '{shown}' has timestamp too new: {time}"));
    }
    if entry.line.len() > LINE_BYTES {
        return Err(format!(
            "max entry size '{LINE_BYTES}' bytes exceeded for stream '{shown}' while adding an \
             entry with length '{}' bytes",
            entry.line.len()
        ));
    }
    let bytes: usize = entry.metadata.iter().map(|(name, value)| name.len() + value.len()).sum();
    if bytes > METADATA_BYTES {
        return Err(format!(
            "stream '{shown}' has structured metadata too large: '{bytes}' bytes, limit: \
             '{METADATA_BYTES}' bytes"
        ));
    }
    if entry.metadata.len() > METADATA_PAIRS {
        return Err(format!(
            "stream '{shown}' has too many structured metadata labels: '{}', limit: \
             '{METADATA_PAIRS}'",
            entry.metadata.len()
        ));
    }
    Ok(())
}

/// Rewrites the names of metadata; where two become the same, a rewritten one wins over a clean
/// one, and the later over the earlier.
fn rewrite(metadata: &[(String, String)]) -> Result<Vec<(String, String)>, String> {
    let mut rewritten = BTreeMap::new();
    let mut clean = BTreeMap::new();
    for (name, value) in metadata {
        let new_name = labels::rewrite(name)?;
        let pairs = if new_name == *name { &mut clean } else { &mut rewritten };
        pairs.insert(new_name, value.clone());
    }
    clean.extend(rewritten);
    Ok(clean.into_iter().collect())
}
