//! Pushes: entries sorted by stream and time, and cut where one push would be too large or span too
//! much time.
//!
//! Loki refuses what is too far behind the newest entry of its stream, in the order of arrival. A
//! push that is sent again must not fail by that on entries that it brought itself, or nobody could
//! tell whether they are stored. So within a push no stream spans that much time.

use std::cmp::Ordering;
use std::ops::Range;
use std::sync::Arc;
use std::time::Duration;

use super::preparation::PushEntry;

/// The bytes that a stream takes in a push beside its labels, at most.
const STREAM_BYTES: usize = 16;

/// Sorts entries by stream, and each stream by time; those of a time keep their order.
pub(super) fn sort(entries: &mut [PushEntry]) {
    let stream = |entry: &PushEntry, other: &PushEntry| {
        if Arc::ptr_eq(&entry.stream, &other.stream) {
            Ordering::Equal
        } else {
            entry.stream.text.cmp(&other.stream.text)
        }
    };
    entries.sort_by(|entry, other| {
        stream(entry, other).then(entry.timestamp_ns.cmp(&other.timestamp_ns))
    });
}

/// Returns true if two entries belong to a stream.
pub(super) fn is_same_stream(entry: &PushEntry, other: &PushEntry) -> bool {
    Arc::ptr_eq(&entry.stream, &other.stream) || entry.stream.text == other.stream.text
}

/// Returns the bytes of a push of these entries, before it is compressed, at most.
pub(super) fn push_bytes(entries: &[PushEntry]) -> usize {
    let chunks = entries.chunk_by(is_same_stream);
    chunks.map(|chunk| stream_bytes(&chunk[0]) + entry_bytes(chunk)).sum()
}

fn stream_bytes(entry: &PushEntry) -> usize {
    STREAM_BYTES + entry.stream.text.len()
}

fn entry_bytes(entries: &[PushEntry]) -> usize {
    entries.iter().map(PushEntry::push_bytes).sum()
}

/// Cuts sorted entries into pushes of at most so many bytes, of one entry at least, in which no
/// stream spans the whole window.
pub(super) fn cut(entries: &[PushEntry], most_bytes: usize, window: Duration) -> Vec<Range<usize>> {
    let window_ns = i64::try_from(window.as_nanos()).unwrap_or(i64::MAX);
    let mut pushes = Vec::new();
    let (mut begin, mut bytes, mut stream_begin) = (0, 0, 0);
    for (index, entry) in entries.iter().enumerate() {
        let is_new_stream = index == begin || !is_same_stream(entry, &entries[index - 1]);
        if is_new_stream {
            stream_begin = index;
        }
        let span_ns = entry.timestamp_ns.saturating_sub(entries[stream_begin].timestamp_ns);
        let stream = if is_new_stream { stream_bytes(entry) } else { 0 };
        let more = entry.push_bytes() + stream;
        if index > begin && (bytes + more > most_bytes || span_ns >= window_ns) {
            pushes.push(begin..index);
            (begin, stream_begin) = (index, index);
            bytes = entry.push_bytes() + stream_bytes(entry);
        } else {
            bytes += more;
        }
    }
    if begin < entries.len() {
        pushes.push(begin..entries.len());
    }
    pushes
}

#[cfg(test)]
mod tests {
    use bytes::Bytes;
    use proptest::prelude::*;

    use super::super::preparation::Stream;
    use super::*;
    use crate::entry::Origin;

    const HOUR: Duration = Duration::from_secs(3600);

    fn entry(stream: u8, timestamp_ns: i64, line_bytes: usize, offset: u64) -> PushEntry {
        let text = format!("{{job=\"{stream}\"}}");
        PushEntry {
            stream: Arc::new(Stream { labels: [].into(), text }),
            timestamp_ns,
            line: Bytes::from(vec![b'x'; line_bytes]),
            metadata: Vec::new(),
            origin: Origin { source: "a.log".into(), line: None, offset },
        }
    }

    proptest! {
        #[test]
        fn pushes_are_small_and_short_and_lose_nothing(
            entries in prop::collection::vec((0u8..3, 0i64..10_000, 0usize..500), 0..60),
        ) {
            let with_offset = |(offset, (stream, seconds, bytes)): (u64, (u8, i64, usize))| {
                entry(stream, seconds * 1_000_000_000, bytes, offset)
            };
            let mut entries: Vec<PushEntry> = (0..).zip(entries).map(with_offset).collect();
            sort(&mut entries);
            let pushes = cut(&entries, 1000, HOUR);
            let all: Vec<usize> = pushes.iter().flat_map(Clone::clone).collect();
            prop_assert_eq!(all, (0..entries.len()).collect::<Vec<_>>());
            for push in pushes {
                let push = &entries[push];
                prop_assert!(push.len() == 1 || push_bytes(push) <= 1000);
                for stream in push.chunk_by(is_same_stream) {
                    prop_assert!(stream.is_sorted_by_key(|entry| entry.timestamp_ns));
                    let last = &stream[stream.len() - 1];
                    let span_ns = last.timestamp_ns - stream[0].timestamp_ns;
                    prop_assert!(i128::from(span_ns) < HOUR.as_nanos().cast_signed());
                }
            }
        }
    }

    #[test]
    fn entries_of_a_time_keep_their_order() {
        let mut entries = [(1, 5, 0), (0, 5, 1), (1, 5, 2), (1, 4, 3)]
            .map(|(stream, time, offset)| entry(stream, time, 1, offset));
        sort(&mut entries);
        assert_eq!(entries.map(|entry| entry.origin.offset), [1, 3, 0, 2]);
    }
}
