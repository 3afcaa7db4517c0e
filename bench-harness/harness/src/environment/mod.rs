//! Finds out what machine and build this is; the results only carry the answer.

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
use delimark_results::{Cpu, Environment, Known};
pub use sys::Sys;
pub use virtualisation::is_virtual_machine;

/// Collects what is known of this machine's processor.
#[must_use]
pub fn cpu() -> Cpu {
    cpu::collect(&Sys::default())
}

/// The build that measures; only its own build script knows it.
#[derive(Clone, Debug)]
pub struct Build {
    /// The compiler's version line.
    pub rustc: Known<String>,
    /// The target triple.
    pub target: String,
    /// The flags given to the compiler, separated by spaces.
    pub rustflags: String,
    /// The commit.
    pub commit: Known<String>,
    /// True where tracked files differed from the commit.
    pub dirty: Known<bool>,
    /// The version of the suite.
    pub version: String,
}

/// Collects everything about this machine that results tell, and adds the build.
///
/// What cannot be found out carries the reason.
#[must_use]
pub fn collect(build: Build) -> Environment {
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
        rustc: build.rustc,
        target: build.target,
        rustflags: build.rustflags,
        commit: build.commit,
        dirty: build.dirty,
        delimark_version: build.version,
        runtimes: Vec::new(),
        compile_ns: BTreeMap::new(),
        timer: Known::Value(timer::measure(&sys)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn collect() -> Environment {
        let unknown = || "it is a test".to_owned();
        super::collect(Build {
            rustc: Known::Unavailable(unknown()),
            target: String::new(),
            rustflags: String::new(),
            commit: Known::Unavailable(unknown()),
            dirty: Known::Unavailable(unknown()),
            version: String::new(),
        })
    }

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
