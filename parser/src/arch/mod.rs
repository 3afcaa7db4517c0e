//! The backends' primitives, an instruction set a file, and no algorithm.

pub(crate) mod scalar;
#[cfg(target_arch = "x86_64")]
pub(crate) mod x86_64;
