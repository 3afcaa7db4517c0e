//! The end of a queue that entries come out at.

use std::collections::VecDeque;
use std::fs::File;
use std::io::{self, Seek, SeekFrom};
use std::path::Path;
use std::sync::Arc;

use bytes::Bytes;

use super::encoding;
use super::error::QueueError;
use super::position::{self, Position};
use super::record::Header;
use super::segment;
use super::shared::{QueueGauge, Segment, Shared};
use super::writer::remove;
use crate::entry::Entry;

/// Entries out of a queue, in the order in which they were appended.
#[derive(Clone, Debug)]
pub struct QueuedBatch {
    /// The entries; never none.
    pub entries: Vec<Entry>,
    /// The place behind them, to be acknowledged once they are kept elsewhere.
    pub position: Position,
}

/// Reads entries out of a queue, and acknowledges them.
#[derive(Debug)]
pub struct QueueReader {
    shared: Arc<Shared>,
    file: Option<(u64, File)>,
    next: Position,
    /// The ends of the batches that were read and not acknowledged, with their entries.
    unacknowledged: VecDeque<(Position, u64)>,
}

/// A record, or the reason why there is none.
enum Found {
    Record(Header, Bytes),
    /// The payload is not the one that the header was written for.
    DamagedPayload(Header),
    /// The header is damaged, and so the end of the record is not known.
    DamagedHeader,
}

impl QueueReader {
    pub(super) fn new(shared: Arc<Shared>) -> Self {
        let next = shared.lock().acknowledged;
        Self { shared, file: None, next, unacknowledged: VecDeque::new() }
    }

    /// Returns the next entries, whole records of about 256 KiB, and at least one record even where
    /// that is more than the bytes given; nothing where all were read.
    ///
    /// Entries that were read and not acknowledged come again when the queue is opened again.
    /// Damaged records are skipped and counted.
    ///
    /// # Errors
    ///
    /// The disk fails.
    pub fn next(&mut self, max_bytes: usize) -> Result<Option<QueuedBatch>, QueueError> {
        let mut entries = Vec::new();
        let mut bytes = 0;
        let mut position = self.next;
        while let Some(segment) = self.find_segment() {
            match self.read(segment)? {
                Found::Record(header, payload) => {
                    let record_bytes = payload.len();
                    if bytes > 0 && bytes + record_bytes > max_bytes {
                        break;
                    }
                    let decoded = encoding::decode(&payload);
                    self.next.offset += header.record_bytes();
                    match decoded {
                        Some(decoded) => entries.extend(decoded),
                        None => self.count_damage(header.record_bytes(), header.entry_count),
                    }
                    bytes += record_bytes;
                }
                Found::DamagedPayload(header) => {
                    self.next.offset += header.record_bytes();
                    self.count_damage(header.record_bytes(), header.entry_count);
                }
                Found::DamagedHeader => {
                    self.count_damage(segment.end - self.next.offset, 0);
                    self.next.offset = segment.end;
                }
            }
            position = self.next;
            if bytes >= max_bytes {
                break;
            }
        }
        // A record that was read and did not fit is read again.
        self.next = position;
        if entries.is_empty() {
            return Ok(None);
        }
        self.unacknowledged.push_back((position, entries.len() as u64));
        Ok(Some(QueuedBatch { entries, position }))
    }

    /// Acknowledges all entries before a position: they do not come again. The position is on the
    /// disk when this returns.
    ///
    /// # Errors
    ///
    /// The disk fails or is full; the entries count as not acknowledged.
    pub fn ack(&mut self, position: Position) -> Result<(), QueueError> {
        let position = position.max(self.shared.lock().acknowledged);
        position::write(&self.shared.folder, position)?;
        let mut state = self.shared.lock();
        state.acknowledged = position;
        while let Some((end, count)) = self.unacknowledged.front()
            && *end <= position
        {
            state.waiting_entries = state.waiting_entries.saturating_sub(*count);
            self.unacknowledged.pop_front();
        }
        let finished = state.take_finished();
        drop(state);
        remove(&self.shared.folder, &finished);
        self.shared.acknowledged.notify_one();
        Ok(())
    }

    /// Goes back to the first entry that is not acknowledged.
    pub fn rewind(&mut self) {
        self.next = self.shared.lock().acknowledged;
        self.unacknowledged.clear();
    }

    /// Waits until there are so many bytes to read.
    pub async fn wait(&self, bytes: u64) {
        while self.unread_bytes() < bytes {
            self.shared.appended.notified().await;
        }
    }

    /// Returns the bytes that were not read yet.
    #[must_use]
    pub fn unread_bytes(&self) -> u64 {
        let state = self.shared.lock();
        let unread = state.segments.iter().map(|segment| {
            let is_next = segment.number == self.next.segment;
            let begin = if is_next { self.next.offset } else { segment::FIRST_OFFSET };
            let is_read = segment.number < self.next.segment;
            if is_read { 0 } else { segment.end.saturating_sub(begin) }
        });
        unread.sum()
    }

    /// Returns the folder of the queue, where its sink may keep files of its own.
    #[must_use]
    pub fn folder(&self) -> &Path {
        &self.shared.folder
    }

    /// Returns the figures of the queue.
    #[must_use]
    pub fn gauge(&self) -> QueueGauge {
        QueueGauge::new(&self.shared)
    }

    /// Moves to the segment that the next record is in; nothing where there is none.
    fn find_segment(&mut self) -> Option<Segment> {
        let state = self.shared.lock();
        let mut segments = state.segments.iter();
        let found = segments.find(|segment| {
            let from = if segment.number == self.next.segment { self.next.offset } else { 0 };
            segment.number >= self.next.segment && segment.end > from.max(segment::FIRST_OFFSET)
        });
        let found = found.copied()?;
        if found.number != self.next.segment {
            self.next = Position::start_of(found.number);
        }
        Some(found)
    }

    fn read(&mut self, segment: Segment) -> Result<Found, QueueError> {
        let path = segment::path(&self.shared.folder, segment.number);
        let found = self.read_file(segment, &path);
        found.map_err(|error| QueueError::io("read a segment", &path, error))
    }

    fn read_file(&mut self, segment: Segment, path: &Path) -> io::Result<Found> {
        let file = match self.file.take() {
            Some((number, file)) if number == segment.number => file,
            _ => File::open(path)?,
        };
        let (_, file) = self.file.insert((segment.number, file));
        file.seek(SeekFrom::Start(self.next.offset))?;
        let mut payload = Vec::new();
        let at_most = segment.end - self.next.offset;
        Ok(match segment::read_record(file, at_most, &mut payload)? {
            None => Found::DamagedHeader,
            Some(header) if header.matches(&payload) => Found::Record(header, Bytes::from(payload)),
            Some(header) => Found::DamagedPayload(header),
        })
    }

    fn count_damage(&mut self, bytes: u64, entries: u32) {
        let mut state = self.shared.lock();
        state.damaged_bytes += bytes;
        state.damaged_entries += u64::from(entries);
        state.waiting_entries = state.waiting_entries.saturating_sub(u64::from(entries));
    }
}
