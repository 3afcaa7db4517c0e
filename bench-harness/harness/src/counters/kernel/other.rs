//! Other systems than Linux: there is nothing to open.

use super::super::Refusal;
use super::{CounterGroup, Kernel};

/// The kernel that this program runs on.
#[derive(Clone, Copy, Debug)]
pub struct ThisKernel;

impl Kernel for ThisKernel {
    fn group(&mut self) -> Result<Box<dyn CounterGroup>, Refusal> {
        Err(Refusal::Failed("only Linux has perf_event_open".to_owned()))
    }
}
