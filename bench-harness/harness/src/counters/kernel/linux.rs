//! Linux: counters are opened with `perf_event_open`.

use std::io;

use perf_event::events::{Cache, CacheOp, CacheResult, Hardware, Software, WhichCache};
use perf_event::{Builder, Counter, Group, events};

use super::super::{Event, Refusal};
use super::{CounterGroup, Kernel, Reading};

/// The kernel that this program runs on.
#[derive(Clone, Copy, Debug)]
pub struct ThisKernel;

impl Kernel for ThisKernel {
    fn group(&mut self) -> Result<Box<dyn CounterGroup>, Refusal> {
        let group = Group::new().map_err(refusal)?;
        Ok(Box::new(OpenGroup { group, counters: Vec::new() }))
    }
}

struct OpenGroup {
    group: Group,
    counters: Vec<Counter>,
}

impl CounterGroup for OpenGroup {
    fn add(&mut self, event: Event) -> Result<(), Refusal> {
        // A builder leaves the kernel's own work out unless it is told otherwise.
        let counter = Builder::new().kind(kind(event)).group(&mut self.group).build();
        self.counters.push(counter.map_err(refusal)?);
        Ok(())
    }

    fn enable(&mut self) -> Result<(), Refusal> {
        self.group.enable().map_err(refusal)
    }

    fn disable(&mut self) -> Result<(), Refusal> {
        self.group.disable().map_err(refusal)
    }

    fn read(&mut self) -> Result<Reading, Refusal> {
        let counts = self.group.read().map_err(refusal)?;
        Ok(Reading {
            enabled_ns: counts.time_enabled(),
            running_ns: counts.time_running(),
            values: self.counters.iter().map(|counter| counts[counter]).collect(),
        })
    }
}

fn kind(event: Event) -> events::Event {
    let loads = |which, result| Cache { which, operation: CacheOp::READ, result };
    match event {
        Event::Cycles => Hardware::CPU_CYCLES.into(),
        Event::Instructions => Hardware::INSTRUCTIONS.into(),
        Event::Branches => Hardware::BRANCH_INSTRUCTIONS.into(),
        Event::BranchMisses => Hardware::BRANCH_MISSES.into(),
        Event::CacheReferences => Hardware::CACHE_REFERENCES.into(),
        Event::CacheMisses => Hardware::CACHE_MISSES.into(),
        Event::LlcLoads => loads(WhichCache::LL, CacheResult::ACCESS).into(),
        Event::LlcMisses => loads(WhichCache::LL, CacheResult::MISS).into(),
        Event::L1dMisses => loads(WhichCache::L1D, CacheResult::MISS).into(),
        Event::TaskClock => Software::TASK_CLOCK.into(),
        Event::PageFaults => Software::PAGE_FAULTS.into(),
    }
}

fn refusal(error: io::Error) -> Refusal {
    use rustix::io::Errno;

    match Errno::from_io_error(&error) {
        Some(Errno::NOENT) => Refusal::Absent("ENOENT"),
        // From processors and hypervisors that count some events only.
        Some(Errno::OPNOTSUPP) => Refusal::Absent("EOPNOTSUPP"),
        Some(Errno::ACCESS) => Refusal::NotPermitted("EACCES"),
        Some(Errno::PERM) => Refusal::NotPermitted("EPERM"),
        Some(Errno::NOSYS) => Refusal::NoCall,
        _ => Refusal::Failed(format!("perf_event_open: {error}")),
    }
}

#[cfg(test)]
mod tests {
    use rustix::io::Errno;

    use super::*;

    #[test]
    fn refusals_are_told_apart() {
        for (errno, expected) in [
            (Errno::NOENT, Refusal::Absent("ENOENT")),
            (Errno::OPNOTSUPP, Refusal::Absent("EOPNOTSUPP")),
            (Errno::ACCESS, Refusal::NotPermitted("EACCES")),
            (Errno::PERM, Refusal::NotPermitted("EPERM")),
            (Errno::NOSYS, Refusal::NoCall),
        ] {
            assert_eq!(refusal(io::Error::from(errno)), expected);
        }
        let unforeseen = refusal(io::Error::from(Errno::TOOBIG));
        let text = "perf_event_open: Argument list too long (os error 7)".to_owned();
        assert_eq!(unforeseen, Refusal::Failed(text));
    }
}
