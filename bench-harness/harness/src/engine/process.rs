//! An engine in a process of its own, which has the data in its memory and times itself: a module
//! of this project under a runtime, or a declared program.

use anyhow::Result;
use delimark_runner::model::{Answer, Model};

use super::{BurstTimer, Engine, Unsupported};
use crate::runtime::{About, Fault, RunnerProcess};
use crate::workload::Input;

/// A process that speaks the runners' protocol.
pub(super) struct ProcessEngine {
    name: String,
    runner: RunnerProcess,
    /// The backend that runs in it, where it is one of this project's.
    backend: Option<String>,
    support: Support,
}

/// The models that an engine does on an input, see [`Engine::supports`].
pub(super) type Support = Box<dyn Fn(Model, &Input<'_>) -> Result<(), Unsupported>>;

impl ProcessEngine {
    /// Asks a process that was started what it is, and has it take the input.
    ///
    /// # Errors
    ///
    /// It does not say what it is, or does not take the input.
    pub(super) fn start(
        name: String,
        mut runner: RunnerProcess,
        support: Support,
        input: &Input<'_>,
    ) -> Result<(Self, About)> {
        let about = runner.about()?;
        runner.load(input.path)?;
        match runner.set_dialect(&input.dialect) {
            // Not everybody knows quotes; who refuses a dialect without one is broken.
            Err(error)
                if matches!(error.fault(), Fault::Refused(_))
                    && input.dialect.quote().is_some() =>
            {
                return Err(Unsupported::input("").because(&error.to_string()).into());
            }
            outcome => outcome?,
        }
        Ok((Self { name, runner, backend: None, support }, about))
    }

    /// Notes which backend runs in it.
    pub(super) fn with_backend(self, backend: Option<String>) -> Self {
        Self { backend, ..self }
    }
}

impl Engine for ProcessEngine {
    fn name(&self) -> String {
        self.name.clone()
    }

    fn executes(&self) -> Option<String> {
        self.backend.clone()
    }

    fn runs_elsewhere(&self) -> bool {
        true
    }

    fn uncountable(&self) -> Option<&'static str> {
        Some("it runs in another process")
    }

    fn supports(&self, model: Model, input: &Input<'_>) -> Result<(), Unsupported> {
        (self.support)(model, input)
    }

    fn run(&mut self, model: Model, input: &Input<'_>, timer: &mut BurstTimer) -> Result<Answer> {
        let columns = if model == Model::Project { input.projection } else { &[] };
        let pass = self.runner.run(model, columns)?;
        timer.set_pass(pass.duration);
        Ok(pass.answer)
    }
}
