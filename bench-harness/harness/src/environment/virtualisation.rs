//! Detection of a hypervisor or a container between the program and the machine.

use delimark_results::Known;

use super::processor::Hypervisor;
use super::sys::{Found, Sys};

/// The name for physical machines.
const NONE: &str = "none";

/// Firmware's names of virtual machines, and whose they are.
const FIRMWARE_NAMES: [(&str, &str); 9] = [
    ("QEMU", "QEMU"),
    ("KVM", "KVM"),
    ("VMware", "VMware"),
    ("VirtualBox", "VirtualBox"),
    ("Parallels", "Parallels"),
    ("Virtual Machine", "Hyper-V"),
    ("Apple Virtualization", "Apple Virtualization"),
    ("Google Compute Engine", "KVM (Google Compute Engine)"),
    ("Amazon EC2", "KVM (Amazon EC2)"),
];

/// Files that container engines leave.
const CONTAINER_MARKERS: [&str; 3] =
    ["/.dockerenv", "/run/.containerenv", "/run/systemd/container"];

pub(super) fn collect(sys: &Sys, hypervisor: &Hypervisor) -> Known<String> {
    let name = match hypervisor {
        Hypervisor::Present(name) => Ok(name.clone()),
        Hypervisor::Absent => Ok(NONE.to_owned()),
        Hypervisor::Unasked => from_kernel(sys),
    };
    let name = match (name, container_marker(sys)) {
        (Ok(name), Some(marker)) => Ok(format!("{name}, in a container (there is {marker})")),
        (name, _) => name,
    };
    name.into()
}

/// Tells whether a collected answer names a hypervisor, in a container or not.
#[must_use]
pub fn is_virtual_machine(virtualisation: &Known<String>) -> bool {
    virtualisation.value().is_some_and(|name| !name.starts_with(NONE))
}

/// Asks the device tree and the firmware's tables, which is all there is without CPUID.
fn from_kernel(sys: &Sys) -> Found<String> {
    if let Ok(name) = sys.text("/sys/hypervisor/type") {
        return Ok(name);
    }
    match sys.text("/proc/device-tree/hypervisor/compatible") {
        Ok(name) if name.contains("kvm") => return Ok("KVM".to_owned()),
        Ok(name) => return Ok(name.replace('\0', " ")),
        Err(_absent) => {}
    }
    let product = sys.text("/sys/class/dmi/id/product_name")?;
    let vendor = sys.text("/sys/class/dmi/id/sys_vendor").unwrap_or_default();
    let firmware = format!("{vendor} {product}");
    // The cloud's own name for its machines without a hypervisor.
    if vendor == "Amazon EC2" && product.contains(".metal") {
        return Ok(NONE.to_owned());
    }
    FIRMWARE_NAMES
        .iter()
        .find(|(needle, _name)| firmware.contains(needle))
        .map(|(_needle, name)| (*name).to_owned())
        .ok_or_else(|| format!("the firmware names {:?}, which may be either", firmware.trim()))
}

/// Returns the file that shows a container. The mark alone is no proof, since images of virtual
/// machines made from containers keep it; one that sees the kernel's own threads is outside.
fn container_marker(sys: &Sys) -> Option<&'static str> {
    let sees_kernel_threads = sys.text("/proc/2/comm").is_ok_and(|name| name == "kthreadd");
    let marker = CONTAINER_MARKERS.into_iter().find(|marker| sys.exists(marker));
    marker.filter(|_marker| !sees_kernel_threads)
}

#[cfg(test)]
mod tests {
    use super::super::sys::fake;
    use super::*;

    fn check(files: &[(&str, &str)], hypervisor: &Hypervisor, expected: &str) {
        let (_folder, sys) = fake(files);
        let virtualisation = collect(&sys, hypervisor);
        assert_eq!(virtualisation, Known::Value(expected.to_owned()), "{files:?}");
        assert_eq!(is_virtual_machine(&virtualisation), !expected.starts_with("none"));
    }

    fn kvm() -> Hypervisor {
        Hypervisor::Present("KVM".to_owned())
    }

    #[test]
    fn the_processor_is_asked_first() {
        check(&[], &kvm(), "KVM");
        check(&[], &Hypervisor::Absent, "none");
        check(&[("/sys/hypervisor/type", "xen\n")], &Hypervisor::Absent, "none");
    }

    #[test]
    fn a_container_is_told_unless_it_is_a_leftover_mark() {
        let marker = ("/.dockerenv", "");
        check(&[marker], &kvm(), "KVM, in a container (there is /.dockerenv)");
        check(&[marker, ("/proc/2/comm", "kthreadd\n")], &kvm(), "KVM");
        check(
            &[("/run/.containerenv", ""), ("/proc/2/comm", "sh\n")],
            &Hypervisor::Absent,
            "none, in a container (there is /run/.containerenv)",
        );
    }

    #[test]
    fn kernel_and_firmware_are_asked_where_the_processor_cannot_be() {
        let unasked = &Hypervisor::Unasked;
        let vendor = "/sys/class/dmi/id/sys_vendor";
        let product = "/sys/class/dmi/id/product_name";
        check(&[("/sys/hypervisor/type", "xen\n")], unasked, "xen");
        let tree = "/proc/device-tree/hypervisor/compatible";
        check(&[(tree, "linux,kvm\0")], unasked, "KVM");
        check(&[(vendor, "QEMU\n"), (product, "virt-7.2\n")], unasked, "QEMU");
        let ec2 = (vendor, "Amazon EC2\n");
        check(&[ec2, (product, "c7g.large\n")], unasked, "KVM (Amazon EC2)");
        check(&[ec2, (product, "c7g.metal\n")], unasked, "none");
    }

    #[test]
    fn what_nobody_tells_has_a_reason() {
        let (_folder, sys) = fake(&[]);
        let Known::Unavailable(reason) = collect(&sys, &Hypervisor::Unasked) else {
            panic!("nothing is known here")
        };
        assert!(reason.starts_with("/sys/class/dmi/id/product_name cannot be read"), "{reason}");
        let (_folder, sys) = fake(&[("/sys/class/dmi/id/product_name", "Workstation 9\n")]);
        let Known::Unavailable(reason) = collect(&sys, &Hypervisor::Unasked) else {
            panic!("the firmware does not tell")
        };
        assert_eq!(reason, "the firmware names \"Workstation 9\", which may be either");
    }
}
