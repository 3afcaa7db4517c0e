//! The limit of a backend's search: every separator is found and counted, none is written down.
//!
//! What an engine of the same backend takes longer than this, emission and consumer take.

use anyhow::Result;
use delimark::{Backend, BackendError, Dialect, Scanner};
use delimark_runner::model::{Access, Answer, Model};
use delimark_runner::pass;

use super::super::{BurstTimer, Engine, Unsupported};
use crate::workload::{AnswerKind, Input};

/// Counts, whatever the model asks for.
pub(in crate::engine) struct MasksLimit {
    scanner: Scanner,
}

impl MasksLimit {
    /// Forces a backend.
    ///
    /// # Errors
    ///
    /// The backend cannot run here.
    pub(in crate::engine) fn new(dialect: Dialect, backend: Backend) -> Result<Self, BackendError> {
        Ok(Self { scanner: Scanner::with_backend(dialect, backend)? })
    }
}

impl Engine for MasksLimit {
    fn name(&self) -> String {
        format!("limit/masks-{}", self.scanner.backend())
    }

    fn executes(&self) -> Option<String> {
        Some(self.scanner.backend().to_string())
    }

    fn answers(&self) -> AnswerKind {
        AnswerKind::Counts
    }

    fn supports(&self, model: Model, _input: &Input<'_>) -> Result<(), Unsupported> {
        match model.access() {
            Access::Memory => Ok(()),
            Access::Map | Access::Reads => Err(Unsupported::model("it searches bytes in memory")),
            Access::Command => Err(Unsupported::NO_COMMAND),
        }
    }

    fn run(&mut self, _model: Model, input: &Input<'_>, _timer: &mut BurstTimer) -> Result<Answer> {
        Ok(pass::count(&self.scanner, input.bytes))
    }
}
