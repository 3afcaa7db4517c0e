//! The processor: what it says of itself, and what the kernel says where it says nothing.
//!
//! On x86 model and vendor come from CPUID, which every operating system lets a program ask; Arm
//! keeps its registers to the kernel, so there they come from `/proc/cpuinfo`.

use std::thread;

use delimark_results::{Clock, Cpu, Known};

use super::caches;
use super::processor::{self, Identity};
use super::sys::{Found, Sys};

const CPUINFO: &str = "/proc/cpuinfo";

pub(super) fn collect(sys: &Sys) -> Cpu {
    let identity = processor::identity();
    Cpu {
        model: model(sys, &identity).into(),
        vendor: vendor(sys, &identity).into(),
        logical_cores: logical_cores(sys),
        features: processor::features().into_iter().map(str::to_owned).collect(),
        caches: caches::collect(sys).into(),
        base_clock: base_clock(sys).into(),
        measured_clock: Known::Unavailable("nobody has looked at it".to_owned()),
    }
}

fn model(sys: &Sys, identity: &Identity) -> Found<String> {
    if let Some(model) = &identity.model {
        return Ok(model.clone());
    }
    let cpuinfo = sys.text(CPUINFO)?;
    let named = value(&cpuinfo, "model name").map(str::to_owned);
    named
        .or_else(|| arm_model(&cpuinfo))
        .ok_or_else(|| format!("{CPUINFO} does not name the processor"))
}

fn vendor(sys: &Sys, identity: &Identity) -> Found<String> {
    if let Some(vendor) = &identity.vendor {
        return Ok(vendor.clone());
    }
    let cpuinfo = sys.text(CPUINFO)?;
    value(&cpuinfo, "vendor_id")
        .map(str::to_owned)
        .or_else(|| value(&cpuinfo, "CPU implementer").map(arm_vendor))
        .ok_or_else(|| format!("{CPUINFO} does not name the vendor"))
}

/// Returns the frequency that the cores run at by design: as the driver states it, or, in a virtual
/// machine that has no driver, what `/proc/cpuinfo` has, which is the time-stamp counter's there.
fn base_clock(sys: &Sys) -> Found<Clock> {
    const BASE_FREQUENCY: &str = "/sys/devices/system/cpu/cpu0/cpufreq/base_frequency";
    let stated = |hertz, source: &str| Clock { hertz, source: source.to_owned() };
    if let Ok(kilohertz) = sys.text(BASE_FREQUENCY)
        && let Ok(kilohertz) = kilohertz.trim().parse::<f64>()
    {
        return Ok(stated(kilohertz * 1e3, BASE_FREQUENCY));
    }
    let cpuinfo = sys.text(CPUINFO)?;
    let megahertz = value(&cpuinfo, "cpu MHz").and_then(|value| value.parse::<f64>().ok());
    megahertz
        .filter(|megahertz| *megahertz > 0.0)
        .map(|megahertz| stated(megahertz * 1e6, CPUINFO))
        .ok_or_else(|| format!("neither {BASE_FREQUENCY} nor {CPUINFO} states it"))
}

/// Counts the hardware threads that are switched on, even those this process may not use.
fn logical_cores(sys: &Sys) -> u64 {
    let online = sys.text("/sys/devices/system/cpu/online");
    online.and_then(|list| caches::count_cpus(&list)).unwrap_or_else(|_reason| {
        // At least the core that runs this is there.
        thread::available_parallelism().map_or(1, |cores| cores.get() as u64)
    })
}

/// Returns the first value of that name.
fn value<'text>(cpuinfo: &'text str, name: &str) -> Option<&'text str> {
    cpuinfo
        .lines()
        .filter_map(|line| line.split_once(':'))
        .find(|(key, value)| key.trim() == name && !value.trim().is_empty())
        .map(|(_key, value)| value.trim())
}

fn arm_model(cpuinfo: &str) -> Option<String> {
    let implementer = value(cpuinfo, "CPU implementer")?;
    let part = value(cpuinfo, "CPU part")?;
    let name = match (implementer, part) {
        ("0x41", "0xd03") => "Cortex-A53",
        ("0x41", "0xd05") => "Cortex-A55",
        ("0x41", "0xd07") => "Cortex-A57",
        ("0x41", "0xd08") => "Cortex-A72",
        ("0x41", "0xd0b") => "Cortex-A76",
        ("0x41", "0xd0c") => "Neoverse-N1",
        ("0x41", "0xd40") => "Neoverse-V1",
        ("0x41", "0xd49") => "Neoverse-N2",
        ("0x41", "0xd4f") => "Neoverse-V2",
        ("0x41", "0xd84") => "Neoverse-V3",
        ("0x41", "0xd8e") => "Neoverse-N3",
        _ => return Some(format!("{} part {part}", arm_vendor(implementer))),
    };
    Some(name.to_owned())
}

fn arm_vendor(implementer: &str) -> String {
    let name = match implementer {
        "0x41" => "Arm",
        "0x42" => "Broadcom",
        "0x43" => "Cavium",
        "0x46" => "Fujitsu",
        "0x48" => "HiSilicon",
        "0x4e" => "NVIDIA",
        "0x51" => "Qualcomm",
        "0x61" => "Apple",
        "0x6d" => "Microsoft",
        "0xc0" => "Ampere",
        other => return format!("implementer {other}"),
    };
    name.to_owned()
}

#[cfg(test)]
mod tests {
    use super::super::sys::fake;
    use super::*;

    const SILENT: Identity = Identity { model: None, vendor: None };

    fn check(cpuinfo: &str, model_expected: &str, vendor_expected: &str) {
        let (_folder, sys) = fake(&[(CPUINFO, cpuinfo)]);
        assert_eq!(model(&sys, &SILENT).as_deref(), Ok(model_expected));
        assert_eq!(vendor(&sys, &SILENT).as_deref(), Ok(vendor_expected));
    }

    #[test]
    fn the_kernel_names_what_the_processor_does_not() {
        check("vendor_id\t: GenuineIntel\nmodel name\t: Xeon\n", "Xeon", "GenuineIntel");
        check("CPU implementer\t: 0x41\nCPU part\t: 0xd4f\n", "Neoverse-V2", "Arm");
        check("CPU implementer\t: 0xc0\nCPU part\t: 0xac3\n", "Ampere part 0xac3", "Ampere");
        check(
            "CPU implementer\t: 0x70\nCPU part\t: 0x001\n",
            "implementer 0x70 part 0x001",
            "implementer 0x70",
        );
    }

    #[test]
    fn the_processor_is_asked_first() {
        let (_folder, sys) = fake(&[(CPUINFO, "model name\t: kernel's\n")]);
        let identity =
            Identity { model: Some("its own".to_owned()), vendor: Some("itself".to_owned()) };
        assert_eq!(model(&sys, &identity).as_deref(), Ok("its own"));
        assert_eq!(vendor(&sys, &identity).as_deref(), Ok("itself"));
    }

    #[test]
    fn silence_has_a_reason() {
        let (_folder, sys) = fake(&[(CPUINFO, "model name\t: \nprocessor\t: 0\n")]);
        let reason = model(&sys, &SILENT).expect_err("an empty name is none");
        assert_eq!(reason, "/proc/cpuinfo does not name the processor");
        let (_folder, sys) = fake(&[]);
        let reason = vendor(&sys, &SILENT).expect_err("there is no file");
        assert!(reason.starts_with("/proc/cpuinfo cannot be read: "), "{reason}");
    }

    #[test]
    fn cores_are_counted_by_the_kernel_or_else_by_the_process() {
        let (_folder, sys) = fake(&[("/sys/devices/system/cpu/online", "0-5,8-9\n")]);
        assert_eq!(logical_cores(&sys), 8);
        let (_folder, sys) = fake(&[]);
        assert!(logical_cores(&sys) >= 1);
    }
}
