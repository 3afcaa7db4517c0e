//! x86-64: CPUID tells identity and hypervisor.

use std::arch::is_x86_feature_detected;

use raw_cpuid::{CpuId, CpuIdReaderNative, Hypervisor as Signature};

use super::{Hypervisor, Identity};

/// Lists the extensions that the backends are made of and that the system lets programs use.
pub(in super::super) fn features() -> Vec<&'static str> {
    macro_rules! detected {
        ($($feature:tt),* $(,)?) => {
            [$(($feature, is_x86_feature_detected!($feature))),*]
        };
    }
    let detected = detected![
        "sse4.2",
        "popcnt",
        "avx",
        "avx2",
        "bmi1",
        "bmi2",
        "avx512f",
        "avx512bw",
        "avx512vl",
        "avx512vbmi",
        "avx512vbmi2",
    ];
    detected.into_iter().filter_map(|(name, present)| present.then_some(name)).collect()
}

pub(in super::super) fn identity() -> Identity {
    let cpuid = cpuid();
    // Brand strings are padded with spaces, within and around.
    let brand = cpuid.get_processor_brand_string();
    let model = brand.map(|brand| brand.as_str().split_whitespace().collect::<Vec<_>>().join(" "));
    let vendor = cpuid.get_vendor_info().map(|vendor| vendor.as_str().to_owned());
    Identity {
        model: model.filter(|model| !model.is_empty()),
        vendor: vendor.filter(|vendor| !vendor.is_empty()),
    }
}

pub(in super::super) fn hypervisor() -> Hypervisor {
    let cpuid = cpuid();
    if !cpuid.get_feature_info().is_some_and(|features| features.has_hypervisor()) {
        return Hypervisor::Absent;
    }
    let name = cpuid.get_hypervisor_info().map_or_else(
        || "a hypervisor that gives no name".to_owned(),
        |information| signature_name(&information.identify()),
    );
    Hypervisor::Present(name)
}

fn cpuid() -> CpuId<CpuIdReaderNative> {
    CpuId::new()
}

fn signature_name(signature: &Signature) -> String {
    let name = match signature {
        Signature::Xen => "Xen",
        Signature::VMware => "VMware",
        Signature::HyperV => "Hyper-V",
        Signature::KVM => "KVM",
        Signature::QEMU => "QEMU without an accelerator",
        Signature::Bhyve => "bhyve",
        Signature::QNX => "QNX",
        Signature::ACRN => "ACRN",
        Signature::Unknown(ebx, ecx, edx) => {
            let bytes = [ebx, ecx, edx].map(|register| register.to_le_bytes()).concat();
            let text = String::from_utf8_lossy(&bytes);
            return format!("a hypervisor with the signature {:?}", text.trim_matches(['\0', ' ']));
        }
    };
    name.to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_unknown_signature_is_spelt_out() {
        let registers = [*b"Solo", *b"5Sol", *b"o5\0\0"].map(u32::from_le_bytes);
        let [ebx, ecx, edx] = registers;
        let name = signature_name(&Signature::Unknown(ebx, ecx, edx));
        assert_eq!(name, "a hypervisor with the signature \"Solo5Solo5\"");
        assert_eq!(signature_name(&Signature::KVM), "KVM");
    }

    #[test]
    fn every_x86_64_processor_names_its_vendor() {
        assert!(identity().vendor.is_some());
    }
}
