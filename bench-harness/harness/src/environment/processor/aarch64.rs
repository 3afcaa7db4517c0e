//! aarch64: the features are detected; identity and hypervisor are the kernel's to tell.

use std::arch::is_aarch64_feature_detected;

use super::{Hypervisor, Identity};

/// Lists the extensions that the backends are made of and that the system lets programs use.
pub(in super::super) fn features() -> Vec<&'static str> {
    let detected = [
        ("neon", is_aarch64_feature_detected!("neon")),
        ("sve", is_aarch64_feature_detected!("sve")),
        ("sve2", is_aarch64_feature_detected!("sve2")),
    ];
    detected.into_iter().filter_map(|(name, present)| present.then_some(name)).collect()
}

pub(in super::super) fn identity() -> Identity {
    Identity { model: None, vendor: None }
}

pub(in super::super) fn hypervisor() -> Hypervisor {
    Hypervisor::Unasked
}
