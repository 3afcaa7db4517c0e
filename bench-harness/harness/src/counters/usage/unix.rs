//! Unix: `getrusage`, of the thread where the system tells threads apart.

use nix::sys::resource::{UsageWho, getrusage};

use super::Totals;

/// Elsewhere the account is the whole process's; while a pass goes on, nothing else does.
#[cfg(any(target_os = "linux", target_os = "android", target_os = "freebsd"))]
const WHO: UsageWho = UsageWho::RUSAGE_THREAD;
#[cfg(not(any(target_os = "linux", target_os = "android", target_os = "freebsd")))]
const WHO: UsageWho = UsageWho::RUSAGE_SELF;

pub(super) fn totals() -> Result<Totals, String> {
    let usage = getrusage(WHO).map_err(|error| format!("getrusage: {error}"))?;
    Ok(Totals {
        minor_page_faults: usage.minor_page_faults() as u64,
        major_page_faults: usage.major_page_faults() as u64,
        context_switches: (usage.voluntary_context_switches()
            + usage.involuntary_context_switches()) as u64,
    })
}
