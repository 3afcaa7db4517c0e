//! Whether the kernel lets this program count, found out by counting.

use serde::Serialize;

use crate::environment::{Sys, is_virtual_machine};
use crate::results::Known;

#[cfg(target_os = "linux")]
#[path = "counters/linux.rs"]
mod kernel;
#[cfg(not(target_os = "linux"))]
#[path = "counters/other.rs"]
mod kernel;

#[derive(Serialize)]
pub(super) struct Counters {
    /// What a short loop took, by the processor's own counters.
    pub(super) hardware: Known<HardwareCounts>,
    /// What the same loop took, by a counter of the kernel.
    pub(super) software: Known<SoftwareCounts>,
    /// The kernel's limit on who may count.
    pub(super) perf_event_paranoid: Known<i64>,
}

#[derive(Clone, Copy, Serialize)]
pub(super) struct HardwareCounts {
    pub(super) cycles: u64,
    pub(super) instructions: u64,
}

#[derive(Clone, Copy, Serialize)]
pub(super) struct SoftwareCounts {
    pub(super) task_clock_ns: u64,
}

impl Counters {
    pub(super) fn probe(sys: &Sys, virtualisation: &Known<String>) -> Self {
        let perf_event_paranoid = sys.perf_event_paranoid();
        let circumstances = Circumstances {
            perf_event_paranoid: perf_event_paranoid.value().copied(),
            virtual_machine: is_virtual_machine(virtualisation),
        };
        Self {
            hardware: kernel::hardware(circumstances),
            software: kernel::software(circumstances),
            perf_event_paranoid,
        }
    }
}

/// What decides how a refusal is to be read.
#[cfg_attr(
    not(target_os = "linux"),
    expect(dead_code, reason = "only Linux has refusals to explain")
)]
#[derive(Clone, Copy)]
struct Circumstances {
    perf_event_paranoid: Option<i64>,
    virtual_machine: bool,
}
