//! The backend of 64-bit Arm CPUs.

pub(crate) mod neon;
