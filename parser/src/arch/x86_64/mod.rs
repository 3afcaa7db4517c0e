//! The x86-64 backends, and how they ask for the CPU features they need.

pub(crate) mod avx2;
pub(crate) mod avx512;
pub(crate) mod sse42;

/// Lists those of the named features that this CPU, or its operating system, lacks.
macro_rules! missing_features {
    ($($feature:tt),+) => {{
        let mut missing = Vec::new();
        $(if !std::arch::is_x86_feature_detected!($feature) {
            missing.push($feature);
        })+
        missing
    }};
}
use missing_features;
