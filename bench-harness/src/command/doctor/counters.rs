//! The sources of counts that work here, found out by counting.

use std::hint::black_box;

use delimark_harness::counters::{
    Circumstances, Event, PerfEvent, ThisKernel, Tool, ToolKind, Usage,
};
use delimark_harness::environment::Sys;
use delimark_results::{Counter, Known};
use delimark_runner::allocations::{HeapUse, Watch};
use serde::Serialize;

/// Takes a millisecond or so: enough for any counter to move.
const LOOP_ROUNDS: u64 = 1_000_000;

/// The bytes that are allocated and touched, to see whether that is counted.
const HEAP_BYTES: usize = 1 << 20;

#[derive(Serialize)]
pub(super) struct Counters {
    /// The counts of a short loop, by the processor's own counters.
    pub(super) hardware: Known<HardwareCounts>,
    /// The count of the same loop, by a counter of the kernel.
    pub(super) software: Known<SoftwareCounts>,
    /// The kernel's limit on who may count.
    pub(super) perf_event_paranoid: Known<i64>,
    /// The proof that Valgrind can count what a child does.
    pub(super) callgrind: Known<&'static str>,
    /// The proof that children can be stepped.
    pub(super) single_step: Known<&'static str>,
    /// The cost of touching memory, by the kernel's account of this thread.
    pub(super) rusage: Known<UsageCounts>,
    /// The cost of getting it, by this program's allocator.
    pub(super) allocator: Known<AllocatorCounts>,
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

#[derive(Clone, Copy, Serialize)]
pub(super) struct UsageCounts {
    pub(super) minor_page_faults: u64,
}

#[derive(Clone, Copy, Serialize)]
pub(super) struct AllocatorCounts {
    pub(super) allocations: u64,
    pub(super) peak_heap_bytes: u64,
}

impl Counters {
    pub(super) fn probe(sys: &Sys, virtualisation: &Known<String>) -> Self {
        let (hardware, software) = by_kernel(Circumstances::of(sys, virtualisation));
        let (rusage, allocator) = by_account();
        Self {
            hardware,
            software,
            perf_event_paranoid: sys.perf_event_paranoid(),
            callgrind: tool(ToolKind::Callgrind, "valgrind is in PATH"),
            single_step: tool(ToolKind::SingleStep, "stepped over another program's instruction"),
            rusage,
            allocator,
        }
    }
}

fn by_kernel(circumstances: Circumstances) -> (Known<HardwareCounts>, Known<SoftwareCounts>) {
    let groups = [&[Event::Cycles, Event::Instructions][..], &[Event::TaskClock]];
    let mut kernel = PerfEvent::probe(Box::new(ThisKernel), &groups, circumstances);
    let mut counters = kernel.count(&mut run_loop);
    let mut take = |wanted: Event| {
        let index = counters.iter().position(|(event, _)| *event == wanted);
        value(counters.swap_remove(index.expect("each event has a count or a reason")).1)
    };
    let hardware = match (take(Event::Cycles), take(Event::Instructions)) {
        (Ok(cycles), Ok(instructions)) => Ok(HardwareCounts { cycles, instructions }),
        (Err(reason), _) | (_, Err(reason)) => Err(reason),
    };
    let software = take(Event::TaskClock).map(|task_clock_ns| SoftwareCounts { task_clock_ns });
    (known(hardware), known(software))
}

fn run_loop() {
    for round in 0..LOOP_ROUNDS {
        black_box(round);
    }
}

/// Gets memory and touches it.
fn by_account() -> (Known<UsageCounts>, Known<AllocatorCounts>) {
    let before = Usage::now();
    let watch = Watch::start();
    black_box(vec![1_u8; HEAP_BYTES]);
    let HeapUse { allocations, peak_bytes } = watch.heap_use();
    let [minor_page_faults, ..] = Usage::now().since(&before).map(|(_name, counter)| counter);
    let rusage =
        value(minor_page_faults).map(|minor_page_faults| UsageCounts { minor_page_faults });
    let allocator = AllocatorCounts { allocations, peak_heap_bytes: peak_bytes };
    (known(rusage), Known::Value(allocator))
}

fn tool(kind: ToolKind, proof: &'static str) -> Known<&'static str> {
    match Tool::find(kind).missing() {
        None => Known::Value(proof),
        Some(reason) => Known::Unavailable(reason.to_owned()),
    }
}

fn value(counter: Counter) -> Result<u64, String> {
    match counter {
        Counter::Counted(count) => Ok(count.value as u64),
        Counter::Unavailable { unavailable } => Err(unavailable),
    }
}

fn known<T>(result: Result<T, String>) -> Known<T> {
    result.map_or_else(Known::Unavailable, Known::Value)
}
