//! The end of a queue that entries go in at.

use std::fs::{self, File};
use std::io::{Seek, SeekFrom, Write};
use std::path::Path;
use std::sync::Arc;

use super::encoding::Encoder;
use super::error::QueueError;
use super::segment;
use super::shared::{QueueGauge, Segment, Shared};
use super::{QueueLimits, Recovery};
use crate::entry::Entry;

/// The bytes of the disk that a queue leaves free, of a small disk an eighth of it. A sink cannot
/// acknowledge entries before dead letters are on the disk, so a queue that filled it to the last
/// byte would never get room again.
const RESERVE_BYTES: u64 = 8 << 20;

/// Appends entries to a queue.
#[derive(Debug)]
pub struct QueueWriter {
    shared: Arc<Shared>,
    limits: QueueLimits,
    recovery: Recovery,
    file: File,
    /// True if the file may have more bytes than are published, of an append that failed.
    is_torn: bool,
    /// True if the file has bytes that were not synced.
    is_dirty: bool,
    /// True if a sync failed.
    is_broken: bool,
    encoder: Encoder,
    records: Vec<u8>,
}

impl QueueWriter {
    pub(super) fn new(
        shared: Arc<Shared>,
        limits: QueueLimits,
        recovery: Recovery,
        file: File,
    ) -> Self {
        Self {
            shared,
            limits,
            recovery,
            file,
            is_torn: false,
            is_dirty: false,
            is_broken: false,
            encoder: Encoder::default(),
            records: Vec::new(),
        }
    }

    /// Appends entries, all or none. They can be read at once, and are kept for sure after
    /// [`sync`](Self::sync).
    ///
    /// # Errors
    ///
    /// [`is_full`](QueueError::is_full) where the limit is reached or the disk is full: the entries
    /// are not in the queue, and can be appended once there is room. Else they are too large, or
    /// the disk fails.
    pub fn append(&mut self, entries: &[Entry]) -> Result<(), QueueError> {
        self.check()?;
        if entries.is_empty() {
            return Ok(());
        }
        self.records.clear();
        let encoded = self.encoder.encode(entries, &mut self.records);
        encoded.map_err(|bytes| QueueError::oversized(bytes as u64, self.limits.bytes))?;
        self.find_room(self.records.len() as u64)?;
        self.find_disk_room(self.records.len() as u64)?;
        self.mend()?;
        self.is_torn = true;
        self.is_dirty = true;
        if let Err(error) = self.file.write_all(&self.records) {
            // What is half written must not stay where the disk is full already; where this
            // fails, too, the next append begins with it.
            let _ = self.mend();
            return Err(QueueError::io("append", &self.shared.folder, error));
        }
        self.is_torn = false;
        let mut state = self.shared.lock();
        state.last().end += self.records.len() as u64;
        state.waiting_entries += entries.len() as u64;
        drop(state);
        self.shared.appended.notify_one();
        Ok(())
    }

    /// Makes sure that everything appended survives a loss of power.
    ///
    /// # Errors
    ///
    /// The disk fails. What it has of the entries since the last sync is not known then, and the
    /// queue has to be opened again.
    pub fn sync(&mut self) -> Result<(), QueueError> {
        self.check()?;
        if self.is_dirty {
            self.file.sync_data().map_err(|error| {
                // A second sync would succeed without writing what the first could not.
                self.is_broken = true;
                QueueError::io("sync", &self.shared.folder, error)
            })?;
            self.is_dirty = false;
        }
        Ok(())
    }

    /// Waits until something was acknowledged since an append found the queue full.
    pub async fn wait_for_room(&self) {
        self.shared.acknowledged.notified().await;
    }

    /// Returns what was found when the queue was opened.
    #[must_use]
    pub fn recovery(&self) -> Recovery {
        self.recovery
    }

    /// Returns the figures of the queue.
    #[must_use]
    pub fn gauge(&self) -> QueueGauge {
        QueueGauge::new(&self.shared)
    }

    fn check(&self) -> Result<(), QueueError> {
        if self.is_broken { Err(QueueError::unsynced(&self.shared.folder)) } else { Ok(()) }
    }

    /// Begins a new segment where that is due.
    fn find_room(&mut self, needed: u64) -> Result<(), QueueError> {
        let limit = self.limits.bytes;
        if needed + 2 * segment::FIRST_OFFSET > limit {
            return Err(QueueError::oversized(needed, limit));
        }
        let mut state = self.shared.lock();
        let last = *state.last();
        let is_over = state.bytes() + needed > limit;
        let is_drained = state.is_drained() && last.end > segment::FIRST_OFFSET;
        drop(state);
        let is_long = last.end >= self.limits.segment_bytes;
        if (is_over && is_drained) || (is_long && !is_over) {
            self.begin_segment(last.number + 1)?;
        }
        let waiting = self.shared.lock().bytes();
        if waiting + needed > limit {
            return Err(QueueError::full(waiting, needed, limit));
        }
        Ok(())
    }

    /// Checks that the disk has room, and some to spare.
    fn find_disk_room(&self, needed: u64) -> Result<(), QueueError> {
        // Where the disk does not say how full it is, it is written to. One without a limit, such
        // as ramfs, says that it has no blocks at all.
        let Ok(disk) = rustix::fs::fstatvfs(&self.file) else { return Ok(()) };
        if disk.f_blocks == 0 {
            return Ok(());
        }
        let reserve = RESERVE_BYTES.min(disk.f_blocks.saturating_mul(disk.f_frsize) / 8);
        let free = disk.f_bavail.saturating_mul(disk.f_frsize);
        if free < reserve + needed { Err(QueueError::no_disk_room(free, reserve)) } else { Ok(()) }
    }

    fn begin_segment(&mut self, number: u64) -> Result<(), QueueError> {
        self.mend()?;
        // Only the last segment may be torn by a loss of power.
        self.sync()?;
        self.file = segment::create(&self.shared.folder, number)?;
        let mut state = self.shared.lock();
        state.segments.push_back(Segment { number, end: segment::FIRST_OFFSET });
        let finished = state.take_finished();
        drop(state);
        remove(&self.shared.folder, &finished);
        Ok(())
    }

    /// Cuts off what a failed append left.
    fn mend(&mut self) -> Result<(), QueueError> {
        if !self.is_torn {
            return Ok(());
        }
        let end = self.shared.lock().last().end;
        let cut = self.file.set_len(end).and_then(|()| self.file.seek(SeekFrom::Start(end)));
        cut.map_err(|error| QueueError::io("cut a failed append", &self.shared.folder, error))?;
        self.is_torn = false;
        Ok(())
    }
}

/// Removes segments that are done with. One that cannot be removed is when the queue is next
/// opened, since it is before the acknowledged position.
pub(super) fn remove(folder: &Path, numbers: &[u64]) {
    for number in numbers {
        let _ = fs::remove_file(segment::path(folder, *number));
    }
}
