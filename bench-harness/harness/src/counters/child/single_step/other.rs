//! Other systems and processors: nobody steps there.

use super::super::{Counts, Job};

const REASON: &str = "instructions are stepped over with ptrace, on Linux on x86-64 and AArch64";

pub(super) fn try_out() -> Result<(), String> {
    Err(REASON.to_owned())
}

pub(super) fn count(_job: &Job) -> Result<Counts, String> {
    Err(REASON.to_owned())
}
