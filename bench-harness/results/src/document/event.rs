//! The events that the kernel can count, their names here and there, and how they are grouped.

use crate::counter::name;

/// Something that the kernel can count for a thread.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Event {
    /// See [`name::CYCLES`].
    Cycles,
    /// See [`name::INSTRUCTIONS`].
    Instructions,
    /// See [`name::BRANCHES`].
    Branches,
    /// See [`name::BRANCH_MISSES`].
    BranchMisses,
    /// See [`name::CACHE_REFERENCES`].
    CacheReferences,
    /// See [`name::CACHE_MISSES`].
    CacheMisses,
    /// See [`name::LLC_LOADS`].
    LlcLoads,
    /// See [`name::LLC_MISSES`].
    LlcMisses,
    /// See [`name::L1D_MISSES`].
    L1dMisses,
    /// See [`name::TASK_CLOCK_NS`].
    TaskClock,
    /// See [`name::PAGE_FAULTS`].
    PageFaults,
}

impl Event {
    /// The events that the processor counts. Groups are small, since it has few counters, and a
    /// group counts as a whole or not at all; numbers that are divided by each other share one.
    pub const HARDWARE: [&[Self]; 5] = [
        &[Self::Cycles, Self::Instructions],
        &[Self::Branches, Self::BranchMisses],
        &[Self::CacheReferences, Self::CacheMisses],
        &[Self::LlcLoads, Self::LlcMisses],
        &[Self::L1dMisses],
    ];

    /// The events that the kernel counts itself, on any machine. It counts context switches, too,
    /// but not for user code, where there are none.
    pub const SOFTWARE: [&[Self]; 1] = [&[Self::TaskClock, Self::PageFaults]];

    /// Returns all groups.
    #[must_use]
    pub fn all_groups() -> Vec<&'static [Self]> {
        [&Self::HARDWARE[..], &Self::SOFTWARE[..]].concat()
    }

    /// Returns the name of the count.
    #[must_use]
    pub const fn count_name(self) -> &'static str {
        match self {
            Self::Cycles => name::CYCLES,
            Self::Instructions => name::INSTRUCTIONS,
            Self::Branches => name::BRANCHES,
            Self::BranchMisses => name::BRANCH_MISSES,
            Self::CacheReferences => name::CACHE_REFERENCES,
            Self::CacheMisses => name::CACHE_MISSES,
            Self::LlcLoads => name::LLC_LOADS,
            Self::LlcMisses => name::LLC_MISSES,
            Self::L1dMisses => name::L1D_MISSES,
            Self::TaskClock => name::TASK_CLOCK_NS,
            Self::PageFaults => name::PAGE_FAULTS,
        }
    }

    /// Returns the kernel's name of the event.
    #[must_use]
    pub const fn kernel_name(self) -> &'static str {
        match self {
            Self::Cycles => "PERF_COUNT_HW_CPU_CYCLES",
            Self::Instructions => "PERF_COUNT_HW_INSTRUCTIONS",
            Self::Branches => "PERF_COUNT_HW_BRANCH_INSTRUCTIONS",
            Self::BranchMisses => "PERF_COUNT_HW_BRANCH_MISSES",
            Self::CacheReferences => "PERF_COUNT_HW_CACHE_REFERENCES",
            Self::CacheMisses => "PERF_COUNT_HW_CACHE_MISSES",
            Self::LlcLoads => "PERF_COUNT_HW_CACHE_LL:READ:ACCESS",
            Self::LlcMisses => "PERF_COUNT_HW_CACHE_LL:READ:MISS",
            Self::L1dMisses => "PERF_COUNT_HW_CACHE_L1D:READ:MISS",
            Self::TaskClock => "PERF_COUNT_SW_TASK_CLOCK",
            Self::PageFaults => "PERF_COUNT_SW_PAGE_FAULTS",
        }
    }

    /// Tells whether a count of this name is of the processor's events, whoever counted them.
    #[must_use]
    pub fn is_hardware_name(count_name: &str) -> bool {
        let mut events = Self::HARDWARE.into_iter().flatten();
        events.any(|event| event.count_name() == count_name)
    }

    /// Returns true if any code makes it happen, so that a count of 0 was not counted.
    #[must_use]
    pub const fn always_happens(self) -> bool {
        matches!(self, Self::Cycles | Self::Instructions | Self::Branches | Self::TaskClock)
    }

    /// Returns true if the processor counts it, not the kernel.
    #[must_use]
    pub const fn is_hardware(self) -> bool {
        !matches!(self, Self::TaskClock | Self::PageFaults)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn groups_are_small_and_hold_every_event_once() {
        let groups = Event::all_groups();
        assert!(groups.iter().all(|group| (1..=2).contains(&group.len())));
        let mut names: Vec<_> = groups.concat().into_iter().map(Event::count_name).collect();
        let count = names.len();
        names.sort_unstable();
        names.dedup();
        assert_eq!((names.len(), count), (11, 11));
        assert!(Event::HARDWARE.concat().into_iter().all(Event::is_hardware));
        assert!(!Event::SOFTWARE.concat().into_iter().any(Event::is_hardware));
    }
}
