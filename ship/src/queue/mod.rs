//! Queues on disk, in which entries wait for a sink, in the order in which they came.
//!
//! A queue is a folder with segments, files that are only ever appended to, and a file that says up
//! to where entries were acknowledged. An append is whole or not there at all: its last record is
//! marked, and what follows the last mark in the newest segment is cut when the queue is opened.
//! Segments that are done with are removed. A full disk or a reached limit is an error that leaves
//! the queue as it was.
//!
//! Entries are delivered at least once: those that were read and not acknowledged come again.

mod encoding;
mod error;
mod position;
mod reader;
mod record;
mod segment;
mod shared;
mod writer;

use std::fs::{self, File, TryLockError};
use std::path::{Path, PathBuf};
use std::thread::sleep;
use std::time::{Duration, Instant};

pub use self::error::QueueError;
pub(crate) use self::error::is_full;
pub use self::position::Position;
pub use self::reader::{QueueReader, QueuedBatch};
pub use self::shared::QueueGauge;
pub use self::writer::QueueWriter;

use self::position::Stored;
use self::shared::{Segment, Shared, State};

/// The least bytes that a queue may be limited to.
const LEAST_BYTES: u64 = 64 << 10;

/// The time that opening a queue waits for its owner to end, and the time between two looks.
const PATIENCE: Duration = Duration::from_secs(1);
const LOCK_DELAY: Duration = Duration::from_millis(20);

/// The limits of a queue.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct QueueLimits {
    /// The most bytes on disk.
    pub bytes: u64,
    /// The bytes from which a new segment begins. Disk space comes back a segment at a time.
    pub segment_bytes: u64,
}

impl Default for QueueLimits {
    fn default() -> Self {
        Self { bytes: 1 << 30, segment_bytes: 16 << 20 }
    }
}

/// What was found when a queue was opened.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub struct Recovery {
    /// The entries that waited.
    pub entries: u64,
    /// The bytes of an append that was not whole, which were cut.
    pub torn_bytes: u64,
    /// True if the acknowledged position was damaged, so that all entries in the folder come again.
    pub is_position_lost: bool,
}

/// Opens queues.
#[derive(Clone, Copy, Debug)]
pub struct Queue;

impl Queue {
    /// Opens a queue, or creates one with its folder, and returns its two ends.
    ///
    /// # Errors
    ///
    /// Another process has it, the limits are too small, or the disk fails.
    pub fn open(
        folder: impl Into<PathBuf>,
        limits: QueueLimits,
    ) -> Result<(QueueWriter, QueueReader), QueueError> {
        let folder = folder.into();
        if limits.bytes < LEAST_BYTES {
            return Err(QueueError::limits(limits.bytes, LEAST_BYTES));
        }
        fs::create_dir_all(&folder)
            .map_err(|error| QueueError::io("create the folder", &folder, error))?;
        let lock = lock(&folder)?;
        let stored = position::read(&folder)?;
        let mut recovery =
            Recovery { is_position_lost: stored == Stored::Damaged, ..Recovery::default() };
        let mut state = find_state(&folder, &stored, &mut recovery)?;
        let last = *state.last();
        let file = segment::open_to_append(&folder, last.number, last.end)?;
        let shared = Shared::new(folder, state, lock);
        let reader = QueueReader::new(shared.clone());
        Ok((QueueWriter::new(shared, limits, recovery, file), reader))
    }
}

fn lock(folder: &Path) -> Result<File, QueueError> {
    let path = folder.join("lock");
    let failed = |error| QueueError::io("lock the queue", &path, error);
    let file = File::options().write(true).create(true).truncate(false).open(&path);
    let file = file.map_err(failed)?;
    let begin = Instant::now();
    loop {
        match file.try_lock() {
            Ok(()) => return Ok(file),
            // The owner may be about to end, or a process that it starts not yet begun: until then
            // that one has the lock, too.
            Err(TryLockError::WouldBlock) if begin.elapsed() < PATIENCE => sleep(LOCK_DELAY),
            Err(TryLockError::WouldBlock) => return Err(QueueError::locked(folder)),
            Err(TryLockError::Error(error)) => return Err(failed(error)),
        }
    }
}

/// Reads the segments, removes those that are done with, and creates the first one of a new queue.
fn find_state(
    folder: &Path,
    stored: &Stored,
    recovery: &mut Recovery,
) -> Result<State, QueueError> {
    let acknowledged = match stored {
        Stored::UpTo(position) => *position,
        Stored::Nothing | Stored::Damaged => Position::start_of(0),
    };
    let mut numbers = segment::list(folder)?;
    let finished = numbers.partition_point(|number| *number < acknowledged.segment);
    writer::remove(folder, &numbers.drain(..finished).collect::<Vec<_>>());
    let mut state = State {
        segments: numbers.iter().map(|number| Segment { number: *number, end: 0 }).collect(),
        acknowledged,
        waiting_entries: 0,
        damaged_entries: 0,
        damaged_bytes: 0,
    };
    let count = state.segments.len();
    for (index, segment) in state.segments.iter_mut().enumerate() {
        let is_acknowledged = segment.number == acknowledged.segment;
        let from = if is_acknowledged { acknowledged.offset } else { 0 };
        let extent = segment::find_extent(folder, segment.number, from)?;
        state.waiting_entries += extent.entries;
        let is_last = index + 1 == count;
        if is_last {
            recovery.torn_bytes = extent.torn_bytes;
        }
        // Damage in an older segment hides nothing behind it: the reader skips what it can.
        segment.end = if is_last { extent.end } else { extent.end + extent.torn_bytes };
    }
    recovery.entries = state.waiting_entries;
    let is_started = state.segments.back().is_some_and(|last| last.end > 0);
    if !is_started {
        let number = state.segments.pop_back().map_or(acknowledged.segment, |last| last.number);
        segment::create(folder, number)?;
        state.segments.push_back(Segment { number, end: segment::FIRST_OFFSET });
    }
    let first = *state.segments.front().expect("one was made at least");
    state.acknowledged = if first.number == acknowledged.segment {
        // What was acknowledged and lost with the power must not hide what is appended next.
        let offset = acknowledged.offset.clamp(segment::FIRST_OFFSET, first.end);
        Position { offset, ..acknowledged }
    } else {
        Position::start_of(first.number)
    };
    position::write(folder, state.acknowledged)?;
    Ok(state)
}
