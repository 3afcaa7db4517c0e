//! The machine and the build that results belong to; what collects them is elsewhere.

use std::collections::BTreeMap;
use std::fmt;

use serde::{Deserialize, Serialize};

use super::Known;

/// The machine and the tools of a run.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Environment {
    /// The processor.
    pub cpu: Cpu,
    /// Main memory.
    pub memory_bytes: Known<u64>,
    /// The operating system's name.
    pub operating_system: String,
    /// The kernel's version.
    pub kernel: Known<String>,
    /// The hypervisor's name; `none` on bare metal.
    pub virtualisation: Known<String>,
    /// The governor of the clock frequency.
    pub governor: Known<String>,
    /// The system's mode of transparent huge pages.
    pub transparent_huge_pages: Known<String>,
    /// The compiler's version line.
    pub rustc: Known<String>,
    /// The target triple.
    pub target: String,
    /// The compiler's flags, separated by spaces.
    pub rustflags: String,
    /// The commit the binary was built from.
    pub commit: Known<String>,
    /// True if tracked files differed from the commit.
    pub dirty: Known<bool>,
    /// The version of the harness.
    pub delimark_version: String,
    /// The runtimes of engines in other processes, with their versions.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub runtimes: Vec<String>,
    /// The time that a runtime took to compile its module before the run, by the engine's name.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub compile_ns: BTreeMap<String, u64>,
    /// The clock that times passes and bursts.
    #[serde(default = "older_file")]
    pub timer: Known<Timer>,
    /// Tells machines apart, see [`Cpu::fingerprint`].
    pub fingerprint: String,
}

/// The processor a run was made on.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Cpu {
    /// The model as the processor names itself.
    pub model: Known<String>,
    /// The vendor as the processor names it.
    pub vendor: Known<String>,
    /// The number of hardware threads that the system sees.
    pub logical_cores: u64,
    /// The instruction set extensions that were detected.
    pub features: Vec<String>,
    /// The caches that the first core reaches, nearest first.
    pub caches: Known<Vec<Cache>>,
    /// The clock of the cores by design.
    #[serde(default = "older_file")]
    pub base_clock: Known<Clock>,
    /// The clock that they ran at in fact, between the samples.
    #[serde(default = "older_file")]
    pub measured_clock: Known<MeasuredClock>,
}

impl Cpu {
    /// Hashes model, vendor, cores, features and caches to 12 hexadecimal digits, so that results
    /// of different machines are not compared by accident.
    #[must_use]
    pub fn fingerprint(&self) -> String {
        crate::fingerprint(
            self.model.value().map(String::as_str),
            self.vendor.value().map(String::as_str),
            self.logical_cores,
            &self.features,
            self.caches.value().map(|caches| caches as &dyn fmt::Debug),
        )
    }
}

/// Returns the stand-in for a fact that files did not always have.
fn older_file<T>() -> Known<T> {
    Known::Unavailable("the file is from before this was kept".to_owned())
}

/// A frequency that the processor or the system states; the real one varies around it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Clock {
    /// Cycles a second.
    pub hertz: f64,
    /// Who states it.
    pub source: String,
}

/// The frequency that the cores really had, found out by timing steps of a cycle each.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct MeasuredClock {
    /// Cycles a second: the median of the looks.
    pub hertz: f64,
    /// The slowest look.
    pub hertz_least: f64,
    /// The fastest look.
    pub hertz_most: f64,
    /// The number of times that it was looked at.
    pub looks: u64,
    /// The way in which it was found out.
    pub source: String,
}

/// A clock to take times with, as measured.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Timer {
    /// The smallest step between two readings that differ.
    pub granularity_ns: Known<u64>,
    /// The mean cost of one reading.
    pub cost_ns: f64,
    /// The clock that the kernel reads the time from.
    pub clock_source: Known<String>,
}

/// One cache of the processor.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Cache {
    /// 1 for the nearest.
    pub level: u64,
    /// Its contents: data, instructions or both.
    pub kind: CacheKind,
    /// Its size.
    pub bytes: u64,
    /// The number of logical cores that share it.
    pub shared_by: u64,
}

/// The contents of a cache.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum CacheKind {
    /// Data only.
    Data,
    /// Instructions only.
    Instruction,
    /// Both.
    Unified,
}

impl fmt::Display for CacheKind {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self {
            Self::Data => "data",
            Self::Instruction => "instruction",
            Self::Unified => "unified",
        })
    }
}
