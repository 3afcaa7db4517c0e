//! Faults, each for one push: what a server, a network or somebody between does wrong.

use std::collections::VecDeque;
use std::time::{Duration, Instant};

use serde::Deserialize;

/// A fault, or none. As JSON: `{"fault": "status", "status": 503}`.
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq)]
#[serde(tag = "fault", rename_all = "kebab-case", deny_unknown_fields)]
pub enum Fault {
    /// The push meets no fault.
    None,
    /// The push is answered with a status, and nothing of it is stored.
    Status {
        /// The status.
        status: u16,
    },
    /// The push is stored but for one entry in so many, now and whenever these come again.
    Partial {
        /// The number of entries of which one is refused.
        every: usize,
    },
    /// The connection is cut after a part of the body was read; nothing is stored.
    CutBefore,
    /// The connection is cut in place of an answer; everything is stored.
    CutAfter,
    /// The push is taken, and the answer waits.
    Stall {
        /// The wait, in milliseconds.
        milliseconds: u64,
    },
    /// The server is gone, for pushes and everything else.
    Restart {
        /// The time that it is gone, in milliseconds.
        milliseconds: u64,
    },
}

/// A fault that happened, and the entries of the push that met it; `None` where it was not read.
pub type MetFault = (Fault, Option<usize>);

/// The faults that are still to happen, and those that did.
#[derive(Debug, Default)]
pub(crate) struct Faults {
    waiting: VecDeque<Fault>,
    happened: Vec<MetFault>,
    gone_until: Option<Instant>,
}

impl Faults {
    /// Adds faults, for the pushes after those that have one already.
    pub(crate) fn add(&mut self, faults: impl IntoIterator<Item = Fault>) {
        self.waiting.extend(faults);
    }

    /// Takes the fault of the next push, if there is one.
    pub(crate) fn take(&mut self) -> Option<Fault> {
        let fault = self.waiting.pop_front().filter(|fault| *fault != Fault::None)?;
        if let Fault::Restart { milliseconds } = fault {
            self.gone_until = Some(Instant::now() + Duration::from_millis(milliseconds));
        }
        Some(fault)
    }

    /// Notes that one happened, to a push of so many entries.
    pub(crate) fn note(&mut self, fault: Fault, entry_count: Option<usize>) {
        self.happened.push((fault, entry_count));
    }

    /// Returns those that happened, in order.
    pub(crate) fn happened(&self) -> &[MetFault] {
        &self.happened
    }

    /// Returns true while the server is gone.
    pub(crate) fn is_gone(&self) -> bool {
        self.gone_until.is_some_and(|until| Instant::now() < until)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn faults_are_read_and_happen_in_order() {
        let text = r#"[{"fault":"status","status":503},{"fault":"cut-after"},
                       {"fault":"restart","milliseconds":60000}]"#;
        let faults: Vec<Fault> = serde_json::from_str(text).unwrap();
        let mut waiting = Faults::default();
        waiting.add(faults);
        assert_eq!(waiting.take(), Some(Fault::Status { status: 503 }));
        assert_eq!(waiting.take(), Some(Fault::CutAfter));
        assert!(!waiting.is_gone());
        waiting.take();
        assert!(waiting.is_gone());
        assert_eq!(waiting.take(), None);
        serde_json::from_str::<Fault>(r#"{"fault":"fire"}"#).unwrap_err();
    }
}
