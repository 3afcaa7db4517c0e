//! The cores that a thread may run on, and holding it to one: left alone, two threads can spend a
//! short measurement on one core.

pub(crate) use self::this::{hold_to, permitted};

#[cfg(target_os = "linux")]
mod this {
    use rustix::thread::{CpuSet, sched_getaffinity, sched_setaffinity};

    /// Lists the cores that this thread may run on, or says why they are not known.
    pub(crate) fn permitted() -> Result<Vec<usize>, String> {
        let set = sched_getaffinity(None).map_err(|error| format!("no list of cores: {error}"))?;
        let cores: Vec<usize> = (0..CpuSet::MAX_CPU).filter(|&core| set.is_set(core)).collect();
        if cores.is_empty() { Err("the kernel lists no cores".to_owned()) } else { Ok(cores) }
    }

    /// Holds the thread that calls this to a core, or says why it cannot be.
    pub(crate) fn hold_to(core: usize) -> Result<(), String> {
        let mut set = CpuSet::new();
        set.set(core);
        sched_setaffinity(None, &set)
            .map_err(|error| format!("a thread cannot be held to core {core}: {error}"))
    }
}

/// Elsewhere threads run where the system puts them.
#[cfg(not(target_os = "linux"))]
mod this {
    const REASON: &str = "threads are held to cores on Linux only";

    pub(crate) fn permitted() -> Result<Vec<usize>, String> {
        Err(REASON.to_owned())
    }

    pub(crate) fn hold_to(_core: usize) -> Result<(), String> {
        Err(REASON.to_owned())
    }
}
