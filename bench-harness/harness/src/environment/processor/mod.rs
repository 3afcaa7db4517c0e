//! Asks the processor itself; the only place that knows architectures apart.

#[cfg(target_arch = "aarch64")]
#[path = "aarch64.rs"]
mod architecture;
#[cfg(not(any(target_arch = "aarch64", target_arch = "x86_64")))]
#[path = "other.rs"]
mod architecture;
#[cfg(target_arch = "x86_64")]
#[path = "x86_64.rs"]
mod architecture;

pub(super) use architecture::{features, hypervisor, identity};

/// The processor's name for itself, where a program may ask.
pub(super) struct Identity {
    pub(super) model: Option<String>,
    pub(super) vendor: Option<String>,
}

/// The processor's word on a hypervisor above it.
#[cfg_attr(not(test), expect(dead_code, reason = "no architecture gives every answer"))]
pub(super) enum Hypervisor {
    /// There is none.
    Absent,
    /// There is one of this name.
    Present(String),
    /// A program cannot ask.
    Unasked,
}
