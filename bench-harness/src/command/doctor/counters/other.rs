//! Other systems than Linux: there is nothing to open.

use super::{Circumstances, HardwareCounts, SoftwareCounts};
use crate::results::Known;

const REASON: &str = "counters are opened with perf_event_open, which only Linux has";

pub(super) fn hardware(_circumstances: Circumstances) -> Known<HardwareCounts> {
    Known::Unavailable(REASON.to_owned())
}

pub(super) fn software(_circumstances: Circumstances) -> Known<SoftwareCounts> {
    Known::Unavailable(REASON.to_owned())
}
