//! A declared engine that speaks the protocol of hosts.

use anyhow::Result;
use delimark_runner::model::{Answer, Model};

use super::definition::Definition;
use super::words::Filled;
use crate::engine::hosted::pass;
use crate::engine::{Engine, Laps};
use crate::host::{About, Host};
use crate::workload::Input;

/// A process with the data in its memory, which times itself.
pub(super) struct DeclaredHost {
    definition: Definition,
    host: Host,
}

impl DeclaredHost {
    /// Starts the process, asks what it is, and has it take the input.
    pub(super) fn start(
        definition: &Definition,
        command: &Filled,
        input: &Input<'_>,
    ) -> Result<(Self, About)> {
        let arguments: Vec<&str> = command.arguments.iter().map(String::as_str).collect();
        let mut host = Host::new(&definition.name, &command.program, &arguments)
            .with_environment(&definition.environment)
            .with_time_limit(definition.time_limit);
        let about = host.about()?;
        host.load(input.path)?;
        host.set_dialect(&input.dialect)?;
        Ok((Self { definition: definition.clone(), host }, about))
    }
}

impl Engine for DeclaredHost {
    fn name(&self) -> String {
        self.definition.name.clone()
    }

    fn runs_elsewhere(&self) -> bool {
        true
    }

    fn uncountable(&self) -> Option<&'static str> {
        Some("it runs in another process")
    }

    fn concerns(&self, model: Model) -> bool {
        self.definition.models.contains(&model)
    }

    fn refuses(&self, model: Model, input: &Input<'_>) -> Option<&str> {
        self.definition.declines(model).or_else(|| self.definition.refuses(&input.traits))
    }

    fn run(&mut self, model: Model, input: &Input<'_>, laps: &mut Laps) -> Result<Answer> {
        pass(&mut self.host, model, input, laps)
    }
}
