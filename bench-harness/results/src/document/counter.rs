//! Counts of what a pass did besides taking time, each with its source, and each absence with its
//! reason.

use serde::{Deserialize, Serialize};

/// The names that counts have in a cell. Where two sources count the same, the one that says most
/// about the real machine has the plain name; the others stand beside it as `name@source`.
pub mod name {
    /// Core cycles.
    pub const CYCLES: &str = "cycles";
    /// Instructions that were retired.
    pub const INSTRUCTIONS: &str = "instructions";
    /// Branches that were retired.
    pub const BRANCHES: &str = "branches";
    /// Branches that went the other way than was predicted.
    pub const BRANCH_MISSES: &str = "branch_misses";
    /// Accesses to a cache, by the processor's choice of which.
    pub const CACHE_REFERENCES: &str = "cache_references";
    /// The part of [`CACHE_REFERENCES`] that missed.
    pub const CACHE_MISSES: &str = "cache_misses";
    /// Loads that reached the last level of cache.
    pub const LLC_LOADS: &str = "llc_loads";
    /// Loads that missed the last level of cache.
    pub const LLC_MISSES: &str = "llc_misses";
    /// Loads that missed the first level of data cache.
    pub const L1D_MISSES: &str = "l1d_misses";
    /// Page faults that needed no input.
    pub const MINOR_PAGE_FAULTS: &str = "minor_page_faults";
    /// Page faults that waited for input.
    pub const MAJOR_PAGE_FAULTS: &str = "major_page_faults";
    /// Switches to another thread, by waiting or by force.
    pub const CONTEXT_SWITCHES: &str = "context_switches";
    /// The time of the thread on a core, outside of the kernel or in it, nanoseconds.
    pub const TASK_CLOCK_NS: &str = "task_clock_ns";
    /// Page faults of code outside of the kernel, of either kind.
    pub const PAGE_FAULTS: &str = "page_faults";
    /// Heap allocations and reallocations.
    pub const ALLOCATIONS: &str = "allocations";
    /// The most heap that was in use at once beyond what was in use before, bytes.
    pub const PEAK_HEAP_BYTES: &str = "peak_heap_bytes";
}

/// The sources of counts.
pub mod source {
    /// The processor's counters, through Linux's `perf_event_open`.
    pub const PERF_EVENT: &str = "perf-event";
    /// A simulation under Valgrind's callgrind.
    pub const CALLGRIND: &str = "callgrind";
    /// Every instruction stepped over, through `ptrace`.
    pub const SINGLE_STEP: &str = "single-step";
    /// The kernel's account of a process, `getrusage`.
    pub const RUSAGE: &str = "rusage";
    /// The harness's own counting allocator.
    pub const ALLOCATOR: &str = "allocator";
}

/// A count, or the reason why there is none.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Counter {
    /// It was counted.
    Counted(Count),
    /// It could not be counted.
    Unavailable {
        /// The reason for which there is none.
        unavailable: String,
    },
}

/// A count with where it came from.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Count {
    /// The count for one pass.
    pub value: f64,
    /// The source of the count, see [`source`].
    pub source: String,
    /// The source's name for it, such as `PERF_COUNT_HW_CPU_CYCLES` or `Ir`: events of one name
    /// are not the same on every processor.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub event: Option<String>,
    /// The part of the data that the pass went over, where that was not all of it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub window: Option<Window>,
}

/// A part of a data set: whole lines.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Window {
    /// The number of bytes.
    pub bytes: u64,
    /// The number of records.
    pub records: u64,
}

impl Counter {
    /// Returns the count if there is one.
    #[must_use]
    pub fn count(&self) -> Option<&Count> {
        match self {
            Self::Counted(count) => Some(count),
            Self::Unavailable { .. } => None,
        }
    }
}
