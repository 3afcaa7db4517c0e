//! The state that the two ends of a queue share: where its segments end, and what was acknowledged.

use std::collections::VecDeque;
use std::fs::File;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::sync::Notify;

use super::position::Position;

/// A segment, as far as its records can be read.
#[derive(Clone, Copy, Debug)]
pub(super) struct Segment {
    pub(super) number: u64,
    /// The end of the last whole append, in bytes.
    pub(super) end: u64,
}

/// The figures of a queue, and where its parts are.
#[derive(Debug)]
pub(super) struct State {
    /// The segments in order; never empty. The writer appends to the last one.
    pub(super) segments: VecDeque<Segment>,
    /// Everything before it is done with.
    pub(super) acknowledged: Position,
    /// The entries behind it.
    pub(super) waiting_entries: u64,
    /// Entries that were lost to damage on the disk, where it left their number.
    pub(super) damaged_entries: u64,
    /// Bytes that were lost to damage on the disk.
    pub(super) damaged_bytes: u64,
}

impl State {
    /// Returns the bytes of all segments.
    pub(super) fn bytes(&self) -> u64 {
        self.segments.iter().map(|segment| segment.end).sum()
    }

    /// Returns the last segment, which is appended to.
    pub(super) fn last(&mut self) -> &mut Segment {
        self.segments.back_mut().expect("a queue always has a segment")
    }

    /// Returns true if nothing waits.
    pub(super) fn is_drained(&mut self) -> bool {
        let last = *self.last();
        self.acknowledged == Position { segment: last.number, offset: last.end }
    }

    /// Takes out the segments that are done with, for their files to be removed.
    pub(super) fn take_finished(&mut self) -> Vec<u64> {
        let mut finished = Vec::new();
        while self.segments.len() > 1
            && let Some(first) = self.segments.front()
            && (first.number < self.acknowledged.segment
                || (first.number == self.acknowledged.segment
                    && first.end <= self.acknowledged.offset))
        {
            finished.push(first.number);
            self.segments.pop_front();
            let next = self.segments.front().expect("there is another one").number;
            self.acknowledged = self.acknowledged.max(Position::start_of(next));
        }
        finished
    }
}

/// What both ends hold.
#[derive(Debug)]
pub(super) struct Shared {
    pub(super) folder: PathBuf,
    state: Mutex<State>,
    /// Tells the reader that there is something to read.
    pub(super) appended: Notify,
    /// Tells the writer that there is more room.
    pub(super) acknowledged: Notify,
    /// Locked as long as one of the ends is open.
    _lock: File,
}

impl Shared {
    pub(super) fn new(folder: PathBuf, state: State, lock: File) -> Arc<Self> {
        let state = Mutex::new(state);
        let (appended, acknowledged) = (Notify::new(), Notify::new());
        Arc::new(Self { folder, state, appended, acknowledged, _lock: lock })
    }

    pub(super) fn lock(&self) -> MutexGuard<'_, State> {
        // No step in between leaves the state half changed, so a panic elsewhere harms nothing.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The figures of a queue, for whoever watches it.
#[derive(Clone, Debug)]
pub struct QueueGauge {
    shared: Arc<Shared>,
}

impl QueueGauge {
    pub(super) fn new(shared: &Arc<Shared>) -> Self {
        Self { shared: Arc::clone(shared) }
    }

    /// Returns the entries that wait to be acknowledged.
    #[must_use]
    pub fn waiting_entries(&self) -> u64 {
        self.shared.lock().waiting_entries
    }

    /// Returns the bytes of all segments on the disk.
    #[must_use]
    pub fn bytes(&self) -> u64 {
        self.shared.lock().bytes()
    }

    /// Returns the entries that were lost to damage on the disk, where it left their number.
    #[must_use]
    pub fn damaged_entries(&self) -> u64 {
        self.shared.lock().damaged_entries
    }

    /// Returns the bytes that were lost to damage on the disk.
    #[must_use]
    pub fn damaged_bytes(&self) -> u64 {
        self.shared.lock().damaged_bytes
    }
}
