//! The operating system: its name, its memory, and its settings that change how fast things run.

use std::collections::BTreeSet;
use std::env;

use super::sys::{Found, Sys};

pub(super) fn operating_system(sys: &Sys) -> String {
    ["/etc/os-release", "/usr/lib/os-release"]
        .into_iter()
        .find_map(|path| pretty_name(&sys.text(path).ok()?))
        .unwrap_or_else(|| env::consts::OS.to_owned())
}

pub(super) fn kernel(sys: &Sys) -> Found<String> {
    let release = sys.text("/proc/sys/kernel/osrelease")?;
    let name = sys.text("/proc/sys/kernel/ostype")?;
    Ok(format!("{name} {release}"))
}

pub(super) fn memory_bytes(sys: &Sys) -> Found<u64> {
    let path = "/proc/meminfo";
    let text = sys.text(path)?;
    text.lines()
        .find_map(|line| line.strip_prefix("MemTotal:")?.trim().strip_suffix(" kB"))
        .and_then(|kibibytes| kibibytes.parse::<u64>().ok()?.checked_mul(1 << 10))
        .ok_or_else(|| format!("{path} tells no total"))
}

/// Names the governor; several where the cores do not agree.
pub(super) fn governor(sys: &Sys, is_virtual_machine: bool) -> Found<String> {
    let path = |cpu: u64| format!("/sys/devices/system/cpu/cpu{cpu}/cpufreq/scaling_governor");
    let governors: BTreeSet<String> = sys
        .numbered("/sys/devices/system/cpu", "cpu")
        .into_iter()
        .filter_map(|cpu| sys.text(&path(cpu)).ok())
        .collect();
    if !governors.is_empty() {
        return Ok(governors.into_iter().collect::<Vec<_>>().join(", "));
    }
    Err(if is_virtual_machine {
        "a virtual machine; its host sets the clock frequency".to_owned()
    } else {
        format!("the kernel does not offer {}", path(0))
    })
}

/// Names the mode, which the kernel puts in brackets among those there are.
pub(super) fn transparent_huge_pages(sys: &Sys) -> Found<String> {
    let path = "/sys/kernel/mm/transparent_hugepage/enabled";
    let text = sys.text(path)?;
    text.split_once('[')
        .and_then(|(_before, rest)| Some(rest.split_once(']')?.0.to_owned()))
        .ok_or_else(|| format!("{path} marks no mode: {text:?}"))
}

fn pretty_name(os_release: &str) -> Option<String> {
    let value = os_release.lines().find_map(|line| line.strip_prefix("PRETTY_NAME="))?;
    let name = value.trim().trim_matches(['"', '\'']);
    (!name.is_empty()).then(|| name.to_owned())
}

#[cfg(test)]
mod tests {
    use super::super::sys::fake;
    use super::*;

    #[test]
    fn the_system_names_itself_in_either_place_or_not_at_all() {
        let text = "ID=debian\nPRETTY_NAME=\"Debian GNU/Linux 12 (bookworm)\"\n";
        for path in ["/etc/os-release", "/usr/lib/os-release"] {
            let (_folder, sys) = fake(&[(path, text)]);
            assert_eq!(operating_system(&sys), "Debian GNU/Linux 12 (bookworm)");
        }
        let (_folder, sys) = fake(&[("/etc/os-release", "PRETTY_NAME=\"\"\n")]);
        assert_eq!(operating_system(&sys), env::consts::OS);
    }

    #[test]
    fn kernel_and_memory_are_read() {
        let (_folder, sys) = fake(&[
            ("/proc/sys/kernel/ostype", "Linux\n"),
            ("/proc/sys/kernel/osrelease", "6.1.0-18-amd64\n"),
            ("/proc/meminfo", "MemTotal:       24682416 kB\nMemFree:        1 kB\n"),
        ]);
        assert_eq!(kernel(&sys).as_deref(), Ok("Linux 6.1.0-18-amd64"));
        assert_eq!(memory_bytes(&sys), Ok(24_682_416 << 10));
    }

    #[test]
    fn memory_without_a_total_says_so() {
        for text in ["", "MemTotal: lots kB\n", "MemTotal: 99999999999999999999 kB\n"] {
            let (_folder, sys) = fake(&[("/proc/meminfo", text)]);
            assert_eq!(memory_bytes(&sys), Err("/proc/meminfo tells no total".to_owned()));
        }
        let (_folder, sys) = fake(&[]);
        assert!(memory_bytes(&sys).is_err() && kernel(&sys).is_err());
    }

    #[test]
    fn governors_of_all_cores_are_named_once_each() {
        let (_folder, sys) = fake(&[
            ("/sys/devices/system/cpu/cpu0/cpufreq/scaling_governor", "powersave\n"),
            ("/sys/devices/system/cpu/cpu1/cpufreq/scaling_governor", "performance\n"),
            ("/sys/devices/system/cpu/cpu10/cpufreq/scaling_governor", "powersave\n"),
            ("/sys/devices/system/cpu/cpufreq/boost", "1\n"),
        ]);
        assert_eq!(governor(&sys, false).as_deref(), Ok("performance, powersave"));
    }

    #[test]
    fn no_governor_has_the_reason_that_fits() {
        let (_folder, sys) = fake(&[]);
        let absent = "the kernel does not offer \
                      /sys/devices/system/cpu/cpu0/cpufreq/scaling_governor";
        assert_eq!(governor(&sys, false), Err(absent.to_owned()));
        let virtual_machine = governor(&sys, true).expect_err("there is none");
        assert_eq!(virtual_machine, "a virtual machine; its host sets the clock frequency");
    }

    #[test]
    fn the_mode_of_huge_pages_is_the_bracketed_one() {
        let path = "/sys/kernel/mm/transparent_hugepage/enabled";
        let (_folder, sys) = fake(&[(path, "always [madvise] never\n")]);
        assert_eq!(transparent_huge_pages(&sys).as_deref(), Ok("madvise"));
        let (_folder, sys) = fake(&[(path, "always madvise never\n")]);
        assert!(transparent_huge_pages(&sys).is_err());
        let (_folder, sys) = fake(&[]);
        assert!(transparent_huge_pages(&sys).is_err());
    }
}
