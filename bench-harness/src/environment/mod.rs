//! Finds out what machine and build this is; apart from the results, which only carry the answer.

pub(crate) mod affinity;
mod caches;
mod clock;
mod cpu;
pub mod noise;
mod processor;
mod sys;
mod system;
mod timer;
mod virtualisation;

use std::collections::BTreeMap;

pub use clock::ClockWatch;
pub use sys::Sys;
pub use virtualisation::is_virtual_machine;

use crate::build_info;
use crate::results::{Environment, Known};

/// Collects everything about this machine and this build that results tell.
///
/// What cannot be found out carries the reason.
#[must_use]
pub fn collect() -> Environment {
    let sys = Sys::default();
    let cpu = cpu::collect(&sys);
    let virtualisation = virtualisation::collect(&sys, &processor::hypervisor());
    Environment {
        fingerprint: cpu.fingerprint(),
        cpu,
        memory_bytes: system::memory_bytes(&sys).into(),
        operating_system: system::operating_system(&sys),
        kernel: system::kernel(&sys).into(),
        governor: system::governor(&sys, is_virtual_machine(&virtualisation)).into(),
        virtualisation,
        transparent_huge_pages: system::transparent_huge_pages(&sys).into(),
        rustc: build_info::rustc(),
        target: build_info::TARGET.to_owned(),
        rustflags: build_info::RUSTFLAGS.to_owned(),
        commit: build_info::commit(),
        dirty: build_info::dirty(),
        delimark_version: build_info::VERSION.to_owned(),
        runtimes: Vec::new(),
        compile_ns: BTreeMap::new(),
        timer: Known::Value(timer::measure(&sys)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn this_machine_has_a_name_memory_and_a_fingerprint() {
        let environment = collect();
        assert!(environment.cpu.logical_cores >= 1);
        assert_eq!(environment.fingerprint, environment.cpu.fingerprint());
        assert!(!environment.operating_system.is_empty());
        if cfg!(target_os = "linux") {
            assert!(environment.memory_bytes.value().is_some_and(|&bytes| bytes > 1 << 20));
            assert!(environment.kernel.value().is_some());
            assert!(environment.cpu.model.value().is_some_and(|model| !model.is_empty()));
        }
        if cfg!(target_arch = "aarch64") {
            assert!(environment.cpu.features.iter().any(|feature| feature == "neon"));
        }
    }

    #[test]
    fn the_same_machine_has_the_same_fingerprint_twice() {
        assert_eq!(collect().fingerprint, collect().fingerprint);
    }
}
