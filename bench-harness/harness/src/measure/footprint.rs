//! The traces of a pass in the accounts that are kept anyway: of the allocator, and of the kernel.

use std::collections::BTreeMap;

use delimark_results::counter::{name, source};
use delimark_results::{Count, Counter};
use delimark_runner::allocations::{HeapUse, Watch};

use crate::counters::Usage;

/// The accounts before a pass. Looking at them takes two system calls, outside of the clock.
pub(super) struct Before {
    usage: Usage,
    watch: Watch,
}

/// The additions of a pass to them.
pub(super) struct Footprint {
    pub(super) heap_use: HeapUse,
    usage: [(&'static str, Counter); 3],
}

impl Before {
    pub(super) fn now() -> Self {
        let usage = Usage::now();
        // The last to begin and the first to end: the rest may allocate.
        Self { watch: Watch::start(), usage }
    }

    pub(super) fn footprint(&self) -> Footprint {
        let heap_use = self.watch.heap_use();
        Footprint { heap_use, usage: Usage::now().since(&self.usage) }
    }
}

/// Returns a footprint as a cell's counters, or the reason why there is none.
pub(super) fn counters(footprint: Result<Footprint, &str>) -> BTreeMap<String, Counter> {
    let counters = match footprint {
        Ok(Footprint { heap_use: HeapUse { allocations, peak_bytes }, usage }) => {
            let [minor, major, switches] = usage;
            let allocations = (name::ALLOCATIONS, counted(allocations));
            [allocations, (name::PEAK_HEAP_BYTES, counted(peak_bytes)), minor, major, switches]
        }
        Err(reason) => [
            name::ALLOCATIONS,
            name::PEAK_HEAP_BYTES,
            name::MINOR_PAGE_FAULTS,
            name::MAJOR_PAGE_FAULTS,
            name::CONTEXT_SWITCHES,
        ]
        .map(|name| (name, Counter::Unavailable { unavailable: reason.to_owned() })),
    };
    counters.into_iter().map(|(name, counter)| (name.to_owned(), counter)).collect()
}

fn counted(value: u64) -> Counter {
    let source = source::ALLOCATOR.to_owned();
    Counter::Counted(Count { value: value as f64, source, event: None, window: None })
}
