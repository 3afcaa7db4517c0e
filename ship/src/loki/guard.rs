//! The guard of cardinality: it admits streams up to a limit, and moves what is beyond it from
//! labels to structured metadata.
//!
//! An entry that is sent again has to belong to the same stream again, or it would be stored twice.
//! So what was admitted is written to a file before it is used, and read back.

use std::collections::HashMap;
use std::fs::{self, File};
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant};

use super::options::StreamLimits;
use crate::entry::Labels;

/// The stream of entries that have no label left.
const OVERFLOW: (&str, &str) = ("overflow", "true");

/// The part of the streams that is kept for those with fewer labels than they came with, as 1 in so
/// many.
const RESERVE: usize = 10;

/// The time after which a stream makes room for another. Loki forgets idle ones sooner.
const IDLE: Duration = Duration::from_secs(3600);

/// The time between two searches for idle streams.
const SWEEP: Duration = Duration::from_secs(60);

/// A stream that may be sent, and the labels that it may not have.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(super) struct Admitted {
    pub(super) labels: Labels,
    pub(super) moved: Vec<(Box<str>, Box<str>)>,
}

/// Admits streams.
#[derive(Debug)]
pub(super) struct StreamGuard {
    limits: StreamLimits,
    path: PathBuf,
    file: File,
    /// The streams, and when each was last seen.
    streams: HashMap<Labels, Instant>,
    /// How many streams have each value of each label.
    values: HashMap<Box<str>, HashMap<Box<str>, usize>>,
    last_sweep: Instant,
    /// True if the file lacks streams, since the disk was full.
    is_behind: bool,
    last: Option<(Labels, Admitted)>,
}

impl StreamGuard {
    /// Opens the guard whose file is in a folder.
    pub(super) fn open(folder: &Path, limits: StreamLimits) -> io::Result<Self> {
        let path = folder.join("streams");
        let file = File::options().append(true).create(true).open(&path)?;
        let now = Instant::now();
        let mut guard = Self {
            limits,
            path,
            file,
            streams: HashMap::new(),
            values: HashMap::new(),
            last_sweep: now,
            is_behind: false,
            last: None,
        };
        for line in fs::read_to_string(&guard.path)?.lines() {
            // A line that was torn is of a stream that was not sent yet.
            if let Ok(labels) = serde_json::from_str::<Vec<(String, String)>>(line) {
                let labels = labels.into_iter().map(|(name, value)| (name.into(), value.into()));
                guard.insert(labels.collect(), now);
            }
        }
        // Whatever is appended next must not become part of a torn line.
        guard.rewrite_or_fall_behind()?;
        Ok(guard)
    }

    /// Returns the stream that an entry with these labels may go to.
    pub(super) fn admit(&mut self, labels: &Labels) -> io::Result<Admitted> {
        if let Some((last, admitted)) = &self.last
            && (Arc::ptr_eq(last, labels) || last == labels)
        {
            return Ok(admitted.clone());
        }
        let admitted = self.find(labels)?;
        self.last = Some((Arc::clone(labels), admitted.clone()));
        Ok(admitted)
    }

    fn find(&mut self, labels: &Labels) -> io::Result<Admitted> {
        let now = Instant::now();
        if let Some((known, seen)) = self.streams.get_key_value(labels) {
            let known = Arc::clone(known);
            let is_fresh = now.duration_since(*seen) < SWEEP;
            if !is_fresh {
                self.streams.insert(Arc::clone(&known), now);
            }
            return Ok(Admitted { labels: known, moved: Vec::new() });
        }
        if self.streams.len() + self.reserve() >= self.limits.streams
            && now.duration_since(self.last_sweep) >= SWEEP
        {
            self.sweep(now)?;
        }
        let (mut kept, mut moved): (Vec<_>, Vec<_>) =
            labels.iter().cloned().partition(|(name, value)| self.has_room(name, value));
        while !kept.is_empty() {
            let labels = Labels::from(kept.as_slice());
            let limit = self.limits.streams - if moved.is_empty() { self.reserve() } else { 0 };
            let is_known = self.streams.contains_key(&labels);
            if is_known || self.streams.len() < limit {
                self.insert(Arc::clone(&labels), now);
                if !is_known {
                    self.record(&labels)?;
                }
                return Ok(Admitted { labels, moved });
            }
            let most_varied = self.most_varied(&kept);
            moved.push(kept.remove(most_varied));
        }
        let labels = Labels::from([(OVERFLOW.0.into(), OVERFLOW.1.into())]);
        Ok(Admitted { labels, moved })
    }

    fn reserve(&self) -> usize {
        self.limits.streams / RESERVE
    }

    fn has_room(&self, name: &str, value: &str) -> bool {
        let values = self.values.get(name);
        values.is_none_or(|values| values.contains_key(value) || values.len() < self.limits.values)
    }

    /// Returns the index of the label that has the most values.
    fn most_varied(&self, labels: &[(Box<str>, Box<str>)]) -> usize {
        let count = |name| self.values.get(name).map_or(0, HashMap::len);
        let indexes = 0..labels.len();
        indexes.max_by_key(|&index| count(&labels[index].0)).expect("there is one at least")
    }

    fn insert(&mut self, labels: Labels, now: Instant) {
        if self.streams.insert(Arc::clone(&labels), now).is_none() {
            for (name, value) in labels.iter() {
                let values = self.values.entry(name.clone()).or_default();
                *values.entry(value.clone()).or_default() += 1;
            }
        }
    }

    /// Forgets streams that are idle.
    fn sweep(&mut self, now: Instant) -> io::Result<()> {
        self.last_sweep = now;
        let is_idle = |seen: &Instant| now.duration_since(*seen) >= IDLE;
        let idle: Vec<Labels> =
            self.streams.extract_if(|_, seen| is_idle(seen)).map(|(labels, _)| labels).collect();
        for (name, value) in idle.iter().flat_map(|labels| labels.iter()) {
            if let Some(values) = self.values.get_mut(name)
                && let Some(count) = values.get_mut(value)
            {
                *count -= 1;
                if *count == 0 {
                    values.remove(value);
                }
            }
        }
        if idle.is_empty() { Ok(()) } else { self.rewrite_or_fall_behind() }
    }

    fn record(&mut self, labels: &Labels) -> io::Result<()> {
        if self.is_behind {
            return self.rewrite_or_fall_behind();
        }
        let line = line(labels)?;
        let written = self.file.write_all(line.as_bytes()).and_then(|()| self.file.sync_data());
        self.fall_behind_if_full(written)
    }

    fn rewrite_or_fall_behind(&mut self) -> io::Result<()> {
        let rewritten = self.rewrite();
        self.is_behind = false;
        self.fall_behind_if_full(rewritten)
    }

    /// Goes on where the disk is full: it has room again only once entries are sent. That a stream
    /// is not written down matters only if the process ends before it is.
    fn fall_behind_if_full(&mut self, result: io::Result<()>) -> io::Result<()> {
        match result {
            Err(error)
                if matches!(
                    error.kind(),
                    io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded
                ) =>
            {
                self.is_behind = true;
                Ok(())
            }
            result => result,
        }
    }

    fn rewrite(&mut self) -> io::Result<()> {
        let new_path = self.path.with_extension("new");
        let mut file = File::create(&new_path)?;
        for labels in self.streams.keys() {
            file.write_all(line(labels)?.as_bytes())?;
        }
        file.sync_all()?;
        fs::rename(&new_path, &self.path)?;
        self.file = File::options().append(true).open(&self.path)?;
        Ok(())
    }
}

fn line(labels: &Labels) -> io::Result<String> {
    let pairs: Vec<(&str, &str)> = labels.iter().map(|(name, value)| (&**name, &**value)).collect();
    let mut line = serde_json::to_string(&pairs)?;
    line.push('\n');
    Ok(line)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn labels(pairs: &[(&str, &str)]) -> Labels {
        pairs.iter().map(|(name, value)| ((*name).into(), (*value).into())).collect()
    }

    fn admit(guard: &mut StreamGuard, pairs: &[(&str, &str)]) -> (Labels, usize) {
        let admitted = guard.admit(&labels(pairs)).unwrap();
        let all = admitted.labels.len() + admitted.moved.len();
        let is_overflow = admitted.labels[..] == labels(&[OVERFLOW])[..];
        assert_eq!(all, pairs.len() + usize::from(is_overflow), "no label is lost");
        (admitted.labels, admitted.moved.len())
    }

    #[test]
    fn values_beyond_the_limit_are_moved() {
        let folder = tempfile::tempdir().unwrap();
        let limits = StreamLimits { streams: 100, values: 3 };
        let mut guard = StreamGuard::open(folder.path(), limits).unwrap();
        for file in ["a", "b", "c"] {
            let pairs = [("file", file), ("job", "x")];
            assert_eq!(admit(&mut guard, &pairs), (labels(&pairs), 0));
        }
        for file in ["d", "e"] {
            let found = admit(&mut guard, &[("file", file), ("job", "x")]);
            assert_eq!(found, (labels(&[("job", "x")]), 1));
        }
        let pairs = [("file", "b"), ("job", "x")];
        assert_eq!(admit(&mut guard, &pairs), (labels(&pairs), 0));
    }

    #[test]
    fn streams_beyond_the_limit_lose_their_most_varied_label() {
        let folder = tempfile::tempdir().unwrap();
        let limits = StreamLimits { streams: 20, values: 1000 };
        let mut guard = StreamGuard::open(folder.path(), limits).unwrap();
        let mut streams = std::collections::HashSet::new();
        let mut moved = 0;
        for index in 0..200 {
            let (file, job) = (index.to_string(), (index % 4).to_string());
            let found = admit(&mut guard, &[("file", &file), ("job", &job)]);
            streams.insert(found.0);
            moved += usize::from(found.1 > 0);
        }
        assert_eq!(moved, 182, "all but the 18 that are not kept for those with fewer labels");
        assert_eq!(streams.len(), 21, "the overflow is one more than the limit");
        assert!(streams.contains(&labels(&[("job", "2")])), "the first that came too late");
        assert!(streams.contains(&labels(&[OVERFLOW])));
    }

    #[test]
    fn what_was_admitted_is_known_after_a_restart() {
        let folder = tempfile::tempdir().unwrap();
        let limits = StreamLimits { streams: 100, values: 2 };
        let sets = [[("file", "a")], [("file", "b")], [("file", "c")]];
        let mut guard = StreamGuard::open(folder.path(), limits).unwrap();
        let before: Vec<_> = sets.iter().map(|set| admit(&mut guard, set)).collect();
        drop(guard);
        let torn = File::options().append(true).open(folder.path().join("streams"));
        torn.unwrap().write_all(b"[[\"file\",\"z").unwrap();
        let mut guard = StreamGuard::open(folder.path(), limits).unwrap();
        let after: Vec<_> = sets.iter().rev().map(|set| admit(&mut guard, set)).collect();
        assert_eq!(after, before.into_iter().rev().collect::<Vec<_>>(), "in another order, too");
    }
}
