//! Every other architecture: the scalar backend needs no features, and nothing can be asked.

use super::{Hypervisor, Identity};

pub(in super::super) fn features() -> Vec<&'static str> {
    Vec::new()
}

pub(in super::super) fn identity() -> Identity {
    Identity { model: None, vendor: None }
}

pub(in super::super) fn hypervisor() -> Hypervisor {
    Hypervisor::Unasked
}
