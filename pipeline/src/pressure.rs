//! Memory pressure: how much memory is used of how much there is, and what becomes smaller where
//! that gets tight.
//!
//! The rule: above 85 % of the limit the pool of chunks shrinks to 60 % of what it was, and again
//! at each look, but never below what 1,024 records take. Below 70 % it grows back in the same
//! steps. Whoever reads a file or a pipe waits for chunks, so that nothing is lost; only sources
//! that cannot wait put what they have into a [`Ring`], which drops the oldest, and counts.

use std::collections::VecDeque;
use std::fmt;
use std::fs;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

/// The share of the limit above which pools shrink.
const HIGH: f64 = 0.85;

/// The share of the limit below which pools grow back.
const LOW: f64 = 0.70;

/// The share to which a pool shrinks at once.
const SHRUNK: f64 = 0.60;

/// The records that a pool always has room for.
const RECORDS_FLOOR: u64 = 1024;

/// The time between two looks.
const INTERVAL: Duration = Duration::from_millis(100);

/// The memory that is used, and how much may be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct MemoryUse {
    /// The bytes used.
    pub used_bytes: u64,
    /// The bytes that may be used.
    pub limit_bytes: u64,
}

impl MemoryUse {
    fn share(self) -> f64 {
        self.used_bytes as f64 / self.limit_bytes.max(1) as f64
    }
}

/// Tells how much memory is used.
pub trait MemoryMeter: Send {
    /// Returns it, or nothing where that cannot be told.
    fn measure(&mut self) -> Option<MemoryUse>;
}

/// Reads the control group that the process is in (version 2), or, where that has no limit, the
/// process's own memory against a limit that is given.
#[derive(Clone, Debug)]
pub struct SystemMeter {
    /// The folders of the control group and those above it.
    groups: Vec<PathBuf>,
    limit_bytes: Option<u64>,
}

impl SystemMeter {
    /// Looks for the control group of this process.
    #[must_use]
    pub fn new(limit_bytes: Option<u64>) -> Self {
        let membership = fs::read_to_string("/proc/self/cgroup").unwrap_or_default();
        Self { groups: groups(Path::new("/sys/fs/cgroup"), &membership), limit_bytes }
    }
}

/// Returns the folder of the group that a process is in by `/proc/self/cgroup`, and those above it.
fn groups(root: &Path, membership: &str) -> Vec<PathBuf> {
    let path = membership.lines().find_map(|line| line.strip_prefix("0::/"));
    let Some(path) = path else { return Vec::new() };
    let folder = root.join(path);
    let inside = folder.ancestors().take_while(|folder| folder.starts_with(root));
    inside.map(Path::to_owned).collect()
}

/// Reads what a group and those above it allow; the tightest one counts.
fn of_groups(groups: &[PathBuf]) -> Option<MemoryUse> {
    let number = |folder: &Path, file: &str| {
        fs::read_to_string(folder.join(file)).ok()?.trim().parse::<u64>().ok()
    };
    // `max`, which is no number, is no limit.
    let limited = groups.iter().filter_map(|folder| {
        let limit_bytes = number(folder, "memory.max")?;
        Some(MemoryUse { used_bytes: number(folder, "memory.current")?, limit_bytes })
    });
    limited.max_by(|one, other| one.share().total_cmp(&other.share()))
}

/// Reads the memory of this process that is in use.
fn resident_bytes() -> Option<u64> {
    let status = fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"))?;
    let kibibytes: u64 = line.trim().strip_suffix("kB")?.trim().parse().ok()?;
    Some(kibibytes * 1024)
}

impl MemoryMeter for SystemMeter {
    fn measure(&mut self) -> Option<MemoryUse> {
        let of_group = of_groups(&self.groups);
        let of_process = || {
            let limit_bytes = self.limit_bytes?;
            Some(MemoryUse { used_bytes: resident_bytes()?, limit_bytes })
        };
        match (of_group, of_process()) {
            (Some(one), Some(other)) if other.share() > one.share() => Some(other),
            (one, other) => one.or(other),
        }
    }
}

/// The way from one size of a pool to another.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PressureEvent {
    /// The pool has become smaller: `GRACEFUL_DEGRADED`.
    Degraded {
        /// The memory that was used.
        memory: MemoryUse,
        /// The bytes of the pool before.
        pool_bytes_before: u64,
        /// The bytes of the pool now.
        pool_bytes: u64,
    },
    /// The pool is as large as it was at first.
    Recovered {
        /// The memory that was used.
        memory: MemoryUse,
        /// The bytes of the pool now.
        pool_bytes: u64,
    },
}

impl fmt::Display for PressureEvent {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Degraded { memory, pool_bytes_before, pool_bytes } => write!(
                formatter,
                "GRACEFUL_DEGRADED: {} of {} bytes of memory are used; chunks shrink from \
                 {pool_bytes_before} to {pool_bytes} bytes",
                memory.used_bytes, memory.limit_bytes
            ),
            Self::Recovered { memory, pool_bytes } => write!(
                formatter,
                "RECOVERED: {} of {} bytes of memory are used; chunks may take {pool_bytes} bytes \
                 again",
                memory.used_bytes, memory.limit_bytes
            ),
        }
    }
}

/// Decides how large a pool may be.
#[derive(Debug)]
pub struct PressureValve {
    full_bytes: u64,
    pool_bytes: u64,
    looked_at: Option<Instant>,
}

impl PressureValve {
    /// Begins with a pool of so many bytes.
    #[must_use]
    pub fn new(pool_bytes: u64) -> Self {
        Self { full_bytes: pool_bytes, pool_bytes, looked_at: None }
    }

    /// Returns the bytes that the pool may have.
    #[must_use]
    pub fn pool_bytes(&self) -> u64 {
        self.pool_bytes
    }

    /// Looks at the memory, where the last look is long enough ago, and returns what changed.
    pub fn look(
        &mut self,
        now: Instant,
        meter: &mut dyn MemoryMeter,
        record_bytes: u64,
    ) -> Option<PressureEvent> {
        let is_early =
            self.looked_at.is_some_and(|before| now.saturating_duration_since(before) < INTERVAL);
        if is_early {
            return None;
        }
        self.looked_at = Some(now);
        self.settle(meter.measure()?, record_bytes)
    }

    fn settle(&mut self, memory: MemoryUse, record_bytes: u64) -> Option<PressureEvent> {
        let before = self.pool_bytes;
        let floor = (record_bytes * RECORDS_FLOOR).min(self.full_bytes);
        if memory.share() > HIGH {
            self.pool_bytes = ((before as f64 * SHRUNK) as u64).max(floor);
            return (self.pool_bytes < before).then_some(PressureEvent::Degraded {
                memory,
                pool_bytes_before: before,
                pool_bytes: self.pool_bytes,
            });
        }
        if memory.share() < LOW && before < self.full_bytes {
            self.pool_bytes = ((before as f64 / SHRUNK) as u64).min(self.full_bytes);
            return (self.pool_bytes == self.full_bytes)
                .then_some(PressureEvent::Recovered { memory, pool_bytes: self.pool_bytes });
        }
        None
    }
}

/// The latest items of a source that cannot wait: where there is no room for another one, the
/// oldest is dropped.
#[derive(Clone, Debug)]
pub struct Ring<T> {
    items: VecDeque<T>,
    room: usize,
    dropped: u64,
}

impl<T> Ring<T> {
    /// Makes room for so many items, 1,024 at least.
    #[must_use]
    pub fn new(room: usize) -> Self {
        let mut ring = Self { items: VecDeque::new(), room: 0, dropped: 0 };
        ring.set_room(room);
        ring
    }

    /// Changes the room, and drops the oldest items for which there is none any more.
    pub fn set_room(&mut self, room: usize) {
        self.room = room.max(RECORDS_FLOOR as usize);
        let excess = self.items.len().saturating_sub(self.room);
        self.items.drain(..excess);
        self.dropped += excess as u64;
    }

    /// Appends an item; returns the one that was dropped for it.
    pub fn push(&mut self, item: T) -> Option<T> {
        let oldest = if self.items.len() == self.room { self.items.pop_front() } else { None };
        self.dropped += u64::from(oldest.is_some());
        self.items.push_back(item);
        oldest
    }

    /// Takes the oldest item.
    pub fn pop(&mut self) -> Option<T> {
        self.items.pop_front()
    }

    /// Returns the number of items.
    #[must_use]
    pub fn len(&self) -> usize {
        self.items.len()
    }

    /// Tells whether there is none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.items.is_empty()
    }

    /// Returns how many items were dropped.
    #[must_use]
    pub fn dropped(&self) -> u64 {
        self.dropped
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Tells what a test says.
    struct Told(Option<MemoryUse>);

    impl MemoryMeter for Told {
        fn measure(&mut self) -> Option<MemoryUse> {
            self.0
        }
    }

    fn used(used_bytes: u64) -> Told {
        Told(Some(MemoryUse { used_bytes, limit_bytes: 1000 }))
    }

    #[test]
    fn a_pool_shrinks_by_steps_to_its_floor_and_grows_back() {
        let mut valve = PressureValve::new(1_000_000);
        let mut now = Instant::now();
        let mut step = |valve: &mut PressureValve, percent: u64| {
            now += INTERVAL;
            let event = valve.look(now, &mut used(percent * 10), 200);
            (valve.pool_bytes(), event)
        };
        assert_eq!(step(&mut valve, 85), (1_000_000, None));
        let memory = MemoryUse { used_bytes: 860, limit_bytes: 1000 };
        let event =
            PressureEvent::Degraded { memory, pool_bytes_before: 1_000_000, pool_bytes: 600_000 };
        assert_eq!(step(&mut valve, 86), (600_000, Some(event)));
        assert_eq!(
            event.to_string(),
            "GRACEFUL_DEGRADED: 860 of 1000 bytes of memory are used; chunks shrink from 1000000 \
             to 600000 bytes"
        );
        assert_eq!(step(&mut valve, 99).0, 360_000);
        assert_eq!(step(&mut valve, 99).0, 216_000);
        // 1,024 records of 200 bytes.
        assert_eq!(step(&mut valve, 99).0, 204_800);
        assert_eq!(step(&mut valve, 99), (204_800, None));
        assert_eq!(step(&mut valve, 75), (204_800, None));
        assert_eq!(step(&mut valve, 69), (341_333, None));
        assert_eq!(step(&mut valve, 60).0, 568_888);
        assert_eq!(step(&mut valve, 10).0, 948_146);
        let (bytes, event) = step(&mut valve, 10);
        assert!(matches!(event, Some(PressureEvent::Recovered { .. })));
        assert_eq!((bytes, step(&mut valve, 10).1), (1_000_000, None));
    }

    #[test]
    fn looks_are_not_too_frequent() {
        let mut valve = PressureValve::new(1_000_000);
        let now = Instant::now();
        assert!(valve.look(now, &mut used(900), 1).is_some());
        assert!(valve.look(now + INTERVAL / 2, &mut used(900), 1).is_none());
        assert!(valve.look(now + INTERVAL, &mut used(900), 1).is_some());
        assert!(valve.look(now + INTERVAL * 2, &mut Told(None), 1).is_none());
    }

    #[test]
    fn the_tightest_group_counts() {
        let root = tempfile::tempdir().unwrap();
        let inner = root.path().join("service/log");
        fs::create_dir_all(&inner).unwrap();
        let write = |folder: &Path, current: &str, max: &str| {
            fs::write(folder.join("memory.current"), format!("{current}\n")).unwrap();
            fs::write(folder.join("memory.max"), format!("{max}\n")).unwrap();
        };
        write(&inner, "500", "max");
        write(&root.path().join("service"), "700", "1000");
        let folders = groups(root.path(), "1:name=x:/other\n0::/service/log\n");
        assert_eq!(folders.len(), 3, "{folders:?}");
        let memory = MemoryUse { used_bytes: 700, limit_bytes: 1000 };
        assert_eq!(of_groups(&folders), Some(memory));
        write(&inner, "500", "501");
        assert_eq!(of_groups(&folders).unwrap().limit_bytes, 501);
        assert_eq!(groups(root.path(), "5:memory:/x\n"), [] as [PathBuf; 0]);
        assert_eq!(of_groups(&[]), None);
    }

    #[test]
    fn the_memory_of_this_process_is_told() {
        let mut meter = SystemMeter { groups: Vec::new(), limit_bytes: Some(1 << 40) };
        let before = meter.measure().unwrap();
        assert_eq!(before.limit_bytes, 1 << 40);
        let held = vec![1_u8; 64 << 20];
        let after = meter.measure().unwrap();
        assert!(after.used_bytes > before.used_bytes + (50 << 20), "{before:?} {after:?}");
        drop(held);
        assert_eq!(SystemMeter { groups: Vec::new(), limit_bytes: None }.measure(), None);
    }

    #[test]
    fn a_ring_keeps_the_latest() {
        let mut ring = Ring::new(0);
        assert!(ring.is_empty());
        let dropped: Vec<u32> = (0..1030).filter_map(|item| ring.push(item)).collect();
        assert_eq!(dropped, [0, 1, 2, 3, 4, 5]);
        assert_eq!((ring.len(), ring.dropped(), ring.pop()), (1024, 6, Some(6)));
        let mut large = Ring::new(3000);
        (0..3000).for_each(|item| assert!(large.push(item).is_none()));
        large.set_room(2000);
        assert_eq!((large.len(), large.dropped(), large.pop()), (2000, 1000, Some(1000)));
    }
}
